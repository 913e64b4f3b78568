"""Narrow digits and the certificate of their sum (HAM-12)."""

import numpy as np
import pytest

from lemmata import hamming
from lemmata.hamming.bit_packed import carry_repair, narrow_digits


def test_counts_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="word_bits = 24 is too small"):
        narrow_digits.plan_digits(10, 10, 2**22, 3, 24)
    heavy = np.array([2**30], dtype=np.int64)
    with pytest.raises(ValueError, match="the multisets are too large"):
        hamming.sum_histogram(heavy, heavy, rng=np.random.default_rng(0))


def test_what_belongs_to_no_product_is_noticed():
    with pytest.raises(ArithmeticError, match="cannot belong"):
        narrow_digits.carries_by_mass(16, 17, 2)
    tables = carry_repair.CarryTables(5)
    with pytest.raises(ArithmeticError, match="no carries explain"):
        tables.add(3, np.array([7, 0, 0]), np.array([0, 0, 0, 0, 0]), 2, 3)
