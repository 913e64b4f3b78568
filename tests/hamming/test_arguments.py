"""What the functions of `lemmata.hamming` accept and refuse: letters, options, and errors that name them."""

import threading
import tracemalloc
from array import array
from collections import deque
from fractions import Fraction

import joblib
import numpy as np
import pytest

from lemmata import hamming
from lemmata.hamming import bounds, distances_stream, families, threads
from lemmata.hamming.bit_packed import packing_model

LARGE = 2**63
LETTERS = [
    ([-1, np.uint64(5)], [5], [1, 0]),
    ([np.int64(-1), np.uint64(5), True], [5, True], [2, 0]),
    ([LARGE - 1, np.uint64(3)], [3], [1, 0]),
    ([0, np.uint64(LARGE), -0], [LARGE], [1, 0, 1]),
    (deque([-1, np.uint64(5)]), [5], [1, 0]),
    (range(LARGE - 2, LARGE + 2), [LARGE], [1, 1, 0, 1]),
    (np.array([-1, 2**40], dtype=object), [2**40], [1, 0]),
    (np.array([0, LARGE], dtype=object), [LARGE], [1, 0]),
    ([np.array(1), np.array(2)], [1], [0, 1]),
    (array("i", [1, 2]), [1], [0, 1]),
    (np.array([1, 2, 1], ">u2"), np.array([1], ">i8"), [0, 1, 0]),
    (np.arange(12)[::-4], (7,), [1, 0, 1]),
    (np.broadcast_to(np.uint8(3), 3), b"\x03", [0, 0, 0]),
    (np.array([True, False]), [1], [0, 1]),
]
TAKE_LETTERS = {
    "distances": hamming.distances,
    "distances_stream": lambda text, pattern: np.concatenate(list(distances_stream(text, pattern))),
    "distances_by_three_sum": hamming.distances_by_three_sum,
    "k_mismatch": lambda text, pattern: hamming.k_mismatch(text, pattern, len(pattern)),
    "sort_merge": hamming.sort_merge,
}


@pytest.mark.parametrize("name", TAKE_LETTERS)
@pytest.mark.parametrize(("text", "pattern", "expected"), LETTERS)
def test_integers_of_every_origin_are_compared_by_value(name, text, pattern, expected):
    assert TAKE_LETTERS[name](text, pattern).tolist() == expected


REFUSED_LETTERS = [
    ([-1, np.uint64(LARGE)], ValueError, "text does not fit one 64-bit integer type"),
    ([2**64, 0], ValueError, "text does not fit one 64-bit integer type"),
    (np.array([-1, LARGE], dtype=object), ValueError, "text does not fit one 64-bit integer type"),
    ([-1] * 65_536 + [LARGE], ValueError, "text does not fit one 64-bit integer type"),
    (range(-LARGE, LARGE + 1, 2**46), ValueError, "text does not fit one 64-bit integer type"),
    ([0] * 65_536 + [1.0], TypeError, r"text must be str, bytes or integers \(got dtype float64"),
    ([-1, 0.5], TypeError, "text must be str, bytes or integers"),
    ([1, None], TypeError, "text must be str, bytes or integers"),
    (np.zeros(3, "i4,i4"), TypeError, "text must be str, bytes or integers"),
    (np.ones(3, np.float16), TypeError, "text must be str, bytes or integers"),
    (np.ma.array([1, 2], mask=[False, False]), TypeError, "text is a masked array"),
    ([1, np.ma.masked], TypeError, "text has a masked entry"),
    ([1, np.ma.array(2, mask=True)], TypeError, "text has a masked entry"),
    (memoryview(b"abcd").cast("B", [2, 2]), ValueError, r"text must be one-dimensional \(got shape \(2, 2\)"),
    ({1, 2}, TypeError, r"text must be .* \(got set\)"),
    ({1: 2}, TypeError, r"text must be .* \(got dict\)"),
]


@pytest.mark.parametrize("name", TAKE_LETTERS)
@pytest.mark.parametrize(("text", "error", "message"), REFUSED_LETTERS)
def test_a_text_is_refused_by_all_or_by_none(name, text, error, message):
    with pytest.raises(error, match=message):
        TAKE_LETTERS[name](text, [1])


@pytest.mark.parametrize("text", [{"ab"}, {"ab": 1}, frozenset({"ab"})])
def test_a_stream_needs_an_order(text):
    with pytest.raises(TypeError, match="in order"):
        list(distances_stream(text, "a"))


MASKED = np.ma.array([1, 2, 3], mask=[0, 1, 0])


@pytest.mark.parametrize(
    ("name", "first", "second", "more", "options"),
    [
        ("distances", "text", "pattern", (), {}),
        ("by_definition", "text", "pattern", (), {}),
        ("l1_distances", "text", "pattern", (), {}),
        ("l2_distances", "text", "pattern", (), {}),
        ("less_than_distances", "text", "pattern", (), {}),
        ("k_mismatch", "text", "pattern", (1,), {}),
        ("approximate", "text", "pattern", (), {"epsilon": 1}),
        ("sum_counts", "a", "b", (), {}),
        ("sum_histogram", "x", "y", (), {}),
        ("counting_three_sum", "a", "b", (3,), {}),
        ("three_sum_by_distances", "a", "b", (3,), {}),
    ],
)
def test_masked_arrays_are_refused_everywhere(name, first, second, more, options):
    function = getattr(hamming, name)
    with pytest.raises(TypeError, match=f"{first} is a masked array"):
        function(MASKED, [1], *more, **options)
    with pytest.raises(TypeError, match=f"{second} is a masked array"):
        function([1, 2, 3], MASKED, *more, **options)


@pytest.mark.parametrize(
    ("text", "pattern", "wildcard", "expected"),
    [
        (b"a?c", b"a?", 63, [0, 0]),
        (b"a?c", b"a?", np.uint8(63), [0, 0]),
        (b"a?c", b"a?", bytearray(b"?"), [0, 0]),
        ([97, 63, 99], [97, 63], b"?", [0, 0]),
        ("a?c", "a?", np.str_("?"), [0, 0]),
        (np.array([1, -1, 2], np.int8), [1, 2], -1, [0, 0]),
        (b"abc", [97, -5], -5, [0, 1]),
        (b"abc", b"ab", 2**70, [0, 2]),
    ],
)
def test_wildcards_are_letters_like_the_others(text, pattern, wildcard, expected):
    assert hamming.distances(text, pattern, wildcard=wildcard).tolist() == expected
    found = distances_stream(text, pattern, wildcard=wildcard, block=1)
    assert np.concatenate(list(found)).tolist() == expected


@pytest.mark.parametrize(
    ("text", "wildcard", "error", "message"),
    [
        ("a?c", 63, TypeError, "wildcard is int, .* is str"),
        ("a?c", b"?", TypeError, "wildcard is bytes, .* is str"),
        (b"a?c", "?", TypeError, "wildcard is str, .* is bytes"),
        (b"a?c", 63.0, TypeError, r"wildcard must be an integer \(wildcard = 63.0\)"),
        (b"a?c", True, TypeError, "wildcard must be an integer"),
        ("a?c", "", ValueError, "wildcard must be one letter"),
        (b"a?c", b"ab", ValueError, "wildcard must be one letter"),
    ],
)
def test_what_is_no_wildcard(text, wildcard, error, message):
    for function in (hamming.distances, distances_stream):
        with pytest.raises(error, match=message):
            function(text, text[:1], wildcard=wildcard)


def count(**options):
    return lambda: hamming.distances("abab", "ab", **options)


def cut(**options):
    return lambda: hamming.abrahamson("abab", "ab", **options)


def stream(**options):
    return lambda: distances_stream("abab", "ab", **options)


def estimate(**options):
    return lambda: hamming.approximate(range(99), range(50), **{"epsilon": 0.5} | options)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (count(algorithm=["auto"]), TypeError, r"algorithm must be one of 'auto'.*\(got \['auto'\]\)"),
        (count(algorithm=np.array(["auto"])), TypeError, "algorithm must be one of"),
        (count(algorithm=None), TypeError, "algorithm must be one of"),
        (count(algorithm="AUTO"), ValueError, "algorithm must be one of"),
        (
            estimate(algorithm=["karloff"]),
            TypeError,
            "algorithm must be one of 'kopelowitz_porat', 'karloff'",
        ),
        (cut(threshold="1"), TypeError, "threshold must be an integer"),
        (cut(threshold=2.5), TypeError, r"threshold must be an integer \(threshold = 2.5\)"),
        (cut(threshold=True), TypeError, "threshold must be an integer"),
        (cut(threshold=np.int8(-1)), ValueError, r"threshold must be at least 0 \(threshold = -1\)"),
        (cut(transform=["ntt"]), TypeError, "transform must be one of"),
        (cut(threshold=9, transform="dct"), ValueError, "transform must be one of"),
        (count(n_jobs=2.0), TypeError, r"n_jobs must be an integer \(n_jobs = 2.0\)"),
        (count(n_jobs=True), TypeError, "n_jobs must be an integer"),
        (count(n_jobs=np.int64(0)), ValueError, "n_jobs must be a number of threads"),
        (stream(block=2.5), TypeError, r"block must be an integer \(block = 2.5\)"),
        (stream(block="1"), TypeError, "block must be an integer"),
        (stream(block=True), TypeError, "block must be an integer"),
        (stream(block=0), ValueError, r"block must be at least 1 \(block = 0\)"),
        (estimate(epsilon="1"), TypeError, "epsilon must be a real number"),
        (estimate(epsilon=True), TypeError, "epsilon must be a real number"),
        (estimate(epsilon=Fraction(3, 2)), ValueError, r"epsilon must be in \(0, 1\] \(epsilon = 3/2\)"),
        (estimate(epsilon=Fraction(1, 10**400)), ValueError, r"epsilon must be in \(0, 1\]"),
        (estimate(failure_probability=None), TypeError, "failure_probability must be a real number"),
        (estimate(failure_probability=1), ValueError, r"failure_probability must be in \(0, 1\)"),
        (
            estimate(failure_probability=1 - Fraction(1, 10**40)),
            ValueError,
            r"failure_probability must be in \(0, 1\)",
        ),
        (estimate(rng="one"), TypeError, "rng must be a seed or a random generator"),
        (estimate(rng=-1), ValueError, "rng must be a seed or a random generator"),
        (estimate(trace=3), TypeError, "trace must be a list, a function or None"),
        (estimate(costs=[]), TypeError, "costs must be a lemmata.costs.Costs or None"),
        (lambda: hamming.k_mismatch("ab", "a", 1, algorithm=["auto"]), TypeError, "algorithm must be one of"),
        (lambda: hamming.sum_counts([1], [1], method=["auto"]), TypeError, "method must be one of"),
        (lambda: hamming.bit_packed_fft("ab", "a", overflow=[]), TypeError, "overflow must be one of"),
        (lambda: hamming.bit_packed_fft("ab", "a", digits=1), TypeError, "digits must be one of"),
        (lambda: hamming.bit_packed_fft("ab", "a", headroom=True), TypeError, "headroom must be an integer"),
        (lambda: hamming.counting_three_sum([1], [1], 2.5), TypeError, "length must be an integer"),
        (
            lambda: hamming.counting_three_sum([1], [1], 10**30),
            ValueError,
            rf"length must be at most 2\^30 \(length = {10**30}\)",
        ),
        (
            lambda: hamming.counting_three_sum([1], [1], length=2**30 + 1),
            ValueError,
            r"length must be at most 2\^30 \(length = 1073741825\)",
        ),
        (lambda: hamming.sum_counts([1.5], [1]), TypeError, r"a must be integers \(got dtype float64"),
        (lambda: hamming.l1_distances([1.0], [1]), TypeError, "text must be bytes or integers"),
        (lambda: families.one_letter(10**30), ValueError, rf"n must be at most 2\^31 \(n = {10**30}\)"),
        (lambda: families.periodic(3, 10**30), ValueError, r"period must be at most 2\^31"),
        (
            lambda: families.zipf(3, 10**30, np.random.default_rng(0)),
            ValueError,
            r"letters must be at most 2\^31",
        ),
        (lambda: hamming.three_sum_by_distances([1], [1], "2"), TypeError, "length must be an integer"),
        (lambda: hamming.three_sum_by_distances([1], [1], 0), ValueError, "length must be at least 1"),
        (lambda: families.de_bruijn(9, 1), ValueError, r"letters must be at least 2 \(letters = 1\)"),
        (lambda: families.periodic(9, 0), ValueError, "period must be at least 1"),
        (lambda: families.fibonacci(-1), ValueError, "n must be at least 0"),
        (lambda: families.one_letter(2.0), TypeError, "n must be an integer"),
        (lambda: families.zipf(5, rng="a"), TypeError, "rng must be a seed or a random generator"),
        (
            lambda: families.equal_frequencies(5, 2, -3),
            ValueError,
            "rng must be a seed or a random generator",
        ),
        (lambda: families.named_words(5, 0.5), TypeError, "rng must be a seed or a random generator"),
        (lambda: families.dna(-1), ValueError, r"n must be at least 0 \(n = -1\)"),
        (lambda: families.random_bytes(10**30), ValueError, r"n must be at most 2\^31"),
        (lambda: packing_model.bit_packed_word_operations(10.5, 2), TypeError, "n must be an integer"),
        (lambda: packing_model.bit_packed_word_operations(10, 2.0), TypeError, "m must be an integer"),
        (lambda: bounds.rounding_bound(-1, 1, 1.0), ValueError, "log2_length must be at least 0"),
        (lambda: bounds.rounding_bound(1, -1, 1.0), ValueError, "letters must be at least 0"),
        (lambda: bounds.rounding_bound(1, 1.5, 1.0), TypeError, "letters must be an integer"),
        (lambda: bounds.rounding_bound(1, 1, -1.0), ValueError, r"mass must not be negative \(mass = -1.0"),
        (lambda: bounds.rounding_bound(1, 1, float("nan")), ValueError, "mass must not be negative"),
    ],
)
def test_options_are_refused_by_name(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize(
    "name",
    ["by_definition", "brute_force", "bit_parallel", "per_letter_fft", "abrahamson", "sort_merge"],
)
def test_what_is_no_counter_and_what_is_no_trace(name):
    with pytest.raises(TypeError, match=r"costs must be a lemmata\.costs\.Costs or None"):
        getattr(hamming, name)("ab", "a", costs={})
    if name not in ("brute_force", "bit_parallel"):
        with pytest.raises(TypeError, match="trace must be a list, a function or None"):
            getattr(hamming, name)("ab", "a", trace=())


@pytest.mark.parametrize("epsilon", [np.float32(0.5), np.float16(0.5), Fraction(1, 2), np.longdouble(0.5)])
@pytest.mark.parametrize("algorithm", ["kopelowitz_porat", "karloff"])
def test_every_kind_of_real_number_is_an_epsilon(epsilon, algorithm):
    text, pattern = range(70), range(50)  # more letters than projections
    options = {"failure_probability": 0.5, "algorithm": algorithm, "rng": 0}
    steps = []
    found = hamming.approximate(text, pattern, epsilon=epsilon, trace=steps, **options)
    assert steps
    assert np.array_equal(found, hamming.approximate(text, pattern, epsilon=0.5, **options))


def test_numpy_integers_are_options():
    text = "ab" * 150
    expected = hamming.by_definition(text, "ab" * 30).tolist()
    for block in (np.uint8(200), np.int8(100), 10**13, 10**30):
        found = distances_stream(text, "ab" * 30, block=block)
        assert np.concatenate(list(found)).tolist() == expected
    assert hamming.abrahamson(text, "ab" * 30, threshold=np.uint8(1)).tolist() == expected
    assert hamming.distances(text, "ab" * 30, n_jobs=np.int8(2)).tolist() == expected


@pytest.mark.parametrize("n_jobs", [1_500, 10**9, 10**30, -(10**30)])
def test_no_more_threads_than_cores(n_jobs, monkeypatch):
    monkeypatch.setattr(joblib, "effective_n_jobs", lambda jobs: 2 if jobs < 0 else jobs)
    monkeypatch.setattr(threads, "PIECE", 1 << 4)  # enough pieces for far more threads
    before, seen = threading.active_count(), []
    count_piece = threads.by_name

    def counted(piece, *rest):
        seen.append(threading.active_count() - before)
        return count_piece(piece, *rest)

    monkeypatch.setattr(threads, "by_name", counted)
    text = np.arange(5_000) % 7
    found = hamming.distances(text, [3, 4], n_jobs=n_jobs)
    assert found.tolist() == hamming.by_definition(text, [3, 4]).tolist()
    assert seen
    assert max(seen) <= 8, "two workers and what keeps them"


def test_a_long_block_takes_no_more_memory_than_the_text():
    text, pattern = b"ab" * 100_000, b"ab"
    list(distances_stream(text, pattern))  # compiles
    tracemalloc.start()
    list(distances_stream(text, pattern, block=10**9))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 64 * len(text)


RANDOM_FAMILIES = {
    "zipf": lambda n, rng: families.zipf(n, 300, rng),
    "equal_frequencies": lambda n, rng: families.equal_frequencies(n, 300, rng),
    "dna": families.dna,
    "random_bytes": families.random_bytes,
}


@pytest.mark.parametrize("name", RANDOM_FAMILIES)
def test_a_random_family_takes_a_seed_a_generator_or_nothing(name):
    make = RANDOM_FAMILIES[name]
    first = make(500, 7)
    assert np.array_equal(first, make(500, np.random.default_rng(7)))
    assert not np.array_equal(first, make(500, 8))
    assert not np.array_equal(make(500, None), make(500, None))  # the same by chance: less than 2^-500
    assert len(first) == 500


def test_words_a_byte_wide():
    word = families.dna(20_000, 1)
    assert word.dtype == np.uint8
    counts = np.bincount(word, minlength=256)
    assert {chr(letter): True for letter in np.flatnonzero(counts)} == dict.fromkeys("ACGT", True)
    assert abs(counts[counts > 0] - 5_000).max() < 400  # six standard deviations
    word = families.random_bytes(100_000, 1)
    assert word.dtype == np.uint8
    counts = np.bincount(word, minlength=256)
    assert len(counts) == 256
    assert abs(counts - 100_000 / 256).max() < 140  # seven
    assert hamming.distances(bytes(word[:50]), bytes(word[3:9]))[3] == 0
