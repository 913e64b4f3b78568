"""Charges equal counts, and observing changes nothing."""

import numpy as np
import pytest
from hamming.exact.small_problems import problems
from hypothesis import given, settings
from hypothesis import strategies as st
from lemmata.proofs_check.hamming.charges import charged_and_counted

from lemmata import hamming
from lemmata.costs import Costs
from lemmata.hamming import CandidatesLeft
from lemmata.hamming.correlations import blocks
from lemmata.hamming.cost_model import weigh
from lemmata.hamming.letters import encode

CHARGING = [
    ("by_definition", {}),
    ("brute_force", {}),
    ("bit_parallel", {}),
    ("sort_merge", {}),
    ("per_letter_fft", {"transform": "float"}),
    ("per_letter_fft", {"transform": "ntt"}),
    ("abrahamson", {}),
    ("abrahamson", {"threshold": 0}),
    ("abrahamson", {"threshold": 1}),
    ("abrahamson", {"threshold": 1, "transform": "ntt"}),
    ("abrahamson", {"threshold": 10**9}),
]


@given(problems(), st.sampled_from(CHARGING))
@settings(max_examples=60)
def test_charges_are_counts(problem, algorithm):
    name, options = algorithm
    found = charged_and_counted(getattr(hamming, name), *problem, **options)
    assert found.charged == found.counted
    assert found.distances == hamming.by_definition(*problem).tolist()


@pytest.mark.parametrize(("name", "options"), CHARGING)
@pytest.mark.parametrize(("n", "m", "letters"), [(1, 1, 1), (2, 2, 1), (64, 1, 2), (150, 65, 3), (90, 40, 5)])
def test_charges_are_counts_at_the_edges(name, options, n, m, letters):
    rng = np.random.default_rng(n)
    text, pattern = rng.integers(0, letters + 1, n), rng.integers(0, letters, m)
    found = charged_and_counted(getattr(hamming, name), text, pattern, **options)
    assert found.charged == found.counted
    assert found.distances == hamming.by_definition(text, pattern).tolist()


def test_charges_are_counts_where_rare_letters_are_paired():
    rng = np.random.default_rng(0)
    pattern = np.concatenate([np.repeat(np.arange(254), 3), np.arange(254, 264)])
    text = np.concatenate([pattern, rng.integers(0, 270, 30)])
    found = charged_and_counted(hamming.brute_force, text, pattern)
    assert found.charged == found.counted
    assert found.distances == hamming.by_definition(text, pattern).tolist()


@given(problems(120), st.sampled_from(CHARGING))
def test_observing_changes_nothing(problem, algorithm):
    name, options = algorithm
    function = getattr(hamming, name)
    if name in ("brute_force", "bit_parallel"):
        return  # nothing to observe
    alone, observed, steps = Costs(), Costs(), []
    quiet = function(*problem, costs=alone, **options)
    watched = function(*problem, costs=observed, trace=steps, **options)
    assert np.array_equal(quiet, watched)
    assert alone == observed
    assert steps


def charged(function, *arguments, **options):
    costs = Costs()
    function(*arguments, costs=costs, **options)
    return costs.word_operations


@pytest.mark.jit
@pytest.mark.parametrize(
    ("algorithm", "n", "m", "letters"),
    [
        ("brute_force", 300, 3, 9),
        ("bit_parallel", 20_000, 800, 2),
        ("sort_merge", 40_000, 10_000, 30_000),
        ("abrahamson", 40_000, 10_000, 0),
        ("per_letter_fft", 40_000, 10_000, 3),
        ("per_letter_fft", 40_000, 10_000, 2),
    ],
)
def test_distances_that_others_compute_are_charged(algorithm, n, m, letters):
    rng = np.random.default_rng(1)
    text, pattern = rng.integers(0, letters or 40, n), rng.integers(0, letters or 40, m)
    if not letters:  # a heavy letter and many rare ones
        text, pattern = (np.where(rng.random(len(w)) < 0.5, 0, np.arange(len(w))) for w in (text, pattern))
    problem = encode(text, pattern)
    looking = Costs()
    assert weigh(problem, looking).cheapest == algorithm
    if letters == 2 and algorithm == "per_letter_fft":
        plan = blocks.plan_blocks(n, m, 1)
        expected = blocks.correlation_word_operations(plan, 1, n - m + 1)
    else:
        expected = charged(getattr(hamming, algorithm), text, pattern)
    assert expected > 0
    expected += looking.word_operations
    assert charged(hamming.distances, text, pattern) == expected
    # Where they are cut off, one comparison each.
    assert charged(hamming.k_mismatch, text, pattern, 5, algorithm="distances") == expected + n - m + 1
    if len(problem.alphabet) < 40:
        assert charged(hamming.approximate, text, pattern, epsilon=0.1) == expected


@pytest.mark.parametrize("algorithm", ["abrahamson", "brute_force"])
def test_a_wildcard_takes_a_second_run_only_if_it_is_in_both_words(algorithm):
    one_run = charged(hamming.distances, "abcabcab", "abc", algorithm=algorithm)
    options = {"algorithm": algorithm, "wildcard": "?"}
    assert charged(hamming.distances, "abcabcab", "abc", **options) == one_run
    alone = charged(hamming.distances, "abcabcab", "a?c", algorithm=algorithm)
    assert charged(hamming.distances, "abcabcab", "a?c", **options) == alone
    places = charged(hamming.distances, [1, 1, 1, 0, 1, 1, 1, 1], [1, 0, 1], algorithm="brute_force")
    if algorithm == "brute_force":  # n - m + 1 times m comparisons, whatever the letters
        assert charged(hamming.distances, "abc?bcab", "a?c", **options) == alone + places
    else:
        assert charged(hamming.distances, "abc?bcab", "a?c", **options) > alone


@pytest.mark.parametrize("algorithm", ["kopelowitz_porat", "karloff", "periodicity"])
def test_projected_distances_are_charged(algorithm):
    word, steps, costs = np.arange(900) * 7 % 901, [], Costs()
    options = {"rng": 1, "trace": steps, "costs": costs, "algorithm": algorithm}
    if algorithm == "periodicity":
        hamming.k_mismatch(word, word[:850], 2, **options)
        images = [step.images for step in steps if isinstance(step, CandidatesLeft)]
    else:
        hamming.approximate(word, word[:850], epsilon=0.5, failure_probability=0.1, **options)
        images = [step.letters for step in steps]
    problem = encode(word, word[:850])
    assert len(images) >= 2
    projected = sum(
        charged(hamming.k_mismatch, each[problem.text], each[problem.pattern], 0, algorithm="distances") - 51
        for each in images
    )
    rest = costs.word_operations - projected
    if algorithm == "periodicity":  # the search and the verification, without any projection
        assert rest > 2 * len(images) * (900 + 850)
    else:
        assert rest == len(images) * (2 * (900 + 850) + 2 * 51)
