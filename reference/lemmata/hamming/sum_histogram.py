"""The exact histogram of the sums of two multisets of positions, at about the cost of its average count.

`sum_histogram` multiplies with narrow digits and checks the mass certificate (HAM-12). If a digit carried, it
repairs the carries by folding the problem modulo a few random numbers, recursively (HAM-13, HAM-14), or
starts over, pair by pair or with digits that hold every count. Exact in every case: chance decides how long
it takes, never what comes out.

By default a repair has a budget. Before every step it adds up what it has spent and what the step may take
at most; it is given up as soon as that is more than starting over. So an overflow costs at most twice the
cheaper of wide digits and pairs, whatever the numbers drawn (HAM-15).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from lemmata.arrays import as_array
from lemmata.costs import Costs
from lemmata.hamming.carry_repair import CarryTables, draw_modulus, fold
from lemmata.hamming.narrow_digits import (
    Counts,
    DigitPlan,
    carries_by_mass,
    fits_word,
    largest_count,
    plan_digits,
    product_digits,
)
from lemmata.hamming.options import one_of, random_numbers, refuse_observers, whole_number
from lemmata.tracing import Trace, emit

Overflow = Literal["auto", "repair", "widen"]
Digits = Literal["narrow", "wide", "single"]

HEADROOM = 64
"""K: a digit holds K times the average count, so that at most one position in K - 1 can carry."""

TABLES = 3
SHRINK = 16
"""Moduli of a first attempt at repair, and by how much each shrinks the problem."""

PER_PAIR = 4  # read both, add (or subtract) the positions, find the sum among those wanted, add to its count
_LARGEST_MASS = 2**59  # so that counts, carries and their sums stay far inside int64


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


def sum_histogram(
    x: Counts,
    y: Counts,
    *,
    word_bits: int = 64,
    headroom: int = HEADROOM,
    overflow: Overflow = "auto",
    digits: Digits = "narrow",
    rng: np.random.Generator | int | None = None,
    trace: Trace = None,
    costs: Costs | None = None,
) -> Counts:
    """Number of ways to write every k as i + j, i taken x[i] times and j y[j] times: the convolution.

    Parameters
    ----------
    x, y : array_like of int, shapes (a,) and (b,)
        Multiplicities, not negative, with sum(x) sum(y) < 2^59; a, b >= 1.
    word_bits, headroom, overflow, digits
        As `Packing`.
    rng : numpy.random.Generator or int, optional
        Draws the moduli of repairs, by `numpy.random.default_rng`. It does not affect the result.
    trace : list or callable, optional
        Receives `DigitsMultiplied`, `CarriesRepaired` and `RepairGivenUp`, those of folded problems first.
    costs : Costs, optional
        Charged with word operations.

    Returns
    -------
    ndarray of int64, shape (a + b - 1,)

    Raises
    ------
    TypeError, ValueError
        If x or y is not a one-dimensional array of integers, is empty, or has a negative entry; if the mass
        is too large or a count does not fit a word; as `Packing`.

    Notes
    -----
    Cost: HAM-15's for one letter, which HAM-12 and HAM-14 keep exact.

    Examples
    --------
    >>> sum_histogram([1, 0, 2], [1, 1])
    array([1, 1, 2, 2])
    """
    refuse_observers(trace, costs)
    packing = Packing(word_bits, headroom, overflow, digits)
    generator = random_numbers(rng)
    left, right = _multiplicities("x", x), _multiplicities("y", y)
    mass = sum(left.tolist()) * sum(right.tolist())
    if mass >= _LARGEST_MASS:
        raise ValueError(f"the multisets are too large: {mass} pairs, the limit is 2^59")
    largest = largest_count(left, right)
    if not fits_word(largest, packing.word_bits):
        raise ValueError(f"word_bits = {packing.word_bits} is too small for counts up to {largest}")
    return histogram(left, right, packing, generator, trace, costs)


def _multiplicities(name: str, values: Counts) -> Counts:
    array = as_array(name, values)
    if array.dtype.kind not in "iu":
        raise TypeError(f"{name} must be integers (got dtype {array.dtype}, shape {array.shape})")
    if array.ndim != 1 or not len(array):
        raise ValueError(f"{name} must be one-dimensional and not empty (got shape {array.shape})")
    if int(array.min()) < 0:
        at = int(array.argmin())
        raise ValueError(f"{name} must not be negative ({name}[{at}] = {array[at]})")
    if int(array.max()) >= _LARGEST_MASS:
        at = int(array.argmax())
        raise ValueError(f"the multisets are too large: {name}[{at}] = {array[at]}, the limit is 2^59")
    return array.astype(np.int64, copy=False)


def histogram(
    x: Counts,
    y: Counts,
    packing: Packing,
    rng: np.random.Generator,
    trace: Trace = None,
    costs: Costs | None = None,
) -> Counts:
    """`sum_histogram` of what has been checked; where a count may not fit a word, pair by pair."""
    mass = int(x.sum()) * int(y.sum())
    size = len(x) + len(y) - 1
    if mass == 0:
        return np.zeros(size, dtype=np.int64)
    if not fits_word(largest_count(x, y), packing.word_bits):
        # A folded problem has the mass of the whole: on a small machine, its counts take two words.
        return _pair_by_pair(x, y, costs, words=2)
    narrow, wide = digit_plans(x, y, packing)
    forced = packing.overflow == "repair"
    take_narrow = narrow.bits < wide.bits and (forced or narrow.operations < wide.operations)
    first = narrow if take_narrow else wide
    pairs, reading = pair_operations(x, y), len(x) + len(y)
    if not forced and pairs + reading < first.operations:
        return _pair_by_pair(x, y, costs)
    digits, carries = _multiply(x, y, first, wide.bits, mass, trace, costs)
    if carries == 0:
        return digits[:size]
    budget = None if forced else min(pairs, wide.operations) - reading
    if budget is None or (packing.overflow == "auto" and repair_estimate(x, y, packing) < budget):
        repair = _Repair(x, y, narrow, packing, rng, trace)
        counts = repair.counts(digits, carries, budget)
        if costs is not None:
            costs.charge(word_operations=repair.spent.word_operations)
        if counts is not None:
            return counts[:size]
    if pairs + reading <= wide.operations:
        return _pair_by_pair(x, y, costs)
    return _multiply(x, y, wide, wide.bits, mass, trace, costs)[0][:size]


def digit_plans(x: Counts, y: Counts, packing: Packing) -> tuple[DigitPlan, DigitPlan]:
    """The packing by average count times headroom, and the one that holds every count."""
    largest = largest_count(x, y)
    size = len(x) + len(y) - 1
    narrow, wide = packing.bits(size, int(x.sum()) * int(y.sum()), largest)
    return (
        plan_digits(len(x), len(y), largest, narrow, packing.word_bits),
        plan_digits(len(x), len(y), largest, wide, packing.word_bits),
    )


def pair_operations(x: Counts, y: Counts) -> int:
    """Word operations of adding every pair of distinct elements, but for reading x and y."""
    return PER_PAIR * int(np.count_nonzero(x)) * int(np.count_nonzero(y))


def repair_estimate(x: Counts, y: Counts, packing: Packing) -> int:
    """Word operations of a repair in which the first moduli suffice and no folded problem overflows.

    Optimistic: a repair that takes longer is given up at its budget.
    """
    size = len(x) + len(y) - 1
    modulus = max(8, size // SHRINK) * 3 // 2  # the middle of [Q, 2Q)
    largest = min(largest_count(x, y) * -(-size // modulus), int(x.sum()) * int(y.sum()))
    if not fits_word(largest, packing.word_bits):
        return 1 << 62
    bits = packing.bits(2 * modulus, int(x.sum()) * int(y.sum()), largest)
    product = min(plan_digits(modulus, modulus, largest, b, packing.word_bits).operations for b in bits)
    return TABLES * (product + _table_operations(x, y, modulus, size)) + (2 * TABLES + 3) * size


def _table_operations(x: Counts, y: Counts, modulus: int, digits: int) -> int:
    """Folding x, y, the folded problem's counts and the digits, and solving for the carries' sums."""
    return 2 * (len(x) + len(y) + 2 * modulus + digits) + 4 * modulus


def _multiply(
    x: Counts, y: Counts, plan: DigitPlan, full_bits: int, mass: int, trace: Trace, costs: Costs | None
) -> tuple[Counts, int]:
    """Digits of the product, and the sum of their carries."""
    digits = product_digits(x, y, plan)
    if costs is not None:
        costs.charge(word_operations=plan.operations)
    digit_sum = int(digits.sum())
    carries = carries_by_mass(mass, digit_sum, plan.bits)
    emit(
        trace,
        DigitsMultiplied(plan.bits, full_bits, plan.per_word, plan.length, mass, digit_sum, carries),
    )
    return digits, carries


def _pair_by_pair(x: Counts, y: Counts, costs: Costs | None, words: int = 1) -> Counts:
    """The definition: every pair of elements once; counts of two words take twice the operations."""
    in_x, in_y = np.flatnonzero(x), np.flatnonzero(y)
    if costs is not None:
        costs.charge(word_operations=len(x) + len(y) + words * PER_PAIR * len(in_x) * len(in_y))
    counts = np.zeros(len(x) + len(y) - 1, dtype=np.int64)
    for i in in_x.tolist():
        counts[i + in_y] += x[i] * y[in_y]
    return counts


class _Repair:
    """Counts from digits that carried: c_k = d_k + B h_k - h_(k-1). ``spent`` is charged as it goes."""

    def __init__(
        self, x: Counts, y: Counts, plan: DigitPlan, packing: Packing, rng: np.random.Generator, trace: Trace
    ) -> None:
        self.x, self.y, self.plan, self.packing, self.rng, self.trace = x, y, plan, packing, rng, trace
        self.spent = Costs()

    def counts(self, digits: Counts, carries: int, budget: int | None) -> Counts | None:
        """The counts, or None if the next step might exceed the budget."""
        tables = CarryTables(len(digits))
        smallest = max(8, len(digits) // SHRINK)
        rounds = 0
        undecided = 1
        found = np.zeros(0, dtype=np.int64)
        while undecided:
            rounds += 1
            for _ in range(TABLES):
                modulus = draw_modulus(smallest, self.rng)
                if budget is not None and self.spent.word_operations + self._table_at_most(modulus) > budget:
                    emit(self.trace, RepairGivenUp(self.spent.word_operations, budget))
                    return None
                folded = self._folded(modulus)
                tables.add(modulus, fold(folded, modulus), digits, self.plan.bits, carries)
                self.spent.charge(word_operations=_table_operations(self.x, self.y, modulus, len(digits)))
            # Peeling scans, tables and peels every position at most once per modulus (8), then corrects (3).
            at_most = (8 * len(tables.moduli) + 3) * len(digits)
            if budget is not None and self.spent.word_operations + at_most > budget:
                emit(self.trace, RepairGivenUp(self.spent.word_operations, budget))
                return None
            found, undecided, steps = tables.peel()
            self.spent.charge(word_operations=steps)
            smallest = min(2 * smallest, len(digits))  # stuck: larger tables, besides those at hand
        counts = digits + (found << self.plan.bits)
        counts[1:] -= found[:-1]
        self.spent.charge(word_operations=3 * len(digits))
        emit(self.trace, CarriesRepaired(tuple(tables.moduli), int(np.count_nonzero(found)), rounds))
        return counts

    def _folded(self, modulus: int) -> Counts:
        """Counts of the problem with x and y folded; one that is not smaller starts over if it overflows."""
        size = len(self.x) + len(self.y) - 1
        packing = self.packing
        if 4 * modulus >= size and packing.overflow != "widen":
            packing = Packing(packing.word_bits, packing.headroom, "widen", packing.digits)
        return histogram(
            fold(self.x, modulus), fold(self.y, modulus), packing, self.rng, self.trace, self.spent
        )

    def _table_at_most(self, modulus: int) -> int:
        """Most word operations of one more table: three times the cheaper of wide digits and pairs."""
        x, y = fold(self.x, modulus), fold(self.y, modulus)
        pairs = 2 * pair_operations(x, y) + len(x) + len(y)
        product = pairs
        if fits_word(largest_count(x, y), self.packing.word_bits):
            product = 3 * min(pairs, digit_plans(x, y, self.packing)[1].operations)
        return product + _table_operations(self.x, self.y, modulus, len(self.x) + len(self.y))
