"""Distances of texts that do not fit memory, and of pieces of a text on several cores (HAM-28).

Alignment i needs the letters i..i+m-1 only. So a text can be read in blocks: each is joined to the last m-1
letters before it, and its distances are those of this stretch. What is kept is O(m) letters and one block.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from joblib import Parallel, delayed, effective_n_jobs
from numpy.typing import NDArray

from lemmata.hamming.distances import Algorithm, by_name
from lemmata.hamming.letters import Encoded, Letters, codes_of, letter_values, refuse_mixed

BLOCK = 1 << 20
"""Letters of a block, at least."""


def distances_stream(
    text: Letters | Iterable[Letters],
    pattern: Letters,
    *,
    algorithm: Algorithm = "auto",
    block: int | None = None,
) -> Iterator[NDArray[np.int64]]:
    """Hamming distances of a long text, block by block.

    Parameters
    ----------
    text : array_like of int, str, bytes, or an iterable of such
        The text whole, a `numpy.memmap` for example, or in parts of any length in order, from a file or a
        generator. An iterator, a generator, or a list of anything but integers is taken as parts.
    pattern : str, bytes, bytearray or array_like of int, shape (m,)
    algorithm : str
        As `lemmata.hamming.distances`.
    block : int, optional
        Letters that are gathered before distances are computed, by default 2^20 or 4m, whichever is more.
        Fewer give earlier results, at more work each.

    Yields
    ------
    numpy.ndarray of int64
        Distances at the next alignments; all of them, joined, are ``distances(text, pattern)``.

    Raises
    ------
    TypeError, ValueError
        As `lemmata.hamming.distances`, when the offending part is read; a text that is too short is reported
        at its end.

    Notes
    -----
    Memory: O(m + block) words besides the text. Cost: that of `distances` on stretches of block + m - 1
    letters (HAM-28).

    Examples
    --------
    >>> parts = iter(["abra", "cada", "bra"])
    >>> [found.tolist() for found in distances_stream(parts, "abr", block=4)]
    [[0, 3, 3, 2, 3, 2], [3, 0, 3]]
    """
    pattern_values = letter_values("pattern", pattern)
    m = len(pattern_values)
    if m == 0:
        raise ValueError("pattern is empty (m = 0)")
    if block is None:
        block = max(BLOCK, 4 * m)
    elif block < 1:
        raise ValueError(f"block must be a positive number of letters (block = {block!r})")
    letters, codes = np.unique(pattern_values, return_inverse=True)
    alphabet = tuple(letters.tolist())
    return _blocks(
        _stretches(text, pattern, letters, int(block)), codes.astype(np.int32), alphabet, block, algorithm
    )


def _blocks(
    stretches: Iterator[NDArray[np.int32]],
    pattern: NDArray[np.int32],
    alphabet: tuple[Any, ...],
    block: int,
    algorithm: Algorithm,
) -> Iterator[NDArray[np.int64]]:
    """Distances of blocks of codes, each joined to the m - 1 codes before it."""
    m, length = len(pattern), 0
    held: list[NDArray[np.int32]] = []
    waiting = 0
    finished = False
    while not finished:
        stretch = next(stretches, None)
        finished = stretch is None
        if stretch is not None:
            held.append(stretch)
            waiting += len(stretch)
            length += len(stretch)
        if waiting >= m and (finished or waiting >= block + m - 1):
            window = np.concatenate(held)
            yield by_name(Encoded(window, pattern, alphabet), algorithm)
            tail = window[len(window) - m + 1 :].copy()
            held, waiting = [tail], len(tail)
    if length < m:
        raise ValueError(f"pattern is longer than text (m = {m} > n = {length})")


def _stretches(text: Any, pattern: Letters, letters: NDArray[Any], block: int) -> Iterator[NDArray[np.int32]]:
    """The text's codes in stretches of at most a block; parts are read one at a time."""
    for part in _parts(text):
        refuse_mixed("text", part, pattern)
        values = letter_values("text", part)
        for start in range(0, len(values), block):
            yield codes_of(values[start : start + block], letters)


def _parts(text: Any) -> Iterable[Any]:
    if isinstance(text, str | bytes | bytearray) or hasattr(text, "__array__") or hasattr(text, "__dlpack__"):
        return [text]
    if isinstance(text, list | tuple) and all(isinstance(letter, int | np.integer) for letter in text):
        return [text]
    if not isinstance(text, Iterable):
        raise TypeError(
            f"text must be str, bytes, integers or an iterable of those (got {type(text).__name__})"
        )
    return text


def count_in_pieces(problem: Encoded, algorithm: Algorithm, n_jobs: int) -> NDArray[np.int64]:
    """Distances, the text cut into pieces that joblib's threads work on; the same whatever ``n_jobs``.

    Kernels run without the interpreter lock. `joblib.parallel_config` picks another backend.
    """
    workers = effective_n_jobs(n_jobs)
    step = max(-(-problem.alignments // workers), 4 * problem.m, BLOCK // 16)
    pieces = [
        Encoded(problem.text[start : start + step + problem.m - 1], problem.pattern, problem.alphabet)
        for start in range(0, problem.alignments, step)
    ]
    found = Parallel(n_jobs=n_jobs, prefer="threads")(delayed(by_name)(piece, algorithm) for piece in pieces)
    return np.concatenate(found)
