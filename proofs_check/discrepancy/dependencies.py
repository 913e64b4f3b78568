"""Walks along linear dependencies: Beck-Fiala, Barany-Grinberg, Steinitz (DIS-11 to DIS-14, DIS-12)."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations_with_replacement, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lemmata import discrepancy
from lemmata.claims import Evidence, Run, Verdict, Witness, check, refuted
from lemmata.discrepancy import set_systems, system_bounds
from lemmata.discrepancy.beck_fiala import PhaseStarted
from lemmata.discrepancy.linear_dependencies import WalkRepeatedExactly

from .systems import matrix_in_words


@check("DIS-11")
def beck_fiala_stays_below_twice_the_degree(run: Run) -> Verdict:
    """Small systems exhaustively, with the walk's steps re-checked in rationals; random larger ones."""
    cases = 0
    worst: dict[int, int] = {}
    moves = 0
    small = [*set_systems.all_systems(2), *set_systems.all_systems(3)]
    four = run.choose(set_systems.systems_up_to_relabelling, set_systems.all_systems, set_systems.all_systems)
    small += list(four(4))
    small += [m for k in (1, 2, 3) for m in (set_systems.all_systems(5, k) if run.choose(0, 1, 1) else ())]
    for matrix in small + list(larger_systems(run)):
        cases += 1
        t = max(sum(column) for column in matrix.T.tolist())
        signs = discrepancy.beck_fiala(matrix)
        found = int(np.abs(matrix @ signs).max()) if set(np.unique(signs)) <= {-1, 1} else -1
        worst[t] = max(worst.get(t, 0), found)
        if not 0 <= found <= 2 * t - 1 or system_bounds.beck_fiala_bound(t) != 2 * t - 1:
            inputs = {"incidence": matrix_in_words(matrix), "coloring": signs.tolist()[:50]}
            return refuted(cases, Witness(inputs, f"at most 2t - 1 = {2 * t - 1}", found, "a set's sum"))
    for _ in range(run.choose(40, 300, 2_000)):
        cases += 1
        n, degree = int(run.rng.integers(4, 16)), int(run.rng.integers(1, 4))
        matrix = set_systems.random_system(n, int(run.rng.integers(degree, degree + 5)), degree, run.rng)
        steps: list[Any] = []
        signs = discrepancy.beck_fiala(matrix, exact=True, trace=steps)
        wrong, moved = wrong_step(matrix.tolist(), steps, signs.tolist())
        moves += moved
        if wrong or int(np.abs(matrix @ signs).max()) > 2 * degree - 1:
            inputs = {"incidence": matrix.tolist(), "coloring": signs.tolist()}
            expected = "protected sets at 0, coefficients in [-1, 1]"
            return refuted(cases, Witness(inputs, expected, wrong or "a set above 2t - 1"))
    return Verdict(
        Evidence.VERIFIED,
        "every set system on 2 and 3 points, and on 4 points "
        + run.choose(
            "up to relabelling", "(labelled); at most 3 sets on 5", "(labelled); at most 3 sets on 5"
        )
        + f"; besides, random systems of 4 to {run.choose(250, 1000, 2000)} points",
        cases,
        measured=max(value - (2 * t - 1) for t, value in worst.items()),
        bound=0,
        relation="<=",
        attained=worst.get(1) == 1,
        notes=[
            "measured: discrepancy minus (2t - 1), largest",
            f"largest discrepancy by degree t: {dict(sorted(worst.items()))}",
            f"{moves} moves under protected sets were re-checked in rationals",
        ],
    )


def larger_systems(run: Run) -> Iterator[NDArray[np.int64]]:
    """Random regular systems, sparse and crowded."""
    shapes = [(60, 60, 3), (100, 50, 4), (200, 30, 5), (150, 150, 2)]
    shapes += run.choose([(250, 250, 3)], [(1000, 1000, 3)], [(1000, 1000, 3), (2000, 2000, 5)])
    for elements, sets, degree in shapes:
        yield set_systems.random_system(elements, sets, degree, run.rng)


def wrong_step(rows: Sequence[Sequence[int]], steps: Sequence[Any], signs: Sequence[int]) -> tuple[str, int]:
    """What is wrong with the steps of an exact walk, if anything; and its moves under protected sets."""
    x = [Fraction(0)] * len(signs)
    protected: Sequence[int] = ()
    moved = 0
    for step in steps:
        if hasattr(step, "protected"):
            protected = step.protected
            floating = [j for j, value in enumerate(x) if abs(value) < 1]
            if list(step.floating) != floating:
                return f"floating {step.floating}, but {floating} are inside (-1, 1)", moved
            continue
        moved += bool(protected)
        for j, slope in zip(step.elements, step.direction, strict=True):
            if abs(x[j]) == 1:
                return f"element {j} moved after it was frozen", moved
            x[j] += step.length * slope
        for i in protected:
            total = sum(value for value, inside in zip(x, rows[i], strict=True) if inside)
            if total:
                return f"protected set {i} has sum {total}", moved
        if any(abs(value) > 1 for value in x) or any(abs(x[j]) != 1 for j in step.frozen) or not step.frozen:
            return f"coefficients {[str(value) for value in x]}", moved
    return ("" if x == list(signs) else "the moves do not add up to the colouring"), moved


@check("DIS-12")
def phases_shrink_the_floating_elements(run: Run) -> Verdict:
    """What the trace tells: protected sets, floating elements from phase to phase, number of phases."""
    cases, worst = 0, (0, 1)
    planes = [set_systems.projective_plane(q) for q in run.choose((2, 3, 5), (2, 3, 5, 7), (2, 3, 5, 7, 11))]
    for matrix in [*set_systems.systems_up_to_relabelling(4), *planes, *larger_systems(run)]:
        cases += 1
        t, steps = max(sum(column) for column in matrix.T.tolist()), list[Any]()
        inputs = {"incidence": matrix_in_words(matrix)}
        try:
            discrepancy.beck_fiala(matrix, trace=steps)
        except ArithmeticError as error:
            return refuted(cases, Witness(inputs, "a colouring", str(error)))
        again = [k for k, step in enumerate(steps) if isinstance(step, WalkRepeatedExactly)]
        phases = [step for step in steps[again[-1] if again else 0 :] if isinstance(step, PhaseStarted)]
        sizes = [len(step.floating) for step in phases] + [0]
        for step, after in zip(phases, sizes[1:], strict=True):
            counts = matrix[:, list(step.floating)].sum(axis=1)
            expected = np.flatnonzero(counts > t).tolist()
            if expected != list(step.protected) or (t + 1) * max(len(expected), after) > t * len(
                step.floating
            ):
                found = {"t": t, "floating": len(step.floating), "protected": step.protected, "after": after}
                return refuted(
                    cases, Witness(inputs, {"protected": expected}, found, "t / (t + 1) of floating")
                )
        bound = system_bounds.beck_fiala_phases(matrix.shape[1], t)
        if len(phases) > bound:
            return refuted(cases, Witness(inputs, f"<= {bound}", len(phases), "phases"))
        worst = max(worst, (len(phases), bound), key=lambda pair: pair[0] / pair[1])
    return Verdict(
        Evidence.CONSISTENT,
        f"{cases} systems: all on 4 points up to relabelling, projective planes, random ones of 60 to "
        f"{run.choose(250, 1000, 2000)} points",
        cases,
        measured=worst[0],
        bound=worst[1],
        notes=["phases, of the system nearest its bound"],
    )


@check("DIS-13")
def signed_prefix_sums_stay_within_two_d_minus_one(run: Run) -> Verdict:
    """Short sequences exhaustively, random and float ones; the coefficients behind the bound in rationals."""
    cases = 0
    largest: dict[int, Fraction] = {}
    for matrix in sequences(run):
        cases += 1
        d = matrix.shape[0]
        steps: list[Any] = []
        signs = discrepancy.barany_grinberg(matrix, trace=steps)
        exact = [[Fraction(v) for v in row] for row in matrix.tolist()]
        columns = list(zip(*exact, strict=True))
        ratio = longest_prefix(columns, signs.tolist())
        largest[d] = max(largest.get(d, Fraction(0)), ratio)
        weight = prefix_weight(columns, signs.tolist(), steps) if matrix.dtype.kind == "i" else Fraction(0)
        limit = 2 * d - 1
        if ratio > limit**2 or weight > limit or system_bounds.barany_grinberg_bound(d) != limit:
            inputs = {"vectors": matrix_in_words(matrix), "signs": signs.tolist()}
            found = f"squared length {ratio}, weight {weight}"
            return refuted(cases, Witness(inputs, f"length and weight at most {limit}", found))
    return Verdict(
        Evidence.VERIFIED,
        run.choose("all sequences of up to 5", "all sequences of up to 7", "all sequences of up to 8")
        + " numbers from 1, 2, 3 and of up to "
        + f"{run.choose(4, 5, 6)} plane vectors over -1, 0, 1 up to sign; besides, random ones, d up to 6",
        cases,
        measured=max(ratio / (2 * d - 1) ** 2 for d, ratio in largest.items()),
        bound=1,
        relation="<=",
        attained=True,
        notes=[
            "measured: squared length of a prefix sum over (2d - 1)^2, maximum or Euclidean norm",
            f"longest: {', '.join(f'd = {d}: {float(r) ** 0.5:.3f}' for d, r in largest.items())}",
            "every norm: integer prefixes are exact combinations of d vectors, total weight <= 2d - 1",
        ],
    )


def sequences(run: Run) -> Iterator[NDArray[Any]]:
    """Exhaustive short sequences first, then random ones."""
    for n in range(1, run.choose(5, 7, 8) + 1):
        for numbers in product((1, 2, 3), repeat=n):
            yield np.array([numbers])
    for n in range(1, run.choose(4, 5, 6) + 1):
        for plane in product(((1, 0), (0, 1), (1, 1), (1, -1)), repeat=n):
            yield np.array(plane).T
    for _ in range(run.choose(15, 100, 500)):
        d, n = int(run.rng.integers(1, 7)), int(run.rng.integers(5, 40))
        yield run.rng.integers(-5, 6, (d, n))
        yield run.rng.standard_normal((d, n))


def squares(column: Sequence[Fraction]) -> tuple[Fraction, Fraction]:
    """Squared length in the maximum and the Euclidean norm."""
    return max(abs(v) for v in column) ** 2, sum((v * v for v in column), Fraction(0))


def longest_prefix(columns: Sequence[Sequence[Fraction]], signs: Sequence[int]) -> Fraction:
    """Squared length of the longest prefix sum over that of the longest vector, in the worse norm."""
    if not set(signs) <= {-1, 1}:
        raise ValueError(f"no signs: {signs}")
    total = [Fraction(0)] * len(columns[0])
    unit = [max(sizes) for sizes in zip(*map(squares, columns), strict=True)]
    worst = Fraction(0)
    for column, sign in zip(columns, signs, strict=True):
        total = [a + sign * b for a, b in zip(total, column, strict=True)]
        worst = max([worst] + [size / one for size, one in zip(squares(total), unit, strict=True) if one])
    return worst


def prefix_weight(
    columns: Sequence[Sequence[Fraction]], signs: Sequence[int], steps: Sequence[Any]
) -> Fraction:
    """Largest sum of |e_j - x_j| over floating j, after checking that these weights give the prefix sums."""
    worst = Fraction(0)
    total = [Fraction(0)] * len(columns[0])
    states = [step for step in steps if hasattr(step, "leader")]
    if len(states) != len(signs):
        return Fraction(10**9)
    for k, state in enumerate(states):
        total = [a + signs[k] * b for a, b in zip(total, columns[k], strict=True)]
        weights = {j: signs[j] - x for j, x in zip(state.floating, state.coefficients, strict=True)}
        combination = [
            sum((w * columns[j][i] for j, w in weights.items()), Fraction(0)) for i in range(len(total))
        ]
        if combination != total or len(weights) > len(total):
            return Fraction(10**9)
        worst = max(worst, sum((abs(w) for w in weights.values()), Fraction(0)))
    return worst


@check("DIS-14")
def reordered_prefix_sums_stay_within_d(run: Run) -> Verdict:
    """Every small multiset of plane vectors, random integers and floats; deviations in rationals."""
    cases = 0
    largest: dict[int, Fraction] = {}
    gauges: dict[int, Fraction] = {}
    for matrix in multisets(run):
        cases += 1
        d, n = matrix.shape
        order = discrepancy.steinitz(matrix).tolist()
        columns = [[Fraction(v) for v in column] for column in matrix.T.tolist()]
        ratio = longest_deviation(columns, order) if sorted(order) == list(range(n)) else Fraction(10**9)
        largest[d] = max(largest.get(d, Fraction(0)), ratio)
        if matrix.dtype.kind == "i" and ratio <= d * d:
            # Walked in rationals, the order is right in every gauge, symmetric or not.
            found = deviation_in_a_gauge(columns, order)
            gauges[d] = max(gauges.get(d, Fraction(0)), found)
            ratio = max(ratio, found**2)
        if ratio > d * d or system_bounds.steinitz_bound(d) != d:
            inputs = {"vectors": matrix_in_words(matrix), "order": order}
            return refuted(cases, Witness(inputs, f"squared deviation at most {d * d}", str(ratio)))
    return Verdict(
        Evidence.VERIFIED,
        f"every multiset of up to {run.choose(4, 5, 6)} plane vectors over -1, 0, 1; besides, random vectors "
        f"with d up to 5, n up to {run.choose(30, 60, 60)}, a third of them with sum 0",
        cases,
        measured=max(ratio / d**2 for d, ratio in largest.items()),
        bound=1,
        relation="<=",
        attained=all(ratio == d for d, ratio in gauges.items()),
        notes=[
            "measured: squared deviation over d^2, the larger of maximum and Euclidean norm",
            f"longest: {', '.join(f'd = {d}: {float(r) ** 0.5:.3f}' for d, r in largest.items())}",
            f"in a simplex's gauge: {', '.join(f'd = {d}: {float(r):.3f}' for d, r in gauges.items())}",
        ],
    )


def deviation_in_a_gauge(columns: Sequence[Sequence[Fraction]], order: Sequence[int]) -> Fraction:
    """The longest deviation over the longest vector in the gauge of the simplex with vertices `simplex`.

    It is the largest of the functionals that are 1 on a facet: sum v, and sum v - (d + 1) v_i.
    """
    d, n = len(columns[0]), len(columns)

    def length(v: Sequence[Fraction]) -> Fraction:
        return sum(v, Fraction(0)) - (d + 1) * min(*v, Fraction(0))

    end = [sum(column[i] for column in columns) for i in range(d)]
    total, worst = [Fraction(0)] * d, Fraction(0)
    for k, j in enumerate(order, 1):
        total = [a + b for a, b in zip(total, columns[j], strict=True)]
        line = Fraction(max(k - d, 0), n)
        worst = max(worst, length([a - line * s for a, s in zip(total, end, strict=True)]))
    return worst / (max(map(length, columns)) or 1)


def simplex(d: int) -> NDArray[np.int64]:
    """Vertices of a simplex that add up to 0: the unit vectors, and minus their sum."""
    return np.hstack([np.eye(d, dtype=np.int64), -np.ones((d, 1), dtype=np.int64)])


def multisets(run: Run) -> Iterator[NDArray[Any]]:
    """Small multisets, then random vectors, with and without sum 0."""
    vectors = [v for v in product((-1, 0, 1), repeat=2) if any(v)]
    for n in range(1, run.choose(4, 5, 6) + 1):
        for chosen in combinations_with_replacement(vectors, n):
            yield np.array(chosen).T
    for _ in range(run.choose(6, 60, 300)):
        d, n = int(run.rng.integers(1, 6)), int(run.rng.integers(6, run.choose(16, 31, 31)))
        integers = run.rng.integers(-4, 5, (d, n))
        yield integers
        yield np.hstack([integers, -integers])[:, : 2 * n]
        yield run.rng.standard_normal((d, n))
    yield np.repeat([[1, -1]], 12, axis=1)
    for d in range(1, 6):
        yield simplex(d)


def longest_deviation(columns: Sequence[Sequence[Fraction]], order: Sequence[int]) -> Fraction:
    """Squared deviation of the prefix sums from the line, over the squared length of the longest vector."""
    d, n = len(columns[0]), len(columns)
    unit = [max(sizes) for sizes in zip(*map(squares, columns), strict=True)]
    end = [sum(column[i] for column in columns) for i in range(d)]
    total = [Fraction(0)] * d
    worst = Fraction(0)
    for k, j in enumerate(order, 1):
        total = [a + b for a, b in zip(total, columns[j], strict=True)]
        line = Fraction(max(k - d, 0), n)
        off = [a - line * s for a, s in zip(total, end, strict=True)]
        worst = max([worst] + [size / one for size, one in zip(squares(off), unit, strict=True) if one])
    return worst
