"""Counting numbers: what they compute is right, and every kind of operation counts as the unit says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lemmata.costs.counting import Tally

OPERATORS = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "floordiv": lambda a, b: a // b,
    "mod": lambda a, b: a % b,
    "truediv": lambda a, b: a / b,
    "lshift": lambda a, b: a << b,
    "rshift": lambda a, b: a >> b,
    "and": lambda a, b: a & b,
    "or": lambda a, b: a | b,
    "xor": lambda a, b: a ^ b,
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
}


@given(st.sampled_from(sorted(OPERATORS)), st.integers(-30, 30), st.integers(1, 30))
def test_an_operator_counts_once_and_is_right(name, a, b):
    function = OPERATORS[name]
    for left, right in ((True, True), (True, False), (False, True)):
        tally = Tally()
        one = tally.number(np.int64(a)) if left else np.int64(a)
        other = tally.number(np.int64(b)) if right else np.int64(b)
        result = function(one, other)
        assert result.value == function(a, b)
        assert tally.operations == 1
    tally = Tally()
    array = tally.array([a, a])
    assert (function(array, b).values == function(np.array([a, a]), b)).all()
    assert tally.operations == 2


def counted(function, *arrays, **options):
    tally = Tally()
    result = tally.counting(function, **options)(*(tally.array(values) for values in arrays))
    return dict(tally.kinds), result


def test_a_result_is_written_once_for_free():
    def kernel(x):
        out = np.empty(2)
        total = x[0] + x[1]
        out[0] = total
        out[1] = total
        return out

    kinds, out = counted(kernel, [1.0, 2.0])
    assert out.values.tolist() == [3.0, 3.0]
    assert kinds == {"add": 1, "move": 1}


def test_copies_constants_addresses_bounds_and_conditions_are_moves():
    def kernel(x, marks):
        out = np.zeros(3)  # 3
        out[1] = x[0]  # 1
        out[x[1]] = 7.0  # 2: the address, the constant
        for _ in range(x[1]):  # 1
            pass
        if marks[0]:  # 1
            out[:] = marks  # 3
        at = x[1]
        out[at] += out[at]  # the address once, one addition
        return out

    kinds, out = counted(kernel, [5, 2], [1, 0, 4])
    assert out.values.tolist() == [1, 0, 8]
    assert kinds == {"move": 12, "add": 1}


def test_loop_counters_and_lengths_are_free_and_casts_between_integers():
    def kernel(x):
        last = 0
        for k in range(len(x)):
            last = int(x[k] + np.int64(k * 2 + 1))
        return np.uint64(last)

    kinds, last = counted(kernel, [1, 2, 3])
    assert last.value == 8
    assert kinds == {"add": 3}


def test_roundings_and_conversions_count():
    def kernel(x):
        return int(np.rint(x[0] * 2.0)) & 7, np.floor(x[1]), float(int(x[1]))

    kinds, found = counted(kernel, [2.3, 5.5])
    assert [part.value for part in found] == [5, 5.0, 5.0]
    assert kinds == {"mul": 1, "round": 2, "convert": 3, "and": 1}


def test_least_and_greatest_count_as_comparisons():
    kinds, found = counted(lambda x: min(x[0], x[1], 3) + max(x[0], 9), [5, 4])
    assert found.value == 12
    assert kinds == {"min": 2, "max": 1, "add": 1}


def test_numbers_wrap_as_the_machine_does():
    kinds, word = counted(lambda x: x[0] << np.uint64(60), np.array([17], dtype=np.uint64))
    assert word.value == 1 << 60
    assert kinds == {"lshift": 1}


def population(word):
    raise NotImplementedError


def test_a_function_can_be_replaced_by_name():
    def kernel(x):
        return population(x[0])

    kinds, ones = counted(kernel, [255], replace={"population": lambda word: word.population_count()})
    assert ones.value == 8
    assert kinds == {"population_count": 1}


def test_what_cannot_be_counted_is_refused():
    with pytest.raises(TypeError, match="convolve does not count"):
        counted(lambda x: np.convolve(x, x), [1.0, 2.0])
    with pytest.raises(TypeError, match="function must be a Python function"):
        Tally().counting(np.add)
