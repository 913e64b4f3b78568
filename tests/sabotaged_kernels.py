"""Breaks compiled kernels: their callers, which hold them as machine code, are compiled anew.

Only for a process that ends with the experiment. A kernel that something else than a module holds (a table, a
closure) keeps its old code there: the check then notices nothing, and the pair shows up.
"""

import inspect
import sys
from collections.abc import Iterator
from fractions import Fraction
from types import CodeType, FunctionType, ModuleType
from typing import Any

import numba
import numpy as np
from numba.core import types
from numba.core.registry import CPUDispatcher
from numba.extending import overload
from sabotage import Inflated, resolve

from lemmata.compilation import Kernel

Place = tuple[ModuleType, str]


def kernels_behind(name: str) -> list[tuple[str, Any]]:
    """The compiled kernels that a dotted name of the book stands for: one, or the public ones of a module."""
    found = resolve(name)
    if is_kernel(found):
        return [(name, found)]
    if not isinstance(found, ModuleType):
        return []
    return [
        (f"{name}.{key}", value)
        for key, value in vars(found).items()
        if not key.startswith("_") and is_kernel(value) and value.__module__ == found.__name__
    ]


def is_kernel(found: object) -> bool:
    """Whether it is compiled code, or will be, that has Python code behind it."""
    return isinstance(found, Kernel | CPUDispatcher)


def raise_in(kernel: Any) -> None:
    """Let every call of a compiled kernel raise, of the same type as before."""
    names = _arguments(kernel)
    # The compiler must not know which branch is taken: it would take the type of the other away.
    body = f"    if broken[0]:\n        raise RuntimeError('sabotaged')\n    return kernel({names})"
    _replace(kernel, body, broken=np.ones(1, dtype=np.bool_))


def scale(kernel: Any, factor: Fraction) -> list[str]:
    """Let a compiled kernel return its numbers multiplied; the list will say of which types they were.

    Numbers alone and in tuples keep their type. What a kernel writes into its arguments is not touched.
    """
    met: list[str] = []
    _replace(kernel, f"    return scaled(kernel({_arguments(kernel)}))", scaled=_scaled(factor, met))
    return met


def _scaled(factor: Fraction, met: list[str]) -> Any:
    """A function that notes each type of number that it is compiled for, and what it changes uncompiled."""
    inflated = Inflated(factor)

    def scaled(value: Any) -> Any:
        after = inflated.scaled(value)
        if inflated.met:
            met.append(type(value).__name__)
        return after

    @overload(scaled)
    def _(value):  # type: ignore[no-untyped-def] # the compiler compares signatures
        if isinstance(value, types.Integer | types.Float):
            met.append(str(value))
        if isinstance(value, types.Integer):
            kind = np.int64 if value.signed else np.uint64
            above, below = kind(factor.numerator), kind(factor.denominator)
            return lambda value: value * above // below
        if isinstance(value, types.Float):
            times = np.dtype(str(value)).type(float(factor))
            return lambda value: value * times
        if isinstance(value, types.BaseTuple):
            entries = "".join(f"scaled(value[{at}])," for at in range(len(value)))
            return _function(f"def f(value):\n    return ({entries})", {"scaled": scaled})
        return lambda value: value

    return scaled


def _arguments(kernel: Any) -> str:
    return ", ".join(inspect.signature(kernel.py_func).parameters)


def _function(source: str, scope: dict[str, Any]) -> Any:
    exec(source, scope)
    return scope["f"]


def _replace(kernel: Any, body: str, **scope: object) -> None:
    """Put ``body``, in which ``kernel`` is the old code, in the place of a kernel, for all of its callers."""
    signature = inspect.signature(kernel.py_func)
    bare = signature.replace(
        parameters=[own.replace(annotation=own.empty) for own in signature.parameters.values()],
        return_annotation=signature.empty,
    )
    source = f"def f{bare}:\n{body}"
    new = numba.njit(_function(source, {"kernel": _anew(kernel), **scope}))
    # Uncompiled, where a check runs a kernel so.
    new.py_func = _function(source, {"kernel": kernel.py_func, **scope})
    places = _places()
    callers = _callers(kernel, places)
    renewed = {id(old): _anew(old) for old, _ in callers} | {id(kernel): new}
    for old, where in places:
        if id(old) in renewed:
            for module, name in where:
                setattr(module, name, renewed[id(old)])


def _anew(kernel: Any) -> Any:
    """The same function, not compiled yet and with no file to keep it in."""
    compiled = kernel.compiled() if isinstance(kernel, Kernel) else kernel
    return numba.jit(**compiled.targetoptions)(kernel.py_func)


def _places() -> list[tuple[Any, list[Place]]]:
    """Every compiled kernel of the library, and the modules and names that hold it."""
    found: dict[int, tuple[Any, list[Place]]] = {}
    for path, module in list(sys.modules.items()):
        if path.partition(".")[0] == "lemmata" and module is not None:
            for name, value in list(vars(module).items()):
                if is_kernel(value):
                    found.setdefault(id(value), (value, []))[1].append((module, name))
    return list(found.values())


def _callers(kernel: Any, places: list[tuple[Any, list[Place]]]) -> list[tuple[Any, list[Place]]]:
    """Compiled kernels whose code reaches ``kernel`` by names of its module."""
    reached, before = {id(kernel)}, 0
    while len(reached) > before:
        before = len(reached)
        for old, _ in places:
            if any(id(value) in reached for value in _names_in(old.py_func)):
                reached.add(id(old))
    return [place for place in places if id(place[0]) in reached and place[0] is not kernel]


def _names_in(function: FunctionType) -> Iterator[object]:
    waiting: list[CodeType] = [function.__code__]
    while waiting:
        code = waiting.pop()
        waiting += [constant for constant in code.co_consts if isinstance(constant, CodeType)]
        for name in code.co_names:
            value = function.__globals__.get(name)
            yield value
            if isinstance(value, ModuleType):  # module.kernel
                yield from (vars(value).get(other) for other in code.co_names)
    yield from (cell.cell_contents for cell in function.__closure__ or ())
