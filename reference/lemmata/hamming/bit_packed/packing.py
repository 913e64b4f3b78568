"""How sums are packed into words, and the steps of multiplying and repairing that a trace receives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lemmata.options import one_of, whole_number

Overflow = Literal["auto", "repair", "widen"]
Digits = Literal["narrow", "wide", "single"]

HEADROOM = 64
"""K: a digit holds K times the average count, so that at most one position in K - 1 can carry."""


@dataclass(frozen=True)
class Packing:
    """How counts are packed into words and what is done about digits that overflow.

    Parameters
    ----------
    word_bits : int
        Bits of a machine word, from 24 to 64: fewer simulate a smaller machine, at a higher count.
    headroom : int
        A narrow digit holds this many times the average count, rounded up to a power of two; at least 1.
    overflow : {"auto", "repair", "widen"}
        "repair" mends the carries, however long it takes; it also packs narrow digits where wide ones are
        cheaper. "widen" starts over, with wide digits or pair by pair, whichever is cheaper: nothing is
        random. "auto" repairs within a budget where that promises to be cheaper than starting over.
    digits : {"narrow", "wide", "single"}
        The cheaper of narrow and wide; digits that hold every count; one digit to a word, as in Abrahamson's
        algorithm (for comparison, HAM-16).

    Raises
    ------
    TypeError, ValueError
        For options of another type or out of range.
    """

    word_bits: int = 64
    headroom: int = HEADROOM
    overflow: Overflow = "auto"
    digits: Digits = "narrow"

    def __post_init__(self) -> None:
        for name in ("word_bits", "headroom"):
            object.__setattr__(self, name, whole_number(name, getattr(self, name)))
        if not 24 <= self.word_bits <= 64:
            raise ValueError(f"word_bits must be between 24 and 64 (word_bits = {self.word_bits})")
        if self.headroom < 1:
            raise ValueError(f"headroom must be at least 1 (headroom = {self.headroom})")
        one_of("overflow", self.overflow, ("auto", "repair", "widen"))
        one_of("digits", self.digits, ("narrow", "wide", "single"))

    def bits(self, size: int, mass: int, largest: int) -> tuple[int, int]:
        """Bits of a narrow digit and of a wide one, for that many sums of that mass and largest count."""
        if self.digits == "single":
            return self.word_bits - 3, self.word_bits - 3
        wide = largest.bit_length()
        if self.digits == "wide":
            return wide, wide
        average = max(1, -(-mass // size))
        return min(max(1, (self.headroom * average - 1).bit_length()), wide), wide


@dataclass(frozen=True)
class DigitsMultiplied:
    """A product in base 2^bits gave digits of sum ``digit_sum``; without any carry it would be ``mass``.

    ``carries`` is the sum of all carries by the mass certificate: 0 says that the digits are the counts.
    """

    bits: int
    full_bits: int
    per_word: int
    length: int
    mass: int
    digit_sum: int
    carries: int


@dataclass(frozen=True)
class CarriesRepaired:
    """Folding modulo ``moduli`` revealed all carries, ``positions`` nonzero ones, in ``rounds`` attempts."""

    moduli: tuple[int, ...]
    positions: int
    rounds: int


@dataclass(frozen=True)
class RepairGivenUp:
    """A repair had ``spent`` so many operations that the next step might have exceeded its ``budget``."""

    spent: int
    budget: int
