"""Sums at the lengths of which HAM-25 speaks, and sums without their counts."""

from typing import Any
from unittest.mock import Mock, patch

import numpy as np

from lemmata import hamming
from lemmata.claims import Clause, Run
from lemmata.costs import Costs
from lemmata.hamming.sums import dense_sums, sumsets


def as_a_set(
    exact: Clause, a: Any, b: Any, method: Any, seed: int, sums: list[int], steps: list[Any], charged: int
) -> None:
    """Hold `hamming.sumset` against what `hamming.sum_counts` does with the same arguments."""
    own, costs = list[Any](), Costs()
    found = hamming.sumset(a, b, method=method, rng=seed, trace=own, costs=costs)
    inputs: dict[str, Any] = {"a": a, "b": b, "method": method, "seed": seed}
    exact.equal(found.tolist(), sums, **inputs)
    exact.equal(own == steps, True, **inputs, explanation="the set takes the same steps")
    exact.equal(costs.word_operations, charged, **inputs, explanation="the set costs the same")


def at_the_limits(run: Run, exact: Clause, pairs: Clause) -> None:
    """Lengths of which the statement speaks: 2^20 sums in a part, and ranges of 2^26 numbers."""
    least, budget = run.formula("least_pair_operations"), run.formula("refinement_budget")
    for n_a, n_b in run.samples(
        ((2, 2**20), (2, 2**20 + 1)), "progressions whose sums fill a part, and more"
    ):
        costs = Costs()
        hamming.sum_counts(np.arange(n_a), np.arange(n_b), method="pairs", costs=costs)
        if n_a + n_b - 2 <= 2**20:
            pairs.attains(costs.word_operations, least(n_a, n_b), n_a=n_a, n_b=n_b)
        else:
            pairs.equal(costs.word_operations, least(n_a, n_b) + 3, n_a=n_a, n_b=n_b)
    for span in run.samples(
        (2**26 - 1, 2**26, 2**26 + 1), "ranges around the longest that is multiplied out"
    ):
        for size in (2, 3_000, 100_000):
            exact.holds(budget(size, size, span), "<=", least(size, size), span=span, size=size)
        # Multiplied out, that takes 4 GiB: which way is taken is what counts here.
        dense, auto = ("refused", "merged") if span > 2**26 else ("multiplied", "multiplied")
        exact.equal(way_taken([0, span - 1], [0], "dense"), dense, range=span, method="dense")
        many = np.append(np.arange(100_000), span - 100_000)
        exact.equal(way_taken(many, many[:-1], "auto"), auto, range=span, method="auto")


def way_taken(a: Any, b: Any, method: Any) -> str:
    """The way that sums would be computed, if the sparse one is given up; none are."""
    ways = {"multiply_out": Taken("multiplied"), "pair_sums": Taken("merged"), "refine": dense_sums.GivenUp()}
    with patch.multiple(sumsets, **{name: Mock(side_effect=way) for name, way in ways.items()}):
        try:
            hamming.sum_counts(a, b, method=method)
        except Taken as way:
            return str(way)
        except ValueError as error:
            return "refused" if "too long" in str(error) else str(error)
    return "none"


class Taken(Exception):
    """The way that sums would be computed."""
