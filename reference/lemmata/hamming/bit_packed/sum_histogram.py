"""The exact histogram of the sums of two multisets of positions, at about the cost of its average count.

`sum_histogram` multiplies with narrow digits and checks the mass certificate (HAM-12). If a digit carried, it
repairs the carries by folding the problem modulo a few random numbers, recursively (HAM-13, HAM-14), or
starts over, pair by pair or with digits that hold every count. Exact in every case: chance decides how long
it takes, never what comes out.

By default a repair has a budget. Before every step it adds up what it has spent and what the step may take
at most; it is given up as soon as that is more than starting over. So a product that overflows takes at most
three times the cheaper of wide digits and pairs, whatever the numbers drawn (HAM-15).
"""

from __future__ import annotations

import numpy as np

from lemmata.compilation import njit
from lemmata.costs import Costs
from lemmata.hamming.bit_packed.carry_repair import (
    TABLES,
    CarryTables,
    draw_modulus,
    first_modulus,
    fold,
    fold_operations,
    modulus_of_round,
    solve_operations,
    steps_at_most,
)
from lemmata.hamming.bit_packed.multisets import (
    Multiset,
    are_sets,
    largest_sum,
    list_support,
    pair_operations,
    pairs_of_multisets,
    pairs_of_sets,
    reading_operations,
    survey_operations,
    surveyed,
)
from lemmata.hamming.bit_packed.narrow_digits import (
    Counts,
    DigitPlan,
    carries_by_mass,
    fits_word,
    plan_digits,
    product_digits,
)
from lemmata.hamming.bit_packed.packing import (
    HEADROOM,
    CarriesRepaired,
    Digits,
    DigitsMultiplied,
    Overflow,
    Packing,
    RepairGivenUp,
)
from lemmata.hamming.letters import integers
from lemmata.options import random_numbers, refuse_observers
from lemmata.tracing import Trace, emit

PLANNING = 150
"""Word operations charged for two plans of a product, from its lengths, mass and largest count, and for what
is decided by them; they take no more. `histogram` charges it twice, for its product and for estimating a
repair."""

_LARGEST_MASS = 2**59  # so that counts, carries and their sums stay far inside int64


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
        Charged with word operations. Checking what is passed comes before.

    Returns
    -------
    ndarray of int64, shape (a + b - 1,)

    Raises
    ------
    TypeError, ValueError
        If x or y is not one-dimensional integers, is empty, or has a negative entry; if the mass
        is too large or a count does not fit a word; as `Packing`.

    Notes
    -----
    Cost: with `overflow` "auto" or "widen", 4(a + b) word operations to look at x and y, 300 to plan, and at
    most three times the cheaper of `DigitPlan.operations` for wide digits and `pair_operations` plus
    `reading_operations` (HAM-15). HAM-12 and HAM-14 keep the result exact.

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
    first, second = surveyed(left, costs), surveyed(right, costs)
    largest = largest_sum(first, second)
    if not fits_word(largest, packing.word_bits):
        raise ValueError(f"word_bits = {packing.word_bits} is too small for counts up to {largest}")
    return histogram(first, second, packing, generator, trace, costs)


def _multiplicities(name: str, values: Counts) -> Counts:
    array = integers(name, values)
    if not len(array):
        raise ValueError(f"{name} is empty")
    if int(array.min()) < 0:
        at = int(array.argmin())
        raise ValueError(f"{name} must not be negative ({name}[{at}] = {array[at]})")
    if int(array.max()) >= _LARGEST_MASS:
        at = int(array.argmax())
        raise ValueError(f"the multisets are too large: {name}[{at}] = {array[at]}, the limit is 2^59")
    return array.astype(np.int64, copy=False)


def histogram(
    x: Multiset,
    y: Multiset,
    packing: Packing,
    rng: np.random.Generator,
    trace: Trace = None,
    costs: Costs | None = None,
) -> Counts:
    """`sum_histogram` of what has been checked; where a count may not fit a word, pair by pair."""
    costs = Costs() if costs is None else costs
    costs.charge(word_operations=2 * PLANNING)
    mass = x.total * y.total
    size = len(x.counts) + len(y.counts) - 1
    if mass == 0:
        return _pair_by_pair(x, y, costs)
    if not fits_word(largest_sum(x, y), packing.word_bits):
        # A folded problem has the mass of the whole: on a small machine, its counts take two words.
        return _pair_by_pair(x, y, costs, words=2)
    narrow, wide = digit_plans(x, y, packing)
    forced = packing.overflow == "repair"
    take_narrow = narrow.bits < wide.bits and (forced or narrow.operations < wide.operations)
    first = narrow if take_narrow else wide
    pairs, reading = pair_operations(x, y), reading_operations(x, y)
    if not forced and pairs + reading < first.operations:
        return _pair_by_pair(x, y, costs)
    digits, carries = _multiply(x, y, first, wide.bits, mass, trace, costs)
    if carries == 0:
        return digits[:size]
    budget = None if forced else min(pairs, wide.operations) - reading
    if budget is None or (packing.overflow == "auto" and repair_estimate(x, y, packing) < budget):
        repair = _Repair(x, y, narrow, packing, rng, trace)
        counts = repair.counts(digits, carries, budget)
        costs.charge(word_operations=repair.spent.word_operations)
        if counts is not None:
            return counts[:size]
    if pairs + reading <= wide.operations:
        return _pair_by_pair(x, y, costs)
    return _multiply(x, y, wide, wide.bits, mass, trace, costs)[0][:size]


def digit_plans(x: Multiset, y: Multiset, packing: Packing) -> tuple[DigitPlan, DigitPlan]:
    """The packing by average count times headroom, and the one that holds every count."""
    a, b, largest = len(x.counts), len(y.counts), largest_sum(x, y)
    narrow, wide = packing.bits(a + b - 1, x.total * y.total, largest)
    return (
        plan_digits(a, b, largest, narrow, packing.word_bits),
        plan_digits(a, b, largest, wide, packing.word_bits),
    )


def repair_estimate(x: Multiset, y: Multiset, packing: Packing) -> int:
    """Word operations of a repair in which the first moduli suffice and no folded problem overflows.

    Optimistic: a repair that takes longer is given up at its budget.
    """
    a, b = len(x.counts), len(y.counts)
    size, mass = a + b - 1, x.total * y.total
    modulus = first_modulus(size) * 3 // 2  # the middle of [Q, 2Q)
    largest = min(largest_sum(x, y) * -(-size // modulus), mass)
    if not fits_word(largest, packing.word_bits):
        return 1 << 62
    bits = packing.bits(2 * modulus, mass, largest)
    product = min(plan_digits(modulus, modulus, largest, each, packing.word_bits).operations for each in bits)
    return repair_operations(a, b, modulus, 2 * PLANNING + product)


def repair_operations(a: int, b: int, modulus: int, product: int) -> int:
    """Word operations of a repair with three moduli of about that size, if few positions are ever possible.

    ``product`` is what a folded problem takes. Positions are cleared, looked up once each, and read off.
    """
    size = a + b - 1
    folding = fold_operations(a, modulus) + fold_operations(b, modulus) + 2 * survey_operations(modulus)
    solving = fold_operations(2 * modulus - 1, modulus) + fold_operations(size, modulus)
    tables = TABLES * (PLANNING + folding + product + solving + solve_operations(modulus, 2))
    return tables + 4 * TABLES * modulus + 2 * size + 3 * size


def _multiply(
    x: Multiset, y: Multiset, plan: DigitPlan, full_bits: int, mass: int, trace: Trace, costs: Costs
) -> tuple[Counts, int]:
    """Digits of the product, and the sum of their carries."""
    digits, digit_sum = product_digits(x.counts, y.counts, plan)
    costs.charge(word_operations=plan.operations)
    carries = carries_by_mass(mass, digit_sum, plan.bits)
    emit(
        trace,
        DigitsMultiplied(plan.bits, full_bits, plan.per_word, plan.length, mass, digit_sum, carries),
    )
    return digits, carries


def _pair_by_pair(x: Multiset, y: Multiset, costs: Costs, words: int = 1) -> Counts:
    """The definition: every pair of elements once; counts of two words take twice the operations."""
    size = len(x.counts) + len(y.counts) - 1
    (in_x, x_times), (in_y, y_times) = (list_support(z.counts, z.support) for z in (x, y))
    if are_sets(x, y):
        counts = pairs_of_sets(in_x, in_y, size)
    else:
        counts = pairs_of_multisets(in_x, x_times, in_y, y_times, size)
    costs.charge(word_operations=reading_operations(x, y) + words * pair_operations(x, y))
    return counts


class _Repair:
    """Counts from digits that carried: c_k = d_k + B h_k - h_(k-1). ``spent`` is charged as it goes."""

    def __init__(
        self,
        x: Multiset,
        y: Multiset,
        plan: DigitPlan,
        packing: Packing,
        rng: np.random.Generator,
        trace: Trace,
    ) -> None:
        self.x, self.y, self.plan, self.packing, self.rng, self.trace = x, y, plan, packing, rng, trace
        self.spent = Costs()

    def counts(self, digits: Counts, carries: int, budget: int | None) -> Counts | None:
        """The counts, or None if the next step might exceed the budget."""
        tables = CarryTables(len(digits))
        rounds = 0
        undecided = 1
        found = np.zeros(0, dtype=np.int64)
        while undecided:  # stuck: larger tables, besides those at hand
            rounds += 1
            for _ in range(TABLES):
                modulus = draw_modulus(modulus_of_round(len(digits), rounds), self.rng)
                folded = self._folded(modulus, carries, len(digits), budget)
                if folded is None:
                    return None
                before = tables.operations
                tables.add(modulus, fold(folded, modulus), digits, self.plan.bits, carries)
                self.spent.charge(
                    word_operations=fold_operations(len(folded), modulus) + tables.operations - before
                )
            if self._exceeds(budget, tables.peel_at_most + 3 * len(digits)):
                return None
            before = tables.operations
            found, undecided = tables.peel()
            self.spent.charge(word_operations=tables.operations - before)
        take_back(digits, found, self.plan.bits)
        self.spent.charge(word_operations=3 * len(digits) - 1)
        if self.trace is not None:
            positions = int(np.count_nonzero(found))
            emit(self.trace, CarriesRepaired(tuple(tables.moduli), positions, rounds))
        return digits

    def _folded(self, modulus: int, carries: int, positions: int, budget: int | None) -> Counts | None:
        """Counts of the problem with x and y folded, or None if they, or solving for the carries, might
        exceed the budget. A folded problem that is not smaller starts over if it overflows.
        """
        a, b = len(self.x.counts), len(self.y.counts)
        folding = PLANNING + fold_operations(a, modulus) + fold_operations(b, modulus)
        if self._exceeds(budget, folding + 2 * survey_operations(modulus)):
            return None
        x = surveyed(fold(self.x.counts, modulus), self.spent)
        y = surveyed(fold(self.y.counts, modulus), self.spent)
        self.spent.charge(word_operations=folding)
        solving = (
            fold_operations(2 * modulus - 1, modulus)
            + fold_operations(positions, modulus)
            + solve_operations(modulus, steps_at_most(carries, self.plan.bits))
        )
        if self._exceeds(budget, histogram_at_most(x, y, self.packing) + solving):
            return None
        packing = self.packing
        if 4 * modulus >= a + b - 1 and packing.overflow != "widen":
            packing = Packing(packing.word_bits, packing.headroom, "widen", packing.digits)
        return histogram(x, y, packing, self.rng, self.trace, self.spent)

    def _exceeds(self, budget: int | None, at_most: int) -> bool:
        """Whether the next step, of at most so many operations, might exceed the budget."""
        if budget is None or self.spent.word_operations + at_most <= budget:
            return False
        emit(self.trace, RepairGivenUp(self.spent.word_operations, budget))
        return True


def histogram_at_most(x: Multiset, y: Multiset, packing: Packing) -> int:
    """Most word operations of `histogram` within a budget: three times the cheaper of digits and pairs."""
    pairs, reading = pair_operations(x, y), reading_operations(x, y)
    if not fits_word(largest_sum(x, y), packing.word_bits):
        return 2 * PLANNING + reading + 2 * pairs
    return 2 * PLANNING + 3 * min(pairs + reading, digit_plans(x, y, packing)[1].operations)


def _take_back_py(digits: Counts, carries: Counts, bits: int) -> None:
    """Counts from digits and carries, in place: d_k + B h_k - h_(k-1)."""
    digits[0] = digits[0] + (carries[0] << np.int64(bits))
    for k in range(1, len(digits)):
        digits[k] = digits[k] + (carries[k] << np.int64(bits)) - carries[k - 1]


take_back = njit(_take_back_py)
