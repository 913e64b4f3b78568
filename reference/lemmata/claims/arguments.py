"""Arguments that the machine can re-check: what a `proved` has to rest on.

An argument is data, not code: expressions are text in a small language (numbers, names, ``+ - * / **``,
``sqrt``, ``log``, ``exp``, ``pi``), so that the runner evaluates them itself instead of
trusting the check that made them.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from math import comb
from typing import Any, Literal, Protocol, runtime_checkable

Operator = Literal["<=", "<", "==", ">=", ">"]

_LARGEST_EXPONENT = 10_000
_MOST_BITS = 1 << 22
_MOST_TERMS = 100_000


@runtime_checkable
class Argument(Protocol):
    """Anything with a statement that a reader understands and a check that a machine repeats."""

    @property
    def statement(self) -> str:
        """What the argument establishes, as a formula in words or symbols."""

    def recheck(self) -> None:
        """Repeat the argument; raise `ArgumentError` when it does not hold."""


class ArgumentError(Exception):
    """An argument that does not establish what it states; the message says why."""


def evaluate(expression: str, names: Mapping[str, Any], number: Callable[[Fraction], Any]) -> Any:
    """Evaluate an arithmetic expression over any ring or field.

    Parameters
    ----------
    expression : str
        Python syntax: integers, the given names, ``+ - * /``, ``**`` with an integer exponent, and calls of
        the given names.
    names : mapping
        Values of the variables, and functions.
    number : callable
        Turns an exact rational constant into the ring's element.

    Raises
    ------
    ArgumentError
        For anything else in the expression, for unknown names, for an operation that has no value
        (a division by zero, say), and for a power too large to be worked out.
    """

    def walk(node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=int(value)) if not isinstance(value, bool):
                return number(Fraction(value))
            case ast.Name(id=name) if name in names:
                return names[name]
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -walk(operand)
            case ast.BinOp(left=left, op=ast.Pow(), right=ast.Constant(value=int(exponent))):
                return _power(walk(left), exponent)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return walk(left) + walk(right)
            case ast.BinOp(left=left, op=ast.Sub(), right=right):
                return walk(left) - walk(right)
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                return walk(left) * walk(right)
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                return walk(left) / walk(right)
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if callable(names.get(name)):
                return names[name](*(walk(argument) for argument in arguments))
        raise ArgumentError(f"{ast.unparse(node)!r} is not part of the language of arguments")

    try:
        tree = ast.parse(expression, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ArgumentError(f"{_shortened(expression)} is not an expression") from error
    try:
        return walk(tree.body)
    except ArgumentError:
        raise
    except Exception as error:  # each ring has exceptions of its own, FLINT's among them
        raise ArgumentError(f"{_shortened(expression)} has no value: {error}") from error


def _power(base: Any, exponent: int) -> Any:
    """``base ** exponent``, unless that would take for ever: a hostile argument must not hang the runner."""
    size = abs(exponent)
    if size > _LARGEST_EXPONENT:
        raise ArgumentError(f"the exponent {exponent} is too large to be re-checked")
    coefficients = base.coeffs() if hasattr(base, "coeffs") else [base]  # of a polynomial
    bits = max((_bits(coefficient) for coefficient in coefficients), default=0)
    if bits * size > _MOST_BITS:
        raise ArgumentError(f"a power with numbers of {bits * size} bits is too large to be re-checked")
    terms = max(len(coefficients), 1)
    if comb(size + terms - 1, terms - 1) > _MOST_TERMS:
        raise ArgumentError(f"the {exponent}-th power of {terms} terms is too large to be re-checked")
    return base**exponent


def _bits(number: Any) -> int:
    """How long a rational is written down; an Arb ball is never longer than its precision."""
    if isinstance(number, Fraction):
        return number.numerator.bit_length() + number.denominator.bit_length()
    return int(number.height_bits()) if hasattr(number, "height_bits") else 0


def _shortened(expression: str) -> str:
    return repr(expression if len(expression) <= 200 else expression[:200] + " ...")


@dataclass(frozen=True)
class SymbolicIdentity:
    """``left == right`` as polynomials with rational coefficients in ``variables``.

    Examples
    --------
    >>> SymbolicIdentity("(x + y)**2", "x**2 + 2*x*y + y**2", ("x", "y")).recheck()
    >>> SymbolicIdentity("(x + y)**2", "x**2 + y**2", ("x", "y")).recheck()
    Traceback (most recent call last):
    lemmata.claims.arguments.ArgumentError: (x + y)**2 - (x**2 + y**2) is 2*x*y, not 0
    """

    left: str
    right: str
    variables: tuple[str, ...]

    @property
    def statement(self) -> str:
        """The identity and its variables."""
        return f"{self.left} = {self.right}, as polynomials in {', '.join(self.variables)}"

    def recheck(self) -> None:
        """Expand both sides; the difference has to vanish identically."""
        from flint import fmpq, fmpq_mpoly_ctx  # noqa: PLC0415 - python-flint loads only where it is used

        ring = fmpq_mpoly_ctx.get(self.variables, "lex")

        def number(value: Fraction) -> Any:
            return ring.constant(fmpq(value.numerator, value.denominator))

        names = dict(zip(self.variables, ring.gens(), strict=True))
        left, right = (evaluate(side, names, number) for side in (self.left, self.right))
        if left != right:
            raise ArgumentError(f"{self.left} - ({self.right}) is {left - right}, not 0")


@dataclass(frozen=True)
class ExactRelation:
    """``left relation right`` between two rationals, computed exactly.

    Examples
    --------
    >>> ExactRelation("1/3 + 1/6", "==", "1/2").recheck()
    """

    left: str
    relation: Operator
    right: str

    @property
    def statement(self) -> str:
        """The relation."""
        return f"{self.left} {self.relation} {self.right} (exact rationals)"

    def recheck(self) -> None:
        """Evaluate both sides in rational arithmetic and compare."""
        _require_relation(self.relation)
        left, right = (evaluate(side, {}, Fraction) for side in (self.left, self.right))
        if not RELATIONS[self.relation](left, right):
            raise ArgumentError(f"{self.left} = {left} and {self.right} = {right}: not {self.relation}")


@dataclass(frozen=True)
class Enclosure:
    """``left relation right`` for every value of the variables in their ranges, by Arb balls.

    The ranges are cut in halves until the enclosures of the two sides are apart everywhere.

    Parameters
    ----------
    left, right : str
        Expressions; ``sqrt``, ``log``, ``exp`` and ``pi`` are known.
    relation : {"<=", "<", ">=", ">"}
        Proved strictly in any case: balls that touch cannot tell.
    ranges : mapping of str to pair of Fraction
        Closed interval of each variable.
    precision : int
        Working precision in bits.
    depth : int
        How often a range may be halved before the argument is given up.

    Examples
    --------
    >>> Enclosure("exp(x)", ">", "x", {"x": (Fraction(-4), Fraction(4))}).recheck()
    """

    left: str
    relation: Operator
    right: str
    ranges: Mapping[str, tuple[Fraction, Fraction]] = field(default_factory=dict)
    precision: int = 128
    depth: int = 16

    @property
    def statement(self) -> str:
        """The inequality and where it holds."""
        where = ", ".join(f"{name} in [{low}, {high}]" for name, (low, high) in self.ranges.items())
        return f"{self.left} {self.relation} {self.right}" + (f" for {where}" if where else "") + " (Arb)"

    def recheck(self) -> None:
        """Enclose both sides over ever smaller boxes until they are apart on each."""
        from flint import arb, ctx, fmpq  # noqa: PLC0415 - python-flint loads only where it is used

        if self.relation == "==":
            raise ArgumentError("an enclosure can separate two values, never show them equal")
        _require_relation(self.relation)
        for name, (low, high) in self.ranges.items():
            if low > high:
                raise ArgumentError(f"{name} has no value: [{low}, {high}] is empty")
            if name in ("sqrt", "log", "exp", "pi"):
                raise ArgumentError(f"{name} already has a meaning, so it cannot be a variable")

        def number(value: Fraction) -> Any:
            return arb(fmpq(value.numerator, value.denominator))

        def apart(box: dict[str, tuple[Fraction, Fraction]]) -> bool:
            names: dict[str, Any] = {
                name: number(low).union(number(high)) for name, (low, high) in box.items()
            }
            names |= {"sqrt": lambda x: x.sqrt(), "log": lambda x: x.log(), "exp": lambda x: x.exp()}
            names["pi"] = arb.pi()
            left, right = (evaluate(side, names, number) for side in (self.left, self.right))
            gap = right - left if self.relation in ("<", "<=") else left - right
            return bool(gap > 0)

        before = ctx.prec
        ctx.prec = self.precision
        try:
            boxes = [(dict(self.ranges), 0)]
            while boxes:
                box, depth = boxes.pop()
                if apart(box):
                    continue
                wide = [name for name, (low, high) in box.items() if low < high]
                if depth == self.depth or not wide:
                    raise ArgumentError(f"{self.statement}: not separated on {_in_words(box)}")
                halves = [_halved(*box[name]) for name in wide]
                for choice in product(*halves):
                    boxes.append((box | dict(zip(wide, choice, strict=True)), depth + 1))
        finally:
            ctx.prec = before


@dataclass(frozen=True)
class Unsatisfiable:
    """No assignment satisfies an SMT-LIB script: the negation of a claim has no model.

    Re-checked by Z3 (``pip install "lemmata[smt]"``); without it the argument does not count.

    Parameters
    ----------
    claim : str
        What the absence of a model shows.
    script : str
        SMT-LIB 2 declarations and assertions.
    seconds : float
        How long the solver may try.
    """

    claim: str
    script: str
    seconds: float = 60.0

    @property
    def statement(self) -> str:
        """The claim."""
        return f"{self.claim} (SMT: the negation is unsatisfiable)"

    def recheck(self) -> None:
        """Ask the solver for a model of the negation."""
        try:
            import z3  # noqa: PLC0415 - optional
        except ImportError as error:
            raise ArgumentError("Z3 is not installed (pip install 'lemmata[smt]')") from error
        solver = z3.Solver()
        solver.set("timeout", int(self.seconds * 1000))
        try:
            solver.from_string(self.script)
        except z3.Z3Exception as error:
            raise ArgumentError(f"{self.claim}: not an SMT-LIB script: {error}") from error
        if not solver.assertions():
            raise ArgumentError(f"{self.claim}: the script asserts nothing")
        answer = solver.check()
        if answer != z3.unsat:
            model = f", for instance {solver.model()}" if answer == z3.sat else ""
            raise ArgumentError(f"{self.claim}: the solver says {answer}{model}")


RELATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "<=": operator.le,
    "<": operator.lt,
    "==": operator.eq,
    ">=": operator.ge,
    ">": operator.gt,
}
"""What the relations between a figure and its bound mean, entry by entry for arrays."""


def _require_relation(relation: str) -> None:
    if relation not in RELATIONS:
        raise ArgumentError(f"{relation!r} is no relation; the relations are {', '.join(RELATIONS)}")


def _halved(low: Fraction, high: Fraction) -> list[tuple[Fraction, Fraction]]:
    middle = (low + high) / 2
    return [(low, middle), (middle, high)]


def _in_words(box: Mapping[str, tuple[Fraction, Fraction]]) -> str:
    return (
        ", ".join(f"{name} in [{float(low)}, {float(high)}]" for name, (low, high) in box.items())
        or "constants"
    )
