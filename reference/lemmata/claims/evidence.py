"""How strong the evidence for a theorem is: six levels, ordered."""

from __future__ import annotations

from enum import Enum
from functools import total_ordering


@total_ordering
class Evidence(Enum):
    """How strong the evidence for a theorem is; compares by strength.

    Each member's value is the label that tables and reports show.

    Examples
    --------
    >>> Evidence.PROVED > Evidence.VERIFIED > Evidence.CONSISTENT
    True
    >>> str(Evidence("out of reach"))
    'out of reach'
    """

    PROVED = "proved"
    VERIFIED = "verified"
    CONSISTENT = "consistent"
    INCONCLUSIVE = "inconclusive"
    REFUTED = "refuted"
    OUT_OF_REACH = "out of reach"

    @property
    def meaning(self) -> str:
        """What the level promises, in one sentence."""
        return _MEANINGS[self]

    @property
    def strength(self) -> int:
        """Rank of the level: the stronger, the larger."""
        return len(_STRONGEST_FIRST) - _STRONGEST_FIRST.index(self)

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Evidence):
            return NotImplemented
        return self.strength < other.strength

    def __str__(self) -> str:
        return self.value


_STRONGEST_FIRST = list(Evidence)

_MEANINGS = {
    Evidence.PROVED: (
        "Holds for all inputs within the hypotheses, by an argument (symbolic identity, exact rational, "
        "interval enclosure or SMT) that the machine re-checked in this run."
    ),
    Evidence.VERIFIED: (
        "Holds on every member of a stated finite domain, or every instance came with a certificate "
        "that was checked independently."
    ),
    Evidence.CONSISTENT: (
        "No violation on the seeded random and adversarial instances that were tried, or counted costs "
        "stayed below the theorem's formula over the stated sizes."
    ),
    Evidence.INCONCLUSIVE: "The data cannot tell; the row says what would.",
    Evidence.REFUTED: "False: the row shows an input on which the claim fails.",
    Evidence.OUT_OF_REACH: (
        "Needs what this library does not run; the row says which part of the claim is checked instead."
    ),
}
