"""Costs and traces of the front door, and that observing changes nothing in any algorithm (HAM-3, HAM-28)."""

import inspect
from collections import Counter

import joblib
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lemmata import hamming
from lemmata.costs import Costs
from lemmata.costs.counting import Tally
from lemmata.hamming import cost_model, streaming, threads

RNG = np.random.default_rng(5)
WORDS = RNG.integers(0, 6, 700), RNG.integers(0, 5, 90)
NEAR = np.resize([0, 1, 2], 700), np.resize([0, 1, 2], 300)
MANY = np.arange(900) * 7 % 901, np.arange(850) * 7 % 901
SETS = np.unique(RNG.integers(0, 4_000, 60)), np.unique(RNG.integers(0, 4_000, 50))
SPREAD = 2**40 * np.arange(40), 2**40 * np.arange(40)
RUNS = np.resize(np.arange(400) // 100, 1_200), np.arange(400) // 100

CALLS = {
    "abrahamson": [(WORDS, {}), (WORDS, {"threshold": 16}), (WORDS, {"transform": "ntt"})],
    "approximate": [
        (MANY, {"epsilon": 0.5, "failure_probability": 0.1, "rng": 1}),
        (MANY, {"epsilon": 0.5, "failure_probability": 0.1, "rng": 1, "algorithm": "karloff"}),
        (WORDS, {"epsilon": 0.5}),
    ],
    "bit_packed_fft": [
        (WORDS, {"rng": 1}),
        (RUNS, {"rng": 1, "headroom": 1, "overflow": "repair"}),
        (RUNS, {"headroom": 1, "overflow": "widen"}),
    ],
    "bit_parallel": [(WORDS, {})],
    "brute_force": [(WORDS, {}), (MANY, {})],
    "by_definition": [(WORDS, {})],
    "distances": [(WORDS, {}), (MANY, {"wildcard": 7}), (WORDS, {"n_jobs": 2, "algorithm": "abrahamson"})],
    "distances_stream": [(WORDS, {"block": 100}), (WORDS, {"block": 30, "wildcard": 2})],
    "k_mismatch": [
        ((*words, 3), {"rng": 1, "algorithm": algorithm})
        for words in (WORDS, NEAR, MANY)
        for algorithm in ("auto", "distances", "kangaroo", "periodicity")
    ],
    "per_letter_fft": [(WORDS, {}), (WORDS, {"transform": "ntt"})],
    "sort_merge": [(WORDS, {}), (MANY, {})],
    "sum_counts": [(SETS, {"rng": 1, "method": name}) for name in ("auto", "dense", "pairs", "sparse")]
    + [(SPREAD, {"rng": 1})],
    "sum_histogram": [
        (np.ones((2, 300), dtype=np.int64), {"rng": 1}),
        (np.ones((2, 300), dtype=np.int64), {"rng": 1, "headroom": 1}),
    ],
    "sumset": [(SETS, {"rng": 1}), (SPREAD, {"rng": 1})],
    "three_sum_by_distances": [((*SETS, 500), {}), (([5, 5, 7], [4, 5], 4), {})],
}
"""Of every public function that can be observed, some calls."""


def observed(function):
    return {"trace", "costs"} & set(inspect.signature(function).parameters)


def listed(found):
    if isinstance(found, hamming.SumCounts):
        return [found.sums.tolist(), found.counts.tolist()]
    return found.tolist() if isinstance(found, np.ndarray) else [part.tolist() for part in found]


def test_every_function_that_can_be_observed_is():
    functions = {name for name in hamming.__all__ if inspect.isfunction(getattr(hamming, name))}
    assert {name for name in functions if observed(getattr(hamming, name))} == set(CALLS)


@pytest.mark.parametrize(
    ("name", "words", "options"), [(name, *call) for name, calls in CALLS.items() for call in calls]
)
def test_observing_changes_neither_results_nor_charges(name, words, options):
    function = getattr(hamming, name)
    expected = listed(function(*words, **options))
    charged = []
    for watching in [False, True] if "trace" in observed(function) else [False]:
        costs, steps = Costs(), []
        observers = {"costs": costs} if "costs" in observed(function) else {}
        if watching:
            observers["trace"] = steps
        assert listed(function(*words, **options, **observers)) == expected
        charged.append(costs)
    assert charged.count(charged[0]) == len(charged)
    assert charged[0].word_operations > 0 or "costs" not in observed(function)


def charged(function, *arguments, **options):
    costs = Costs()
    found = function(*arguments, costs=costs, **options)
    if not isinstance(found, np.ndarray):
        list(found)
    return costs.word_operations


@given(st.lists(st.integers(0, 3), min_size=1, max_size=60), st.integers(1, 60))
@example([3], 1)
def test_looking_at_letters_is_charged_as_counted(text, m):
    pattern = text[:m]
    alphabet = sorted(set(pattern))
    codes = [alphabet.index(letter) if letter in alphabet else len(alphabet) for letter in text]
    n, m, sigma = len(text), len(pattern), len(alphabet)
    tally = Tally()
    given = tally.array(np.array(codes, dtype=np.int32)), tally.array(np.array(codes[:m], dtype=np.int32))
    found = tally.counting(cost_model.survey)(*given, sigma)
    assert tally.operations == cost_model.survey_operations(n, m, sigma)
    long, short = Counter(codes), Counter(codes[:m])
    in_text, in_pattern = ([int(count.value) for count in counts] for counts in found[:2])
    assert in_text == [long[c] for c in range(sigma + 1)]
    assert in_pattern == [short[c] for c in range(sigma)]
    assert int(found[2].value) == sum(in_text[:sigma])
    assert int(found[3].value) == sum(in_text[c] * in_pattern[c] for c in range(sigma))


def test_a_choice_that_looks_at_no_letter_charges_nothing_for_it():
    text, pattern = np.arange(30) % 3, np.array([0, 1])
    assert charged(hamming.distances, text, pattern) == charged(hamming.brute_force, text, pattern)


@pytest.mark.parametrize("algorithm", ["by_definition", "brute_force", "sort_merge", "bit_packed_fft"])
def test_named_algorithms_are_charged_as_by_themselves(algorithm):
    expected = charged(getattr(hamming, algorithm), *WORDS)
    assert charged(hamming.distances, *WORDS, algorithm=algorithm) == expected


def test_both_runs_with_wildcards_are_charged():
    once = charged(hamming.brute_force, *WORDS)
    assert charged(hamming.distances, *WORDS, algorithm="brute_force", wildcard=2) == 2 * once
    assert charged(hamming.distances, *WORDS, algorithm="brute_force", wildcard=9) == once, "it is nowhere"


def test_the_pieces_of_threads_are_charged(monkeypatch):
    monkeypatch.setattr(joblib, "effective_n_jobs", lambda _: 2)
    monkeypatch.setattr(threads, "PIECE", 1)
    text, pattern = WORDS[0][:200], WORDS[1][:11]  # 190 alignments, 95 for each thread
    expected = sum(charged(hamming.brute_force, part, pattern) for part in (text[:105], text[95:]))
    assert charged(hamming.distances, text, pattern, algorithm="brute_force", n_jobs=2) == expected


def test_blocks_of_a_stream_are_charged_as_they_come(monkeypatch):
    monkeypatch.setattr(streaming, "SLICE", 16)
    text, pattern = WORDS[0][:200], WORDS[1][:11]
    costs, whole = Costs(), []
    stream = hamming.distances_stream(text, pattern, block=80, algorithm="brute_force", costs=costs)
    assert costs.word_operations == 0
    for start, stop in ((0, 90), (80, 170), (160, 200)):
        whole.append(charged(hamming.brute_force, text[start:stop], pattern))
        next(stream)
        assert costs.word_operations == sum(whole)
    assert next(stream, None) is None


def test_looking_for_a_near_period_is_charged():
    text, pattern = np.resize(np.arange(900), 60_000), np.resize(np.arange(900), 40_000)
    steps = []
    auto = charged(hamming.k_mismatch, text, pattern, 2, rng=0, trace=steps)
    algorithm = steps[0].algorithm
    alone = charged(hamming.k_mismatch, text, pattern, 2, rng=0, algorithm=algorithm)
    assert auto > alone


@pytest.mark.parametrize(
    ("name", "observer"), [(name, each) for name in CALLS for each in sorted(observed(vars(hamming)[name]))]
)
def test_observers_of_another_kind_are_refused(name, observer):
    kinds = {"costs": r"lemmata\.costs\.Costs", "trace": "list, a function"}
    words, options = CALLS[name][0]
    with pytest.raises(TypeError, match=rf"{observer} must be a {kinds[observer]} or None \(got dict\)"):
        getattr(hamming, name)(*words, **options, **{observer: {}})
