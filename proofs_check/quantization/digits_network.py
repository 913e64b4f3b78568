"""A small network on scikit-learn's digits, in NumPy, and the ways to round its weights.

64 pixels, one hidden layer of rectified units, ten logits. The weights of both layers are rounded, the biases
are not. All that is random comes from the seed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lemmata import discrepancy, quantization
from lemmata.quantization import Grid

Floats = NDArray[np.float64]

HIDDEN = 32
TRAINING = 1_197
CALIBRATION = 256
"""Training samples that the methods may look at."""

ROWS = 16
STEPS = 300
"""Samples whose scores DiscQuant's vertex keeps, and its gradient steps: chosen on six other networks."""

METHODS = ("nearest", "stochastic", "gptq", "discquant", "discquant fractional")


class Digits(NamedTuple):
    """Pixels (samples, 64) in [0, 1] and labels, for training and for testing."""

    pixels: Floats
    labels: NDArray[np.int64]
    test_pixels: Floats
    test_labels: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Network:
    """Weights as one flat array, first layer first, and the biases."""

    weights: Floats
    first_bias: Floats
    second_bias: Floats

    def layers(self) -> tuple[Floats, Floats]:
        """Weights (HIDDEN, pixels) and (classes, HIDDEN)."""
        classes = len(self.second_bias)
        cut = self.weights.size - HIDDEN * classes
        return self.weights[:cut].reshape(HIDDEN, -1), self.weights[cut:].reshape(classes, HIDDEN)

    def hidden(self, pixels: Floats) -> Floats:
        """Activations (samples, HIDDEN)."""
        return np.maximum(pixels @ self.layers()[0].T + self.first_bias, 0.0)

    def log_probabilities(self, pixels: Floats) -> Floats:
        """Log of the softmax (samples, classes)."""
        return self.from_hidden(self.hidden(pixels))

    def from_hidden(self, hidden: Floats) -> Floats:
        """Log of the softmax, given the activations."""
        logits = hidden @ self.layers()[1].T + self.second_bias
        logits -= logits.max(axis=1, keepdims=True)
        return np.asarray(logits - np.log(np.sum(np.exp(logits), axis=1, keepdims=True)))

    def with_weights(self, weights: Floats) -> "Network":
        """The same biases with other weights."""
        return replace(self, weights=weights)

    def gradient(self, pixels: Floats, hidden: Floats, logit_slopes: Floats) -> Floats:
        """Gradient with respect to the flat weights, given that to the logits, summed over the samples."""
        back = (logit_slopes @ self.layers()[1]) * (hidden > 0)
        return np.concatenate([(back.T @ pixels).ravel(), (logit_slopes.T @ hidden).ravel()])

    def gradients(self, pixels: Floats, logit_slopes: Floats) -> Floats:
        """The same for every sample apart: (samples, weights)."""
        hidden = self.hidden(pixels)
        back = (logit_slopes @ self.layers()[1]) * (hidden > 0)
        first = back[:, :, None] * pixels[:, None, :]
        second = logit_slopes[:, :, None] * hidden[:, None, :]
        return np.concatenate([part.reshape(len(pixels), -1) for part in (first, second)], axis=1)


def load_digits(rng: np.random.Generator) -> Digits | None:
    """The 1797 digits, split at random; None where scikit-learn is not installed."""
    try:
        from sklearn.datasets import load_digits as load  # noqa: PLC0415 - optional
    except ImportError:
        return None
    pixels, labels = load(return_X_y=True)
    order = rng.permutation(len(labels))
    pixels, labels = pixels[order] / 16.0, labels[order].astype(np.int64)
    return Digits(pixels[:TRAINING], labels[:TRAINING], pixels[TRAINING:], labels[TRAINING:])


def made_up_digits(rng: np.random.Generator) -> Digits:
    """Ten blurred patterns, for where there are no real digits: nothing is concluded from them."""
    patterns = rng.random((10, 64))
    labels = rng.integers(0, 10, 600)
    pixels = np.clip(patterns[labels] + rng.normal(0, 0.3, (600, 64)), 0, 1)
    return Digits(pixels[:400], labels[:400], pixels[400:], labels[400:])


def train(digits: Digits, rng: np.random.Generator, epochs: int = 30) -> Network:
    """Cross-entropy by Adam in batches of 100."""
    sizes = [(HIDDEN, digits.pixels.shape[1]), (10, HIDDEN)]
    start = [rng.normal(0, np.sqrt(2 / columns), (rows, columns)).ravel() for rows, columns in sizes]
    network = Network(np.concatenate(start), np.zeros(HIDDEN), np.zeros(10))
    cut = network.weights.size
    state = np.concatenate([network.weights, network.first_bias, network.second_bias])
    first, second, step = np.zeros_like(state), np.zeros_like(state), 0
    for _ in range(epochs):
        order = rng.permutation(len(digits.labels))
        for batch in np.array_split(order, max(1, len(order) // 100)):
            step += 1
            network = Network(state[:cut], state[cut : cut + HIDDEN], state[cut + HIDDEN :])
            pixels, labels = digits.pixels[batch], digits.labels[batch]
            hidden = network.hidden(pixels)
            slopes = np.exp(network.from_hidden(hidden))
            slopes[np.arange(len(batch)), labels] -= 1
            slopes /= len(batch)
            back = (slopes @ network.layers()[1]) * (hidden > 0)
            slope = np.concatenate([network.gradient(pixels, hidden, slopes), back.sum(0), slopes.sum(0)])
            first = 0.9 * first + 0.1 * slope
            second = 0.999 * second + 0.001 * slope * slope
            size = np.sqrt(second / (1 - 0.999**step)) + 1e-8
            state = state - 3e-3 * first / (1 - 0.9**step) / size
    return Network(state[:cut], state[cut : cut + HIDDEN], state[cut + HIDDEN :])


def divergence(full: Floats, other: Floats) -> float:
    """Mean Kullback-Leibler divergence of two arrays of log probabilities, in nats."""
    return float(np.mean(np.sum(np.exp(full) * (full - other), axis=1)))


def accuracy(log_probabilities: Floats, labels: NDArray[np.int64]) -> float:
    """Share of samples whose label is the likeliest."""
    return float(np.mean(np.argmax(log_probabilities, axis=1) == labels))


def flat_grid(network: Network, bits: int) -> Grid:
    """Uniform levels between the smallest and the largest weight of every unit, for the flat weights."""
    parts = [Grid.fit(layer, bits=bits).expand(layer.shape) for layer in network.layers()]
    scale, offset = (
        np.concatenate([getattr(part, name).ravel() for part in parts]) for name in ("scale", "offset")
    )
    return Grid(parts[0].codes, scale, offset)


def quantized(
    network: Network, digits: Digits, bits: int, methods: Sequence[str], seed: Sequence[int]
) -> Iterator[tuple[str, Network]]:
    """The network with rounded weights, by some of `METHODS`, which share grid and calibration samples.

    Each method draws from its own stream, so that leaving one out changes no other; the two ways to store
    what DiscQuant's vertex leaves come from one run.
    """
    pixels = digits.pixels[:CALIBRATION]
    grid = flat_grid(network, bits)
    weights = network.weights
    if "nearest" in methods:
        yield "nearest", network.with_weights(quantization.round_to_nearest(weights, grid))
    if "stochastic" in methods:
        rng = np.random.default_rng([*seed, 0])
        yield "stochastic", network.with_weights(quantization.round_stochastic(weights, grid, rng=rng))
    if "gptq" in methods:
        yield "gptq", by_gptq(network, pixels, grid)
    if "discquant" in methods or "discquant fractional" in methods:
        result = by_discquant(network, pixels, grid, np.random.default_rng([*seed, 1]))
        unrounded = result.values.copy()
        unrounded[result.fractional] = result.fractional_values
        for method, values in (("discquant", result.values), ("discquant fractional", unrounded)):
            if method in methods:
                yield method, network.with_weights(values)


def by_gptq(network: Network, pixels: Floats, grid: Grid) -> Network:
    """Layer by layer, the second on what comes out of the rounded first."""
    result = network
    for layer in range(2):
        inputs = pixels if layer == 0 else result.hidden(pixels)
        weights = network.layers()[layer]
        start = 0 if layer == 0 else network.layers()[0].size
        own = slice(start, start + weights.size)
        shaped = Grid(
            grid.codes, grid.scale[own].reshape(weights.shape), grid.offset[own].reshape(weights.shape)
        )
        rounded = quantization.gptq(weights, inputs.T, shaped).values
        flat = result.weights.copy()
        flat[own] = rounded.ravel()
        result = result.with_weights(flat)
    return result


def by_discquant(
    network: Network, pixels: Floats, grid: Grid, rng: np.random.Generator
) -> discrepancy.DiscQuantized:
    """Distillation on the calibration samples; the vertex keeps some samples' scores to first order.

    A score is the gradient of log p(label | pixels) with the label drawn from the full network: the
    divergence is, to second order, the mean square of scores times the weights' change.
    """
    full = network.log_probabilities(pixels)
    full_probabilities = np.exp(full)
    drawn = np.array([rng.choice(10, p=p / p.sum()) for p in full_probabilities[:ROWS]])

    def objective(weights: Floats) -> tuple[float, Floats]:
        other = network.with_weights(weights)
        hidden = other.hidden(pixels)
        logs = other.from_hidden(hidden)
        slopes = (np.exp(logs) - full_probabilities) / len(pixels)
        return divergence(full, logs), other.gradient(pixels, hidden, slopes)

    def scores(weights: Floats) -> Floats:
        other = network.with_weights(weights)
        slopes = -np.exp(other.log_probabilities(pixels[:ROWS]))
        slopes[np.arange(len(drawn)), drawn] += 1
        return other.gradients(pixels[:ROWS], slopes)

    return discrepancy.discquant(network.weights, grid, objective, sample_gradients=scores, steps=STEPS)
