"""Options that users pass, checked: an error names the option and says what was wrong with it."""

from collections.abc import Iterable
from numbers import Real
from operator import index
from typing import Any

import numpy as np

from lemmata.costs import Costs
from lemmata.tracing import Trace


def whole_number(name: str, value: Any, *, minimum: int | None = None) -> int:
    """The value as a Python integer: NumPy's integers too, but no Boolean, and no float however whole.

    Raises
    ------
    TypeError
        If it is no integer.
    ValueError
        If it is less than ``minimum``.

    Examples
    --------
    >>> whole_number("limit", np.int8(3), minimum=0)
    3
    """
    try:
        if isinstance(value, bool | np.bool_):
            raise TypeError
        number = index(value)
    except TypeError:
        raise TypeError(f"{name} must be an integer ({name} = {value!r})") from None
    if minimum is not None and number < minimum:
        raise ValueError(f"{name} must be at least {minimum} ({name} = {number})")
    return number


def real_number(name: str, value: Any) -> float:
    """The value as a double: any real number, NaN and infinity too, but no Boolean.

    Raises
    ------
    TypeError
        If it is no real number: a string, a Boolean, an array.
    ValueError
        If it is beyond the range of doubles.

    Examples
    --------
    >>> real_number("damping", 1)
    1.0
    """
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a real number ({name} = {value!r})")
    try:
        return float(value)
    except OverflowError as error:
        raise ValueError(f"{name} is beyond the range of doubles") from error


def switch(name: str, value: object) -> bool:
    """Read a Python or NumPy Boolean.

    Raises
    ------
    TypeError
        For anything else, such as the string "no", which would count as true.
    """
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"{name} must be True or False (got {value!r})")
    return bool(value)


def fraction_of_one(name: str, value: Any, *, one: bool) -> float:
    """The value as a double above 0 and below 1, or up to 1 if ``one`` says so.

    Raises
    ------
    TypeError
        If it is no real number: a float, a fraction, one of NumPy's scalars.
    ValueError
        If it is out of range, NaN, or so small or near to 1 that its double is out of range.
    """
    real: Any = value
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a real number ({name} = {value!r})")
    number = float(real) if 0 < real <= 1 else 0.0  # a fraction may be too large for a double
    if 0 < number < 1 or (number == 1 and one):
        return number
    raise ValueError(f"{name} must be in (0, 1{']' if one else ')'} ({name} = {value})")


def one_of(name: str, value: Any, choices: Iterable[str]) -> str:
    """The value, if it is one of the choices.

    Raises
    ------
    TypeError
        If it is no string.
    ValueError
        If it is another string.
    """
    known = tuple(choices)
    if isinstance(value, str) and value in known:
        return str(value)
    error = ValueError if isinstance(value, str) else TypeError
    raise error(f"{name} must be one of {', '.join(map(repr, known))} (got {value!r})")


def random_numbers(rng: Any) -> np.random.Generator:
    """By `numpy.random.default_rng`, whose errors do not say which argument they are about.

    Raises
    ------
    TypeError, ValueError
        For what is neither a seed nor a generator: True is no seed, although Python counts it as 1.
    """
    if isinstance(rng, bool | np.bool_):
        raise TypeError(f"rng must be a seed or a random generator (got {rng!r})")
    try:
        return np.random.default_rng(rng)
    except (TypeError, ValueError) as error:
        raise type(error)(f"rng must be a seed or a random generator ({error})") from error


def random_numbers_if(drawn: bool, rng: Any, needs: str) -> np.random.Generator | None:
    """What to draw from, if anything is drawn.

    Raises
    ------
    ValueError
        For an rng that would not be used; ``needs`` says which option is missing.

    Examples
    --------
    >>> random_numbers_if(False, 7, "unbiased=True")
    Traceback (most recent call last):
    ValueError: rng is for unbiased=True; otherwise nothing is drawn
    """
    if drawn:
        return random_numbers(rng)
    if rng is not None:
        raise ValueError(f"rng is for {needs}; otherwise nothing is drawn")
    return None


def refuse_observers(trace: Trace = None, costs: Costs | None = None) -> None:
    """Raise TypeError for a trace that takes no steps or costs that cannot be charged, before any work."""
    if not (trace is None or isinstance(trace, list) or callable(trace)):
        raise TypeError(f"trace must be a list, a function or None (got {type(trace).__name__})")
    if not (costs is None or isinstance(costs, Costs)):
        raise TypeError(f"costs must be a lemmata.costs.Costs or None (got {type(costs).__name__})")
