"""The transform modulo 2^64 - 2^32 + 1 (HAM-8)."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lemmata.costs.counting import Tally
from lemmata.hamming.correlations import modular_transform


@given(st.integers(0, 7), st.integers(0, 2**32))
def test_modular_transform_multiplies_polynomials(log2_length, seed):
    """HAM-8: products of polynomials beside Python's integers."""
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


RESIDUES = st.integers(0, modular_transform.MODULUS - 1) | st.sampled_from(
    [0, 1, 2**32 - 1, 2**32, 2**63, modular_transform.MODULUS - 1]
)


@given(RESIDUES, RESIDUES)
@example(2**32, 2**32)
@example(modular_transform.MODULUS - 1, modular_transform.MODULUS - 1)
def test_modular_operations_cost_the_same_whatever_the_numbers(a, b):
    """HAM-8: right, and charged what they take."""
    p = modular_transform.MODULUS
    for name, charge, expected in (
        ("multiply", modular_transform.PRODUCT, a * b % p),
        ("add", modular_transform.SUM, (a + b) % p),
        ("subtract", modular_transform.SUM, (a - b) % p),
    ):
        tally = Tally()
        operation = tally.counting(getattr(modular_transform, name))
        result = operation(tally.number(np.uint64(a)), tally.number(np.uint64(b)))
        assert int(result.value) == expected
        assert tally.operations == charge


def test_a_low_word_beyond_p_is_corrected_by_the_last_sum():
    # The low word of the product reaches p: only the sum at the end brings the result below p.
    p = modular_transform.MODULUS
    for a, b in ((2**32, 2**32 - 1), (2**63 - 1, 3), (2**64 - 2**33, 2**32 - 1), (p - 1, p - 1)):
        assert int(modular_transform.multiply(np.uint64(a), np.uint64(b))) == a * b % p
    a, b = next((a, b) for b in range(2, 10**6) for a in [(2**64 - 1) // b] if a < p and a * b >= p)
    assert p <= a * b < 2**64
    assert int(modular_transform.multiply(np.uint64(a), np.uint64(b))) == a * b - p
