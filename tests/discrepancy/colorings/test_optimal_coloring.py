"""Optimal colourings by branch and bound (DIS-7, DIS-15, DIS-16)."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from discrepancy.small_matrices import by_definition, least, matrices
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lemmata import discrepancy
from lemmata.discrepancy.colorings.optimal_coloring import BranchCut

NUMBERS = {
    "small": st.integers(-9, 9),
    "huge": st.integers(-(10**30), 10**30),
    "fractions": st.fractions(min_value=-5, max_value=5, max_denominator=60),
    "dyadic": st.integers(-1000, 1000).map(lambda v: v / 64),
    "any double": st.floats(-1e6, 1e6),
}


@pytest.mark.parametrize("kind", NUMBERS)
@given(data=st.data())
def test_discrepancy_and_its_optimum_follow_the_definition(kind, data):
    rows = data.draw(matrices(NUMBERS[kind]))
    signs = data.draw(st.lists(st.sampled_from([-1, 1]), min_size=len(rows[0]), max_size=len(rows[0])))
    exact = [[Fraction(v) for v in row] for row in rows]
    vectors = rows if kind not in ("huge", "fractions") else np.array(rows, dtype=object)
    # For doubles: the exact value, rounded once.
    rounded = float if kind in ("dyadic", "any double") else Fraction
    assert discrepancy.discrepancy(vectors, signs) == rounded(by_definition(exact, signs))
    found = discrepancy.optimal_coloring(vectors)
    best = least(exact)
    assert by_definition(exact, found.signs.tolist()) == best
    assert found.value == rounded(best)
    assert found.lower_bound <= best
    assert found.exhaustive or found.lower_bound == best


def test_optimal_colouring_without_rows_or_columns():
    assert discrepancy.optimal_coloring(np.zeros((0, 3))).value == 0
    empty = discrepancy.optimal_coloring(np.zeros((3, 0), dtype=int))
    assert (empty.value, empty.signs.shape) == (0, (0,))
    assert discrepancy.discrepancy(np.zeros((3, 0)), []) == 0


@pytest.mark.jit
def test_thirty_columns():
    """The certificate of DIS-8's kind for a random matrix: half a second, up to 2^29 partial colourings."""
    matrix = np.random.default_rng(0).integers(0, 2, (30, 30))
    found = discrepancy.optimal_coloring(matrix)
    assert found.value == discrepancy.discrepancy(matrix, found.signs) <= 2


def test_unit_vectors_with_ratio_above_the_diagonal():
    """DIS-15, DIS-16: two orthogonal vectors already need sqrt(2)."""
    found = discrepancy.optimal_coloring([[1, 1], [1, -1]])
    assert found.value**2 == 2 * 2
    weighing = np.array([[0, 1, 1, 1], [1, -1, 0, 1], [-1, -1, 1, 0], [-1, 0, -1, 1]])
    assert (weighing.T @ weighing == 3 * np.eye(4)).all()
    assert discrepancy.optimal_coloring(weighing).value ** 2 == 3 * 3


@given(matrices(NUMBERS["small"], rows=4, columns=7))
def test_the_search_accounts_for_every_colouring(rows):
    """DIS-7: the ends of the branches are all colourings up to a sign, and no row of a cut is mended."""
    steps = []
    found = discrepancy.optimal_coloring(rows, trace=steps)
    assert found.signs.tolist() == discrepancy.optimal_coloring(rows).signs.tolist()
    ends = []
    for step in steps:
        if isinstance(step, BranchCut):
            ends.append(dict(zip(step.elements, step.signs, strict=True)))
            row = rows[step.row]
            sums = [
                abs(sum(v * e for v, e in zip(row, signs, strict=True)))
                for signs in product((-1, 1), repeat=len(row))
                if all(signs[j] == e for j, e in ends[-1].items())
            ]
            assert min(sums) >= found.value
        else:
            ends.append(dict(enumerate(step.signs)))
            assert by_definition(rows, step.signs) == step.value
    if found.exhaustive:
        for signs in product((-1, 1), repeat=len(rows[0])):
            both = (signs, [-e for e in signs])
            held = sum(all(s[j] == e for j, e in end.items()) for s in both for end in ends)
            assert held == 1


BIG = 1e308
scales = st.sampled_from([5e-324, 2.5e-308, 1e-160, 1.0, 3e150, 1e308, 1.7e308])


extremes = st.tuples(scales, st.sampled_from([-1.0, 0.0, 0.3, 1.0])).map(lambda pair: pair[0] * pair[1])


@given(
    st.tuples(st.integers(1, 3), st.integers(1, 4)).flatmap(
        lambda s: st.lists(st.lists(extremes, min_size=s[1], max_size=s[1]), min_size=s[0], max_size=s[0])
    )
)
@example([[1e308, 1e308, -1e308]])
@settings(max_examples=60)
def test_discrepancies_at_all_scales_of_doubles(rows):
    """An answer that is a double is given, whatever the partial sums are; any other is refused (DIS-7)."""
    n = len(rows[0])
    exact = [[Fraction(v) for v in row] for row in rows]

    def value(signs):
        return max(abs(sum(v * e for v, e in zip(row, signs, strict=True))) for row in exact)

    def rounded(number):
        try:
            return float(number)
        except OverflowError:
            return None

    every = [[1 if mask >> j & 1 else -1 for j in range(n)] for mask in range(1 << n)]
    for signs in every[: 1 << (n - 1)]:
        expected = rounded(value(signs))
        if expected is None:
            with pytest.raises(ValueError, match="beyond the largest double"):
                discrepancy.discrepancy(rows, signs)
        else:
            assert discrepancy.discrepancy(rows, signs) == expected
    least = rounded(min(map(value, every)))
    if least is None:
        with pytest.raises(ValueError, match="beyond the largest double"):
            discrepancy.optimal_coloring(rows)
    else:
        found = discrepancy.optimal_coloring(rows)
        assert found.value == least
        assert value(found.signs.tolist()) == min(map(value, every))


def test_sums_that_overflow_on_the_way():
    assert discrepancy.discrepancy([[BIG, BIG, -BIG]], [1, 1, 1]) == BIG
    found = discrepancy.optimal_coloring([[BIG, BIG, -BIG]])
    assert (found.value, found.lower_bound) == (BIG, Fraction(BIG))


def test_huge_doubles_with_a_common_divisor_are_searched_in_64_bits():
    rows = np.random.default_rng(0).integers(-9, 10, (6, 22))
    assert discrepancy.optimal_coloring(rows * 2.0**990).value == (
        discrepancy.optimal_coloring(rows).value * 2.0**990
    )


def test_sums_of_64_bits_do_not_wrap_around():
    large = np.array([[2**62] * 4])
    assert discrepancy.discrepancy(large, [1] * 4) == 2**64
    assert discrepancy.optimal_coloring(large[:, :3]).value == 2**62
    below = np.array([[-(2**62)] * 4 + [1]])  # the largest entry says nothing about the sums
    assert discrepancy.discrepancy(below, [1] * 5) == 2**64 - 1
    assert discrepancy.optimal_coloring(below[:, 1:]).value == 2**62 - 1
    with pytest.raises(ValueError, match="61 bits"):
        discrepancy.hereditary_discrepancy(large)
