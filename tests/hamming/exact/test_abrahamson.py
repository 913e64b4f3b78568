"""Abrahamson's counted cost (HAM-3)."""

from hamming.exact.small_problems import problems
from hypothesis import example, given
from hypothesis import strategies as st

from lemmata import hamming
from lemmata.costs import Costs
from lemmata.hamming import bounds


@given(problems(200), st.integers(0, 10))
@example(([0] * 14, [0] * 14), 14)
def test_costs_stay_below_the_theorems_with_every_threshold(problem, threshold):
    """HAM-3: with every threshold, and with the one that is taken."""
    text, pattern = problem
    n, m = len(text), len(pattern)
    costs, best = Costs(), Costs()
    hamming.abrahamson(text, pattern, threshold=threshold, costs=costs, trace=[])
    frequent = sum(pattern.count(letter) > threshold for letter in set(pattern))
    assert costs.word_operations <= bounds.threshold_word_operations(n, m, frequent, threshold)
    hamming.abrahamson(text, pattern, costs=best, trace=[])
    assert best.word_operations <= bounds.abrahamson_word_operations(n, m)
    assert best.word_operations <= costs.word_operations
