"""The book's bounds as data: ``Formula:`` lines, parsed and evaluated.

A line reads ``name(arguments) = expression``. The expression is Python's arithmetic on the arguments:
integers and decimals, ``+ - * / // % **``, comparisons inside ``x if a <= b else y``, ``log2``, ``sqrt``,
``log``, ``exp``, ``ceil``, ``floor``, ``min``, ``max``, ``abs``, ``len``, ``comb``, ``pi``, ``inf``, entries
``x[i]``, sums, products, minima and maxima ``sum(... for i in range(a, b))``, and calls of other formulas
of the chapter.

Integers and fractions stay exact; ``log2`` and ``sqrt`` are exact where their value is rational, and doubles
elsewhere. A decimal such as ``4.25`` is the fraction that it writes.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Rational
from typing import Any

from lemmata.claims.formula_evaluation import Evaluation
from lemmata.claims.formula_language import AGGREGATES, CONSTANTS, FUNCTIONS, calls_in, parsed
from lemmata.claims.formula_numbers import FormulaError, exact, simplest

_LINE = re.compile(r"^(?P<name>[A-Za-z_]\w*)\((?P<arguments>[^()]*)\) = (?P<expression>\S.*)$")


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
    def parse(cls, line: str) -> Formula:
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
        if match["name"] in FUNCTIONS or match["name"] in AGGREGATES or match["name"] in CONSTANTS:
            raise FormulaError(f"{match['name']} already has a meaning")
        for name in arguments:
            if not name.isidentifier() or name in FUNCTIONS or name in CONSTANTS:
                raise FormulaError(f"{match['name']}: {name!r} cannot be an argument")
        if len(set(arguments)) != len(arguments):
            raise FormulaError(f"{match['name']}: an argument comes twice")
        formula = cls(match["name"], arguments, match["expression"].strip())
        formula.tree()
        return formula

    @property
    def calls(self) -> frozenset[str]:
        """Names that the expression calls and the language does not have: other formulas."""
        return frozenset(name for name, _ in self.calls_with)

    @property
    def calls_with(self) -> frozenset[tuple[str, int]]:
        """The calls of other formulas, each with the number of its arguments."""
        return calls_in(self.tree())

    def evaluate(self, values: Any, others: Mapping[str, Formula] | None = None) -> Any:
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
        names = dict(zip(self.arguments, map(exact, values), strict=True))
        try:
            value = simplest(Evaluation(others or {}).value(self.tree(), names))
        except FormulaError:
            raise
        except (ArithmeticError, ValueError, TypeError, IndexError, RecursionError) as error:
            given = ", ".join(f"{name} = {value}" for name, value in names.items())
            raise FormulaError(f"{self.name} has no value at {given[:200]}: {error}") from error
        if isinstance(value, list):
            raise FormulaError(f"{self.name} is a sequence, not a number")
        return value

    def tree(self) -> ast.expr:
        """The expression, parsed."""
        return parsed(self.name, self.arguments, self.expression)

    def __str__(self) -> str:
        return f"{self.name}({', '.join(self.arguments)}) = {self.expression}"


def same_value(one: Any, other: Any) -> bool:
    """Whether a function's value is a formula's: exactly where both are rational, else to 12 digits."""
    one, other = exact(one), exact(other)
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
