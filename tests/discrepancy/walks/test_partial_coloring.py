"""Full colourings by halves (DIS-22, DIS-23)."""

from dataclasses import replace
from importlib import import_module
from itertools import combinations_with_replacement, product

import numpy as np
import pytest
from discrepancy.small_matrices import least
from hypothesis import given
from hypothesis import strategies as st

from lemmata import discrepancy
from lemmata.discrepancy.walks import walk_bounds


@given(st.integers(1, 24), st.integers(0, 30), st.integers(0, 2**32), st.sampled_from([1e-150, 1.0, 1e6]))
def test_full_colourings_keep_their_bound(n, m, seed, scale):
    """DIS-22: signs within the sum of what the phases allow."""
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, 2, (m, n)) * scale
    found = discrepancy.spencer_coloring(rows, rng=rng)
    assert set(found.signs.tolist()) <= {-1, 1}
    assert len(found.signs) == n
    actual = np.abs(rows @ found.signs).max(initial=0)
    assert actual == pytest.approx(found.value)
    assert found.value <= found.bound
    assert found.bound <= scale * walk_bounds.full_coloring_bound(n, m) + scale * 1e-6 * n
    assert len(found.phases) <= np.log2(n) + 1


def test_a_fractional_start_and_no_elements():
    rows, x = np.array([[1.0, 2.0, 1.0]]), np.array([1.0, -0.5, 0.5])
    found = discrepancy.spencer_coloring(rows, x, rng=0)
    assert found.signs[0] == 1
    assert found.value == pytest.approx(abs(float(rows[0] @ (found.signs - x))))
    empty = discrepancy.spencer_coloring(np.zeros((3, 0)), rng=0)
    assert (len(empty.signs), empty.value, empty.phases) == (0, 0.0, ())


def test_thresholds_that_nothing_satisfies_raise():
    rows = np.vstack([np.eye(8)] * 2)
    with pytest.raises(discrepancy.ColoringError, match="100 walks froze less than half of 8 coordinates"):
        discrepancy.spencer_coloring(rows, scale=1e-12, rng=0)
    for scale in (0.0, -1.0, np.inf, np.nan):
        with pytest.raises(ValueError, match="scale must be positive"):
            discrepancy.spencer_coloring(rows, scale=scale, rng=0)


def test_a_phase_takes_the_first_walk_that_succeeds_and_a_hundred_at_most(monkeypatch):
    module = import_module("lemmata.discrepancy.walks.partial_coloring")
    true, walks = module.lovett_meka, []

    def failing(*arguments, **options):
        found = true(*arguments, **options)
        walks.append(found)
        return replace(found, frozen=found.frozen[:0]) if len(walks) < first else found

    monkeypatch.setattr(module, "lovett_meka", failing)
    first = 60
    found = discrepancy.spencer_coloring(np.eye(8), rng=0)
    assert found.phases[0].attempts == 60
    assert (np.abs(found.signs) == 1).all()
    first = 1000
    walks.clear()
    with pytest.raises(discrepancy.ColoringError, match="100 walks"):
        discrepancy.spencer_coloring(np.eye(8), rng=0)
    assert len(walks) == 100


def test_what_spencer_coloring_refuses():
    with pytest.raises(ValueError, match="leave the range of doubles"):
        discrepancy.spencer_coloring(np.full((3, 8), 1.7e308))
    with pytest.raises(TypeError, match="scale must be a real number"):
        discrepancy.spencer_coloring([[1.0]], scale="a")


@pytest.mark.parametrize("size", [1.0, 2.0**-40, 2.0**40])
def test_phases_that_allow_less_than_what_was_done_are_refused(monkeypatch, size):
    """Whatever the scale of the rows, the sum of the allowances is compared with the discrepancy."""
    from lemmata.discrepancy.walks import partial_coloring

    honest = partial_coloring._run_phase
    monkeypatch.setattr(
        partial_coloring, "_run_phase", lambda *inputs: replace(honest(*inputs), allowance=0.0)
    )
    with pytest.raises(ArithmeticError, match=r"phases allow 0\.0"):
        discrepancy.spencer_coloring(np.full((1, 3), size), rng=0)


def test_a_scale_in_single_precision_is_compared_in_doubles():
    rows = np.eye(5)
    single = discrepancy.spencer_coloring(rows, scale=np.float32(0.5), rng=0)
    assert single.bound == discrepancy.spencer_coloring(rows, scale=0.5, rng=0).bound


@pytest.mark.parametrize(("n", "largest"), [(1, 1), (2, 1), (3, 2)])
def test_the_largest_discrepancy_of_as_many_sets_as_points(n, largest):
    """DIS-23: over all families of n sets on n points, by the definition."""
    families = combinations_with_replacement(list(product((0, 1), repeat=n)), n)
    assert max(least(list(family)) for family in families) == largest
    assert largest <= walk_bounds.six_standard_deviations(n)


@pytest.mark.parametrize("n", [49, 100])
def test_colourings_of_as_many_sets_as_points_stay_within_six_deviations(n):
    """DIS-23: by halves, one is found, where the sum of a row may be 6 sqrt(n) + 7 or more."""
    assert walk_bounds.six_standard_deviations(n) == 6 * {49: 7, 100: 10}[n] < n - 6
    rows = np.vstack([np.ones((1, n), dtype=int), np.random.default_rng(n).integers(0, 2, (n - 1, n))])
    signs = discrepancy.spencer_coloring(rows, rng=0).signs
    assert np.abs(rows @ signs).max() <= walk_bounds.six_standard_deviations(n)
