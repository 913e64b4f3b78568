"""Distances where one letter stands for any: it differs from none.

Idea: let the wildcards of the text be a letter that the pattern does not have. Then all of them, and all of
the pattern's, count as mismatches, and what is to be taken away again is the number of places with a
wildcard on either side: those of the pattern, plus those of the text (a running sum), less those that
coincide (HAM-26).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from lemmata.hamming.letters import Encoded, Letters, letter_values
from lemmata.options import whole_number

Wildcard = str | bytes | bytearray | int
Counts = NDArray[np.int64]


def count_with_wildcards(
    problem: Encoded,
    in_text: NDArray[np.bool_],
    in_pattern: NDArray[np.bool_],
    count: Callable[[Encoded], Counts],
) -> Counts:
    """Distances with wildcards at the given places, by two runs of ``count``, which knows none."""
    sigma = np.int32(len(problem.alphabet))
    codes = np.where(in_text, sigma, problem.text).astype(np.int32)
    coinciding = Encoded(
        np.where(in_text, 0, 2).astype(np.int32), np.where(in_pattern, 0, 1).astype(np.int32), (0, 1)
    )
    both = np.zeros(problem.alignments, dtype=np.int64)
    if in_text.any() and in_pattern.any():
        both = problem.m - count(coinciding)
    found = count(Encoded(codes, problem.pattern, problem.alphabet))
    return found - places_with_wildcard(coinciding, both)


def is_wildcard(name: str, letters: Letters, wildcard: Wildcard) -> NDArray[np.bool_]:
    """Where the letters are the wildcard, compared by value."""
    values = letter_values(name, letters)
    if isinstance(wildcard, str) != isinstance(letters, str):
        kinds = f"wildcard is {type(wildcard).__name__}, {name} is {type(letters).__name__}"
        raise TypeError(f"wildcard must be a letter like the others: a str exactly where they are ({kinds})")
    if isinstance(wildcard, str | bytes | bytearray):
        if len(wildcard) != 1:
            raise ValueError(f"wildcard must be one letter (got {wildcard!r})")
        value = ord(wildcard)
    else:
        value = whole_number("wildcard", wildcard)
    limits = np.iinfo(values.dtype)
    if not limits.min <= value <= limits.max:
        return np.zeros(len(values), dtype=np.bool_)
    return np.asarray(values == values.dtype.type(value))


def places_with_wildcard(coinciding: Encoded, both: NDArray[np.int64]) -> NDArray[np.int64]:
    """Places with a wildcard in text or pattern at every alignment; ``both`` are those with two."""
    running = np.concatenate([[0], np.cumsum(coinciding.text == 0)])
    in_window = running[coinciding.m :] - running[: -coinciding.m]
    return np.asarray(in_window + np.count_nonzero(coinciding.pattern == 0) - both, dtype=np.int64)
