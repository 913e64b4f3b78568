"""Breaks functions for everybody: a function's own code is exchanged, so that every reference breaks.

Patching a module's attribute would miss the names that other modules imported, tables of functions and
partials. Each experiment runs in a forked process of its own with a time limit: nothing has to be put back.
"""

import copy
import dataclasses
import faulthandler
import inspect
import os
import pickle
import select as waiting
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib import import_module
from types import FunctionType, ModuleType
from typing import TypeVar

import numpy as np

from lemmata.claims import Evidence, RejectedVerdict, Run, Theorem, examine, find_checks, theorems
from lemmata.claims.judging import judge

T = TypeVar("T")

SECONDS = 240.0
_FITS = 2**59
"""Ten times as much is an integer of 64 bits."""
ENDLESS = "the check did not end"


@dataclass(frozen=True)
class Outcome:
    """What a check said of broken code: noticed or not, in what way, and whether the break was ever met."""

    noticed: bool
    how: str
    met: bool = True


class Sabotaged(Exception):
    """What a sabotaged function raises."""


def functions_behind(name: str) -> list[tuple[str, FunctionType]]:
    """The plain functions that a dotted name of the book stands for.

    Of a class, its ``__init__`` and public methods; of a module, its public functions; of a compiled kernel,
    nothing: `sabotaged_kernels` breaks those.
    """
    found = resolve(name)
    if isinstance(found, ModuleType):
        members = [
            (f"{name}.{key}", value)
            for key, value in vars(found).items()
            if not key.startswith("_") and getattr(value, "__module__", None) == found.__name__
        ]
        return [pair for key, value in members for pair in _plain(key, value)]
    return list(_plain(name, found))


def _plain(name: str, found: object) -> Iterator[tuple[str, FunctionType]]:
    if hasattr(found, "py_func"):
        return
    found = getattr(found, "__wrapped__", found)
    if isinstance(found, FunctionType):
        yield name, found
    elif inspect.isclass(found):
        for key, value in vars(found).items():
            # Properties, cached ones, static and class methods hold a function.
            member = getattr(value, "fget", getattr(value, "func", getattr(value, "__func__", value)))
            if isinstance(member, FunctionType) and (key == "__init__" or not key.startswith("_")):
                yield f"{name}.{key}", member


def resolve(name: str) -> object:
    """The object behind a dotted name, as a user who writes it gets it."""
    first, *rest = name.split(".")
    found: object = import_module(first)
    path = first
    for part in rest:
        path += f".{part}"
        # A package's attribute comes before the module of the same name: that is what users call.
        found = getattr(found, part) if hasattr(found, part) else import_module(path)
    return found


def exchange(function: FunctionType, replacement: Callable[..., object]) -> None:
    """Let every call of ``function``, by whatever name, go to ``replacement(original, ...)``."""
    original = FunctionType(
        function.__code__,
        function.__globals__,
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )
    original.__kwdefaults__ = function.__kwdefaults__
    key = f"__exchanged_{id(function)}"
    function.__globals__[key] = lambda *a, **k: replacement(original, *a, **k)
    free = function.__code__.co_freevars
    if free:  # the number of cells cannot change: keep them by naming them in a function that is never run
        cells = ", ".join(free)
        source = (
            f"def outer({cells}):\n    def f(*a, **k):\n        if 0:\n            {cells}\n"
            f"        return {key}(*a, **k)\n    return f"
        )
        scope: dict[str, object] = {}
        exec(source, function.__globals__, scope)
        function.__code__ = scope["outer"](*free).__code__  # type: ignore[operator]
        return
    scope = {}
    exec(f"def f(*a, **k):\n    return {key}(*a, **k)", function.__globals__, scope)
    function.__code__ = scope["f"].__code__  # type: ignore[attr-defined]


def raises(_original: FunctionType, *_args: object, **_options: object) -> object:
    """Replacement of a sabotaged function."""
    raise Sabotaged


class Inflated:
    """Replacement that multiplies each number in what the function returns; ``met``: whether one changed."""

    def __init__(self, factor: Fraction) -> None:
        self.factor = factor
        self.met = False

    def __call__(self, original: FunctionType, *args: object, **options: object) -> object:
        return self.scaled(original(*args, **options))

    def scaled(self, value: object) -> object:
        """Numbers by the factor, alone or in arrays, containers, iterators and records; the rest as it is.

        A record is copied: what the function keeps of its own is not touched.
        """
        match value:
            case bool() | np.bool_() | str() | bytes():
                return value
            case np.ndarray() if value.dtype.kind in "iufcO":
                return self._array(value)
            case np.generic() if value.dtype.kind in "iufc":
                return self._array(np.asarray(value))[()]
            case int():
                return self._changed(value, int(value * self.factor))
            case float() | complex():
                return self._changed(value, value * float(self.factor))
            case Fraction():
                return self._changed(value, value * self.factor)
            case tuple() if hasattr(value, "_fields"):
                return type(value)(*map(self.scaled, value))
            case list() | tuple():
                return type(value)(map(self.scaled, value))
            case dict():
                return {key: self.scaled(entry) for key, entry in value.items()}
            case Iterator():
                return map(self.scaled, value)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return self._record(value)
        return value

    def _changed(self, before: T, after: T) -> T:
        self.met = self.met or before != after
        return after

    def _array(self, value: np.ndarray) -> np.ndarray:
        """Of the same type; integers that do not fit get a wider one."""
        if value.dtype.kind in "fc":
            with np.errstate(over="ignore", under="ignore"):
                after = (value * value.dtype.type(float(self.factor))).astype(value.dtype)
        elif value.dtype.kind == "O" or (value.size and int(abs(value).max()) > _FITS):
            after = np.empty(value.shape, dtype=object)
            for at in np.ndindex(value.shape):
                after[at] = self.scaled(value[at] if value.dtype.kind == "O" else int(value[at]))
        else:
            wide = value.astype(np.int64) * self.factor.numerator // self.factor.denominator
            after = wide.astype(value.dtype)
            after = after if np.array_equal(after, wide) else wide
        self.met = self.met or not np.array_equal(value, after)
        return after

    def _record(self, value: object) -> object:
        after = copy.copy(value)
        for field in dataclasses.fields(value):
            object.__setattr__(after, field.name, self.scaled(getattr(value, field.name)))
        return after


def verdict_on(theorem: Theorem) -> tuple[bool, str]:
    """Whether the check notices that something is wrong, and how it says so."""
    try:
        # The first violation is enough, except of what the book itself calls false.
        clauses = list(theorem.clauses)[theorem.kind == "refuted" :]
        judgement = examine(theorem, until=[*clauses, *(formula.name for formula in theorem.formulas)])
    except RejectedVerdict as error:
        return True, f"rejected: {error}"
    except BaseException as error:
        return True, f"raised {type(error).__name__}"
    if judgement.evidence is Evidence.REFUTED and not judgement.as_the_book_says:
        return True, "refuted"
    if judgement.evidence is Evidence.INCONCLUSIVE:
        return False, "inconclusive"
    return False, str(judgement.evidence)


@dataclass(frozen=True)
class Unbroken:
    """What a check says of the code as it is: a level, or how it was rejected, and its finite domains."""

    how: str
    domains: list[tuple[str, int, str]]


def unbroken(check: Callable[[Run], object], theorem: Theorem, seed: int = 0) -> Unbroken:
    """Run a whole check in a forked process.

    Of each finite domain in whose loop no random number was drawn there are words, size and digest.
    """

    def work() -> Unbroken:
        np.random.seed(seed)  # noqa: NPY002 - the stream that a check should not use: a fork inherits its state
        run = Run.of(theorem, seed=seed)
        check(run)
        domains = [
            (domain.description, domain.size, domain.digest)
            for domain in run.facts.domains
            if domain.size is not None and not domain.random
        ]
        try:
            return Unbroken(str(judge(theorem, run.facts).evidence), domains)
        except RejectedVerdict as error:
            return Unbroken(f"rejected: {error}", domains)

    answers, how = forked(work)
    assert answers, f"the check gave no answer: {how or 'it raised'}"
    return answers[0]


@cache
def as_it_is(claim: str, seed: int = 0) -> Unbroken:
    """The same of a theorem of the book; several tests ask for it."""
    theorem = next(theorem for theorem in theorems() if theorem.id == claim)
    return unbroken(find_checks(theorem.topic)[claim], theorem, seed)


def experiment(theorem: Theorem, breaking: Callable[[], Callable[[], bool]]) -> Outcome:
    """Break something in a forked process, run the theorem's check there, and say what it noticed.

    ``breaking`` plants the fault and returns a function that says whether it was met.
    """

    def work() -> Outcome:
        met = breaking()
        noticed, how = verdict_on(theorem)
        return Outcome(noticed, how, met())

    answers, how = forked(work)
    if how == ENDLESS:
        return Outcome(False, how)
    if how:  # a report calls that an error, and no verdict
        return Outcome(True, how)
    assert answers, "the fault could not be planted"
    return answers[0]


def forked(work: Callable[[], T]) -> tuple[list[T], str]:
    """What ``work`` returns in a forked process, nothing if it raises; and how else the process ended."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        faulthandler.disable()
        try:
            answer = pickle.dumps(work())
            with os.fdopen(writing, "wb") as pipe:
                pipe.write(answer)
        finally:
            os._exit(0)
    os.close(writing)
    deadline = time.monotonic() + SECONDS
    data, ended = b"", False
    while not ended and (left := deadline - time.monotonic()) > 0:
        if waiting.select([reading], [], [], left)[0]:
            part = os.read(reading, 65536)
            data, ended = data + part, not part
    os.close(reading)
    if not ended:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if not ended:
        return [], ENDLESS
    if os.WIFSIGNALED(status):
        return [], f"killed by {signal.Signals(os.WTERMSIG(status)).name}"
    return ([pickle.loads(data)] if data else []), ""
