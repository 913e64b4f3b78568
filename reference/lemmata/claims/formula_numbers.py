"""Numbers of formulas: exact where they are rational, elsewhere doubles without loss of digits."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

_MOST_BITS = 1 << 22


class FormulaError(ValueError):
    """A formula that does not parse, or has no value for its arguments; the message says why."""


def exact(value: Any) -> Any:
    """An argument as the evaluation works with it: exact where it is exact."""
    if hasattr(value, "tolist") and not isinstance(value, str):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [exact(entry) for entry in value]
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | Fraction | float):
        return value
    if hasattr(value, "numerator") and hasattr(value, "denominator"):
        return Fraction(int(value.numerator), int(value.denominator))
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise FormulaError(f"{value!r} is not a number") from error


def whole(value: Any) -> int:
    """An index or the end of a range, which must not lose a half on the way."""
    if value != int(value):
        raise FormulaError(f"{value} is not an integer")
    return int(value)


def simplest(value: Any) -> Any:
    """A fraction that is an integer as an integer."""
    return int(value) if isinstance(value, Fraction) and value.denominator == 1 else value


def log2(value: Any) -> Any:
    """Exact for powers of two, whatever their size."""
    if value <= 0:
        raise FormulaError(f"log2 of {value}")
    if isinstance(value, float):
        return math.log2(value)
    ratio = Fraction(value)
    p, q = ratio.numerator, ratio.denominator
    if p & (p - 1) == 0 and q & (q - 1) == 0:
        return p.bit_length() - q.bit_length()
    return _log(ratio, math.log(2))


def log(value: Any) -> float:
    """Of integers and fractions of any size, near 1, too, where the logarithm of a double has lost digits."""
    if value <= 0:
        raise FormulaError(f"log of {value}")
    return math.log(value) if isinstance(value, float) else _log(Fraction(value), 1.0)


def _log(ratio: Fraction, unit: float) -> float:
    """The natural logarithm over ``unit``: near 1 from the distance to 1, elsewhere by powers of two."""
    if Fraction(1, 2) < ratio < 2:
        return math.log1p(float(ratio - 1)) / unit
    shift = ratio.numerator.bit_length() - ratio.denominator.bit_length()
    rest = math.log(float(ratio / Fraction(2) ** shift))
    return shift + rest / unit if unit != 1.0 else shift * math.log(2) + rest


def exponential(value: Any) -> float:
    """Beyond the largest double there is no value."""
    try:
        return math.exp(value)
    except OverflowError as error:
        raise FormulaError(f"exp of {value} is too large") from error


def sqrt(value: Any) -> Any:
    """Exact for squares of rationals."""
    if isinstance(value, float):
        return math.sqrt(value)
    ratio = Fraction(value)
    if ratio < 0:
        raise FormulaError(f"sqrt of {value}")
    p, q = math.isqrt(ratio.numerator), math.isqrt(ratio.denominator)
    return Fraction(p, q) if p * p == ratio.numerator and q * q == ratio.denominator else math.sqrt(ratio)


def rounded_sqrt(up: bool, value: Any) -> Any:
    """Exact for rationals, where a double may sit on the wrong side of an integer."""
    if isinstance(value, float):
        value = Fraction(value)
    if value < 0:
        raise FormulaError(f"sqrt of {value}")
    low = math.isqrt(math.floor(value))
    return low if not up or low * low == value else low + 1


def rounded(up: bool, value: Any) -> Any:
    """The next integer, upwards or downwards; infinity as it is."""
    if isinstance(value, float) and not math.isfinite(value):
        return value
    return math.ceil(value) if up else math.floor(value)


def floor_log2(value: Any) -> int:
    """Exact for rationals, where a double may sit on the wrong side of an integer."""
    if isinstance(value, float) and not math.isfinite(value):
        raise FormulaError(f"log2 of {value} rounded")
    ratio = Fraction(value)
    if ratio <= 0:
        raise FormulaError(f"log2 of {value}")
    guess = ratio.numerator.bit_length() - ratio.denominator.bit_length()
    return guess if ratio >= Fraction(2) ** guess else guess - 1


def ceil_log2(value: Any) -> int:
    """As `floor_log2`, upwards."""
    low = floor_log2(value)
    return low if Fraction(value) == Fraction(2) ** low else low + 1


def joined(a: Any, b: Any) -> tuple[Any, Any]:
    """A fraction beside a double becomes a double."""
    if isinstance(a, float) and isinstance(b, Fraction):
        return a, float(b)
    if isinstance(b, float) and isinstance(a, Fraction):
        return float(a), b
    return a, b


def quotient(a: Any, b: Any) -> Any:
    """A fraction, unless one is a double."""
    if isinstance(a, float) or isinstance(b, float):
        return a / b
    return Fraction(a) / Fraction(b)


def power(base: Any, exponent: Any) -> Any:
    """Exact for integer exponents and for roots of squares."""
    exponent = simplest(exponent)
    if isinstance(exponent, int) and not isinstance(base, float):
        size = max(Fraction(base).numerator.bit_length(), Fraction(base).denominator.bit_length())
        if size * abs(exponent) > _MOST_BITS:
            raise FormulaError(f"{base} ** {exponent} is too large")
        return Fraction(base) ** exponent if exponent < 0 else base**exponent
    if exponent == Fraction(1, 2):
        return sqrt(base)
    if base < 0:
        raise FormulaError(f"{base} ** {exponent} is not real")
    return float(base) ** float(exponent)


def aggregate(name: str, values: Any) -> Any:
    """Sum, product, least or largest of the values."""
    if name == "sum":
        return sum(values, start=0)
    if name == "prod":
        return math.prod(values)
    if not values:
        raise FormulaError(f"{name} of nothing")
    return min(values) if name == "min" else max(values)
