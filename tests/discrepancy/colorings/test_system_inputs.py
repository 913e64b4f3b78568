"""What the functions on set systems and vectors accept and refuse (DIS-7 to DIS-19, DIS-20), by fuzzing."""

import warnings
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st

from lemmata import discrepancy
from lemmata.arrays import as_array
from lemmata.discrepancy import set_systems
from lemmata.discrepancy.colorings import system_bounds

NAMES = {"beck_fiala": "incidence", "hadamard_system": "hadamard", "round_by_bits": "constraints"}
"""What a function calls its matrix, where it is not ``vectors``."""


MATRIX_FUNCTIONS = {
    "discrepancy": lambda v: discrepancy.discrepancy(v, [1, -1]),
    "optimal_coloring": discrepancy.optimal_coloring,
    "beck_fiala": discrepancy.beck_fiala,
    "barany_grinberg": discrepancy.barany_grinberg,
    "steinitz": discrepancy.steinitz,
    "hereditary_discrepancy": discrepancy.hereditary_discrepancy,
    "determinant_bound": discrepancy.determinant_bound,
    "linear_discrepancy": discrepancy.linear_discrepancy,
    "round_by_bits": lambda v: discrepancy.round_by_bits([0.5, 0.25], v),
    "is_totally_unimodular": discrepancy.is_totally_unimodular,
    "hadamard_system": set_systems.hadamard_system,
}


TAKES_SPARSE = {"beck_fiala"}


def plain(result):
    """Something that compares, whatever the function returned."""
    fields = [result] if not hasattr(result, "__dataclass_fields__") else vars(result).values()
    return [field.tolist() if isinstance(field, np.ndarray) else field for field in fields]


@pytest.mark.parametrize("function", MATRIX_FUNCTIONS)
@pytest.mark.parametrize(
    "value",
    [
        np.ma.array([[1, 0], [1, 1]], mask=[[0, 1], [0, 0]]),
        [np.ma.array([1, 0], mask=[0, 1]), [1, 1]],
        [[1, np.ma.masked], [1, 1]],
        None,
        {1, 2},
        {"a": 1},
        pytest.param(iter([[1, 1]]), id="iterator"),  # its own text holds an address
        [["a", "b"]],
        [[1j, 1]],
        [[None, 1]],
        np.array([["2020-01-01", "2020-01-02"]], dtype="M8[D]"),
        np.ones((1, 2), dtype=np.longdouble) / 3,
    ],
    ids=str,
)
def test_what_holds_no_numbers_is_refused_by_name(function, value):
    name = NAMES.get(function, "vectors")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises((TypeError, ValueError), match=name):
            MATRIX_FUNCTIONS[function](value)


@pytest.mark.parametrize("function", sorted(set(MATRIX_FUNCTIONS) - TAKES_SPARSE))
def test_sparse_matrices_are_refused_with_the_way_out(function):
    with pytest.raises(TypeError, match=r"sparse matrix; pass .*toarray"):
        MATRIX_FUNCTIONS[function](scipy.sparse.csr_array(np.eye(2)))


@pytest.mark.parametrize("function", MATRIX_FUNCTIONS)
@pytest.mark.parametrize("value", [5, [1, 1], [[[1, 1]]], np.float64(1), [[float("nan"), 1]]], ids=str)
def test_shapes_and_not_a_number(function, value):
    name = NAMES.get(function, "vectors")
    with pytest.raises(ValueError, match=name):
        MATRIX_FUNCTIONS[function](value)


@pytest.mark.parametrize("function", MATRIX_FUNCTIONS)
@pytest.mark.parametrize("dtype", ["?", "i1", "u1", ">i4", "u8", ">f8", "f2", "f4", "O"])
def test_data_types_and_layouts_change_nothing(function, dtype):
    """Also read-only, transposed and strided views."""
    matrix = np.array([[1, 1], [1, 1], [1, 1]])
    call = MATRIX_FUNCTIONS[function]
    if function in ("determinant_bound", "linear_discrepancy") and "f" in dtype:
        with pytest.raises(TypeError, match="vectors must hold integers"):
            call(matrix.astype(dtype))
        return
    if function == "beck_fiala" and dtype == "O":
        with pytest.raises(TypeError, match="incidence"):
            call(matrix.astype(dtype))
        return
    expected = plain(call(matrix))
    view = np.repeat(matrix.astype(dtype).T, 2, axis=0)[::2].T
    view.flags.writeable = False
    assert plain(call(view)) == expected
    assert plain(call(np.broadcast_to(np.ones(2, dtype=dtype), (3, 2)))) == expected


@pytest.mark.parametrize("n", [31, 40, 100])
@pytest.mark.parametrize("d", [0, 1])
def test_a_raised_limit_does_not_raise_the_table_of_all_choices(n, d):
    for call in (discrepancy.hereditary_discrepancy, discrepancy.is_totally_unimodular):
        with pytest.raises(ValueError, match=rf"vectors has too many columns .* \(n = {n} > 30\)"):
            call(np.ones((d, n), dtype=int), limit=200)


@pytest.mark.parametrize("mask", [True, False])
def test_masked_vectors_are_refused_beside_the_matrix(mask):
    masked = np.ma.array([1, -1], mask=[mask, False])
    with pytest.raises(TypeError, match="coloring is a masked array"):
        discrepancy.discrepancy([[1, 1]], masked)
    with pytest.raises(TypeError, match="x is a masked array"):
        discrepancy.round_by_bits(np.abs(masked), [[1, 1]])


@pytest.mark.parametrize(
    "call",
    [
        lambda limit: discrepancy.optimal_coloring([[1]], limit=limit),
        lambda limit: discrepancy.hereditary_discrepancy([[1]], limit=limit),
        lambda limit: discrepancy.determinant_bound([[1]], limit=limit),
        lambda limit: discrepancy.linear_discrepancy([[1]], limit=limit),
        lambda limit: discrepancy.is_totally_unimodular([[1]], limit=limit),
        set_systems.sylvester_hadamard,
        set_systems.paley_hadamard,
        set_systems.projective_plane,
        set_systems.arithmetic_progressions,
        set_systems.subcubes,
        set_systems.intervals,
        system_bounds.beck_fiala_bound,
        system_bounds.hadamard_bound,
        lambda bits: system_bounds.bit_rounding_bound(1, bits),
    ],
)
@pytest.mark.parametrize("bad", [2.0, "2", None, [2], True, np.float64(2)], ids=repr)
def test_whole_numbers_are_whole_numbers(call, bad):
    with pytest.raises(TypeError, match="must be an integer"):
        call(bad)
    with pytest.raises(ValueError, match="must be at least"):
        call(-1)


@pytest.mark.parametrize("bad", ["no", 1, 0.0, [True]], ids=repr)
def test_switches_are_booleans(bad):
    for function in (discrepancy.beck_fiala, discrepancy.barany_grinberg, discrepancy.steinitz):
        with pytest.raises(TypeError, match="exact must be True or False"):
            function([[1, 1]], exact=bad)
        assert len(function([[1, 1]], exact=np.True_)) == 2
    with pytest.raises(TypeError, match="exact"):
        discrepancy.beck_fiala([[1, 1]], exact=None)
    with pytest.raises(TypeError, match="color must be a function"):
        discrepancy.round_by_bits([0.5], [[1]], color=5)


@pytest.mark.parametrize(
    ("rows", "value"),
    [
        ([[2**63 + 1, -1]], 2**63),
        ([[2**53 + 1, np.uint64(2**63 + 3)]], 2**63 - 2**53 + 2),
        ([[2**70, 1]], 2**70 - 1),
    ],
    ids=str,
)
def test_large_integers_in_lists_stay_integers(rows, value):
    """NumPy reads [2**63 + 1, -1] as doubles."""
    coloring = [1, 1] if rows[0][1] == -1 else [-1, 1]
    assert discrepancy.discrepancy(rows, coloring) == value
    assert discrepancy.optimal_coloring(rows).value == value
    with pytest.raises(ValueError, match="integers of 64 bits"):
        discrepancy.determinant_bound(rows)


def test_an_integer_among_floats_has_to_be_a_double():
    with pytest.raises(ValueError, match=r"vectors mixes floats .*\(vectors\[0, 0\] = 9007199254740993\)"):
        discrepancy.discrepancy([[2**53 + 1, 0.5]], [1, 1])
    assert discrepancy.discrepancy([[2**53, 0.5]], [1, -1]) == 2**53  # 2**53 - 0.5 rounds to even


def test_refusals_of_astronomic_sizes_can_be_printed():
    with pytest.raises(ValueError, match=r"more than 10\^\d+ square submatrices"):
        discrepancy.determinant_bound(np.ones((9000, 9000), dtype=np.int8))
    with pytest.raises(ValueError, match=r"needs more than 10\^\d+ comparisons"):
        discrepancy.linear_discrepancy(np.ones((1, 20_000), dtype=np.int8))
    for call in (
        lambda: set_systems.sylvester_hadamard(10**9),
        lambda: set_systems.paley_hadamard(10**12 + 3),
        lambda: set_systems.projective_plane(10**6 + 3),
        lambda: set_systems.arithmetic_progressions(10**5),
        lambda: set_systems.subcubes(10**9),
        lambda: set_systems.intervals(10**5),
        lambda: set_systems.random_system(10**6, 10**6, 1, np.random.default_rng(0)),
    ):
        with pytest.raises(ValueError, match="too large"):
            call()


@given(st.integers(0, 4), st.integers(0, 5), st.data())
@settings(max_examples=60)
def test_watching_changes_nothing(d, n, data):
    """DIS-11, DIS-13, DIS-14: with a trace, the same colouring, signs and order."""
    entries = st.lists(st.lists(st.integers(0, 1), min_size=n, max_size=n), min_size=d, max_size=d)
    system = np.array(data.draw(entries), dtype=np.int64).reshape(d, n)
    for matrix in (system, system.astype(float)):
        for function in (discrepancy.beck_fiala, discrepancy.barany_grinberg, discrepancy.steinitz):
            assert function(matrix, trace=[]).tolist() == function(matrix).tolist()


def test_lists_of_arrays_are_rows():
    assert as_array("x", [np.array([1, 2]), [3, 4]]).tolist() == [[1, 2], [3, 4]]


def test_masked_arrays_are_refused_by_roundings_and_designs_too():
    point, rows = np.ma.array([0.5, 0.5], mask=[True, False]), np.ma.array(np.eye(2), mask=np.eye(2))
    rounding = discrepancy.round_to_vertex([0.5, 0.5], [[1, 1]])
    calls = [
        lambda: discrepancy.round_to_vertex(point, [[1, 1]]),
        lambda: discrepancy.round_to_vertex([0.5, 0.5], rows),
        lambda: discrepancy.round_to_vertex([0.5, 0.5], rows, exact=True),
        lambda: discrepancy.verify_rounding(rounding, point, [[1, 1]]),
        lambda: discrepancy.verify_rounding(rounding, [0.5, 0.5], rows),
        lambda: discrepancy.verify_rounding(
            replace(rounding, values=np.ma.array(rounding.values)), [0.5, 0.5], [[1, 1]]
        ),
        lambda: discrepancy.round_to_vertex(
            [0.5, 0.5], discrepancy.ColumnBlocks((2, 2), lambda a, b: rows[:, a:b])
        ),
        lambda: discrepancy.lovett_meka([0.0, 0.0], rows, [1, 1]),
        lambda: discrepancy.lovett_meka([0.0, 0.0], np.eye(2), np.ma.array([1, 1], mask=[0, 1])),
        lambda: discrepancy.spencer_coloring(rows),
        lambda: discrepancy.gram_schmidt_walk(rows, [0, 0]),
        lambda: discrepancy.gram_schmidt_walk(np.eye(2), point),
        lambda: discrepancy.gram_schmidt_distribution(rows, [0, 0]),
        lambda: discrepancy.gram_schmidt_design(rows, robustness=0.5),
        lambda: discrepancy.gram_schmidt_design(np.eye(2), robustness=0.5, probability=point),
    ]
    for call in calls:
        with pytest.raises(TypeError, match="is a masked array"):
            call()


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
