"""The means of sabotage themselves: every reference breaks, closures too, and numbers are scaled by type."""

import os
import signal
import time
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import NamedTuple

import numpy as np
import pytest
from sabotage import ENDLESS, Inflated, Sabotaged, exchange, experiment, functions_behind, raises

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
