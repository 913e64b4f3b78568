"""Distances of texts that do not fit memory, in parts as they come (HAM-28).

Alignment i needs the letters i..i+m-1 only. So a text can be read in blocks: each is joined to the last m-1
letters before it, and its distances are those of this stretch. What is kept is O(m) letters and one block.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from numbers import Number
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lemmata.costs import Costs
from lemmata.hamming.algorithms import Algorithm
from lemmata.hamming.letters import Codes, Encoded, Letters, codes_of, letter_values, refuse_mixed
from lemmata.hamming.threads import counting
from lemmata.hamming.wildcards import Wildcard, count_with_wildcards, is_wildcard
from lemmata.options import refuse_observers, whole_number

BLOCK = 1 << 20
"""Letters of a block, at least."""

SLICE = 1 << 16
"""Letters of the text that are read and given codes at a time, at most."""


def distances_stream(
    text: Letters | Iterable[Letters],
    pattern: Letters,
    *,
    algorithm: Algorithm = "auto",
    block: int | None = None,
    wildcard: Wildcard | None = None,
    n_jobs: int = 1,
    costs: Costs | None = None,
) -> Iterator[NDArray[np.int64]]:
    """Hamming distances of a long text, block by block.

    Parameters
    ----------
    text : array_like of int, str, bytes, or an iterable of such
        The text whole, a `numpy.memmap` for example, or in parts of any length in order, from a file or a
        generator. An iterator, a generator, or a sequence of anything but integers is taken as parts; each
        part is what `lemmata.hamming.distances` takes for a text. Sets and mappings are refused: they have
        no order.
    pattern : str, bytes, bytearray or array_like of int, shape (m,)
    algorithm : str
        As `lemmata.hamming.distances`.
    block : int, optional
        Alignments of a block, by default 2^20 or 4m, whichever is more. Fewer give earlier results, at more
        work each.
    wildcard, n_jobs, costs
        As `lemmata.hamming.distances`; the threads share each block, which is charged when it is counted.

    Yields
    ------
    numpy.ndarray of int64
        Distances at the next ``block`` alignments, at last at those that are left; all of them, joined, are
        ``distances(text, pattern)``.

    Raises
    ------
    TypeError, ValueError
        As `lemmata.hamming.distances`: for pattern and options, and a text without order, at once; for the
        rest of the text when the offending part is read; a text that is too short is reported at its end.

    Notes
    -----
    Memory: O(m + block) words besides one part of the text, or O(n) where the text is shorter. Cost: that of
    `distances` on stretches of block + m - 1 letters (HAM-28).

    Examples
    --------
    >>> parts = iter(["abra", "cada", "bra"])
    >>> [found.tolist() for found in distances_stream(parts, "abr", block=4)]
    [[0, 3, 3, 2], [3, 2, 3, 0], [3]]
    """
    refuse_observers(costs=costs)
    count = counting(algorithm, n_jobs, costs)
    values = letter_values("pattern", pattern)
    m = len(values)
    if m == 0:
        raise ValueError("pattern is empty (m = 0)")
    block = max(BLOCK, 4 * m) if block is None else whole_number("block", block, minimum=1)
    parts = _parts(text)  # an unordered text is refused before anything is asked for
    letters, codes = np.unique(values, return_inverse=True)
    alphabet = tuple(letters.tolist())
    short = codes.astype(np.int32)
    if wildcard is None:
        return (
            count(Encoded(w.codes, short, alphabet)) for w in _windows(parts, pattern, letters, block, None)
        )
    in_pattern = is_wildcard("pattern", pattern, wildcard)
    return (
        count_with_wildcards(Encoded(w.codes, short, alphabet), w.wildcards, in_pattern, count)
        for w in _windows(parts, pattern, letters, block, wildcard)
    )


class Window(NamedTuple):
    """Letters of the text that hold a block's alignments: codes, and where the wildcards are."""

    codes: Codes
    wildcards: NDArray[np.bool_]


def _windows(
    parts: Iterable[Any], pattern: Letters, letters: NDArray[Any], block: int, wildcard: Wildcard | None
) -> Iterator[Window]:
    """Stretches of block + m - 1 letters that overlap by m - 1, and what is left.

    All of them are filled into one buffer: a window is valid until the next one is asked for. It grows as the
    text comes in, so that a block may be longer than memory if the text is not.
    """
    m = len(letter_values("pattern", pattern))
    full = block + m - 1
    buffer = _buffer(min(full, max(m, SLICE)))
    filled = length = 0
    for part in _slices(parts, pattern):
        codes = codes_of(letter_values("text", part), letters)
        wild = (
            np.zeros(len(codes), dtype=np.bool_) if wildcard is None else is_wildcard("text", part, wildcard)
        )
        length += len(codes)
        taken = 0
        while taken < len(codes):
            some = min(len(codes) - taken, len(buffer.codes) - filled)
            for whole, new in zip(buffer, (codes, wild), strict=True):
                whole[filled : filled + some] = new[taken : taken + some]
            filled, taken = filled + some, taken + some
            if filled == len(buffer.codes) < full:
                longer = _buffer(min(full, 2 * filled))
                for whole, old in zip(longer, buffer, strict=True):
                    whole[:filled] = old
                buffer = longer
            elif filled == full:
                yield buffer
                for whole in buffer:
                    whole[: m - 1] = whole[block:].copy()
                filled = m - 1
    if length < m:
        raise ValueError(f"pattern is longer than text (m = {m} > n = {length})")
    if filled >= m:
        yield Window(buffer.codes[:filled], buffer.wildcards[:filled])


def _buffer(letters: int) -> Window:
    return Window(np.empty(letters, dtype=np.int32), np.zeros(letters, dtype=np.bool_))


def _slices(parts: Iterable[Any], pattern: Letters) -> Iterator[Any]:
    """The parts of the text one after the other, at most `SLICE` letters at a time."""
    for part in parts:
        refuse_mixed("text", part, pattern)
        whole = part
        if isinstance(part, range) and len(part) > 0:
            letter_values("text", [part[0], part[-1]])  # all of them have to fit one type
        elif not isinstance(part, str | bytes | bytearray | np.ndarray):
            # As a whole: a list may be refused though each of its slices is not.
            whole = letter_values("text", part)
        if getattr(whole, "ndim", 1) != 1 or len(whole) <= SLICE:
            yield whole
            continue
        for start in range(0, len(whole), SLICE):
            yield whole[start : start + SLICE]


def _parts(text: Any) -> Iterable[Any]:
    """Parts of the text; one, if it is what `lemmata.hamming.distances` takes for a text."""
    if isinstance(text, str) or hasattr(text, "__array__") or hasattr(text, "__dlpack__") or _is_buffer(text):
        return [text]
    if isinstance(text, Iterator):
        return text
    if not isinstance(text, Iterable) or isinstance(text, Set | Mapping):
        raise TypeError(
            f"text must be str, bytes, integers or an iterable of those, in order (got {type(text).__name__})"
        )
    first = next(iter(text), 0)
    whole = first.ndim == 0 if isinstance(first, np.ndarray) else isinstance(first, Number | np.bool_)
    return [text] if whole else text


def _is_buffer(text: Any) -> bool:
    try:
        memoryview(text)
    except TypeError:
        return False
    return True
