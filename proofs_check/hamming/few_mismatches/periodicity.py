"""Distances up to k: near-periods and breaks (HAM-19, HAM-20)."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from math import comb
from operator import ne
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from lemmata import hamming
from lemmata.claims import Clause, Run, check
from lemmata.costs import Costs
from lemmata.costs.counting import Tally
from lemmata.hamming import families
from lemmata.hamming.few_mismatches import periodicity, suffix_array
from lemmata.hamming.letters import Encoded, encode

from ..words import long_mismatches, mismatches, number_of_small_words, small_words

Word = NDArray[np.int64]


def charge_and_count(
    function: Callable[..., Any], text: Word, pattern: Word, *arguments: Any
) -> tuple[int, int, Any]:
    """What a function of codes charges, what its plain Python takes, and its result on counting numbers."""
    problem, tally, costs = encode(text, pattern), Tally(), Costs()
    counting = Encoded(tally.array(problem.text), tally.array(problem.pattern), problem.alphabet)  # type: ignore[arg-type]
    result = tally.counting(function, replacements(tally))(counting, *arguments, costs=costs)
    return costs.word_operations, tally.operations, result


def replacements(tally: Tally) -> dict[str, Callable[..., Any]]:
    """Tables computed from lengths are free; a list of alignments is written like one of candidates."""

    def listed(count: int) -> Any:
        tally.count("move", count)
        return tally.array(np.arange(count))

    return {"whole_logarithms": lambda n: tally.array(suffix_array.whole_logarithms(n)), "listed": listed}


def planted(run: Run, n: int, m: int) -> Iterator[tuple[str, Word, Word]]:
    """Texts with repeats and errors: nearly periodic, barely not, and aperiodic with planted copies."""
    rng = run.rng
    for period, errors in ((1, 0), (3, 5), (7, 12), (30, 40), (90, 3)):
        pattern = families.periodic(m, period)
        text = families.periodic(n, period)
        pattern[rng.integers(0, m, errors)] += 1
        text[rng.integers(0, n, errors * n // m)] += 2
        yield f"period {period}, {errors} errors", text, pattern
    for letters in (2, 4, 1000):
        pattern = rng.integers(0, letters, m)
        text = rng.integers(0, letters, n)
        for start in range(0, n - m, 3 * m // 2):
            text[start : start + m] = pattern
            text[start + rng.integers(0, m, int(rng.integers(0, 9)))] += 1
        yield f"{letters} letters, planted copies", text, pattern
    yield "one letter", families.one_letter(n), families.one_letter(m)
    yield "Fibonacci", families.fibonacci(n), families.fibonacci(m)


@check("HAM-19")
def close_good_alignments_make_a_near_period(run: Run) -> None:
    """The shift inequality, how many good alignments there are, and the search for a near-period."""
    shifted, few, smallest = run.clauses("abc")
    longest = run.choose(4, 6, 7)
    small = run.every(
        small_words(longest, 3),
        f"every text of at most {longest} letters over 3 letters, every pattern, every i, p and k < m",
        size=number_of_small_words(longest, 3),
    )
    for text, pattern in small:
        d, m = mismatches(text, pattern), len(pattern)
        words: dict[str, Any] = {"text": text, "pattern": pattern}
        shifted.concerns(1 < m < len(text))
        for p in range(1, m):
            breaks = breaks_of(pattern, p)
            for i in range(len(d) - p):
                shifted.holds(breaks, "<=", d[i] + d[i + p], **words, i=i, p=p)
    longest = run.choose(10, 12, 14)
    patterns = (word for m in range(2, longest + 1) for word in product((0, 1), repeat=m))
    described = f"every pattern of 2 to {longest} letters over 2 letters, k = 1 and 2 below m"
    for pattern in run.every(patterns, described, size=2 ** (longest + 1) - 4):
        for k in range(1, min(3, len(pattern))):
            found = periodicity.near_period(np.array(pattern, dtype=np.int32), k)
            smallest.equal(found, first_near_period(pattern, k), pattern=pattern, k=k)
    # At least 5 of the m - 1 pairs of neighbours differ, which the first letter and these pairs determine.
    longest = run.choose(9, 10, 11)
    size = sum(2 * comb(m - 1, b) for m in range(6, longest + 1) for b in range(5, m))
    patterns = (word for m in range(6, longest + 1) for word in product((0, 1), repeat=m))
    described = (
        f"every pattern of 6 to {longest} letters over 2 letters with more than 4 breaks at p = 1, with "
        f"every text of at most {longest + 1} letters, k = 1"
    )
    for pattern in run.every((word for word in patterns if breaks_of(word, 1) > 4), described, size=size):
        for n in range(len(pattern), longest + 2):
            texts = np.arange(2**n)[:, None] >> np.arange(n) & 1
            windows = np.lib.stride_tricks.sliding_window_view(texts, len(pattern), axis=1)
            good = ((windows != np.array(pattern)).sum(axis=2) <= 2).sum(axis=1)
            text = texts[good.argmax()].tolist()
            few.holds(int(good.max()), "<=", -(-windows.shape[1] // 2), pattern=pattern, text=text, k=1)
    for k in run.samples(
        (1, 2, 3, 7, 20, 500), "patterns around 4k breaks at p = k, and more at smaller shifts"
    ):
        for breaks in range(4 * k - 1, 4 * k + 3):
            broken = np.array(breaking_word(k, breaks))
            near = k if breaks <= 4 * k else 0
            smallest.equal(first_near_period(broken.tolist(), k), near, k=k, breaks=breaks)
            smallest.equal(periodicity.near_period(encode(broken, broken).pattern, k), near, k=k, b=breaks)
    for name, long_text, word in run.samples(planted(run, 3_000, 300), "nearly periodic and other words"):
        exact = long_mismatches(long_text, word)
        for k in (1, 5, 20):
            shifts = (p for p in range(1, k + 1) if np.count_nonzero(word[p:] != word[:-p]) <= 4 * k)
            near = next(shifts, 0)
            smallest.equal(periodicity.near_period(encode(word, word).pattern, k), near, family=name, k=k)
            if not near:
                few.holds(np.count_nonzero(exact <= 2 * k), "<=", -(-len(exact) // (k + 1)), family=name, k=k)


def breaks_of(pattern: Sequence[int], p: int) -> int:
    """b_p, by the definition."""
    return sum(map(ne, pattern[p:], pattern))


def first_near_period(pattern: Sequence[int], k: int) -> int:
    """The smallest near-period up to k, or 0, by the definition."""
    shifts = range(1, min(k, len(pattern) - 1) + 1)
    return next((p for p in shifts if breaks_of(pattern, p) <= 4 * k), 0)


def breaking_word(p: int, breaks: int) -> list[int]:
    """A word with so many breaks at the shift p, and that breaks everywhere at every smaller one.

    Letters p apart are equal but for the last ``breaks`` places; those of different remainders never are.
    """
    length = 6 * p + breaks + 3
    first = length - breaks
    changes = (max(0, -(-(i - first + 1) // p)) for i in range(length))
    return [i % p + p * count for i, count in enumerate(changes)]


@check("HAM-20")
def breaks_determine_the_matches(run: Run) -> None:
    """The identity from the definition; distances for every seed; breaks, pairs and charges."""
    identity, distances, pairs, cost = run.clauses("abcd")
    search, piece = run.formula("search_word_operations"), run.formula("break_word_operations")
    bound = run.formula("periodic_word_operations")
    longest = run.choose(3, 4, 6)
    small = run.every(
        small_words(longest, 3),
        f"every text of at most {longest} letters over 3 letters, every pattern, every k and p",
        size=number_of_small_words(longest, 3),
    )
    for text, pattern in small:
        arrays = np.array(text), np.array(pattern)
        problem = encode(*arrays)
        d, m = mismatches(text, pattern), len(pattern)
        words: dict[str, Any] = {"text": text, "pattern": pattern}
        identity.concerns(m > 1)
        for p in range(1, m):
            identity.equal(by_differences(text, pattern, p), by_matches(text, pattern, p), **words, p=p)
        for k in range(m + 1):
            wanted = [min(distance, k + 1) for distance in d]
            for seed in (1, 2):
                found = hamming.k_mismatch(arrays[0], arrays[1], k, algorithm="periodicity", rng=seed)
                distances.equal(found.tolist(), wanted, **words, k=k, seed=seed)
            for p in range(1, m):
                by_breaks = periodicity.count_by_breaks(problem, k, p).tolist()
                distances.equal(by_breaks, wanted, **words, k=k, p=p)
    n, m = run.choose((2_000, 400), (40_000, 3_000), (200_000, 20_000))
    for name, long_text, long_pattern in run.samples(
        [*planted(run, n, m), many_breaks(10), many_breaks(2), far_period(150)],
        "nearly periodic and other words",
    ):
        exact = long_mismatches(long_text, long_pattern)
        for k in (0, 2, 10, 60, *([150] if name == FAR else [])):
            words = {"family": name, "n": len(long_text), "m": len(long_pattern), "k": k}
            costs, problem, seed = Costs(), encode(long_text, long_pattern), int(run.rng.integers(2**63))
            steps: list[Any] = []
            options: dict[str, Any] = {
                "algorithm": "periodicity",
                "rng": seed,
                "trace": steps,
                "costs": costs,
            }
            found = hamming.k_mismatch(long_text, long_pattern, k, **options)
            distances.equal(found, np.minimum(exact, min(k, problem.m) + 1), **words)
            spent = charged_by_its_parts(problem, min(k, problem.m), seed)
            cost.equal(
                costs.word_operations, spent, **words, explanation="search and counting, charged apart"
            )
            shifts = range(1, min(k, problem.m - 1) + 1)
            periods = [p for p in shifts if np.count_nonzero(long_pattern[p:] != long_pattern[:-p]) <= 4 * k]
            searched = [step.period for step in steps if isinstance(step, periodicity.NearPeriodSearched)]
            cost.equal(searched, [periods[0] if periods else 0], **words, explanation="the near-period")
            if not periods:
                candidates_by_definition(run, distances, problem, min(k, problem.m), seed, steps[1:])
            if periods:
                cost.holds(costs.word_operations, "<=", bound(len(long_text), len(long_pattern), k), **words)
            for p in {*periods[:3], *periods[-2:]}:
                for broken, met in breaks_and_pairs(problem, k, p):
                    pairs.holds(broken, "<=", 13 * k - 1, **words, p=p)
                    pairs.holds(met, "<=", 142 * k * k, **words, p=p)
    for name, long_text, long_pattern in run.samples(counted_words(), "small words on counting numbers"):
        for k in (1, 3):
            words = {"family": name, "text": long_text, "pattern": long_pattern, "k": k}
            tally, costs = Tally(), Costs()
            codes = tally.array(encode(long_text, long_pattern).pattern)
            tally.counting(periodicity.near_period, replacements(tally))(codes, k, costs)
            cost.equal(costs.word_operations, tally.operations, **words, explanation="the search, charged")
            cost.holds(costs.word_operations, "<=", search(len(long_pattern), k), **words)
            for p in {1, 2, len(long_pattern) - 1} & set(range(1, len(long_pattern))):
                charged, counted, _ = charge_and_count(
                    periodicity.count_by_breaks, long_text, long_pattern, k, p
                )
                cost.equal(charged, counted, **words, p=p, explanation="by breaks, charged, and counted")
            most = min(k, len(long_pattern))
            if first_near_period(long_pattern.tolist(), most):
                charged, counted, _ = charge_and_count(
                    periodicity.by_periodicity, long_text, long_pattern, most, np.random.default_rng(0)
                )
                cost.equal(charged, counted, **words, explanation="altogether, charged, and counted")
    for m, k in ((2, 1), (500, 3), (10**6, 1_000)):
        pieces = bound(3 * m - 1, m, k) - search(m, k) - 2 * piece(m, k)
        cost.equal(pieces, 2 * m + 3 * m + 100 * k + 3, m=m, k=k)


def candidates_by_definition(
    run: Run, clause: Clause, problem: Encoded, k: int, seed: int, steps: list[Any]
) -> None:
    """Hold projections against numpy's generator, and candidates at some alignments, by the definition."""
    rounds = [step for step in steps if isinstance(step, periodicity.CandidatesLeft)]
    inputs: dict[str, Any] = {"n": problem.n, "m": problem.m, "k": k, "seed": seed}
    numbers = list(range(1, 2 + (k.bit_length() + 1) // 2))
    if not clause.equal([step.rounds for step in rounds], numbers, **inputs, explanation="projections"):
        return
    drawn, sigma = np.random.default_rng(seed), len(problem.alphabet)
    expected = [drawn.integers(0, 8, sigma + 1, dtype=np.int32).tolist() for _ in rounds]
    images = [step.images.tolist() for step in rounds]
    clause.equal(images == expected, True, **inputs, explanation="the images are the seed's")
    some = {*run.rng.integers(0, problem.alignments, 100).tolist(), *rounds[-1].candidates[:100].tolist()}
    possible = dict.fromkeys(sorted(some), True)
    for step in rounds:
        text, pattern = step.images[problem.text], step.images[problem.pattern]
        for at in possible:
            possible[at] &= bool(np.count_nonzero(text[at : at + problem.m] != pattern) <= k)
        left = [at for at in possible if at in set(step.candidates.tolist())]
        clause.equal(left, [at for at in possible if possible[at]], **inputs, round=step.rounds)
    jumped = sum(step.alignments for step in steps[len(rounds) :])
    clause.equal(jumped, len(rounds[-1].candidates), **inputs, explanation="alignments that are verified")


def by_differences(text: Any, pattern: Any, p: int) -> list[int]:
    """The right side of the identity, for all i from -2m - 2n to 2m + 2n, from the library's differences."""
    reach = 2 * (len(text) + len(pattern))
    total: Counter[int] = Counter()
    problem = encode(np.array(text), np.array(pattern))
    in_text, in_pattern = (periodicity.differences(w, p) for w in (problem.text, problem.pattern))
    for x, letter, sign in zip(*(part.tolist() for part in in_text), strict=True):
        for y, other, other_sign in zip(*(part.tolist() for part in in_pattern), strict=True):
            total[x - y] += (letter == other) * sign * other_sign
    return [total[i] for i in range(-reach, reach + 1)]


def by_matches(text: Any, pattern: Any, p: int) -> list[int]:
    """The left side, from the definition of a match."""
    reach = 2 * (len(text) + len(pattern))

    def matches(i: int) -> int:
        inside = ((i + j, b) for j, b in enumerate(pattern) if 0 <= i + j < len(text))
        return sum(text[place] == b for place, b in inside)

    return [2 * matches(i) - matches(i + p) - matches(i - p) for i in range(-reach, reach + 1)]


def many_breaks(k: int) -> tuple[str, Word, Word]:
    """A pattern with 4k breaks at p = k and a text that breaks everywhere: as many breaks as there can be."""
    pattern = np.zeros(13 * k, dtype=np.int64)
    pattern[k : 2 * k] = pattern[4 * k : 5 * k] = 1
    text = np.arange(26 * k - 1, dtype=np.int64) // k % 3 % 2
    text[np.arange(len(text)) // k % 3 == 2] = 2
    return f"a break everywhere, k = {k}", text, pattern


FAR = "a near-period that is far"


def far_period(p: int) -> tuple[str, Word, Word]:
    """A pattern whose only near-period up to k = p is p, and a text with it twice."""
    pattern = np.array(breaking_word(p, 4 * p))
    return FAR, np.concatenate([pattern, pattern]), pattern


def charged_by_its_parts(problem: Encoded, k: int, seed: int) -> int:
    """What looking for a near-period is charged, and what comes after it."""
    costs = Costs()
    period = periodicity.near_period(problem.pattern, k, costs)
    if period:
        periodicity.count_by_breaks(problem, k, period, costs)
    else:
        periodicity.verify_candidates(problem, k, np.random.default_rng(seed), costs)
    return costs.word_operations


def breaks_and_pairs(problem: Encoded, k: int, period: int) -> list[tuple[int, int]]:
    """Breaks of every stretch in a run of `count_by_breaks`, by the definition, and pairs multiplied."""
    stretch_of, correlate = periodicity.stretch_with_few_breaks, periodicity.correlate_differences
    stretches: list[Any] = []
    pairs: list[int] = []

    def cut(window: Any, *rest: Any) -> Any:
        first, last, looks = stretch_of(window, *rest)
        if last - first >= problem.m:
            stretches.append(window[first:last])
        return first, last, looks

    def multiply(*arguments: Any) -> Any:
        pairs.append(int(correlate(*arguments)))
        return pairs[-1]

    with patch.multiple(periodicity, stretch_with_few_breaks=cut, correlate_differences=multiply):
        periodicity.count_by_breaks(problem, k, period)
    broken = [int(np.count_nonzero(stretch[period:] != stretch[:-period])) for stretch in stretches]
    return list(zip(broken, pairs, strict=True))


def counted_words() -> Iterator[tuple[str, Word, Word]]:
    """Small nearly periodic words, with letters that only the text has."""
    for n, m, period, errors in ((2, 2, 1, 0), (9, 3, 1, 1), (40, 9, 2, 2), (70, 30, 3, 3), (61, 60, 4, 1)):
        text, pattern = families.periodic(n, period), families.periodic(m, period)
        text[1 :: n // (errors + 1) or 1] += 5
        pattern[:: m // errors if errors else m + 1] += 1
        yield f"period {period}, {errors} errors", text, pattern
