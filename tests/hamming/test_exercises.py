"""The solutions of the chapter's exercises, computed (HAM-1, HAM-3, HAM-4, HAM-12, HAM-14, HAM-20)."""

from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest

from lemmata import hamming
from lemmata.costs import Costs
from lemmata.hamming.bit_packed import carry_repair, narrow_digits
from lemmata.hamming.few_mismatches.periodicity import count_by_breaks
from lemmata.hamming.letters import encode


@pytest.mark.parametrize("letters", [2, 3, 5])
def test_one_correlation_less_than_letters(letters):
    """HAM-1: the last letter's correlation is what the others leave of the pattern's length."""
    rng = np.random.default_rng(letters)
    text = rng.integers(0, letters, 60)
    pattern = np.concatenate([rng.integers(0, letters, 9), np.arange(letters)])
    last = letters - 1
    matches = np.full(60 - len(pattern) + 1, (pattern == last).sum())
    for c in range(last):
        weights = (pattern == c).astype(int) - (pattern == last)
        matches += np.correlate((text == c).astype(int), weights, "valid")
    assert np.array_equal(len(pattern) - matches, hamming.distances(text, pattern))


def test_fewer_letters_are_frequent_than_the_bound_counts():
    for m in range(2, 60):
        for t in range(1, m):
            assert Fraction(m - t, t + 1) < Fraction(m, t) - 1


def test_carries_that_no_two_of_three_moduli_tell_apart():
    one, other = [1, 1, 1, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 1, 1, 1, 0, 0]
    for q in (2, 3, 4):
        assert np.array_equal(carry_repair.fold(np.array(one), q), carry_repair.fold(np.array(other), q))


def test_pairs_of_moduli_that_suffice():
    """HAM-14: carries that peeling finds, and moduli that do not suffice."""
    x = np.array([1, 1, 1, 1])
    plan = narrow_digits.plan_digits(4, 4, largest=4, bits=2, word_bits=64)
    digits, _ = narrow_digits.product_digits(x, x, plan)
    enough = set()
    for moduli in combinations((2, 3, 4, 5), 2):
        tables = carry_repair.CarryTables(positions=9)
        for q in moduli:
            folded = np.convolve(carry_repair.fold(x, q), carry_repair.fold(x, q))
            tables.add(q, carry_repair.fold(folded, q), digits, 2, 2)
        if tables.peel()[1] == 0:
            enough.add(moduli)
    assert enough == {(2, 5), (3, 5), (4, 5)}


def test_no_digits_are_wrongly_certified_without_guards():
    """HAM-12: the digits' sum is the mass only where they are the counts."""
    broken = 0
    for base, a, b in product((2, 3, 4), (1, 2, 3), (1, 2, 3)):
        for x, y in product(product(range(4), repeat=a), product(range(4), repeat=b)):
            counts = np.convolve(x, y)
            number = sum(int(c) * base**k for k, c in enumerate(counts))
            digits = [number // base**k % base for k in range(len(counts))]
            assert (sum(digits) == counts.sum()) == (digits == counts.tolist())
            broken += (int(counts.sum()) - sum(digits)) % (base - 1) != 0
    assert broken


@pytest.mark.parametrize(
    ("n", "letters", "per_pair"),
    [(1599, 1, 9.05), (1599, 2, 13.7), (1599, 10, 18.3), (799, 1, 6.06), (799, 2, 9.3), (799, 10, 12.3)],
)
def test_breaks_at_nearly_every_place_are_direct_counting_over_and_over(n, letters, per_pair):
    rng = np.random.default_rng(0)
    text, pattern = rng.integers(0, letters, n), rng.integers(0, letters, 400)
    costs = Costs()
    found = count_by_breaks(encode(text, pattern), 400, 399, costs)
    assert np.array_equal(found, hamming.by_definition(text, pattern))
    pairs = sum(int((text == c).sum()) * int((pattern == c).sum()) for c in range(letters))
    assert abs(costs.word_operations / pairs - per_pair) < 0.5
