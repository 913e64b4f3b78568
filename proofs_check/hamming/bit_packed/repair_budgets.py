"""The budget of repairs: what steps reckon with, and what they take (HAM-15)."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any, NamedTuple
from unittest.mock import patch

import numpy as np

from lemmata import hamming
from lemmata.claims import Clause, Run
from lemmata.costs import Costs
from lemmata.hamming import CarriesRepaired, DigitsMultiplied, Packing, RepairGivenUp
from lemmata.hamming.bit_packed import sum_histogram
from lemmata.hamming.bit_packed.multisets import surveyed

from .packed_charges import overflows


def repairs_stay_in_their_budget(run: Run, clause: Clause) -> None:
    """A histogram takes at most three times the cheaper of wide digits and pairs, be it repaired or not."""
    carried, steps_of_repairs = 0, list[Step]()
    lengths = product((100, 200, 400, 800, 1_600, 3_000), (1, 2, 3, 4, 6), (1,), (1, 2))
    # 15 bits of 16 are not cheaper; and the first moduli are not smaller than a few dozen numbers.
    others = [(400, 1, 10, 1), (9, 1, 1, 1), (31, 1, 1, 1), (48, 1, 1, 1)]
    instances = product([*lengths, *others], ("auto", "widen"))
    for (k, part, times, headroom), overflow in run.samples(
        instances, "sums of k numbers in a row with k of up to 6 k, once or ten times each"
    ):
        x, y = (np.full(k, times, dtype=np.int64) for _ in range(2))
        x = np.append(x, np.zeros((part - 1) * k, dtype=np.int64))
        costs, steps = Costs(), list[Any]()
        options: dict[str, Any] = {"headroom": headroom, "overflow": overflow}
        with watching(steps_of_repairs):
            hamming.sum_histogram(x, y, rng=run.rng, costs=costs, trace=steps, **options)
        carried += overflows(steps)
        sets, packing = (surveyed(x), surveyed(y)), Packing(**options)
        narrow, wide = sum_histogram.digit_plans(*sets, packing)
        # Pairs: clear the sums, look at both, list 2 k elements for two each; a pair takes 2 or 3.
        reading = len(x) + len(y) - 1 + len(x) + len(y) + 4 * k
        pairs = (2 if times == 1 else 3) * k * k
        looking = 4 * (len(x) + len(y))
        inputs = {"k": k, "a": len(x), "times": times, "K": headroom, "overflow": overflow}
        limit = looking + 300 + 3 * min(reading + pairs, wide.operations)
        clause.holds(costs.word_operations, "<=", limit, **inputs)
        at_most = looking + sum_histogram.histogram_at_most(*sets, packing)
        clause.holds(costs.word_operations, "<=", at_most, **inputs, explanation="what a repair reckons with")
        narrowly = [step.bits < step.full_bits for step in steps if isinstance(step, DigitsMultiplied)][:1]
        if any(narrowly):
            clause.holds(narrow.operations, "<", wide.operations, **inputs, explanation="narrow digits")
        if any(isinstance(step, CarriesRepaired | RepairGivenUp) for step in steps):
            estimate = sum_histogram.repair_estimate(*sets, packing)
            budget = min(pairs, wide.operations) - reading
            clause.holds(estimate, "<", budget, **inputs, explanation="the estimate, and the budget")
    clause.equal(carried >= 10, True, explanation="products with a digit that carried")
    for step in steps_of_repairs:
        clause.holds(step.took, "<=", step.at_most, step=step.name)
        clause.holds(step.spent, "<=", step.budget, step=step.name, explanation="spent, and the budget")
    names = sorted({step.name for step in steps_of_repairs})
    clause.equal(names, ["counting", "folding", "peeling", "solving"], explanation="steps of repairs")


class Step(NamedTuple):
    """A step of a repair: what it took and was to take at most; what is spent then, and the budget."""

    name: str
    took: int
    at_most: int
    spent: int
    budget: int


@contextmanager
def watching(noted: list[Step]) -> Iterator[None]:
    """Steps of repairs that have a budget are noted in this context."""
    reckon, counting = sum_histogram.histogram_at_most, list[int]()

    def histogram_at_most(*given: Any) -> int:
        counting.append(reckon(*given))
        return counting[-1]

    class Watched(sum_histogram._Repair):
        begun: tuple[str, int, int, int] | None = None
        steps: Iterator[str] = iter(())
        solving = 0

        def _begin(self, name: str, at_most: int, budget: int | None) -> None:
            if budget is not None:
                self.begun = name, at_most, self.spent.word_operations, budget

        def _end(self) -> None:
            if self.begun is not None:
                name, at_most, before, budget = self.begun
                spent = self.spent.word_operations
                noted.append(Step(name, spent - before, at_most, spent, budget))
            self.begun = None

        def counts(self, digits: Any, carries: int, budget: int | None) -> Any:
            found = super().counts(digits, carries, budget)
            self._end()
            return found

        def _folded(self, modulus: int, carries: int, positions: int, budget: int | None) -> Any:
            self.steps = iter(("folding", "counting"))
            found = super()._folded(modulus, carries, positions, budget)
            self._end()
            if found is not None:
                self._begin("solving", self.solving, budget)
            return found

        def _exceeds(self, budget: int | None, at_most: int) -> bool:
            self._end()
            name = next(self.steps, "peeling")
            if name == "counting":  # and then solving
                self.solving, at_most_first = at_most - counting[-1], counting[-1]
            else:
                at_most_first = at_most
            if super()._exceeds(budget, at_most):
                return True
            self._begin(name, at_most_first, budget)
            return False

    with (
        patch.object(sum_histogram, "_Repair", Watched),
        patch.object(sum_histogram, "histogram_at_most", histogram_at_most),
    ):
        yield
