"""Total unimodularity by colourings and by determinants (DIS-20)."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import combinations, permutations, product
from math import prod
from typing import Any

from lemmata import discrepancy
from lemmata.claims import Run, check

Rows = Sequence[Sequence[Any]]


@check("DIS-20")
def unimodular_matrices_have_hereditary_discrepancy_one(run: Run) -> None:
    """Every small matrix over -1, 0, 1: all minors against all colourings of all subsets of columns."""
    forwards, backwards, decided = run.clauses("abc")
    ternary = ((1, 3), (2, 2), (3, 2), (2, 3), *run.choose((), ((2, 4),), ((2, 4), (3, 3))))
    binary = ((3, 3), *run.choose((), ((3, 4),), ((3, 4), (4, 3), (4, 4))))
    unimodular = 0
    for shapes, entries in ((ternary, (-1, 0, 1)), (binary, (0, 1))):
        size = sum(len(entries) ** (d * n) for d, n in shapes)
        description = f"every matrix over {entries} of shapes {shapes}"
        for rows in run.every(matrices(shapes, entries), description, size=size):
            n = len(rows[0])
            expected = all(abs(minor) <= 1 for minor in minors(rows, n))
            unimodular += expected
            value = discrepancy.hereditary_discrepancy(rows).value
            side = forwards if forwards.concerns(expected) else backwards
            backwards.concerns(not expected)
            side.equal(value, hereditary_value(rows, n), vectors=rows)
            side.holds(value, "<=" if expected else ">", 1, vectors=rows, unimodular=expected)
            decided.equal(discrepancy.is_totally_unimodular(rows), expected, vectors=rows)
    forwards.note(f"{unimodular} of the matrices are totally unimodular")
    others = matrices(((1, 1), (1, 2), (2, 1)), (-2, -0.5, 1, 1e300))
    for rows in run.every(
        others, "1 x 1, 1 x 2 and 2 x 1 matrices over -2, -1/2, 1, 1e300", size=4 + 16 + 16
    ):
        decided.equal(
            discrepancy.is_totally_unimodular(rows), {v for row in rows for v in row} == {1}, vectors=rows
        )
    for n, entry in run.every(
        product((3, 4, 5), (1, 2)), "unit matrices, times 1 or 2, against a limit of 4", size=6
    ):
        rows = [[entry * (i == j) for j in range(n)] for i in range(n)]
        if n > 4 and entry == 1:
            decided.refuses(
                partial(discrepancy.is_totally_unimodular, rows, limit=4),
                ValueError,
                "limit",
                vectors=rows,
            )
        else:
            found = discrepancy.is_totally_unimodular(rows, limit=4)
            decided.equal(found, entry == 1, vectors=rows)
    for limit in run.every((31, 100), "31 unit columns against limits of 31 and 100", size=2):
        columns = [[int(i == j) for j in range(31)] for i in range(31)]
        beyond = partial(discrepancy.is_totally_unimodular, columns, limit=limit)
        decided.refuses(beyond, ValueError, "31 > 30", vectors=columns, limit=limit)


def matrices(shapes: Sequence[tuple[int, int]], entries: Sequence[Any]) -> Iterator[Rows]:
    """Every matrix of the shapes, with the entries."""
    for d, n in shapes:
        for flat in product(entries, repeat=d * n):
            yield [list(flat[i * n : (i + 1) * n]) for i in range(d)]


def hereditary_value(rows: Rows, n: int) -> int:
    """The definition: the largest of the least values, over the subsets of the columns."""
    return max(least_value(rows, columns) for k in range(n + 1) for columns in combinations(range(n), k))


def least_value(rows: Rows, columns: Sequence[int]) -> int:
    """The least discrepancy of some columns, over all their colourings."""
    values: list[int] = [
        max(abs(sum(row[j] * c for j, c in zip(columns, signs, strict=True))) for row in rows)
        for signs in product((1, -1), repeat=len(columns))
    ]
    return min(values)


def minors(rows: Rows, n: int) -> Iterator[int]:
    """The determinant of every square submatrix, by Leibniz: signed products over permutations."""
    for k in range(1, min(len(rows), n) + 1):
        for chosen in combinations(rows, k):
            for columns in combinations(range(n), k):
                yield sum(
                    (-1) ** sum(order[i] > order[j] for i in range(k) for j in range(i + 1, k))
                    * prod(chosen[i][order[i]] for i in range(k))
                    for order in permutations(columns)
                )
