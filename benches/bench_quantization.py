"""Rounding a layer: nearest, GPTQ by blocks and column by column, DiscQuant's vertex, and growth with size.

Run with ``nox -s bench`` or ``pytest benches --benchmark-enable --benchmark-only -k layer``. Losses are
attached as extra information, so that speed is never read without what it bought.
"""

from functools import cache

import numpy as np
import pytest

from lemmata.discrepancy import discquant
from lemmata.quantization import Grid, gptq, round_stochastic, round_to_nearest

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


METHODS = (nearest, stochastic, gptq_in_blocks, gptq_in_one_block, gptq_by_activation)


@pytest.mark.parametrize("columns", SIZES)
@pytest.mark.parametrize("method", METHODS, ids=lambda m: m.__name__)
def bench_layer(benchmark, method, columns):
    weights, inputs, grid = layer(columns)
    values = benchmark.pedantic(method, args=(weights, inputs, grid), rounds=3, warmup_rounds=1)
    benchmark.extra_info["relative loss"] = relative_loss(weights, values, inputs)


@pytest.mark.parametrize("columns", SIZES[:1])
def bench_discquant(benchmark, columns):
    weights, inputs, grid = layer(columns)
    result = benchmark.pedantic(discquant, args=(weights, grid, inputs), rounds=1, warmup_rounds=1)
    benchmark.extra_info["relative loss"] = relative_loss(weights, result.values, inputs)
