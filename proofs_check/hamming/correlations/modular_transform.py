"""Arithmetic modulo the Goldilocks prime, on words that refuse to overflow (HAM-8)."""

from collections.abc import Callable
from itertools import product
from types import FunctionType
from typing import Any

import numpy as np

from lemmata.claims import Argument, ExactRelation, Run, SymbolicIdentity, check
from lemmata.costs.counting import Tally
from lemmata.hamming.correlations import modular_transform


class Word:
    """A machine word that refuses to leave its range."""

    def __init__(self, value: int) -> None:
        self.value = int(value)
        if not 0 <= self.value < 2**64:
            raise OverflowError(self.value)

    def _with(self, other: Any, operation: Callable[[int, int], int]) -> "Word":
        return Word(operation(self.value, int(other)))

    def __int__(self) -> int:
        return self.value

    def __add__(self, other: Any) -> "Word":
        return self._with(other, int.__add__)

    def __sub__(self, other: Any) -> "Word":
        return self._with(other, int.__sub__)

    def __mul__(self, other: Any) -> "Word":
        return self._with(other, int.__mul__)

    def __and__(self, other: Any) -> "Word":
        return self._with(other, int.__and__)

    def __or__(self, other: Any) -> "Word":
        return self._with(other, int.__or__)

    def __rshift__(self, other: Any) -> "Word":
        return self._with(other, int.__rshift__)

    def __lshift__(self, other: Any) -> "Word":
        return self._with(other, int.__lshift__)

    def __ge__(self, other: Any) -> bool:
        return self.value >= int(other)


def on_words(function: FunctionType) -> Callable[..., Word]:
    """The plain Python of one of the module's functions, calling its neighbours as plain Python too."""
    constants = {
        name: Word(int(value))
        for name, value in vars(modular_transform).items()
        if isinstance(value, np.uint64)
    }
    names = vars(modular_transform) | constants
    names |= {"add": FunctionType(modular_transform._add_py.__code__, names | constants)}
    return FunctionType(function.__code__, names)


@check("HAM-8")
def modular_arithmetic_is_exact(run: Run) -> None:
    """The code on words that refuse to overflow and on counting numbers; the proof's steps; and back."""
    exact, counted, back = run.clauses("abc")
    p = modular_transform.MODULUS
    edges = {0, 1, 2, p - 1, p - 2, p // 2, p // 2 + 1, 2**63, 2**63 - 1}
    edges |= {2**32 * k + d for k in (1, 2**31, 2**32 - 2) for d in (-1, 0, 1)} | {2**32 - 1, 2**31}
    values = sorted(edges) + run.rng.integers(0, p, run.choose(40, 300, 2000), dtype=np.uint64).tolist()
    operations: dict[str, tuple[Callable[[int, int], int], int]] = {
        "add": (lambda a, b: (a + b) % p, 3),
        "subtract": (lambda a, b: (a - b) % p, 3),
        "multiply": (lambda a, b: a * b % p, 29),
    }
    for a, b in run.samples(product(values, repeat=2), f"pairs of {len(values)} residues, edges among them"):
        for name, (operation, takes) in operations.items():
            compiled = getattr(modular_transform, name)
            inputs = {"operation": name, "a": a, "b": b}
            exact.equal(int(compiled(np.uint64(a), np.uint64(b))), operation(a, b), **inputs)
            try:
                found: object = int(on_words(getattr(modular_transform, f"_{name}_py"))(Word(a), Word(b)))
            except OverflowError as error:
                found = f"{error} leaves the word"
            exact.equal(found, operation(a, b), **inputs)
            tally = Tally()
            tally.counting(compiled)(tally.number(np.uint64(a)), tally.number(np.uint64(b)))
            counted.equal(tally.operations, takes, **inputs)
    counted.equal((modular_transform.PRODUCT, modular_transform.SUM), (29, 3))
    exact.step(*_MODULAR_ARGUMENTS)
    for q in run.samples((2, 3, 5, 17, 257, 65537), "prime divisors of p - 1"):
        back.equal(pow(modular_transform.GENERATOR, (p - 1) // q, p) == 1, False, q=q)
    transform_takes = run.formula("modular_transform_word_operations")
    for order in run.samples(range(1, 33), "roots of unity of order 2 to 2^32"):
        root = pow(modular_transform.GENERATOR, (p - 1) >> order, p)
        back.equal(pow(root, 1 << (order - 1), p), p - 1, order=order, explanation="no smaller order")
        if order <= 16:
            table, inverse_table = modular_transform.modular_roots(order)
            for k in (len(table) // 2, len(table) - 1):
                found = int(table[k]), int(inverse_table[k])
                back.equal(found, (pow(root, k, p), pow(root, -k, p)), order=order, k=k)
    lengths = (*range(run.choose(10, 12, 14)), *run.choose((11, 14, 16), (15, 17, 18), (18, 20, 21)))
    for log2_length in run.samples(lengths, f"random data, lengths up to 2^{lengths[-1]}"):
        length = 1 << log2_length
        roots, inverse_roots = modular_transform.modular_roots(log2_length)
        data = run.rng.integers(0, p, length, dtype=np.uint64)
        there = data.copy()
        modular_transform.forward(there, roots)
        back.equal(int(there[0]), sum(data.tolist()) % p, L=log2_length, explanation="entry 0 is the sum")
        modular_transform.inverse(there, inverse_roots)
        back.equal(there.tolist(), [length * value % p for value in data.tolist()], L=log2_length)
        if log2_length <= 6:
            for kernel, table in (
                (modular_transform.forward, roots),
                (modular_transform.inverse, inverse_roots),
            ):
                tally = Tally()
                # Products with roots are counted like all others.
                tally.counting(kernel)(tally.array(data), tally.array(table))
                counted.equal(tally.operations, transform_takes(log2_length), L=log2_length)


_MODULAR_ARGUMENTS: list[Argument] = [
    # The product, from limbs and their quotients q and remainders r by x = 2^32.
    SymbolicIdentity(
        "(a1*x + a0) * (b1*x + b0) - ((a1*b1 + q1 + q2)*x**2 + r2*x + r0)",
        "(a0*b0 - q0*x - r0) + (a1*b0 + q0 - q1*x - r1)*x + (a0*b1 + r1 - q2*x - r2)*x",
        ("x", "a1", "a0", "b1", "b0", "q0", "r0", "q1", "r1", "q2", "r2"),
    ),
    # Reduction modulo p = x^2 - x + 1.
    SymbolicIdentity(
        "h1*x**3 + h0*x**2 + l - ((l - h1) + h0*(x - 1))",
        "(h1*(x + 1) + h0) * (x**2 - x + 1)",
        ("x", "h1", "h0", "l"),
    ),
    ExactRelation("(2**32 - 1)**2 + 2*(2**32 - 1)", "<", "2**64"),
    ExactRelation("(2**32 - 1)**2", "<", "2**64 - 2**32 + 1"),
    # The last sum: an addend below 2^64, the other at most (2^32 - 1)^2, less p.
    ExactRelation("2**64 - 1 + (2**32 - 1)**2 - (2**64 - 2**32 + 1)", "<", "2**64 - 2**32 + 1"),
    ExactRelation("2**64 - 2**32 + 1", "==", "2**32 * (3 * 5 * 17 * 257 * 65537) + 1"),
]
