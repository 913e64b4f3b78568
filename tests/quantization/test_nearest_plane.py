"""Babai's nearest plane, in doubles of any scale and in fractions (QUA-5)."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lemmata.quantization import (
    PlaneChosen,
    nearest_plane,
)
from lemmata.quantization.arrays import rationals
from lemmata.quantization.babai import gram_schmidt


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


def test_what_is_left_of_a_target_may_be_as_large_as_a_double():
    # 1.5e308 times the second vector leaves -1.125e308 in the first coordinate: more than 2^1023.
    point = nearest_plane(
        [[0.999, 0.0], [0.75, 0.75]], [0.0, 0.0], round_coefficient=lambda i, value: 1.5e308 if i else value
    )
    assert point.values.tolist() == pytest.approx([-1.125e308 / 0.999, 1.5e308])
    assert point.residual.tolist() == pytest.approx([0.0, -1.125e308])


def test_orthogonal_vectors_of_any_lengths_are_independent():
    point = nearest_plane([[1.0, 0.0], [0.0, 1e-170]], [0.4, 2.2e-170])
    assert point.values.tolist() == [0.0, 2.0]
    point = nearest_plane([[1e149, 0.0], [0.0, 1e-150]], [2.2e149, 1e150])
    assert point.values.tolist() == pytest.approx([2.0, 1e300])
    with pytest.raises(ValueError, match=r"target .*leaves the range of doubles"):
        nearest_plane([[1e-200]], [1e150])


@pytest.mark.parametrize(
    ("chosen", "error", "message"),
    [
        (lambda i, v: None, TypeError, "round_coefficient's answer must be a real number"),
        (lambda i, v: np.nan, ValueError, "round_coefficient's answer must be finite"),
        (3, TypeError, "round_coefficient must be a function or None"),
    ],
)
def test_a_rounding_that_is_none(chosen, error, message):
    with pytest.raises(error, match=message):
        nearest_plane([[1.0]], [0.5], round_coefficient=chosen)


def test_the_nearest_plane_at_any_scale_and_of_any_numbers():
    assert nearest_plane(1e-170 * np.eye(2), [2.2e-170, 0.0]).values.tolist() == [2.0, 0.0]
    found = nearest_plane(np.array([[3, 0], [1, 2]], dtype=object), [1, 1])
    assert found.residual.tolist() == [1, 1]
    assert {type(v) for v in [*found.values, *found.residual]} == {Fraction}
    with pytest.raises(ValueError, match=r"target\[1\] must be finite .*nan"):
        nearest_plane(np.eye(2), [0.0, np.nan])


def test_the_steps_of_the_nearest_plane():
    basis, target = [[1.0, 0.0], [1.0, 2.0]], [0.4, 1.2]
    steps = []
    point = nearest_plane(basis, target, trace=steps)
    assert steps == [PlaneChosen(1, 0.6, 1.0), PlaneChosen(0, -0.6, -1.0)]
    assert np.array_equal(point.values, nearest_plane(basis, target).values)
    assert [step.before - step.after for step in reversed(steps)] == point.offsets.tolist()
    nearest_plane(rationals("b", [[2]]), [1], trace=steps)
    assert steps[-1] == PlaneChosen(0, Fraction(1, 2), Fraction(0))
    with pytest.raises(TypeError, match="trace must be a list"):
        nearest_plane(basis, target, trace=1)


@pytest.mark.parametrize("scale", [8.0, 2.0**-10, 2.0**-300])
def test_the_unit_of_a_basis_is_that_of_its_target(scale):
    basis, target = np.array([[1.0, 0.0], [1.0, 2.0]]), np.array([2.4, 3.3])
    one, other = nearest_plane(basis, target), nearest_plane(scale * basis, scale * target)
    assert one.values.tolist() == other.values.tolist() == [0.0, 2.0]
    assert (other.residual / scale).tolist() == one.residual.tolist()
