"""All algorithms against the definition (HAM-1, HAM-5, HAM-6), and what they accept."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lemmata import hamming
from lemmata.hamming import families

NAMES = [
    "by_definition",
    "brute_force",
    "bit_parallel",
    "per_letter_fft",
    "abrahamson",
    "bit_packed_fft",
    "distances",
]
INTEGER_TYPES = [np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64]


def naive(text, pattern):
    m = len(pattern)
    return [sum(text[i + j] != pattern[j] for j in range(m)) for i in range(len(text) - m + 1)]


FEW = st.integers(0, 3)


@st.composite
def problems(draw, letters=FEW, longest=80):
    text = draw(st.lists(letters, min_size=1, max_size=longest))
    m = draw(st.integers(1, len(text)))
    pattern = draw(st.lists(letters, min_size=m, max_size=m))
    return text, pattern


@given(problems())
@example(([0], [0]))
@example(([0, 1], [1]))
@example(([1, 1, 0], [1, 0]))
def test_every_algorithm_counts_mismatches(problem):
    """HAM-6: each algorithm beside a loop over the letters."""
    text, pattern = problem
    expected = naive(text, pattern)
    for name in NAMES:
        found = getattr(hamming, name)(text, pattern)
        assert found.tolist() == expected
        assert found.dtype == np.int64
    for threshold in (0, 1, 2, len(pattern)):
        assert hamming.abrahamson(text, pattern, threshold=threshold).tolist() == expected
    for transform in ("float", "ntt"):
        assert hamming.per_letter_fft(text, pattern, transform=transform).tolist() == expected
        assert hamming.abrahamson(text, pattern, threshold=1, transform=transform).tolist() == expected


@given(problems(st.text(min_size=1, max_size=1), 40))
@example((["\U0001f600", "a"], ["\U0001f600"]))
@example((["\ud800", "a"], ["\ud800"]))
def test_strings_are_compared_by_code_point(problem):
    text, pattern = ("".join(letters) for letters in problem)
    for name in NAMES:
        assert getattr(hamming, name)(text, pattern).tolist() == naive(text, pattern)


@given(problems(st.integers(-(2**63), 2**63 - 1) | st.sampled_from([-1, 0, 2**63 - 1, -(2**63)]), 30))
def test_wide_integers_are_exact(problem):
    text, pattern = problem
    assert hamming.distances(np.array(text), np.array(pattern)).tolist() == naive(text, pattern)


@given(problems(st.integers(2**63 - 2, 2**64 - 1), 30))
def test_unsigned_integers_beyond_int64_are_exact(problem):
    text, pattern = problem
    expected = naive(text, pattern)
    assert hamming.distances(np.array(text, np.uint64), np.array(pattern, np.uint64)).tolist() == expected
    assert hamming.distances(text, pattern).tolist() == expected


@pytest.mark.parametrize("text_type", INTEGER_TYPES)
@pytest.mark.parametrize("pattern_type", INTEGER_TYPES)
def test_types_are_compared_by_value(text_type, pattern_type):
    rng = np.random.default_rng(0)
    limits = [np.iinfo(t) for t in (text_type, pattern_type)]
    edges = [[i.min, i.max, 0, 1, i.max // 2 + 1] for i in limits]
    text = [int(x) for x in rng.choice(np.array(edges[0], dtype=text_type), 40)]
    pattern = [int(x) for x in rng.choice(np.array(edges[1], dtype=pattern_type), 5)]
    found = hamming.distances(np.array(text, text_type), np.array(pattern, pattern_type))
    assert found.tolist() == naive(text, pattern)


def test_bytes_are_integers():
    expected = [0, 3, 3, 2, 3, 2, 3, 0, 3]
    for text in (b"abracadabra", bytearray(b"abracadabra"), list(b"abracadabra"), memoryview(b"abracadabra")):
        assert hamming.distances(text, b"abr").tolist() == expected
    swapped = np.frombuffer(b"abracadabra", np.uint8).astype(">i4")
    assert hamming.distances(swapped, np.array([97, 98, 114])).tolist() == expected


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("text", "pattern", "error", "message"),
    [
        ("abc", "", ValueError, r"pattern is empty \(m = 0\)"),
        ("abc", [], TypeError, "pattern is list"),
        ([1], [1, 2], ValueError, r"pattern is longer than text \(m = 2 > n = 1\)"),
        ("", "a", ValueError, r"m = 1 > n = 0"),
        (np.zeros((2, 3), int), [1], ValueError, r"text must be one-dimensional \(got shape \(2, 3\)\)"),
        ([1], np.zeros((1, 1), int), ValueError, r"pattern must be one-dimensional \(got shape \(1, 1\)\)"),
        ([1.0, 2.0], [1], TypeError, r"text must be .* integers \(got dtype float64, shape \(2,\)\)"),
        ([1], [float("nan")], TypeError, "pattern must be .* integers"),
        ("abc", b"a", TypeError, "text is str, pattern is bytes"),
        (b"abc", "a", TypeError, "text is bytes, pattern is str"),
        ([-1, 2**63], [1], ValueError, "text does not fit one 64-bit integer type"),
        ([2**64], [1], ValueError, "text does not fit"),
        ([[1], [2, 3]], [1], ValueError, "text must be a rectangular array"),
        (None, [1], TypeError, r"text must be .* \(got NoneType\)"),
        (3, [1], ValueError, "text must be one-dimensional"),
        (np.ma.array([1, 2], mask=[0, 1]), [1], TypeError, "text is a masked array"),
    ],
)
def test_bad_input_is_refused_by_name(name, text, pattern, error, message):
    with pytest.raises(error, match=message):
        getattr(hamming, name)(text, pattern)


def test_bad_options_are_refused():
    with pytest.raises(ValueError, match="algorithm must be one of 'auto'"):
        hamming.distances("ab", "a", algorithm="quantum")
    with pytest.raises(ValueError, match="threshold must be at least 0"):
        hamming.abrahamson("ab", "a", threshold=-1)
    with pytest.raises(ValueError, match="transform must be"):
        hamming.per_letter_fft("ab", "a", transform="dct")
    with pytest.raises(TypeError, match="trace must be"):
        hamming.by_definition("ab", "a", trace=3)


@pytest.mark.jit
@pytest.mark.parametrize("algorithm", NAMES[:3])
def test_real_text(algorithm):
    text = families.real_text()[:60_000]
    pattern = text[12_345:12_545]
    codes, wanted = (np.array([ord(c) for c in s]) for s in (text, pattern))
    expected = sum((codes[j : j + 60_000 - 199] != wanted[j]).astype(np.int64) for j in range(200))
    found = hamming.distances(text, pattern, algorithm=algorithm)
    assert np.array_equal(found, expected)
    assert found[12_345] == 0


def test_families_are_what_they_say():
    rng = np.random.default_rng(0)
    assert "".join(map(str, families.fibonacci(13))) == "0100101001001"
    assert "".join(map(str, families.thue_morse(16))) == "0110100110010110"
    for letters, order in ((2, 5), (3, 3)):
        word = families.de_bruijn(letters**order, letters)
        around = np.concatenate([word, word[: order - 1]])
        factors = {tuple(around[i : i + order]) for i in range(len(word))}
        assert len(factors) == letters**order
    for n in (1, 2, 7, 100):
        for make in families.named_words(n, rng).values():
            assert make().shape == (n,)


@given(problems(), st.data())
@example(([0, 1, 0, 1], [0, 1]), None)
def test_distances_have_the_properties_of_a_metric(problem, data):
    """HAM-5: range, occurrences, a metric, concatenation, a text cut in front, and shifts."""
    text, pattern = problem
    m = len(pattern)
    found = hamming.distances(text, pattern).tolist()
    assert all(0 <= d <= m for d in found)
    assert [d == 0 for d in found] == [text[i : i + m] == pattern for i in range(len(found))]
    other, third = (
        [pattern[::-1]] * 2
        if data is None
        else [data.draw(st.lists(FEW, min_size=m, max_size=m)) for _ in range(2)]
    )

    def between(p, q):
        return int(hamming.distances(p, q)[0])

    assert between(pattern, other) == between(other, pattern)
    assert between(pattern, other) <= between(pattern, third) + between(third, other)
    for cut in range(1, m):
        front, back = (hamming.distances(text, part).tolist() for part in (pattern[:cut], pattern[cut:]))
        assert found == [front[i] + back[i + cut] for i in range(len(found))]
        breaks = between(pattern[cut:], pattern[:-cut])
        assert all(breaks <= found[i] + found[i + cut] for i in range(len(found) - cut))
    for dropped in range(len(found)):
        assert hamming.distances(text[dropped:], pattern).tolist() == found[dropped:]
