"""The means of sabotage themselves: every reference breaks, closures too, and numbers are scaled by type."""

from fractions import Fraction
from functools import cache

import pytest
from sabotage import Inflated, Sabotaged, exchange, experiment, functions_behind, raises

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


def test_the_functions_behind_names():
    assert [name for name, _ in functions_behind("lemmata.hamming.distances")] == [
        "lemmata.hamming.distances"
    ]
    assert functions_behind("lemmata.hamming.letters")


@pytest.mark.slow
def test_an_experiment_leaves_this_process_alone():
    theorem = next(t for t in theorems() if t.id == "HAM-5")

    def breaking():
        from lemmata import hamming

        exchange(hamming.distances, raises)
        return lambda: True

    assert experiment(theorem, breaking).noticed
    assert not experiment(theorem, lambda: lambda: True).noticed
