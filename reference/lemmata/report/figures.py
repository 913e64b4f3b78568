"""Numbers as readers see them, and as JSON can hold them."""

import math
from collections.abc import Mapping
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
        return str(int(figure)) if abs(figure) < 10**9 else f"{float(figure):.4g}"
    return f"{float(figure):.4g}"


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


def _as_float(value: int | Fraction) -> float | None:
    try:
        return float(value)
    except OverflowError:
        return None
