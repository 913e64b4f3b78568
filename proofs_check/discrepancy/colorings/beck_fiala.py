"""Colourings by Beck and Fiala's walk, its moves and its phases (DIS-11, DIS-12)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from importlib import import_module
from itertools import chain, permutations, product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from lemmata import discrepancy
from lemmata.claims import Run, check
from lemmata.discrepancy import set_systems
from lemmata.discrepancy.colorings import system_bounds
from lemmata.discrepancy.colorings.beck_fiala import PhaseStarted
from lemmata.discrepancy.colorings.linear_dependencies import WalkRepeatedExactly


@check("DIS-11")
def beck_fiala_stays_below_twice_the_degree(run: Run) -> None:
    """Sums counted in integers; the exact walk's steps re-checked in rationals."""
    value, walk = run.clauses("ab")
    bound = run.formula("beck_fiala_bound")

    def compare(system: NDArray[np.int64]) -> int:
        degree, signs = degree_of(system), discrepancy.beck_fiala(system)
        value.equal(set(signs.tolist()) <= {-1, 1}, True, incidence=system, coloring=signs)
        value.holds(np.abs(system @ signs).max(), "<=", bound(degree), incidence=system, coloring=signs)
        sparse = discrepancy.beck_fiala(csr_array(system))
        value.equal(sparse, signs, incidence=system, explanation="the same matrix, sparse")
        return degree

    def follow(system: NDArray[np.int64]) -> int:
        steps: list[Any] = []
        signs = discrepancy.beck_fiala(system, exact=True, trace=steps)
        wrong, protected = wrong_step(system.tolist(), steps, signs.tolist())
        walk.equal(wrong, "", incidence=system, coloring=signs)
        worst = np.abs(system @ signs).max()
        value.holds(worst, "<=", bound(degree_of(system)), incidence=system, coloring=signs)
        return protected

    for system in run.every(tiny_systems(), "every set system on up to 3 points", size=1 + 7 + 127):
        compare(system)
        follow(system)
        # Zeros that a sparse matrix stores are zeros.
        stored = csr_array((system.ravel(), tuple(at.ravel() for at in np.indices(system.shape))))
        signs = discrepancy.beck_fiala(stored)
        value.equal(signs, discrepancy.beck_fiala(system), incidence=system, explanation="zeros stored")
    orbits = set_systems.systems_up_to_relabelling(4)
    for system in run.every(
        orbits, "every set system on 4 points up to relabelling", size=orbits_of_systems(4)
    ):
        compare(system)
    value.equal(int(np.abs(discrepancy.beck_fiala(np.zeros((2, 3)))).min()), 1, incidence="two empty sets")
    value.equal(bound(0), 0, t=0)
    for system in run.samples(
        larger_systems(run), "random systems of 60 points and more, sparse and crowded"
    ):
        compare(system)
    crowded = (np.tile(np.eye(sets, dtype=np.int64), 9) for sets in (1, 3, 5))
    for wide in run.samples(crowded, "disjoint sets of 9, where the walk in doubles ends with one colour"):
        with a_walk_gone_astray():
            signs = discrepancy.beck_fiala(wide)
        value.holds(np.abs(wide @ signs).max(), "<=", bound(degree_of(wide)), incidence=wide, coloring=signs)
    moves = 0
    for system in run.samples(
        small_random_systems(run), "random systems of 4 to 15 points, some with equal sets"
    ):
        moves += follow(system)
    walk.note(f"{moves} moves under protected sets, in random systems")


@contextmanager
def a_walk_gone_astray() -> Iterator[None]:
    """In doubles the walk ends with ones, as it might by rounding; in rationals it is what it is."""
    module: Any = import_module("lemmata.discrepancy.colorings.beck_fiala")
    true = module._walk

    def astray(system: Any, exact: bool, trace: Any) -> NDArray[np.int64]:
        ones = np.ones(system.elements, dtype=np.int64)
        return np.asarray(true(system, exact, trace)) if exact else ones

    module._walk = astray
    try:
        yield
    finally:
        module._walk = true


def tiny_systems() -> Iterator[NDArray[np.int64]]:
    """All systems of nonempty sets on 1, 2 and 3 points."""
    return chain.from_iterable(map(set_systems.all_systems, (1, 2, 3)))


def degree_of(system: NDArray[np.int64]) -> int:
    """The number of sets that the busiest element is in."""
    return int(system.sum(axis=0).max())


def orbits_of_systems(n: int, most: int | None = None) -> int:
    """Families of 1 to ``most`` nonempty sets up to relabelling, counted by Burnside's lemma."""
    fixed, group = 0, list(permutations(range(n)))
    for image in group:
        moved = {mask: sum((mask >> j & 1) << image[j] for j in range(n)) for mask in range(1, 1 << n)}
        families = [1] + [0] * len(moved)  # by their number of sets: unions of cycles
        while moved:
            mask, length = next(iter(moved)), 0
            while mask in moved:
                mask, length = moved.pop(mask), length + 1
            families = [a + (families[k - length] if k >= length else 0) for k, a in enumerate(families)]
        fixed += sum(families[1 : None if most is None else most + 1])
    return fixed // len(group)


def larger_systems(run: Run) -> Iterator[NDArray[np.int64]]:
    """Random regular systems, sparse and crowded."""
    shapes = [(60, 60, 3), (100, 50, 4), (200, 30, 5), (150, 150, 2)]
    shapes += run.choose([(250, 250, 3)], [(1000, 1000, 3)], [(1000, 1000, 3), (2000, 2000, 5)])
    for elements, sets, degree in shapes:
        yield set_systems.random_system(elements, sets, degree, run.rng)


def small_random_systems(run: Run) -> Iterator[NDArray[np.int64]]:
    """Few sets, so that they have many elements and are protected; every third with a set twice."""
    for k in range(run.choose(40, 300, 2_000)):
        n, degree = int(run.rng.integers(4, 16)), int(run.rng.integers(1, 4))
        system = set_systems.random_system(n, int(run.rng.integers(degree, degree + 5)), degree, run.rng)
        yield np.vstack([system, system[:1]]) if k % 3 == 0 else system


def wrong_step(rows: Sequence[Sequence[int]], steps: Sequence[Any], signs: Sequence[int]) -> tuple[str, int]:
    """What is wrong with the steps of an exact walk, if anything; and its moves under protected sets."""
    x = [Fraction(0)] * len(signs)
    protected: Sequence[int] = ()
    moved = 0
    for step in steps:
        if isinstance(step, PhaseStarted):
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
def phases_shrink_the_floating_elements(run: Run) -> None:
    """What the trace tells: protected sets, floating elements from phase to phase, number of phases."""
    share, number, logarithm = run.clauses("abc")
    most, at_most = run.formula("beck_fiala_phases"), run.formula("beck_fiala_phases_at_most")

    def follow(system: NDArray[np.int64], exact: bool) -> None:
        t, n, steps = degree_of(system), system.shape[1], list[Any]()
        signs = discrepancy.beck_fiala(system, exact=exact, trace=steps)
        again = [k for k, step in enumerate(steps) if isinstance(step, WalkRepeatedExactly)]
        steps = steps[again[-1] if again else 0 :]
        phases = [step for step in steps if isinstance(step, PhaseStarted)]
        sizes = [len(step.floating) for step in phases] + [0]
        guarded = set(range(len(system)))
        for step, before, after in zip(phases, sizes, sizes[1:], strict=False):
            counts = system[:, list(step.floating)].sum(axis=1)
            protected = np.flatnonzero(counts > t).tolist()
            share.equal(list(step.protected), protected, incidence=system, floating=step.floating)
            released = sorted(guarded - set(protected))
            share.equal(list(step.released), released, incidence=system, floating=step.floating)
            guarded = set(protected)
            share.holds((t + 1) * len(step.protected), "<=", t * before, incidence=system, t=t)
            share.holds((t + 1) * after, "<=", t * before, incidence=system, t=t, floating=before)
        number.holds(len(phases), "<=", most(n, t), incidence=system, t=t)
        number.equal(np.abs(signs), np.ones(n), incidence=system, explanation="after which all are signs")
        logarithm.holds(len(phases), "<=", at_most(n, t), incidence=system, t=t)

    for system in run.every(tiny_systems(), "every set system on up to 3 points, exactly", size=1 + 7 + 127):
        follow(system, True)
    for system in run.samples(small_random_systems(run), "random systems of 4 to 15 points, exactly"):
        follow(system, True)
    for system in run.samples(
        crowded_systems(run), "planes and random systems of 7 points and more, in doubles"
    ):
        follow(system, False)
    pairs = product(range(1, run.choose(40, 100, 200)), range(1, run.choose(8, 12, 20)))
    longest = run.choose(40, 100, 200)
    size = (longest - 1) * (run.choose(8, 12, 20) - 1)
    for n, t in run.every(pairs, f"every n < {longest}, t < {run.choose(8, 12, 20)}", size=size):
        logarithm.holds(most(n, t), "<=", at_most(n, t), n=n, t=t)
        if n == 1:
            logarithm.attains(most(n, t), at_most(n, t), n=n, t=t)
    large = system_bounds.beck_fiala_phases(2**100, 10)
    logarithm.holds(large, ">", 9 * at_most(2**100, 10) / 10, n="2^100", t=10)


def crowded_systems(run: Run) -> Iterator[NDArray[np.int64]]:
    """Projective planes, and random systems."""
    for q in run.choose((2, 3, 5), (2, 3, 5, 7), (2, 3, 5, 7, 11)):
        yield set_systems.projective_plane(q)
    yield from larger_systems(run)
