"""Near-periods and their breaks (HAM-19, HAM-20)."""

import numpy as np
import pytest
from hamming.few_mismatches.near_periods import ALGORITHMS, capped, nearly_periodic
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.stats import binom

from lemmata import hamming
from lemmata.costs import Costs
from lemmata.hamming import CandidatesLeft
from lemmata.hamming.few_mismatches import kangaroo, periodicity
from lemmata.hamming.letters import encode


def test_the_steps_of_both_ways_through_periodicity():
    steps = []
    text, pattern = [0, 1, 2] * 20, [0, 1, 2] * 6
    hamming.k_mismatch(text, pattern, 3, algorithm="periodicity", trace=steps)
    assert steps[0] == periodicity.NearPeriodSearched(3, 3), "a shift by 1 breaks at 17 places, more than 12"
    assert [step.start for step in steps[1:]] == [0, 18, 36]
    assert all((step.first, step.last) == (step.start, min(60, step.start + 35)) for step in steps[1:])

    rng = np.random.default_rng(0)
    text, pattern = rng.integers(0, 50, 400), rng.integers(0, 50, 60)
    text[100:160], steps = pattern, []
    text[100] += 1
    hamming.k_mismatch(text, pattern, 2, algorithm="periodicity", rng=0, trace=steps)
    searched, *rounds, jumped = steps
    assert searched == periodicity.NearPeriodSearched(2, 0)
    assert [step.rounds for step in rounds] == [1, 2]
    problem, left = encode(text, pattern), set(range(341))
    for step in rounds:
        image, short = step.images[problem.text], step.images[problem.pattern]
        left &= {i for i in range(341) if (image[i : i + 60] != short).sum() <= 2}
        assert step.candidates.tolist() == sorted(left)
    assert rounds[0].candidates.tolist() == rounds[1].candidates.tolist() == [100]
    assert jumped == kangaroo.PieceJumped(60, 1, 2), "from the first mismatch to the end"


@given(nearly_periodic(), st.data())
def test_breaks_at_any_shift_determine_the_matches(words, data):
    """HAM-20: at any shift, a period or not."""
    text, pattern = words
    if len(pattern) < 2:
        return
    shift = data.draw(st.integers(1, len(pattern) - 1))
    k = data.draw(st.integers(0, len(pattern)))
    assert periodicity.count_by_breaks(encode(text, pattern), k, shift).tolist() == capped(text, pattern, k)


@pytest.mark.jit
@pytest.mark.parametrize("excess", [-1, 0, 1, 20])
@pytest.mark.parametrize("k", [1, 5, 17])
def test_patterns_around_the_border_of_periodicity(k, excess):
    """A period with just below, exactly and above 4k breaks, and planted copies with k errors (HAM-20)."""
    rng = np.random.default_rng(k)
    pattern = np.zeros(400, dtype=np.int64)
    # Isolated ones break the period 1 twice.
    pattern[3 : 3 + 4 * max(0, (4 * k + excess) // 2) : 4] = 1
    if (4 * k + excess) % 2:
        pattern[-1] = 1
    text = rng.integers(0, 2, 5_000)
    for start in range(0, 4_500, 600):
        text[start : start + 400] = pattern
        text[start + rng.choice(400, k, replace=False)] += 2
    expected = np.minimum(hamming.brute_force(text, pattern), k + 1)
    assert (expected <= k).sum() >= 8
    for algorithm in ALGORITHMS:
        assert np.array_equal(hamming.k_mismatch(text, pattern, k, algorithm=algorithm, rng=0), expected)


def test_as_many_breaks_as_there_can_be():
    # Ten letters beside the middle one have breaks that belong to neither side: not 120 of them, but 129.
    k = p = 10
    pattern = np.zeros(130, dtype=np.int32)
    pattern[10:20] = pattern[40:50] = 1
    assert np.count_nonzero(pattern[p:] != pattern[:-p]) == 4 * k
    window = np.arange(259, dtype=np.int32)
    first, last, _ = periodicity.stretch_with_few_breaks(window, p, 129, 129, 6 * k)
    stretch = window[first:last]
    assert len(stretch) == 139
    assert np.count_nonzero(stretch[p:] != stretch[:-p]) == 13 * k - 1
    assert len(periodicity.differences(stretch, p)[0]) == 278


@pytest.mark.jit
def test_the_search_for_a_near_period_is_charged_and_costs_k_squared():
    """HAM-20: and not k times the pattern."""
    rng = np.random.default_rng(0)
    k = 200
    pattern = rng.integers(0, 2, 2_000)
    costs = Costs()
    assert periodicity.near_period(encode(pattern, pattern).pattern, k, costs) == 0
    assert costs.word_operations > 14 * k * (2 * k)
    assert costs.word_operations <= periodicity.search_word_operations(2_000, k)
    whole = Costs()
    hamming.k_mismatch(pattern, pattern, k, algorithm="periodicity", rng=0, costs=whole)
    assert whole.word_operations > costs.word_operations


@pytest.mark.parametrize(("pattern", "k"), [([0], 3), ([0, 1, 0, 1], 0)])
def test_without_a_shift_to_try_nothing_is_searched(pattern, k):
    """Shifts are from 1 to min(k, m - 1)."""
    costs = Costs()
    assert periodicity.near_period(np.array(pattern, dtype=np.int32), k, costs) == 0
    assert costs.word_operations == periodicity.search_word_operations(len(pattern), k) == 0


def test_a_projection_draws_one_of_eight_letters_for_each():
    # With two of them, more than 2k mismatches would become at most k half of the time, and not a quarter.
    word = np.arange(200)
    steps = []
    for seed in range(150):
        hamming.k_mismatch(word, word, 3, algorithm="periodicity", rng=seed, trace=steps)
    images = np.array([step.images for step in steps if isinstance(step, CandidatesLeft)])
    assert images.shape == (300, 201)
    assert set(images.ravel().tolist()) == set(range(8))
    one_hot = (images[:, :, None] == np.arange(8)).astype(float)
    counts = np.einsum("rcl,rdl->cd", one_hot, one_hot, optimize=True)[np.triu_indices(201, 1)]
    # 20,100 pairs of codes with probability 1e-10 each to be outside.
    assert binom.ppf(1e-10, 300, 1 / 8) <= counts.min() <= counts.max() <= binom.isf(1e-10, 300, 1 / 8)


@given(nearly_periodic(), st.integers(1, 12))
@example(([0, 1] * 9, [0, 1] * 4), 2)
def test_close_good_alignments_make_a_near_period(words, k):
    """HAM-19: breaks by the definition, beside distances, and the smallest near-period."""
    text, pattern = words
    n, m = len(text), len(pattern)
    if k >= m:
        return
    away = [sum(a != b for a, b in zip(text[i:], pattern, strict=False)) for i in range(n - m + 1)]
    breaks = {p: sum(pattern[j] != pattern[j + p] for j in range(m - p)) for p in range(1, m)}
    for p, found in breaks.items():
        assert all(found <= away[i] + away[i + p] for i in range(n - m + 1 - p))
    smallest = next((p for p in range(1, k + 1) if breaks[p] <= 4 * k), 0)
    assert periodicity.near_period(encode(pattern, pattern).pattern, k) == smallest
    if not smallest:
        assert sum(d <= 2 * k for d in away) <= -(-(n - m + 1) // (k + 1))
