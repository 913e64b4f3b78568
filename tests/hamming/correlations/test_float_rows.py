"""Transforms by rows compute what they do without (HAM-4)."""

import numpy as np
import pytest

from lemmata.costs.counting import Tally
from lemmata.hamming import bounds
from lemmata.hamming.correlations import float_rows, float_transform


@pytest.mark.jit
@pytest.mark.parametrize("log2_length", [12, 13, 16, 17])
def test_rows_and_parts_do_the_same_operations(log2_length, monkeypatch):
    rng = np.random.default_rng(log2_length)
    length = 1 << log2_length
    signal = rng.standard_normal((2, length))
    roots = float_transform.butterfly_roots(log2_length)
    assert float_rows.row_size(length) in (64, 128)
    assert (length > float_transform.CACHED) == (log2_length > 15)
    by_rows = signal.copy()
    float_transform.forward(*by_rows, *roots)
    restored = by_rows.copy()
    float_transform.inverse(*restored, *roots)
    # From here on what is compiled already is run by rows, and plain Python is not.
    monkeypatch.setattr(float_transform, "row_size", lambda length: 0)
    plain = signal.copy()
    float_transform._forward_levels_py(*plain, *roots)  # level by level, all of it
    assert sorted(zip(*plain.tolist(), strict=True)) == sorted(zip(*by_rows.tolist(), strict=True))
    float_transform._inverse_levels_py(*plain, *roots)
    assert np.array_equal(plain, restored)


@pytest.mark.parametrize("log2_length", range(11, 15))
def test_plain_python_rows_agree_with_numpy(log2_length):
    length = 1 << log2_length
    if log2_length > 12 and not hasattr(float_transform.forward, "py_func"):
        pytest.skip("long in plain Python")
    rng = np.random.default_rng(log2_length)
    signal = rng.standard_normal(length) + 1j * rng.standard_normal(length)
    re, im = signal.real.copy(), signal.imag.copy()
    roots = float_transform.butterfly_roots(log2_length)
    float_transform.forward(re, im, *roots)
    expected = np.fft.fft(signal)
    assert np.abs(np.sort(re) - np.sort(expected.real)).max() < 1e-10
    assert np.abs(np.sort(im) - np.sort(expected.imag)).max() < 1e-10
    assert np.isclose(np.sum((re + 1j * im) ** 3), np.sum(expected**3), rtol=1e-9)  # pairs belong together
    float_transform.inverse(re, im, *roots)
    assert np.abs((re + 1j * im) / length - signal).max() < 1e-13


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
