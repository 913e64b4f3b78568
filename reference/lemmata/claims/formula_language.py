"""The language of formulas: what an expression may consist of; `formula_evaluation` gives it its value.

Everything that has no meaning is refused when the book is read, not when a check comes to it.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import cache
from typing import Any, cast

from lemmata.claims.formula_numbers import FormulaError, exponential, log, log2, rounded, sqrt, whole

_MOST_DIGITS = 4_000

CONSTANTS: dict[str, float] = {"pi": math.pi, "inf": math.inf}
AGGREGATES = frozenset({"sum", "prod", "min", "max", "range"})
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "log2": log2,
    "sqrt": sqrt,
    "log": log,
    "exp": exponential,
    "ceil": lambda x: rounded(True, x),
    "floor": lambda x: rounded(False, x),
    "abs": abs,
    "len": len,
    "comb": lambda n, k: math.comb(whole(n), whole(k)),
}
OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.FloorDiv: lambda a, b: a // b,
    ast.Mod: lambda a, b: a % b,
}
COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
}


@cache
def parsed(name: str, arguments: tuple[str, ...], expression: str) -> ast.expr:
    """The tree of a formula's expression, with decimals as the fractions that they write.

    Raises
    ------
    FormulaError
        For whatever is not of the language, or a name that means nothing.
    """
    try:
        tree = ast.parse(expression, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise FormulaError(f"{name}: {expression!r} is not an expression") from error
    try:
        tree = cast(ast.expr, _Decimals(expression).visit(tree))
        _require_value(tree, frozenset(arguments))
    except FormulaError as error:
        raise FormulaError(f"{name}: {error}") from None
    return tree


@cache
def calls_in(tree: ast.expr) -> frozenset[tuple[str, int]]:
    """Names that an expression calls and the language does not have, with the numbers of arguments."""
    called = {
        (node.func.id, len(node.args))
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    return frozenset(call for call in called if call[0] not in AGGREGATES.union(FUNCTIONS))


class _Decimals(ast.NodeTransformer):
    """Decimals as they are written: a double would round them."""

    def __init__(self, source: str) -> None:
        self._source = source

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        if not isinstance(node.value, float):
            return node
        written = (ast.get_source_segment(self._source, node) or "").replace("_", "").lower()
        digits, _, exponent = written.partition("e")
        if len(digits) + abs(int(exponent or 0)) > _MOST_DIGITS:
            raise FormulaError(f"{written} is too long a number")
        return ast.copy_location(ast.Constant(Fraction(written)), node)  # type: ignore[arg-type]


def _require_value(node: ast.AST, names: frozenset[str]) -> None:
    """Refuse an expression that is no number."""
    match node:
        case ast.Constant(value=int() | Fraction() as value) if not isinstance(value, bool):
            return None
        case ast.Name(id=name):
            if name not in names and name not in CONSTANTS:
                raise FormulaError(f"{name!r} is not known here")
            return None
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _require_values([operand], names)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in (*OPERATORS, ast.Pow, ast.Div):
            return _require_values([left, right], names)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            _require_test(test, names)
            return _require_values([body, orelse], names)
        case ast.Subscript(value=ast.Name() as sequence, slice=index):
            return _require_values([sequence, index], names)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            return _require_call(name, arguments, names)
    raise FormulaError(f"{ast.unparse(node)!r} is not part of the language")


def _require_values(nodes: Iterable[ast.AST], names: frozenset[str]) -> None:
    for node in nodes:
        _require_value(node, names)


def _require_test(node: ast.AST, names: frozenset[str]) -> None:
    match node:
        case ast.BoolOp(values=parts):
            for part in parts:
                _require_test(part, names)
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in COMPARISONS:
            _require_values([left, right], names)
        case _:
            raise FormulaError(f"{ast.unparse(node)!r} is no comparison of two numbers")


def _require_call(name: str, arguments: list[ast.expr], names: frozenset[str]) -> None:
    match name, arguments:
        case "sum" | "prod" | "min" | "max", [ast.GeneratorExp() as terms]:
            return _require_terms(terms, names)
        case "sum" | "prod", [_, _, *_]:
            raise FormulaError(f"{name} takes a sequence or terms")
        case "range", _:
            raise FormulaError("a range is what the terms of a sum run through")
    takes = 2 if name == "comb" else 1
    if name in FUNCTIONS and len(arguments) != takes:
        raise FormulaError(f"{name} takes {takes} argument{'s' * (takes > 1)}, not {len(arguments)}")
    if name in AGGREGATES and not arguments:
        raise FormulaError(f"{name} of nothing")
    return _require_values(arguments, names)


def _require_terms(terms: ast.GeneratorExp, names: frozenset[str]) -> None:
    match terms.generators:
        case [ast.comprehension(target=ast.Name(id=variable), iter=source, ifs=conditions, is_async=0)]:
            if variable in names or variable in CONSTANTS:
                raise FormulaError(f"{variable!r} already has a meaning")
            match source:
                case ast.Call(func=ast.Name(id="range"), args=[_, *_] as ends, keywords=[]) if len(ends) <= 3:
                    _require_values(ends, names)
                case ast.Name(id=name) if name in names:
                    pass
                case _:
                    raise FormulaError(f"{ast.unparse(source)!r} is no range")
            inner = names | {variable}
            for condition in conditions:
                _require_test(condition, inner)
            return _require_value(terms.elt, inner)
    raise FormulaError(f"{ast.unparse(terms)!r}: one variable in one range, please")
