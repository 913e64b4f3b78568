"""The book's bounds as data: ``Formula:`` lines, parsed and evaluated.

A line reads ``name(arguments) = expression``. The expression is Python's arithmetic on the arguments:
integers and decimals, ``+ - * / // % **``, comparisons inside ``x if a <= b else y``, ``log2``, ``sqrt``,
``log``, ``exp``, ``ceil``, ``floor``, ``min``, ``max``, ``abs``, ``len``, ``comb``, ``pi``, ``inf``, entries
``x[i]``, sums, products, minima and maxima ``sum(... for i in range(a, b))``, and calls of other formulas
of the chapter.

Integers and fractions stay exact; ``log2`` and ``sqrt`` are exact where their value is rational, and doubles
elsewhere. A decimal such as ``4.25`` is the fraction that it writes.
"""

import ast
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from numbers import Rational
from typing import Any

_LINE = re.compile(r"^(?P<name>[A-Za-z_]\w*)\((?P<arguments>[^()]*)\) = (?P<expression>\S.*)$")
_MOST_TERMS = 400_000
_MOST_BITS = 1 << 22


class FormulaError(ValueError):
    """A formula that does not parse, or has no value for its arguments; the message says why."""


@dataclass(frozen=True)
class Formula:
    """One ``Formula:`` line of the book.

    Examples
    --------
    >>> Formula.parse("binary_digits(n) = floor(log2(n)) + 1").evaluate([2**70])
    71
    >>> Formula.parse("mean(x) = sum(v for v in x) / len(x)").evaluate([[1, 2]])
    Fraction(3, 2)
    """

    name: str
    arguments: tuple[str, ...]
    expression: str

    @classmethod
    def parse(cls, line: str) -> "Formula":
        """Read ``name(arguments) = expression``.

        Raises
        ------
        FormulaError
            When it is not of that form, or the expression uses more than the language has.
        """
        match = _LINE.match(line.strip())
        if not match:
            raise FormulaError(f"a formula reads 'name(arguments) = expression', not {line.strip()!r}")
        arguments = tuple(name.strip() for name in match["arguments"].split(",") if name.strip())
        if match["name"] in _FUNCTIONS or match["name"] in _AGGREGATES or match["name"] in _CONSTANTS:
            raise FormulaError(f"{match['name']} already has a meaning")
        for name in arguments:
            if not name.isidentifier() or name in _FUNCTIONS or name in _CONSTANTS:
                raise FormulaError(f"{match['name']}: {name!r} cannot be an argument")
        if len(set(arguments)) != len(arguments):
            raise FormulaError(f"{match['name']}: an argument comes twice")
        formula = cls(match["name"], arguments, match["expression"].strip())
        formula._tree()
        return formula

    @property
    def calls(self) -> frozenset[str]:
        """Names that the expression calls and the language does not have: other formulas."""
        called = {
            node.func.id
            for node in ast.walk(self._tree())
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        return frozenset(called - set(_FUNCTIONS) - _AGGREGATES)

    def evaluate(self, values: Any, others: "Mapping[str, Formula] | None" = None) -> Any:
        """The value for these arguments: int, Fraction or float.

        Parameters
        ----------
        values : sequence
            One value per argument: a number, or a sequence of numbers.
        others : mapping of str to Formula, optional
            The formulas that this one may call.

        Raises
        ------
        FormulaError
            For the wrong number of arguments, an unknown name, or an operation without a value.
        """
        if len(values) != len(self.arguments):
            raise FormulaError(
                f"{self.name} takes {len(self.arguments)} arguments ({', '.join(self.arguments)}), "
                f"not {len(values)}"
            )
        names = dict(zip(self.arguments, map(_exact, values), strict=True))
        try:
            return _simplest(_Evaluation(others or {}).value(self._tree(), names))
        except FormulaError:
            raise
        except (ArithmeticError, ValueError, TypeError, IndexError, RecursionError) as error:
            given = ", ".join(f"{name} = {value}" for name, value in names.items())
            raise FormulaError(f"{self.name} has no value at {given[:200]}: {error}") from error

    def _tree(self) -> ast.expr:
        return _parsed(self.name, self.expression)

    def __str__(self) -> str:
        return f"{self.name}({', '.join(self.arguments)}) = {self.expression}"


@cache
def _parsed(name: str, expression: str) -> ast.expr:
    """The expression's tree, if it is in the language."""
    try:
        tree = ast.parse(expression, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise FormulaError(f"{name}: {expression!r} is not an expression") from error
    for node in ast.walk(tree):
        if not isinstance(node, _ALLOWED):
            raise FormulaError(f"{name}: {ast.unparse(node)!r} is not part of the language")
    return tree


def same_value(one: Any, other: Any) -> bool:
    """Whether a function's value is a formula's: exactly where both are rational, else to 12 digits."""
    one, other = _exact(one), _exact(other)
    if isinstance(one, Rational) and isinstance(other, Rational):
        return bool(one == other)
    if one == other:
        return True
    try:
        a, b = float(one), float(other)
    except (OverflowError, TypeError, ValueError):
        return False
    if not (math.isfinite(a) and math.isfinite(b)):
        return False
    return abs(a - b) <= 1e-12 * max(abs(a), abs(b))


_ALLOWED = (
    ast.expr_context, ast.operator, ast.unaryop, ast.cmpop, ast.boolop, ast.comprehension, ast.Constant,
    ast.Name, ast.BinOp, ast.UnaryOp, ast.Call, ast.IfExp, ast.Compare, ast.BoolOp, ast.Subscript,
    ast.GeneratorExp, ast.keyword,
)  # fmt: skip
_CONSTANTS: dict[str, float] = {"pi": math.pi, "inf": math.inf}
_AGGREGATES = frozenset({"sum", "prod", "min", "max", "range"})


def _exact(value: Any) -> Any:
    """An argument as the evaluation works with it: exact where it is exact."""
    if hasattr(value, "tolist") and not isinstance(value, str):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [_exact(entry) for entry in value]
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


def _whole(value: Any) -> int:
    """An index or the end of a range, which must not lose a half on the way."""
    if value != int(value):
        raise FormulaError(f"{value} is not an integer")
    return int(value)


def _simplest(value: Any) -> Any:
    return int(value) if isinstance(value, Fraction) and value.denominator == 1 else value


def _log2(value: Any) -> Any:
    """Exact for powers of two, whatever their size."""
    if value <= 0:
        raise FormulaError(f"log2 of {value}")
    if isinstance(value, float):
        return math.log2(value)
    ratio = Fraction(value)
    p, q = ratio.numerator, ratio.denominator
    if p & (p - 1) == 0 and q & (q - 1) == 0:
        return p.bit_length() - q.bit_length()
    return math.log2(p) - math.log2(q)


def _sqrt(value: Any) -> Any:
    """Exact for squares of rationals."""
    if isinstance(value, float):
        return math.sqrt(value)
    ratio = Fraction(value)
    if ratio < 0:
        raise FormulaError(f"sqrt of {value}")
    p, q = math.isqrt(ratio.numerator), math.isqrt(ratio.denominator)
    return Fraction(p, q) if p * p == ratio.numerator and q * q == ratio.denominator else math.sqrt(ratio)


def _rounded_sqrt(up: bool, value: Any) -> Any:
    """Exact for rationals, where a double may sit on the wrong side of an integer."""
    if isinstance(value, float):
        value = Fraction(value)
    if value < 0:
        raise FormulaError(f"sqrt of {value}")
    low = math.isqrt(math.floor(value))
    return low if not up or low * low == value else low + 1


def _rounded(up: bool, value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return value
    return math.ceil(value) if up else math.floor(value)


def _floor_log2(value: Any) -> int:
    """Exact for rationals, where a double may sit on the wrong side of an integer."""
    if isinstance(value, float) and not math.isfinite(value):
        raise FormulaError(f"log2 of {value} rounded")
    ratio = Fraction(value)
    if ratio <= 0:
        raise FormulaError(f"log2 of {value}")
    guess = ratio.numerator.bit_length() - ratio.denominator.bit_length()
    return guess if ratio >= Fraction(2) ** guess else guess - 1


def _ceil_log2(value: Any) -> int:
    low = _floor_log2(value)
    return low if Fraction(value) == Fraction(2) ** low else low + 1


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "log2": _log2,
    "sqrt": _sqrt,
    "log": math.log,
    "exp": math.exp,
    "ceil": lambda x: _rounded(True, x),
    "floor": lambda x: _rounded(False, x),
    "abs": abs,
    "len": len,
    "comb": lambda n, k: math.comb(_whole(n), _whole(k)),
}
_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.FloorDiv: lambda a, b: a // b,
    ast.Mod: lambda a, b: a % b,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
}


class _Evaluation:
    """One evaluation; it counts its terms, so that a formula cannot keep a run busy for ever."""

    def __init__(self, others: Mapping[str, Formula]) -> None:
        self._others = others
        self._terms = 0

    def value(self, node: ast.expr, names: Mapping[str, Any]) -> Any:
        self._terms += 1
        if self._terms > _MOST_TERMS:
            raise FormulaError("too many terms")
        match node:
            case ast.Constant(value=int(value)) if not isinstance(value, bool):
                return value
            case ast.Constant(value=float()):
                return Fraction(ast.unparse(node))
            case ast.Name(id=name) if name in names:
                return names[name]
            case ast.Name(id=name) if name in _CONSTANTS:
                return _CONSTANTS[name]
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -self.value(operand, names)
            case ast.BinOp(left=left, op=ast.Pow(), right=right):
                return _power(self.value(left, names), self.value(right, names))
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                return _quotient(self.value(left, names), self.value(right, names))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                a, b = _joined(self.value(left, names), self.value(right, names))
                return _OPERATORS[type(op)](a, b)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return self.value(body if self.value(test, names) else orelse, names)
            case ast.BoolOp(op=ast.And(), values=parts):
                return all(self.value(part, names) for part in parts)
            case ast.BoolOp(op=ast.Or(), values=parts):
                return any(self.value(part, names) for part in parts)
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARISONS:
                return _COMPARISONS[type(op)](self.value(left, names), self.value(right, names))
            case ast.Subscript(value=ast.Name() as sequence, slice=index):
                return self.value(sequence, names)[_whole(self.value(index, names))]
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return self._call(name, arguments, names)
        raise FormulaError(f"{ast.unparse(node)!r} is not known here")

    def _call(self, name: str, arguments: list[ast.expr], names: Mapping[str, Any]) -> Any:
        match name, arguments:
            case "ceil" | "floor", [ast.Call(func=ast.Name(id="log2"), args=[inner], keywords=[])]:
                exact = self.value(inner, names)
                return _ceil_log2(exact) if name == "ceil" else _floor_log2(exact)
            case "ceil" | "floor", [ast.Call(func=ast.Name(id="sqrt"), args=[inner], keywords=[])]:
                return _rounded_sqrt(name == "ceil", self.value(inner, names))
            case "sum" | "prod" | "min" | "max", [ast.GeneratorExp() as terms]:
                return _aggregate(name, self._terms_of(terms, names))
        values = [self.value(argument, names) for argument in arguments]
        if name in ("sum", "prod", "min", "max"):
            return _aggregate(name, values[0] if len(values) == 1 else values)
        if name in _FUNCTIONS:
            return _FUNCTIONS[name](*values)
        if name in self._others:
            other = self._others[name]
            if len(values) != len(other.arguments):
                raise FormulaError(f"{name} takes {len(other.arguments)} arguments, not {len(values)}")
            return self.value(other._tree(), dict(zip(other.arguments, values, strict=True)))
        raise FormulaError(f"no formula of the chapter is called {name!r}")

    def _terms_of(self, terms: ast.GeneratorExp, names: Mapping[str, Any]) -> list[Any]:
        match terms.generators:
            case [ast.comprehension(target=ast.Name(id=variable), iter=source, ifs=conditions)]:
                return [
                    self.value(terms.elt, inner)
                    for entry in self._range(source, names)
                    if (inner := {**names, variable: entry})
                    and all(self.value(condition, inner) for condition in conditions)
                ]
        raise FormulaError(f"{ast.unparse(terms)!r}: one variable in one range, please")

    def _range(self, source: ast.expr, names: Mapping[str, Any]) -> Any:
        match source:
            case ast.Call(func=ast.Name(id="range"), args=ends, keywords=[]):
                return range(*(_whole(self.value(end, names)) for end in ends))
        return self.value(source, names)


def _joined(a: Any, b: Any) -> tuple[Any, Any]:
    """A fraction beside a double becomes a double."""
    if isinstance(a, float) and isinstance(b, Fraction):
        return a, float(b)
    if isinstance(b, float) and isinstance(a, Fraction):
        return float(a), b
    return a, b


def _quotient(a: Any, b: Any) -> Any:
    if isinstance(a, float) or isinstance(b, float):
        return a / b
    return Fraction(a) / Fraction(b)


def _power(base: Any, exponent: Any) -> Any:
    exponent = _simplest(exponent)
    if isinstance(exponent, int) and not isinstance(base, float):
        size = max(Fraction(base).numerator.bit_length(), Fraction(base).denominator.bit_length())
        if size * abs(exponent) > _MOST_BITS:
            raise FormulaError(f"{base} ** {exponent} is too large")
        return Fraction(base) ** exponent if exponent < 0 else base**exponent
    if exponent == Fraction(1, 2):
        return _sqrt(base)
    if base < 0:
        raise FormulaError(f"{base} ** {exponent} is not real")
    return float(base) ** float(exponent)


def _aggregate(name: str, values: Any) -> Any:
    if name == "sum":
        return sum(values, start=0)
    if name == "prod":
        return math.prod(values)
    if not values:
        raise FormulaError(f"{name} of nothing")
    return min(values) if name == "min" else max(values)
