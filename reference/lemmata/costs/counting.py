"""Numbers that count what is done to them: the count that a charge is compared with.

An algorithm that takes ``costs=`` charges by a formula. Here its Python runs on counting numbers instead:
a `Tally` makes arrays of them and versions of kernels that work on them, and afterwards knows how many
operations of which kind there were.

The unit. An operator on a counting number is one operation, and reading operands and writing the result once
are part of it. A *move* is one, too: writing a value that no operation made for that (a copy, a constant, the
second place of a result), and reading a value only to use it as an index, the bound of a range or a
condition, once for each value that was read. Plain Python numbers, such as loop counters, lengths and what is
computed from them, are free; so are casts between integer types and new arrays that are not filled.
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Mapping
from math import prod
from types import FunctionType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lemmata.costs.counting_numbers import CountingArray, Number, type_of, value_of, values_of


class Tally:
    """Counts operations by kind.

    Attributes
    ----------
    kinds : collections.Counter
        Operations by name: those of the operators ("add", "rshift", "le"), "move", "round", "convert",
        "population_count" and others.

    Examples
    --------
    >>> tally = Tally()
    >>> def dot(x, y):
    ...     total = np.zeros(1)
    ...     for k in range(len(x)):
    ...         total[0] += x[k] * y[k]
    ...     return total
    >>> found = tally.counting(dot)(tally.array([1.0, 2.0, 3.0]), tally.array([1.0, 1.0, 1.0]))
    >>> found.values
    array([6.])
    >>> tally.operations, dict(tally.kinds)
    (7, {'move': 1, 'mul': 3, 'add': 3})
    """

    def __init__(self) -> None:
        self.kinds: Counter[str] = Counter()
        self._numpy = _Numpy(self)
        self._functions: dict[Any, FunctionType] = {}

    @property
    def operations(self) -> int:
        """All operations together."""
        return sum(self.kinds.values())

    def count(self, kind: str, amount: int = 1) -> None:
        """Add to a kind."""
        self.kinds[kind] += amount

    def array(self, values: ArrayLike) -> CountingArray:
        """A copy of the values, of the same type, as counting numbers."""
        return CountingArray(self, np.array(values))

    def number(self, value: Any) -> Number:
        """One value, as if read from memory."""
        return Number(self, value)

    def objects(self, values: ArrayLike) -> NDArray[Any]:
        """The values as counting numbers in a NumPy array of objects; moves of these are not seen."""
        array = np.asarray(values)
        filled = np.empty(array.shape, dtype=object)
        for at in np.ndindex(array.shape):
            filled[at] = Number(self, array[at])
        return filled

    def counting(
        self, function: Callable[..., Any], replace: Mapping[str, Callable[..., Any]] | None = None
    ) -> Callable[..., Any]:
        """The function's plain Python, working on counting numbers.

        The Python functions that it calls by name are replaced likewise, and so are `numpy`, `int`,
        `float`, `min` and `max`. What it calls as an attribute of a module is left as it is.

        Parameters
        ----------
        function : callable
            A kernel, compiled or plain.
        replace : mapping of str to callable, optional
            What to call in place of the global of that name, here and in the functions that are called.
        """
        plain = getattr(function, "py_func", function)
        if not isinstance(plain, FunctionType):
            raise TypeError(f"function must be a Python function or a kernel (got {function!r})")
        substitutes = dict(replace or {})
        key = (plain.__code__, tuple(sorted((name, id(value)) for name, value in substitutes.items())))
        if key in self._functions:
            return self._functions[key]
        names = dict(plain.__globals__)
        counting = FunctionType(plain.__code__, names, plain.__name__, plain.__defaults__, plain.__closure__)
        counting.__kwdefaults__ = plain.__kwdefaults__
        self._functions[key] = counting  # before its callees, which may call it
        for name in plain.__code__.co_names:
            value = names.get(name)
            if name in substitutes:
                names[name] = substitutes[name]
            elif value is np:
                names[name] = self._numpy
            elif value is None:
                continue
            elif _is_kernel(value):
                names[name] = self.counting(value, substitutes)
        names |= {"int": self._numpy.int64, "float": self._numpy.float64}
        names |= {"min": self._numpy.least, "max": self._numpy.greatest}
        return counting


def _is_kernel(function: Any) -> bool:
    plain = getattr(function, "py_func", function)
    return isinstance(plain, FunctionType) and plain.__module__ != "lemmata.tracing"


class _Cast:
    """A type of numbers, called by kernels to convert and given by them as a dtype."""

    def __init__(self, tally: Tally, type_: type[Any]) -> None:
        self.tally = tally
        self.numpy_type = type_

    def __call__(self, value: Any = 0) -> Any:
        if not isinstance(value, Number):
            return self.numpy_type(value)
        converted = self.numpy_type(value.value)
        kinds = {np.dtype(type(one)).kind == "f" for one in (value.value, converted)}
        if len(kinds) == 2:
            return value.made("convert", converted)
        same = Number(self.tally, converted)
        same.fresh, same.held = value.fresh, value.held
        return same


_TYPES = (
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "int8",
    "int16",
    "int32",
    "int64",
    "float32",
    "float64",
)
_ROUNDINGS = {"rint", "floor", "ceil", "trunc"}
_FUNCTIONS = {"sqrt": "sqrt", "abs": "abs"} | dict.fromkeys(_ROUNDINGS, "round")
_TWO = {"minimum": "min", "maximum": "max", "add": "add", "subtract": "sub", "multiply": "mul"}


class _Numpy:
    """Stands for `numpy` in kernels: what they use of it, on counting numbers; on plain ones it is NumPy."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self.int64, self.float64 = _Cast(tally, np.int64), _Cast(tally, np.float64)
        for name in _TYPES:
            setattr(self, name, _Cast(tally, getattr(np, name)))
        for name, kind in _FUNCTIONS.items():
            setattr(self, name, self._of_one(kind, getattr(np, name)))
        for name, kind in _TWO.items():
            setattr(self, name, self._of_two(kind, getattr(np, name)))

    def __getattr__(self, name: str) -> Any:
        value = getattr(np, name)
        if name in ("iinfo", "finfo", "dtype"):
            return lambda dtype: value(type_of(dtype))
        if not callable(value) or isinstance(value, type):
            return value

        def on_plain_numbers(*arguments: Any, **options: Any) -> Any:
            if any(isinstance(given, Number | CountingArray) for given in [*arguments, *options.values()]):
                raise TypeError(f"np.{name} does not count; give a version that does, or replace the caller")
            return value(*arguments, **{key: type_of(given) for key, given in options.items()})

        return on_plain_numbers

    def empty(self, shape: Any, dtype: Any = float) -> CountingArray:
        """An array that is not filled: free. Its numbers are zeros here, so that nothing is random."""
        return CountingArray(self._tally, np.zeros(_shape(shape), dtype=type_of(dtype)))

    def zeros(self, shape: Any, dtype: Any = float) -> CountingArray:
        """An array filled with zeros: a move for each."""
        return self.full(shape, 0, dtype)

    def full(self, shape: Any, value: Any, dtype: Any = float) -> CountingArray:
        """An array filled with a value: a move for each."""
        self._tally.count("move", prod(_shape(shape)))
        return CountingArray(self._tally, np.full(_shape(shape), value_of(value), dtype=type_of(dtype)))

    def where(self, condition: Any, one: Any, other: Any) -> Any:
        """One or the other, a move for each element."""
        parts = [values_of(part) for part in (condition, one, other)]
        result = np.where(*parts)
        self._tally.count("move", result.size)
        return CountingArray(self._tally, result)

    def asarray(self, values: Any, dtype: Any = None) -> Any:
        """The array itself; plain numbers stay plain."""
        return values if isinstance(values, CountingArray) else np.asarray(values, dtype=type_of(dtype))

    def least(self, *values: Any, **options: Any) -> Any:
        """`min`."""
        return self._extreme("min", min, *values, **options)

    def greatest(self, *values: Any, **options: Any) -> Any:
        """`max`."""
        return self._extreme("max", max, *values, **options)

    def _extreme(self, kind: str, function: Callable[..., Any], *values: Any, **options: Any) -> Any:
        if not any(isinstance(value, Number) for value in values):
            return function(*values, **options)
        self._tally.count(kind, len(values) - 1)
        return Number(self._tally, function(*(value_of(value) for value in values)), made=True)

    def _of_one(self, kind: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def operation(value: Any) -> Any:
            if isinstance(value, CountingArray):
                return value.combine(kind, function, value)
            return value.made(kind, function(value.value)) if isinstance(value, Number) else function(value)

        return operation

    def _of_two(self, kind: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def operation(one: Any, other: Any, out: CountingArray | None = None) -> Any:
            for array in (one, other):
                if isinstance(array, CountingArray):
                    result = array.combine(kind, function, one, other)
                    if out is None:
                        return result
                    out[...] = result
                    return out
            for number in (one, other):
                if isinstance(number, Number):
                    return number.made(kind, function(value_of(one), value_of(other)))
            return function(one, other)

        return operation


def _shape(shape: Any) -> tuple[int, ...]:
    return tuple(map(operator.index, shape)) if isinstance(shape, tuple) else (operator.index(shape),)
