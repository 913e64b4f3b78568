"""Inputs at the edges of what the theorems and docstrings of quantization say (QUA-1, QUA-3)."""

from fractions import Fraction
from time import perf_counter

import numpy as np
import pytest

from lemmata.quantization import Grid, bounds, gptq, gptq_exact, nearest_plane
from lemmata.quantization.rational import nearest_rational


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
