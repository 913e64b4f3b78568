"""Distances where one letter stands for any: it differs from none.

Idea: let the wildcards of the text be a letter that the pattern does not have. Then all of them, and all of
the pattern's, count as mismatches, and what is to be taken away again is the number of places with a
wildcard on either side: those of the pattern, plus those of the text (a running sum), less those that
coincide (HAM-26).
"""

import numpy as np
from numpy.typing import NDArray

from lemmata.hamming.letters import Encoded, Letters, encode, letter_values, refuse_mixed

Wildcard = str | bytes | int


def encode_with_wildcard(text: Letters, pattern: Letters, wildcard: Wildcard) -> tuple[Encoded, Encoded]:
    """Two problems without wildcards, by whose matches distances with a wildcard are counted.

    The first has the same letters, but the text's wildcards equal nothing; the second one's matches are the
    places where wildcards coincide.

    Raises
    ------
    TypeError
        If the wildcard is no letter of the kind that text and pattern consist of.
    ValueError
        If it is not exactly one letter.
    """
    problem = encode(text, pattern)
    in_text, in_pattern = is_wildcard("text", text, wildcard), is_wildcard("pattern", pattern, wildcard)
    sigma = len(problem.alphabet)
    codes = np.where(in_text, np.int32(sigma), problem.text).astype(np.int32)
    coinciding = Encoded(
        np.where(in_text, 0, 2).astype(np.int32), np.where(in_pattern, 0, 1).astype(np.int32), (0, 1)
    )
    return Encoded(codes, problem.pattern, problem.alphabet), coinciding


def is_wildcard(name: str, letters: Letters, wildcard: Wildcard) -> NDArray[np.bool_]:
    """Where the letters are the wildcard, compared by value."""
    refuse_mixed("wildcard", wildcard if isinstance(wildcard, str) else b"", letters)
    values = letter_values(name, letters)
    if isinstance(wildcard, str | bytes):
        if len(wildcard) != 1:
            raise ValueError(f"wildcard must be one letter (got {wildcard!r})")
        value = ord(wildcard)
    elif isinstance(wildcard, bool) or not isinstance(wildcard, int | np.integer):
        raise TypeError(f"wildcard must be a letter: str, bytes or int (got {type(wildcard).__name__})")
    else:
        value = int(wildcard)
    limits = np.iinfo(values.dtype)
    if not limits.min <= value <= limits.max:
        return np.zeros(len(values), dtype=np.bool_)
    return np.asarray(values == values.dtype.type(value))


def places_with_wildcard(coinciding: Encoded, both: NDArray[np.int64]) -> NDArray[np.int64]:
    """Places with a wildcard in text or pattern at every alignment; ``both`` are those with two."""
    running = np.concatenate([[0], np.cumsum(coinciding.text == 0)])
    in_window = running[coinciding.m :] - running[: -coinciding.m]
    return np.asarray(in_window + np.count_nonzero(coinciding.pattern == 0) - both, dtype=np.int64)
