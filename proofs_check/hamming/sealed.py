"""Arrays that are handed from kernel to kernel, and tell what else is done to them."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lemmata.costs.counting import Tally


class RunTally(Tally):
    """A tally of a run, which also knows what was done to sealed arrays outside kernels.

    Attributes
    ----------
    read : int
        Numbers read.
    likely : int
        Letters that were looked at, for each of which planning is charged.
    """

    def __init__(self) -> None:
        super().__init__()
        self.read = self.likely = 0

    @property
    def outside(self) -> int:
        """Operations on sealed arrays outside kernels."""
        return self.kinds["outside kernels"]


class Sealed(np.ndarray[Any, Any]):
    """An array that is handed from kernel to kernel. What NumPy does with it is counted, as one operation for
    every number that comes out, or that it is given, if those are more or it is no arithmetic; so are numbers
    that are read. What comes out is sealed, too.
    """

    tally: RunTally
    fresh = False
    """Whether an operation has just made it, so that it may be written once for nothing."""

    def __array_finalize__(self, other: Any) -> None:
        if isinstance(other, Sealed):
            self.tally = other.tally

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        function = getattr(ufunc, method)
        result = function(*map(unsealed, inputs), **{key: unsealed(each) for key, each in kwargs.items()})
        given = max(map(np.size, map(unsealed, inputs)))
        self.tally.count("outside kernels", max(np.size(result), given, 1))
        return _made(self.tally, result)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return _done(self.tally, func, args, kwargs)

    def __getattribute__(self, name: str) -> Any:
        if name[:1] == "_" or name in ("tally", "fresh", "tolist", "view", "shape", "dtype", "flags", "size"):
            return super().__getattribute__(name)
        self.tally.count("outside kernels", len(self) or 1)
        return getattr(unsealed(self), name)

    def __getitem__(self, at: Any) -> Any:
        found = super().__getitem__(at)
        self.tally.read += 0 if isinstance(at, slice) else np.size(unsealed(found))
        return found

    def __setitem__(self, at: Any, value: Any) -> None:
        if isinstance(value, Sealed) and value.fresh:
            value.fresh = False
        else:
            self.tally.count("outside kernels", np.size(unsealed(self)[at]) or 1)
        unsealed(self)[at] = unsealed(value)

    def tolist(self) -> Any:
        """The numbers, which are read."""
        self.tally.read += len(self)
        return super().tolist()

    def view(self, *types: Any) -> Any:  # type: ignore[override]
        """The same numbers as another type, which is a cast; not as another kind of array."""
        if len(types) == 1 and isinstance(types[0], type) and issubclass(types[0], np.generic):
            return super().view(*types)
        self.tally.count("outside kernels", len(self) or 1)
        return super().view(*types)


class SealedNumpy:
    """Stands for `numpy` where kernels are called: new arrays are sealed, and work on them is counted."""

    def __init__(self, tally: RunTally) -> None:
        self._tally = tally

    def __getattr__(self, name: str) -> Any:
        value = getattr(np, name)
        if not callable(value) or isinstance(value, type | np.ufunc):
            return value

        def function(*given: Any, **options: Any) -> Any:
            return _done(self._tally, value, given, options)

        return function

    def empty(self, shape: int, dtype: Any = float) -> Any:
        """An array that is not filled: free."""
        return sealed(self._tally, np.empty(shape, dtype))

    def zeros(self, shape: int, dtype: Any = float) -> Any:
        """An array filled with zeros: a move for each."""
        return self.full(shape, 0, dtype)

    def full(self, shape: int, value: Any, dtype: Any = None) -> Any:
        """An array filled with a value: a move for each."""
        self._tally.count("move", int(np.prod(shape)))
        return sealed(self._tally, np.full(shape, value, dtype))


def sealed(tally: RunTally, array: Any) -> Any:
    """The same array, sealed."""
    seal = np.asarray(array).view(Sealed)
    seal.tally = tally
    return seal


def unsealed(given: Any) -> Any:
    """The same, with plain arrays."""
    if type(given) in (list, tuple):
        return type(given)(map(unsealed, given))
    return np.asarray(given) if isinstance(given, Sealed) else given


def _numbers(given: Any) -> int:
    """Numbers in sealed arrays among what is given."""
    if isinstance(given, list | tuple):
        return sum(map(_numbers, given))
    return np.size(np.asarray(given)) if isinstance(given, Sealed) else 0


def _holds(given: Any) -> bool:
    return any(map(_holds, given)) if isinstance(given, list | tuple) else isinstance(given, Sealed)


def _done(tally: RunTally, function: Callable[..., Any], given: Any, options: Any) -> Any:
    """What NumPy makes of it: counted, and sealed, if a sealed array is among what is given."""
    everything = [*given, *options.values()]
    result = function(*map(unsealed, given), **{key: unsealed(each) for key, each in options.items()})
    if not _holds(everything):
        return result
    tally.count("outside kernels", _numbers(everything) or 1)
    return _made(tally, result)


def _made(tally: RunTally, result: Any) -> Any:
    if not isinstance(result, np.ndarray) or isinstance(result, Sealed):
        return result
    seal = sealed(tally, result)
    seal.fresh = True
    return seal
