"""The walk in doubles: what its results are off by, their certificates, and its cost (DIS-3, DIS-5)."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array

from lemmata import discrepancy
from lemmata.claims import Clause, Plot, Run, Series, check
from lemmata.costs import Costs
from lemmata.discrepancy.rounding import measured_walk
from lemmata.discrepancy.rounding.column_blocks import read_constraints
from lemmata.discrepancy.rounding.scaled_system import ScaledSystem

from .counted_walks import count_blocked_walk
from .small_systems import nearly_dependent_columns, walks_that_find_nothing


def hard_systems(run: Run) -> Iterator[tuple[str, NDArray[Any], NDArray[Any]]]:
    """Points and matrices whose scales, ranks and repetitions make elimination hard, and empty ones."""
    rng = run.rng
    small = np.array([2.0**996, 1001 * 2.0**-78, 1003 * 2.0**-78])
    yield "dependent beside a huge column", np.array([1.0, 0.5, 0.5]), np.array([small, 3 * small])
    yield "the same, and it can move", np.full(3, 0.5), np.array([small, 3 * small])
    yield "no columns", np.zeros(0), np.zeros((2, 0))
    yield "no rows", np.full(3, 0.25), np.zeros((0, 3))
    yield "nothing can move", np.array([0.0, 1.0]), np.ones((1, 2))
    yield "no rank modulo the prime", np.array([0.5]), np.array([[2.0**31 - 1]])
    yield "a column of zeros that cannot move", np.array([0.0, 0.5, 0.5]), np.array([[0.0, 1.0, 2.0]])
    yield "nearly at the end", np.array([1 - 2.0**-32]), np.ones((1, 1))
    yield "settled, and told", np.array([1 - 0.9e-12]), np.array([[1.0], [-3.0]])
    yield "nearly at the start", np.array([2.0**-32]), np.ones((1, 1))
    for repeat in range(run.choose(3, 15, 100)):
        m, n = 2 + 3 * (repeat % 4), 150
        normal = rng.standard_normal((m, n))
        half = m // 2
        yield "normal", rng.random(n), normal
        yield "one row repeated", rng.random(n), np.vstack([normal, normal[:1]])
        yield "low rank", rng.random(n), rng.standard_normal((m, half)) @ normal[:half]
        yield "rows scaled", rng.random(n), normal * 10.0 ** rng.choice([-150, -6, 6, 150], (m, 1))
        yield "columns scaled", rng.random(n), normal * 10.0 ** rng.integers(-9, 9, n)
        yield "entries scaled", rng.random(n), normal * 10.0 ** rng.integers(-12, 12, (m, n))
        yield "columns repeated", rng.random(n), np.tile(normal[:, : m + 1], n // (m + 1) + 1)[:, :n]
        yield "nearly dependent", rng.random(n), np.vstack([normal, normal[:1] + 1e-9 * normal[-1:]])
        yield "small integers", rng.integers(0, 5, n) / 4, rng.integers(-1, 2, (m, n)).astype(float)
        yield "Hilbert", rng.random(n), 1.0 / (np.arange(m)[:, None] + np.arange(n) + 1.0)
        yield "subnormal", rng.random(n), normal * 1e-310
        near = 1 + 2.0**-30 * rng.integers(-3, 4, (min(m, 5), 40))
        yield "dependent up to 2^-30", np.full(40, 0.5), near
        yield "more rows than columns", rng.random(m), normal.T[:, :m] @ rng.standard_normal((m, m))
        large = np.hstack([10.0 ** rng.integers(9, 15, (m, 2)), normal])
        yield "huge columns that cannot move", np.concatenate([[0.0, 1.0], rng.random(n)]), large


@check("DIS-3")
def residuals_stay_below_a_billionth(run: Run) -> None:
    """What comes out of floating point, measured in fractions; and certificates of what was tampered with."""
    kept, free, integral, certified, returns = run.clauses("abcde")
    looked_at: set[str] = set()
    for name, x, matrix in run.samples(hard_systems(run), "hard families, scales from 1e-310 to 1e300"):
        for seed in (None, 7):
            inputs: dict[str, Any] = {"family": name, "shape": matrix.shape, "rng": seed}
            try:
                found = discrepancy.round_to_vertex(x, matrix, unbiased=seed is not None, rng=seed)
            except discrepancy.RoundingError as error:
                returns.equal(str(error), "a rounding", **inputs)
                continue
            returns.equal(len(found.values), len(x), **inputs)
            for i, (residual, mass) in enumerate(zip(*_residuals(matrix, x, found.values), strict=True)):
                if mass:
                    kept.holds(residual / mass, "<=", Fraction(1, 10**9), row=i, **inputs)
                else:
                    kept.equal(residual, 0, row=i, **inputs)
                told = abs(Fraction(float(found.residual[i])))
                limit = mass * Fraction(6, 10**13) + Fraction(1, 2**1074)
                kept.holds(abs(told - residual), "<=", limit, row=i, residual=float(told), **inputs)
            free.equal(_rank_of_doubles(matrix[:, found.fractional]), len(found.fractional), **inputs)
            integral.equal(_others_are_integral(found, x), True, **inputs)
            certificate = discrepancy.verify_rounding(found, x, matrix)
            certified.equal(
                [bool(certificate), certificate.fractional], [True, len(found.fractional)], **inputs
            )
            if name in looked_at:
                continue
            looked_at.add(name)
            for wrong in _tampered(found, x, run.rng):
                shown = inputs | {"values": wrong.values, "fractional": wrong.fractional}
                residuals, masses = _residuals(matrix, x, wrong.values)
                right = all(r <= m / 10**9 for r, m in zip(residuals, masses, strict=True))
                right &= _others_are_integral(wrong, x)
                right &= _rank_of_doubles(matrix[:, wrong.fractional]) == len(wrong.fractional)
                claimed = bool(discrepancy.verify_rounding(wrong, x, matrix))
                certified.holds(claimed, "<=", right, **shown)
    for scale in run.samples((1.0, 2.0**500), "9000 columns, read in parts, some of which cannot move"):
        x, matrix = run.rng.random(9000), run.rng.integers(1, 4, (2, 9000)) * scale
        x[run.rng.random(9000) < 0.1] = 1.0
        found = discrepancy.round_to_vertex(x, matrix)
        sparse = discrepancy.round_to_vertex(x, csc_array(matrix))
        integral.equal(_others_are_integral(found, x), True, scale=scale)
        certified.equal(sparse.values, found.values, scale=scale)
        for residual, mass in zip(*_residuals(matrix, x, found.values), strict=True):
            kept.holds(residual / mass, "<=", Fraction(1, 10**9), scale=scale)
        certified.equal(bool(discrepancy.verify_rounding(found, x, matrix)), True, scale=scale)
        values = found.values.copy()
        late = np.setdiff1d(np.flatnonzero(x < 1)[-500:], found.fractional)
        values[late] = 1 - values[late]  # which nobody sees who stops after the first 4096 columns
        wrong = discrepancy.Rounding(values, found.fractional, found.residual)
        residuals, masses = _residuals(matrix, x, values)
        right = all(r <= m / 10**9 for r, m in zip(residuals, masses, strict=True))
        certified.equal(
            [bool(discrepancy.verify_rounding(wrong, x, matrix)), right], [False] * 2, scale=scale
        )
    columns = run.formula("columns_walked_exactly")
    for m in (1, 2, 10, 99, 1000, 1414):
        returns.equal(measured_walk.EXACT_WORK // m**2, columns(m), m=m)
    for m in run.samples((100, 200), "as many unit vectors as are promised, and a walk that finds nothing"):
        n = int(columns(m))
        try:
            with walks_that_find_nothing():
                found = discrepancy.round_to_vertex(np.full(n, 0.5), np.eye(m)[:, np.arange(n) % m])
            returns.equal(len(found.values), n, m=m)
        except discrepancy.RoundingError as error:
            returns.equal(str(error), "a rounding", m=m, n=n)
    for family, matrix in run.samples(
        nearly_dependent_columns(run), "columns that are dependent, or are so but for their last digits"
    ):
        m, k = matrix.shape
        given = discrepancy.Rounding(np.full(k, 0.5), np.arange(k), np.zeros(m))
        certificate = discrepancy.verify_rounding(given, given.values, matrix)
        right = _rank_of_doubles(matrix) == k
        certified.equal([bool(certificate), certificate.independent], [right] * 2, family=family, A=matrix)
    _certificates_of_rationals(run, certified)


def _certificates_of_rationals(run: Run, certified: Clause) -> None:
    """True of exact roundings; never where one of the conditions fails, whichever it is."""
    for point, rows in run.samples(_rational_systems(run), "small rational systems, kept exactly or not"):
        result = discrepancy.round_to_vertex(point, rows, exact=True)
        certified.equal(bool(discrepancy.verify_rounding(result, point, rows)), True, A=rows, x=point)
        for j in result.fractional.tolist():  # moved by a billionth of a billionth
            values = result.values.copy()
            values[j] += Fraction(1, 10**18)
            moved = discrepancy.Rounding(values, result.fractional, result.residual)
            certified.equal(
                bool(discrepancy.verify_rounding(moved, point, rows)), False, A=rows, x=point, at=j
            )
    half, third = Fraction(1, 2), Fraction(1, 3)
    broken: list[tuple[str, list[Any], list[Any], list[Any], list[int]]] = [
        ("nothing", [half, half], [[1, 1]], [0, 1], []),
        ("a coordinate at 0 and one at 1 have moved", [0, 1, half], [[2, 2, 1]], [1, 0, half], [2]),
        ("dependent columns are fractional", [half, half], [[1, 1]], [half, half], [0, 1]),
        ("a value is below 0", [half / 2, half], [[1, 1]], [-half / 2, 1], [0]),
        ("a value is above 1", [3 * half / 2, half], [[1, 1]], [5 * half / 2, 0], [0]),
        ("a fractional coordinate is not named", [half, half], [[1, 1]], [third, 2 * third], [0]),
    ]
    for what, start, matrix, changed, fractional in run.samples(
        broken, "roundings in rationals with A y = A x and one thing wrong, or nothing"
    ):
        exact = np.array([Fraction(value) for value in changed], dtype=object)
        given = discrepancy.Rounding(exact, np.array(fractional, dtype=np.int64), np.zeros(1))
        claimed = bool(discrepancy.verify_rounding(given, list(map(Fraction, start)), matrix))
        certified.equal(claimed, what == "nothing", wrong=what, A=matrix, x=start, y=changed)
    # Columns of ones after 4096 of zeros: neighbours round against each other, but for one of the last.
    late = np.repeat([[0, 1]], (4096, 904), axis=1)
    values = np.array([Fraction(j % 2) for j in range(5000)], dtype=object)
    none = np.empty(0, dtype=np.int64)
    for wrong in run.samples((False, True), "5000 columns in rationals, one of the last of which is wrong"):
        values[4500] += wrong
        given = discrepancy.Rounding(values, none, np.zeros(1))
        claimed = bool(discrepancy.verify_rounding(given, [half] * 5000, late))
        certified.equal(claimed, not wrong, n=5000, wrong=wrong)


def _rational_systems(run: Run) -> Iterator[tuple[list[Fraction], list[list[int]]]]:
    for _ in range(run.choose(20, 100, 500)):
        m, n = int(run.rng.integers(1, 4)), int(run.rng.integers(2, 8))
        x = [Fraction(int(k), 7) for k in run.rng.integers(1, 7, n)]
        yield x, run.rng.integers(-3, 4, (m, n)).tolist()


def _residuals(
    matrix: NDArray[Any], x: NDArray[Any], y: NDArray[Any]
) -> tuple[list[Fraction], list[Fraction]]:
    """|A (y - x)| and the absolute sums over the columns that can move, in fractions."""
    change = [Fraction(b) - Fraction(a) for a, b in zip(x.tolist(), y.tolist(), strict=True)]
    inside = [0 < value < 1 for value in x.tolist()]
    residuals, masses = [], []
    for row in matrix.tolist():
        entries = list(map(Fraction, row))
        residuals.append(abs(sum((a * d for a, d in zip(entries, change, strict=True)), Fraction(0))))
        masses.append(sum((abs(a) for a, can in zip(entries, inside, strict=True) if can), Fraction(0)))
    return residuals, masses


def _others_are_integral(found: discrepancy.Rounding, x: NDArray[Any]) -> bool:
    others = np.delete(found.values, found.fractional)
    fixed = (x == 0) | (x == 1)
    inside = bool(((found.values >= 0) & (found.values <= 1)).all())
    return inside and bool(np.isin(others, (0.0, 1.0)).all() and (found.values == x)[fixed].all())


def _rank_of_doubles(columns: NDArray[Any]) -> int:
    from flint import fmpq, fmpq_mat  # noqa: PLC0415 - python-flint loads only where it is used

    entries = [fmpq(*value.as_integer_ratio()) for value in columns.ravel().tolist()]
    m, k = columns.shape
    return int(fmpq_mat(m, k, entries).rank()) if entries else 0


def _tampered(
    found: discrepancy.Rounding, x: NDArray[Any], rng: np.random.Generator
) -> Iterator[discrepancy.Rounding]:
    """The rounding with something changed, which may or may not make it wrong."""
    none = np.empty(0, dtype=np.int64)
    yield discrepancy.Rounding(np.round(found.values), none, found.residual)
    yield discrepancy.Rounding(x, np.flatnonzero((x > 0) & (x < 1)), found.residual)
    yield discrepancy.Rounding(found.values, found.fractional[1:], found.residual)
    for j, value in enumerate(x.tolist()):
        if value in (0, 1) and j < 3:  # what cannot move has moved
            other = found.values.copy()
            other[j] = 1 - value
            yield discrepancy.Rounding(other, found.fractional, found.residual)
    if len(found.fractional):
        for beyond in (1 + 2.0**-32, -(2.0**-32)):
            outside = found.values.copy()
            outside[found.fractional[0]] = beyond
            yield discrepancy.Rounding(outside, found.fractional, found.residual)
    if len(x):
        j = int(rng.integers(len(x)))
        flipped, shifted = found.values.copy(), found.values.copy()
        flipped[j] = 1 - np.round(flipped[j])
        shifted[j] = abs(shifted[j] - 1e-7)
        yield discrepancy.Rounding(flipped, np.setdiff1d(found.fractional, [j]), found.residual)
        yield discrepancy.Rounding(shifted, np.union1d(found.fractional, [j]), found.residual)


@check("DIS-5")
def the_walk_costs_n_m_squared(run: Run) -> None:
    """Multiplications that are charged, against the formula and against those of numbers that count."""
    bounded, counted, order = run.clauses("abc")
    limit = run.formula("walk_multiplications")
    sizes = run.choose((500, 2_000, 6_000), (500, 4_000, 32_000), (1_000, 10_000, 100_000))
    curves: dict[int, list[tuple[int, float]]] = {}
    for m, n in run.samples(product((1, 2, 5, 16, 40, 64), sizes), "random systems, m from 1 to 64"):
        for share in (1.0, 0.01):  # of the columns that can move
            x = np.where(run.rng.random(n) < share, run.rng.random(n), 1.0)
            costs, inside = Costs(), int(np.count_nonzero(x < 1))
            found = discrepancy.round_to_vertex(x, run.rng.standard_normal((m, n)), costs=costs)
            directions_ = min(m, inside)
            inputs: dict[str, Any] = {"columns": n, "n": inside, "m": m}
            bounded.holds(costs.multiplications, "<=", limit(inside, directions_, 0), **inputs)
            others = np.delete(found.values, found.fractional)
            bounded.equal(np.isin(others, (0.0, 1.0)).all(), True, **inputs, explanation="it rounds")
            bounded.holds(len(found.fractional), "<=", m, **inputs)
            if share == 1:
                order.holds(costs.multiplications, "<=", 22 * n * m * m, **inputs)
                curves.setdefault(m, []).append((n, costs.multiplications / (n * m * m)))
    for name, columns, y, uniforms in run.samples(_small_walks(run), "small systems on numbers that count"):
        n, m = columns.shape
        count, counts, _ = count_blocked_walk(columns, y, uniforms)
        inputs = {"family": name, "n": n, "m": m, "random": len(uniforms) > 0}
        counted.equal(int(counts[0]), count, **inputs)
        inside = int(np.count_nonzero((y > 0) & (y < 1)))
        if bounded.concerns(m <= inside):
            bounded.holds(count, "<=", limit(inside, m, int(counts[3])), drifts=int(counts[3]), **inputs)
        if not counts[2] and inside:
            costs = Costs()
            system = ScaledSystem(read_constraints("columns", columns.T, n), (y > 0) & (y < 1))
            discrepancy.round_to_vertex(y, columns.T, costs=costs)
            walked = system.chunks() if m <= inside else measured_walk._triangular(system)
            scaled = np.vstack([part for _, part in walked])
            inner = y[(y > 0) & (y < 1)]
            counted.equal(costs.multiplications, count_blocked_walk(scaled, inner, np.empty(0))[0], **inputs)
    between = run.formula("blocks_between_inversions")(1)
    blocks = 2 * 64 + 2  # of four equal numbers each: in every block, columns enter the basis
    _, counts, _ = count_blocked_walk(np.ones((4 * blocks, 1)), np.full(4 * blocks, 0.3), np.empty(0))
    counted.equal(counts[1:].tolist(), [blocks % between, blocks // between, 0], blocks=blocks, m=1)
    most = run.choose(30, 60, 120)
    pairs = ((n, m) for n in range(1, most + 1) for m in range(1, n + 1))
    for n, m in run.every(pairs, f"every 1 <= m <= n <= {most}", size=most * (most + 1) // 2):
        order.holds(limit(n, m, 0), "<=", 22 * n * m * m, n=n, m=m)
    for m in (1, 2, 7, 8, 63, 64, 65, 2100):
        for name in ("block_size", "blocks_between_inversions"):
            run.formula(name)(m)
        for n in (0, 1, 4095, 4096, 4097, 100_000):
            run.formula("walk_blocks")(n, m)
    curve = [
        Series(f"m = {m}", [float(n) for n, _ in points], [ratio for _, ratio in points])
        for m, points in curves.items()
    ]
    run.plot(Plot("Cost per column", "coordinates n", "multiplications / (n m^2)", curve, "log", "log"))


def _small_walks(run: Run) -> Iterator[tuple[str, NDArray[Any], NDArray[Any], NDArray[Any]]]:
    rng = run.rng
    shapes = [(40, 1), (30, 3), (60, 9), (3, 3), *run.choose((), ((200, 12),), ((400, 24),))]
    for k, (n, m) in enumerate(shapes):
        uniforms = rng.random(n) if k % 2 else np.empty(0)
        yield "normal", rng.standard_normal((n, m)), rng.choice([0.0, 0.25, 0.5, 0.6], n), uniforms
        yield "small integers", rng.integers(-2, 3, (n, m)) + np.eye(n, m), np.full(n, 0.5), uniforms
    yield "more rows than columns", rng.standard_normal((6, 9)), np.full(6, 0.5), np.empty(0)
    # Long enough for an inversion in turn; and dependent up to 2^-30, for some out of turn.
    yield "many blocks", rng.standard_normal((300, 2)), rng.random(300), np.empty(0)
    yield "nearly dependent", 1 + 2.0**-30 * rng.integers(-3, 4, (100, 4)), np.full(100, 0.5), np.empty(0)
