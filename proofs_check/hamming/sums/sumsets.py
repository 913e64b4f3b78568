"""Sums of two multisets, and what they cost (HAM-25)."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, Literal
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from lemmata import hamming
from lemmata.claims import Clause, Run, check
from lemmata.costs import Costs
from lemmata.hamming.correlations import word_transform
from lemmata.hamming.sums import dense_sums, pair_sums, sparse_sums
from lemmata.hamming.sums.sumsets import RefinementGivenUp, RowsMerged

from ..counted_runs import counted
from .limits import as_a_set, at_the_limits

Numbers = NDArray[np.int64]


@check("HAM-25")
def sums_cost_what_they_are_and_not_their_range(run: Run) -> None:
    """Counts against a dictionary for every method; charges against counts, each other and the bounds."""
    exact, pairs, auto, candidates, sparse, dense, charges = run.clauses("abcdefg")
    pair_bound, sparse_bound = run.formula("pair_operations"), run.formula("sparse_word_operations")
    dense_takes, least = run.formula("dense_operations"), run.formula("least_pair_operations")
    used: list[float] = []
    for a, b in run.samples(small_multisets(run), "multisets in narrow, wide and extreme ranges"):
        expected = Counter(x + y for x in a for y in b)
        charged: dict[str, int] = {}
        for method in ("pairs", "dense", "sparse", "auto"):
            if method == "dense" and max(a) + max(b) - min(a) - min(b) > 10**4:
                continue
            seed, costs, steps = int(run.rng.integers(2**63)), Costs(), list[Any]()
            found = hamming.sum_counts(a, b, method=method, rng=seed, trace=steps, costs=costs)
            charged[method] = costs.word_operations
            as_a_set(exact, a, b, method, seed, found.sums.tolist(), steps, costs.word_operations)
            exact.equal(found.sums.tolist(), sorted(expected), a=a, b=b, method=method)
            counts = [expected[value] for value in sorted(expected)]
            exact.equal(found.counts.tolist(), counts, a=a, b=b, method=method)
        n_a, n_b = len(set(a)), len(set(b))
        pairs.holds(charged["pairs"], "<=", pair_bound(n_a, n_b), a=a, b=b)
        pairs.holds(charged["pairs"], ">=", least(n_a, n_b), a=a, b=b)
        charged_as_counted(charges, a, b, "pairs", run)
        if len(a) * len(b) <= 60:
            with patch.object(pair_sums, "BUFFER", 3):
                charged_as_counted(charges, a, b, "pairs", run, explanation="three sums at a time")
        spent = charged_apart(auto, a, b, sorted(charged.keys() - {"auto"}), run)
        auto.holds(spent, "<=", 2 * charged["pairs"], a=a, b=b)
        if "dense" in charged:
            auto.holds(spent, "<=", 2 * charged["dense"], a=a, b=b)
            span = max(a) + max(b) - min(a) - min(b) + 1
            dense.equal(charged["dense"], dense_takes(n_a + n_b, span, len(expected)), a=a, b=b)
        learned(candidates, a, b, len(expected), run)
        bits = max(1, max(max(each) - min(each) for each in (a, b)).bit_length())
        limit = sparse_bound(len(expected) + n_a + n_b, bits)
        sparse.holds(charged["sparse"], "<=", limit, a=a, b=b, bits=bits)
        used.append(charged["sparse"] / limit)
    for length in run.samples((1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 96), "convolutions of those lengths"):
        with counted() as tally:
            word_transform.convolve_words(*(np.arange(length, dtype=np.uint64) for _ in range(2)))
        charges.equal(tally.operations, word_transform.convolution_operations(length), length=length)
    few = "few elements, in small ranges and the largest, the convolutions' operations as above"
    for a, b in run.samples(few_elements(run), few):
        for method in ("dense", "sparse", "auto"):
            if method == "sparse" or max(a) + max(b) - min(a) - min(b) <= 10**4:
                charged_as_counted(charges, a, b, method, run)
    for name, size, bits, elements in run.samples(structured(run), "four families in ranges of up to 2^61"):
        costs = Costs()
        found = hamming.sum_counts(elements, elements, method="sparse", rng=run.rng, costs=costs)
        inputs = {"family": name, "size": size, "bits": bits, "sums": len(found.sums)}
        exact.equal(int(found.counts.sum()), len(elements) ** 2, **inputs)
        if size <= 1_500:
            exact.equal(found.sums, np.unique(elements[:, None] + elements), **inputs)
        limit = sparse_bound(len(found.sums) + 2 * len(elements), bits)
        sparse.holds(costs.word_operations, "<=", limit, **inputs)
        sparse.holds(costs.word_operations, ">=", len(found.sums), **inputs)
        used.append(costs.word_operations / limit)
    sparse.note(f"At most {max(used):.3f} of the bound were taken: a factor of {4000 * max(used):.0f}.")
    larger_sums(run, exact, pairs, auto, dense)
    late_refusals(run, pairs, auto)
    doubled_sizes(run, sparse)
    at_the_limits(run, exact, pairs)
    exact.refuses(lambda: hamming.sum_counts([2**63], [0]), ValueError, "do not fit int64", sum=2**63)


def larger_sums(run: Run, exact: Clause, pairs: Clause, auto: Clause, dense: Clause) -> None:
    """Many pairs: without structure, in one buffer and in several, and many in a small range."""
    bound, dense_takes = run.formula("pair_operations"), run.formula("dense_operations")
    for size in run.samples((64, 300, run.choose(800, 3_000, 4_000)), "sets without structure"):
        x, y = run.rng.integers(0, 2**60, (2, size))
        sums, times = np.unique(x[:, None] + y, return_counts=True)
        with patch.object(pair_sums, "BUFFER", 1 << 20 if size != 300 else 1_000):
            costs = Costs()
            merged = hamming.sum_counts(x, y, method="pairs", costs=costs)
            exact.equal(merged.sums, sums, size=size, method="pairs")
            exact.equal(merged.counts, times, size=size, method="pairs")
            exact.equal(hamming.sumset(x, y, rng=run.rng), sums, size=size)
            pairs.holds(costs.word_operations, "<=", bound(size, size), size=size)
            spent = charged_apart(auto, x, y, ["pairs"], run)
        auto.holds(spent, "<=", 2 * costs.word_operations, size=size)
    for name, x, y in run.samples(crowded(run), "many sums in a small range"):
        inputs: dict[str, Any] = {"family": name, "size": len(x)}
        times, costs = np.convolve(np.bincount(x), np.bincount(y)), Costs()
        found = hamming.sum_counts(x, y, method="dense", costs=costs)
        for each in (found, hamming.sum_counts(x, y, rng=run.rng)):
            exact.equal(each.sums, np.flatnonzero(times), **inputs)
            exact.equal(each.counts, times[times > 0], **inputs)
        elements, span = len(set(x.tolist())) + len(set(y.tolist())), int(np.ptp(x) + np.ptp(y)) + 1
        dense.equal(costs.word_operations, dense_takes(elements, span, len(found.sums)), **inputs)
        spent = charged_apart(auto, x, y, ["pairs", "dense", "sparse"], run)
        auto.holds(spent, "<=", 2 * costs.word_operations, **inputs)


def late_refusals(run: Run, pairs: Clause, auto: Clause) -> None:
    """Progressions, whose sums are as few as can be: the sparse way is given up late, or is the cheapest."""
    least = run.formula("least_pair_operations")
    for size, top in run.samples(((5, 12), (1_950, 2**31), (1_500, 2**16)), "progressions"):
        x, costs = np.arange(size) * (top // size), Costs()
        hamming.sum_counts(x, x, method="pairs", costs=costs)
        pairs.attains(costs.word_operations, least(size, size), size=size)
        for others in (1, 2, 7):
            full_buffers(pairs, np.arange(others), np.arange(size), least(others, size))
        method: Literal["pairs", "dense"]
        for method in ("pairs", "dense") if top < 2**20 else ("pairs",):
            alone = Costs()
            hamming.sum_counts(x, x, method=method, costs=alone)
            spent = charged_apart(auto, x, x, ["pairs", "dense", "sparse"] if top < 2**20 else ["pairs"], run)
            auto.holds(spent, "<=", 2 * alone.word_operations, size=size, top=top, method=method)


def full_buffers(pairs: Clause, x: Numbers, y: Numbers, least: int) -> None:
    """Progressions attain the least while all sums but the largest fit one buffer; a further one takes 3."""
    most = len(x) + len(y) - 2
    for buffer in (most + 1, most, most - 1, -(-most // 2), most // 2, most // 3):
        further, costs = max(0, -(-most // buffer) - 1), Costs()
        with patch.object(pair_sums, "BUFFER", buffer):
            hamming.sum_counts(x, y, method="pairs", costs=costs)
        inputs = {"n_a": len(x), "n_b": len(y), "buffer": buffer}
        if further:
            pairs.equal(costs.word_operations, least + 3 * further, **inputs)
        else:
            pairs.attains(costs.word_operations, least, **inputs)


class LeastFirst:
    """Draws the least number nine times, by which 0, 64 and 128 fall together, and then at random."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.asked: list[tuple[int, int]] = []

    def integers(self, low: int, high: int) -> int:
        """As a generator of numpy."""
        self.asked.append((int(low), int(high)))
        return int(low) if len(self.asked) <= 9 else int(self.rng.integers(low, high))


def doubled_sizes(run: Run, sparse: Clause) -> None:
    """Moduli are drawn three at a size, and at twice that where they did not suffice."""
    sums = np.array([0, 64, 128], dtype=np.uint64)
    x, y = (dense_sums.Distinct(part, np.ones(len(part), dtype=np.int64)) for part in (sums, sums[:1]))
    draws, steps = LeastFirst(run.rng), list[Any]()
    peeling = sparse_sums.Peeling(sums, x, y, 8, dense_sums.Spending(None), steps)
    counts = peeling.counts_by(draws)  # type: ignore[arg-type]
    sparse.equal(counts.tolist(), [1, 1, 1], sums=sums)
    sparse.equal(draws.asked, [(64, 128)] * 3 + [(128, 256)] * 3 + [(256, 512)], sums=sums)
    sparse.equal([step.modulus for step in steps], [64] * 3 + [128] * 3 + [256], sums=sums)


def charged_apart(clause: Clause, a: Any, b: Any, methods: list[Any], run: Run) -> int:
    """What "auto" is charged, held against what it spent in vain and what the method that it took is charged.

    Which one that is, its steps tell.
    """
    seed, costs, steps = int(run.rng.integers(2**63)), Costs(), list[Any]()
    hamming.sum_counts(a, b, rng=seed, trace=steps, costs=costs)
    given_up = [k for k, step in enumerate(steps) if isinstance(step, RefinementGivenUp)]
    taken = steps[given_up[0] + 1 :] if given_up else steps
    in_vain = steps[given_up[0]].spent if given_up else 0
    if given_up:
        sizes = [len({int(v) for v in part}) for part in (a, b)]
        span = sum(int(max(part)) - int(min(part)) for part in (a, b)) + 1
        budget = run.formula("refinement_budget")(*sizes, span)
        clause.equal(steps[given_up[0]].budget, budget, sizes=sizes, span=span)
        clause.holds(in_vain, "<=", budget, sizes=sizes, span=span)
    expected = set()
    merged = isinstance(taken[-1], RowsMerged)
    for method in [method for method in methods if (method == "pairs") == merged]:
        alone, own = Costs(), list[Any]()
        hamming.sum_counts(a, b, method=method, rng=seed, trace=own, costs=alone)
        if own == taken:
            expected.add(in_vain + alone.word_operations)
    spent = costs.word_operations
    clause.equal(
        spent in expected, True, a=a, b=b, charged=spent, apart=sorted(expected), steps=str(taken[-1:])
    )
    return spent


def charged_as_counted(
    clause: Clause, a: list[int], b: list[int], method: Any, run: Run, explanation: str = ""
) -> None:
    """Charges against what is done on counting numbers, from distinct elements to sums counted from 0.

    Before and after that, pairs are added up, and the smallest elements to the sums.
    """
    costs = Costs()
    with counted(convolutions=False, seal=True) as tally:
        found = hamming.sum_counts(a, b, method=method, rng=run.rng, costs=costs)
    around = len(set(a)) + len(set(b)) + len({x + y for x in a for y in b})
    inputs = {"a": a, "b": b, "method": method}
    done, read = tally.operations - around, tally.read
    clause.equal(costs.word_operations, done, **inputs, explanation=explanation or "charged, and counted")
    clause.holds(read, "<=", 10, **inputs, explanation="numbers read outside kernels")
    clause.equal(set(found.sums.tolist()), {x + y for x in a for y in b}, **inputs)


def learned(clause: Clause, a: list[int], b: list[int], distinct: int, run: Run) -> None:
    """What the sparse method finds at every bit, and among what, against the sums of remainders."""
    steps: list[Any] = []
    hamming.sum_counts(a, b, method="sparse", rng=run.rng, trace=steps)
    before: set[int] | None = None
    for step in steps:
        if isinstance(step, sparse_sums.ClassesCounted):
            continue
        modulus = 1 << step.bits
        left, right = ({(v - min(part)) % modulus for v in part} for part in (a, b))
        sums = {u + v for u in left for v in right}
        inputs = {"a": a, "b": b, "bits": step.bits}
        clause.equal(step.sums, len(sums), **inputs)
        clause.holds(len(sums), "<=", 2 * distinct, **inputs)
        if before is not None:
            lifts = {u + j * modulus // 2 for u in before for j in range(3)}
            clause.equal(sums <= lifts, True, **inputs, explanation="sums are among the candidates")
            lifts = {u for u in lifts if u < 2**64}
            clause.equal(step.candidates, len(lifts), **inputs, explanation="candidates")
            clause.holds(step.candidates, "<=", 3 * len(before), **inputs)
        before = sums


def crowded(run: Run) -> Iterator[tuple[str, Numbers, Numbers]]:
    """Pairs of multisets with far more pairs than there are numbers in the range of their sums."""
    for size in run.choose((600,), (600, 3_000), (600, 3_000)):
        yield "successive", np.arange(size), np.arange(size)
        yield "random", *run.rng.integers(0, 10**4, (2, size))


def small_multisets(run: Run) -> Iterator[tuple[list[int], list[int]]]:
    """Pairs of multisets in narrow, wide and extreme ranges, and the least that there can be."""
    yield [0], [0]
    yield [0], [0, 2**60]
    yield [0, 2**61], [0, 2**61]
    yield [-(2**62), 0, 2**62 - 1], [-(2**62), 1, 2**62]
    for span in (1, 2, 9, 300, 10**9, 2**60):
        for _ in range(run.choose(3, 10, 40)):
            sizes = run.rng.integers(1, 30, 2)
            a, b = (run.rng.integers(-span, span, size, endpoint=True).tolist() for size in sizes)
            yield a, b


def few_elements(run: Run) -> Iterator[tuple[list[int], list[int]]]:
    """Pairs of multisets whose sums take a second on counting numbers."""
    yield [0], [0]
    yield [0, 0], [5, 5 + 2**12]
    yield [-(2**63), 2**63 - 1], [0]
    for span in (2, 9, 300, 2_000):
        for _ in range(run.choose(1, 3, 10)):
            a, b = (run.rng.integers(-span, span, size).tolist() for size in run.rng.integers(1, 10, 2))
            yield a, b


def structured(run: Run) -> Iterator[tuple[str, int, int, Numbers]]:
    """Sets in a range of 2^bits with few sums for their size, and one with many."""
    for bits in run.choose((24, 61), (24, 32, 40, 48, 56, 61), (24, 32, 40, 48, 56, 61)):
        top = 1 << bits
        for size in run.choose((120,), (100, 1_500), (100, 5_000)):
            yield "progression", size, bits, np.arange(size, dtype=np.int64) * (top // size)
            side = max(2, int(size**0.5))
            grid = np.arange(side)[:, None] * (top // side) + np.arange(side)[None, :] * (top // side**3)
            yield "grid", size, bits, np.unique(grid.ravel())
            starts = run.rng.integers(0, top // 2, 8)
            clusters = np.concatenate([start + np.arange(size // 8) for start in starts])
            yield "clusters", size, bits, np.unique(clusters)
            yield "random", size, bits, np.unique(run.rng.integers(0, top, 40))
