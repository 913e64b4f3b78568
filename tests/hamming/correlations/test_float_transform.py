"""The float transform and the bound on its errors (HAM-4)."""

from fractions import Fraction

import numpy as np
import pytest

from lemmata.hamming import bounds
from lemmata.hamming.correlations import float_correlation, float_transform


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
    """HAM-4: the bound by hand."""
    assert bounds.rounding_bound(10, 1, 1.0) < bounds.rounding_bound(11, 1, 1.0)
    assert bounds.rounding_bound(10, 2**53, 1.0) == float("inf")
    # By hand: L = 1, one letter, S = 2: s = 15.84 u, and 2s/(1 - s) is 31.68 u and a little.
    assert bounds.rounding_bound(1, 1, 2.0) == pytest.approx(31.68 * 2.0**-53, rel=1e-12)
    assert bounds.correlation_mass(3, 1) == 4
    assert bounds.transform_word_operations(0) == 0
    assert bounds.transform_word_operations(1) == 4
    assert bounds.transform_word_operations(2) == 34
