"""Inputs at the edges of what the functions take: refused by name, before memory is taken, or right."""

from decimal import Decimal
from fractions import Fraction
from importlib import import_module
from math import inf, nan

import numpy as np
import pytest
import scipy.sparse

from lemmata import discrepancy
from lemmata.discrepancy import set_systems
from lemmata.discrepancy.colorings import system_bounds
from lemmata.discrepancy.rounding import rounding_bounds
from lemmata.discrepancy.walks import walk_bounds

edge_walk = import_module("lemmata.discrepancy.walks.lovett_meka")

EVEN = np.full(3, 0.5)
BESIDE_LARGE = [[2.0**60, 1.0, 2.0**60]]


def rounded(values, fractional=()):
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return discrepancy.Rounding(array, np.array(fractional, dtype=np.int64), None)


@pytest.mark.parametrize("values", [[1.0, 1.0, 0.0], [1, 1, 0], [Fraction(1), 1.0, 0]])
def test_a_certificate_of_objects_is_exact(values):
    """In doubles 2^60 + 1 is 2^60, and the constraint would seem to be kept: it is off by one half."""
    assert not discrepancy.verify_rounding(rounded(values), EVEN, BESIDE_LARGE).constraints_kept


@pytest.mark.parametrize(
    ("values", "fractional"),
    [([Decimal(1)] * 3, []), (["1"] * 3, []), ([1.0] * 3, ["a"]), ([1.0] * 3, None), ([1.0] * 3, [0.0])],
)
def test_a_certificate_of_what_is_no_rounding_is_refused(values, fractional):
    found = rounded(values)
    object.__setattr__(found, "fractional", fractional)
    with pytest.raises(TypeError, match="rounding"):
        discrepancy.verify_rounding(found, EVEN, BESIDE_LARGE)


@pytest.mark.parametrize("exact", ["no", 1, None])
def test_exact_is_a_switch(exact):
    with pytest.raises(TypeError, match="exact must be True or False"):
        discrepancy.round_to_vertex(EVEN, BESIDE_LARGE, exact=exact)


@pytest.mark.parametrize("n", [0, 3])
def test_signs_are_a_byte_wide(n):
    matrix = np.ones((2, n), dtype=np.int64)
    found = [
        discrepancy.beck_fiala(matrix),
        discrepancy.barany_grinberg(matrix),
        discrepancy.optimal_coloring(matrix).signs,
        discrepancy.spencer_coloring(matrix, rng=0).signs,
        discrepancy.gram_schmidt_walk(matrix, np.zeros(n), rng=0),
        discrepancy.gram_schmidt_design(matrix.T, robustness=0.5, rng=0),
    ]
    assert {signs.dtype for signs in found} == {np.dtype(np.int8)}
    assert {signs.shape for signs in found} == {(n,)}


def test_values_alone_can_be_verified():
    """As a plain array: what is neither 0 nor 1 is what was left."""
    x, matrix = [0.5, 0.5, 0.5], [[1.0, 2.0, 3.0]]
    rounding = discrepancy.round_to_vertex(x, matrix)
    assert discrepancy.verify_rounding(rounding.values, x, matrix) == discrepancy.verify_rounding(
        rounding, x, matrix
    )
    assert not discrepancy.verify_rounding(x, x, matrix).independent
    assert not discrepancy.verify_rounding([1, 1, 1], x, matrix).constraints_kept
    assert discrepancy.verify_rounding([Fraction(1), 1, Fraction(0)], x, matrix)


def test_a_seed_for_the_walk_that_draws_nothing_is_refused():
    with pytest.raises(ValueError, match="rng is for unbiased=True"):
        discrepancy.round_to_vertex([0.5], [[1.0]], rng=1)
    with pytest.raises(TypeError, match="unbiased"):
        discrepancy.round_to_vertex([0.5], [[1.0]], unbiased=1, rng=1)


def test_without_a_seed_the_unbiased_walk_differs_from_call_to_call():
    x = [0.5] * 64
    found = [discrepancy.round_to_vertex(x, np.zeros((1, 64)), unbiased=True).values for _ in range(2)]
    assert not np.array_equal(*found)  # alike with probability 2^-64


@pytest.mark.parametrize("exact", [False, True])
def test_moves_carry_coefficients_and_sums(exact):
    """What a lesson shows after each move of Beck and Fiala: x, and the sum of every set."""
    rng = np.random.default_rng(5)
    incidence = (rng.random((6, 14)) < 0.4).astype(np.int64)
    steps = []
    discrepancy.beck_fiala(incidence, exact=exact, trace=steps)
    moves = [step for step in steps if isinstance(step, discrepancy.Move)]
    x = np.zeros(14, dtype=object)
    for move in moves:
        for j, slope in zip(move.elements, move.direction, strict=True):
            x[j] += move.length * slope
        sums = [sum(x[j] for j in range(14) if row[j]) for row in incidence.tolist()]
        if exact:
            assert move.values == tuple(x)
            assert move.sums == tuple(sums)
        else:
            assert [float(v) for v in move.values] == pytest.approx(x.astype(float), abs=1e-9)
            assert [float(v) for v in move.sums] == pytest.approx(np.array(sums, dtype=float), abs=1e-9)
    assert moves
    assert len(moves[-1].sums) == 6


@pytest.mark.parametrize("d", [10**6, 10**15, 10**18, 10**100])
def test_banaszczyks_constant_in_many_dimensions(d):
    """Two tails of mass 1 - 2^(-1/d): log Q(c) from its continued fraction, in logarithms."""
    c = system_bounds.banaszczyk_bound(d) / 5
    fraction = c
    for k in range(200, 0, -1):
        fraction = c + k / fraction
    tails = np.log(2) - c * c / 2 - np.log(2 * np.pi) / 2 - np.log(fraction)
    assert tails == pytest.approx(float(np.log(-np.expm1(-np.log(2) / float(d)))), rel=1e-9)


@pytest.mark.parametrize("n", [1, 2, 3, 12, 29])
def test_progressions_are_counted_before_they_are_listed(n):
    assert set_systems._progressions(n) == len(set_systems.arithmetic_progressions(n))
    assert 701 * set_systems._progressions(701) <= set_systems.LARGEST < 702 * set_systems._progressions(702)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: system_bounds.banaszczyk_bound(10**400), "dimension must be at most"),
        (lambda: set_systems.arithmetic_progressions(702), "n is too large"),
        (lambda: set_systems.arithmetic_progressions(1000), "n is too large"),
        (lambda: set_systems.all_systems(24), "n must be at most 16"),
        (lambda: set_systems.all_systems(-1), "n must be at least 0"),
        (lambda: set_systems.all_systems(3, 0), "sets must be at least 1"),
        (lambda: set_systems.systems_up_to_relabelling(9), "n must be at most 8"),
        (
            lambda: discrepancy.lovett_meka(np.zeros(40_000), np.ones((0, 40_000)), []),
            "constraints has too many",
        ),
        (lambda: discrepancy.lovett_meka([0.0], [[1.0]], [1.0], steps=10**400), "steps must be below"),
        (
            lambda: discrepancy.gram_schmidt_design(np.ones((40_000, 1)), robustness=0.5),
            "covariates has too many",
        ),
        (lambda: discrepancy.gram_schmidt_design([[1.0]], robustness=nan), "robustness must be in"),
        (lambda: discrepancy.gram_schmidt_walk([[1.0]], [0.0], order="up"), "order must be one of"),
        (lambda: discrepancy.spencer_coloring([[1.0]], scale=10**400), "scale must be positive and below"),
        (lambda: discrepancy.determinant_bound([[1]]).allows(nan), "hereditary must be finite"),
        (lambda: discrepancy.determinant_bound([[1]]).allows(inf), "hereditary must be finite"),
        (
            lambda: discrepancy.round_by_bits([0.5] * 32, np.ones((1, 32), dtype=int)),
            "x has 32 entries .* give a color",
        ),
        (lambda: discrepancy.beck_fiala(scipy.sparse.coo_array((10**10, 1))), "incidence is too large"),
        (lambda: walk_bounds.edge_walk_steps(-1), "n must be at least 0"),
        (lambda: walk_bounds.equal_threshold(0, 1), "n must be at least 1"),
        (lambda: walk_bounds.full_coloring_bound(-1, 1), "n must be at least 0"),
        (lambda: walk_bounds.six_standard_deviations(-1), "n must be at least 0"),
        (lambda: walk_bounds.gram_schmidt_multiplications(1, -1), "d must be at least 0"),
        (lambda: walk_bounds.edge_walk_success_probability(1, 0, []), "steps must be at least 1"),
        (lambda: walk_bounds.edge_walk_success_probability(1, 1, [nan]), "thresholds must not be"),
        (lambda: rounding_bounds.exact_walk_multiplications(-1, 1), "n must be at least 0"),
        (lambda: rounding_bounds.walk_blocks(1, -1), "m must be at least 0"),
        (lambda: rounding_bounds.walk_multiplications(1, 1, -1), "drifts must be at least 0"),
        (lambda: rounding_bounds.generalization_error(0, 2.0, 1), "m must be at least 1"),
        (lambda: rounding_bounds.generalization_error(1, nan, 1), "alpha must be above 1"),
    ],
)
def test_values_out_of_range_are_refused_by_name(call, words):
    with pytest.raises(ValueError, match=words):
        call()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: set_systems.all_systems(2.0), "n must be an integer"),
        (
            lambda: discrepancy.gram_schmidt_walk([[1.0]], [0.0], order=np.array(["given"])),
            "order must be one of",
        ),
        (lambda: discrepancy.gram_schmidt_walk([[1.0]], [0.0], costs=1), "costs must be"),
        (lambda: discrepancy.round_to_vertex([0.5], [[1.0]], costs=1), "costs must be"),
        (
            lambda: discrepancy.spencer_coloring([[1.0]], scale=np.complex128(1)),
            "scale must be a real number",
        ),
        (lambda: discrepancy.determinant_bound([[1]]).allows("2"), "hereditary must be a real number"),
        *[
            (
                lambda bad=bad: discrepancy.gram_schmidt_design([[1.0]], robustness=bad),
                "robustness must be a real",
            )
            for bad in ("a", None, 0.5j, True, np.array([0.5, 0.5]))
        ],
    ],
)
def test_values_of_another_kind_are_refused_by_name(call, words):
    with pytest.raises(TypeError, match=words):
        call()


def test_robustness_may_be_a_fraction():
    signs = discrepancy.gram_schmidt_design(np.ones((2, 1)), robustness=Fraction(1, 10**6), rng=1)
    assert sum(signs) == 0


@pytest.mark.parametrize("n", [1, 63, 64, 65, 30_000])
def test_deviations_are_bounded_closely_in_long_rows(n):
    """What rounding may hide is added; at n = 16000 it was more than the walk keeps off the thresholds."""
    rng = np.random.default_rng(n)
    rows = rng.standard_normal((2, n))
    change = rng.uniform(-1, 1, n)
    found = edge_walk._deviations(edge_walk._unit_rows(rows), change, np.zeros(n))
    for row, bound in zip(rows.tolist(), found.tolist(), strict=True):
        total = sum(
            (Fraction(a) * Fraction(b) for a, b in zip(row, change.tolist(), strict=True)), Fraction(0)
        )
        norm = sum((Fraction(a) ** 2 for a in row), Fraction(0))
        assert total * total <= Fraction(bound) ** 2 * norm
        assert total * total >= Fraction(max(0.0, bound - 5e-11)) ** 2 * norm


@pytest.mark.parametrize(
    ("rows", "work"),
    # C(2d + n, n + 1) determinants of order n + 1, each (n + 1)^3: C(3, 2) 2^3, C(4, 3) 3^3 and C(6, 3) 3^3.
    [([[1]], 24), ([[1, 1]], 108), ([[1, 1], [1, -1]], 540)],
)
def test_the_work_of_linear_discrepancy_is_counted(rows, work):
    with pytest.raises(ValueError, match=f"needs {work} operations for determinants"):
        discrepancy.linear_discrepancy(rows, limit=work - 1)
    assert discrepancy.linear_discrepancy(rows, limit=work).value > 0


def test_walks_start_at_zero_unless_told():
    vectors = np.random.default_rng(1).integers(-2, 3, (2, 5))
    zero = np.zeros(5)
    walk, tree = discrepancy.gram_schmidt_walk, discrepancy.gram_schmidt_distribution
    assert walk(vectors, rng=3).tolist() == walk(vectors, zero, rng=3).tolist()
    assert tree(vectors).probabilities == tree(vectors, zero).probabilities
    assert tree(vectors).colorings.tolist() == tree(vectors, zero).colorings.tolist()


def test_results_are_taken_for_their_arrays():
    """Where signs or values are asked for, a result that carries them will do."""
    matrix = np.array([[1, 1, 0, 1], [0, 1, 1, 1]])
    found = discrepancy.optimal_coloring(matrix)
    assert discrepancy.discrepancy(matrix, found) == found.value
    spencer = discrepancy.spencer_coloring(matrix, rng=0)
    assert discrepancy.discrepancy(matrix, spencer) == spencer.value
    rounded = discrepancy.round_by_bits([0.5, 0.5, 0.0, 1.0], [[1, 1, 0, 0]])
    assert discrepancy.verify_rounding(rounded, [0.5, 0.5, 0.0, 1.0], [[1, 1, 0, 0]])
    assert not discrepancy.verify_rounding(rounded, [0.5, 0.5, 0.0, 1.0], [[1, 2, 0, 0]])
