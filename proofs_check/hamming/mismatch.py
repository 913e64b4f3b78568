"""Distances up to k: jumps, near-periods and breaks (HAM-18 to HAM-20)."""

from collections.abc import Iterator
from types import FunctionType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lemmata import hamming
from lemmata.claims import Evidence, Run, Verdict, Witness, check, refuted
from lemmata.costs import Costs
from lemmata.hamming import families, kangaroo, periodicity, suffix_array
from lemmata.hamming.letters import encode

from .words import long_mismatches, mismatches, small_words

Word = NDArray[np.int64]


@check("HAM-18")
def jumps_find_all_distances_up_to_k(run: Run) -> Verdict:
    """Results and the number of jumps, small words exhaustively and long ones of every kind."""
    cases, worst = 0, 0.0
    longest = run.choose(3, 5, 7)

    def failure(text: Word, pattern: Word, k: int, expected: Word) -> Witness | None:
        nonlocal worst
        n, m = len(text), len(pattern)
        costs = Costs()
        found = kangaroo.kangaroo(encode(text, pattern), k, costs=costs)
        alignments = n - m + 1
        pieces = [min(m, alignments - start) for start in range(0, alignments, m)]
        index = sum(kangaroo.index_word_operations(count + 2 * m) for count in pieces)
        jumps = (costs.word_operations - index) / 12
        worst = max(worst, jumps / ((k + 1) * alignments))
        inputs: dict[str, Any] = {"n": n, "m": m, "k": k}
        if n <= 20:
            inputs |= {"text": text.tolist(), "pattern": pattern.tolist()}
        if found.tolist() != np.minimum(expected, k + 1).tolist():
            at = int(np.flatnonzero(found != np.minimum(expected, k + 1))[0])
            return Witness(
                inputs | {"alignment": at}, int(min(expected[at], k + 1)), int(found[at]), "distance"
            )
        # Every alignment takes one jump at least, or nothing was looked at.
        if not alignments <= jumps <= (k + 1) * alignments:
            return Witness(inputs, f"<= {(k + 1) * alignments}", jumps, "jumps")
        return None

    for short, small in small_words(longest, 3):
        for k in {0, 1, len(small)}:
            cases += 1
            text, pattern = np.array(short), np.array(small)
            if (witness := failure(text, pattern, k, np.array(mismatches(short, small)))) is not None:
                return refuted(cases, witness)
    for _, text, pattern in planted(run, run.choose(2_000, 20_000, 100_000), run.choose(200, 900, 5_000)):
        expected = long_mismatches(text, pattern)
        for k in (0, 1, 7, 40):
            cases += 1
            if (witness := failure(text, pattern, k, expected)) is not None:
                return refuted(cases, witness)
    for name, word in index_words(run):
        cases += 1
        accesses, charged = index_accesses(word), kangaroo.index_word_operations(len(word))
        # Most operations come with an access or two; a charge far from that is wrong, below or above.
        if not accesses <= 2 * charged <= 40 * accesses:
            inputs = {"word": name, "letters": len(word), "accesses": accesses}
            return refuted(cases, Witness(inputs, f"{accesses // 2} to {20 * accesses}", charged, "charge"))
    return Verdict(
        Evidence.VERIFIED,
        f"every text of at most {longest} letters over 3 letters, every pattern, k = 0, 1, m; besides, long "
        "nearly periodic, aperiodic and planted texts; accesses to arrays counted while indexing",
        cases,
        measured=worst,
        bound=1,
        notes=["measured: jumps over (k + 1)(n - m + 1)"],
    )


def index_words(run: Run) -> Iterator[tuple[str, Word]]:
    """Words that need many rounds of doubling and words that need few."""
    for n in (1, 2, 17, 64, run.choose(200, 1_000, 5_000)):
        yield "one letter", families.one_letter(n)
        yield "Fibonacci", families.fibonacci(n)
        yield "all distinct", families.all_distinct(n)
        yield "random", run.rng.integers(0, 3, n)


class Counted(list[int]):
    """A list that counts how often its entries are read and written."""

    accesses = 0

    def __getitem__(self, at: Any) -> Any:
        Counted.accesses += 1
        return super().__getitem__(at)

    def __setitem__(self, at: Any, value: Any) -> None:
        if isinstance(at, slice):
            size = len(range(*at.indices(len(self))))
            Counted.accesses += size
            value = [value] * size
        else:
            Counted.accesses += 1
        super().__setitem__(at, value)

    def astype(self, _: Any) -> "Counted":
        """A copy."""
        return Counted(self)


class CountedArrays:
    """What the kernels of the index use of NumPy, with lists that count."""

    int32 = np.int32

    @staticmethod
    def zeros(size: int, **_: Any) -> Counted:
        """That many zeros."""
        return Counted([0] * int(size))

    empty = zeros


def index_accesses(word: Word) -> int:
    """Entries read and written by the plain Python of an index: suffixes, prefixes and minima."""
    names = vars(suffix_array) | {"np": CountedArrays}
    sort = FunctionType(suffix_array._sort_suffixes_py.__code__, names)
    prefixes = FunctionType(suffix_array._common_prefixes_py.__code__, names)
    letters = Counted(np.unique(word, return_inverse=True)[1].tolist())
    Counted.accesses = 0
    order = sort(letters, max(letters) + 1)
    rank = Counted([0] * len(order))
    for place, start in enumerate(order):
        rank[start] = place
    prefixes(letters, order, rank)
    rows = suffix_array.prepare_extensions(np.array(letters, dtype=np.int32)).minima
    return Counted.accesses + 3 * rows.size


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
def close_good_alignments_make_a_near_period(run: Run) -> Verdict:
    """The shift inequality, the search for a near-period, and how many alignments there are without one."""
    cases, tight = 0, 0
    longest = run.choose(4, 6, 7)
    for text, pattern in small_words(longest, 3):
        d, m = mismatches(text, pattern), len(pattern)
        breaks = {p: sum(a != b for a, b in zip(pattern[p:], pattern, strict=False)) for p in range(1, m)}
        cases += 1
        inputs: dict[str, Any] = {"text": list(text), "pattern": list(pattern)}
        for i in range(len(d)):
            for p in range(1, min(m, len(d) - i)):
                tight += breaks[p] == d[i] + d[i + p]
                if breaks[p] > d[i] + d[i + p]:
                    return refuted(
                        cases,
                        Witness(inputs | {"i": i, "p": p}, f"<= {d[i] + d[i + p]}", breaks[p], "breaks"),
                    )
        for k in range(m + 1):
            near = next((p for p in range(1, min(k, m - 1) + 1) if breaks[p] <= 4 * k), 0)
            found = periodicity.near_period(np.array(pattern, dtype=np.int32), k)
            if found != near:
                return refuted(cases, Witness(inputs | {"k": k}, near, found, "smallest near-period"))
            good = sum(distance <= 2 * k for distance in d)
            # With k >= m - 1 every shift by less than m is looked at; longer ones are no concern.
            if near == 0 and k < m and good > -(-len(d) // (k + 1)):
                return refuted(
                    cases, Witness(inputs | {"k": k}, -(-len(d) // (k + 1)), good, "good alignments")
                )
    for name, _, word in planted(run, 4_000, 300):
        for k in (1, 5, 20):
            cases += 1
            shifts = (p for p in range(1, k + 1) if np.count_nonzero(word[p:] != word[:-p]) <= 4 * k)
            near = next(shifts, 0)
            found = periodicity.near_period(encode(word, word).pattern, k)
            if found != near:
                return refuted(cases, Witness({"family": name, "k": k}, near, found, "smallest near-period"))
    return Verdict(
        Evidence.VERIFIED,
        f"every text of at most {longest} letters over 3 letters and every pattern, every i, p and k; the "
        "search besides on long words",
        cases,
        measured=0,
        bound=0,
        relation="==",
        attained=tight > 0,
        notes=[f"measured: violations; the shift inequality is tight in {tight} cases"],
    )


@check("HAM-20")
def breaks_determine_the_matches(run: Run) -> Verdict:
    """All shifts on small words, near-periods or not; long nearly periodic words with counted operations."""
    cases, worst, worst_case = 0, 0.0, (0.0, 1.0)
    longest = run.choose(3, 5, 6)
    for short, small in small_words(longest, 3):
        problem = encode(np.array(short), np.array(small))
        d = mismatches(short, small)
        inputs: dict[str, Any] = {"text": list(short), "pattern": list(small)}
        for k in range(len(small) + 1):
            expected = [min(distance, k + 1) for distance in d]
            found = hamming.k_mismatch(np.array(short), np.array(small), k, algorithm="periodicity", rng=1)
            wanted = [min(distance, min(k, len(small)) + 1) for distance in d]
            cases += 1
            if found.tolist() != wanted:
                return refuted(cases, Witness(inputs | {"k": k}, wanted, found.tolist(), "distances up to k"))
            for p in range(1, len(small)):
                cases += 1
                by_breaks = periodicity.count_by_breaks(problem, k, p).tolist()
                if by_breaks != expected:
                    return refuted(
                        cases, Witness(inputs | {"k": k, "p": p}, expected, by_breaks, "by breaks at p")
                    )
    n, m = run.choose((6_000, 500), (40_000, 3_000), (200_000, 20_000))
    for name, text, pattern in planted(run, n, m):
        all_distances = long_mismatches(text, pattern)
        for k in (0, 2, 12, 60):
            cases += 1
            costs = Costs()
            found = hamming.k_mismatch(text, pattern, k, algorithm="periodicity", rng=run.rng, costs=costs)
            wanted_long = np.minimum(all_distances, k + 1)
            if not np.array_equal(found, wanted_long):
                at = int(np.flatnonzero(found != wanted_long)[0])
                inputs = {"family": name, "n": n, "m": m, "k": k, "alignment": at}
                return refuted(cases, Witness(inputs, int(wanted_long[at]), int(found[at]), "distance"))
            if periodicity.near_period(encode(text, pattern).pattern, k):
                pieces = -(-(n - m + 1) // m)
                search = kangaroo.index_word_operations(m) + 12 * k * (4 * k + 1)
                limit = pieces * periodicity.break_word_operations(m, k) + search
                if not n <= costs.word_operations <= limit:
                    inputs = {"family": name, "n": n, "m": m, "k": k}
                    witness = Witness(inputs, f"{n} to {limit}", costs.word_operations, "word operations")
                    return refuted(cases, witness)
                if costs.word_operations / limit > worst:
                    worst, worst_case = costs.word_operations / limit, (costs.word_operations, limit)
    return Verdict(
        Evidence.VERIFIED,
        f"every text of at most {longest} letters over 3 letters, every pattern, every k and p; besides, ten "
        f"long families, n = {n}, m = {m}",
        cases,
        measured=worst_case[0],
        bound=worst_case[1],
        notes=["measured: counted operations of the nearly periodic instance nearest its bound"],
    )
