"""Transforms: exactness, blocks and what shares them (HAM-4, HAM-7, HAM-8, HAM-11)."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lemmata import hamming
from lemmata.hamming import bounds
from lemmata.hamming.correlations import correlation, float_correlation, float_transform, modular_transform
from lemmata.hamming.correlations.blocks import Blocks, blocks_at_a_time, plan_blocks


@pytest.mark.parametrize("log2_length", range(11))
def test_float_transform_agrees_with_numpy_up_to_order_and_undoes_itself(log2_length):
    rng = np.random.default_rng(log2_length)
    length = 1 << log2_length
    signal = rng.standard_normal(length) + 1j * rng.standard_normal(length)
    roots = float_transform.butterfly_roots(log2_length)
    re, im = signal.real.copy(), signal.imag.copy()
    float_transform.forward(re, im, *roots)
    expected = np.fft.fft(signal)
    distance = np.abs((re + 1j * im)[:, None] - expected[None, :])
    assert sorted(distance.argmin(axis=1)) == list(range(length))
    assert distance.min(axis=1).max() < 1e-11
    float_transform.inverse(re, im, *roots)
    assert np.abs((re + 1j * im) / length - signal).max() < 1e-13


@given(st.integers(0, 7), st.integers(0, 2**32))
def test_modular_transform_multiplies_polynomials(log2_length, seed):
    rng = np.random.default_rng(seed)
    length, p = 1 << log2_length, modular_transform.MODULUS
    a, b = rng.integers(0, p, (2, length), dtype=np.uint64)
    roots, inverse_roots = modular_transform.modular_roots(log2_length)
    x, y = a.copy(), b.copy()
    modular_transform.forward(x, roots)
    modular_transform.forward(y, roots)
    z = np.array([int(s) * int(t) % p for s, t in zip(x, y, strict=True)], dtype=np.uint64)
    modular_transform.inverse(z, inverse_roots)
    expected = [
        length * sum(int(a[j]) * int(b[(k - j) % length]) for j in range(length)) % p for k in range(length)
    ]
    assert z.tolist() == expected


@pytest.mark.parametrize("log2_length", [-1, 33])
def test_roots_of_lengths_that_have_none_are_refused_by_name(log2_length):
    """The order of the group is 2^32 (2^32 - 1): a multiple of 2^32, and not of 2^33."""
    order = modular_transform.MODULUS - 1
    assert order % 2**32 == 0 < order % 2**33
    with pytest.raises(ValueError, match=rf"log2_length must be between 0 and 32 \(got {log2_length}\)"):
        modular_transform.modular_roots(log2_length)


def test_beyond_the_bound_float_is_refused_and_auto_counts_exactly(monkeypatch):
    text, pattern = "abracadabra" * 3, "abr"
    expected = hamming.by_definition(text, pattern)
    monkeypatch.setattr(correlation, "rounding_bound", lambda *_: 0.5)
    # From here on, the function of the float transform is one that fails.
    monkeypatch.setattr(correlation, "count_matches_by_float", None)
    with pytest.raises(ValueError, match="not provably exact"):
        hamming.per_letter_fft(text, pattern, transform="float")
    for transform in ("auto", "ntt"):
        assert np.array_equal(hamming.per_letter_fft(text, pattern, transform=transform), expected)


def test_a_transform_that_is_asked_for_is_the_one_that_counts(monkeypatch):
    text, pattern = "abracadabra" * 3, "abr"
    expected = hamming.by_definition(text, pattern)
    for transform, other in (("float", "count_matches_modulo_p"), ("ntt", "count_matches_by_float")):
        with monkeypatch.context() as patch:
            patch.setattr(correlation, other, None)
            assert np.array_equal(hamming.per_letter_fft(text, pattern, transform=transform), expected)


def transformed(x, y):
    """The float transform's cyclic correlation of two sequences of two entries."""
    roots = float_transform.butterfly_roots(1)
    (re, im), (other_re, other_im) = ((np.array(each), np.zeros(2)) for each in (x, y))
    float_transform.forward(re, im, *roots)
    float_transform.forward(other_re, other_im, *roots)
    total_re, total_im = np.zeros(2), np.zeros(2)
    float_correlation.add_product(re, im, other_re, other_im, total_re, total_im)
    float_transform.inverse(total_re, total_im, *roots)
    return total_re / 2


def test_products_that_underflow_are_outside_the_error_bound():
    # HAM-4 asks for S >= 2^-700: here S = 3 2^-1075, half way between two doubles.
    found = transformed([3 * 2.0**-538, 0.0], [2.0**-537, 0.0])
    assert abs(Fraction(float(found[0])) - Fraction(3, 2**1075)) == Fraction(1, 2**1075)
    assert float(transformed([3 * 2.0**-350, 0.0], [2.0**-350, 0.0])[0]) == 3 * 2.0**-700


def test_bounds_grow_and_limit():
    assert bounds.rounding_bound(10, 1, 1.0) < bounds.rounding_bound(11, 1, 1.0)
    assert bounds.rounding_bound(10, 2**53, 1.0) == float("inf")
    # By hand: L = 1, one letter, S = 2: s = 15.84 u, and 2s/(1 - s) is 31.68 u and a little.
    assert bounds.rounding_bound(1, 1, 2.0) == pytest.approx(31.68 * 2.0**-53, rel=1e-12)
    assert bounds.correlation_mass(3, 1) == 4
    assert bounds.transform_word_operations(0) == 0
    assert bounds.transform_word_operations(1) == 4
    assert bounds.transform_word_operations(2) == 34


@given(st.integers(1, 5000), st.data())
def test_blocks_cover_every_alignment(n, data):
    m = data.draw(st.integers(1, n))
    blocks = plan_blocks(n, m, data.draw(st.integers(1, 30)))
    assert blocks.step == blocks.length - m + 1 >= 1
    assert (blocks.count - 1) * blocks.step < n - m + 1 <= blocks.count * blocks.step
    assert isinstance(blocks, Blocks)


@pytest.mark.parametrize(("n", "m", "letters"), [(2**28, 2**24, 1), (2**28, 2**24, 20), (2**30, 5, 3)])
def test_blocks_are_no_longer_than_the_float_transform_allows(n, m, letters):
    blocks = plan_blocks(n, m, letters)
    assert blocks.log2_length <= 25
    assert correlation.float_is_exact(blocks, m, letters)


@pytest.mark.parametrize(("length", "blocks"), [(2**10, 2**12), (2**19, 8), (2**25, 8), (3 * 2**18, 8)])
def test_a_part_of_the_text_is_64_mebibytes_of_complex_numbers_or_eight_blocks(length, blocks):
    assert blocks_at_a_time(length) == blocks
    assert blocks == 8 or 16 * length * blocks == 64 * 2**20


@pytest.mark.parametrize(
    ("n", "m", "letters"),
    [(55_288, 4_559, 3), (95_214, 85_354, 85_354), (44_158_015, 779_845, 100)],
)
def test_letters_share_a_transform_up_to_three_eighths(n, m, letters):
    # The error, written out in doubles.
    plan = plan_blocks(n, m, letters)
    assert plan.together > 1
    bits, groups = (4 * m - 1).bit_length(), -(-letters // plan.together)
    s = (11.84 * plan.log2_length + groups + 3) / 2**53
    scale = 2.0 ** (bits * (plan.together - 1))
    error = (
        scale * np.ceil(np.sqrt(2.0 ** (plan.log2_length + 1) * m)) * s / (1 - s) + (m * scale + 1) / 2**53
    )
    assert 0.373 < error < 0.375
