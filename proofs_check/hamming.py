"""Checks of the chapter on text-to-pattern Hamming distances (``theory/hamming.md``).

Expected values come from the definition written out below, from integer convolutions by NumPy, from
Python's integers or from Arb enclosures; never from `lemmata.hamming`.
"""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import product
from math import sqrt
from types import FunctionType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lemmata import hamming
from lemmata.claims import (
    Argument,
    Enclosure,
    Evidence,
    ExactRelation,
    Plot,
    Run,
    Series,
    SymbolicIdentity,
    Verdict,
    Witness,
    check,
    shrink,
)
from lemmata.costs import Costs
from lemmata.hamming import (
    blocks,
    bounds,
    correlation,
    families,
    float_correlation,
    float_transform,
    modular_transform,
)
from lemmata.hamming.letters import encode

Implementation = Callable[[Any, Any], NDArray[np.int64]]


def mismatches(text: Sequence[int], pattern: Sequence[int]) -> list[int]:
    """The definition, in plain Python."""
    m = len(pattern)
    return [
        sum(a != b for a, b in zip(text[i : i + m], pattern, strict=True)) for i in range(len(text) - m + 1)
    ]


def long_mismatches(text: NDArray[np.int64], pattern: NDArray[np.int64]) -> NDArray[np.int64]:
    """The definition, one vector operation per letter of the pattern."""
    alignments = len(text) - len(pattern) + 1
    total = np.zeros(alignments, dtype=np.int64)
    for j, letter in enumerate(pattern):
        total += text[j : j + alignments] != letter
    return total


def small_words(longest: int, letters: int) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Every text of at most ``longest`` letters with every pattern that fits, shortest first."""
    for n in range(1, longest + 1):
        for m in range(1, n + 1):
            for pattern in product(range(letters), repeat=m):
                for text in product(range(letters), repeat=n):
                    yield text, pattern


def long_words(run: Run, n: int, m: int) -> Iterator[tuple[str, NDArray[np.int64], NDArray[np.int64]]]:
    """Name, text and pattern of every hard family, and real text with a pattern cut from it."""
    for name, text in families.named_words(n, run.rng).items():
        word = text()
        start = int(run.rng.integers(0, n - m + 1))
        pattern = word[start : start + m].copy()
        pattern[int(run.rng.integers(0, m))] += 1  # one letter off, so that no alignment is trivial
        yield name, word, pattern
    prose = np.array([ord(letter) for letter in families.real_text()[:n]], dtype=np.int64)
    start = int(run.rng.integers(0, len(prose) - m + 1))
    yield "real text", prose, prose[start : start + m]


def differs(
    implementation: Implementation, text: Sequence[int], pattern: Sequence[int]
) -> tuple[list[int], list[int]] | None:
    """Expected and found distances where they differ, else None."""
    expected = mismatches(text, pattern)
    found = implementation(np.array(text), np.array(pattern)).tolist()
    return None if found == expected else (expected, found)


def witness_of(name: str, implementation: Implementation, text: Any, pattern: Any) -> Witness:
    """Smallest input near (text, pattern) on which the implementation is wrong."""

    def fails(words: tuple[tuple[int, ...], ...]) -> bool:
        text, pattern = words
        return 1 <= len(pattern) <= len(text) and differs(implementation, text, pattern) is not None

    text, pattern = shrink([text, pattern], fails)
    found = differs(implementation, text, pattern)
    assert found is not None
    first = next((i for i, (a, b) in enumerate(zip(*found, strict=False)) if a != b), len(found[0]))
    return Witness(
        {"implementation": name, "text": list(text), "pattern": list(pattern)},
        found[0],
        found[1],
        f"distances by {name}; the first difference is at alignment {first}",
    )


@check("HAM-1")
def letter_correlations_add_up_to_the_matches(run: Run) -> Verdict:
    """Each letter's correlation, and m minus their sum, against plain counting and the definition."""
    cases = 0
    longest = run.choose(5, 6, 8)
    for text, pattern in small_words(longest, 3):
        expected = mismatches(text, pattern)
        problem = encode(np.array(text), np.array(pattern))
        by_letter = {
            letter: correlation.count_matches(problem, [code]).tolist()
            for code, letter in enumerate(problem.alphabet)
        }
        exact = {
            letter: [
                sum(text[i + j] == letter for j, p in enumerate(pattern) if p == letter)
                for i in range(len(expected))
            ]
            for letter in sorted(set(pattern))
        }
        total = [len(pattern) - sum(column) for column in zip(*by_letter.values(), strict=True)]
        cases += 1
        if by_letter != exact or total != expected:
            inputs = {"text": list(text), "pattern": list(pattern)}
            explanation = "matches of every letter at every alignment, then the distances"
            return refuted(cases, Witness(inputs, [exact, expected], [by_letter, total], explanation))
    return Verdict(
        Evidence.VERIFIED,
        f"every text of at most {longest} letters and every pattern that fits, over 3 letters",
        cases,
        measured=0,
        bound=0,
        relation="==",
        notes=["measured: inputs on which the identity fails"],
    )


def refuted(
    cases: int, witness: Witness, measured: float | None = None, bound: float | None = None
) -> Verdict:
    """The verdict on a claim that the witness contradicts."""
    return Verdict(
        Evidence.REFUTED, f"{cases} cases up to the first failure", cases, measured, bound, witness=witness
    )


@check("HAM-2")
def fischer_paterson_stays_below_its_cost(run: Run) -> Verdict:
    """Charged word operations against the bound, per instance; the charge of a transform against a count."""

    def instances() -> Iterator[tuple[str, NDArray[np.int64], NDArray[np.int64]]]:
        for m in sizes(run):
            for n in (m, 2 * m - 1, 2 * m, 8 * m):
                for letters in (1, 2, 26):
                    text = families.equal_frequencies(n, letters, run.rng)
                    yield f"{letters} letters", text, families.equal_frequencies(m, letters, run.rng)

    def bound(text: NDArray[np.int64], pattern: NDArray[np.int64]) -> float:
        return bounds.fischer_paterson_word_operations(len(text), len(pattern), len(set(pattern.tolist())))

    return counted_costs(run, hamming.per_letter_fft, instances(), bound)


@check("HAM-3")
def abrahamson_stays_below_its_cost(run: Run) -> Verdict:
    """Charged word operations against the bound, per instance, on the worst letter frequencies."""

    def instances() -> Iterator[tuple[str, NDArray[np.int64], NDArray[np.int64]]]:
        for m in sizes(run):
            for n in (m, 2 * m, 8 * m):
                for power in (0.0, 0.25, 0.5, 0.6, 0.75, 1.0):
                    letters = max(1, round(m**power))
                    text = families.equal_frequencies(n, letters, run.rng)
                    yield f"m^{power:g} letters", text, families.equal_frequencies(m, letters, run.rng)
                yield "Zipf letters", families.zipf(n, run.rng), families.zipf(m, run.rng)
            yield "real text", *real_words(8 * m, m)

    def bound(text: NDArray[np.int64], pattern: NDArray[np.int64]) -> float:
        return bounds.abrahamson_word_operations(len(text), len(pattern))

    return counted_costs(run, hamming.abrahamson, instances(), bound)


def sizes(run: Run) -> list[int]:
    """Pattern lengths of the cost checks, fixed beforehand: powers of two, and one more and one less."""
    powers = [2**k for k in range(0, run.choose(14, 16, 18))]
    return sorted({size for p in powers for size in (p - 1, p, p + 1) if size >= 1})


def real_words(n: int, m: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Real text, repeated if it is too short, and a pattern from its middle."""
    prose = np.array([ord(letter) for letter in families.real_text()], dtype=np.int64)
    text = np.resize(prose, n)
    return text, text[(n - m) // 2 :][:m].copy()


def counted_costs(
    run: Run,
    algorithm: Callable[..., NDArray[np.int64]],
    instances: Iterator[tuple[str, NDArray[np.int64], NDArray[np.int64]]],
    bound: Callable[[NDArray[np.int64], NDArray[np.int64]], float],
) -> Verdict:
    """Charge the algorithm on every instance and compare with the theorem's bound."""
    cases, worst, worst_case = 0, 0.0, (0.0, 1.0)
    points: dict[str, list[tuple[int, float, str]]] = {}
    for name, text, pattern in instances:
        n, m = len(text), len(pattern)
        costs = Costs()
        distances = algorithm(text, pattern, costs=costs)
        limit = bound(text, pattern)
        cases += 1
        # A cost is worth nothing if the work was not done: look at one alignment.
        at = int(run.rng.integers(0, n - m + 1))
        expected = int((text[at : at + m] != pattern).sum())
        inputs = {"family": name, "n": n, "m": m}
        if int(distances[at]) != expected:
            return refuted(
                cases, Witness(inputs | {"alignment": at}, expected, int(distances[at]), "distance")
            )
        if costs.word_operations < n:
            inputs["claimed"] = costs.word_operations
            return refuted(
                cases, Witness(inputs, f">= {n}", costs.word_operations, "cannot even read the text")
            )
        if costs.word_operations > limit:
            small = {"text": text.tolist(), "pattern": pattern.tolist()} if n <= 40 else {}
            witness = Witness(inputs | small, f"<= {limit:.6g}", costs.word_operations, "word operations")
            return refuted(cases, witness, float(costs.word_operations), limit)
        if costs.word_operations / limit > worst:
            worst, worst_case = costs.word_operations / limit, (float(costs.word_operations), limit)
        label = f"n = {n}: {costs.word_operations} operations, bound {limit:.6g}"
        points.setdefault(name, []).append((m, costs.word_operations / limit, label))
    if (miscount := first_miscounted_transform()) is not None:
        return refuted(cases, miscount)
    curves = []
    for name, found in points.items():
        ordered = sorted(found)
        curves.append(
            Series(
                name,
                [float(m) for m, _, _ in ordered],
                [ratio for _, ratio, _ in ordered],
                "markers",
                [label for _, _, label in ordered],
            )
        )
    return Verdict(
        Evidence.CONSISTENT,
        f"{cases} instances, m from 1 to {max(sizes(run))}, n from m to 8m",
        cases,
        measured=worst_case[0],
        bound=worst_case[1],
        notes=[f"shown is the instance nearest its bound; it uses {worst:.3f} of it"],
        plots=[
            Plot(
                "Counted cost as a part of the bound",
                "pattern length m",
                "cost / bound",
                curves,
                "log",
                "log",
            )
        ],
        costs={"word_operations": int(worst_case[0])},
    )


class Counted:
    """A number that counts what is done to it."""

    operations = 0

    def __init__(self, value: float) -> None:
        self.value = value

    def _counted(self, result: float) -> "Counted":
        Counted.operations += 1
        return Counted(result)

    def __add__(self, other: "Counted") -> "Counted":
        return self._counted(self.value + other.value)

    def __sub__(self, other: "Counted") -> "Counted":
        return self._counted(self.value - other.value)

    def __mul__(self, other: "Counted") -> "Counted":
        return self._counted(self.value * other.value)


def first_miscounted_transform() -> Witness | None:
    """Run the transforms' plain Python on counting numbers; where the charge is not the count, say so."""
    for log2_length in range(8):
        roots = [as_counted(part) for part in float_transform.butterfly_roots(log2_length)]
        for name in ("_forward_py", "_inverse_py"):
            parts = [as_counted(np.ones(1 << log2_length)) for _ in range(2)]
            Counted.operations = 0
            getattr(float_transform, name)(*parts, *roots)
            charged = bounds.transform_word_operations(log2_length)
            if Counted.operations != charged:
                inputs = {"transform": name, "log2_length": log2_length}
                return Witness(inputs, charged, Counted.operations, "operations charged, and counted")
    return None


def as_counted(values: NDArray[np.float64]) -> NDArray[Any]:
    """The same numbers, counting."""
    return np.array([Counted(float(value)) for value in values] + [None], dtype=object)[:-1]


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


@check("HAM-5")
def distances_have_the_properties_of_a_metric(run: Run) -> Verdict:
    """The five properties on every small input, then on long ones."""
    cases = 0
    longest = run.choose(4, 6, 8)
    for text, pattern in small_words(longest, 3):
        cases += 1
        if (witness := broken_property(text, pattern)) is not None:
            return refuted(cases, witness)
    words = [word for m in range(1, 4) for word in product(range(3), repeat=m)]
    for one, other, third in product(words, repeat=3):
        if len(one) == len(other) == len(third):
            cases += 1
            sides = [distance(one, other), distance(one, third), distance(third, other), distance(other, one)]
            if sides[0] > sides[1] + sides[2] or sides[0] != sides[3]:
                inputs = {"P": list(one), "Q": list(other), "R": list(third)}
                return refuted(cases, Witness(inputs, "d(P,Q) = d(Q,P) <= d(P,R) + d(R,Q)", sides))
    n, m = run.choose((20_000, 300), (100_000, 2_000), (400_000, 5_000))
    for name, long_text, long_pattern in long_words(run, n, m):
        cases += 1
        if (witness := broken_property(long_text, long_pattern, shifts=(1, 2, m // 2, m - 1))) is not None:
            small = {"family": name, "n": n, "m": m} | dict(witness.inputs)
            return refuted(cases, Witness(small, witness.expected, witness.found, witness.explanation))
    return Verdict(
        Evidence.VERIFIED,
        f"every text of at most {longest} letters and every pattern that fits, over 3 letters; every "
        f"triple of words of at most 3 letters; besides, long texts of {n} letters from nine families",
        cases,
        measured=0,
        bound=0,
        relation="==",
        notes=["measured: inputs on which a property fails"],
    )


def distance(one: Any, other: Any) -> int:
    """Distance of two words of one length."""
    return int(hamming.distances(np.asarray(one), np.asarray(other))[0])


def broken_property(text: Any, pattern: Any, shifts: Sequence[int] | None = None) -> Witness | None:
    """First of the properties (a), (c), (d), (e) of HAM-5 that does not hold, as a witness."""
    text, pattern = np.asarray(text), np.asarray(pattern)
    n, m = len(text), len(pattern)
    d = hamming.distances(text, pattern)
    inputs = {"text": text.tolist(), "pattern": pattern.tolist()} if n <= 40 else {}
    if d.shape != (n - m + 1,):
        return Witness(inputs, [n - m + 1], list(d.shape), "(a) number of alignments")
    occurrences = [
        i for i in range(n - m + 1) if text[i] == pattern[0] and np.array_equal(text[i : i + m], pattern)
    ]
    if d.min() < 0 or d.max() > m or np.flatnonzero(d == 0).tolist() != occurrences:
        return Witness(inputs, occurrences, np.flatnonzero(d == 0).tolist(), "(a) zeros are the occurrences")
    for cut in sorted({1, m // 2} - {0, m}):
        front, back = hamming.distances(text, pattern[:cut]), hamming.distances(text, pattern[cut:])
        parts = front[: n - m + 1] + back[cut : cut + n - m + 1]
        if not np.array_equal(d, parts):
            return Witness(inputs | {"cut": cut}, d.tolist()[:40], parts.tolist()[:40], "(c) concatenation")
    if n > m:
        dropped = hamming.distances(text[1:], pattern)
        if not np.array_equal(d[1:], dropped):
            return Witness(inputs, d[1:].tolist()[:40], dropped.tolist()[:40], "(d) dropping a letter")
    for p in range(1, m) if shifts is None else shifts:
        overlap = distance(pattern[p:], pattern[: m - p])
        sums = d[: max(0, len(d) - p)] + d[p:]
        if len(sums) and overlap > sums.min():
            return Witness(inputs | {"p": p}, f">= {overlap}", int(sums.min()), "(e) d_i + d_{i+p}")
    return None


def implementations(m: int) -> dict[str, Implementation]:
    """Every way to compute distances, looked up when called, by name."""
    chosen: dict[str, Implementation] = {
        "by_definition": hamming.by_definition,
        "per_letter_fft": hamming.per_letter_fft,
        "per_letter_fft(transform='ntt')": lambda t, p: hamming.per_letter_fft(t, p, transform="ntt"),
        "abrahamson": hamming.abrahamson,
        "distances": hamming.distances,
    }
    for threshold in sorted({1, max(1, m // 3)}):
        chosen[f"abrahamson(threshold={threshold})"] = lambda t, p, at=threshold: hamming.abrahamson(  # type: ignore[misc]
            t, p, threshold=at
        )
    chosen["abrahamson(threshold=1, transform='ntt')"] = lambda t, p: hamming.abrahamson(
        t, p, threshold=1, transform="ntt"
    )
    return chosen


@check("HAM-6")
def all_implementations_agree_with_the_definition(run: Run) -> Verdict:
    """Every small input exhaustively, then long inputs of every family."""
    cases = 0
    small = ((run.choose(4, 6, 8), 3), (run.choose(6, 8, 10), 2))
    for longest, letters in small:
        for text, pattern in small_words(longest, letters):
            for name, implementation in implementations(1).items():
                cases += 1
                if differs(implementation, text, pattern) is not None:
                    return refuted(cases, witness_of(name, implementation, text, pattern))
    lengths = run.choose(
        ((300, 1), (1_000, 40), (20_000, 700), (60_000, 5_000)),
        ((300, 1), (1_000, 40), (20_000, 700), (200_000, 20_000)),
        ((300, 1), (1_000, 40), (20_000, 700), (200_000, 20_000), (465_000, 100_000)),
    )
    for n, m in lengths:
        for _, long_text, long_pattern in long_words(run, n, m):
            expected = long_mismatches(long_text, long_pattern)
            for name, implementation in implementations(m).items():
                if name.startswith("per_letter_fft") and len(set(long_pattern.tolist())) > 300:
                    continue  # hundreds of transforms; abrahamson covers the letters
                cases += 1
                if not np.array_equal(implementation(long_text, long_pattern), expected):
                    return refuted(cases, witness_of(name, implementation, long_text, long_pattern))
    domain = " and ".join(
        f"every text of at most {longest} letters over {letters}" for longest, letters in small
    )
    return Verdict(
        Evidence.VERIFIED,
        f"{domain}, with every pattern that fits; besides, nine families at n up to {lengths[-1][0]}, "
        f"m up to {lengths[-1][1]}",
        cases,
        measured=0,
        bound=0,
        relation="==",
        notes=["measured: inputs on which an implementation differs from the definition"],
    )


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


class Word:
    """A machine word that refuses to leave its range."""

    def __init__(self, value: int) -> None:
        self.value = int(value)
        if not 0 <= self.value < 2**64:
            raise OverflowError(self.value)

    def _with(self, other: Any, operation: Callable[[int, int], int]) -> "Word":
        return Word(operation(self.value, int(other)))

    def __int__(self) -> int:
        return self.value

    def __add__(self, other: Any) -> "Word":
        return self._with(other, int.__add__)

    def __sub__(self, other: Any) -> "Word":
        return self._with(other, int.__sub__)

    def __mul__(self, other: Any) -> "Word":
        return self._with(other, int.__mul__)

    def __and__(self, other: Any) -> "Word":
        return self._with(other, int.__and__)

    def __or__(self, other: Any) -> "Word":
        return self._with(other, int.__or__)

    def __rshift__(self, other: Any) -> "Word":
        return self._with(other, int.__rshift__)

    def __lshift__(self, other: Any) -> "Word":
        return self._with(other, int.__lshift__)

    def __ge__(self, other: Any) -> bool:
        return self.value >= int(other)


def on_words(function: FunctionType) -> Callable[..., Word]:
    """The plain Python of one of the module's functions, calling its neighbours as plain Python too."""
    constants = {
        name: Word(int(value))
        for name, value in vars(modular_transform).items()
        if isinstance(value, np.uint64)
    }
    names = vars(modular_transform) | constants
    names |= {"add": FunctionType(modular_transform._add_py.__code__, names | constants)}
    return FunctionType(function.__code__, names)


@check("HAM-8")
def modular_arithmetic_is_exact(run: Run) -> Verdict:
    """The proof's identities and ranges; the code on words that refuse to overflow; transforms back."""
    p = modular_transform.MODULUS
    cases = 0
    edges = {0, 1, 2, p - 1, p - 2, p // 2, p // 2 + 1, 2**63, 2**63 - 1}
    edges |= {2**32 * k + d for k in (1, 2**31, 2**32 - 2) for d in (-1, 0, 1)} | {2**32 - 1, 2**31}
    values = sorted(edges) + run.rng.integers(0, p, run.choose(60, 300, 2000), dtype=np.uint64).tolist()
    operations: dict[str, Callable[[int, int], int]] = {
        "add": lambda a, b: (a + b) % p,
        "subtract": lambda a, b: (a - b) % p,
        "multiply": lambda a, b: a * b % p,
    }
    for name, operation in operations.items():
        compiled = getattr(modular_transform, name)
        plain = on_words(getattr(modular_transform, f"_{name}_py"))
        for a, b in product(values, repeat=2):
            cases += 1
            expected = operation(a, b)
            try:
                found = {int(compiled(np.uint64(a), np.uint64(b))), int(plain(Word(a), Word(b)))}
            except OverflowError as error:
                return refuted(cases, Witness({"a": a, "b": b}, "within 64 bits", str(error), name))
            if found != {expected}:
                return refuted(cases, Witness({"a": a, "b": b}, expected, sorted(found), name))
    for q in (2, 3, 5, 17, 257, 65537):
        cases += 1
        if pow(modular_transform.GENERATOR, (p - 1) // q, p) == 1:
            return refuted(cases, Witness({"q": q}, "not 1", 1, "7^((p-1)/q) modulo p"))
    for log2_length in range(run.choose(9, 12, 14)):
        cases += 1
        length = 1 << log2_length
        roots, inverse_roots = modular_transform.modular_roots(log2_length)
        data = run.rng.integers(0, p, length, dtype=np.uint64)
        there = data.copy()
        modular_transform.forward(there, roots)
        if int(there[0]) != sum(data.tolist()) % p:
            inputs = {"log2_length": log2_length, "data": data.tolist()[:8]}
            return refuted(
                cases, Witness(inputs, sum(data.tolist()) % p, int(there[0]), "entry 0 is the sum")
            )
        modular_transform.inverse(there, inverse_roots)
        if there.tolist() != [length * value % p for value in data.tolist()]:
            inputs = {"log2_length": log2_length, "data": data.tolist()[:8]}
            return refuted(cases, Witness(inputs, "N times the input", there.tolist()[:8], "there and back"))
    return Verdict(
        Evidence.PROVED,
        f"all a, b < p by the identities and ranges; the code on {len(values)}^2 pairs, edges among them",
        cases,
        measured=0,
        bound=0,
        relation="==",
        arguments=_MODULAR_ARGUMENTS,
        notes=[
            "the proof is about the steps as the chapter writes them; the cases tie the code to the steps"
        ],
    )


_MODULAR_ARGUMENTS: list[Argument] = [
    # The product, from limbs and their quotients q and remainders r by x = 2^32.
    SymbolicIdentity(
        "(a1*x + a0) * (b1*x + b0) - ((a1*b1 + q1 + q2)*x**2 + r2*x + r0)",
        "(a0*b0 - q0*x - r0) + (a1*b0 + q0 - q1*x - r1)*x + (a0*b1 + r1 - q2*x - r2)*x",
        ("x", "a1", "a0", "b1", "b0", "q0", "r0", "q1", "r1", "q2", "r2"),
    ),
    # Reduction modulo p = x^2 - x + 1.
    SymbolicIdentity(
        "h1*x**3 + h0*x**2 + l - ((l - h1) + h0*(x - 1))",
        "(h1*(x + 1) + h0) * (x**2 - x + 1)",
        ("x", "h1", "h0", "l"),
    ),
    ExactRelation("(2**32 - 1)**2 + 2*(2**32 - 1)", "<", "2**64"),
    ExactRelation("(2**32 - 1)**2", "<", "2**64 - 2**32 + 1"),
    ExactRelation("2**64", "<", "2 * (2**64 - 2**32 + 1)"),
    ExactRelation("2**64 - 2**32 + 1", "==", "2**32 * (3 * 5 * 17 * 257 * 65537) + 1"),
]
