"""What a rounding that keeps m samples does to unseen gradients (DIS-6)."""

import numpy as np
from numpy.typing import NDArray

from lemmata import discrepancy
from lemmata.claims import Evidence, Plot, Run, Series, Verdict, Witness, check
from lemmata.costs import growth_test
from lemmata.discrepancy import rounding_bounds

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
) -> float:
    """Expected squared error on the distribution, exactly, after rounding with m of its samples.

    Gradients are sums of the basis' eigenvectors, with independent coefficients of the
    eigenvalues' variances: Gaussian, or of two values.
    """
    n = len(eigenvalues)
    coefficients = rng.choice([-1.0, 1.0], (m, n)) if signs else rng.standard_normal((m, n))
    samples = (coefficients * np.sqrt(eigenvalues)) @ basis.T
    x = rng.random(n)
    rounding = discrepancy.round_to_vertex(x, samples, rng=rng)
    if len(rounding.fractional) > m:
        raise AssertionError(f"{len(rounding.fractional)} coordinates are left with m = {m}")
    return float(eigenvalues @ (basis.T @ (rounding.values - x)) ** 2)


@check("DIS-6")
def unseen_gradients_are_kept_too(run: Run) -> Verdict:
    """Errors against the number of samples, one-sided, for spectra on both sides of alpha = 3/2."""
    n, repeats = run.choose((512, 8), (1024, 16), (2048, 40))
    bases = [np.linalg.qr(run.rng.standard_normal((n, n)))[0] for _ in range(3)]  # in general position
    curves, notes, cases = [], [], 0
    worst = (0.0, 1.0)
    undecided: list[str] = []
    for alpha in ALPHAS:
        eigenvalues = spectrum(n, alpha)
        errors = []
        for m in SAMPLES:
            found = [
                squared_error(m, eigenvalues, bases[r % 3], bool(r % 2), run.rng) for r in range(repeats)
            ]
            errors.append(found)
            cases += len(found)

        def formula(m: float, alpha: float = alpha) -> float:
            return rounding_bounds.generalization_error(round(m), alpha, n)

        growth = growth_test(SAMPLES, errors, formula, slack=SLACK, rng=run.rng)
        means = [float(np.mean(found)) for found in errors]
        curves.append(Series(f"alpha = {alpha}", [float(m) for m in SAMPLES], means))
        notes.append(
            f"alpha = {alpha}: error / (m^-{min(0.5, alpha - 1):.2f} log^2 n) is at most {growth.high:.3g} "
            f"from m = 16 on, {growth.limit:.3g} allowed by m < 16"
        )
        if growth.outcome == "refuted":
            inputs = {"alpha": alpha, "n": n, "samples": SAMPLES, "mean errors": means}
            witness = Witness(inputs, f"<= {growth.limit:.3g}", growth.low, "error / (rate log^2 n), m >= 16")
            return Verdict(
                Evidence.REFUTED, f"{cases} roundings", cases, growth.low, growth.limit, witness=witness
            )
        if growth.outcome == "inconclusive":
            undecided.append(str(alpha))
        if growth.high / growth.limit > worst[0] / worst[1]:
            worst = (growth.high, growth.limit)
    return Verdict(
        Evidence.INCONCLUSIVE if undecided else Evidence.CONSISTENT,
        f"{cases} roundings of {n} coordinates with 1 to 256 samples; eigenvalues k^-alpha, alpha = "
        + ", ".join(map(str, ALPHAS)),
        cases,
        measured=None if undecided else worst[0],
        bound=None if undecided else worst[1],
        notes=notes
        + [f"alpha = {a}: the interval reaches across the limit; more repeats would tell" for a in undecided],
        plots=[
            Plot(
                "Error on unseen gradients",
                "samples m, each a constraint that is kept",
                "expected squared error",
                curves,
                "log",
                "log",
            )
        ],
    )
