"""Inputs and expected values of the checks: the definition written out, every small word, hard long ones."""

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lemmata.claims import Run, Witness, shrink
from lemmata.hamming import families

Implementation = Callable[[Any, Any], NDArray[np.int64]]


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


def long_words(run: Run, n: int, m: int) -> Iterator[tuple[str, NDArray[np.int64], NDArray[np.int64]]]:
    """Name, text and pattern of every hard family, and real text with a pattern cut from it."""
    for name, text in families.named_words(n, run.rng).items():
        word = text()
        start = int(run.rng.integers(0, n - m + 1))
        pattern = word[start : start + m].copy()
        pattern[int(run.rng.integers(0, m))] += 1  # one letter off, so that no alignment is trivial
        yield name, word, pattern
    prose = np.array([ord(letter) for letter in families.real_text()[:n]], dtype=np.int64)
    start = int(run.rng.integers(0, len(prose) - m + 1))
    yield "real text", prose, prose[start : start + m]


def real_words(n: int, m: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Real text, repeated if it is too short, and a pattern from its middle."""
    prose = np.array([ord(letter) for letter in families.real_text()], dtype=np.int64)
    text = np.resize(prose, n)
    return text, text[(n - m) // 2 :][:m].copy()


def differs(
    implementation: Implementation, text: Sequence[int], pattern: Sequence[int]
) -> tuple[list[int], list[int]] | None:
    """Expected and found distances where they differ, else None."""
    expected = mismatches(text, pattern)
    found = implementation(np.array(text), np.array(pattern)).tolist()
    return None if found == expected else (expected, found)


def witness_of(name: str, implementation: Implementation, text: Any, pattern: Any) -> Witness:
    """Smallest input near (text, pattern) on which the implementation is wrong."""

    def fails(words: tuple[tuple[int, ...], ...]) -> bool:
        text, pattern = words
        return 1 <= len(pattern) <= len(text) and differs(implementation, text, pattern) is not None

    text, pattern = shrink([text, pattern], fails)
    found = differs(implementation, text, pattern)
    assert found is not None
    first = next((i for i, (a, b) in enumerate(zip(*found, strict=False)) if a != b), len(found[0]))
    return Witness(
        {"implementation": name, "text": list(text), "pattern": list(pattern)},
        found[0],
        found[1],
        f"distances by {name}; the first difference is at alignment {first}",
    )
