"""Formulas that the language allows, as functions of their arguments' values."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Protocol, cast

from lemmata.claims.formula_language import AGGREGATES, COMPARISONS, CONSTANTS, FUNCTIONS, OPERATORS
from lemmata.claims.formula_numbers import (
    FormulaError,
    aggregate,
    ceil_log2,
    floor_log2,
    joined,
    power,
    quotient,
    rounded_sqrt,
    whole,
)

_MOST_TERMS = 400_000


class Callee(Protocol):
    """A formula that another one calls."""

    @property
    def arguments(self) -> tuple[str, ...]:
        """Names of its arguments."""

    def tree(self) -> ast.expr:
        """Its expression."""


Names = Mapping[str, Any]
Code = Callable[[Names, "Evaluation"], Any]


class Evaluation:
    """One evaluation; it counts its terms, so that a formula cannot keep a run busy for ever."""

    def __init__(self, others: Mapping[str, Callee]) -> None:
        self._others = others
        self._terms = 0

    def value(self, node: ast.expr, names: Names) -> Any:
        """Of an expression that `parsed` gave, for these values of its names."""
        return compiled(node)(names, self)

    def term(self) -> None:
        """Count a term of a sum, or a call of another formula."""
        self._terms += 1
        if self._terms > _MOST_TERMS:
            raise FormulaError("too many terms")

    def call(self, name: str, values: list[Any]) -> Any:
        """Another formula's value."""
        self.term()
        other = self._others.get(name)
        if other is None:
            raise FormulaError(f"no formula of the chapter is called {name!r}")
        if len(values) != len(other.arguments):
            raise FormulaError(f"{name} takes {len(other.arguments)} arguments, not {len(values)}")
        return self.value(other.tree(), dict(zip(other.arguments, values, strict=True)))


@cache
def compiled(node: ast.AST) -> Code:
    """An expression as a function: checks evaluate one formula ten thousands of times."""
    match node:
        case ast.Constant(value=value):
            return lambda _names, _run: value
        case ast.Name(id=name) if name in CONSTANTS:
            constant = CONSTANTS[name]
            return lambda _names, _run: constant
        case ast.Name(id=name):
            return lambda names, _run: names[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            inner = compiled(operand)
            return lambda names, run: -inner(names, run)
        case ast.BinOp(left=left, op=operator, right=right):
            return _operation(operator, compiled(left), compiled(right))
        case ast.IfExp(test=test, body=body, orelse=orelse):
            holds, first, second = compiled(test), compiled(body), compiled(orelse)
            return lambda names, run: first(names, run) if holds(names, run) else second(names, run)
        case ast.BoolOp(op=junction, values=values):
            parts = [compiled(part) for part in values]
            if isinstance(junction, ast.And):
                return lambda names, run: all(part(names, run) for part in parts)
            return lambda names, run: any(part(names, run) for part in parts)
        case ast.Compare(left=left, ops=[comparison], comparators=[right]):
            compare, one, other = COMPARISONS[type(comparison)], compiled(left), compiled(right)
            return lambda names, run: compare(one(names, run), other(names, run))
        case ast.Subscript(value=sequence, slice=index):
            entries, place = compiled(sequence), compiled(index)
            return lambda names, run: entries(names, run)[whole(place(names, run))]
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _call(name, arguments)
    raise FormulaError(f"{ast.unparse(node)!r} is not known here")


def _operation(operator: ast.operator, left: Code, right: Code) -> Code:
    if isinstance(operator, ast.Pow):
        return lambda names, run: power(left(names, run), right(names, run))
    if isinstance(operator, ast.Div):
        return lambda names, run: quotient(left(names, run), right(names, run))
    operation = OPERATORS[type(operator)]
    return lambda names, run: operation(*joined(left(names, run), right(names, run)))


def _call(name: str, arguments: list[ast.expr]) -> Code:
    match name, arguments:
        case "ceil" | "floor", [ast.Call(func=ast.Name(id="log2"), args=[inner])]:
            argument, rounding = compiled(inner), ceil_log2 if name == "ceil" else floor_log2
            return lambda names, run: rounding(argument(names, run))
        case "ceil" | "floor", [ast.Call(func=ast.Name(id="sqrt"), args=[inner])]:
            argument, up = compiled(inner), name == "ceil"
            return lambda names, run: rounded_sqrt(up, argument(names, run))
        case "sum" | "prod" | "min" | "max", [ast.GeneratorExp() as generator]:
            terms = _terms(generator)
            return lambda names, run: aggregate(name, terms(names, run))
    values = [compiled(argument) for argument in arguments]
    if name in AGGREGATES:
        if len(values) == 1:
            sequence = values[0]
            return lambda names, run: aggregate(name, sequence(names, run))
        return lambda names, run: aggregate(name, [value(names, run) for value in values])
    if name in FUNCTIONS:
        function = FUNCTIONS[name]
        return lambda names, run: function(*(value(names, run) for value in values))
    return lambda names, run: run.call(name, [value(names, run) for value in values])


def _terms(generator: ast.GeneratorExp) -> Code:
    """The list of a generator's terms: one variable in one range or sequence."""
    (loop,) = generator.generators
    variable = cast(ast.Name, loop.target).id
    term, conditions = compiled(generator.elt), [compiled(test) for test in loop.ifs]
    source = _range(loop.iter.args) if isinstance(loop.iter, ast.Call) else compiled(loop.iter)

    def terms(names: Names, run: Evaluation) -> list[Any]:
        inner, found = dict(names), []
        for entry in source(names, run):
            run.term()
            inner[variable] = entry
            if all(condition(inner, run) for condition in conditions):
                found.append(term(inner, run))
        return found

    return terms


def _range(ends: list[ast.expr]) -> Code:
    values = [compiled(end) for end in ends]
    return lambda names, run: range(*(whole(value(names, run)) for value in values))
