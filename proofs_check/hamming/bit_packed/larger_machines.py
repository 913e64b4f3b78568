"""Packing on machines larger than this one: the cost model, and what can run of it (HAM-16)."""

from collections.abc import Iterator
from math import isqrt, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lemmata import hamming
from lemmata.claims import Clause, Plot, Run, Series, check
from lemmata.costs import Costs
from lemmata.hamming import CarriesRepaired, families
from lemmata.hamming.bit_packed import packing_model
from lemmata.hamming.bit_packed.packing import Digits

NAMES: dict[Digits, str] = {
    "narrow": "narrow digits, certificate, repair",
    "wide": "digits for every count",
    "single": "one digit to a word (Abrahamson)",
}
REPAIRS = 8
FIRST_ONES = 14
"""The least sum of places with a one in each factor."""


@check("HAM-16")
def packing_keeps_the_normalised_cost_flat(run: Run) -> None:
    """The cost model with words of 4 log2 m bits, held against counted operations where they can run."""
    flat, grows, modelled, mended = run.clauses("abcd")
    step, sizes = run.choose(4, 1, 1), "2^16 to 2^256"
    exponents = range(16, 257, step)
    members = (
        run.every(exponents, f"every m = {sizes}, powers of two", size=241)
        if step == 1
        else run.samples(exponents, f"every fourth of m = {sizes}, powers of two")
    )
    narrow = packing_model.normalised_cost(128, "narrow")
    flat.holds(abs(narrow - 132.5), "<=", 0.05)
    for log2_m in members:
        single = packing_model.normalised_cost(log2_m, "single") / sqrt(log2_m)
        grows.holds(single, ">=", 23, log2_m=log2_m)
        grows.holds(single, "<=", 28, log2_m=log2_m)
        if flat.concerns(log2_m >= 128):
            cost = packing_model.normalised_cost(log2_m, "narrow")
            flat.holds(abs(cost / narrow - 1), "<=", 0.07, log2_m=log2_m)
    grid = [16, 32, 48, 64, 96, 128, 192, 256]
    curves = {digits: [packing_model.normalised_cost(k, digits) for k in grid] for digits in NAMES}
    simulated = list(range(10, run.choose(12, 14, 16) + 1))
    counted: dict[Digits, list[float]] = {digits: [] for digits in NAMES}
    cases = [(k, digits) for digits in NAMES for k in simulated]
    for log2_m, digits in run.samples(cases, f"m = 2^10 to 2^{simulated[-1]}, n = 4m, all three packings"):
        counted[digits].append(dearest_of_runs(run, modelled, log2_m, digits))
    carrying = runs_that_carry(run)
    for log2_m, x, y in run.samples(carrying, "runs of ones whose narrow digits carry, repaired"):
        (spent, positions, counts), mass = repairs(x, y, 4 * log2_m), int(x.sum() * y.sum())
        model = packing_model.repaired_cost(len(x), len(y), mass, 4 * log2_m)
        inputs = {"log2_m": log2_m, "mass": mass, "repairs": REPAIRS}
        mended.holds(positions, ">=", 1, **inputs, explanation="positions that carried")
        ones, expected = isqrt(mass), np.zeros(len(x) + len(y) - 1, dtype=np.int64)
        expected[FIRST_ONES : FIRST_ONES + 2 * ones - 1] = ones - np.abs(np.arange(1 - ones, ones))
        mended.equal(counts, expected, **inputs, explanation="runs of ones make a triangle")
        mended.holds(spent, ">=", model * 4 / 5, **inputs)
        mended.holds(spent, "<=", model * 3 / 2, **inputs)
    series = [Series(NAMES[d], [float(k) for k in grid], found) for d, found in curves.items()]
    series += [
        Series(f"{NAMES[d]}, counted", [float(k) for k in simulated], found, "markers")
        for d, found in counted.items()
    ]
    run.plot(Plot("Operations over n sqrt(m), words of 4 log2 m bits", "log2 m", "operations / n√m", series))
    for digits, curve in curves.items():
        run.note(
            f"{NAMES[digits]}: {curve[0]:.0f} at 2^16, {curve[5]:.0f} at 2^128, {curve[-1]:.0f} at 2^256; "
            f"counted {counted[digits][-1]:.0f} at 2^{simulated[-1]}"
        )


def dearest_of_runs(run: Run, modelled: Clause, log2_m: int, digits: Digits) -> float:
    """Hold runs with several numbers of letters against the model; the dearest of them."""
    m, model = 1 << log2_m, packing_model.normalised_cost(log2_m, digits)
    dearest = 0.0
    for part in run.choose((9, 18, 24), (6, 9, 12, 18, 24), (4, 6, 9, 12, 18, 24, 36)):
        count = max(1, round(sqrt(m) / part))
        pattern = np.arange(m, dtype=np.int64) * count // m
        words = {
            "in random order": [families.equal_frequencies(size, count, run.rng) for size in (4 * m, m)],
            "in runs": [np.resize(pattern, 4 * m), pattern],
        }
        for order, (text, short) in words.items():
            expected = hamming.per_letter_fft(text, short)
            for overflow in ("auto", "widen"):
                costs = Costs()
                options: dict[str, Any] = {"overflow": overflow, "digits": digits, "rng": run.rng}
                options |= {"word_bits": max(24, 4 * log2_m)}
                distances = hamming.bit_packed_fft(text, short, costs=costs, **options)
                found = costs.word_operations / (4 * m * sqrt(m))
                inputs: dict[str, Any] = {"log2_m": log2_m, "letters": count, "order": order}
                modelled.equal(distances, expected, digits=digits, overflow=overflow, **inputs)
                modelled.holds(found, "<=", model, digits=digits, overflow=overflow, **inputs)
                dearest = max(dearest, found)
    if log2_m >= 12:
        modelled.holds(dearest, ">=", model * 0.7, log2_m=log2_m, digits=digits)
    return dearest


def runs_that_carry(run: Run) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.int64]]]:
    """Log2 m, and isqrt(mass) ones among 2m and m positions."""
    for log2_m in run.choose((12, 14), (12, 13, 14, 15, 16), (12, 13, 14, 15, 16)):
        for times in (1, 3):
            x, y = np.zeros(2 << log2_m, dtype=np.int64), np.zeros(1 << log2_m, dtype=np.int64)
            ones = isqrt(times << log2_m)
            x[5 : 5 + ones] = y[FIRST_ONES - 5 : FIRST_ONES - 5 + ones] = 1
            yield log2_m, x, y


def repairs(
    x: NDArray[np.int64], y: NDArray[np.int64], word_bits: int
) -> tuple[float, int, NDArray[np.int64]]:
    """Mean word operations of a product that is repaired, but for looking at x and y.

    With it, of the last one, positions mended and the counts.
    """
    total, positions, counts = 0, 0, np.empty(0, dtype=np.int64)
    for seed in range(REPAIRS):
        costs, steps = Costs(), list[Any]()
        counts = hamming.sum_histogram(
            x, y, word_bits=word_bits, overflow="repair", rng=seed, costs=costs, trace=steps
        )
        last = steps[-1]
        positions = last.positions if isinstance(last, CarriesRepaired) else 0
        total += costs.word_operations - 4 * (len(x) + len(y))
    return total / REPAIRS, positions, counts
