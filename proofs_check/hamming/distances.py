"""The indicator identity, the metric, and that all implementations agree (HAM-1, HAM-5, HAM-6)."""

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np

from lemmata import hamming
from lemmata.claims import Evidence, Run, Verdict, Witness, check, refuted
from lemmata.hamming import correlation
from lemmata.hamming.letters import encode

from .words import Implementation, long_mismatches, long_words, mismatches, small_words, witness_of


@check("HAM-1")
def letter_correlations_add_up_to_the_matches(run: Run) -> Verdict:
    """Each letter's correlation, and m minus their sum, against plain counting and the definition."""
    cases = 0
    longest = run.choose(4, 6, 8)
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


@check("HAM-5")
def distances_have_the_properties_of_a_metric(run: Run) -> Verdict:
    """The five properties on every small input, then on long ones."""
    cases = 0
    longest = run.choose(3, 6, 8)
    for text, pattern in small_words(longest, 3):
        cases += 1
        if (witness := broken_property(text, pattern)) is not None:
            return refuted(cases, witness)
    words = [word for m in range(1, 4) for word in product(range(3), repeat=m)]
    of = {
        (one, other): distance(one, other)
        for one, other in product(words, repeat=2)
        if len(one) == len(other)
    }
    for one, other, third in product(words, repeat=3):
        if len(one) == len(other) == len(third):
            cases += 1
            sides = [of[one, other], of[one, third], of[third, other], of[other, one]]
            if sides[0] > sides[1] + sides[2] or sides[0] != sides[3]:
                inputs = {"P": list(one), "Q": list(other), "R": list(third)}
                return refuted(cases, Witness(inputs, "d(P,Q) = d(Q,P) <= d(P,R) + d(R,Q)", sides))
    n, m = run.choose((6_000, 200), (100_000, 2_000), (400_000, 5_000))
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
        "brute_force": hamming.brute_force,
        "bit_parallel": hamming.bit_parallel,
        "bit_packed_fft": hamming.bit_packed_fft,
        "per_letter_fft": hamming.per_letter_fft,
        "per_letter_fft(transform='ntt')": lambda t, p: hamming.per_letter_fft(t, p, transform="ntt"),
        "abrahamson": hamming.abrahamson,
        "sort_merge": hamming.sort_merge,
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
    small = ((run.choose(3, 5, 7), 3), (run.choose(4, 7, 9), 2))
    for longest, letters in small:
        for text, pattern in small_words(longest, letters):
            expected = mismatches(text, pattern)
            words = np.array(text), np.array(pattern)
            for name, implementation in implementations(1).items():
                cases += 1
                if implementation(*words).tolist() != expected:
                    return refuted(cases, witness_of(name, implementation, text, pattern))
    lengths = run.choose(
        ((300, 1), (1_000, 40), (8_000, 700)),
        ((300, 1), (1_000, 40), (20_000, 700), (200_000, 20_000)),
        ((300, 1), (1_000, 40), (20_000, 700), (200_000, 20_000), (465_000, 100_000)),
    )
    for n, m in lengths:
        for _, long_text, long_pattern in long_words(run, n, m):
            long_expected = long_mismatches(long_text, long_pattern)
            for name, implementation in implementations(m).items():
                if name.startswith("per_letter_fft") and len(set(long_pattern.tolist())) > 300:
                    continue  # hundreds of transforms; abrahamson covers the letters
                cases += 1
                if not np.array_equal(implementation(long_text, long_pattern), long_expected):
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
