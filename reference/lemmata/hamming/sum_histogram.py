"""The exact histogram of the sums of two multisets of positions, at about the cost of its average count.

`sum_histogram` multiplies with narrow digits and checks the mass certificate (HAM-12). If a digit carried,
it repairs the carries by folding the problem modulo a few random numbers, recursively (HAM-13, HAM-14), or
starts over, pair by pair or with digits that hold every count, whichever is estimated cheapest. Exact in
every case: chance decides how long it takes, never what comes out.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from lemmata.costs import Costs
from lemmata.hamming.carry_repair import CarryTables, draw_modulus, fold
from lemmata.hamming.narrow_digits import (
    Counts,
    DigitPlan,
    carries_by_mass,
    plan_digits,
    product_digits,
)
from lemmata.tracing import Trace, emit

Overflow = Literal["auto", "repair", "widen"]

HEADROOM = 64
"""K: a digit holds K times the average count, so that at most one position in K - 1 can carry."""

TABLES = 3
SHRINK = 16
"""Moduli of a first attempt at repair, and by how much each shrinks the problem."""

_PER_PAIR = 4  # read both, add the positions, add to the count
_SMALLEST = 512  # below, wide digits are no dearer than the bookkeeping of narrow ones
_LARGEST_MASS = 2**59  # so that counts, carries and their sums stay far inside int64


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


def sum_histogram(
    x: Counts,
    y: Counts,
    *,
    word_bits: int = 64,
    headroom: int = HEADROOM,
    overflow: Overflow = "auto",
    rng: np.random.Generator,
    trace: Trace = None,
    costs: Costs | None = None,
) -> Counts:
    """Number of ways to write every k as i + j, i taken x[i] times and j y[j] times: the convolution.

    Parameters
    ----------
    x, y : ndarray of int64, shapes (a,) and (b,)
        Multiplicities, not negative, with sum(x) sum(y) < 2^59.
    word_bits : int
        Bits of a machine word, at most 64.
    headroom : int
        A digit holds this many times the average count.
    overflow : {"auto", "repair", "widen"}
        What to do if a digit carries: repair the carries, multiply again with wide digits, or whichever of
        these and adding pair by pair is estimated cheapest. "repair" also packs narrow digits where wide
        ones would be cheaper.
    rng : numpy.random.Generator
        Draws the moduli.
    trace : list or callable, optional
        Receives `DigitsMultiplied` and `CarriesRepaired`, those of folded problems first.
    costs : Costs, optional
        Charged with word operations.

    Returns
    -------
    ndarray of int64, shape (a + b - 1,)

    Raises
    ------
    ValueError
        If the mass is too large, or a count does not fit a word.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> sum_histogram(np.array([1, 0, 2]), np.array([1, 1]), rng=rng)
    array([1, 1, 2, 2])
    """
    mass = int(x.sum()) * int(y.sum())
    if mass >= _LARGEST_MASS:
        raise ValueError(f"the multisets are too large: {mass} pairs, the limit is 2^59")
    size = len(x) + len(y) - 1
    if mass == 0:
        return np.zeros(size, dtype=np.int64)
    plans = digit_plans(x, y, word_bits, headroom)
    narrow, wide = plans
    take_narrow = narrow.bits < wide.bits and (overflow == "repair" or narrow.operations < wide.operations)
    if not take_narrow or (size < _SMALLEST and overflow != "repair"):
        return _multiply(x, y, wide, wide.bits, mass, trace, costs)[0][:size]
    digits, carries = _multiply(x, y, narrow, wide.bits, mass, trace, costs)
    if carries == 0:
        return digits[:size]
    pairs = _PER_PAIR * int(np.count_nonzero(x)) * int(np.count_nonzero(y))
    if overflow == "auto" and pairs <= min(wide.operations, repair_estimate(narrow)):
        return _pair_by_pair(x, y, costs)
    if overflow == "widen" or (overflow == "auto" and wide.operations <= repair_estimate(narrow)):
        return _multiply(x, y, wide, wide.bits, mass, trace, costs)[0][:size]
    return _repair(x, y, digits, carries, narrow, word_bits, headroom, overflow, rng, trace, costs)[:size]


def digit_plans(x: Counts, y: Counts, word_bits: int, headroom: int) -> tuple[DigitPlan, DigitPlan]:
    """The packing by average count times headroom, and the one that holds every count."""
    sum_x, sum_y = int(x.sum()), int(y.sum())
    largest = min(sum_x * int(y.max()), sum_y * int(x.max()))
    size = len(x) + len(y) - 1
    average = max(1, -(-sum_x * sum_y // size))
    bits = max(1, (headroom * average - 1).bit_length())
    plan = [plan_digits(len(x), len(y), largest, b, word_bits) for b in (bits, largest.bit_length())]
    return plan[0], plan[1]


def repair_estimate(plan: DigitPlan) -> int:
    """Word operations that a repair is expected to take: tables of folded problems, and peeling.

    A folded problem has 1/8 to 1/4 of the digits, of more bits each, and is taken at a third of the whole.
    """
    return TABLES * plan.operations // 3 + (3 * TABLES + 2 * TABLES + 4) * plan.digits


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


def _pair_by_pair(x: Counts, y: Counts, costs: Costs | None) -> Counts:
    """The definition: every pair of elements once."""
    in_x, in_y = np.flatnonzero(x), np.flatnonzero(y)
    if costs is not None:
        costs.charge(word_operations=len(x) + len(y) + _PER_PAIR * len(in_x) * len(in_y))
    counts = np.zeros(len(x) + len(y) - 1, dtype=np.int64)
    for i in in_x.tolist():
        counts[i + in_y] += x[i] * y[in_y]
    return counts


def _repair(
    x: Counts,
    y: Counts,
    digits: Counts,
    carries: int,
    plan: DigitPlan,
    word_bits: int,
    headroom: int,
    overflow: Overflow,
    rng: np.random.Generator,
    trace: Trace,
    costs: Costs | None,
) -> Counts:
    """Counts from digits that carried: c_k = d_k + B h_k - h_(k-1)."""
    tables = CarryTables(len(digits))
    smallest = max(8, len(digits) // SHRINK)
    operations = 0
    rounds = 0
    undecided = 1
    while undecided:
        rounds += 1
        for _ in range(TABLES):
            modulus = draw_modulus(smallest, rng)
            # A folded problem that is not smaller is solved with wide digits: the recursion ends.
            inner: Overflow = overflow if 4 * modulus < len(digits) else "widen"
            folded = sum_histogram(
                fold(x, modulus),
                fold(y, modulus),
                word_bits=word_bits,
                headroom=headroom,
                overflow=inner,
                rng=rng,
                trace=trace,
                costs=costs,
            )
            tables.add(modulus, fold(folded, modulus), digits, plan.bits, carries)
            # Fold x, y, the folded problem and the digits; two operations per class to solve.
            operations += 2 * (len(x) + len(y) + len(folded) + len(digits)) + 4 * modulus
        found, undecided, steps = tables.peel()
        operations += steps
        smallest = min(2 * smallest, len(digits))  # stuck: larger tables, besides those at hand
    counts = digits + (found << plan.bits)
    counts[1:] -= found[:-1]
    operations += 3 * len(digits)
    if costs is not None:
        costs.charge(word_operations=operations)
    emit(trace, CarriesRepaired(tuple(tables.moduli), int(np.count_nonzero(found)), rounds))
    return counts
