"""What bit-packed transforms charge, and counts of what they do (HAM-15)."""

import sys
from fractions import Fraction
from itertools import count
from math import ceil, isqrt
from typing import Any
from unittest.mock import patch

import numpy as np

from lemmata import hamming
from lemmata.claims import Clause, Run
from lemmata.costs import Costs
from lemmata.hamming import DigitsMultiplied, Packing

from ..counted_runs import counted, planning_operations
from ..words import long_mismatches

PIECE = 4096
"""Alignments of a piece are m, or this if that is more."""


def charges_are_counts(run: Run, without: Clause, overflowing: Clause) -> None:
    """Runs on counting numbers: what is charged, but for planning, is what is done; and planning is less."""
    one = np.zeros(300, dtype=np.int64)
    words = [(np.array([0]), np.array([0])), (one, one[:200]), (one[:9], one[:7])]
    words += [(np.arange(300) * k // 300, np.arange(0, 300, 2) * k // 300) for k in (2, 8)]
    words += [(run.rng.integers(0, 5, 200), run.rng.integers(0, 4, 40))]
    options: list[dict[str, Any]] = [
        {},
        {"digits": "wide"},
        {"headroom": 1},
        {"headroom": 1, "overflow": "widen"},
    ]
    runs: list[tuple[Any, Any, dict[str, Any], int]] = [(*each, {}, PIECE) for each in words]
    runs += [(*words[1], option, PIECE) for option in options[1:]]
    # Several pieces, in each of which the letter 0 is multiplied out: its digits overflow with K = 1.
    half = run.rng.integers(-9, 5, 599).clip(0)
    runs += [(half, one[:150], option, 40) for option in options[:2]]
    runs += [(np.resize(one, 750), one, option, 40) for option in options[2:]]
    text, pattern = (np.arange(n) % 3 % 2 * np.arange(n) for n in (6_100, 1_000))
    runs.append((text + 980 * (text > 0), pattern, {}, PIECE))  # few letters besides 0 are in both
    for text, pattern, option, piece in run.samples(runs, "texts of up to 6100 letters on counting numbers"):
        costs, steps = Costs(), list[Any]()
        small = patch.object(
            sys.modules["lemmata.hamming.bit_packed.bit_packed_fft"], "SMALLEST_PIECE", piece
        )
        with small, counted(convolutions=len(text) <= 300 and not option, seal=True) as tally:
            hamming.bit_packed_fft(text, pattern, costs=costs, rng=1, **option)
        operations, read = tally.operations, tally.read
        with small:  # the same again, watched
            found = hamming.bit_packed_fft(text, pattern, costs=Costs(), trace=steps, rng=1, **option)
        clause = overflowing if overflows(steps) else without
        inputs = {"text": text, "pattern": pattern, "options": str(option), "alignments of a piece": piece}
        clause.equal(costs.word_operations, operations, **inputs, explanation="charged, and counted")
        clause.holds(read, "<=", 8 * tally.likely, **inputs, explanation="numbers read outside kernels")
        clause.equal(found, long_mismatches(text, pattern), **inputs)
        if len(text) > 300:
            split = [step for step in steps if isinstance(step, hamming.PieceSplit)]
            clause.equal([step.heavy for step in split], [(0,)] * len(split), **inputs)
            clause.holds(len(split), ">", 1, **inputs)
    multisets = [np.ones(k, dtype=np.int64) for k in (1, 12, 30)] + [run.rng.integers(0, 4, 30)]
    for x in run.samples(multisets, "multisets on counting numbers"):
        for overflow in ("auto", "repair", "widen"):
            costs, steps = Costs(), []
            drawn: dict[str, Any] = {"headroom": 1, "overflow": overflow, "rng": 1}
            with counted(seal=True) as tally:
                hamming.sum_histogram(x, x[::-1], **drawn, costs=costs)
            hamming.sum_histogram(x, x[::-1], **drawn, trace=steps)
            clause = overflowing if overflows(steps) else without
            clause.equal(costs.word_operations, tally.operations, x=x, overflow=overflow)
    for m in run.samples((1, 5, 4096, 2**18), "lengths for which products are planned"):
        for window in (m, 2 * m - 1, m + 4095, 5 * m):
            above_one = min(m, isqrt(window + m - 1) + 1)  # just more matches than sums
            for a, b in ((1, 1), (window, m), (window // 2 + 1, m // 3 + 1), (above_one, above_one)):
                average = max(1, ceil(Fraction(a * b, window + m - 1)))
                least = next(bits for bits in count(1) if 2**bits >= min(64 * average, min(a, b) + 1))
                narrow = Packing().bits(window + m - 1, a * b, min(a, b))[0]
                without.equal(narrow, least, W=window, m=m, a=a, b=b, explanation="bits of a narrow digit")
                holds_all = next(bits for bits in count(1) if 2**bits > min(a, b))
                wide = Packing(digits="wide").bits(window + m - 1, a * b, min(a, b))
                without.equal(wide, (holds_all, holds_all), a=a, b=b, explanation="bits of wide digits")
                for packing in (
                    Packing(),
                    Packing(digits="wide"),
                    Packing(headroom=1),
                    Packing(headroom=10**30),
                ):
                    inputs = {"W": window, "m": m, "a": a, "b": b, "packing": packing}
                    for planned in planning_operations(window, m, a, b, packing):
                        without.holds(planned, "<=", 150, **inputs, explanation="planning")


def overflows(steps: list[Any]) -> int:
    """Products with a digit that carried."""
    return sum(isinstance(step, DigitsMultiplied) and step.carries > 0 for step in steps)
