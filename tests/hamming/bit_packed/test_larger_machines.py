"""The model of packing on larger machines (HAM-16): what it says nothing about, and its figures."""

from math import sqrt

import numpy as np
import pytest

from lemmata import hamming
from lemmata.costs import Costs
from lemmata.hamming.bit_packed import packing_model


def normalised(m, letters, word_bits, **options):
    pattern = np.arange(m) * letters // m
    costs = Costs()
    text = np.resize(pattern, 4 * m)
    hamming.bit_packed_fft(text, pattern, word_bits=word_bits, rng=1, costs=costs, **options)
    return costs.word_operations / (4 * m * sqrt(m))


@pytest.mark.jit
def test_one_bit_of_headroom_and_endless_repairs_are_not_in_the_model():
    # Both used to be within the statement, which allowed 12 more than the model.
    assert normalised(4096, 4, 48, headroom=1) > packing_model.normalised_cost(12, "narrow") + 12
    costs = normalised(1024, 1, 40, headroom=1, overflow="repair")
    assert costs > packing_model.normalised_cost(10, "narrow") + 12
    assert normalised(4096, 4, 48) <= packing_model.normalised_cost(12, "narrow")


@pytest.mark.parametrize(
    ("log2_m", "narrow", "wide", "single"),
    [(16, 77, 77, 111), (24, 73, 73, 132), (66, 119, 119, 209), (128, 132, 143, 288), (256, 135, 202, 380)],
)
def test_figures_of_the_book(log2_m, narrow, wide, single):
    """HAM-16: the model's cost on words of 64 to 1024 bits."""
    found = [packing_model.normalised_cost(log2_m, digits) for digits in ("narrow", "wide", "single")]
    assert list(map(round, found)) == [narrow, wide, single]


def test_repairs_are_modelled_from_4096_positions_on(monkeypatch):
    """64 ceil(mass / positions) - 1 has fewer bits than sqrt(mass) first at 64 for both."""
    monkeypatch.setattr(packing_model, "repaired_cost", lambda *_: 0)
    for root in range(1, 4096):
        for positions in (8, 512, 2048, 4095):
            assert packing_model.product_cost(positions - 4, 4, root**2, "narrow", 64) > 0
    assert packing_model.product_cost(4092, 4, 64**2, "narrow", 64) == 0
    assert packing_model.product_cost(4092, 4, 63**2, "narrow", 64) > 0


@pytest.mark.parametrize("digits", ["narrow", "wide", "single"])
def test_masses_that_are_left_out_would_not_be_worse(digits):
    for log2_m in (10, 67, 128):
        m, word = 1 << log2_m, max(24, 4 * log2_m)
        worst = 0.0
        for step in [*range(0, 30 * 32, 16), *range(6 * 32, 14 * 32)]:
            mass = m * (1 << step // 32) * round(2 ** (16 + step % 32 / 32)) >> 16
            cost = min(2 * mass, packing_model.product_cost(2 * m, m, mass, digits, word))
            worst = max(worst, cost / m * sqrt(2) / sqrt(mass / m))
        assert packing_model.normalised_cost(log2_m, digits) == worst
