"""Which algorithm `distances` takes, and that what it takes is right (HAM-6)."""

from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lemmata import hamming
from lemmata.costs import Costs
from lemmata.hamming import algorithms, cost_model, families
from lemmata.hamming.cost_model import weigh
from lemmata.hamming.letters import encode

N = 200_000


@pytest.mark.parametrize(
    ("text", "pattern", "algorithm"),
    [
        (np.arange(1000) % 2, [0, 1], "brute_force"),
        (np.arange(100_000) % 2, np.arange(1000) % 2, "bit_parallel"),
        (np.arange(200_000) % 2, np.arange(50_000) % 2, "per_letter_fft"),
        (np.arange(200_000), np.arange(50_000), "sort_merge"),
    ],
)
def test_auto_takes_the_algorithm_that_suits(text, pattern, algorithm):
    problem = encode(text, pattern)
    weighed = weigh(problem)
    assert weighed.cheapest == algorithm
    assert weighed.costs[algorithm] == min(weighed.costs.values())


def mostly_two(length, letters, rng):
    return np.where(rng.random(length) < 0.9, rng.integers(0, 2, length), rng.integers(2, letters, length))


def uniform(length, letters, rng):
    return rng.integers(0, letters, length)


def zipf(length, letters, rng):
    return families.zipf(length, letters, rng)


@pytest.mark.jit
@pytest.mark.parametrize(
    ("make", "letters", "m", "algorithm"),
    [
        (uniform, 100_000, 700, "sort_merge"),
        (uniform, 100_000, 60_000, "sort_merge"),
        (mostly_two, 1_000, 60_000, "abrahamson"),
        (zipf, 1_000, 20_000, "abrahamson"),
        (uniform, 4, 60_000, "per_letter_fft"),
        (uniform, 2, 800, "bit_parallel"),
        (uniform, 26, 700, "brute_force"),
        (uniform, 100_000, 10, "brute_force"),
    ],
)
def test_what_is_taken_is_what_took_least_when_measured(make, letters, m, algorithm):
    rng = np.random.default_rng(m + letters)
    text, pattern = make(N, letters, rng), make(m, letters, rng)
    assert weigh(encode(text, pattern)).cheapest == algorithm
    found = hamming.distances(text, pattern)
    at = rng.integers(0, N - m + 1, 50)
    assert [int(found[i]) for i in at] == [int((text[i : i + m] != pattern).sum()) for i in at]


@pytest.mark.parametrize(
    "choice", ["brute_force", "bit_parallel", "sort_merge", "per_letter_fft", "abrahamson"]
)
def test_every_choice_gives_the_distances(choice, monkeypatch):
    text, pattern = np.array([0, 0, 1, 2, 0, 3, 0, 1, 9, 0]), np.array([0, 0, 1, 3])
    split = cost_model.split_letters(encode(text, pattern), 1)
    taken = cost_model.Weighed({choice: 0.0}, split)
    monkeypatch.setattr(algorithms, "weigh", lambda *_: taken)
    expected = [int((text[i : i + 4] != pattern).sum()) for i in range(7)]
    assert hamming.distances(text, pattern).tolist() == expected


def test_the_choice_does_not_depend_on_names_of_letters_or_on_time():
    rng = np.random.default_rng(0)
    text, pattern = zipf(N, 1_000, rng), zipf(5_000, 1_000, rng)
    first = weigh(encode(text, pattern)).costs
    assert first == weigh(encode(text, pattern)).costs
    renamed = weigh(encode(text * 7 + 2**40, pattern * 7 + 2**40)).costs
    assert renamed == first


@given(st.lists(st.integers(0, 4), min_size=1, max_size=80), st.data())
@example([0, 1, 2] * 20, None)
def test_what_direct_counting_takes_is_reckoned_from_every_letter(text, data):
    m = 7 if data is None else data.draw(st.integers(1, len(text)))
    pattern = text[:m]
    pairs = sum(a == b for a in text for b in pattern)
    hits = sum(a in pattern for a in text)
    with patch.object(cost_model, "COMPARISON_WEIGHT", 1e9):  # so that it is looked into
        found = weigh(encode(text, pattern)).costs["sort_merge"]
    n = len(text)
    weights = cost_model.LETTER_WEIGHT, cost_model.HIT_WEIGHT, cost_model.PAIR_WEIGHT
    assert found == weights[0] * (n + m) + weights[1] * hits + weights[2] * pairs


def charged(function, *words, **options):
    costs = Costs()
    list(function(*words, costs=costs, **options))
    return costs.word_operations


@pytest.mark.jit
@pytest.mark.parametrize("n", [2**18, 2**20])
@pytest.mark.parametrize("period", [3, 33, 129])
@pytest.mark.parametrize("shift", [0, 1])
def test_columns_of_a_table_do_not_hide_what_the_others_hold(n, period, shift):
    # One column holds numbers that occur once, or the others do: who looks at one column takes the wrong way.
    column = (np.arange(n) + shift) % period == 0
    m = 2**12
    for own in (column, ~column):
        text, pattern = np.where(own, np.arange(n) + 1, 0), np.zeros(m, dtype=np.int64)
        least = charged(hamming.abrahamson, text, pattern)
        for function in (hamming.distances, hamming.distances_stream):
            assert charged(function, text, pattern) <= 2 * least + 10 * n
        assert charged(hamming.k_mismatch, text, pattern, m - 5) <= 2 * least + 20 * n


@pytest.mark.jit
def test_a_table_of_three_columns_is_not_counted_pair_by_pair():
    rows, rng = 90_000, np.random.default_rng(0)
    table = np.stack([rng.integers(10, 10**6, rows), np.zeros(rows, int), np.ones(rows, int)], axis=1)
    text = table.ravel()[: 2**18]
    pattern = text[:3000].copy()
    assert charged(hamming.distances, text, pattern) <= 2 * charged(hamming.abrahamson, text, pattern)
