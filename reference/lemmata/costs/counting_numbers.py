"""Numbers and arrays that tell a tally what is done to them; `lemmata.costs.counting` says in what unit."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray


class Counts(Protocol):
    """What counting numbers need of a tally."""

    def count(self, kind: str, amount: int = 1) -> None:
        """Add to a kind."""


_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "truediv": operator.truediv,
    "floordiv": operator.floordiv,
    "mod": operator.mod,
    "lshift": operator.lshift,
    "rshift": operator.rshift,
    "and": operator.and_,
    "or": operator.or_,
    "xor": operator.xor,
}
_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}
_UNARY: dict[str, Callable[[Any], Any]] = {
    "neg": operator.neg,
    "invert": operator.invert,
    "abs": operator.abs,
}


class Number:
    """A number that tells a tally what is done to it.

    ``fresh`` says that an operation made it and that it was not written yet, so that writing it is free;
    ``held`` that it may serve as an index or condition for free: an operation made it, or it was read for
    that.
    """

    __slots__ = ("fresh", "held", "tally", "value")
    __array_ufunc__ = None  # NumPy's scalars leave operations with a counting number to it
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, tally: Counts, value: Any, made: bool = False) -> None:
        self.tally = tally
        self.value = value
        self.fresh = self.held = made

    def made(self, kind: str, value: Any) -> Number:
        """Count one operation, whose result is the value."""
        self.tally.count(kind)
        return Number(self.tally, value, made=True)

    def population_count(self) -> Number:
        """The number of ones."""
        return self.made("population_count", np.int64(int(self.value).bit_count()))

    def _hold(self) -> None:
        if not self.held:
            self.tally.count("move")
            self.held = True

    def __index__(self) -> int:
        self._hold()
        return operator.index(self.value)

    def __bool__(self) -> bool:
        self._hold()
        return bool(self.value)

    def __repr__(self) -> str:
        return f"Number({self.value!r})"


def _binary(kind: str, function: Callable[[Any, Any], Any]) -> Callable[[Number, Any], Any]:
    def operation(self: Number, other: Any) -> Any:
        if type(other) is Number:
            other = other.value
        elif isinstance(other, CountingArray):
            return NotImplemented
        self.tally.count(kind)
        return Number(self.tally, function(self.value, other), True)

    return operation


def _reflected(kind: str, function: Callable[[Any, Any], Any]) -> Callable[[Number, Any], Number]:
    def operation(self: Number, other: Any) -> Number:
        return self.made(kind, function(value_of(other), self.value))

    return operation


def _unary(kind: str, function: Callable[[Any], Any]) -> Callable[[Number], Number]:
    return lambda self: self.made(kind, function(self.value))


def value_of(other: Any) -> Any:
    """The plain number."""
    return other.value if isinstance(other, Number) else other


class CountingArray:
    """An array of counting numbers: whole numbers and slices are read and written, and arrays combined.

    ``values`` is the NumPy array underneath. Parts are views, as NumPy's are. Operators on whole arrays count
    one operation per element of the result.
    """

    __array_ufunc__ = None
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, tally: Counts, values: NDArray[Any], fresh: bool = False) -> None:
        self.tally = tally
        self.values = values
        self.fresh = fresh
        self.shape = values.shape
        self.size = values.size
        self.dtype = values.dtype

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, CountingArray):  # gathered: an address and a write for each
            self.tally.count("move", index.size * (1 if index.fresh else 2))
            return CountingArray(self.tally, self.values[index.values])
        found = self.values[_plain_index(index)]
        if isinstance(found, np.ndarray):
            return CountingArray(self.tally, found)
        return Number(self.tally, found)

    def __setitem__(self, index: Any, value: Any) -> None:
        at = _plain_index(index)
        if not (isinstance(value, (Number, CountingArray)) and value.fresh):
            self.tally.count("move", np.size(self.values[at]))
        if isinstance(value, (Number, CountingArray)):
            value.fresh = False
        self.values[at] = values_of(value)

    def copy(self) -> CountingArray:
        """A copy, which moves every element."""
        self.tally.count("move", self.size)
        return CountingArray(self.tally, self.values.copy())

    def fill(self, value: Any) -> None:
        """Write one value everywhere."""
        self[...] = value

    def astype(self, dtype: Any, copy: bool = True) -> CountingArray:
        """Elements of another type: moves between integers, otherwise conversions."""
        wanted = np.dtype(type_of(dtype))
        if wanted == self.dtype and not copy:
            return self
        kinds = {wanted.kind == "f", self.dtype.kind == "f"}
        self.tally.count("move" if len(kinds) == 1 else "convert", self.size)
        return CountingArray(self.tally, self.values.astype(wanted))

    def sum(self) -> Number:
        """The sum: an addition for every element."""
        self.tally.count("add", self.size)
        return Number(self.tally, self.values.sum(), made=True)

    def max(self) -> Number:
        """The largest element: a comparison for every one but the first."""
        self.tally.count("max", self.size - 1)
        return Number(self.tally, self.values.max(), made=True)

    def min(self) -> Number:
        """The smallest element: a comparison for every one but the first."""
        self.tally.count("min", self.size - 1)
        return Number(self.tally, self.values.min(), made=True)

    def combine(self, kind: str, function: Callable[..., Any], *operands: Any) -> CountingArray:
        """Apply a function of whole arrays, one operation for each element of the result."""
        result = np.asarray(function(*(values_of(operand) for operand in operands)))
        self.tally.count(kind, result.size)
        return CountingArray(self.tally, result, fresh=True)


def _elementwise(kind: str, function: Callable[[Any, Any], Any]) -> Callable[[CountingArray, Any], Any]:
    return lambda self, other: self.combine(kind, function, self, other)


def _elementwise_reflected(
    kind: str, function: Callable[[Any, Any], Any]
) -> Callable[[CountingArray, Any], Any]:
    return lambda self, other: self.combine(kind, function, other, self)


def _in_place(kind: str, function: Callable[[Any, Any], Any]) -> Callable[[CountingArray, Any], Any]:
    def operation(self: CountingArray, other: Any) -> CountingArray:
        self.values[...] = self.combine(kind, function, self, other).values
        return self

    return operation


def values_of(operand: Any) -> Any:
    """The plain array or number."""
    return operand.values if isinstance(operand, CountingArray) else value_of(operand)


def _plain_index(index: Any) -> Any:
    if type(index) is int:
        return index
    if type(index) is Number:
        return index.__index__()
    if isinstance(index, tuple):
        return tuple(_plain_index(part) for part in index)
    if isinstance(index, slice):
        return slice(*(_bound(part) for part in (index.start, index.stop, index.step)))
    return operator.index(index) if hasattr(index, "__index__") else index


def _bound(part: Any) -> int | None:
    return None if part is None else operator.index(part)


for _name, _function in _ARITHMETIC.items():
    setattr(Number, f"__{_name}__", _binary(_name, _function))
    setattr(Number, f"__r{_name}__", _reflected(_name, _function))
    setattr(CountingArray, f"__{_name}__", _elementwise(_name, _function))
    setattr(CountingArray, f"__r{_name}__", _elementwise_reflected(_name, _function))
    setattr(CountingArray, f"__i{_name}__", _in_place(_name, _function))
for _name, _function in _COMPARISONS.items():
    setattr(Number, f"__{_name}__", _binary(_name, _function))
    setattr(CountingArray, f"__{_name}__", _elementwise(_name, _function))
for _name, _single in _UNARY.items():
    setattr(Number, f"__{_name}__", _unary(_name, _single))


def type_of(dtype: Any) -> Any:
    """What NumPy takes as a dtype, also where a kernel gives its stand-in for a type."""
    return getattr(dtype, "numpy_type", dtype)
