"""Charges equal counts, observing changes nothing, costs stay below the theorems (HAM-2, HAM-3, HAM-27)."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lemmata.proofs_check.hamming.charges import charged_and_counted

from lemmata import hamming
from lemmata.costs import Costs
from lemmata.costs.counting import Tally
from lemmata.hamming import CandidatesLeft, bounds
from lemmata.hamming import bit_parallel as bit_parallel_function
from lemmata.hamming.correlations import blocks, float_rows, float_transform, modular_transform
from lemmata.hamming.cost_model import weigh
from lemmata.hamming.exact import bit_parallel as bit_parallel_module
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


@st.composite
def problems(draw, longest=40):
    text = draw(st.lists(st.integers(0, 3), min_size=1, max_size=longest))
    pattern = draw(st.lists(st.integers(0, 3), min_size=1, max_size=len(text)))
    return text, pattern


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


@pytest.mark.parametrize("options", [{"transform": "float"}, {"transform": "ntt"}])
def test_the_pattern_is_charged_for_every_part_of_a_long_text(monkeypatch, options):
    monkeypatch.setattr(blocks, "CHUNK", 8)
    text, pattern = np.arange(150) % 3, np.array([0, 1])
    found = charged_and_counted(hamming.per_letter_fft, text, pattern, **options)
    assert found.charged == found.counted


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


@given(problems(200), st.integers(0, 10))
@example(([0] * 14, [0] * 14), 14)
def test_costs_stay_below_the_theorems_with_every_threshold(problem, threshold):
    text, pattern = problem
    n, m = len(text), len(pattern)
    costs, best = Costs(), Costs()
    hamming.abrahamson(text, pattern, threshold=threshold, costs=costs, trace=[])
    frequent = sum(pattern.count(letter) > threshold for letter in set(pattern))
    assert costs.word_operations <= bounds.threshold_word_operations(n, m, frequent, threshold)
    hamming.abrahamson(text, pattern, costs=best, trace=[])
    assert best.word_operations <= bounds.abrahamson_word_operations(n, m)
    assert best.word_operations <= costs.word_operations


@pytest.mark.parametrize(
    ("text_length", "m"), [(1, 1), (64, 1), (65, 64), (100, 65), (2000, 128), (70_000, 70)]
)
@pytest.mark.parametrize("letters", [1, 2, 5, 300])
def test_planes_cost_what_the_theorem_says(text_length, m, letters):
    rng = np.random.default_rng(m)
    pattern = rng.integers(0, letters, m)
    text = rng.integers(0, letters, text_length)
    planes = max(1, len(np.unique(pattern))).bit_length()
    costs = Costs()
    bit_parallel_function(text, pattern, costs=costs)
    assert costs.word_operations <= bounds.bit_parallel_word_operations(text_length, m, planes)


@pytest.mark.parametrize("kernel", [float_transform.forward, float_transform.inverse])
@pytest.mark.parametrize(("log2_length", "narrowest"), [(8, 4), (9, 4), (10, 4), (11, 16), (12, 64)])
def test_transforms_by_rows_are_charged_as_counted(monkeypatch, kernel, log2_length, narrowest):
    # From 2^12 on there are rows; shorter ones count faster, and mixed blocks of 64 and 128.
    monkeypatch.setattr(float_rows, "NARROWEST", narrowest)
    tally = Tally()
    rng = np.random.default_rng(log2_length)
    signal = rng.standard_normal((2, 1 << log2_length))
    parts = [tally.array(part) for part in signal]
    roots = float_transform.butterfly_roots(log2_length)
    assert tally.counting(float_rows.row_size)(1 << log2_length) in (64, 128), "there are rows"
    tally.counting(kernel)(*parts, *roots)
    assert tally.operations == bounds.transform_word_operations(log2_length)
    expected = [part.copy() for part in signal]
    kernel(*expected, *roots)  # compiled, where rows begin at 2^12
    if narrowest == 64:
        assert all(np.array_equal(part.values, other) for part, other in zip(parts, expected, strict=True))


RESIDUES = st.integers(0, modular_transform.MODULUS - 1) | st.sampled_from(
    [0, 1, 2**32 - 1, 2**32, 2**63, modular_transform.MODULUS - 1]
)


@given(RESIDUES, RESIDUES)
@example(2**32, 2**32)
@example(modular_transform.MODULUS - 1, modular_transform.MODULUS - 1)
def test_modular_operations_cost_the_same_whatever_the_numbers(a, b):
    p = modular_transform.MODULUS
    for name, charge, expected in (
        ("multiply", modular_transform.PRODUCT, a * b % p),
        ("add", modular_transform.SUM, (a + b) % p),
        ("subtract", modular_transform.SUM, (a - b) % p),
    ):
        tally = Tally()
        operation = tally.counting(getattr(modular_transform, name))
        result = operation(tally.number(np.uint64(a)), tally.number(np.uint64(b)))
        assert int(result.value) == expected
        assert tally.operations == charge


def test_planes_in_several_runs_are_charged_as_counted(monkeypatch):
    monkeypatch.setattr(bit_parallel_module, "_RUN", 2)
    rng = np.random.default_rng(3)
    found = charged_and_counted(hamming.bit_parallel, rng.integers(0, 3, 500), rng.integers(0, 3, 130))
    assert found.charged == found.counted


def test_a_low_word_beyond_p_is_corrected_by_the_last_sum():
    # The low word of the product reaches p: only the sum at the end brings the result below p.
    p = modular_transform.MODULUS
    for a, b in ((2**32, 2**32 - 1), (2**63 - 1, 3), (2**64 - 2**33, 2**32 - 1), (p - 1, p - 1)):
        assert int(modular_transform.multiply(np.uint64(a), np.uint64(b))) == a * b % p
    a, b = next((a, b) for b in range(2, 10**6) for a in [(2**64 - 1) // b] if a < p and a * b >= p)
    assert p <= a * b < 2**64
    assert int(modular_transform.multiply(np.uint64(a), np.uint64(b))) == a * b - p


@pytest.mark.parametrize("log2_m", range(0, 25, 3))
def test_costs_of_texts_too_long_to_run_stay_below_the_theorem(log2_m):
    for m in (1 << log2_m, (1 << log2_m) + 1, 3 << log2_m >> 1):
        for n in (m, m + 1, 2 * m, 2 * m + 1, 5 * m, 33 * m, max(m, 1 << 25), 1 << 32):
            for letters in (1, 2, 7, 100):
                if letters <= m <= 1 << 24:
                    plan = blocks.plan_blocks(n, m, letters)
                    cost = blocks.correlation_word_operations(plan, letters, n - m + 1) + n - m + 1
                    assert cost <= bounds.fischer_paterson_word_operations(n, m, letters), (n, m, letters)


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
