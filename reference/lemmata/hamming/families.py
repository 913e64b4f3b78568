"""Texts and patterns that are hard for one algorithm or another, and one that people wrote.

Words are arrays of small integers, of eight bytes each, or of one where the letters are bytes; lengths are
exact. A family takes the length, then what else it depends on, and last what draws it:
`numpy.random.default_rng` gets ``rng``, None for another word each time. Used by the checks, tests and
benchmarks, and good to try one's own kernel on.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from lemmata.options import random_numbers, whole_number

Word = NDArray[np.int64]
Bytes = NDArray[np.uint8]
Seed = np.random.Generator | int | None

LONGEST = 1 << 31
"""Letters of a word, and of an alphabet with a table, at most: 16 GiB."""


def real_text() -> str:
    """English prose and code: the language reference that ships with Python (some 465,000 letters)."""
    from pydoc_data.topics import topics  # noqa: PLC0415 - half a megabyte, only where it is used

    return "\n".join(topics[name] for name in sorted(topics))


def one_letter(n: int) -> Word:
    """The letter 0, n times: the largest counts and the largest float error."""
    return np.zeros(_length(n), dtype=np.int64)


def all_distinct(n: int) -> Word:
    """0, 1, ..., n - 1: every letter is rare."""
    return np.arange(_length(n), dtype=np.int64)


def periodic(n: int, period: int = 3) -> Word:
    """0, 1, ..., period - 1 over and over."""
    n, period = _length(n), _at_most("period", whole_number("period", period, minimum=1))
    return np.arange(n, dtype=np.int64) % period


def fibonacci(n: int) -> Word:
    """Prefix of the Fibonacci word 0100101001001..., in which no factor occurs four times in a row."""
    n = _length(n)
    word, longer = [0], [0, 1]
    while len(word) < n:
        word, longer = longer, longer + word
    return np.array(word[:n], dtype=np.int64)


def thue_morse(n: int) -> Word:
    """Prefix of the Thue-Morse word 01101001...: letter i is the parity of the ones in i's binary digits."""
    return np.bitwise_count(np.arange(_length(n), dtype=np.uint64)).astype(np.int64) % 2


def de_bruijn(n: int, letters: int = 2) -> Word:
    """Prefix of the least de Bruijn word over the letters whose order is just large enough.

    Fredricksen and Maiorana: the Lyndon words whose length divides the order, in increasing order.
    """
    n, letters = _length(n), _at_most("letters", whole_number("letters", letters, minimum=2))
    order = 1
    while letters**order < n:
        order += 1
    word: list[int] = []
    lyndon = [-1]
    while lyndon and len(word) < n:
        lyndon[-1] += 1
        if order % len(lyndon) == 0:
            word += lyndon
        length = len(lyndon)
        while len(lyndon) < order:
            lyndon.append(lyndon[-length])
        while lyndon and lyndon[-1] == letters - 1:
            lyndon.pop()
    return np.array(word[:n], dtype=np.int64)


def zipf(n: int, letters: int = 1000, rng: Seed = None) -> Word:
    """Independent letters with probabilities proportional to 1/(rank + 1): a few frequent, a long tail."""
    letters = _at_most("letters", whole_number("letters", letters, minimum=1))
    n, generator = _length(n), random_numbers(rng)
    weights = 1 / np.arange(1, letters + 1)
    return generator.choice(letters, size=n, p=weights / weights.sum()).astype(np.int64)


def equal_frequencies(n: int, letters: int, rng: Seed = None) -> Word:
    """All letters equally often, in random order: the worst case for a threshold."""
    n, letters = _length(n), _at_most("letters", whole_number("letters", letters, minimum=1))
    return random_numbers(rng).permutation(np.arange(n, dtype=np.int64) % letters)


def dna(n: int, rng: Seed = None) -> Bytes:
    """Independent letters A, C, G and T, a byte each.

    Examples
    --------
    >>> bytes(dna(12, rng=0))
    b'TGGCCAAAATGT'
    """
    n, generator = _length(n), random_numbers(rng)
    return np.frombuffer(b"ACGT", dtype=np.uint8)[generator.integers(0, 4, n)]


def random_bytes(n: int, rng: Seed = None) -> Bytes:
    """Independent bytes, each from 0 to 255: an alphabet that a byte just holds."""
    n, generator = _length(n), random_numbers(rng)
    return generator.integers(0, 256, n, dtype=np.uint8)


def _length(n: int) -> int:
    return _at_most("n", whole_number("n", n, minimum=0))


def _at_most(name: str, number: int) -> int:
    if number > LONGEST:
        raise ValueError(f"{name} must be at most 2^31 ({name} = {number})")
    return number


def named_words(n: int, rng: Seed = None) -> dict[str, Callable[[], Word | Bytes]]:
    """One word of length n from every family, by name, made on demand."""
    rng = random_numbers(rng)
    return {
        "one letter": lambda: one_letter(n),
        "all distinct": lambda: all_distinct(n),
        "periodic": lambda: periodic(n),
        "Fibonacci": lambda: fibonacci(n),
        "Thue-Morse": lambda: thue_morse(n),
        "de Bruijn": lambda: de_bruijn(n),
        "Zipf": lambda: zipf(n, rng=rng),
        "equal frequencies": lambda: equal_frequencies(n, max(1, round(n**0.5)), rng),
        "DNA": lambda: dna(n, rng),
        "bytes": lambda: random_bytes(n, rng),
    }
