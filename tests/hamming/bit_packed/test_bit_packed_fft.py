"""Distances by packed transforms, exact whatever overflows (HAM-9, HAM-30)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lemmata.proofs_check.hamming.counted_runs import counted

from lemmata import hamming
from lemmata.costs import Costs
from lemmata.hamming import families
from lemmata.hamming.bit_packed import bit_packed_fft
from lemmata.hamming.bit_packed.packing import DigitsMultiplied, Packing
from lemmata.hamming.correlations import word_transform


@pytest.mark.parametrize("digits", ["narrow", "wide", "single"])
def test_every_packing_is_exact(digits):
    text, pattern = families.periodic(400, 5), families.periodic(300, 5)
    expected = hamming.by_definition(text, pattern)
    assert np.array_equal(hamming.bit_packed_fft(text, pattern, digits=digits), expected)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=120), st.data())
def test_bit_packed_distances(text, data):
    m = data.draw(st.integers(1, len(text)))
    pattern = data.draw(st.lists(st.integers(0, 3), min_size=m, max_size=m))
    expected = [
        sum(a != b for a, b in zip(text[i : i + m], pattern, strict=True)) for i in range(len(text) - m + 1)
    ]
    assert hamming.bit_packed_fft(text, pattern).tolist() == expected
    small = hamming.bit_packed_fft(text, pattern, word_bits=24, headroom=1, rng=0)
    assert small.tolist() == expected


@pytest.mark.jit
@pytest.mark.parametrize("overflow", ["auto", "repair", "widen"])
@pytest.mark.parametrize("word_bits", [32, 48, 64])
@pytest.mark.parametrize("name", ["one letter", "periodic", "Thue-Morse", "Zipf", "equal frequencies"])
def test_long_texts_in_every_mode(name, word_bits, overflow):
    rng = np.random.default_rng(5)
    text = families.named_words(30_000, rng)[name]()
    pattern = text[11_000:17_000].copy()
    pattern[::7] = text[0]
    expected = hamming.brute_force(text, pattern)
    costs = Costs()
    options = {"word_bits": word_bits, "headroom": 4, "overflow": overflow, "rng": 1}
    found = hamming.bit_packed_fft(text, pattern, costs=costs, **options)
    assert np.array_equal(found, expected)
    assert costs.word_operations > 6 * 30_000
    again = Costs()
    hamming.bit_packed_fft(
        text, pattern, word_bits=word_bits, headroom=4, overflow=overflow, rng=1, costs=again
    )
    assert again == costs, "the same seed costs the same"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"word_bits": 23}, "word_bits must be between 24 and 64"),
        ({"word_bits": 65}, "word_bits must be between 24 and 64"),
        ({"headroom": 0}, "headroom must be at least 1"),
        ({"overflow": "ignore"}, "overflow must be"),
    ],
)
def test_bad_options_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        hamming.bit_packed_fft("abcd", "ab", **options)


@pytest.mark.parametrize(
    ("text", "pattern"),
    [([0], [0]), ([0] * 300, [0] * 200), ([0, 1, 2] * 40, [2, 1, 0])],
)
def test_charges_of_distances_are_what_counting_numbers_count(text, pattern):
    costs, steps = Costs(), []
    with counted() as tally:
        found = hamming.bit_packed_fft(text, pattern, costs=costs, trace=steps)
    assert costs.word_operations == tally.operations
    assert found.tolist() == hamming.by_definition(text, pattern).tolist()
    assert (steps[-1].heavy == (0,)) == (len(pattern) == 200)


@given(st.integers(1, 300), st.data())
def test_letters_that_are_not_looked_at_are_not_worth_a_product(window, data):
    m, word_bits = data.draw(st.integers(1, window)), data.draw(st.sampled_from([24, 64]))
    packing = Packing(word_bits, digits=data.draw(st.sampled_from(["narrow", "wide", "single"])))
    a, b = data.draw(st.integers(1, window)), data.draw(st.integers(1, m))
    least = bit_packed_fft.least_product(window, m, packing)
    assert least <= bit_packed_fft.product_estimate(window, m, a, b, packing)


def test_the_least_product_by_hand():
    # Counts up to one leave 20 of 24 bits for 10 more digits; two words each, and two digits to guard 16.
    reading_and_writing = (2 + 2 * 12) + (2 + 2 * 5) + (2 + 3 * 18)
    transforms = word_transform.convolution_operations(2)
    assert bit_packed_fft.least_product(12, 5, Packing(24)) == reading_and_writing + transforms


@pytest.mark.parametrize(("n", "m"), [(300, 200), (9_000, 1_500)])
def test_frequencies_in_the_pattern_are_charged_as_counted(n, m):
    costs = Costs()
    with counted(seal=True) as tally:
        hamming.bit_packed_fft(np.arange(n), np.arange(m), costs=costs, rng=0)
    assert tally.kinds["outside kernels"] == 0
    assert tally.operations == costs.word_operations


@pytest.mark.jit
def test_without_repairs_nothing_is_random():
    """HAM-30: digits carry; widened they draw no number, and cost the same with any seed."""
    pattern = np.repeat(np.arange(4), 1024)
    text, drawn, spent = np.r_[pattern, pattern], {}, set()
    expected = hamming.brute_force(text, pattern)
    for seed, overflow in ((1, "widen"), (2, "widen"), (1, "auto")):
        rng, costs, steps = np.random.default_rng(seed), Costs(), []
        before = rng.bit_generator.state
        options = {"headroom": 1, "overflow": overflow, "rng": rng, "costs": costs, "trace": steps}
        assert np.array_equal(hamming.bit_packed_fft(text, pattern, **options), expected)
        assert any(isinstance(step, DigitsMultiplied) and step.carries for step in steps)
        drawn[seed, overflow] = rng.bit_generator.state != before
        if overflow == "widen":
            spent.add(costs.word_operations)
    assert drawn == {(1, "widen"): False, (2, "widen"): False, (1, "auto"): True}
    assert len(spent) == 1
