"""Text and pattern as numbers: for distances in which more than equality counts."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lemmata.hamming.letters import Letters, letter_values

_KINDS = "bytes or integers"


class Numbers(NamedTuple):
    """Text and pattern as integers of their own types, with the smallest and largest value of both."""

    text: NDArray[Any]
    pattern: NDArray[Any]
    low: int
    high: int

    @property
    def alignments(self) -> int:
        """N - m + 1."""
        return len(self.text) - len(self.pattern) + 1

    def above_lowest(self) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """Differences from the smallest value, exact for a span below 2^64."""
        low = np.uint64(self.low % 2**64)
        # Modulo 2^64 the difference is exact whatever the type, because it is below 2^64.
        text, pattern = (_modulo_word(values) - low for values in (self.text, self.pattern))
        return text, pattern


def read_numbers(text: Letters, pattern: Letters) -> Numbers:
    """Read text and pattern as integers.

    Raises
    ------
    TypeError
        For `str`, whose letters have no numerical difference, and whatever `letter_values` refuses.
    ValueError
        For an empty pattern or one that is longer than the text.
    """
    for name, letters in (("text", text), ("pattern", pattern)):
        if isinstance(letters, str):
            raise TypeError(f"{name} must be bytes or integers: letters of a str have no difference")
    values = (
        letter_values("text", text, kinds=_KINDS),
        letter_values("pattern", pattern, kinds=_KINDS),
    )
    n, m = len(values[0]), len(values[1])
    if m == 0:
        raise ValueError("pattern is empty (m = 0)")
    if m > n:
        raise ValueError(f"pattern is longer than text (m = {m} > n = {n})")
    low = min(int(array.min()) for array in values)
    high = max(int(array.max()) for array in values)
    return Numbers(*values, low, high)


def _modulo_word(values: NDArray[Any]) -> NDArray[np.uint64]:
    if values.dtype.kind == "u":
        return values.astype(np.uint64)
    return values.astype(np.int64).view(np.uint64)


def refuse_overflow(name: str, largest: int) -> None:
    """Raise ValueError if a result could leave int64."""
    if largest >= 2**63:
        raise ValueError(
            f"{name} distances may reach {largest}, which does not fit int64; "
            "bring the values of text and pattern closer together, or shorten the pattern"
        )
