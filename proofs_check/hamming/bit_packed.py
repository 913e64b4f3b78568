"""Bit-packed transforms: masses, packing, the certificate, and repair (HAM-9 to HAM-14, HAM-17)."""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from math import isqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from lemmata import hamming
from lemmata.claims import (
    Argument,
    Evidence,
    Plot,
    Run,
    Series,
    SymbolicIdentity,
    Verdict,
    Witness,
    check,
    refuted,
)
from lemmata.costs import Costs
from lemmata.hamming import (
    blocks,
    bounds,
    carry_repair,
    float_correlation,
    narrow_digits,
    packing_model,
)
from lemmata.hamming.letters import encode
from lemmata.hamming.sum_histogram import CarriesRepaired

from .words import long_mismatches, small_words

Counts = NDArray[np.int64]


@check("HAM-9")
def direct_counting_visits_every_equal_pair_once(run: Run) -> Verdict:
    """Pairs that the step records, and operations charged, against the letters' frequencies."""
    cases = 0
    longest = run.choose(4, 6, 8)
    words: list[tuple[Any, Any]] = list(small_words(longest, 3))
    for letters in (1, 2, 7, 300, 5_000):
        words.append((run.rng.integers(0, letters, 6_000), run.rng.integers(0, letters, 500)))
    for text, pattern in words:
        cases += 1
        in_text, in_pattern = (Counter(np.asarray(word).tolist()) for word in (text, pattern))
        expected = sum(in_text[letter] * in_pattern[letter] for letter in in_pattern)
        steps: list[Any] = []
        costs = Costs()
        found = hamming.sort_merge(np.array(text), np.array(pattern), trace=steps, costs=costs)
        pairs = steps[0].pairs
        n, m = len(text), len(pattern)
        others = 4 * n + 7 * m + 3 * len(in_pattern) + 1 + n - m + 1
        charged = costs.word_operations - others
        # A pair inside the text is one match at one alignment.
        matches = int((len(pattern) - found).sum())
        inside = sum(
            int(np.count_nonzero(np.asarray(text)[j : j + len(found)] == letter))
            for j, letter in enumerate(pattern)
        )
        if (pairs, charged, matches) != (expected, 2 * expected, inside):
            inputs = {"text": list(text)[:40], "pattern": list(pattern)[:40]}
            wanted = [expected, 2 * expected, inside]
            return refuted(
                cases, Witness(inputs, wanted, [pairs, charged, matches], "pairs, operations, increments")
            )
    return Verdict(
        Evidence.VERIFIED,
        f"every text of at most {longest} letters over 3 letters with every pattern; five long ones",
        cases,
        measured=0,
        bound=0,
        relation="==",
        notes=["measured: inputs on which the number of pairs differs"],
    )


@check("HAM-10")
def roots_of_masses_add_up_to_at_most_the_root_of_the_lengths(run: Run) -> Verdict:
    """All small frequency vectors in exact arithmetic; the induction step as a polynomial identity."""
    cases, attained = 0, False
    most = run.choose(4, 5, 6)
    for a in product(range(most), repeat=3):
        for b in product(range(most), repeat=3):
            n, m = sum(a), sum(b)
            cases += 1
            # Roots rounded down to 2^-40: the sum is at most 3 2^-40 below the true one.
            roots = sum(isqrt(x * y << 80) for x, y in zip(a, b, strict=True))
            bound = packing_model.letter_mass_bound(n, m)
            limit = int(Fraction(bound) * (1 << 40) * (1 + Fraction(1, 1 << 50))) + 1
            if roots > limit:
                inputs = {"in the text": list(a), "in the pattern": list(b)}
                return refuted(cases, Witness(inputs, f"<= {bound}", roots / 2**40, "sum of roots"))
            attained |= n * m > 0 and limit - roots <= 4 and len([x for x in a if x]) > 1
    return Verdict(
        Evidence.PROVED,
        f"all frequencies by induction; code on three letters with at most {most - 1} occurrences each",
        cases,
        measured=1,
        bound=1,
        attained=attained,
        arguments=[
            SymbolicIdentity(
                "(X**2 + x**2) * (Y**2 + y**2) - (X*Y + x*y)**2", "(X*y - x*Y)**2", ("X", "Y", "x", "y")
            )
        ],
        notes=["measured: largest sum of roots over its bound, attained by proportional frequencies"],
    )


@check("HAM-11")
def letters_that_share_a_transform_are_counted_exactly(run: Run) -> Verdict:
    """The plan against the bound in fractions; results with two and three letters together."""
    cases, worst = 0, 0.0
    most_together = 1
    for n in (2**k + d for k in range(3, run.choose(15, 20, 24)) for d in (-1, 0, 1)):
        for m in sorted({1, 2, n // 50 + 1, n // 3 + 1, n}):
            for letters in (2, 3, 7, 100):
                plan = blocks.plan_blocks(n, m, letters)
                cases += 1
                if plan.together == 1:
                    continue
                most_together = max(most_together, plan.together)
                bound = packed_error(plan.log2_length, m, letters, plan.together)
                worst = max(worst, float(bound))
                if bound >= Fraction(3, 8) or 1 << bounds.packing_bits(m) < 4 * m:
                    inputs = {"n": n, "m": m, "letters": letters, "together": plan.together}
                    return refuted(
                        cases,
                        Witness(inputs, "< 3/8", float(bound), "error bound of the plan, in counts"),
                    )
    for n, m in ((40, 7), (300, 300), (5_000, 900), (run.choose(20_000, 60_000, 200_000), 3_000)):
        for letters in (2, 3, 4, 11):
            texts = {
                "random": (run.rng.integers(0, letters, n), run.rng.integers(0, letters, m)),
                "one letter": (np.full(n, letters - 1), np.arange(m) % letters),
                "blocks": (np.arange(n) * letters // n, np.sort(run.rng.integers(0, letters, m))),
            }
            for name, (text, pattern) in texts.items():
                problem = encode(text, pattern)
                codes = np.arange(len(problem.alphabet), dtype=np.int32)
                expected = m - long_mismatches(text, pattern)
                for together in (2, 3):
                    base = blocks.plan_blocks(n, m, 1)
                    plan = blocks.Blocks(base.log2_length, base.step, base.count, together)
                    if packed_error(plan.log2_length, m, len(codes), together) >= Fraction(3, 8):
                        continue
                    cases += 1
                    found = float_correlation.count_matches_by_float(problem, codes, plan)
                    if not np.array_equal(found, expected):
                        at = int(np.flatnonzero(found != expected)[0])
                        inputs = {"family": name, "n": n, "m": m, "letters": letters, "together": together}
                        witness = Witness(
                            inputs | {"alignment": at}, int(expected[at]), int(found[at]), "matches"
                        )
                        return refuted(cases, witness)
    return Verdict(
        Evidence.CONSISTENT,
        f"plans for n up to {run.choose(2**14, 2**19, 2**23) + 1}; counts with two and three letters "
        f"together for n up to {run.choose(20_000, 60_000, 200_000)}",
        cases,
        measured=worst,
        bound=Fraction(3, 8),
        relation="<",
        notes=[
            f"at most {most_together} letters share a transform; measured: the largest error bound of a plan",
            "rests on HAM-4, whose proof is on paper",
        ],
    )


def packed_error(log2_length: int, m: int, letters: int, together: int) -> Fraction:
    """The bound of HAM-11 in fractions, written out anew: 2^(bits (k-1)) S s / (1 - s), and reading."""
    bits = (4 * m - 1).bit_length()
    groups = -(-letters // together)
    s = Fraction(1184 * log2_length + 100 * groups + 300, 100 * 2**53)
    mass = isqrt((2 << log2_length) * m - 1) + 1
    scale = Fraction(2) ** (bits * (together - 1))
    return scale * mass * s / (1 - s) + (m * scale + 1) / 2**53


@check("HAM-12")
def digits_are_the_counts_exactly_if_their_sum_is_the_mass(run: Run) -> Verdict:
    """All pairs of small 0/1 vectors and some multisets, in base 2, 4 and 8; carries in Python integers."""
    cases = overflowing = 0
    longest = run.choose(5, 6, 7)
    vectors = [v for length in (1, 2, longest) for v in product((0, 1), repeat=length) if any(v)]
    multisets = [tuple(run.rng.integers(0, 6, 6).tolist()) for _ in range(40)]
    pairs = list(product(vectors, repeat=2)) + list(product(multisets, repeat=2))
    for x, y in pairs:
        mass = sum(x) * sum(y)
        if not mass:
            continue
        counts = [0] * (len(x) + len(y) - 1)
        for (i, s), (j, t) in product(enumerate(x), enumerate(y)):
            counts[i + j] += s * t
        for bits in (1, 2, 3):
            cases += 1
            plan = narrow_digits.plan_digits(len(x), len(y), min(sum(x) * max(y), sum(y) * max(x)), bits, 64)
            found = narrow_digits.product_digits(np.array(x), np.array(y), plan).tolist()
            value, digits, total = sum(c << bits * k for k, c in enumerate(counts)), [], 0
            for k in range(plan.digits):
                digits.append(value >> bits * k & (1 << bits) - 1)
                # The carry out of place k: what the counts up to k exceed the digits up to k by.
                low = sum(c << bits * i for i, c in enumerate(counts[: k + 1]))
                total += (low - (value & (1 << bits * (k + 1)) - 1)) >> bits * (k + 1)
            inputs = {"x": list(x), "y": list(y), "bits": bits}
            if found != digits:
                return refuted(cases, Witness(inputs, digits, found, "digits of the product"))
            carries = narrow_digits.carries_by_mass(mass, sum(found), bits)
            exact = found[: len(counts)] == counts
            overflowing += not exact
            if carries != total or (carries == 0) != exact:
                return refuted(
                    cases,
                    Witness(inputs, [total, exact], [carries, carries == 0], "sum of carries, exactness"),
                )
    return Verdict(
        Evidence.PROVED,
        f"all vectors by induction; code on every pair of 0/1 vectors of length 1, 2 and {longest} and "
        f"{len(multisets)}^2 multisets, in base 2, 4 and 8 ({overflowing} cases overflow)",
        cases,
        measured=0,
        bound=0,
        relation="==",
        arguments=_CERTIFICATE,
        notes=["the identities are the induction's beginning and step; measured: cases that disagree"],
    )


# I_k: sum over i <= k of (c_i - d_i) = (B-1) sum over i <= k of h_i + h_k, with c_i + h_(i-1) = d_i + B h_i.
_CERTIFICATE: list[Argument] = [
    SymbolicIdentity("B*h", "(B - 1)*h + h", ("B", "h")),
    SymbolicIdentity("((B - 1)*S + h) + (B*g - h)", "(B - 1)*(S + g) + g", ("B", "S", "h", "g")),
]


@check("HAM-13")
def few_moduli_divide_a_difference(run: Run) -> Verdict:
    """Exhaustive over Q and D; then how often drawn moduli collide, by an exact binomial test."""
    cases, largest = 0, 0.0
    for smallest in range(1, run.choose(60, 120, 250)):
        moduli = np.arange(smallest, 2 * smallest)
        differences = np.arange(1, 40 * smallest)
        dividing = (differences[:, None] % moduli[None, :] == 0).sum(axis=1)
        limit = differences / (2 * smallest) + 1
        cases += len(differences)
        ratio = dividing / limit
        at = int(ratio.argmax())
        largest = max(largest, float(ratio[at]))
        if ratio[at] > 1:
            inputs = {"Q": smallest, "D": at + 1}
            return refuted(cases, Witness(inputs, f"<= {limit[at]}", int(dividing[at]), "dividing moduli"))
    draws = 4_000
    for smallest in (10, 64, 1_000):
        for difference in (smallest, 2 * smallest, 5 * smallest + 1, 12 * smallest):
            drawn = [carry_repair.draw_modulus(smallest, run.rng) for _ in range(draws)]
            cases += 1
            hits = sum(difference % q == 0 for q in drawn)
            chance = (difference / (2 * smallest) + 1) / smallest
            outside = [q for q in drawn if not smallest <= q < 2 * smallest]
            # Below one in 10^9 under the bound.
            if outside or binom.sf(hits - 1, draws, min(1.0, chance)) < 1e-9:
                inputs = {"Q": smallest, "D": difference, "draws": draws}
                found = outside[:3] if outside else hits
                return refuted(
                    cases, Witness(inputs, f"about {chance * draws:.1f} at most", found, "collisions")
                )
    return Verdict(
        Evidence.VERIFIED,
        f"every Q below {run.choose(60, 120, 250)} and D below 40 Q; {draws} drawn moduli for 12 pairs",
        cases,
        measured=largest,
        bound=1,
        notes=["measured: largest number of dividing moduli over D/(2Q) + 1"],
    )


@check("HAM-14")
def repaired_counts_are_exact(run: Run) -> Verdict:
    """The cyclic systems and the peeling on small domains; whole histograms with the repair forced."""
    cases = 0
    for size in range(1, run.choose(5, 6, 7)):
        for hidden in product(range(3), repeat=size):
            for bits in (1, 2):
                cases += 1
                sums = np.array(hidden, dtype=np.int64)
                right = (sums << bits) - np.roll(sums, 1)
                found = carry_repair.solve_cyclic(right, bits, int(sums.sum()))
                if found.tolist() != list(hidden):
                    inputs = {"right-hand side": right.tolist(), "bits": bits}
                    return refuted(cases, Witness(inputs, list(hidden), found.tolist(), "sums of carries"))
    for hidden in product(range(2), repeat=run.choose(7, 9, 10)):
        for moduli in ((2, 3), (3, 4), (2, 3, 5), (4, 5, 6)):
            cases += 1
            carries = np.array(hidden, dtype=np.int64)
            tables = carry_repair.CarryTables(len(carries), list(moduli))
            tables.sums = [np.bincount(np.arange(len(carries)) % q, carries, q).astype(int) for q in moduli]
            found, undecided, _ = tables.peel()
            wrong = np.flatnonzero((found != carries) & ((found != 0) | (undecided == 0)))
            if len(wrong):
                inputs = {"carries": list(hidden), "moduli": list(moduli), "undecided": undecided}
                return refuted(cases, Witness(inputs, list(hidden), found.tolist(), "deduced carries"))
    repaired = 0
    for name, x, y in overflowing(run, run.choose(5, 40, 120)):
        for headroom in (1, 4, 64):
            cases += 1
            steps: list[Any] = []
            found = hamming.sum_histogram(
                x, y, headroom=headroom, overflow="repair", rng=run.rng, trace=steps
            )
            repaired += any(isinstance(step, CarriesRepaired) for step in steps)
            expected = np.convolve(x, y)
            if not np.array_equal(found, expected):
                at = int(np.flatnonzero(found != expected)[0]) if len(found) == len(expected) else -1
                inputs = {"family": name, "lengths": [len(x), len(y)], "headroom": headroom, "sum": at}
                if len(x) + len(y) < 40:
                    inputs |= {"x": x.tolist(), "y": y.tolist()}
                return refuted(cases, Witness(inputs, int(expected[at]), int(found[at]), "count"))
    if not repaired:
        witness = Witness({"histograms": "made to overflow"}, "repairs", 0, "the repair never ran")
        return refuted(cases, witness)
    return Verdict(
        Evidence.VERIFIED,
        f"all cyclic systems of up to {run.choose(4, 5, 6)} sums below 3; peeling of all 0/1 carries at "
        f"{run.choose(7, 9, 10)} positions by four sets of moduli; besides, {repaired} histograms repaired",
        cases,
        measured=0,
        bound=0,
        relation="==",
        notes=["measured: inputs with a wrong carry or count"],
    )


def overflowing(run: Run, rounds: int) -> Iterator[tuple[str, Counts, Counts]]:
    """Multisets whose sums pile up: progressions, runs, squares, multiplicities; and random ones."""
    rng = run.rng
    for k in range(rounds):
        a, b = (int(v) for v in rng.integers(20, 200 * (k % 8 + 1), 2))
        step = int(rng.integers(1, 9))
        x, y = np.zeros(a, dtype=np.int64), np.zeros(b, dtype=np.int64)
        x[::step], y[::step] = 1, 1
        yield "arithmetic progressions", x, y
        x, y = np.zeros(a, dtype=np.int64), np.zeros(b, dtype=np.int64)
        x[: a // 3], y[b // 2 :] = 1, 1
        yield "runs", x, y
        yield (
            "multisets",
            rng.integers(0, 4, a) * (rng.random(a) < 0.1),
            rng.integers(0, 9, b) * (rng.random(b) < 0.1),
        )
        yield (
            "random sets",
            (rng.random(a) < 0.2).astype(np.int64),
            (rng.random(b) < 0.2).astype(np.int64),
        )


@check("HAM-17")
def repairs_take_few_rounds(run: Run) -> Verdict:
    """Mean number of rounds over families that overflow, repairs of folded problems included."""
    rounds: list[int] = []
    cases = 0
    for name, x, y in overflowing(run, run.choose(25, 100, 400)):
        for headroom in (4, 64):
            steps: list[Any] = []
            hamming.sum_histogram(x, y, headroom=headroom, overflow="repair", rng=run.rng, trace=steps)
            found = [step.rounds for step in steps if isinstance(step, CarriesRepaired)]
            cases += len(found)
            rounds += found
            if found and max(found) > 12:
                inputs = {"family": name, "lengths": [len(x), len(y)], "headroom": headroom}
                return refuted(cases, Witness(inputs, "<= 12", max(found), "rounds"))
    if not rounds:
        witness = Witness({}, "overflows", 0, "no digit overflowed in families made for it")
        return refuted(1, witness)
    mean = float(np.mean(rounds))
    if mean > 2:
        return refuted(cases, Witness({"repairs": cases}, "<= 2", mean, "mean number of rounds"), mean, 2)
    counts = Counter(rounds)
    plot = Plot(
        "Rounds that repairs took",
        "rounds",
        "repairs",
        [Series("repairs", [float(k) for k in counts], [float(v) for v in counts.values()], "markers")],
        "linear",
        "log",
    )
    return Verdict(
        Evidence.CONSISTENT,
        f"{cases} repairs of progressions, runs, multisets and random sets; at most {max(rounds)} rounds",
        cases,
        measured=mean,
        bound=2,
        plots=[plot],
        notes=["measured: mean number of rounds of three moduli; the book proves no bound on it"],
    )
