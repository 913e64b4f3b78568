"""A design of experiments between balance and robustness (DIS-29)."""

import numpy as np
import pytest

from lemmata import discrepancy
from lemmata.costs import Costs
from lemmata.discrepancy.walks import walk_design


@pytest.mark.parametrize("robustness", [1.0, 0.5, 1e-9])
def test_augmented_vectors_have_norm_at_most_one(robustness):
    covariates = np.random.default_rng(0).standard_normal((6, 3)) * 1e-200
    vectors = walk_design.augmented_vectors(covariates, robustness)
    norms = np.linalg.norm(vectors, axis=0)
    assert norms.max() == pytest.approx(1)
    assert walk_design.augmented_vectors(np.zeros((4, 2)), robustness).max() == pytest.approx(robustness**0.5)


def test_designs_balance():
    """DIS-29: less robustness is more balance."""
    rng = np.random.default_rng(2)
    covariates = rng.standard_normal((60, 3))
    off = [
        np.abs(covariates.T @ discrepancy.gram_schmidt_design(covariates, robustness=phi, rng=seed)).mean()
        for phi in (1.0, 0.01)
        for seed in range(30)
    ]
    assert np.mean(off[30:]) < np.mean(off[:30]) / 2


def test_certain_units_and_bad_designs():
    signs = discrepancy.gram_schmidt_design(np.ones((3, 1)), robustness=0.5, probability=[0, 1, 0.5], rng=0)
    assert signs[:2].tolist() == [-1, 1]
    assert len(discrepancy.gram_schmidt_design(np.ones((0, 2)), robustness=0.5)) == 0
    for bad in (0, -1, 1.1, np.nan):
        with pytest.raises(ValueError, match="robustness must be in"):
            discrepancy.gram_schmidt_design(np.ones((3, 1)), robustness=bad)
    with pytest.raises(ValueError, match=r"probability must be in \[0, 1\] \(probability\[1\] = 2.0\)"):
        discrepancy.gram_schmidt_design(np.ones((2, 1)), robustness=0.5, probability=[0, 2])
    with pytest.raises(ValueError, match="one entry per unit"):
        discrepancy.gram_schmidt_design(np.ones((2, 1)), robustness=0.5, probability=[0.5])


def test_designs_can_be_watched_and_counted():
    """The design is a walk on lengthened vectors; watching and counting change nothing."""
    covariates = np.random.default_rng(2).standard_normal((9, 3))
    steps, costs, alone = [], Costs(), Costs()
    seen = discrepancy.gram_schmidt_design(covariates, robustness=0.3, rng=4, trace=steps, costs=costs)
    assert seen.tolist() == discrepancy.gram_schmidt_design(covariates, robustness=0.3, rng=4).tolist()
    assert steps[-1].values.tolist() == seen.tolist()
    vectors = walk_design.augmented_vectors(covariates, 0.3)
    discrepancy.gram_schmidt_walk(vectors, np.zeros(9), rng=4, order="random", costs=alone)
    assert costs.multiplications == alone.multiplications > 0


@pytest.mark.parametrize("robustness", [1.0, 0.5, 0.05])
def test_the_covariance_of_a_design_is_bounded(robustness):
    """DIS-29: Cov(y) <= (phi I + (1 - phi) X X^T / xi^2)^-1, over all outcomes of the walk."""
    rng = np.random.default_rng(3)
    covariates, means = rng.standard_normal((6, 2)), rng.choice([-0.5, 0.0, 0.75], 6)
    found = discrepancy.gram_schmidt_distribution(
        walk_design.augmented_vectors(covariates, robustness), means
    )
    off, chances = found.colorings - means, np.array(found.probabilities, dtype=float)
    assert chances @ off == pytest.approx(np.zeros(6), abs=1e-12)
    covariance = (off * chances[:, None]).T @ off
    xi = np.linalg.norm(covariates, axis=1).max()
    bound = robustness * np.eye(6) + (1 - robustness) * covariates @ covariates.T / xi**2
    assert np.linalg.eigvalsh(np.linalg.inv(bound) - covariance).min() >= -1e-9
