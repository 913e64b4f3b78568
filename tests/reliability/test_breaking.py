"""The means of sabotage themselves: every reference breaks, closures too, and numbers are scaled by type."""

import os
import signal
import sys
import time
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import NamedTuple

import numpy as np
import pytest
from sabotage import ENDLESS, Inflated, Sabotaged, exchange, experiment, functions_behind, raises
from sabotaged_kernels import kernels_behind, raise_in, scale

from lemmata.claims import theorems


def test_every_reference_breaks():
    def one(x, *, y=2):
        return x + y

    table, other = {"one": one}, one
    assert table["one"](1) == 3
    exchange(one, lambda original, *a, **k: 10 * original(*a, **k))
    assert (table["one"](1), other(1, y=3)) == (30, 40)


def test_closures_break_too():
    bound = 5

    def inner(x):
        return x + bound

    exchange(inner, raises)
    with pytest.raises(Sabotaged):
        inner(1)


def test_what_a_cache_wraps_breaks():
    @cache
    def one(x):
        return x

    exchange(one.__wrapped__, raises)
    with pytest.raises(Sabotaged):
        one(1)


@pytest.mark.parametrize("value", [7, 7.0, Fraction(7, 3), True, "text", None])
def test_numbers_are_scaled_and_nothing_else(value):
    scaled = Inflated(Fraction(10))
    found = scaled(lambda: value)
    assert type(found) is type(value)
    number = not isinstance(value, bool | str | None)
    assert scaled.met == number
    assert found == (10 * value if number else value)


class Pair(NamedTuple):
    word: str
    figure: int


@dataclass(frozen=True)
class Record:
    figures: np.ndarray
    inner: Pair
    exact: bool = True


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float64(1.5), np.float64(15)),
        (np.int32(-7), np.int32(-70)),
        (np.uint8(200), np.int64(2000)),
        (np.array([1, -2, 3], dtype=np.int8), np.array([10, -20, 30], dtype=np.int8)),
        (np.array([[1, 100]], dtype=np.int8), np.array([[10, 1000]], dtype=np.int64)),
        (np.array([2**63], dtype=np.uint64), np.array([10 * 2**63], dtype=object)),
        (np.array([0.5, 2.0], dtype=np.float32), np.array([5.0, 20.0], dtype=np.float32)),
        (np.array([Fraction(1, 3), 2], dtype=object), np.array([Fraction(10, 3), 20], dtype=object)),
        ([1, (2.0, "text"), None], [10, (20.0, "text"), None]),
        ({"a": 3}, {"a": 30}),
        (Pair("w", 4), Pair("w", 40)),
    ],
    ids=str,
)
def test_numbers_inside_arrays_containers_and_records_are_scaled(value, expected):
    scaled = Inflated(Fraction(10))
    found = scaled(lambda: value)
    assert type(found) is type(expected)
    assert np.all(np.equal(found, expected) if isinstance(found, np.ndarray) else found == expected)
    assert getattr(found, "dtype", None) == getattr(expected, "dtype", None)
    assert scaled.met


def test_records_are_copied_and_iterators_scaled_on_their_way():
    record, scaled = Record(np.array([1.0]), Pair("w", 2)), Inflated(Fraction(1, 10))
    found = scaled(lambda: record)
    assert (found.figures[0], found.inner, found.exact) == (0.1, ("w", 0), True)
    assert (record.figures[0], record.inner.figure) == (1.0, 2)
    assert list(scaled(lambda: iter([10, 20]))) == [1, 2]


@pytest.mark.parametrize("value", [np.array([True]), np.array(["a"]), np.zeros(3), [], 0, {1, 2}, Pair])
def test_what_has_no_number_to_scale_is_not_met(value):
    scaled = Inflated(Fraction(10))
    assert np.array_equal(scaled(lambda: value), value)
    assert not scaled.met


def test_the_functions_behind_names():
    assert [name for name, _ in functions_behind("lemmata.hamming.distances")] == [
        "lemmata.hamming.distances"
    ]
    assert functions_behind("lemmata.hamming.letters")


def test_how_an_experiment_ends(monkeypatch):
    theorem = next(t for t in theorems() if t.id == "HAM-5")
    ended = experiment(theorem, lambda: os.kill(os.getpid(), signal.SIGSEGV))
    assert (ended.noticed, ended.how) == (True, "killed by SIGSEGV")
    with pytest.raises(AssertionError, match="could not be planted"):
        experiment(theorem, lambda: os._exit(0))
    monkeypatch.setattr("sabotage.SECONDS", 0.2)
    ended = experiment(theorem, lambda: time.sleep(60))
    assert (ended.noticed, ended.how) == (False, ENDLESS)


@pytest.mark.slow
def test_an_experiment_leaves_this_process_alone():
    theorem = next(t for t in theorems() if t.id == "HAM-5")

    def breaking():
        from lemmata import hamming

        exchange(hamming.distances, raises)
        return lambda: True

    assert experiment(theorem, breaking).noticed
    assert not experiment(theorem, lambda: lambda: True).noticed


BEFORE = """
import numpy as np
from lemmata.compilation import njit

@njit
def kernel(x, y=2):
    return x * y

@njit
def pair(x):
    return x, (kernel(x), 0.5), True

def _caller_py(x):
    return kernel(x) + 1

def _caller_of_caller_py(values):
    for i in range(len(values)):
        values[i] = caller(values[i])

caller = njit(_caller_py, steps=lambda x: 1)
caller_of_caller = njit(_caller_of_caller_py, steps=lambda values: len(values))

def plain(x):
    return kernel(x, y=3)
"""


@pytest.fixture
def compiled(monkeypatch, tmp_path):
    """Two modules as the library's: one with kernels that call each other, one that imported a kernel."""
    (tmp_path / "kernels_of_a_test.py").write_text(BEFORE)
    monkeypatch.syspath_prepend(tmp_path)
    module = import_module("kernels_of_a_test")
    other = ModuleType("lemmata.another")
    other.borrowed = module.kernel
    monkeypatch.setitem(sys.modules, "lemmata.kernels_of_a_test", module)
    monkeypatch.setitem(sys.modules, "lemmata.another", other)
    yield module, other
    del sys.modules["kernels_of_a_test"]


def all_calls(module, other):
    values = np.array([5, 7])
    module.caller_of_caller(values)
    return (module.plain(5), other.borrowed(5), module.caller(5), values.tolist(), module.pair(5))


@pytest.mark.jit
def test_compiled_callers_break_too(compiled):
    module, other = compiled
    assert all_calls(module, other) == (15, 10, 11, [11, 15], (5, (10, 0.5), True))
    raise_in(module.kernel)
    for call in (module.plain, other.borrowed, module.caller, module.pair):
        with pytest.raises(RuntimeError, match="sabotaged"):
            call(5)
    with pytest.raises(RuntimeError, match="sabotaged"):
        module.caller_of_caller(np.array([5, 7]))


@pytest.mark.jit
@pytest.mark.parametrize(
    ("factor", "expected"),
    [
        (Fraction(1), (15, 10, 11, [11, 15], (5, (10, 0.5), True))),
        (Fraction(10), (150, 100, 101, [101, 141], (5, (100, 0.5), True))),
        (Fraction(1, 10), (1, 1, 2, [2, 2], (5, (1, 0.5), True))),
    ],
    ids=str,
)
def test_what_kernels_return_is_scaled_for_compiled_callers(compiled, factor, expected):
    met = scale(compiled[0].kernel, factor)
    assert not met
    assert all_calls(*compiled) == expected
    assert set(met) == {"int64"}
    assert compiled[0].kernel.py_func(2**80) == int(2**81 * factor)


@pytest.mark.jit
def test_numbers_in_tuples_of_a_kernel_keep_their_types(compiled):
    module, _ = compiled
    met = scale(module.pair, Fraction(10))
    assert module.pair(np.uint64(5)) == (50, (100, 5.0), True)
    assert set(met) == {"uint64", "int64", "float64"}
    met = scale(module.caller_of_caller, Fraction(10))
    module.caller_of_caller(np.array([1]))
    assert not met


def test_the_kernels_behind_names():
    assert [name for name, _ in kernels_behind("lemmata.hamming.bit_packed.carry_repair.fold")] == [
        "lemmata.hamming.bit_packed.carry_repair.fold"
    ]
    behind = {
        name.rpartition(".")[2]
        for name, _ in kernels_behind("lemmata.hamming.correlations.modular_transform")
    }
    assert {"add", "multiply", "forward"} <= behind
    assert not kernels_behind("lemmata.hamming.distances")
