"""The error bound of the float transform, and where it allows rounding (HAM-4, HAM-7)."""

from collections.abc import Iterator
from fractions import Fraction
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from lemmata.claims import Argument, Enclosure, Evidence, Plot, Run, Series, Verdict, Witness, check, refuted
from lemmata.hamming import blocks, bounds, correlation, families, float_correlation, float_transform


@check("HAM-4")
def float_transform_errors_stay_below_the_bound(run: Run) -> Verdict:
    """Roots against Arb enclosures; sums of correlations against exact integers."""
    cases, worst, worst_case = 0, 0.0, (0.0, 1.0)
    for log2_length in range(run.choose(13, 16, 21)):
        if (witness := first_bad_root(log2_length)) is not None:
            return refuted(cases + 1, witness)
        cases += 1
    points: dict[str, list[tuple[int, float]]] = {}
    for log2_length in range(1, run.choose(13, 15, 16)):
        for name, text, pattern, mass in rounding_inputs(run, log2_length):
            if mass == 0:
                continue  # none of the letters occurs
            error, at = correlation_error(text, pattern, log2_length)
            limit = bounds.rounding_bound(log2_length, len(text), mass)
            cases += 1
            points.setdefault(name, []).append(
                (1 << log2_length, max(error / (mass * bounds.HALF_ULP), 1e-3))
            )
            if not error <= limit:
                inputs: dict[str, object] = {"family": name, "log2_length": log2_length, "entry": at}
                if log2_length <= 3:
                    inputs |= {"texts": [f"{row.tolist()}" for row in text], "patterns": pattern.tolist()}
                return refuted(
                    cases, Witness(inputs, f"<= {limit:.3g}", error, "absolute error"), error, limit
                )
            if error / limit > worst:
                worst, worst_case = error / limit, (error, limit)
    curves = [
        Series(name, [float(n) for n, _ in found], [e for _, e in found], "lines+markers")
        for name, found in points.items()
    ]
    grid = [1 << k for k in range(1, run.choose(13, 15, 16))]
    limits = [bounds.rounding_bound(n.bit_length() - 1, 1, 1.0) / bounds.HALF_ULP for n in grid]
    curves.append(Series("bound (one letter)", [float(n) for n in grid], limits, "lines"))
    return Verdict(
        Evidence.CONSISTENT,
        f"all roots of unity of order up to 2^{run.choose(12, 15, 20)}; sums of 1 to 16 correlations of "
        f"length 2 to 2^{run.choose(12, 14, 15)}: constant, single, random and prose inputs",
        cases,
        measured=worst_case[0],
        bound=worst_case[1],
        notes=[f"the largest error is {worst:.3f} of its bound"],
        plots=[Plot("Largest error in units of u S", "length N", "error / (u S)", curves, "log", "log")],
    )


def first_bad_root(log2_length: int) -> Witness | None:
    """First stored root of unity that is further than u/sqrt(2) (1 + 2^-40) from the true one."""
    from flint import arb, ctx, fmpq  # noqa: PLC0415 - loads only where it is used

    real, imaginary = float_transform.roots_of_unity(log2_length)
    before = ctx.prec
    ctx.prec = 128
    try:
        limit = (arb(2) ** -54) * arb(2).sqrt() * (1 + arb(2) ** -40)
        for k in range(1 << log2_length):
            angle = arb(fmpq(-2 * k, 1 << log2_length))
            off_re, off_im = angle.cos_pi() - float(real[k]), angle.sin_pi() - float(imaginary[k])
            if not (off_re**2 + off_im**2).sqrt() <= limit:
                distance = float((off_re**2 + off_im**2).sqrt().mid())
                return Witness(
                    {"log2_length": log2_length, "k": k},
                    f"<= {float(limit.mid())}",
                    distance,
                    "root's distance",
                )
    finally:
        ctx.prec = before
    return None


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


def correlation_error(
    texts: NDArray[np.complex128], patterns: NDArray[np.float64], log2_length: int
) -> tuple[float, int]:
    """Largest error of the float transform's sum of cyclic correlations, and where it is."""
    length = 1 << log2_length
    roots = float_transform.butterfly_roots(log2_length)
    total_re, total_im = np.zeros(length), np.zeros(length)
    exact_re, exact_im = np.zeros(length, dtype=np.int64), np.zeros(length, dtype=np.int64)
    for text, pattern in zip(texts, patterns, strict=True):
        re, im = text.real.copy(), text.imag.copy()
        pattern_re, pattern_im = pattern.copy(), np.zeros(length)
        float_transform.forward(re, im, *roots)
        float_transform.forward(pattern_re, pattern_im, *roots)
        float_correlation.add_product(re, im, pattern_re, pattern_im, total_re, total_im)
        exact_re += cyclic_correlation(text.real.astype(np.int64), pattern.astype(np.int64))
        exact_im += cyclic_correlation(text.imag.astype(np.int64), pattern.astype(np.int64))
    float_transform.inverse(total_re, total_im, *roots)
    off_re, off_im = total_re / length - exact_re, total_im / length - exact_im
    errors = np.hypot(off_re, off_im)
    if not np.isfinite(errors).all():
        return float("inf"), int(np.flatnonzero(~np.isfinite(errors))[0])
    return float(errors.max()), int(errors.argmax())


def cyclic_correlation(text: NDArray[np.int64], pattern: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sum over j of text[i + j mod N] pattern[j], in integers."""
    used = np.flatnonzero(pattern)
    if len(used) == 0:
        return np.zeros(len(text), dtype=np.int64)
    around = np.concatenate([text, text[:-1]])
    return np.correlate(around, pattern, mode="valid")


@check("HAM-7")
def float_transform_is_exact_up_to_two_to_the_25(_: Run) -> Verdict:
    """Enclose the largest bound for every length; hold the library's own bound against it."""
    cases = 0
    arguments: list[Argument] = []
    for log2_length in range(26 + 1):
        length = 1 << log2_length
        s = f"(({1184} * {log2_length} + 100 * {length} + 300) / (100 * 2**53))"
        bound = f"(sqrt(2) * {length} + 1) * {s} / (1 - {s})"
        arguments.append(Enclosure(bound, "<" if log2_length <= 25 else ">", "1/2"))
        for m in sorted({1, 2, length // 3, length // 2, length - 1, length} - {0}):
            for letters in sorted({1, m // 2, m} - {0}):
                cases += 1
                exact = correlation.float_is_exact(blocks.Blocks(log2_length, length - m + 1, 1), m, letters)
                inputs = {"log2_length": log2_length, "m": m, "letters": letters}
                if log2_length <= 25 and not exact:
                    return refuted(
                        cases, Witness(inputs, True, exact, "the float transform should be allowed")
                    )
                # The library's formula must not be smaller than the theorem's.
                mass, us = (
                    sqrt(2 * length * m),
                    Fraction(1184 * log2_length + 100 * letters + 300, 100 * 2**53),
                )
                formula = mass * float(us / (1 - us)) * (1 - 1e-12)
                found = bounds.rounding_bound(log2_length, letters, bounds.correlation_mass(log2_length, m))
                if not found >= formula:
                    return refuted(cases, Witness(inputs, f">= {formula}", found, "the library's bound"))
                if exact != (found < 0.5):
                    return refuted(cases, Witness(inputs, found < 0.5, exact, "allowed exactly below 1/2"))
    beyond = correlation.float_is_exact(blocks.Blocks(26, 1, 1), 1 << 26, 1 << 26)
    if beyond:
        inputs = {"log2_length": 26, "m": 1 << 26, "letters": 1 << 26}
        return refuted(cases, Witness(inputs, False, beyond, "beyond the bound, float must not be used"))
    largest = bounds.rounding_bound(25, 1 << 25, bounds.correlation_mass(25, 1 << 25))
    return Verdict(
        Evidence.PROVED,
        "every L up to 25, with the worst m and number of letters; L = 26 as the first that fails",
        cases,
        measured=largest,
        bound=Fraction(1, 2),
        relation="<",
        arguments=arguments,
        notes=["rests on HAM-4, whose proof is on paper and whose figures are measured"],
    )
