"""Inputs and expected values of the checks: the definition written out, every small word, hard long ones."""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lemmata.claims import Run
from lemmata.hamming import families


def mismatches(text: Sequence[int], pattern: Sequence[int]) -> list[int]:
    """The definition, in plain Python."""
    m = len(pattern)
    return [
        sum(a != b for a, b in zip(text[i : i + m], pattern, strict=True)) for i in range(len(text) - m + 1)
    ]


def long_mismatches(text: NDArray[np.int64], pattern: NDArray[np.int64]) -> NDArray[np.int64]:
    """The definition, one vector operation per letter of the pattern."""
    alignments = len(text) - len(pattern) + 1
    total = np.zeros(alignments, dtype=np.int64)
    for j, letter in enumerate(pattern):
        total += text[j : j + alignments] != letter
    return total


def small_words(longest: int, letters: int) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Every text of at most ``longest`` letters with every pattern that fits, shortest first."""
    for n in range(1, longest + 1):
        for m in range(1, n + 1):
            for pattern in product(range(letters), repeat=m):
                for text in product(range(letters), repeat=n):
                    yield text, pattern


def number_of_small_words(longest: int, letters: int) -> int:
    """How many pairs `small_words` has."""
    return sum(letters ** (n + m) for n in range(1, longest + 1) for m in range(1, n + 1))


def every_small_word(
    run: Run, longest: int, letters: int
) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """`small_words` as a finite domain of a run."""
    return run.every(
        small_words(longest, letters),
        f"every text of at most {longest} letters over {letters}, every pattern that fits",
        size=number_of_small_words(longest, letters),
    )


def long_words(run: Run, n: int, m: int) -> Iterator[tuple[str, NDArray[Any], NDArray[Any]]]:
    """Name, text and pattern of every hard family, and real text with a pattern cut from it."""
    for name, text in families.named_words(n, run.rng).items():
        word = text()
        start = int(run.rng.integers(0, n - m + 1))
        pattern = word[start : start + m].copy()
        at = int(run.rng.integers(0, m))
        pattern[at : at + 1] += 1  # one letter off, so that no alignment is trivial; a byte 255 becomes 0
        yield name, word, pattern
    prose = np.array([ord(letter) for letter in families.real_text()[:n]], dtype=np.int64)
    start = int(run.rng.integers(0, len(prose) - m + 1))
    yield "real text", prose, prose[start : start + m]


def real_words(n: int, m: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Real text, repeated if it is too short, and a pattern from its middle."""
    prose = np.array([ord(letter) for letter in families.real_text()], dtype=np.int64)
    text = np.resize(prose, n)
    return text, text[(n - m) // 2 :][:m].copy()
