"""Numbers as readers see them, and as JSON can hold them."""

import math
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from lemmata.claims import Figure

_LARGEST_EXACT = 2**53


def format_figure(figure: Figure | None) -> str:
    """Short text of a figure: integers in full up to nine digits, fractions if short, else four digits.

    Examples
    --------
    >>> format_figure(1234567), format_figure(1 / 3), format_figure(None)
    ('1234567', '0.3333', '')
    """
    if figure is None:
        return ""
    if isinstance(figure, str):
        return figure
    if isinstance(figure, Fraction) and figure.denominator > 1 and len(str(figure)) <= 9:
        return str(figure)
    if isinstance(figure, int | np.integer) or (isinstance(figure, float) and figure.is_integer()):
        return str(int(figure)) if abs(figure) < 10**9 else _digits(figure, 4)
    return _digits(figure, 4)


def format_beside(measured: Figure | None, bound: Figure | None) -> tuple[str, str]:
    """Two figures with as many digits as it takes to tell them apart.

    Examples
    --------
    >>> format_beside(0.123456, 0.123457), format_beside(1 / 3, 1)
    (('0.123456', '0.123457'), ('0.3333', '1'))
    """
    shown = format_figure(measured), format_figure(bound)
    if shown[0] != shown[1] or isinstance(measured, str | None) or isinstance(bound, str | None):
        return shown
    if measured == bound:
        return shown
    for digits in range(5, 18):
        longer = _digits(measured, digits), _digits(bound, digits)
        if longer[0] != longer[1]:
            return longer
    return str(measured), str(bound)


def encode_figure(figure: Figure | None) -> dict[str, Any] | None:
    """A figure for JSON: ``value``, a number or null, beside ``text``, which is exact.

    Examples
    --------
    >>> encode_figure(Fraction(1, 3))
    {'value': 0.3333333333333333, 'text': '1/3'}
    >>> encode_figure(float("inf"))
    {'value': None, 'text': 'inf'}
    """
    if figure is None:
        return None
    if isinstance(figure, str):
        return {"value": None, "text": figure}
    if isinstance(figure, int | np.integer):
        value: int | float | None = (
            int(figure) if abs(int(figure)) <= _LARGEST_EXACT else _as_float(int(figure))
        )
        return {"value": value, "text": str(int(figure))}
    if isinstance(figure, Fraction):
        return {"value": _as_float(figure), "text": str(figure)}
    return {"value": float(figure) if math.isfinite(figure) else None, "text": repr(float(figure))}


def plain(value: Any) -> Any:
    """Anything that a witness may hold, as JSON can hold it: never fails, never NaN, integers exact."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, int):
        return value if abs(value) <= _LARGEST_EXACT else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else repr(value)
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(entry) for entry in value]
    return str(value) if isinstance(value, Fraction) else repr(value)


def _digits(figure: int | float | Fraction, digits: int) -> str:
    """A number with so many digits, also where it is no double."""
    value = _as_float(figure) if isinstance(figure, int | Fraction) else float(figure)
    if value is not None:
        return f"{value:.{digits}g}"
    exact = Fraction(figure)
    return f"{Decimal(exact.numerator) / Decimal(exact.denominator):.{digits}g}"


def _as_float(value: int | Fraction) -> float | None:
    try:
        return float(value)
    except OverflowError:
        return None
