"""The Gram-Schmidt walk in doubles: its paths are the exact ones, and what they cost (DIS-27, DIS-28)."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import islice, product

import numpy as np

from lemmata import discrepancy
from lemmata.claims import Clause, Run, check
from lemmata.costs import Costs
from lemmata.discrepancy.walks import gram_schmidt_tree

from ..rounding.counted_walks import count_gram_schmidt_walk


def walk_inputs(run: Run) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Small integers with ties and dependence, dyadic numbers, columns of very different scales, no rows."""
    for case in range(run.choose(150, 800, 4000)):
        d, n = int(run.rng.integers(0, 6)), int(run.rng.integers(1, 8))
        vectors = run.rng.integers(-2, 3, (d, n)).astype(float)
        if case % 3 == 1:
            vectors = run.rng.integers(-(2**20), 2**20, (d, n)) / 2.0**20
        if case % 3 == 2:
            vectors = vectors * run.rng.choice([2.0**-500, 2.0**-3, 1.0, 2.0**20], n)
        x = run.rng.choice([0.0, 0.5, -0.25, 0.875, 1.0, -1.0], n, p=[0.4, 0.2, 0.1, 0.1, 0.1, 0.1])
        yield vectors, x
    for n, d in ((40, 6), (60, 4), *run.choose((), ((30, 40),), ((30, 40), (80, 6)))):  # long paths
        yield run.rng.integers(-1, 2, (d, n)).astype(float), np.zeros(n)
        yield run.rng.integers(-(2**20), 2**20, (d, n)) / 2.0**20, np.zeros(n)


@check("DIS-27")
def the_fast_walk_takes_the_exact_path(run: Run) -> None:
    """Same random numbers: same pivots, directions and probabilities up to rounding, and signs."""
    pivots, directions, ends, frozen, dependent = run.clauses("abcde")
    for distance, sign in run.every(
        product(DISTANCES, (-1, 1)), f"two columns, {NEAR_A_FACE}, the columns alike and opposite", size=50
    ):
        beside_a_face(frozen, distance, sign)
    for epsilon, seed in run.every(
        product(NEARLY_DEPENDENT, range(8)), "the two systems and four numbers of (e), with 8 seeds", size=32
    ):
        beside_a_span(dependent, epsilon, seed)
    near = 0
    for vectors, x in run.samples(
        walk_inputs(run), "small integers, dyadics, scales 2^-500 to 2^20, long paths"
    ):
        seed = int(run.rng.integers(0, 2**31))
        inputs = {"vectors": vectors, "x": x, "seed": seed}
        trace: list[discrepancy.GramSchmidtStep] = []
        signs = discrepancy.gram_schmidt_walk(vectors, x, rng=seed, trace=trace).tolist()
        silent = discrepancy.gram_schmidt_walk(vectors, x, rng=seed).tolist()
        uniforms = np.random.default_rng(seed).random(len(x)).tolist()
        path = gram_schmidt_tree.exact_walk(vectors, x, uniforms)
        # Doubles take coordinates that are nearly at a face for frozen. From there on the paths may part.
        sure = next((k for k, step in enumerate(path) if nearly_frozen(step.values)), len(path))
        near += sure < len(path)
        pivots.equal([step.pivot for step in trace[:sure]], [step.pivot for step in path[:sure]], **inputs)
        after = [step.values for step in path[1:sure]]
        for values, found in zip(after, trace, strict=False):
            directions.holds(np.abs(found.values - np.array(values, dtype=float)), "<=", 1e-9, **inputs)
        for step in path:
            others = {i for i, u in enumerate(step.direction) if u} - {step.pivot}
            directions.equal(others <= set(step.basis), True, basis=step.basis, **inputs)
        for step, found in zip(path[:sure], trace, strict=False):
            chance = found.down / (found.up + found.down)
            directions.holds(abs(float(step.probability_up) - chance), "<=", 1e-9, **inputs)
            scaled = [float(step.direction[i] / max(map(abs, step.direction))) for i in range(len(x))]
            largest = np.abs(found.direction).max()
            directions.holds(np.abs(found.direction / largest - scaled), "<=", 1e-9, **inputs)
        ends.equal(silent, signs, **inputs)
        if sure == len(path):
            end = [int(z) for z in x] if not path else _end(path[-1], uniforms[len(path) - 1])
            ends.equal(signs, end, **inputs)
            pivots.equal(len(trace), sure, **inputs)
    run.note(f"{near} paths compared only up to a point within 2^-39 of a face that it is not on")


DISTANCES = [Fraction(1, 2**k) + Fraction(off, 2**52) for k in (36, 38, 39, 40, 41) for off in range(-2, 3)]
NEAR_A_FACE = "distances 2^-36, 2^-38, 2^-39, 2^-40, 2^-41 from a face, and up to 2 times 2^-52 more and less"


def beside_a_face(clause: Clause, distance: Fraction, sign: int) -> None:
    """Columns 1 and 1 less the distance: the first step moves both, and only the second reaches a face."""
    vectors = np.array([[1.0, sign * float(1 - distance)]])
    for seed in range(4):
        trace: list[discrepancy.GramSchmidtStep] = []
        signs = discrepancy.gram_schmidt_walk(vectors, np.zeros(2), rng=seed, trace=trace).tolist()
        silent = discrepancy.gram_schmidt_walk(vectors, np.zeros(2), rng=seed).tolist()
        way = 1 if trace[0].rises else -1
        reached = distance <= Fraction(1, 2**40)
        left = -sign * way * (1 if reached else 1 - distance)
        shown = {"vectors": vectors, "seed": seed, "distance": str(distance)}
        clause.equal([Fraction(v) for v in trace[0].values.tolist()], [left, way], **shown)
        clause.equal(len(trace), 1 if reached else 2, **shown, explanation="steps")
        clause.equal(silent, signs, **shown)


NEARLY_DEPENDENT = (1e-10, 0.99e-9, 1.01e-9, 1e-8)


def beside_a_span(clause: Clause, epsilon: float, seed: int) -> None:
    """Columns (1, 0) and (1, epsilon) before a pivot (0, 1), from the start or once another is frozen."""
    for vectors, x in (
        ([[1.0, 1.0, 0.0], [0.0, epsilon, 1.0]], [0.0, 0.0, 0.0]),
        ([[1.0, 0.0, 1.0, 0.0], [0.0, 1.0, epsilon, 1.0]], [0.0, 0.5, 0.0, 0.0]),
    ):
        n, trace = len(x), list[discrepancy.GramSchmidtStep]()
        matrix, start = np.array(vectors), np.array(x)
        signs = discrepancy.gram_schmidt_walk(matrix, start, rng=seed, trace=trace)
        silent = discrepancy.gram_schmidt_walk(matrix, start, rng=seed)
        path = gram_schmidt_tree.exact_walk(matrix, start, np.random.default_rng(seed).random(n).tolist())
        shown = {"vectors": matrix, "x": start, "seed": seed}
        clause.equal(silent, signs, **shown)
        if n == 4:  # the second column freezes in the first step, or the last one does
            if abs(trace[0].values[3]) == 1:
                continue
            trace, path = trace[1:], path[1:]
        direction = trace[0].direction
        if epsilon < 1e-9:
            alone = np.arange(n) == n - 1
            clause.equal(direction / direction[-1], 1.0 * alone, **shown, explanation="the pivot goes alone")
            continue
        largest = max(map(abs, path[0].direction))
        expected = [float(u / largest) for u in path[0].direction]
        clause.holds(np.abs(direction / np.abs(direction).max() - expected), "<=", 1e-6, **shown)


def _end(step: discrepancy.ExactStep, uniform: float) -> list[int]:
    return [int(z) for z in step.child(Fraction(uniform) < step.probability_up)]


def nearly_frozen(values: Sequence[Fraction]) -> bool:
    """Whether a fractional coordinate is within 2^-39 of -1 or +1, closer than doubles are trusted."""
    return any(0 < 1 - abs(z) < Fraction(1, 2**39) for z in values)


def slow_search(n: int) -> np.ndarray:
    """A system that makes the search for a replacement pass about half of all columns, again and again."""
    vectors = np.zeros((2, n))
    vectors[0, : n // 2] = 1.0
    vectors[:, n // 2 :] = [[0.1], [1.0]]
    vectors[0, n // 2 :] += np.arange(n - n // 2) / n
    return vectors


@check("DIS-28")
def the_walk_stays_below_its_counted_cost(run: Run) -> None:
    """Charged multiplications against the formula, and against those of numbers that count."""
    bounded, counted = run.clauses("ab")
    limit = run.formula("gram_schmidt_multiplications")
    shapes = [(n, d) for n in (0, 1, 2, 5, 20, 60, 150) for d in (0, 1, 2, 7, 30, 100)]
    instances = [run.rng.standard_normal((d, n)) for n, d in shapes]
    instances += [slow_search(n) for n in (10, 100, 1000)]
    instances += [np.ones((3, 200)), np.zeros((4, 50)), np.eye(60), np.repeat(np.eye(8), 20, axis=1)]
    for vectors in run.samples(
        instances, "random, dependent, zero and repeated columns, n <= 1000, d <= 100"
    ):
        d, n = vectors.shape
        costs = Costs()
        discrepancy.gram_schmidt_walk(vectors, run.rng.uniform(-0.9, 0.9, n), rng=run.rng, costs=costs)
        bounded.holds(costs.multiplications, "<=", limit(n, d), n=n, d=d)
    cases = run.choose(60, 300, 2000)
    for vectors, x in run.samples(islice(walk_inputs(run), cases), "small systems on numbers that count"):
        seed = int(run.rng.integers(0, 2**31))
        count, charged, same = count_gram_schmidt_walk(vectors, x, seed)
        counted.equal(charged, count, vectors=vectors, x=x, seed=seed)
        counted.equal(same, True, vectors=vectors, x=x, seed=seed)
