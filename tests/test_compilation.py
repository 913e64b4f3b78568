"""When kernels are compiled: not for a person's first small call, and with the same results either way."""

import subprocess
import sys
from contextlib import contextmanager
from functools import cache
from importlib import import_module

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lemmata import compilation, discrepancy, hamming
from lemmata.compilation import PATIENCE, Kernel, njit
from lemmata.discrepancy.rounding import blocked_walk
from lemmata.hamming.algorithms import BY_NAME

FIRST_CALLS = {
    "hamming": [
        *(f"m.distances('abracadabra', 'abr', algorithm='{name}')" for name in ["auto", *BY_NAME]),
        "m.distances(b'abracadabra', b'abr')",
        "m.distances('abracadabra', 'a?r', wildcard='?')",
        "m.k_mismatch('abracadabra', 'abr', 1)",
        "m.sum_counts([1, 5], [2, 3])",
        "m.sum_histogram([1, 0, 2], [3, 1])",
        "m.l1_distances([1, 5, 2], [3, 3])",
        "m.l2_distances([1, 5, 2], [3, 3])",
    ],
    "discrepancy": [
        "m.round_to_vertex([0.5, 0.5, 0.5, 0.5], [[1.0, 2.0, 3.0, 4.0]])",
        "m.optimal_coloring([[1, 1, 0], [0, 1, 1]])",
        "m.hereditary_discrepancy([[1, 1, 0], [0, 1, 1]])",
    ],
}


@pytest.mark.parametrize("topic", FIRST_CALLS)
def test_first_calls_on_few_numbers_load_no_compiler_and_nothing_else_that_they_do_not_use(topic):
    code = f"import sys\nfrom lemmata import {topic} as m\n" + "\n".join(
        f"{call}\nassert not {{'numba', 'joblib', 'scipy.linalg', 'scipy.fft', 'rich'}} & set(sys.modules)"
        for call in FIRST_CALLS[topic]
    )
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
        for kernel in kernels():
            changed.setattr(kernel, "_left", -1)
            changed.setattr(kernel, "_small", None)
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
    m = draw(st.integers(1, 8))
    n = draw(st.integers(1, blocked_walk.SMALL // m))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    x = rng.random(n) if draw(st.booleans()) else rng.integers(0, 9, n) / 8
    kinds = [rng.standard_normal((m, n)), rng.integers(-3, 4, (m, n)), np.ldexp(rng.random((m, n)), -200)]
    return x, draw(st.sampled_from(kinds))


@pytest.mark.jit
@given(systems())
def test_small_systems_have_the_same_vertex_to_the_last_bit(patch, system):
    plain, compiled = both_ways(patch, discrepancy.round_to_vertex, *system)
    assert plain.values.tobytes() == compiled.values.tobytes()
    assert plain.residual.tobytes() == compiled.residual.tobytes()
    assert plain.fractional.tolist() == compiled.fractional.tolist()


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
by_size = njit(_caller_py, small=lambda n: n < 10)
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
def test_what_is_small_is_plain_python_before_and_after_compiling(module, monkeypatch):
    assert module.by_size(8) == 4
    assert module.by_size._compiled is None
    assert module.by_size(10) == 4
    monkeypatch.setattr(module.by_size, "py_func", lambda n: "plain")
    assert module.by_size(10) == 4
    assert module.by_size(9) == "plain"


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
