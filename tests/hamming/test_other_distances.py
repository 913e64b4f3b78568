"""Distances other than equality (HAM-26); parts, threads and estimates (HAM-21, HAM-22, HAM-28)."""

import tracemalloc
from array import array
from collections import deque
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lemmata import hamming
from lemmata.hamming import karloff, kopelowitz_porat, less_than
from lemmata.hamming.numbers import read_numbers


@st.composite
def numbers(draw, values):
    text = draw(st.lists(values, min_size=1, max_size=40))
    m = draw(st.integers(1, len(text)))
    return text, draw(st.lists(values, min_size=m, max_size=m))


def by_terms(term, text, pattern):
    windows = [text[i : i + len(pattern)] for i in range(len(text) - len(pattern) + 1)]
    return [sum(term(a, b) for a, b in zip(window, pattern, strict=True)) for window in windows]


@given(numbers(st.integers(-9, 9)) | numbers(st.integers(-(2**28), 2**28)))
@example(([0], [0]))
@example(([5, -5], [5]))
def test_distances_between_numbers(words):
    text, pattern = words
    assert hamming.less_than_distances(text, pattern).tolist() == by_terms(lambda a, b: a < b, text, pattern)
    assert hamming.l1_distances(text, pattern).tolist() == by_terms(lambda a, b: abs(a - b), text, pattern)
    if max(map(abs, text + pattern)) < 2**26:
        squares = by_terms(lambda a, b: (a - b) ** 2, text, pattern)
        assert hamming.l2_distances(text, pattern).tolist() == squares


def test_numbers_at_the_edges():
    low, high = -(2**63), 2**64 - 1
    assert hamming.less_than_distances([low, 0], np.array([high], dtype=np.uint64)).tolist() == [1, 1]
    assert hamming.less_than_distances(np.array([high, 0], dtype=np.uint64), [low]).tolist() == [0, 0]
    assert hamming.l1_distances([0, 2**63 - 1], [0]).tolist() == [0, 2**63 - 1]
    with pytest.raises(ValueError, match="l1 distances may reach"):
        hamming.l1_distances([0, 2**62, 0], [0, 1])
    with pytest.raises(ValueError, match="l2 distances may reach"):
        hamming.l2_distances([0, 2**32], [0])
    assert hamming.l2_distances([0, 3_037_000_499], [0]).tolist() == [0, 3_037_000_499**2]
    assert hamming.l1_distances(b"ac", b"b").tolist() == [1, 1]
    for function in (hamming.less_than_distances, hamming.l1_distances, hamming.l2_distances):
        with pytest.raises(TypeError, match="text must be bytes or integers"):
            function("abc", "a")
        with pytest.raises(ValueError, match="pattern is longer than text"):
            function([1], [1, 2])
        with pytest.raises(ValueError, match="pattern is empty"):
            function([1], [])


def test_the_largest_spans():
    # The result, 2^62, would fit; but the span of text and pattern together, 2^63, does not.
    with pytest.raises(ValueError, match="may reach 9223372036854775808,"):
        hamming.l1_distances([2**62, -(2**62)], [0])
    assert hamming.less_than_distances([2**62, -(2**62)], [0]).tolist() == [0, 1]
    assert hamming.l1_distances([2**62 - 1, -(2**62)], [0]).tolist() == [2**62 - 1, 2**62]
    with pytest.raises(ValueError, match="may reach 9223372037000250000,"):
        hamming.l2_distances([3_037_000_500], [0])
    assert hamming.l2_distances([3_037_000_499], [0]).tolist() == [3_037_000_499**2]


@pytest.mark.jit
@pytest.mark.parametrize(("n", "m"), [(3_000, 700), (1_000, 1_000), (5_000, 1)])
def test_long_numbers_with_many_buckets(n, m):
    rng = np.random.default_rng(n)
    text, pattern = rng.integers(-1000, 1000, n), rng.integers(-1000, 1000, m)
    pattern[: m // 2] = 7  # a heavy value, which no bucket may split wrongly
    windows = np.lib.stride_tricks.sliding_window_view(text, m)
    assert np.array_equal(hamming.less_than_distances(text, pattern), (windows < pattern).sum(1))
    assert np.array_equal(hamming.l1_distances(text, pattern), abs(windows - pattern).sum(1))
    assert np.array_equal(hamming.l2_distances(text, pattern), ((windows - pattern) ** 2).sum(1))


@pytest.mark.parametrize(("m", "size"), [(1, 3), (7, 13), (511, 192), (512, 202), (2**16 - 1, 2896)])
def test_buckets_have_so_many_places_that_both_parts_cost_alike(m, size):
    """sqrt(8 m b) for patterns of m numbers, m < 2^b: as many buckets cost a transform of b levels each."""
    order = less_than.sorted_order(read_numbers(np.arange(m), np.arange(m)))
    assert order.size == size
    assert order.pattern_bucket.tolist() == [place // size for place in range(m)]


@given(numbers(st.integers(0, 3)), st.integers(-1, 4))
def test_wildcards_differ_from_nothing(words, wildcard):
    text, pattern = words
    expected = by_terms(lambda a, b: a != b and wildcard not in (a, b), text, pattern)
    for algorithm in ("auto", "by_definition", "per_letter_fft", "abrahamson", "bit_parallel"):
        found = hamming.distances(text, pattern, wildcard=wildcard, algorithm=algorithm)
        assert found.tolist() == expected


def test_wildcards_of_every_kind():
    assert hamming.distances("a?c", "?b", wildcard="?").tolist() == [0, 1]
    assert hamming.distances(b"a?c", b"?b", wildcard=b"?").tolist() == [0, 1]
    assert hamming.distances(b"a?c", b"?b", wildcard=63).tolist() == [0, 1]
    assert hamming.distances(np.array([1, 2], dtype=np.int8), [1], wildcard=10**9).tolist() == [0, 1]
    with pytest.raises(ValueError, match="wildcard must be one letter"):
        hamming.distances("ab", "a", wildcard="ab")
    with pytest.raises(TypeError, match="wildcard"):
        hamming.distances("ab", "a", wildcard=1)
    with pytest.raises(TypeError, match="wildcard"):
        hamming.distances([1], [1], wildcard="a")
    with pytest.raises(TypeError, match="wildcard must be an integer"):
        hamming.distances([1], [1], wildcard=1.5)


@given(
    numbers(st.integers(0, 3)),
    st.lists(st.integers(0, 40), max_size=6),
    st.integers(1, 50),
    st.none() | st.integers(0, 3),
)
@example(([0], [0]), [], 1, None)
@example(([0, 1], [1]), [1, 1, 1], 1, None)
@example(([0, 1], [1]), [1], 1, 0)
def test_streams_are_distances(words, cuts, block, wildcard):
    text, pattern = words
    places = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    parts = [np.array(text[a:b], dtype=np.int16) for a, b in pairwise(places)]
    found = list(hamming.distances_stream(iter(parts), pattern, block=block, wildcard=wildcard))
    expected = by_terms(lambda a, b: a != b and wildcard not in (a, b), text, pattern)
    assert np.concatenate(found).tolist() == expected
    assert [len(part) for part in found[:-1]] == [block] * (len(found) - 1)
    whole = hamming.distances_stream(text, pattern, block=block, wildcard=wildcard)
    assert np.concatenate(list(whole)).tolist() == expected


@pytest.mark.parametrize(
    "text",
    [
        range(5),
        array("h", [0, 1, 2, 3, 4]),
        deque([0, 1, 2, 3, 4]),
        memoryview(b"\0\1\2\3\4"),
        [np.bool_(v) for v in (0, 1, 1, 1, 1)],
        (0, np.int8(1), 2, 3, 4),
        np.arange(5, dtype=">i4"),
        np.array([False, True, True, True, True]),
        bytearray(b"\0\1\2\3\4"),
    ],
    ids=lambda text: type(text).__name__,
)
def test_whatever_is_a_text_is_one_in_a_stream(text):
    expected = hamming.distances(text, [1, 1])
    for whole in (text, iter([text])):
        assert (
            np.concatenate(list(hamming.distances_stream(whole, [1, 1], block=2))).tolist()
            == expected.tolist()
        )


def test_options_of_streams_are_checked_at_once():
    with pytest.raises(ValueError, match="algorithm must be one of"):
        hamming.distances_stream(b"abc", b"a", algorithm="nope")
    with pytest.raises(TypeError, match="n_jobs must be an integer"):
        hamming.distances_stream(b"abc", b"a", n_jobs=None)
    with pytest.raises(ValueError, match="wildcard must be one letter"):
        hamming.distances_stream("abc", "a", wildcard="bc")
    with pytest.raises(TypeError, match="an iterable of those, in order"):
        hamming.distances_stream({1, 2}, [1])
    with pytest.raises(TypeError, match="must be str, bytes or integers"):
        list(hamming.distances_stream([0.5, 1.5], [1]))
    with pytest.raises(ValueError, match="text must be one-dimensional"):
        list(hamming.distances_stream(np.zeros((70_000, 2), dtype=int), [1]))
    with pytest.raises(TypeError, match="masked"):
        list(hamming.distances_stream(np.ma.MaskedArray([1, 2]), [1]))


def peak_of_stream(text, pattern, block):
    tracemalloc.start()
    try:
        length = sum(len(found) for found in hamming.distances_stream(text, pattern, block=block))
        return length, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.jit
@pytest.mark.parametrize("kind", [">i4", "?", "<i4", "str"])
def test_no_kind_of_text_is_converted_whole(kind):
    pattern = "a" * 10 if kind == "str" else np.zeros(10, dtype=kind)
    text = "ab" * 1_000_000 if kind == "str" else np.zeros(2_000_000, dtype=kind)
    list(hamming.distances_stream(text[:50_000], pattern, block=20_000))  # compiles
    length, peak = peak_of_stream(text, pattern, 20_000)
    assert length == 2_000_000 - 9
    assert peak < 1_900_000, "a byte per letter would be more"


@pytest.mark.jit
def test_many_short_parts_take_no_memory():
    pattern = np.zeros(10, dtype=np.uint8)
    list(hamming.distances_stream(iter([pattern] * 3), pattern, block=5_000))  # compiles
    parts = (pattern[:1] for _ in range(20_000))
    length, peak = peak_of_stream(parts, pattern, 15_000)
    assert length == 20_000 - 9
    assert peak < 1_000_000


def test_streams_of_strings_and_their_errors():
    assert np.concatenate(list(hamming.distances_stream(iter(["abr", "", "a"]), "ra"))).tolist() == [2, 2, 0]
    with pytest.raises(ValueError, match=r"pattern is longer than text \(m = 3 > n = 2\)"):
        list(hamming.distances_stream(iter(["a", "b"]), "abc"))
    with pytest.raises(ValueError, match="pattern is empty"):
        hamming.distances_stream("ab", "")
    with pytest.raises(ValueError, match="block must be at least 1"):
        hamming.distances_stream("ab", "a", block=0)
    with pytest.raises(TypeError, match="both be str or neither"):
        list(hamming.distances_stream(iter(["ab", b"c"]), "a"))
    with pytest.raises(TypeError, match="text must be"):
        list(hamming.distances_stream(7, "a"))


@pytest.mark.jit
def test_a_memory_map_is_never_read_whole(tmp_path):
    rng = np.random.default_rng(0)
    path = tmp_path / "text.bin"
    letters = rng.integers(0, 4, 8_000_000).astype(np.uint8)
    letters.tofile(path)
    text = np.memmap(path, dtype=np.uint8, mode="r")
    pattern = letters[5_000_000:5_000_500].copy()
    next(hamming.distances_stream(letters[:10_000], pattern, block=5_000))  # compiles
    tracemalloc.start()
    smallest, length = 500, 0
    for found in hamming.distances_stream(text, pattern, block=100_000):
        smallest, length = min(smallest, int(found.min())), length + len(found)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (smallest, length) == (0, 8_000_000 - 499)
    assert peak < 8_000_000, "less than the text, and a fortieth of its distances"


@pytest.mark.jit
@pytest.mark.parametrize("n_jobs", [2, -1])
def test_threads_change_nothing(n_jobs):
    rng = np.random.default_rng(0)
    text, pattern = rng.integers(0, 5, 200_000), rng.integers(0, 5, 40)
    expected = hamming.distances(text, pattern)
    assert np.array_equal(hamming.distances(text, pattern, n_jobs=n_jobs), expected)
    wild = hamming.distances(text, pattern, wildcard=2)
    assert np.array_equal(hamming.distances(text, pattern, wildcard=2, n_jobs=n_jobs), wild)


@pytest.mark.parametrize(
    ("n_jobs", "error"), [(0, ValueError), (1.5, TypeError), (None, TypeError), (float("nan"), TypeError)]
)
def test_bad_numbers_of_threads(n_jobs, error):
    with pytest.raises(error, match="n_jobs must be"):
        hamming.distances("abc", "a", n_jobs=n_jobs)


@given(numbers(st.integers(0, 30)), st.integers(0, 2**32))
def test_estimates_keep_their_promises(words, seed):
    text, pattern = words
    exact = np.array(by_terms(lambda a, b: a != b, text, pattern))
    found = hamming.approximate(text, pattern, epsilon=0.5, failure_probability=1e-9, rng=seed)
    assert found.dtype == np.int64
    assert (found <= exact).all()
    assert (found[exact > 0] > 0.5 * exact[exact > 0]).all()
    assert (found[exact == 0] == 0).all()


def test_karloff_is_near_and_traced():
    rng = np.random.default_rng(1)
    text, pattern = rng.integers(0, 3_000, 400), rng.integers(0, 3_000, 200)
    text[100:300] = pattern
    exact = hamming.by_definition(text, pattern)
    steps: list[object] = []
    found = hamming.approximate(
        text, pattern, epsilon=0.5, failure_probability=1e-6, algorithm="karloff", rng=2, trace=steps
    )
    assert found.dtype == np.float64
    assert (abs(found - exact) <= 0.5 * exact).all()
    assert len(steps) == karloff.karloff_repetitions(len(exact), 0.5, 1e-6)
    assert np.allclose(found, 2 * np.mean([step.distances for step in steps], axis=0))


@pytest.mark.parametrize("algorithm", ["kopelowitz_porat", "karloff"])
@pytest.mark.parametrize("smallest", [1e-6, 1e-8, 1e-10, 5e-324])
def test_small_errors_and_probabilities(algorithm, smallest):
    text, pattern = [1, 2, 3, 4, 5], [1, 3]
    exact = hamming.by_definition(text, pattern).tolist()
    assert hamming.approximate(text, pattern, epsilon=smallest, algorithm=algorithm).tolist() == exact
    rng = np.random.default_rng(0)
    text, pattern = rng.integers(0, 50, 200), rng.integers(0, 50, 60)
    exact = hamming.by_definition(text, pattern)
    found = hamming.approximate(
        text, pattern, epsilon=0.5, failure_probability=smallest, algorithm=algorithm, rng=1
    )
    assert (abs(found - exact) <= 0.5 * exact).all()


def test_repetitions_by_hand():
    # ln(2 10^12) = 28.32 and 2 28.32 / 0.01 = 5664.9; log_4(10^15) = 24.9.
    assert karloff.karloff_repetitions(10**6, 0.1, 1e-6) == 5665
    assert kopelowitz_porat.kopelowitz_porat_repetitions(10**6, 1e-9) == 25
    for exponent in (1, 29, 31, 39, 47, 51):  # logarithms were one above at most of these,
        assert kopelowitz_porat.kopelowitz_porat_repetitions(1, 4.0**-exponent) == exponent
    for exponent in (24, 25, 26):  # and one below at these
        assert kopelowitz_porat.kopelowitz_porat_repetitions(4**exponent + 1, 0.25) == exponent + 2
    assert kopelowitz_porat.kopelowitz_porat_letters(1.0) == 4


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epsilon": 0.0}, "epsilon must be in"),
        ({"epsilon": 1.5}, "epsilon must be in"),
        ({"epsilon": float("nan")}, "epsilon must be in"),
        ({"epsilon": 0.5, "failure_probability": 0.0}, "failure_probability must be in"),
        ({"epsilon": 0.5, "failure_probability": 1.0}, "failure_probability must be in"),
        ({"epsilon": 0.5, "algorithm": "guess"}, "algorithm must be"),
    ],
)
def test_bad_estimates(options, message):
    with pytest.raises(ValueError, match=message):
        hamming.approximate("abc", "a", **options)


@pytest.mark.jit
@pytest.mark.parametrize("letters", [254, 255, 256, 400, 70_000])
def test_brute_force_with_rare_letters_beside_bytes(letters):
    rng = np.random.default_rng(letters)
    pattern = np.minimum(rng.zipf(1.2, 1_500), letters - 1)
    pattern[:letters] = np.arange(letters)[: len(pattern)]
    text = np.minimum(rng.zipf(1.2, 9_000), letters + 5)
    windows = np.lib.stride_tricks.sliding_window_view(text, len(pattern))
    assert np.array_equal(hamming.brute_force(text, pattern), (windows != pattern).sum(1))
    assert np.array_equal(hamming.distances(text, pattern), (windows != pattern).sum(1))


def test_the_smallest_product_of_matrices():
    # HAM-29 with N = 1: the pattern is row 0 of (1), the text column 0 of (1) and a spare letter, with one
    # more on each side. Row 0 lies on column 0 at alignment N^2 = 1, not at 0.
    assert (1 - hamming.distances([1, 0, 1, 1], [0])).tolist() == [0, 1, 0, 0]


def test_any_two_of_many_letters_are_told_apart():
    pattern = list(range(100))
    for place in range(1, 100):
        for other in (0, 100):  # a letter of the pattern, and one that it does not have
            text = pattern.copy()
            text[place] = other
            assert hamming.approximate(text, pattern, epsilon=0.5, rng=place) == [1]


def test_estimates_of_no_mismatches_are_zero_and_not_above():
    pattern = list(range(40))
    found = hamming.approximate(pattern + pattern, pattern, epsilon=1, failure_probability=0.5, rng=0)
    assert (found[0], found[-1]) == (0, 0)
    assert len(found) == 41
