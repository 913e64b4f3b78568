"""What a rounding costs (DIS-5) and what unseen gradients allow (DIS-6)."""

import numpy as np
import pytest
from lemmata.proofs_check.discrepancy.rounding.counted_walks import count_blocked_walk

from lemmata.costs import Costs
from lemmata.discrepancy import round_to_vertex
from lemmata.discrepancy.rounding import blocked_walk, rounding_bounds


def test_multiplications_are_charged():
    """DIS-5: n m^2, with a factor between 1 and 40."""
    rng = np.random.default_rng(0)
    costs = Costs()
    round_to_vertex(rng.random(500), rng.standard_normal((8, 500)), costs=costs)
    assert 500 * 8 * 8 <= costs.multiplications <= 500 * 40 * 8 * 8


@pytest.mark.parametrize(
    ("n", "m", "family"),
    [(40, 1, "normal"), (530, 2, "normal"), (90, 5, "integers"), (60, 9, "halves"), (100, 4, "lattice")],
)
@pytest.mark.parametrize("seed", [None, 1])
@pytest.mark.parametrize("loops", [True, False])
def test_multiplications_are_counted_one_by_one(monkeypatch, n, m, family, seed, loops):
    """DIS-5: on numbers that count, as many as are charged; inversions by drift included."""
    rng = np.random.default_rng(n)
    columns = {
        "normal": rng.standard_normal((n, m)),
        "integers": rng.integers(-2, 3, (n, m)).astype(float),
        "halves": rng.integers(0, 2, (n, m)).astype(float),
        "lattice": 1 + 2.0**-30 * rng.integers(-3, 4, (n, m)),
    }[family]
    y = np.full(n, 0.5) if family in ("halves", "lattice") else rng.choice([0.0, 0.25, 0.5, 0.6], n)
    uniforms = np.empty(0) if seed is None else rng.random(n)
    if not loops:
        monkeypatch.setattr(blocked_walk, "LOOPS", 0)
    counted, counts, ends = count_blocked_walk(columns, y, uniforms)
    assert counted == counts[0]
    fractional = int(np.count_nonzero((y > 0) & (y < 1)))
    assert counted <= rounding_bounds.walk_multiplications(fractional, m, int(counts[3]))
    if loops:  # where decisions are close, another order of sums takes another path
        basis = blocked_walk.Basis(m)
        basis.enter(columns, 0, y, uniforms)
        assert basis.counts.tolist() == counts.tolist()
        assert y.tolist() == ends.tolist()


def test_errors_on_unseen_gradients_fall_with_the_samples():
    """DIS-6: gradients of known covariance; from 2 samples to 16, errors fall with the rate or faster."""
    n, alpha, rng = 150, 2.5, np.random.default_rng(0)
    eigenvalues = np.arange(1.0, n + 1) ** -alpha
    basis = np.linalg.qr(rng.standard_normal((n, n)))[0]
    over_the_rate = []
    for m in (2, 16):
        errors = []
        for _ in range(20):
            samples = rng.standard_normal((m, n)) * np.sqrt(eigenvalues) @ basis.T
            x = rng.random(n)
            found = round_to_vertex(x, samples, unbiased=True, rng=rng)
            assert len(found.fractional) <= m
            errors.append(eigenvalues @ (basis.T @ (found.values - x)) ** 2)
        over_the_rate.append(np.mean(errors) / rounding_bounds.generalization_error(m, alpha, n))
    assert over_the_rate[1] <= 1.75 * over_the_rate[0]
    # By hand: 16^-(1/4) = 1/2, and log(1000) = 6.907755.
    assert rounding_bounds.generalization_error(16, 1.25, 1000, 3.0) == pytest.approx(
        3 / 2 * 6.907755**2, rel=1e-6
    )
