"""When kernels are compiled: not for a person's first small call, and with the same results either way."""

import subprocess
import sys
from contextlib import contextmanager
from functools import cache
from importlib import import_module

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lemmata import compilation, discrepancy, hamming
from lemmata.compilation import BREAK_EVEN, NEVER, PATIENCE, Kernel, njit
from lemmata.costs import Costs
from lemmata.discrepancy.rounding import blocked_walk
from lemmata.hamming.algorithms import BY_NAME

UNUSED = {"numba", "joblib", "scipy.linalg", "scipy.fft", "rich"}
FIRST_CALLS = {
    "hamming": [
        *(f"m.distances('abracadabra', 'abr', algorithm='{name}')" for name in ["auto", *BY_NAME]),
        "m.distances(b'abracadabra', b'abr')",
        "m.distances('abracadabra', 'a?r', wildcard='?')",
        *(
            f"m.k_mismatch({words}, 1, algorithm='{name}')"
            for name in ("auto", "distances", "kangaroo", "periodicity")
            for words in ("'abracadabra', 'abr'", "'ababababcbab', 'ababab'")
        ),
        *(
            f"m.approximate('abracadabra', 'abr', epsilon=0.5, algorithm='{name}')"
            for name in ("kopelowitz_porat", "karloff")
        ),
        "m.less_than_distances([1, 5, 2], [3, 3])",
        "list(m.distances_stream(['abra', 'cadabra'], 'abr'))",
        "m.distances_by_three_sum('abracadabra', 'abr')",
        "m.sumset([1, 5], [2, 3])",
        "m.sum_counts([1, 5], [2, 3])",
        "m.sum_histogram([1, 0, 2], [3, 1])",
        "m.l1_distances([1, 5, 2], [3, 3])",
        "m.l2_distances([1, 5, 2], [3, 3])",
    ],
    "discrepancy": [
        "m.round_to_vertex([0.5, 0.5, 0.5, 0.5], [[1.0, 2.0, 3.0, 4.0]])",
        "m.round_to_vertex([0.25] * 20, [[(i * j + i + j) % 7 for j in range(20)] for i in range(4)])",
        "m.round_to_vertex([0.25] * 9, [[i * j % 7 for j in range(9)] for i in range(40)], unbiased=True)",
        "m.gram_schmidt_walk([[1, 0, 1], [0, 1, 1]], [0, 0, 0])",
        "m.gram_schmidt_walk([[1, 0, 1], [0, 1, 1]], [0, 0, 0], trace=[])",
        "m.gram_schmidt_design([[1, 0], [0, 1], [1, 1]], robustness=0.5)",
        "m.steinitz([[0.5, -0.5], [0.25, 1.0]])",
        "m.barany_grinberg([[0.5, -0.5], [0.25, 1.0]])",
        "m.beck_fiala([[1, 1, 0], [0, 1, 1]])",
        "m.lovett_meka([0.0] * 4, [[1.0, 1.0, 1.0, 1.0], [1.0, -1.0, 1.0, -1.0]], [3.0, 3.0])",
        "m.discquant([[0.6, 0.6]], Grid.unbounded(1.0), [[1.0, 1.0], [1.0, 0.9]])",
        "m.spencer_coloring([[1, 1, 0], [0, 1, 1]])",
        "m.linear_discrepancy([[1, 1, 0], [0, 1, 1]])",
        "m.determinant_bound([[1, 1, 0], [0, 1, 1]])",
        "m.is_totally_unimodular([[1, 1, 0], [0, 1, 1]])",
        "m.gram_schmidt_distribution([[1, 0, 1], [0, 1, 1]], [0, 0, 0])",
        "m.optimal_coloring([[1, 1, 0], [0, 1, 1]])",
        "m.hereditary_discrepancy([[1, 1, 0], [0, 1, 1]])",
    ],
    "quantization": [
        "m.round_to_nearest([[0.6, 0.6]], Grid.unbounded(1.0))",
        "m.round_stochastic([[0.6, 0.6]], Grid.unbounded(1.0))",
        "m.nearest_plane([[1.0, 0.0], [1.0, 2.0]], [0.4, 1.2])",
        "m.gptq_exact([[1, 2]], None, Grid.unbounded(3), hessian=[[2, 1], [1, 2]], damping=0)",
    ],
}


@pytest.mark.parametrize("topic", FIRST_CALLS)
def test_first_calls_on_few_numbers_load_no_compiler_and_nothing_else_that_they_do_not_use(topic):
    start = f"import sys\nfrom lemmata import {topic} as m\nfrom lemmata.quantization import Grid"
    nothing_else = f"assert not {UNUSED} & set(sys.modules)"
    code = "\n".join([start, *(f"{call}\n{nothing_else}" for call in FIRST_CALLS[topic])])
    run = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


@cache
def kernels():
    """Every kernel of the library that may run as plain Python."""
    modules = [module for name, module in sys.modules.items() if name.startswith("lemmata.")]
    members = [value for module in modules for value in vars(module).values()]
    return list({id(value): value for value in members if type(value) is Kernel}.values())


@contextmanager
def always(patch, *, plain):
    """All kernels as plain Python, or none."""
    if plain:
        token = compilation._as_python.set(True)
        yield
        compilation._as_python.reset(token)
        return
    with patch.context() as changed:
        changed.setattr(compilation._before_importing, "left", -1)
        for kernel in kernels():
            changed.setattr(kernel, "_left", -1)
        yield


def both_ways(patch, function, *arguments, **named):
    with always(patch, plain=True):
        plain = function(*arguments, **named)
    with always(patch, plain=False):
        return plain, function(*arguments, **named)


@pytest.mark.jit
@given(st.binary(min_size=1, max_size=12), st.binary(min_size=1, max_size=6), st.integers(1, 256))
def test_small_texts_have_the_same_distances_either_way(patch, text, pattern, letters):
    text, pattern = (bytes(letter % letters for letter in word) for word in (text + pattern, pattern))
    for name in BY_NAME:
        plain, compiled = both_ways(patch, hamming.distances, text, pattern, algorithm=name)
        assert plain.dtype == compiled.dtype == np.int64
        assert plain.tolist() == compiled.tolist(), name
    for function in (hamming.less_than_distances, hamming.l1_distances, hamming.l2_distances):
        plain, compiled = both_ways(patch, function, text, pattern)
        assert (plain.dtype, plain.tolist()) == (compiled.dtype, compiled.tolist())
    plain, compiled = both_ways(patch, hamming.sum_counts, sorted({*text}), sorted({*pattern}))
    assert plain.sums.tolist() == compiled.sums.tolist()
    assert plain.counts.tolist() == compiled.counts.tolist()


@pytest.fixture(scope="module")
def patch():
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@st.composite
def systems(draw):
    m = draw(st.integers(1, 8) | st.just(blocked_walk.LOOPS))
    n = draw(st.integers(1, 80))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    x = rng.random(n) if draw(st.booleans()) else rng.integers(0, 9, n) / 8
    kinds = [rng.standard_normal((m, n)), rng.integers(-3, 4, (m, n)), np.ldexp(rng.random((m, n)), -200)]
    return x, draw(st.sampled_from(kinds))


@pytest.mark.jit
@given(systems())
@example((np.full(600, 0.3), np.ones((1, 600))))  # so many blocks that the basis is inverted anew ...
@example((np.arange(1, 301) / 301, 1 + 2.0**-30 * np.sin(np.arange(900.0)).reshape(3, 300)))  # ... and drifts
def test_small_systems_have_the_same_vertex_to_the_last_bit(patch, system):
    plain, compiled = both_ways(patch, discrepancy.round_to_vertex, *system)
    assert plain.values.tobytes() == compiled.values.tobytes()
    assert plain.residual.tobytes() == compiled.residual.tobytes()
    assert plain.fractional.tolist() == compiled.fractional.tolist()


@pytest.mark.jit
@pytest.mark.parametrize("m", [blocked_walk.LOOPS, blocked_walk.LOOPS + 1])
def test_more_constraints_than_are_looped_over_are_always_compiled(m):
    steps = blocked_walk.walk._steps(None, np.empty((1, m)))
    assert steps == NEVER if m > blocked_walk.LOOPS else steps < PATIENCE


@pytest.mark.jit
@given(st.integers(1, blocked_walk.LOOPS), st.integers(0, 2**32), st.booleans())
def test_small_matrices_have_the_same_inverse(m, seed, whole):
    rng = np.random.default_rng(seed)
    matrix = rng.integers(-1, 2, (m, m)) * 1.0 if whole else rng.standard_normal((m, m))
    found = []
    for function in (blocked_walk.inverted.py_func, blocked_walk.inverted.compiled()):
        try:
            found.append(function(matrix).tobytes())
        except np.linalg.LinAlgError:
            found.append("singular")
    assert found[0] == found[1]
    if found[0] != "singular" and np.linalg.cond(matrix) < 1e6:
        assert np.allclose(np.frombuffer(found[0]).reshape(m, m) @ matrix, np.eye(m), atol=1e-8)
    else:
        assert np.linalg.cond(matrix) >= 1e6


@st.composite
def vectors(draw):
    d, n = draw(st.integers(0, 6)), draw(st.integers(0, 12))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    kinds = [rng.standard_normal((d, n)), rng.integers(-1, 2, (d, n)) * 1.0]
    kinds += [kinds[0] * np.ldexp(1.0, rng.integers(-600, 600, n)), kinds[1] + 1e-10 * kinds[0]]
    return draw(st.sampled_from(kinds)), draw(st.sampled_from([np.zeros(n), rng.uniform(-1, 1, n)]))


@pytest.mark.jit
@given(vectors(), st.sampled_from(["given", "random"]))
def test_few_vectors_are_walked_alike_and_counted_alike(patch, case, order):
    def walk(observed):
        costs, steps = Costs(), []
        trace = steps if observed else None
        signs = discrepancy.gram_schmidt_walk(*case, order=order, rng=1, costs=costs, trace=trace)
        parts = [(s.pivot, s.up, s.down, s.rises, s.direction.tobytes(), s.values.tobytes()) for s in steps]
        return signs.tolist(), costs.multiplications, parts

    seen, seen_compiled = both_ways(patch, walk, True)
    assert seen == seen_compiled
    assert both_ways(patch, walk, False) == ((*seen[:2], []),) * 2


@pytest.mark.jit
@given(vectors())
def test_few_vectors_are_ordered_alike(patch, case):
    def order():
        steps = []
        return discrepancy.steinitz(case[0], trace=steps).tolist(), repr(steps)

    plain, compiled = both_ways(patch, order)
    assert plain == compiled


@pytest.mark.jit
@given(st.text("ab", min_size=1, max_size=12), st.text("abc", min_size=1, max_size=12), st.integers(0, 4))
@example("ababab", "ababcbababab", 1)
def test_few_mismatches_are_the_same_either_way(patch, pattern, rest, k):
    def found(name):
        costs, steps = Costs(), []
        distances = hamming.k_mismatch(
            pattern + rest, pattern, k, algorithm=name, rng=1, costs=costs, trace=steps
        )
        return distances.tolist(), costs.word_operations, repr(steps)

    for name in ("kangaroo", "periodicity"):
        plain, compiled = both_ways(patch, found, name)
        assert plain == compiled, name


@pytest.mark.jit
@given(st.lists(st.lists(st.integers(-3, 3), min_size=4, max_size=4), min_size=1, max_size=4))
def test_small_systems_have_the_same_colorings(patch, rows):
    for function in (discrepancy.optimal_coloring, discrepancy.hereditary_discrepancy):
        plain, compiled = both_ways(patch, function, np.array(rows))
        assert repr(plain) == repr(compiled)


MODULE = """
from lemmata.compilation import njit

def _halves_py(n):
    count = 0
    while n > 1:
        n //= 2
        count += 1
    return count

def _caller_py(n):
    return halves(n) + 1

halves = njit(_halves_py)
in_steps = njit(_caller_py, steps=lambda n: n)
again = njit(_caller_py, steps=lambda n: n)
"""


@pytest.fixture
def module(monkeypatch, tmp_path):
    (tmp_path / "kernels_called_by_kernels.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    yield import_module("kernels_called_by_kernels")
    del sys.modules["kernels_called_by_kernels"]


@pytest.mark.jit
def test_a_kernel_is_compiled_when_its_steps_would_have_paid_for_it(module):
    assert module.in_steps(n=8) == 4
    assert module.in_steps(PATIENCE - 8) == 15
    assert module.in_steps._compiled is module.halves._compiled is None
    assert module.in_steps(1) == 1
    assert module.in_steps._compiled.signatures
    assert module.halves._compiled.signatures  # called by compiled code, without passing through `Kernel`


@pytest.mark.jit
def test_before_the_compiler_is_imported_all_kernels_share_more_steps(module, monkeypatch):
    monkeypatch.setattr(compilation._before_importing, "left", BREAK_EVEN)
    with monkeypatch.context() as without:
        without.delitem(sys.modules, "numba", raising=False)
        module.in_steps(PATIENCE + 1)
        module.again(BREAK_EVEN - PATIENCE - 1)
        assert compilation._before_importing.left == 0
        assert module.in_steps(PATIENCE) == module.again(PATIENCE) == 15  # of their own they have some left
        assert module.in_steps._compiled is module.again._compiled is None
    module.again(1)
    assert module.again._compiled.signatures


@pytest.mark.jit
def test_a_kernel_looks_like_its_function():
    def _kernel_py(x, y=2):
        """What it does."""
        return x * y

    kernel = njit(_kernel_py)
    assert (kernel.__doc__, kernel.__module__, kernel.py_func) == ("What it does.", __name__, _kernel_py)
    assert kernel(3, y=5) == 15


@pytest.mark.parametrize(("value", "plain"), [("1", True), ("0", False), ("", False)])
def test_without_compiler_a_kernel_is_its_function(monkeypatch, value, plain):
    monkeypatch.setenv("NUMBA_DISABLE_JIT", value)
    assert (njit(len) is len) == plain
