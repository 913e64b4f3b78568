"""From what users pass to small integer codes: one code per letter of the pattern.

Distances depend only on which letters are equal. The letters of the pattern get the codes
0..sigma-1 in increasing order; a letter of the text that the pattern does not have gets the code sigma,
which equals none of the pattern's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import index
from typing import Any, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lemmata.arrays import as_array
from lemmata.compilation import njit

Letters = str | bytes | bytearray | ArrayLike
"""What a text or pattern may be: `str`, `bytes`, `bytearray`, or one-dimensional integers."""

Codes = NDArray[np.int32]


@dataclass(frozen=True)
class Encoded:
    """A text and a pattern as codes.

    ``text`` has shape (n,), ``pattern`` (m,), both int32; ``alphabet`` holds the pattern's letters, in
    order of their codes, as the user wrote them: characters of a `str`, otherwise integers.
    """

    text: Codes
    pattern: Codes
    alphabet: tuple[Any, ...]

    @property
    def n(self) -> int:
        """Length of the text."""
        return len(self.text)

    @property
    def m(self) -> int:
        """Length of the pattern."""
        return len(self.pattern)

    @property
    def alignments(self) -> int:
        """Number of positions at which the pattern can lie: n - m + 1."""
        return self.n - self.m + 1


def encode(text: Letters, pattern: Letters) -> Encoded:
    """Read text and pattern and give their letters codes.

    Comparison is by value: ``b"a"`` equals 97, int8 -1 does not equal uint8 255, and integers never
    pass through floating point.

    Raises
    ------
    TypeError
        For anything but `str`, `bytes`, `bytearray` and integers, and when one is a `str` and the other not.
    ValueError
        For an empty pattern, a pattern longer than the text, and arrays that are not one-dimensional.
    """
    refuse_mixed("text", text, pattern)
    text_values, pattern_values = letter_values("text", text), letter_values("pattern", pattern)
    n, m = len(text_values), len(pattern_values)
    if m == 0:
        raise ValueError("pattern is empty (m = 0)")
    if m > n:
        raise ValueError(f"pattern is longer than text (m = {m} > n = {n})")
    letters, pattern_codes = np.unique(pattern_values, return_inverse=True)
    if len(letters) >= np.iinfo(np.int32).max:
        raise ValueError(f"pattern has too many distinct letters ({len(letters)})")
    alphabet = tuple(map(chr, letters.tolist())) if isinstance(pattern, str) else tuple(letters.tolist())
    return Encoded(codes_of(text_values, letters), pattern_codes.astype(np.int32), alphabet)


def refuse_mixed(name: str, letters: Letters, pattern: Letters) -> None:
    """Raise TypeError if only one of the two is a `str`: code points are no letters of an integer array."""
    if isinstance(letters, str) != isinstance(pattern, str):
        raise TypeError(
            f"{name} and pattern must both be str or neither "
            f"({name} is {type(letters).__name__}, pattern is {type(pattern).__name__})"
        )


def integers(name: str, values: ArrayLike) -> NDArray[Any]:
    """The values as a one-dimensional array of integers, in native byte order and their own type.

    Raises
    ------
    TypeError, ValueError
        As `letter_values`; TypeError for `str` and `bytes`, too.
    """
    if isinstance(values, str | bytes | bytearray):
        raise TypeError(f"{name} must be integers (got {type(values).__name__})")
    return letter_values(name, values, kinds="integers")


def letter_values(name: str, letters: Letters, *, kinds: str = "str, bytes or integers") -> NDArray[Any]:
    """One-dimensional array of native integers, of whatever width the letters came in."""
    if isinstance(letters, str):
        # 32-bit code points; "surrogatepass" because a lone surrogate is a letter like any other.
        return np.frombuffer(letters.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    if isinstance(letters, bytes | bytearray):
        return np.frombuffer(letters, dtype=np.uint8)
    array = _integers(name, letters)
    if array.dtype.kind == "O" and array.ndim == 0:
        raise TypeError(f"{name} must be str, bytes or integers (got {type(letters).__name__})")
    if array.ndim != 1:
        raise ValueError(f"{name} must be one-dimensional (got shape {array.shape})")
    if array.size == 0 and not isinstance(letters, np.ndarray):
        return np.empty(0, dtype=np.int64)  # an empty list says nothing about its type
    if array.dtype.kind == "b":
        return array.astype(np.uint8)
    if array.dtype.kind not in "iu":
        raise TypeError(f"{name} must be {kinds} (got dtype {array.dtype}, shape {array.shape})")
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def _integers(name: str, letters: Any) -> NDArray[Any]:
    """An array of the letters; NumPy would round integers in a list that int64 does not hold."""
    listed = isinstance(letters, Sequence) and not isinstance(letters, range | memoryview)
    if listed and any(issubclass(kind, np.ma.MaskedArray) for kind in set(map(type, letters))):
        raise TypeError(f"{name} has a masked entry; choose a letter for it first")
    array = as_array(name, letters)
    if not (array.dtype.kind == "O" or (array.dtype.kind == "f" and isinstance(letters, Sequence))):
        return array
    if array.ndim != 1 or not array.size:
        return array
    members = array.tolist() if array.dtype.kind == "O" else list(letters)
    if not all(isinstance(letter, SupportsIndex) for letter in members):
        return array
    values = [index(letter) for letter in members]
    low, high = min(values), max(values)
    if low >= -(2**63) and high < 2**63:
        return np.array(values, dtype=np.int64)
    if low >= 0 and high < 2**64:
        return np.array(values, dtype=np.uint64)
    raise ValueError(f"{name} does not fit one 64-bit integer type (from {low} to {high})")


def codes_of(values: NDArray[Any], letters: NDArray[Any]) -> Codes:
    """Code of every value: its index in the sorted ``letters``, or ``len(letters)`` if it is not there."""
    sigma = len(letters)
    if values.dtype == letters.dtype:
        known, codes = letters, np.arange(sigma, dtype=np.int32)
    else:
        # Compare in the values' own type: letters that it cannot hold occur nowhere among them.
        limits = np.iinfo(values.dtype)
        held = [i for i, letter in enumerate(letters.tolist()) if limits.min <= letter <= limits.max]
        known, codes = letters[held].astype(values.dtype), np.array(held, dtype=np.int32)
    if not len(known):
        return np.full(len(values), sigma, dtype=np.int32)
    if values.dtype.itemsize <= 2 and len(values) >= 1 << 12:
        # Every value has an entry: look up its bits.
        bits = values.view(f"u{values.dtype.itemsize}")
        table = np.full(1 << (8 * values.dtype.itemsize), sigma, dtype=np.int32)
        table[known.view(bits.dtype)] = codes
        return np.asarray(table[bits])
    if int(known[-1]) - int(known[0]) < 4 * len(values):
        table = np.full(int(known[-1]) - int(known[0]) + 1, sigma, dtype=np.int32)
        table[_offsets(known, known[0])] = codes
        found = np.empty(len(values), dtype=np.int32)
        look_up(values, known[0], known[-1], table, np.int32(sigma), found)
        return found
    places = np.minimum(np.searchsorted(known, values), len(known) - 1)
    return np.where(known[places] == values, codes[places], np.int32(sigma)).astype(np.int32)


def _offsets(values: NDArray[Any], low: Any) -> NDArray[np.int64]:
    """``values - low`` for values of a narrow range, computed modulo 2**64: exact for every integer type."""
    wrapped = values.astype(np.int64).view(np.uint64) - np.array([low]).astype(np.int64).view(np.uint64)
    return wrapped.view(np.int64)


def _look_up_py(
    values: NDArray[Any], low: Any, high: Any, table: Codes, other: np.int32, found: Codes
) -> None:
    """Entry ``value - low`` of the table for every value from low to high, ``other`` elsewhere."""
    for i in range(len(values)):
        value = values[i]
        found[i] = table[int(value) - int(low)] if low <= value <= high else other


look_up = njit(_look_up_py, steps=lambda values, *_: len(values))
