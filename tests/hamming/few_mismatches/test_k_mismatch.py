"""Distances up to k (HAM-18, HAM-19, HAM-20) and the index under the jumps."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.stats import binom

from lemmata import hamming
from lemmata.costs import Costs
from lemmata.hamming import CandidatesLeft
from lemmata.hamming.few_mismatches import k_mismatch as front
from lemmata.hamming.few_mismatches import kangaroo, periodicity, suffix_array
from lemmata.hamming.letters import encode

ALGORITHMS = ("auto", "distances", "kangaroo", "periodicity")


def capped(text, pattern, k):
    windows = [text[i : i + len(pattern)] for i in range(len(text) - len(pattern) + 1)]
    return [min(k + 1, sum(a != b for a, b in zip(w, pattern, strict=True))) for w in windows]


@st.composite
def nearly_periodic(draw):
    """A text and a pattern of one period, with a few errors each."""
    period = draw(st.integers(1, 6))
    n = draw(st.integers(1, 60))
    m = draw(st.integers(1, n))
    words = []
    for size in (n, m):
        word = [i % period for i in range(size)]
        for at in draw(st.lists(st.integers(0, size - 1), max_size=4)):
            word[at] = draw(st.integers(0, 7))
        words.append(word)
    return words


@given(nearly_periodic(), st.integers(0, 12))
@example(([0], [0]), 0)
@example(([0, 0, 1, 0], [0, 1]), 1)
def test_all_algorithms_cap_the_distances(words, k):
    text, pattern = words
    for algorithm in ALGORITHMS:
        found = hamming.k_mismatch(text, pattern, k, algorithm=algorithm, rng=3)
        assert found.tolist() == capped(text, pattern, k), algorithm
        assert found.dtype == np.int64


@given(nearly_periodic(), st.integers(0, 12), st.sampled_from(ALGORITHMS))
@example(([0] * 30, [0] * 9), 2, "periodicity")
@example(([0, 1, 2, 3] * 9, [3, 1, 4, 1, 5, 9, 2, 6]), 1, "periodicity")
def test_watching_changes_neither_distances_nor_charges(words, k, algorithm):
    alone, watched, steps = Costs(), Costs(), []
    quiet = hamming.k_mismatch(*words, k, algorithm=algorithm, rng=3, costs=alone)
    found = hamming.k_mismatch(*words, k, algorithm=algorithm, rng=3, costs=watched, trace=steps)
    assert found.tolist() == quiet.tolist() == capped(*words, k)
    assert alone == watched
    assert bool(steps) == (algorithm != "distances")


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
    """A period with just below, exactly and above 4k breaks, and planted copies with k errors."""
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


@given(st.lists(st.integers(0, 3), min_size=1, max_size=60), st.data())
@example([0], None)
@example([1, 1, 1, 1, 1], None)
def test_longest_common_extensions(word, data):
    order = suffix_array.suffix_array(np.array(word, dtype=np.int32))
    assert [word[i:] for i in order] == sorted(word[i:] for i in range(len(word)))
    codes = np.unique(word, return_inverse=True)[1].astype(np.int32)
    extensions = suffix_array.prepare_extensions(codes)
    pairs = [(i, j) for i in range(len(word)) for j in range(len(word)) if i != j]
    for i, j in pairs[:200]:
        same = 0
        while max(i, j) + same < len(word) and word[i + same] == word[j + same]:
            same += 1
        assert suffix_array.longest_common_extension(*extensions, i, j) == same


def test_the_empty_word_has_no_suffixes():
    assert len(suffix_array.suffix_array(np.empty(0, dtype=np.int32))) == 0


@pytest.mark.parametrize(
    ("k", "error", "message"),
    [
        (-1, ValueError, "k must be at least 0"),
        (1.0, TypeError, "k must be an integer"),
        (True, TypeError, "k must be an integer"),
        ("1", TypeError, "k must be an integer"),
    ],
)
def test_bad_k(k, error, message):
    with pytest.raises(error, match=message):
        hamming.k_mismatch("abc", "a", k)


def test_unknown_algorithm_and_large_k():
    with pytest.raises(ValueError, match="algorithm must be"):
        hamming.k_mismatch("abc", "a", 1, algorithm="fast")
    assert hamming.k_mismatch("abc", "bb", 10**30).tolist() == [1, 1]


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


@pytest.mark.jit
def test_auto_takes_the_algorithm_that_suits():
    rng = np.random.default_rng(0)
    everything = encode(rng.integers(0, 2, 50_000), rng.integers(0, 2, 500))
    assert front.cheapest(everything, 3) == "distances"
    # Many letters and a long pattern of one period: few breaks, dear transforms.
    word = np.arange(2_000_000) % 50
    word[::40_000] += 1
    assert front.cheapest(encode(word, word[:400_000].copy()), 50) == "periodicity"


@given(st.integers(1, 10**40))
@example(1)
@example(3)
@example(4**25 - 1)
@example(4**25)  # where a logarithm in doubles does not see the one that is added
@example(4**60)
def test_rounds_of_projections_are_one_more_than_the_logarithm(k):
    rounds = periodicity.projection_rounds(k)
    assert 4 ** (rounds - 2) < k + 1 <= 4 ** (rounds - 1)
