"""How fast the spectrum of single samples' gradients falls, on the digits network (QUA-15, QUA-16)."""

from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from lemmata.claims import Plot, Run, Series, check

from . import digits_network
from .digits import MISSING, interval
from .digits_network import Digits, Network

CONSTANT = 6
"""What bounds the spectrum times k^1.5, in units of the first eigenvalue."""

FIRST, LAST = 2, 200
"""Eigenvalues that exponents are read from; far fewer than samples, so that their tail is not cut off."""


STEP, KINK = 1e-5, 1e-3
"""Length of a step for differences of losses; hidden units are this far from their kink, and stay there."""

DIFFERENCE = 1e-6
"""What such a difference may be off by, in units of the gradient's length."""

MOMENT = 1e-9
"""What the sums of the eigenvalues and of their squares may be off by, relative to what they should be."""


@dataclass(frozen=True)
class Spectra:
    """Of several networks: the slope of the spectrum, and the exponent that bounds it with constant 1."""

    slopes: list[float]
    bounding: list[float]
    constants: list[float]
    shares: list[float]
    seeds: list[int]
    errors: list[list[float]]
    moments: list[list[float]]
    all: list[NDArray[np.float64]]
    real: bool
    domain: str

    @property
    def flattest(self) -> int:
        """The network with the least bounding exponent."""
        return int(np.argmin(self.bounding))

    def plot(self) -> Plot:
        """That network's spectrum beside its fitted line and the bound with constant 1."""
        spectrum, slope = self.all[self.flattest], self.slopes[self.flattest]
        ranks = np.arange(1, len(spectrum) + 1)
        shown = ((ranks <= 20) | (ranks % 10 == 0)) & (spectrum > 1e-12 * spectrum[0])
        k = ranks[shown]
        middle = np.sqrt(FIRST * LAST)
        fit = float(np.exp(np.mean(np.log(spectrum[FIRST - 1 : LAST])))) * (k / middle) ** -slope
        series = [
            Series("eigenvalues, one network", k.tolist(), spectrum[shown].tolist(), mode="markers"),
            Series(f"slope {slope:.2f}", k.tolist(), fit.tolist(), mode="lines"),
            Series("first / k", k.tolist(), (spectrum[0] / k).tolist(), mode="lines"),
        ]
        title = "Spectrum of single samples' gradients"
        return Plot(title, "k", "Eigenvalue", series, x_scale="log", y_scale="log")


def spectra(run: Run) -> Spectra:
    """Train networks and take the spectra of their training samples' gradients."""
    networks, samples = run.choose((8, 800), (20, 1_197), (60, 1_197))
    slopes, bounding, constants, shares = [], [], [], []
    every: list[NDArray[np.float64]] = []
    errors: list[list[float]] = []
    moments: list[list[float]] = []
    seeds, real = [int(seed) for seed in run.rng.integers(0, 2**31, networks)], True
    ranks = np.arange(FIRST, LAST + 1)
    for seed in seeds:
        rng = np.random.default_rng(seed)
        digits = digits_network.load_digits(rng)
        real = digits is not None
        digits = digits or digits_network.made_up_digits(rng)
        network = digits_network.train(digits, rng)
        errors.append(gradient_errors(network, digits, rng))
        last = gradient_spectrum(network, digits, samples)
        every.append(last)
        moments.append(moment_errors(last, network, digits, samples))
        slopes.append(float(-np.polyfit(np.log(ranks), np.log(last[ranks - 1]), 1)[0]))
        bounding.append(bounding_exponent(last))
        constants.append(float(np.max(last[ranks - 1] / last[0] * ranks**1.5)))
        shares.append(float(last[:16].sum() / last.sum()))
        if not real:
            break
    domain = f"{networks} networks, {samples} training samples each, eigenvalues {FIRST} to {LAST}"
    if not real:
        domain = "no digits; one network on made-up patterns, from which nothing follows"
    return Spectra(slopes, bounding, constants, shares, seeds, errors, moments, every, real, domain)


@check("QUA-15")
def gradients_are_nearly_of_low_rank_on_digits(run: Run) -> None:
    """The slope of the spectrum on logarithmic scales, against 1."""
    clause, found = run.clause(), spectra(run)
    if not found.real:
        clause.undecided(MISSING)
        return
    low, high = interval(run, found.slopes)
    flat = int(np.argmin(found.slopes))
    shown = [float(f"{v:.4g}") for v in found.all[flat][:20]]
    for end in run.samples([high], found.domain):
        # Refuted if the whole interval is below 1; decided for the claim if it is above.
        clause.holds(end, ">", 1, seed=found.seeds[flat], eigenvalues=shown, slope=found.slopes[flat])
        clause.holds(found.errors, "<=", DIFFERENCE, explanation="gradients against differences of losses")
        clause.holds(found.moments, "<=", MOMENT, explanation="sums of eigenvalues and of their squares")
    clause.note(
        f"fitted slope {np.mean(found.slopes):.3f} [{low:.3f}, {high:.3f}] (95 %, bootstrap over networks)"
    )
    clause.note(f"the 16 largest eigenvalues hold {np.mean(found.shares):.3f} of the trace")
    clause.note(f"lambda_k <= C lambda_1 / k^1.5 takes C = {max(found.constants):.1f}")
    if low <= 1:
        clause.undecided("the interval of the slopes reaches across 1; more networks would tell")
    run.plot(found.plot())


@check("QUA-16")
def the_spectrum_is_not_below_its_first_eigenvalue_over_k(run: Run) -> None:
    """Every network's eigenvalues against its first one over k, and over k^1.5 with a constant."""
    (clause, bounded), found = run.clauses("ab"), spectra(run)
    if not found.real:
        clause.undecided(MISSING)
        bounded.undecided(MISSING)
        return
    ranks = np.arange(FIRST, LAST + 1)
    each = list(zip(found.seeds, found.all, found.errors, found.moments, strict=True))
    for seed, spectrum, errors, moments in run.samples(each, found.domain):
        own, limits = spectrum[ranks - 1], spectrum[0] / ranks
        at = int(np.argmax(own / limits))
        clause.holds(own[at], "<=", limits[at], seed=seed, k=int(ranks[at]), first=float(spectrum[0]))
        bounded.holds(own * ranks**1.5 / spectrum[0], "<=", CONSTANT, seed=seed, first=float(spectrum[0]))
        bounded.holds(
            errors, "<=", DIFFERENCE, seed=seed, explanation="gradients against differences of losses"
        )
        bounded.holds(
            moments, "<=", MOMENT, seed=seed, explanation="sums of eigenvalues and of their squares"
        )
    low, high = interval(run, found.bounding)
    clause.note(f"bounding exponent {np.mean(found.bounding):.3f} [{low:.3f}, {high:.3f}] (95 %, bootstrap)")
    run.plot(found.plot())


def gradient_errors(network: Network, digits: Digits, rng: np.random.Generator) -> list[float]:
    """Slopes of single losses by gradients against differences: for each layer, the largest error.

    In units of the gradient's length, along a random direction of the layer, for the samples of largest loss
    among those whose hidden units are all away from the kink at 0.
    """
    away = np.abs(digits.pixels @ network.layers()[0].T + network.first_bias).min(axis=1) > KINK
    logs = network.log_probabilities(digits.pixels)
    losses = np.where(away, -logs[np.arange(len(logs)), digits.labels], -np.inf)
    at = np.argsort(-losses)[:4]
    pixels, labels, rows = digits.pixels[at], digits.labels[at], np.arange(len(at))
    slopes = np.exp(logs[at])
    slopes[rows, labels] -= 1
    gradients = network.gradients(pixels, slopes)
    sizes = [layer.size for layer in network.layers()]
    result = []
    for own in np.arange(2)[:, None] == np.repeat([0, 1], sizes):
        direction = np.where(own, rng.normal(size=len(own)), 0.0)
        direction *= STEP / np.linalg.norm(direction)
        ahead, behind = (
            network.with_weights(network.weights + sign * direction).log_probabilities(pixels)[rows, labels]
            for sign in (1, -1)
        )
        off = np.abs((behind - ahead) / (2 * STEP) - gradients @ direction / STEP)
        result.append(float(np.max(off / np.linalg.norm(gradients, axis=1))))
    return result


def moment_errors(
    spectrum: NDArray[np.float64], network: Network, digits: Digits, samples: int
) -> list[float]:
    """Traces of M = mean of g g^T and of M^2 without eigenvalues, against their sum and that of squares.

    The trace of M is the mean of |g|^2, that of M^2 the mean of (g . h)^2 over pairs of samples.
    """
    pixels, labels = digits.pixels[:samples], digits.labels[:samples]
    one_hot = np.eye(10)[labels]
    gradients = network.gradients(pixels, np.exp(network.log_probabilities(pixels)) - one_hot)
    products = gradients @ gradients.T
    traces = float(np.mean(np.diag(products))), float(np.mean(products**2))
    found = float(np.sum(spectrum)), float(np.sum(spectrum**2))
    return [abs(a / b - 1) for a, b in zip(found, traces, strict=True)]


def gradient_spectrum(network: Network, digits: Digits, samples: int) -> NDArray[np.float64]:
    """Eigenvalues of the mean of g g^T over samples' gradients g of the loss, largest first."""
    pixels, labels = digits.pixels[:samples], digits.labels[:samples]
    slopes = np.exp(network.log_probabilities(pixels))
    slopes[np.arange(len(labels)), labels] -= 1
    gradients = network.gradients(pixels, slopes)
    values = np.linalg.eigvalsh(gradients @ gradients.T / len(labels))[::-1]
    return np.asarray(np.maximum(values, 1e-300))


def bounding_exponent(spectrum: NDArray[np.float64]) -> float:
    """The largest alpha with lambda_k <= lambda_1 / k^alpha for every k looked at."""
    return min(log(spectrum[0] / spectrum[k - 1]) / log(k) for k in range(FIRST, LAST + 1))
