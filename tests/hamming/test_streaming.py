"""Texts in parts, and on several threads (HAM-28)."""

import tracemalloc
from array import array
from collections import deque
from itertools import pairwise

import numpy as np
import pytest
from hamming.words import by_terms, numbers
from hypothesis import example, given
from hypothesis import strategies as st

from lemmata import hamming


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
    """HAM-28: parts of any length."""
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
    """HAM-28: pieces of threads."""
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
