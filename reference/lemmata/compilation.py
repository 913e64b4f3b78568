"""Compiling kernels when that is worth it, with their machine code cached on disk where that is possible.

Numba is imported by the first kernel that is compiled: a call on a few letters or numbers is over as
plain Python before the compiler's modules are loaded. What comes out is the same to the last bit either way.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextvars import ContextVar
from functools import update_wrapper
from threading import RLock
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])

PATIENCE = 20_000
"""Steps that a kernel takes as plain Python before it is compiled.

A step on NumPy's scalars is about a microsecond, so these are some hundredths of a second.
Loading a kernel from disk takes as long, and compiling one a second or more.
"""

BREAK_EVEN = 300_000
"""Steps that all kernels together take beyond that while Numba is not imported.

Importing it and loading a kernel takes 0.5 s. Walks to a vertex of so many steps, from start to end of a
process, take half the time of those that begin with the import (``benches/bench_starts.py``): the other half
is for the calls that may follow, after which the import was only put off.
"""

NEVER = 1 << 62
"""Steps of an input whose result is not the same as plain Python: it is always compiled."""

_compiling = RLock()
_as_python: ContextVar[bool] = ContextVar("_as_python", default=False)


class _Steps:
    """Steps that are left to all kernels."""

    def __init__(self, left: int) -> None:
        self.left = left

    def take(self, steps: int) -> bool:
        """Take so many, if there are."""
        if steps > self.left:
            return False
        self.left -= steps
        return True


_before_importing = _Steps(BREAK_EVEN)


class Kernel:
    """A function that is compiled when it is first needed as machine code.

    Numba takes it for the compiled function where another kernel calls it.

    Parameters
    ----------
    function : callable
        What is compiled.
    steps : callable, optional
        As `njit` has it.

    Attributes
    ----------
    py_func : callable
        The plain Python, under Numba's own name for it.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        steps: Callable[..., int] | None = None,
    ) -> None:
        update_wrapper(self, function)
        self.py_func = function
        self._steps = steps
        self._left = PATIENCE
        self._compiled: Callable[..., Any] | None = None

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Run it, as plain Python or compiled."""
        if _as_python.get():
            return self.py_func(*arguments, **named)
        if self._steps is None or self._compiled is not None or not self._waits(*arguments, **named):
            return (self._compiled or self.compiled())(*arguments, **named)
        token = _as_python.set(True)  # for the kernels that it calls, too
        try:
            return self.py_func(*arguments, **named)
        finally:
            _as_python.reset(token)

    def _waits(self, *arguments: Any, **named: Any) -> bool:
        """Whether there are steps left for these arguments, which are then taken."""
        steps = cast(Callable[..., int], self._steps)(*arguments, **named)
        if steps <= self._left:
            self._left -= steps
            return True
        return "numba" not in sys.modules and _before_importing.take(steps)

    def __reduce__(self) -> tuple[Any, ...]:
        """Machine code stays where it is."""
        return Kernel, (self.py_func, self._steps)

    def compiled(self) -> Any:
        """Numba's function, which compiles itself for the types that it is called with."""
        with _compiling:
            if self._compiled is None:
                import numba  # noqa: PLC0415 - it takes longer than what small inputs are asked for

                try:
                    self._compiled = numba.njit(cache=True, nogil=True)(self.py_func)
                except RuntimeError:  # Numba's way to say that it found no place for its cache
                    self._compiled = numba.njit(nogil=True)(self.py_func)
            return self._compiled

    @property
    def _numba_type_(self) -> Any:
        """What Numba asks of an object that it finds among a kernel's globals."""
        return self.compiled()._numba_type_


def njit(function: F, *, steps: Callable[..., int] | None = None) -> F:
    """A kernel, compiled with Numba when it is first needed; the plain function when ``NUMBA_DISABLE_JIT=1``.

    The machine code is kept on disk for the next process. Where no cache directory can be written
    (a read-only installation without a home directory), the kernel is compiled anew in each process.

    Kernels are written ``kernel = njit(_kernel_py)``, so that the plain Python stays at hand for
    reading, for tests and for counting its operations. Compiled, they run without the interpreter lock, so
    that threads can share the work.

    Parameters
    ----------
    function : callable
        What is compiled.
    steps : callable, optional
        For a kernel whose result is the same to the last bit either way: about how many steps its loops
        take, of the same arguments. While they add up to no more than `PATIENCE`, or `BREAK_EVEN` before
        Numba is imported, calls run as plain Python. Integers are the same; floats are if each operation is
        one that is rounded correctly, in an order that the code gives, or is done by the same library.
    """
    if os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"):
        return function
    return cast(F, Kernel(function, steps))


def start_compiler() -> None:
    """Pay what the first compiled kernel of a process costs, whichever it is: half a second."""
    _nothing()


def _nothing_py() -> None:
    return


_nothing = njit(_nothing_py)
