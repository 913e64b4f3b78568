"""Discrepancy, optimal colourings, hereditary and linear discrepancy (DIS-7 to 304, 308 to 312)."""

from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lemmata import discrepancy
from lemmata.discrepancy import set_systems
from lemmata.discrepancy.colorings import system_bounds
from lemmata.discrepancy.colorings.optimal_coloring import BranchCut


def matrices(entries, rows=5, columns=6):
    shapes = st.tuples(st.integers(1, rows), st.integers(1, columns))
    return shapes.flatmap(
        lambda s: st.lists(st.lists(entries, min_size=s[1], max_size=s[1]), min_size=s[0], max_size=s[0])
    )


def by_definition(rows, signs):
    return max(abs(sum(v * e for v, e in zip(row, signs, strict=True))) for row in rows)


def least(rows):
    return min(by_definition(rows, signs) for signs in product((-1, 1), repeat=len(rows[0])))


NUMBERS = {
    "small": st.integers(-9, 9),
    "huge": st.integers(-(10**30), 10**30),
    "fractions": st.fractions(min_value=-5, max_value=5, max_denominator=60),
    "dyadic": st.integers(-1000, 1000).map(lambda v: v / 64),
    "any double": st.floats(-1e6, 1e6),
}


@pytest.mark.parametrize("kind", NUMBERS)
@given(data=st.data())
def test_discrepancy_and_its_optimum_follow_the_definition(kind, data):
    rows = data.draw(matrices(NUMBERS[kind]))
    signs = data.draw(st.lists(st.sampled_from([-1, 1]), min_size=len(rows[0]), max_size=len(rows[0])))
    exact = [[Fraction(v) for v in row] for row in rows]
    vectors = rows if kind not in ("huge", "fractions") else np.array(rows, dtype=object)
    # For doubles: the exact value, rounded once.
    rounded = float if kind in ("dyadic", "any double") else Fraction
    assert discrepancy.discrepancy(vectors, signs) == rounded(by_definition(exact, signs))
    found = discrepancy.optimal_coloring(vectors)
    best = least(exact)
    assert by_definition(exact, found.signs.tolist()) == best
    assert found.value == rounded(best)
    assert found.lower_bound <= best
    assert found.exhaustive or found.lower_bound == best


@given(matrices(st.integers(-3, 3)))
def test_hereditary_discrepancy_of_every_choice_of_columns(rows):
    found = discrepancy.hereditary_discrepancy(rows)
    n = len(rows[0])
    values = {}
    for mask in range(1 << n):
        chosen = [[row[j] for j in range(n) if mask >> j & 1] for row in rows]
        values[mask] = least(chosen) if mask else 0
        assert found.by_columns[mask] == values[mask]
    assert found.value == max(values.values())
    assert values[sum(1 << j for j in found.columns)] == found.value
    # DIS-18.
    bound = discrepancy.determinant_bound(rows)
    assert bound.allows(found.value)
    assert bound.order == 0 or bound.value <= found.value + 1e-9


def test_hereditary_discrepancy_of_fractions_and_doubles():
    assert discrepancy.hereditary_discrepancy(np.array([[Fraction(1, 3), Fraction(1, 2)]])).value == Fraction(
        1, 2
    )
    found = discrepancy.hereditary_discrepancy([[0.5, 0.75]])
    assert found.value == 0.75
    assert isinstance(found.value, float)


@given(matrices(st.integers(-2, 2), rows=3, columns=5), st.data())
def test_rounding_by_bits_stays_below_hereditary_discrepancy(rows, data):
    """DIS-17."""
    bits = data.draw(st.integers(0, 12))
    n = len(rows[0])
    x = [Fraction(v, 2**bits) for v in data.draw(st.lists(st.integers(0, 2**bits), min_size=n, max_size=n))]
    steps = []
    found = discrepancy.round_by_bits([float(v) for v in x], rows, trace=steps)
    gaps = [a - b for a, b in zip(x, found.values.tolist(), strict=True)]
    assert set(found.values.tolist()) <= {0, 1}
    assert found.error == by_definition(rows, gaps) <= found.bound
    hereditary = discrepancy.hereditary_discrepancy(rows).value
    assert found.bound <= system_bounds.bit_rounding_bound(hereditary, found.bits)
    # The steps lead from x to the rounding.
    for step in steps:
        for j, sign in zip(step.elements, step.signs, strict=True):
            x[j] += Fraction(sign, 2**step.bit)
    assert x == found.values.tolist()


def test_rounding_by_bits_takes_any_colouring_and_any_double():
    x = [0.1, 0.2, 0.7, 1.0, 0.0, 5e-324]
    rows = np.array([[1, 1, 1, 1, 1, 1], [1, 0, 1, 0, 1, 0]])
    found = discrepancy.round_by_bits(x, rows, color=lambda columns: np.ones(columns.shape[1], dtype=int))
    assert found.bits == 1074
    assert found.values.tolist() == [1, 1, 1, 1, 0, 1]
    assert found.error <= found.bound
    assert discrepancy.round_by_bits([], np.zeros((2, 0), dtype=int)).values.shape == (0,)


@given(matrices(st.integers(-2, 2), rows=2, columns=2))
def test_linear_discrepancy_against_a_fine_grid(rows):
    found = discrepancy.linear_discrepancy(rows)

    def nearest(w):
        corners = product((0, 1), repeat=len(w))
        return min(by_definition(rows, [a - b for a, b in zip(w, x, strict=True)]) for x in corners)

    assert nearest(found.worst) == found.value
    assert found.value <= discrepancy.hereditary_discrepancy(rows).value
    for denominator in (7, 12, 30):
        grid = [Fraction(k, denominator) for k in range(denominator + 1)]
        assert max(map(nearest, product(grid, repeat=len(rows[0])))) <= found.value


KNOWN = {
    # Fano: every two-colouring of its points leaves a line in one colour.
    "Fano plane": (set_systems.projective_plane(2), 3),
    "plane of order 3": (set_systems.projective_plane(3), 2),
    "Hadamard 4": (set_systems.sylvester_hadamard(2), 2),
    "Hadamard 8": (set_systems.sylvester_hadamard(3), 4),
    "Hadamard 12": (set_systems.paley_hadamard(11), 4),
    "Hadamard 16": (set_systems.sylvester_hadamard(4), 4),
    # van der Waerden: 9 is the first n where every colouring has three equally spaced points in one colour.
    "progressions 8": (set_systems.arithmetic_progressions(8), 2),
    "progressions 9": (set_systems.arithmetic_progressions(9), 3),
    "subcubes 3": (set_systems.subcubes(3), 1),
    "all sets of 5 points": (np.array(list(product((0, 1), repeat=5))), 3),
    "a triangle": (set_systems.from_sets(list(combinations(range(3), 2)), 3), 2),
    "an even cycle": (set_systems.from_sets([(i, (i + 1) % 8) for i in range(8)], 8), 0),
    "an odd cycle": (set_systems.from_sets([(i, (i + 1) % 9) for i in range(9)], 9), 2),
    "intervals": (set_systems.intervals(9), 1),
}


@pytest.mark.parametrize("name", KNOWN)
def test_known_values(name):
    """DIS-8, DIS-9, DIS-10 and values found by hand."""
    matrix, value = KNOWN[name]
    found = discrepancy.optimal_coloring(matrix)
    assert found.value == value
    assert by_definition(matrix.tolist(), found.signs.tolist()) == value


def test_optimal_colouring_without_rows_or_columns():
    assert discrepancy.optimal_coloring(np.zeros((0, 3))).value == 0
    empty = discrepancy.optimal_coloring(np.zeros((3, 0), dtype=int))
    assert (empty.value, empty.signs.shape) == (0, (0,))
    assert discrepancy.discrepancy(np.zeros((3, 0)), []) == 0


@pytest.mark.jit
def test_thirty_columns():
    """The certificate of DIS-8's kind for a random matrix: half a second, up to 2^29 partial colourings."""
    matrix = np.random.default_rng(0).integers(0, 2, (30, 30))
    found = discrepancy.optimal_coloring(matrix)
    assert found.value == discrepancy.discrepancy(matrix, found.signs) <= 2


def test_unit_vectors_with_ratio_above_the_diagonal():
    """DIS-15, DIS-16: two orthogonal vectors already need sqrt(2)."""
    found = discrepancy.optimal_coloring([[1, 1], [1, -1]])
    assert found.value**2 == 2 * 2
    weighing = np.array([[0, 1, 1, 1], [1, -1, 0, 1], [-1, -1, 1, 0], [-1, 0, -1, 1]])
    assert (weighing.T @ weighing == 3 * np.eye(4)).all()
    assert discrepancy.optimal_coloring(weighing).value ** 2 == 3 * 3


def test_systems_up_to_relabelling_are_orbits():
    """Burnside: the orbits' sizes add up to all systems."""
    from itertools import permutations

    total = 0
    for system in set_systems.systems_up_to_relabelling(3):
        images = {
            tuple(sorted(tuple(row) for row in system[:, list(p)].tolist())) for p in permutations(range(3))
        }
        total += len(images)
    assert total == sum(1 for _ in set_systems.all_systems(3)) == 2**7 - 1


@pytest.mark.parametrize(
    ("vectors", "coloring", "error", "message"),
    [
        ([[1, 2]], [1, 0], ValueError, r"coloring must hold -1 and 1 \(coloring\[1\] = 0\)"),
        ([[1, 2]], [1], ValueError, r"coloring must have shape \(2,\)"),
        ([[1, 2]], ["a", "b"], TypeError, "coloring must hold the numbers"),
        ([1, 2], [1, 1], ValueError, r"vectors must have shape \(d, n\)"),
        ([[1, 2], [3]], [1, 1], ValueError, "vectors must be a rectangular array"),
        ([[1.0, float("nan")]], [1, 1], ValueError, r"vectors\[0, 1\] = nan"),
        ([[1.0, float("inf")]], [1, 1], ValueError, r"vectors\[0, 1\] = inf"),
        ([["a", "b"]], [1, 1], TypeError, "vectors must hold integers"),
        ([[1e308, 1e308]], [1, 1], ValueError, "beyond the largest double"),
        (np.array([[1, 0.5]], dtype=object), [1, 1], TypeError, r"vectors\[0, 1\] = 0.5"),
    ],
)
def test_bad_input(vectors, coloring, error, message):
    with pytest.raises(error, match=message):
        discrepancy.discrepancy(vectors, coloring)


def test_refusals_name_their_limits():
    wide = np.ones((2, 40), dtype=int)
    with pytest.raises(ValueError, match=r"n = 40 > limit = 31"):
        discrepancy.optimal_coloring(wide)
    with pytest.raises(ValueError, match=r"n = 40 > limit = 16"):
        discrepancy.hereditary_discrepancy(wide)
    with pytest.raises(ValueError, match="more than limit = 1000000"):
        discrepancy.determinant_bound(np.ones((20, 20), dtype=int))
    with pytest.raises(ValueError, match="more than limit = 10"):
        discrepancy.linear_discrepancy([[1, 1], [1, -1]], limit=10)
    # The grid of denominator 18 has 19 points, each compared with two roundings.
    with pytest.raises(ValueError, match=r"38 comparisons .* more than limit = 37"):
        discrepancy.linear_discrepancy([[9]], limit=37)
    assert discrepancy.linear_discrepancy([[9]], limit=38).value == Fraction(9, 2)
    with pytest.raises(TypeError, match="vectors must hold integers"):
        discrepancy.linear_discrepancy([[0.5]])
    with pytest.raises(TypeError, match="vectors must hold integers"):
        discrepancy.determinant_bound([[0.5]])
    with pytest.raises(ValueError, match="do not fit 61 bits"):
        discrepancy.hereditary_discrepancy(np.array([[10**30]], dtype=object))
    with pytest.raises(ValueError, match=r"x\[1\] = 1.5"):
        discrepancy.round_by_bits([0.5, 1.5], [[1, 1]])
    with pytest.raises(ValueError, match=r"x\[0\] = 1/3"):
        discrepancy.round_by_bits(np.array([Fraction(1, 3)]), [[1]])
    with pytest.raises(ValueError, match=r"x must have shape \(2,\)"):
        discrepancy.round_by_bits([0.5], [[1, 1]])
    with pytest.raises(ValueError, match=r"color\[0\] = 2"):
        discrepancy.round_by_bits([0.5], [[1]], color=lambda columns: [2])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: set_systems.paley_hadamard(5), "3 modulo 4"),
        (lambda: set_systems.paley_hadamard(15), "3 modulo 4"),
        (lambda: set_systems.projective_plane(4), "order must be a prime"),
        (lambda: set_systems.sylvester_hadamard(-1), "exponent must be at least 0"),
        (lambda: set_systems.arithmetic_progressions(0), "n must be at least 1"),
        (lambda: set_systems.subcubes(-1), "dimension must be at least 0"),
        (lambda: set_systems.random_system(3, 2, 3, np.random.default_rng(0)), "degree must not exceed sets"),
        (lambda: system_bounds.beck_fiala_bound(-1), "degree must be at least 0"),
    ],
)
def test_systems_refuse_bad_parameters(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_determinant_bound_of_nothing():
    assert discrepancy.determinant_bound(np.zeros((2, 2), dtype=int)).value == 0
    assert discrepancy.determinant_bound(np.zeros((0, 2), dtype=int)).allows(0)
    assert discrepancy.linear_discrepancy(np.zeros((2, 2), dtype=int)).value == 0


@given(matrices(NUMBERS["small"], rows=4, columns=7))
def test_the_search_accounts_for_every_colouring(rows):
    """DIS-7: the ends of the branches are all colourings up to a sign, and no row of a cut is mended."""
    steps = []
    found = discrepancy.optimal_coloring(rows, trace=steps)
    assert found.signs.tolist() == discrepancy.optimal_coloring(rows).signs.tolist()
    ends = []
    for step in steps:
        if isinstance(step, BranchCut):
            ends.append(dict(zip(step.elements, step.signs, strict=True)))
            row = rows[step.row]
            sums = [
                abs(sum(v * e for v, e in zip(row, signs, strict=True)))
                for signs in product((-1, 1), repeat=len(row))
                if all(signs[j] == e for j, e in ends[-1].items())
            ]
            assert min(sums) >= found.value
        else:
            ends.append(dict(enumerate(step.signs)))
            assert by_definition(rows, step.signs) == step.value
    if found.exhaustive:
        for signs in product((-1, 1), repeat=len(rows[0])):
            both = (signs, [-e for e in signs])
            held = sum(all(s[j] == e for j, e in end.items()) for s in both for end in ends)
            assert held == 1
