"""The error bound of the float transform, and where it allows rounding (HAM-4, HAM-7)."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import chain
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from lemmata import hamming
from lemmata.claims import (
    Argument,
    Clause,
    Enclosure,
    Plot,
    Relation,
    Run,
    Series,
    SymbolicIdentity,
    check,
)
from lemmata.hamming import bounds, families
from lemmata.hamming.correlations import blocks, correlation, float_correlation, float_transform

from ..words import long_mismatches, long_words, mismatches, number_of_small_words, small_words


@check("HAM-4")
def float_transform_errors_stay_below_the_bound(run: Run) -> None:
    """Roots against Arb enclosures; sums of correlations, at three scales, against exact integers."""
    close, enough, rounded = run.clauses("abc")
    bound = run.formula("rounding_bound", library=bounds.rounding_bound)
    orders = range(run.choose(13, 16, 21))
    for log2_length in run.samples(orders, f"all roots of unity of order up to 2^{orders[-1]}"):
        compare_roots(close, log2_length, range(1 << log2_length))
    for log2_length in run.samples((13, 16, 17, 20), "roots of larger order, 200 of each and around eighths"):
        eighths = ((k << log2_length >> 3) + off for k in range(8) for off in (-1, 0, 1))
        drawn = run.rng.integers(0, 1 << log2_length, 200).tolist()
        compare_roots(close, log2_length, [*(k % (1 << log2_length) for k in eighths), *drawn])
    points: dict[str, list[tuple[int, float]]] = {}
    lengths = range(1, run.choose(12, 15, 16))
    longer = run.choose((12, 13, 16, 17), (16, 17, 18, 19), (17, 18, 19, 20))
    inputs = chain(
        ((L, *one) for L in lengths for one in rounding_inputs(run, L)),
        ((L, *one) for L in longer for one in few_places(run, L)),
    )
    description = f"sums of 1 to 16 correlations of length 2 to 2^{longer[-1]}, at scales 2^-350, 1 and 2^59"
    for log2_length, name, text, pattern, mass in run.samples(inputs, description):
        for exponent in (0, -350, 59):
            error = correlation_error(text, pattern, log2_length, exponent)
            limit = bound(log2_length, len(text), mass)
            close.holds(error, "<=", limit, family=name, L=log2_length, sigma=len(text), scale=exponent)
        part = error / (mass * bounds.HALF_ULP) if mass else 0.0
        points.setdefault(name, []).append((1 << log2_length, max(part, 1e-3)))
    for log2_length in run.samples(range(1, 8), "random letters in two blocks and a pattern"):
        compare_masses(run, enough, log2_length)
    longest = run.choose(3, 4, 5)
    for small_text, small_pattern in run.every(
        small_words(longest, 3),
        f"every text of at most {longest} letters over 3 letters, every pattern",
        size=number_of_small_words(longest, 3),
    ):
        found = hamming.per_letter_fft(np.array(small_text), np.array(small_pattern), transform="float")
        expected = np.array(mismatches(small_text, small_pattern))
        rounded.equal(found, expected, text=small_text, pattern=small_pattern)
    long = long_words(run, 4_000, 300)
    few = ((name, text, pattern) for name, text, pattern in long if len(np.unique(pattern)) <= 60)
    for name, long_text, long_pattern in run.samples(few, "families with at most 60 letters at n = 4000"):
        found = hamming.per_letter_fft(long_text, long_pattern, transform="float")
        rounded.equal(found, long_mismatches(long_text, long_pattern), family=name)
    for m in run.samples((1, 2, 16, 500), "sums off by almost 1/2"):
        made_up = np.array(
            [(count, off) for count in range(m + 1) for off in (2**-12 - 0.5, 0, 0.5 - 2**-12)]
        )
        sums = 2**12 * np.pad(made_up.sum(axis=1), (0, 2**12 - len(made_up)))[None, :]
        read = np.empty(2 * len(made_up), dtype=np.int64)
        float_correlation.read_matches(sums, sums.copy(), 0, len(made_up), read)
        rounded.equal(read, np.tile(made_up[:, 0].astype(int), 2), m=m, explanation="read with an error")
    curves = [
        Series(name, [float(n) for n, _ in found], [e for _, e in found], "lines+markers")
        for name, found in points.items()
    ]
    limits = [float(bound(k, 1, 1)) / bounds.HALF_ULP for k in lengths]
    curves.append(Series("bound (one letter)", [float(1 << k) for k in lengths], limits, "lines"))
    run.plot(Plot("Largest error in units of u S", "length N", "error / (u S)", curves, "log", "log"))


def compare_roots(clause: Clause, log2_length: int, places: Iterable[int]) -> None:
    """Roots of unity stored at these places are within u/sqrt(2) (1 + 2^-40) of the true ones, by Arb."""
    from flint import arb, ctx, fmpq  # noqa: PLC0415 - loads only where it is used

    real, imaginary = float_transform.roots_of_unity(log2_length)
    before = ctx.prec
    ctx.prec = 128
    try:
        limit = (arb(2) ** -54) * arb(2).sqrt() * (1 + arb(2) ** -40)
        furthest, at = arb(0), 0
        for k in places:
            angle = arb(fmpq(-2 * k, 1 << log2_length))
            off_re, off_im = angle.cos_pi() - float(real[k]), angle.sin_pi() - float(imaginary[k])
            distance = (off_re**2 + off_im**2).sqrt()
            if not distance <= furthest:
                furthest, at = distance, k
        clause.equal(bool(furthest <= limit), True, L=log2_length, k=at, distance=float(furthest.mid()))
    finally:
        ctx.prec = before


def compare_masses(run: Run, clause: Clause, log2_length: int) -> None:
    """Norms of letters' indicators add up to at most the square root of 2Nm."""
    length = 1 << log2_length
    for m in sorted({1, length // 2, length}):
        for letters in (1, 2, 5, 2 * length):
            blocks_of_text = run.rng.integers(0, letters, 2 * length)
            pattern = run.rng.integers(0, letters, m)
            pairs = [int((blocks_of_text == c).sum()) * int((pattern == c).sum()) for c in range(letters)]
            root = sum(isqrt(pair << 80) for pair in pairs)  # rounded down to 2^-40 each
            inputs = {"L": log2_length, "m": m, "letters": letters}
            clause.holds(root * root, "<=", 2 * length * m << 80, **inputs)
            mass = bounds.correlation_mass(log2_length, m)
            clause.holds(2 * length * m, "<=", mass * mass, **inputs, explanation="the library's S")


def rounding_inputs(
    run: Run, log2_length: int
) -> Iterator[tuple[str, NDArray[np.complex128], NDArray[np.float64], float]]:
    """Name, texts (letters, N), patterns (letters, N) and mass S: small integers, so that sums are exact."""
    length = 1 << log2_length
    rng = run.rng
    half = length // 2
    ones = np.ones((1, length))
    front = np.where(np.arange(length) < half, 1.0, 0.0)[None, :]
    last = np.where(np.arange(length) == length - 1, 1.0, 0.0)[None, :]
    signs = rng.choice([-1.0, 1.0], size=(3, length))
    letters = rng.integers(0, 16, size=(3, length))
    drawn = [np.array([row == c for c in range(16)], dtype=float) for row in letters]
    prose = np.array([ord(c) for c in families.real_text()[: 3 * length]]).reshape(3, -1)[:, :length]
    written = [np.array([row == ord(c) for c in " etaoin"], dtype=float) for row in prose]
    inputs: list[tuple[str, NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]] = [
        ("all ones", ones, ones, ones),
        ("ones in the front half", ones, front, front),
        ("a single one", last, last, last),
        ("random signs", signs[:1], signs[1:2], signs[2:]),
        ("16 random letters", drawn[0], drawn[1], drawn[2]),
        ("prose", written[0], written[1], written[2]),
    ]
    for name, real, imaginary, pattern in inputs:
        text = real + 1j * imaginary
        norms = np.sqrt((np.abs(text) ** 2).sum(axis=1)) * np.sqrt((pattern**2).sum(axis=1))
        yield name, text, pattern, float(norms.sum()) * (1 + 2.0**-40)


def few_places(
    run: Run, log2_length: int
) -> Iterator[tuple[str, NDArray[np.complex128], NDArray[np.float64], float]]:
    """The same for long transforms: patterns with one and sixteen entries that are not 0."""
    length, rng = 1 << log2_length, run.rng
    for name, entries in (("a single one, long", 1), ("sixteen ones, long", 16)):
        pattern = np.zeros((1, length))
        pattern[0, rng.choice(length, entries, replace=False)] = 1.0
        text = np.zeros((1, length), dtype=np.complex128)
        some = rng.choice(length, 40, replace=False)
        text[0, some] = rng.choice([1.0, 1j, -1.0, 1 + 1j], 40)
        mass = float(np.sqrt((np.abs(text) ** 2).sum() * entries)) * (1 + 2.0**-40)
        yield name, text, pattern, mass


def correlation_error(
    texts: NDArray[np.complex128], patterns: NDArray[np.float64], log2_length: int, exponent: int
) -> float:
    """Largest error of the float transform's sum of cyclic correlations of integers times 2^exponent.

    It is given in units of 2^(2 exponent), as if the inputs were the integers.
    """
    length, scale = 1 << log2_length, 2.0**exponent
    roots = float_transform.butterfly_roots(log2_length)
    total_re, total_im = np.zeros(length), np.zeros(length)
    exact_re, exact_im = np.zeros(length, dtype=np.int64), np.zeros(length, dtype=np.int64)
    for text, pattern in zip(texts, patterns, strict=True):
        re, im = text.real * scale, text.imag * scale
        pattern_re, pattern_im = pattern * scale, np.zeros(length)
        float_transform.forward(re, im, *roots)
        float_transform.forward(pattern_re, pattern_im, *roots)
        float_correlation.add_product(re, im, pattern_re, pattern_im, total_re, total_im)
        exact_re += cyclic_correlation(text.real.astype(np.int64), pattern.astype(np.int64))
        exact_im += cyclic_correlation(text.imag.astype(np.int64), pattern.astype(np.int64))
    float_transform.inverse(total_re, total_im, *roots)
    down = -2 * exponent - log2_length
    errors = np.hypot(np.ldexp(total_re, down) - exact_re, np.ldexp(total_im, down) - exact_im)
    return float(errors.max()) if np.isfinite(errors).all() else float("inf")


def cyclic_correlation(text: NDArray[np.int64], pattern: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sum over j of text[i + j mod N] pattern[j], in integers."""
    used = np.flatnonzero(pattern)
    if len(used) == 0:
        return np.zeros(len(text), dtype=np.int64)
    if len(used) <= 16 < len(text):
        return sum(
            (pattern[j] * np.roll(text, -j) for j in used.tolist()), np.zeros(len(text), dtype=np.int64)
        )
    around = np.concatenate([text, text[:-1]])
    return np.correlate(around, pattern, mode="valid")


@check("HAM-7")
def float_transform_is_exact_up_to_two_to_the_25(run: Run) -> None:
    """Enclose the largest bound for every length; hold the library's own bound and plans against it."""
    allowed, beyond, planned = run.clauses("abc")
    bound, mass = run.formula("rounding_bound"), run.formula("correlation_mass")

    def enclosed(log2_length: int, relation: Relation) -> Argument:
        length = 1 << log2_length
        s = f"(({1184} * {log2_length} + 100 * {length} + 300) / (100 * 2**53))"
        return Enclosure(f"(sqrt(2) * {length} + 1) * {s} / (1 - {s})", relation, "1/2")

    allowed.proof(
        *(enclosed(log2_length, "<") for log2_length in range(26)),
        # s / (1 - s) grows: the difference at s2 and s1, times both denominators, is s2 - s1.
        SymbolicIdentity("s2*(1 - s1) - s1*(1 - s2)", "s2 - s1", ("s1", "s2")),
        because="s grows with sigma and S with m, S s/(1 - s) with both, and S <= sqrt(2) N + 1 at m = sigma "
        "= N, where each of the 26 lengths has its enclosure",
    )
    for log2_length in run.samples(range(26), "every L up to 25, with small and large m and sigma"):
        length = 1 << log2_length
        for m in sorted({1, 2, length // 3, length // 2, length - 1, length} - {0}):
            for letters in sorted({1, m // 2, m} - {0}):
                inputs = {"L": log2_length, "m": m, "sigma": letters}
                found = correlation.float_is_exact(blocks.Blocks(log2_length, length - m + 1, 1), m, letters)
                allowed.equal(found, True, **inputs)
                allowed.holds(
                    bound(log2_length, letters, mass(log2_length, m)), "<", Fraction(1, 2), **inputs
                )
    length = 1 << 26
    s = f"(({1184} * 26 + 100 * {length} + 300) / (100 * 2**53))"
    beyond.proof(
        Enclosure(f"sqrt(2) * {length} * {s} / (1 - {s})", ">", "1/2"),
        because="S is at least sqrt(2) N",
    )
    beyond.equal(correlation.float_is_exact(blocks.Blocks(26, 1, 1), length, length), False, L=26)
    grid = [
        (n, m, letters)
        for n in (1, 2, 1000, 2**25 - 1, 2**25, 2**25 + 1, 2**28, 2**40)
        for m in (1, 2, 700, 2**20, 2**24 - 1, 2**24)
        for letters in (1, 2, 26, 2**12, 2**13, 2**20)
        if letters <= m <= n
    ]
    for n, m, letters in run.samples(grid, "n up to 2^40, m up to 2^24, up to 2^20 letters"):
        plan = blocks.plan_blocks(n, m, letters)
        planned.holds(plan.log2_length, "<=", 25, n=n, m=m, sigma=letters)
        planned.holds(plan.length, ">=", m + plan.step - 1, n=n, m=m, sigma=letters)
        planned.holds(plan.step * plan.count, ">=", n - m + 1, n=n, m=m, sigma=letters)
        planned.equal(correlation.float_is_exact(plan, m, letters), True, n=n, m=m, sigma=letters)
