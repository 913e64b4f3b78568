"""Rounding a layer: nearest, GPTQ by blocks and column by column, DiscQuant's vertex, and growth with size.

Beside them what one would use instead: NumPy's rint and searchsorted, Babai by one QR, inverses by FLINT.
Run with ``nox -s bench`` or ``pytest benches --benchmark-enable --benchmark-only -k layer``. Losses are
attached as extra information, so that speed is never read without what it bought.
"""

from functools import cache

import numpy as np
import pytest
from flint import fmpq, fmpq_mat
from lemmata.proofs_check.quantization import digits_network

from lemmata.discrepancy import discquant
from lemmata.quantization import (
    Grid,
    bounds,
    gptq,
    gptq_exact,
    nearest_plane,
    round_stochastic,
    round_to_nearest,
)

SIZES = (128, 512, 1024)


@cache
def layer(columns):
    """Correlated inputs, as activations are, and as many rows as columns."""
    rng = np.random.default_rng(columns)
    mixing = rng.normal(size=(columns, columns)) * (1 + np.arange(columns)) ** -0.5
    inputs = mixing @ rng.normal(size=(columns, 2 * columns)) / np.sqrt(columns)
    weights = rng.normal(size=(columns, columns))
    return weights, inputs, Grid.fit(weights, bits=3, group_size=128)


def relative_loss(weights, values, inputs):
    return float(np.sum(((weights - values) @ inputs) ** 2) / np.sum((weights @ inputs) ** 2))


def nearest(weights, _, grid):
    return round_to_nearest(weights, grid)


def stochastic(weights, _, grid):
    return round_stochastic(weights, grid, rng=0)


def gptq_in_blocks(weights, inputs, grid):
    return gptq(weights, inputs, grid).values


def gptq_in_one_block(weights, inputs, grid):
    return gptq(weights, inputs, grid, block_size=weights.shape[1]).values


def gptq_by_activation(weights, inputs, grid):
    return gptq(weights, inputs, grid, order="activation").values


def gptq_at_random(weights, inputs, grid):
    return gptq(weights, inputs, grid, rounding="stochastic", rng=0).values


METHODS = (nearest, stochastic, gptq_in_blocks, gptq_in_one_block, gptq_by_activation, gptq_at_random)


@pytest.mark.parametrize("columns", SIZES)
@pytest.mark.parametrize("method", METHODS, ids=lambda m: m.__name__)
def bench_layer(benchmark, method, columns):
    """Each weight by itself (QUA-1, QUA-2), or with feedback (QUA-3), in blocks (QUA-4), at random (QUA-10).

    Feedback makes losses smaller as a rule (QUA-7), not always (QUA-8).
    """
    weights, inputs, grid = layer(columns)
    values = benchmark.pedantic(method, args=(weights, inputs, grid), rounds=3, warmup_rounds=1)
    benchmark.extra_info["relative loss"] = relative_loss(weights, values, inputs)


@pytest.mark.parametrize("columns", SIZES[:1])
def bench_discquant(benchmark, columns):
    """Gradient steps (QUA-18), then a vertex with few weights off the grid (QUA-11)."""
    weights, inputs, grid = layer(columns)
    result = benchmark.pedantic(discquant, args=(weights, grid, inputs), rounds=1, warmup_rounds=1)
    benchmark.extra_info["relative loss"] = relative_loss(weights, result.values, inputs)


def rint(weights, step):
    return np.rint(weights / step) * step


def floor_at_random(weights, step):
    return np.floor(weights / step + np.random.default_rng(0).random(weights.shape)) * step


@pytest.mark.parametrize("columns", SIZES)
@pytest.mark.parametrize(
    "peer", ["round_to_nearest", "numpy.rint", "round_stochastic", "numpy floor at random"]
)
def bench_levels(beside, peer, columns):
    """Nearest (QUA-1) and random (QUA-2) levels, exact also where a quotient of doubles is not."""
    weights = np.random.default_rng(columns).normal(size=(columns, columns))
    step = 0.125
    grid = Grid.unbounded(step)
    ways = {
        "round_to_nearest": lambda: round_to_nearest(weights, grid),
        "numpy.rint": lambda: rint(weights, step),
        "round_stochastic": lambda: round_stochastic(weights, grid, rng=0),
        "numpy floor at random": lambda: floor_at_random(weights, step),
    }
    at_random = "stochastic" in peer or "random" in peer
    group = f"levels {'at random' if at_random else 'nearest'}, {columns} by {columns} weights"
    found = beside(group, peer, ways[peer], ours=peer.startswith("round_"))
    if not at_random:
        assert np.array_equal(found, rint(weights, step))
    assert (np.abs(found - weights) <= (step if at_random else step / 2)).all()


def plane_by_qr(basis, target):
    """Babai's nearest plane with one QR: the way of textbooks and of most libraries."""
    orthogonal, triangle = np.linalg.qr(basis.T)
    rest, values = orthogonal.T @ target, np.empty(len(basis))
    for i in reversed(range(len(basis))):
        values[i] = np.rint(rest[i] / triangle[i, i])
        rest -= values[i] * triangle[:, i]
    return values


@pytest.mark.parametrize("n", [16, 32, 64, 128])
@pytest.mark.parametrize("peer", ["nearest_plane", "numpy.linalg.qr", "gptq"])
def bench_nearest_plane(beside, peer, n):
    """Babai's lattice point, three ways to the same one (QUA-5): GPTQ takes the rows from the last on."""
    rng = np.random.default_rng(n)
    basis, target = rng.normal(size=(n, n)), 10 * rng.normal(size=n)
    row = np.linalg.solve(basis.T, target)[::-1]
    ways = {
        "nearest_plane": lambda: nearest_plane(basis, target).values,
        "numpy.linalg.qr": lambda: plane_by_qr(basis, target),
        "gptq": lambda: gptq(row[None, :], basis[::-1], Grid.unbounded(1.0), damping=0.0).values[0, ::-1],
    }
    found = beside(f"nearest plane, n = {n}", peer, ways[peer], ours=peer == "nearest_plane")
    assert np.array_equal(found, plane_by_qr(basis, target))


def by_fresh_inverses(weights, hessian):
    """GPTQ as it is defined, in rationals: H of the columns that are left is inverted for each of them."""
    columns = weights.shape[1]
    rest = [[fmpq(int(w.p), int(w.q)) for w in row] for row in weights]
    for j in range(columns):
        left = range(j, columns)
        inverse = fmpq_mat(len(left), len(left), [fmpq(int(hessian[a, b])) for a in left for b in left]).inv()
        for row in rest:
            whole = (row[j] + fmpq(1, 2)).floor()
            error = (row[j] - whole) / inverse[0, 0]
            row[j] = fmpq(whole)
            for k in range(1, len(left)):
                row[j + k] -= error * inverse[0, k]
    return np.array([[int(w.p) for w in row] for row in rest])


@pytest.mark.parametrize("columns", [4, 8, 16])
@pytest.mark.parametrize("peer", ["gptq_exact", "a fresh inverse per column, flint", "gptq in doubles"])
def bench_exact(benchmark, beside, peer, columns):
    """The oracle in fractions (QUA-3, QUA-4): its loss is within a quarter of the pivots (QUA-6, QUA-9)."""
    rng = np.random.default_rng(columns)
    inputs = rng.integers(-5, 6, (columns, 2 * columns))
    numerators, hessian = rng.integers(-300, 301, (4, columns)), inputs @ inputs.T
    weights = np.array([[fmpq(int(w), 101) for w in row] for row in numerators])
    fractions = [[f"{w}/101" for w in row] for row in numerators]
    grid = Grid.unbounded(1.0)
    group = f"GPTQ in fractions, 4 by {columns}"
    ours = peer == "gptq_exact"
    if ours:
        result = beside(group, peer, gptq_exact, fractions, inputs, grid, damping=0, ours=True, rounds=2)
        found, largest = result.values.astype(int), max(float(loss) for loss in result.row_losses)
        worst = bounds.gptq_worst_case(1.0, bounds.pivots(hessian.astype(float)))
        benchmark.extra_info["figures"] = {"share of the worst case": largest / worst}
        assert largest <= worst * (1 + 1e-9)
    elif "flint" in peer:
        found = beside(group, peer, by_fresh_inverses, weights, hessian, ours=False, rounds=2)
    else:
        floats = numerators / 101
        found = beside(group, peer, gptq, floats, inputs.astype(float), grid, damping=0.0, ours=False).values
    assert np.array_equal(found, by_fresh_inverses(weights, hessian))


@cache
def digits():
    pytest.importorskip("sklearn")
    rng = np.random.default_rng(0)
    samples = digits_network.load_digits(rng)
    return samples, digits_network.train(samples, rng)


@pytest.mark.parametrize("bits", [2, 3, 4])
@pytest.mark.parametrize("method", ["nearest", "gptq", "discquant"])
def bench_digits(benchmark, beside, method, bits):
    """A network on digits, rounded: how far its answers move (QUA-12, QUA-13, QUA-14), in nats."""
    samples, network = digits()

    def rounded():
        return next(iter(digits_network.quantized(network, samples, bits, [method], [0, bits])))[1]

    group = f"digits, {bits} bits"
    found = beside(group, method, rounded, ours=method == "discquant", rounds=1)
    full, logs = (net.log_probabilities(samples.test_pixels) for net in (network, found))
    benchmark.extra_info["figures"] = {"divergence": digits_network.divergence(full, logs)}
