"""Optimal colourings and systems of known discrepancy (DIS-7 to DIS-10)."""

from fractions import Fraction
from itertools import product
from math import isqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lemmata import discrepancy
from lemmata.claims import Evidence, Run, Verdict, Witness, check, refuted
from lemmata.discrepancy import set_systems, system_bounds


def all_signs(n: int) -> NDArray[np.int64]:
    """All 2^n colourings, one per row."""
    return np.array(list(product((-1, 1), repeat=n)), dtype=np.int64).reshape(1 << n, n)


def least_discrepancy(matrix: Any) -> int:
    """Minimum over all colourings, by listing them."""
    rows = np.asarray(matrix)
    return int(np.abs(all_signs(rows.shape[1]) @ rows.T).max(axis=1, initial=0).min())


def value_of(matrix: Any, coloring: Any) -> Any:
    """The definition, in plain Python."""
    rows = np.asarray(matrix).tolist()
    return max((abs(sum(v * int(e) for v, e in zip(row, coloring, strict=True))) for row in rows), default=0)


def matrix_in_words(matrix: Any) -> Any:
    """A matrix for a witness: itself if small, else its shape."""
    rows = np.asarray(matrix)
    return rows.tolist() if rows.size <= 400 else f"matrix of shape {rows.shape}"


@check("DIS-7")
def optimal_colorings_are_optimal(run: Run) -> Verdict:
    """Against a list of all colourings: every small sign matrix and set system, random integers."""
    cases = 0
    rows, columns = run.choose((2, 3), (2, 4), (3, 4))
    small: list[NDArray[np.int64]] = [
        np.array(entries, dtype=np.int64).reshape(rows, columns)
        for entries in product((-1, 0, 1), repeat=rows * columns)
    ]
    small += list(set_systems.all_systems(3))
    for _ in range(run.choose(150, 1_000, 5_000)):
        d, n = int(run.rng.integers(1, 9)), int(run.rng.integers(1, 12))
        small.append(run.rng.integers(-6, 7, (d, n)) * int(run.rng.integers(1, 4)))
    ended_by_parity = 0
    for matrix in small:
        cases += 1
        best = least_discrepancy(matrix)
        found = discrepancy.optimal_coloring(matrix)
        ended_by_parity += not found.exhaustive
        given = value_of(matrix, found.coloring)
        if (found.value, given) != (best, best) or found.lower_bound > best:
            inputs = {"vectors": matrix.tolist(), "coloring": found.coloring.tolist()}
            said = [found.value, given, found.lower_bound]
            return refuted(cases, Witness(inputs, best, said, "value, value of the colouring, lower bound"))
    return Verdict(
        Evidence.VERIFIED,
        f"every {rows} x {columns} matrix over -1, 0, 1; every set system on 3 points; besides, "
        f"{run.choose(150, 1_000, 5_000)} random integer matrices of up to 8 rows and 11 columns",
        cases,
        measured=0,
        bound=0,
        relation="==",
        notes=[
            "measured: matrices with a better colouring than the one returned",
            f"{ended_by_parity} searches ended early at the parity bound",
        ],
    )


@check("DIS-8")
def hadamard_matrices_reach_their_root(run: Run) -> Verdict:
    """Orthogonality in integers bounds from below, a colouring that is summed up bounds from above."""
    cases = 0
    matrices = [set_systems.sylvester_hadamard(k) for k in range(5)]
    matrices += [
        set_systems.paley_hadamard(p)
        for p in run.choose((3, 7, 11, 19, 23), (3, 7, 11, 19, 23), (3, 7, 11, 19, 23))
    ]
    values = {}
    for matrix in matrices:
        cases += 1
        n = len(matrix)
        inputs = {"H": matrix_in_words(matrix), "n": n}
        identity = n * np.eye(n, dtype=np.int64)
        if set(np.unique(matrix)) - {-1, 1} or not np.array_equal(matrix.T @ matrix, identity):
            return refuted(cases, Witness(inputs, "H^T H = n I", (matrix.T @ matrix).tolist()[:2]))
        if not (matrix[:, 0] == 1).all():
            return refuted(cases, Witness(inputs, "first column of ones", matrix[:, 0].tolist()))
        least = next(v for v in range(n + 1) if v * v >= n and (v - n) % 2 == 0)
        found = discrepancy.optimal_coloring(matrix)
        above = value_of(matrix, found.coloring)
        if not least == found.value == above == system_bounds.hadamard_bound(n):
            said = [found.value, above, system_bounds.hadamard_bound(n)]
            return refuted(cases, Witness(inputs, least, said, "value, value of the colouring, formula"))
        system = set_systems.hadamard_system(matrix)
        of_system = discrepancy.optimal_coloring(system)
        if 4 * of_system.value**2 < n or value_of(system, of_system.coloring) != of_system.value:
            return refuted(cases, Witness(inputs, f">= sqrt({n})/2", of_system.value, "(H + J)/2"))
        values[n] = (found.value, of_system.value)
    listed = "; ".join(f"n = {n}: {v}, {s}" for n, (v, s) in sorted(values.items()))
    return Verdict(
        Evidence.VERIFIED,
        f"Sylvester and Paley matrices of orders {', '.join(map(str, sorted(values)))}",
        cases,
        measured=4,
        bound=isqrt(16),
        relation=">=",
        attained=values[16][0] == 4,
        notes=[
            f"discrepancy of H and of (H + J)/2: {listed}",
            "both sides are certified: by H^T H = n I from below, by the colouring's sums from above",
        ],
    )


@check("DIS-9")
def projective_planes_reach_their_bound(run: Run) -> Verdict:
    """The planes' axioms in integers, and a colouring that is summed up."""
    cases = 0
    values = {}
    for q in run.choose((2, 3, 5), (2, 3, 5), (2, 3, 5)):
        cases += 1
        plane = set_systems.projective_plane(q)
        size = q * q + q + 1
        inputs = {"q": q, "lines": [np.flatnonzero(line).tolist() for line in plane[:13]]}
        axioms = q * np.eye(size, dtype=np.int64) + 1
        if plane.shape != (size, size) or not np.array_equal(plane.T @ plane, axioms):
            return refuted(cases, Witness(inputs, "A^T A = q I + J", (plane.T @ plane).tolist()[:2]))
        least = next(v for v in range(size) if v * v >= q + Fraction(1, size) and (v - (q + 1)) % 2 == 0)
        found = discrepancy.optimal_coloring(plane)
        above = value_of(plane, found.coloring)
        if not least == found.value == above == system_bounds.projective_plane_bound(q):
            said = [found.value, above, system_bounds.projective_plane_bound(q)]
            return refuted(cases, Witness(inputs, least, said, "value, value of the colouring, formula"))
        values[q] = found.value
    return Verdict(
        Evidence.VERIFIED,
        "the planes over the fields of 2, 3 and 5 elements",
        cases,
        measured=values[5],
        bound=4,
        relation=">=",
        attained=True,
        notes=[f"discrepancy by order: {values}", "certified from both sides, without trust in the search"],
    )


@check("DIS-10")
def progressions_and_subcubes_have_their_values(run: Run) -> Verdict:
    """Small cases against a list of all colourings; larger ones between monotonicity and a colouring."""
    cases = 0
    longest = run.choose(22, 26, 30)
    listed = run.choose(11, 13, 15)
    for n in range(1, longest + 1):
        cases += 1
        system = set_systems.arithmetic_progressions(n)
        expected = 1 if n <= 2 else 2 if n <= 8 else 3
        inputs: dict[str, object] = {"system": "arithmetic progressions", "n": n}
        if set(map(tuple, system.tolist())) != set(progressions(n)):
            return refuted(cases, Witness(inputs, f"{len(progressions(n))} sets", len(system)))
        found = discrepancy.optimal_coloring(system)
        above = value_of(system, found.coloring)
        if n <= listed and least_discrepancy(system) != expected:
            return refuted(cases, Witness(inputs, expected, least_discrepancy(system), "all colourings"))
        if not found.value == above == expected:
            inputs["coloring"] = found.coloring.tolist()
            return refuted(cases, Witness(inputs, expected, [found.value, above], "value, colouring's value"))
    hereditary = []
    for d in range(1, run.choose(3, 4, 4) + 1):
        cases += 1
        cube = set_systems.subcubes(d)
        inputs = {"system": "subcubes", "d": d}
        corners = list(product((0, 1), repeat=d))
        sets = {
            tuple(int(all(f in (c, 2) for f, c in zip(face, corner, strict=True))) for corner in corners)
            for face in product((0, 1, 2), repeat=d)
        }
        if set(map(tuple, cube.tolist())) != sets:
            return refuted(cases, Witness(inputs, f"{len(sets)} subcubes", len(cube)))
        parity = [(-1) ** sum(corner) for corner in corners]
        found = discrepancy.optimal_coloring(cube)
        if not found.value == value_of(cube, parity) == 1:
            return refuted(cases, Witness(inputs, 1, found.value, "colouring by parity"))
        hereditary.append(discrepancy.hereditary_discrepancy(cube).value)
        if hereditary[-1] != (1, 1, 2, 2)[d - 1]:
            return refuted(cases, Witness(inputs, (1, 1, 2, 2)[d - 1], hereditary[-1], "herdisc"))
    return Verdict(
        Evidence.VERIFIED,
        f"progressions in [n] for every n up to {longest}; subcubes of dimension 1 to {len(hereditary)}",
        cases,
        measured=0,
        bound=0,
        relation="==",
        notes=[
            "measured: systems off their stated value",
            f"hereditary discrepancy of the subcubes, exhaustive: {hereditary}",
            f"up to n = {listed} all colourings are listed; above, progressions in [9] bound from below",
        ],
    )


def progressions(n: int) -> list[tuple[int, ...]]:
    """Indicators of all progressions in {0, ..., n - 1}, by first term, step and length."""
    found = {
        tuple(int(i in range(a, a + step * length, step)) for i in range(n))
        for a in range(n)
        for step in range(1, n + 1)
        for length in range(1, n + 1)
        if a + step * (length - 1) < n
    }
    return sorted(found)
