"""What a rounding that keeps m samples does to unseen gradients (DIS-6)."""

import numpy as np
from numpy.typing import NDArray

from lemmata import discrepancy
from lemmata.claims import Plot, Run, Series, check
from lemmata.costs import growth_test

ALPHAS = (1.35, 1.45, 1.75, 2.5)
SAMPLES = [2**k for k in range(9)]
"""Fixed beforehand: 1 to 256 samples."""

SLACK = 0.75
"""By how much the large half may exceed the small one's constant: the theorem has a power of a logarithm."""


def spectrum(n: int, alpha: float) -> NDArray[np.float64]:
    """Eigenvalues 1 / k^alpha of the gradients' covariance."""
    return np.arange(1, n + 1, dtype=np.float64) ** -alpha


def squared_error(
    m: int,
    eigenvalues: NDArray[np.float64],
    basis: NDArray[np.float64],
    signs: bool,
    rng: np.random.Generator,
) -> tuple[float, int, float]:
    """Expected squared error on the distribution, exactly, after rounding with m samples; what is left.

    And how far the samples' own sums moved, in units of their absolute sums.

    Gradients are sums of the basis' eigenvectors, with independent coefficients of the
    eigenvalues' variances: Gaussian, or of two values.
    """
    n = len(eigenvalues)
    coefficients = rng.choice([-1.0, 1.0], (m, n)) if signs else rng.standard_normal((m, n))
    samples = (coefficients * np.sqrt(eigenvalues)) @ basis.T
    x = rng.random(n)
    rounding = discrepancy.round_to_vertex(x, samples, unbiased=True, rng=rng)
    error = float(eigenvalues @ (basis.T @ (rounding.values - x)) ** 2)
    moved = np.abs(samples @ (rounding.values - x)) / np.abs(samples).sum(axis=1)
    return error, len(rounding.fractional), float(moved.max())


@check("DIS-6")
def unseen_gradients_are_kept_too(run: Run) -> None:
    """Errors against the number of samples, one-sided, for spectra on both sides of alpha = 3/2."""
    left, error = run.clauses("ab")
    rate = run.formula("generalization_error")
    n, repeats = run.choose((384, 6), (1024, 16), (2048, 40))
    bases = [np.linalg.qr(run.rng.standard_normal((n, n)))[0] for _ in range(3)]  # in general position
    curves = []
    for alpha in run.samples(
        ALPHAS, f"roundings of {n} coordinates with 1 to 256 samples; eigenvalues k^-alpha"
    ):
        eigenvalues = spectrum(n, alpha)
        errors = []
        for m in SAMPLES:
            found = [
                squared_error(m, eigenvalues, bases[r % 3], bool(r % 2), run.rng) for r in range(repeats)
            ]
            left.holds(max(fractional for _, fractional, _ in found), "<=", m, alpha=alpha, m=m, n=n)
            error.holds(max(moved for *_, moved in found), "<=", 2e-9, alpha=alpha, m=m, n=n)
            errors.append([value for value, *_ in found])

        def formula(m: float, alpha: float = alpha) -> float:
            return float(rate(round(m), alpha, n, 1.0))

        growth = growth_test(SAMPLES, errors, formula, slack=SLACK, rng=run.rng)
        inputs = {"alpha": alpha, "n": n, "samples": SAMPLES, "ratio to the rate": growth.ratios}
        if growth.outcome == "inconclusive":
            error.undecided(f"more repeats at alpha = {alpha}: the interval reaches across the limit")
        else:
            largest = growth.high if growth.outcome == "consistent" else growth.low
            error.holds(largest, "<=", growth.limit, **inputs)
        means = [float(np.mean(found)) for found in errors]
        curves.append(Series(f"alpha = {alpha}", [float(m) for m in SAMPLES], means))
    error.note(f"error over rate for m >= 16, at most {1 + SLACK} times what it is for m < 16")
    axes = "samples m, each a constraint that is kept", "expected squared error"
    run.plot(Plot("Error on unseen gradients", *axes, curves, "log", "log"))
