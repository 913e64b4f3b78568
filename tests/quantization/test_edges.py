"""Inputs at the edges of what the theorems and docstrings of quantization say (QUA-1, QUA-5, QUA-9)."""

from fractions import Fraction
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lemmata.quantization import Grid, bounds, gptq, gptq_exact, nearest_plane
from lemmata.quantization.babai import gram_schmidt
from lemmata.quantization.rational import nearest_rational


def exactly(rows):
    """The same numbers as Fractions."""
    array = np.asarray(rows)
    return np.array([Fraction(float(v)) for v in array.ravel()], dtype=object).reshape(array.shape)


def squared_distance(basis, target, point):
    """From the target to the lattice point with these coefficients, in fractions."""
    rest = exactly(target) - exactly(point.values) @ exactly(basis)
    return rest @ rest


def test_the_nearest_plane_on_vectors_that_nearly_agree():
    """The target is a lattice point. One pass of Gram-Schmidt found another, at the distance 941.

    Its coefficients are so large that doubles miss them by 128, and the target by 2^-23.
    """
    basis = [[1, 1, 1], [1, 1 + 2**-30, 1], [1, 1, 1 + 2**-30]]
    found = nearest_plane(basis, [1.0, 2.0, 4.0])
    assert squared_distance(basis, [1, 2, 4], found) <= Fraction(1, 2**46)
    assert nearest_plane(exactly(basis), [1, 2, 4]).residual.tolist() == [0, 0, 0]


@given(st.integers(2, 6), st.sampled_from([1e-3, 1e-6, 1e-9]), st.integers(0, 2**32))
def test_the_nearest_plane_in_doubles_is_as_near_as_promised(n, gap, seed):
    """A quarter of the squared Gram-Schmidt lengths, which fractions know (QUA-6)."""
    rng = np.random.default_rng(seed)
    basis, target = rng.normal(size=(n, n)), 10 * rng.normal(size=n)
    basis[1:] = basis[:1] + gap * basis[1:]
    limit = sum(v @ v for v in gram_schmidt(exactly(basis))) / 4
    try:
        point = nearest_plane(basis, target)
    except ValueError:
        return  # so nearly dependent that it is refused
    assert squared_distance(basis, target, point) <= limit * (1 + Fraction(1, 100))


def test_a_residual_beyond_the_range_is_refused():
    with pytest.raises(ValueError, match=r"residual\[0\] leaves the range of doubles \(got -inf\)"):
        nearest_plane([[10.0]], [1.0], round_coefficient=lambda i, v: 1e308)


def test_nothing_at_all():
    assert nearest_plane(np.empty((0, 0)), []).values.shape == (0,)
    assert bounds.nearest_worst_case(1.0, np.empty((0, 0))) == 0.0
    with pytest.raises(ValueError, match=r"basis\[0\] depends on the vectors before it"):
        nearest_plane(np.empty((1, 0)), [])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: gptq([[0.5]], [[1.0]], Grid.unbounded(), damping=np.array([0.0, 1.0])),
            TypeError,
            "damping must be a real number",
        ),
        (lambda: Grid.uniform(1.0, bits=2)[0], IndexError, r"index must fit the grid's scale, of shape \(\)"),
        (
            lambda: gptq([[0.5]], [[1.0]], Grid.unbounded(), order=list(range(10**5))),
            ValueError,
            r"order must be a permutation of 0 to 0 \(its shape is \(100000,\)\)",
        ),
        (
            lambda: gptq([[0.5] * 3], np.eye(3), Grid.unbounded(), order=[0, 2, 0]),
            ValueError,
            r"order\[2\] must be a permutation of 0 to 2 \(got 0\)",
        ),
        (
            lambda: gptq([[0.5] * 3], np.eye(3), Grid.unbounded(), order=[0, 3, 1]),
            ValueError,
            r"order\[1\] must be a permutation of 0 to 2 \(got 3\)",
        ),
    ],
)
def test_errors_name_the_argument(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_the_worst_case_of_all_signs_by_definition():
    rng = np.random.default_rng(0)
    for n in range(1, 8):
        x = rng.normal(size=(n, n))
        signs = np.array([[1 - 2 * (k >> i & 1) for i in range(n)] for k in range(2**n)])
        expected = max(float(np.sum((s @ x) ** 2)) for s in signs)
        assert bounds.nearest_worst_case(2.0, x @ x.T) == pytest.approx(expected)


def test_what_is_left_of_a_target_may_be_as_large_as_a_double():
    # 1.5e308 times the second vector leaves -1.125e308 in the first coordinate: more than 2^1023.
    point = nearest_plane(
        [[0.999, 0.0], [0.75, 0.75]], [0.0, 0.0], round_coefficient=lambda i, value: 1.5e308 if i else value
    )
    assert point.values.tolist() == pytest.approx([-1.125e308 / 0.999, 1.5e308])
    assert point.residual.tolist() == pytest.approx([0.0, -1.125e308])


def test_a_damped_pivot_exceeds_every_norm():
    assert bounds.pivots([[1.0]], damping=0.5) == pytest.approx([1.5])


def test_pivots_of_inputs_whose_squares_leave_the_range():
    """Outside of what QUA-9 (c) is about: refused, or off by more than rounding; at its edges, neither."""
    with pytest.raises(ValueError, match=r"hessian\[0, 0\] must be finite and at most 1e150"):
        bounds.pivots([[1e80 * 1e80]], damping=1.0)
    small = np.array([[1e-170], [1.0]])
    with pytest.raises(ValueError, match=r"hessian\[0, 1\] must be at most the root"):
        bounds.pivots(small @ small.T, damping=1.0)
    tiny = Fraction(1e-161)
    found = Fraction(float(bounds.pivots([[1e-161 * 1e-161]], damping=1.0)[0]))
    assert Fraction(1, 100) < abs(found / (2 * tiny * tiny) - 1) < Fraction(2, 100)
    edges = np.array([[1e-65], [1e65]])
    # H is rank one, and the damping is half its trace: 1e130 / 2, whatever the small row.
    assert bounds.pivots(edges @ edges.T, damping=1.0) == pytest.approx([5e129, 1.5e130])


def test_many_bits_in_fractions_take_no_list_of_levels():
    grid = Grid.uniform(2.0**-24, bits=24)
    start = perf_counter()
    assert gptq_exact([["1/3"]], [[1]], grid).values[0, 0] == Fraction(round(Fraction(2**24, 3)), 2**24)
    assert perf_counter() - start < 1.5
    few = Grid.from_levels([0.0, 1.0, 3.0])
    values = [Fraction(k, 2) for k in range(-2, 9)]
    assert [int(nearest_rational(v, few)) for v in values] == [0, 0, 0, 0, 1, 1, 3, 3, 3, 3, 3]


def test_beyond_two_to_the_fifty_by_less_than_a_step():
    """2^50 + 1/10 steps from the offset: neither promised nor refused; two steps further it is refused."""
    grid = Grid.unbounded(1.0, offset=-0.1)
    assert abs(float(grid.nearest(2.0**50)) - 2.0**50) <= 0.5
    with pytest.raises(ValueError, match=r"must be at most 2\^50 of the grid's steps"):
        grid.nearest(2.0**50 + 2)
