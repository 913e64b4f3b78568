"""How near a figure is to its bound: the exact ratio and distance, whatever kinds of numbers they are."""

from fractions import Fraction
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lemmata.claims.comparing import closeness, compare

NUMBERS = st.one_of(
    st.integers(-(10**400), 10**400), st.fractions(), st.floats(allow_nan=False, allow_infinity=False)
)


@given(NUMBERS, NUMBERS)
def test_closeness_is_the_exact_ratio_then_the_distance(found, bound):
    a, b = Fraction(found), Fraction(bound)
    if a == b == 0:
        assert closeness(found, bound) == (-1.5, 0.0)
        return
    gap = abs(a - b)
    assert closeness(found, bound) == (
        float(1 - gap / max(abs(a), abs(b))),
        -float(min(gap, Fraction(10**300))),
    )


def test_what_is_no_finite_number_is_far():
    assert closeness(inf, 1) == closeness(1, nan) == (-2.0, 0.0)


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(9, 20)), min_size=1, max_size=12),
    st.sampled_from([np.int64, np.float64, object]),
)
def test_the_tightest_entry_is_the_first_of_the_closest(pairs, dtype):
    found, bound = (np.array(side, dtype=dtype).reshape(1, -1) for side in zip(*pairs, strict=True))
    ratios = [Fraction(a, b) for a, b in pairs]
    nearest = [
        (-(b - a) if ratio == max(ratios) else -inf) for (a, b), ratio in zip(pairs, ratios, strict=True)
    ]
    assert compare(found, "<=", bound) == (True, (0, nearest.index(max(nearest))))
    assert compare(found, "<=", bound, tightest=False) == (True, None)


@pytest.mark.parametrize("tightest", [True, False])
def test_the_first_violation_is_found_either_way(tightest):
    assert compare(np.array([1, 5, 7]), "<=", np.array([2, 4, 6]), tightest=tightest) == (False, (1,))
