"""What a check found: the figure against the bound, the evidence, the domain, the witness."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from lemmata.claims.arguments import Argument
from lemmata.claims.evidence import Evidence

Figure = int | float | Fraction | str
"""A number that a check measured or a theorem states; text where a number would not do."""

Relation = Literal["<=", "<", "==", ">=", ">"]


@dataclass(frozen=True)
class Witness:
    """An input on which a claim fails, small enough to check by hand.

    Parameters
    ----------
    inputs : mapping of str to object
        The input, by argument name. Values are kept to what JSON can hold: numbers, text, lists.
    expected, found : object
        What the claim says, and what the implementation gave.
    explanation : str
        One sentence that says how to check it.
    """

    inputs: Mapping[str, object]
    expected: object
    found: object
    explanation: str = ""

    def __str__(self) -> str:
        inputs = ", ".join(f"{name} = {value!r}" for name, value in self.inputs.items())
        tail = f" ({self.explanation})" if self.explanation else ""
        return f"{inputs}: expected {self.expected!r}, found {self.found!r}{tail}"


@dataclass(frozen=True)
class Series:
    """One named curve or cloud of a plot. ``labels`` are shown on hover, one per point."""

    name: str
    x: Sequence[float]
    y: Sequence[float]
    mode: Literal["lines", "markers", "lines+markers"] = "lines+markers"
    labels: Sequence[str] = ()

    def __post_init__(self) -> None:
        if len(self.x) != len(self.y):
            raise ValueError(f"series {self.name!r}: x and y differ in length ({len(self.x)}, {len(self.y)})")
        if self.labels and len(self.labels) != len(self.x):
            raise ValueError(f"series {self.name!r}: {len(self.labels)} labels for {len(self.x)} points")


@dataclass(frozen=True)
class Plot:
    """A figure for the report: titled axes, in the units they name, and their series."""

    title: str
    x_title: str
    y_title: str
    series: Sequence[Series]
    x_scale: Literal["linear", "log"] = "linear"
    y_scale: Literal["linear", "log"] = "linear"


@dataclass(frozen=True)
class Verdict:
    """What a check found.

    Parameters
    ----------
    evidence : Evidence
        The level that the check claims. The runner lowers it if the argument does not carry it.
    domain : str
        What was covered, in words and numbers.
    cases : int
        Number of instances that were compared. Zero is an error, unless the claim is out of reach.
    measured, bound : int, float, Fraction, str or None
        The figure closest to violating the theorem and the theorem's value for the same instance.
    relation : {"<=", "<", "==", ">=", ">"}
        What must hold between ``measured`` and ``bound``.
    attained : bool or None
        Did some case reach the bound? A theorem of kind "attained" needs True.
    witness : Witness or None
        Required when ``evidence`` is refuted.
    arguments : sequence of Argument
        What the machine re-checks before it believes a ``proved``.
    plots : sequence of Plot
        Figures for the report.
    notes : sequence of str
        Remarks for the reader: what would make an inconclusive row tell, which part is checked.
    costs : mapping of str to int
        Counted costs worth reporting, by counter name.
    """

    evidence: Evidence
    domain: str
    cases: int
    measured: Figure | None = None
    bound: Figure | None = None
    relation: Relation = "<="
    attained: bool | None = None
    witness: Witness | None = None
    arguments: Sequence[Argument] = ()
    plots: Sequence[Plot] = ()
    notes: Sequence[str] = ()
    costs: Mapping[str, int] = field(default_factory=dict)


def refuted(
    cases: int, witness: Witness, measured: Figure | None = None, bound: Figure | None = None
) -> Verdict:
    """The verdict on a claim that a witness contradicts, after so many cases."""
    return Verdict(
        Evidence.REFUTED, f"{cases} cases up to the first failure", cases, measured, bound, witness=witness
    )
