"""What the functions on set systems and vectors accept and refuse (DIS-7 to DIS-19, DIS-20), by fuzzing."""

import tracemalloc
import warnings
from dataclasses import replace
from fractions import Fraction
from importlib import import_module

import numpy as np
import pytest
import scipy.sparse
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lemmata import discrepancy
from lemmata.arrays import as_array
from lemmata.discrepancy import set_systems
from lemmata.discrepancy.colorings import system_bounds

BIG = 1e308
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


scales = st.sampled_from([5e-324, 2.5e-308, 1e-160, 1.0, 3e150, 1e308, 1.7e308])
extremes = st.tuples(scales, st.sampled_from([-1.0, 0.0, 0.3, 1.0])).map(lambda pair: pair[0] * pair[1])


@given(
    st.tuples(st.integers(1, 3), st.integers(1, 4)).flatmap(
        lambda s: st.lists(st.lists(extremes, min_size=s[1], max_size=s[1]), min_size=s[0], max_size=s[0])
    )
)
@example([[1e308, 1e308, -1e308]])
@settings(max_examples=60)
def test_discrepancies_at_all_scales_of_doubles(rows):
    """An answer that is a double is given, whatever the partial sums are; any other is refused (DIS-7)."""
    n = len(rows[0])
    exact = [[Fraction(v) for v in row] for row in rows]

    def value(signs):
        return max(abs(sum(v * e for v, e in zip(row, signs, strict=True))) for row in exact)

    def rounded(number):
        try:
            return float(number)
        except OverflowError:
            return None

    every = [[1 if mask >> j & 1 else -1 for j in range(n)] for mask in range(1 << n)]
    for signs in every[: 1 << (n - 1)]:
        expected = rounded(value(signs))
        if expected is None:
            with pytest.raises(ValueError, match="beyond the largest double"):
                discrepancy.discrepancy(rows, signs)
        else:
            assert discrepancy.discrepancy(rows, signs) == expected
    least = rounded(min(map(value, every)))
    if least is None:
        with pytest.raises(ValueError, match="beyond the largest double"):
            discrepancy.optimal_coloring(rows)
    else:
        found = discrepancy.optimal_coloring(rows)
        assert found.value == least
        assert value(found.signs.tolist()) == min(map(value, every))


def test_sums_that_overflow_on_the_way():
    assert discrepancy.discrepancy([[BIG, BIG, -BIG]], [1, 1, 1]) == BIG
    found = discrepancy.optimal_coloring([[BIG, BIG, -BIG]])
    assert (found.value, found.lower_bound) == (BIG, Fraction(BIG))


def test_huge_doubles_with_a_common_divisor_are_searched_in_64_bits():
    rows = np.random.default_rng(0).integers(-9, 10, (6, 22))
    assert discrepancy.optimal_coloring(rows * 2.0**990).value == (
        discrepancy.optimal_coloring(rows).value * 2.0**990
    )


def peak_memory(call):
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "matrix",
    [
        set_systems.intervals(5),
        set_systems.intervals(6),
        np.ones((1, 500), dtype=np.int64),
        np.random.default_rng(0).integers(0, 2, (300, 6)),
        [[2**62, 1]],
        [[-(2**63), 1]],
    ],
    ids=lambda matrix: str(np.shape(matrix)),
)
def test_linear_discrepancy_refuses_before_it_takes_memory(matrix):
    def call():
        with pytest.raises(ValueError, match="more than limit = 20000000"):
            discrepancy.linear_discrepancy(matrix)

    assert peak_memory(call) < 8_000_000


def test_linear_discrepancy_holds_some_determinants_at_a_time():
    """Four points, ten intervals, two of them left out: 15504 determinants, 5 million comparisons."""
    system = set_systems.intervals(4)
    assert peak_memory(lambda: discrepancy.linear_discrepancy(system[:8])) < 16_000_000


def test_determinant_bound_holds_some_submatrices_at_a_time():
    matrix = np.ones((2, 500), dtype=np.int64)
    assert peak_memory(lambda: discrepancy.determinant_bound(matrix)) < 16_000_000


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


def test_bounds_by_determinants_beyond_the_largest_double():
    """Order 20 and entries 2^60: the determinant is 2^1200 or so, its root is a double (DIS-18)."""
    from lemmata.discrepancy.colorings.hereditary import DeterminantBound

    bound = DeterminantBound(20, 2**1200, tuple(range(20)), tuple(range(20)))
    assert bound.value == pytest.approx(2.0**59, rel=1e-12)
    assert bound.allows(2**59)
    assert bound.allows(2.0**59)
    assert not bound.allows(2**59 - 1)


@pytest.mark.parametrize("entry", [1e300, 2, -2, 0.5, 2**64, 5e-324])
def test_an_entry_that_is_no_minor_decides_at_any_scale(entry):
    """DIS-20 speaks of entries -1, 0, 1; one other entry is a determinant that is none of them."""
    assert not discrepancy.is_totally_unimodular([[entry, 1]])
    assert not discrepancy.is_totally_unimodular([[entry] + [1] * 40])


def test_rounding_does_not_depend_on_a_trace():
    """The colouring's discrepancy is beyond the doubles, the rounding's error is not."""
    x, rows, steps = [0.5, 0.5], [[1.5e308, 1.5e308], [1.5e308, -1.5e308]], []
    traced = discrepancy.round_by_bits(x, rows, color=lambda columns: [1, 1], trace=steps)
    plain_result = discrepancy.round_by_bits(x, rows, color=lambda columns: [1, 1])
    assert traced.values.tolist() == plain_result.values.tolist()
    assert steps[0].discrepancy == 2 * Fraction(1.5e308)
    assert traced.error == plain_result.error == Fraction(1.5e308)


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


def test_without_rows_there_is_no_determinant_to_choose():
    """DIS-19 needs a row; the value without one is 0 by the definition."""
    for shape in ((0, 2), (0, 0), (2, 0)):
        found = discrepancy.linear_discrepancy(np.zeros(shape, dtype=np.int64))
        assert (found.value, found.worst) == (0, (0,) * shape[1])


def test_a_worst_vector_in_fifths():
    """DIS-19: no vector of quarters or sixths is as hard to round as (2/5, 0)."""
    rows = [[2, 2], [3, 2]]

    def nearest(w):
        return min(
            max(abs(sum(v * (a - b) for v, a, b in zip(row, w, x, strict=True))) for row in rows)
            for x in ((0, 0), (0, 1), (1, 0), (1, 1))
        )

    found = discrepancy.linear_discrepancy(rows)
    assert found.value == nearest(found.worst) == Fraction(6, 5)
    for denominator in (4, 6):
        line = [Fraction(k, denominator) for k in range(denominator + 1)]
        assert max(nearest((a, b)) for a in line for b in line) < Fraction(6, 5)


def test_no_elements_take_no_phases():
    """DIS-12: the logarithm needs an element, the count of phases does not."""
    assert system_bounds.beck_fiala_phases(0, 3) == 0
    steps = []
    assert discrepancy.beck_fiala(np.zeros((2, 0), dtype=int), trace=steps).shape == (0,)
    assert steps == []


def test_sums_of_64_bits_do_not_wrap_around():
    large = np.array([[2**62] * 4])
    assert discrepancy.discrepancy(large, [1] * 4) == 2**64
    assert discrepancy.optimal_coloring(large[:, :3]).value == 2**62
    below = np.array([[-(2**62)] * 4 + [1]])  # the largest entry says nothing about the sums
    assert discrepancy.discrepancy(below, [1] * 5) == 2**64 - 1
    assert discrepancy.optimal_coloring(below[:, 1:]).value == 2**62 - 1
    with pytest.raises(ValueError, match="61 bits"):
        discrepancy.hereditary_discrepancy(large)


def test_equal_rounds_are_coloured_once(monkeypatch):
    module = import_module("lemmata.discrepancy.colorings.linear_discrepancy")
    true, calls = module.optimal_coloring, []
    monkeypatch.setattr(module, "optimal_coloring", lambda columns: calls.append(columns) or true(columns))
    found = discrepancy.round_by_bits([5e-324, 0.5], [[1, 1]])
    assert found.bits == 1074
    assert len(calls) <= 3
