"""Rounding to a vertex side by side with linear programming, and with the matrix product that it cannot beat.

Run with ``nox -s bench`` or ``pytest benches/bench_discrepancy.py --benchmark-enable --benchmark-only``.
The table at the end holds every cell against what was asked: n = 10^5, m = 64 at least 50 times as fast as
the fastest of HiGHS's modes, and at most 12 times a product of 2 n m^2 operations. A peer that has not
answered after `PATIENCE` seconds is cut off; its bar is then a lower bound, and the table says so.
"""

import numpy as np
import pytest
from scipy.optimize import linprog

from lemmata.costs import Costs
from lemmata.discrepancy import ColumnBlocks, round_to_vertex, verify_rounding

PATIENCE = 60.0


def system(n, m):
    rng = np.random.default_rng(n + m)
    return rng.random(n), rng.standard_normal((m, n))


def by_highs(x, matrix, method, random):
    """A vertex of the same polytope: the linear program with a zero or a random objective."""
    objective = np.random.default_rng(0).standard_normal(len(x)) if random else np.zeros(len(x))
    return linprog(
        objective,
        A_eq=matrix,
        b_eq=matrix @ x,
        bounds=(0, 1),
        method=method,
        options={"time_limit": PATIENCE},
    )


PEERS = {
    "HiGHS simplex, zero objective": ("highs-ds", False),
    "HiGHS simplex, random objective": ("highs-ds", True),
    "HiGHS interior point and crossover": ("highs-ipm", False),
}


@pytest.mark.parametrize(("n", "m"), [(10_000, 8), (10_000, 64), (100_000, 8), (100_000, 64)])
@pytest.mark.parametrize("peer", ["round_to_vertex", "unbiased", "matrix product", *PEERS])
def bench_rounding(benchmark, peer, n, m):
    """All but at most m coordinates rounded (DIS-1), residuals as verified (DIS-3), at random too (DIS-4)."""
    x, matrix = system(n, m)
    benchmark.group = f"rounding, n = {n}, m = {m}"
    benchmark.extra_info |= {"rounding": [n, m], "peer": peer}
    if peer == "matrix product":
        columns, square = np.ascontiguousarray(matrix.T), np.random.default_rng(0).standard_normal((m, m))
        benchmark.pedantic(np.matmul, (columns, square), rounds=7, warmup_rounds=2)
        return
    if peer in PEERS:
        method, random = PEERS[peer]
        found = benchmark.pedantic(by_highs, (x, matrix, method, random), rounds=1)
        if found.x is None:
            benchmark.extra_info["cut off"] = True
            return
        fractional = int(((found.x > 1e-9) & (found.x < 1 - 1e-9)).sum())
        benchmark.extra_info["fractional"] = fractional
        benchmark.extra_info["residual"] = float(np.abs(matrix @ found.x - matrix @ x).max())
        return
    options = {"unbiased": True, "rng": 0} if peer == "unbiased" else {}
    found = benchmark.pedantic(round_to_vertex, (x, matrix), options, rounds=5, warmup_rounds=1)
    assert verify_rounding(found, x, matrix)
    benchmark.extra_info["fractional"] = len(found.fractional)
    benchmark.extra_info["residual"] = float(np.abs(found.residual).max())


@pytest.mark.parametrize("n", [10_000, 30_000, 100_000, 300_000, 1_000_000])
def bench_growth(benchmark, n):
    """Seconds for the eye, multiplications for the verdict: linear in n (DIS-5)."""
    x, matrix = system(n, 64)
    benchmark.group = "rounding, growth with n, m = 64"
    costs = Costs()
    round_to_vertex(x, matrix, costs=costs)
    benchmark.extra_info["multiplications / (n m^2)"] = costs.multiplications / (n * 64**2)
    benchmark.pedantic(round_to_vertex, (x, matrix), rounds=2)


@pytest.mark.parametrize("n", [100, 200, 400])
@pytest.mark.parametrize("peer", ["round_to_vertex", "round_to_vertex, exact", "HiGHS simplex"])
def bench_exact_rounding(benchmark, beside, peer, n):
    """The walk in rationals (DIS-2) and in doubles; four samples' means are kept (DIS-6)."""
    x, matrix = system(n, 4)
    group = f"exact rounding, n = {n}, m = 4"
    if peer == "HiGHS simplex":
        values = beside(group, peer, by_highs, x, matrix, "highs-ds", False, ours=False).x
    else:
        exact = peer.endswith("exact")
        found = beside(group, peer, round_to_vertex, x, matrix, exact=exact, ours=not exact)
        values = found.values
        assert verify_rounding(found, x, matrix)
    residual = float(np.abs(matrix @ (values.astype(float) - x)).max())
    benchmark.extra_info["figures"] = {"residual": residual}


@pytest.mark.parametrize(("n", "m", "source"), [(1_000_000, 64, "computed"), (10_000_000, 8, "memory map")])
def bench_memory(benchmark, tmp_path, n, m, source):
    """A matrix computed block by block, or mapped from a file: besides n doubles, one block is held."""
    import tracemalloc  # noqa: PLC0415 - only here

    def read(start, stop):
        return np.random.default_rng(start).standard_normal((m, stop - start), dtype=np.float32)

    constraints = ColumnBlocks((m, n), read)
    if source == "memory map":
        mapped = np.lib.format.open_memmap(tmp_path / "a.npy", "w+", np.float32, (m, n))
        for start in range(0, n, 1 << 16):
            mapped[:, start : start + (1 << 16)] = read(start, min(n, start + (1 << 16)))
        mapped.flush()
        constraints = np.load(tmp_path / "a.npy", mmap_mode="r")
    x = np.random.default_rng(0).random(n)
    benchmark.group = f"rounding in bounded memory, n = {n}, m = {m}, {source}"
    tracemalloc.start()
    found = benchmark.pedantic(round_to_vertex, (x, constraints), rounds=1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    benchmark.extra_info["peak bytes besides x"] = peak
    benchmark.extra_info["bytes of the matrix"] = 4 * n * m
    assert len(found.fractional) <= m
    assert peak < 5 * 8 * n + 64 * 4096 * m
