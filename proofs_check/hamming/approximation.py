"""Approximate distances, and texts in parts (HAM-21, HAM-22, HAM-28)."""

from fractions import Fraction
from itertools import pairwise, product
from typing import Any

import numpy as np
from scipy.stats import binom

from lemmata import hamming
from lemmata.claims import Evidence, Run, Verdict, Witness, check, refuted
from lemmata.hamming import karloff, kopelowitz_porat
from lemmata.hamming.letters import encode

from .words import long_mismatches, mismatches

SEEDS = 1_000
REJECT = 318
"""Failures of 1,000 with probability 1/4 each reach this with probability 7.7e-7; with 0.35 each, 0.985."""


def pairs_of_words(run: Run) -> list[tuple[list[int], list[int]]]:
    """Short texts with patterns of one to four letters."""
    words = [([0, 1, 2, 0, 3], [0, 1]), ([0, 0, 0], [0, 1]), ([0, 1, 0, 1], [2, 3, 0])]
    for _ in range(run.choose(6, 20, 60)):
        words.append((run.rng.integers(0, 4, 6).tolist(), run.rng.integers(0, 4, 4).tolist()))
    return words


@check("HAM-21")
def random_bits_have_the_right_moments(run: Run) -> Verdict:
    """Mean and variance over all projections exactly; then failures at one alignment over many seeds."""
    cases, words = 0, pairs_of_words(run)
    small = len(words)
    for text, pattern in words:
        problem = encode(text, pattern)
        d = mismatches(text, pattern)
        images = list(product((0, 1), repeat=len(problem.alphabet) + 1))
        values = [
            [2 * int(v) for v in karloff.projected_distances(problem, np.array(bits, dtype=np.int32), 2)]
            for bits in images
        ]
        cases += 1
        for i, distance in enumerate(d):
            column = [Fraction(row[i]) for row in values]
            mean = sum(column) / len(column)
            variance = sum((v - mean) ** 2 for v in column) / len(column)
            if mean != distance or variance > distance**2 or max(column) > 2 * distance:
                inputs = {"text": text, "pattern": pattern, "alignment": i}
                found = f"mean {mean}, variance {variance}"
                return refuted(cases, Witness(inputs, f"mean {distance}, variance <= {distance**2}", found))
    repetitions, epsilon = 16, 0.5  # by Chebyshev's inequality a failure has probability 1/4 at most
    failures = 0
    text, pattern = hard_pair()
    problem = encode(text, pattern)
    distance = mismatches(text, pattern)[0]
    for seed in run.rng.integers(0, 2**63, SEEDS):
        estimate = karloff.karloff(problem, repetitions, np.random.default_rng(seed))[0]
        failures += abs(estimate - distance) > epsilon * distance
    cases += SEEDS
    if failures >= REJECT:
        inputs = {"seeds": SEEDS, "repetitions": repetitions, "epsilon": epsilon}
        return refuted(
            cases, Witness(inputs, f"< {REJECT} failures", failures, "at one alignment"), failures, REJECT
        )
    for alignments, eps, delta, least in ((10**6, 0.1, 1e-6, 5665), (10**6, 0.1, 1e-9, 7047)):
        found_r = karloff.karloff_repetitions(alignments, eps, delta)
        cases += 1
        if 2 * alignments * np.exp(-found_r * eps**2 / 2) > delta or found_r != least:
            inputs = {"alignments": alignments, "epsilon": eps, "failure_probability": delta}
            return refuted(cases, Witness(inputs, least, found_r, "repetitions by Hoeffding's bound"))
    return Verdict(
        Evidence.CONSISTENT,
        f"all projections of {small} small inputs in fractions; {SEEDS} seeds at one alignment",
        cases,
        measured=int(failures),
        bound=REJECT,
        relation="<",
        notes=[power_note(), "alignments of one run are dependent and are not pooled"],
    )


def hard_pair() -> tuple[list[int], list[int]]:
    """One alignment with all mismatches in one pair of letters: the largest variance there is."""
    return [0] * 40, [1] * 40


def power_note() -> str:
    """Size and power of the binomial test, computed."""
    size, power = binom.sf(REJECT - 1, SEEDS, 0.25), binom.sf(REJECT - 1, SEEDS, 0.35)
    return f"binomial test: size {size:.1e} at 1/4, power {power:.3f} at 0.35"


@check("HAM-22")
def random_letters_miss_with_a_quarter_at_most(run: Run) -> Verdict:
    """One-sidedness and mean over all projections exactly; then failures at one alignment over many seeds."""
    cases, words = 0, pairs_of_words(run)
    small = len(words)
    for text, pattern in words:
        problem = encode(text, pattern)
        d = mismatches(text, pattern)
        for letters in (2, 3):
            images = list(product(range(letters), repeat=len(problem.alphabet) + 1))
            values = [
                karloff.projected_distances(problem, np.array(image, dtype=np.int32), letters).tolist()
                for image in images
            ]
            cases += 1
            for i, distance in enumerate(d):
                column = [Fraction(row[i]) for row in values]
                mean = sum(column) / len(column)
                if max(column) > distance or distance - mean != Fraction(distance, letters):
                    inputs = {"text": text, "pattern": pattern, "alignment": i, "letters": letters}
                    expected = f"at most {distance}, mean {distance - Fraction(distance, letters)}"
                    return refuted(cases, Witness(inputs, expected, f"at most {max(column)}, mean {mean}"))
    epsilon, failures = 0.5, 0
    letters = kopelowitz_porat.kopelowitz_porat_letters(epsilon)
    text, pattern = hard_pair()
    problem = encode(text, pattern)
    distance = mismatches(text, pattern)[0]
    for seed in run.rng.integers(0, 2**63, SEEDS):
        found = kopelowitz_porat.kopelowitz_porat(problem, letters, 1, np.random.default_rng(seed))[0]
        failures += distance - found >= epsilon * distance
        if found > distance:
            return refuted(cases, Witness({"seed": int(seed)}, f"<= {distance}", int(found), "one-sided"))
    cases += SEEDS
    if failures >= REJECT:
        inputs = {"seeds": SEEDS, "letters": letters, "epsilon": epsilon}
        return refuted(
            cases, Witness(inputs, f"< {REJECT} failures", failures, "at one alignment"), failures, REJECT
        )
    wide_text, wide_pattern = run.rng.integers(0, 500, 3_000), run.rng.integers(0, 500, 400)
    exact = long_mismatches(wide_text, wide_pattern)
    found_all = hamming.approximate(
        wide_text, wide_pattern, epsilon=0.1, failure_probability=1e-9, rng=run.rng
    )
    off = np.flatnonzero((found_all > exact) | (found_all <= 0.9 * exact))
    cases += 1
    if len(off):
        inputs = {"n": 3_000, "m": 400, "alignment": int(off[0])}
        value = int(exact[off[0]])
        return refuted(cases, Witness(inputs, f"above {0.9 * value} up to {value}", int(found_all[off[0]])))
    return Verdict(
        Evidence.CONSISTENT,
        f"all projections of {small} small inputs in fractions; {SEEDS} seeds at one alignment",
        cases,
        measured=int(failures),
        bound=REJECT,
        relation="<",
        notes=[power_note(), "alignments of one run are dependent and are not pooled"],
    )


@check("HAM-28")
def parts_and_threads_change_nothing(run: Run) -> Verdict:
    """Every way to cut small texts; then long ones, with the letters that are held counted."""
    cases = 0
    text = [0, 1, 0, 0, 1, 2, 0, 1]
    for size in range(1, run.choose(6, 8, 8) + 1):
        for m in range(1, size + 1):
            pattern = text[8 - m :]
            expected = {
                wildcard: [
                    sum(
                        a != b and wildcard not in (a, b)
                        for a, b in zip(text[i : i + m], pattern, strict=True)
                    )
                    for i in range(size - m + 1)
                ]
                for wildcard in (None, 0)
            }
            for cuts in product((False, True), repeat=size - 1):
                bounds = [0, *(k + 1 for k, cut in enumerate(cuts) if cut), size]
                parts = [np.array(text[a:b]) for a, b in pairwise(bounds)]
                for block, wildcard in ((1, None), (3, None), (2, 0)):
                    cases += 1
                    stream = hamming.distances_stream(iter(parts), pattern, block=block, wildcard=wildcard)
                    found = [v for part in stream for v in part.tolist()]
                    if found != expected[wildcard]:
                        inputs: dict[str, Any] = {"text": text[:size], "pattern": pattern, "cuts": bounds}
                        inputs["wildcard"] = wildcard
                        explanation = f"in blocks of {block}"
                        return refuted(cases, Witness(inputs, expected[wildcard], found, explanation))
    n, m, block = run.choose((300_000, 500, 4_000), (2_000_000, 2_000, 20_000), (10**7, 10**4, 10**5))
    long_text, long_pattern = run.rng.integers(0, 5, n), run.rng.integers(0, 5, m)
    whole = hamming.distances(long_text, long_pattern, algorithm="brute_force")
    given = most_held = yielded = 0

    def source() -> Any:
        nonlocal given
        for start in range(0, n, 1_000):
            given += len(long_text[start : start + 1_000])
            yield long_text[start : start + 1_000]

    collected = []
    for part in hamming.distances_stream(source(), long_pattern, block=block):
        yielded += len(part)
        most_held = max(most_held, given - yielded + len(part))
        collected.append(part)
    cases += 1
    if not np.array_equal(np.concatenate(collected), whole):
        return refuted(cases, Witness({"n": n, "m": m}, "the distances", "others", "in a stream"))
    limit = 2 * m + block + 1_000
    if most_held > limit:
        return refuted(cases, Witness({"n": n, "m": m}, f"<= {limit}", most_held, "letters held"))
    for jobs in (2, 3, -1):
        cases += 1
        if not np.array_equal(hamming.distances(long_text, long_pattern, n_jobs=jobs), whole):
            return refuted(cases, Witness({"n": n, "m": m, "n_jobs": jobs}, "the distances", "others"))
        streamed = hamming.distances_stream(long_text, long_pattern, block=70_000, wildcard=3, n_jobs=jobs)
        wild = hamming.distances(long_text, long_pattern, wildcard=3, algorithm="brute_force")
        if not np.array_equal(np.concatenate(list(streamed)), wild):
            explanation = "in a stream with a wildcard, against the whole text"
            return refuted(
                cases, Witness({"n": n, "m": m, "n_jobs": jobs}, "the distances", "others", explanation)
            )
    return Verdict(
        Evidence.VERIFIED,
        f"every way to cut texts of at most {run.choose(6, 8, 8)} letters, with and without wildcards; "
        f"{n} letters in parts and on threads",
        cases,
        measured=most_held,
        bound=limit,
        notes=["measured: letters read whose distances were not out yet"],
    )
