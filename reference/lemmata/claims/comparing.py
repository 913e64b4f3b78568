"""``found relation bound``: numbers, arrays and what holds them, compared exactly and entry by entry."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from lemmata.claims.arguments import RELATIONS


def plain(value: Any) -> Any:
    """NumPy's numbers as Python's, fractions of other libraries as `Fraction`; the rest as it is."""
    if isinstance(value, np.generic):
        return value.item()
    if type(value).__module__.startswith("flint") and hasattr(value, "numerator"):
        return Fraction(int(value.numerator), int(value.denominator))
    return value


def compare(
    found: Any, relation: str, bound: Any, *, tightest: bool = True
) -> tuple[bool, tuple[int, ...] | None]:
    """Whether the relation holds, and, for arrays under an inequality, at which entry it is tightest.

    Where it does not hold, the first such entry; ``tightest=False`` spares the search where it does.
    """
    if relation not in RELATIONS:
        raise ValueError(f"{relation!r} is no relation; the relations are {', '.join(RELATIONS)}")
    arrays = isinstance(found, np.ndarray) or isinstance(bound, np.ndarray)
    if relation == "==":
        return (_equal_arrays(found, bound) if arrays else _equal(found, bound)), None
    if not arrays and isinstance(found, list | tuple):
        found, arrays = _as_objects(found), True
    if not arrays:
        _require_ordered(found, bound)
        return bool(RELATIONS[relation](found, bound)), None
    left, right = (_as_objects(v) if isinstance(v, list | tuple) else np.asarray(v) for v in (found, bound))
    _require_ordered(left, right)
    if np.broadcast_shapes(left.shape, right.shape) != left.shape:
        raise ValueError(f"figures of shape {left.shape} against bounds of shape {right.shape}")
    if left.dtype.kind != right.dtype.kind:  # integers and doubles are compared as they are, not rounded
        left, right = left.astype(object), right.astype(object)
    left, right = np.broadcast_arrays(left, right)
    if left.size == 0:
        return True, None
    fine = np.asarray(RELATIONS[relation](left, right), dtype=bool)
    if not fine.all():
        return False, tuple(int(i) for i in np.argwhere(~fine)[0])
    if left.ndim == 0 or not tightest:
        return True, None
    pairs = list(zip(left.ravel().tolist(), right.ravel().tolist(), strict=True))
    closest = max(range(len(pairs)), key=lambda at: closeness(*map(plain, pairs[at])))
    return True, tuple(int(i) for i in np.unravel_index(closest, left.shape))


def _as_objects(values: Any) -> Any:
    """A list as an array of Python's own numbers, none of them rounded to the type of another."""
    entries = np.array(values, dtype=object)
    for at in np.ndindex(entries.shape):
        entries[at] = plain(entries[at])
    return entries


def _require_ordered(*values: Any) -> None:
    """Refuse what has an order that is not that of numbers: text, sets, complex numbers."""
    for value in values:
        kind = value.dtype.kind if isinstance(value, np.ndarray) else ""
        if kind in tuple("cSUVMm") or isinstance(value, str | bytes | set | frozenset | dict | complex):
            raise TypeError(
                f"{type(value).__name__} {str(value)[:40]!r} is no figure that a bound could hold for"
            )


def empty(value: Any) -> bool:
    """Whether there is no entry that a comparison could be about."""
    if isinstance(value, list | tuple):
        return all(map(empty, value))
    return isinstance(value, np.ndarray) and value.size == 0


def _equal(found: Any, expected: Any) -> bool:
    """Equality in which nothing that is not itself, as NaN, is equal, however deep it sits."""
    if isinstance(found, list | tuple) and isinstance(expected, list | tuple):
        return len(found) == len(expected) and all(map(_equal, map(plain, found), map(plain, expected)))
    if isinstance(found, np.ndarray) or isinstance(expected, np.ndarray):
        return _equal_arrays(found, expected)
    if isinstance(found, dict) and isinstance(expected, dict):
        return found.keys() == expected.keys() and all(
            _equal(plain(found[key]), plain(expected[key])) and _equal(key, key) for key in found
        )
    if isinstance(found, set | frozenset) and isinstance(expected, set | frozenset):
        return found == expected and all(_equal(entry, entry) for entry in found)
    if _is_record(found) and type(found) is type(expected):
        names = [own.name for own in fields(found) if own.compare]
        return all(_equal(plain(getattr(found, name)), plain(getattr(expected, name))) for name in names)
    return bool(found == expected)


def _is_record(value: Any) -> bool:
    """Whether a dataclass compares its fields, which as tuples would take a NaN for itself."""
    if not is_dataclass(value) or isinstance(value, type):
        return False
    kind: Any = type(value)
    return bool(kind.__dataclass_params__.eq)


def _equal_arrays(found: Any, expected: Any) -> bool:
    left, right = np.asarray(found), np.asarray(expected)
    if left.shape != right.shape:
        return False
    if object in (left.dtype, right.dtype) or left.dtype.kind != right.dtype.kind:
        return all(_equal(plain(a), plain(b)) for a, b in zip(left.flat, right.flat, strict=True))
    return bool(np.array_equal(left, right))


def entry(value: Any, place: tuple[int, ...]) -> Any:
    """What stands at a place of the array that figure and bound were spread to."""
    if isinstance(value, list | tuple):
        value = np.array(value, dtype=object)
    if not isinstance(value, np.ndarray):
        return value
    missing = len(place) - value.ndim
    own = tuple(0 if size == 1 else at for at, size in zip(place[missing:], value.shape, strict=True))
    return plain(value[own])


def closeness(found: Any, bound: Any) -> tuple[float, float]:
    """Larger where two figures are closer: by ratio, then by distance; 0 against 0 says little."""
    try:
        (p, q), (r, s) = _ratio(found), _ratio(bound)
    except (OverflowError, ValueError, TypeError):  # infinities and balls
        try:
            (p, q), (r, s) = _ratio(float(found)), _ratio(float(bound))
        except (OverflowError, ValueError, TypeError):
            return -2.0, 0.0
    a, b, unit = p * s, r * q, q * s
    if a == b == 0:
        return -1.5, 0.0
    gap, most = abs(a - b), max(abs(a), abs(b))
    return (most - gap) / most, -(min(gap, unit * 10**300) / unit)


def _ratio(figure: Any) -> tuple[int, int]:
    """Numerator and denominator: integers, which are quicker than fractions."""
    own = figure if hasattr(figure, "as_integer_ratio") else Fraction(figure)
    numerator, denominator = own.as_integer_ratio()
    return numerator, denominator
