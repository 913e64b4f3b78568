"""Total unimodularity by colourings and by determinants (DIS-46)."""

from collections.abc import Iterator, Sequence
from itertools import combinations, permutations, product
from math import prod

from lemmata import discrepancy
from lemmata.claims import Evidence, Run, Verdict, Witness, check, refuted

Rows = Sequence[Sequence[int]]


@check("DIS-46")
def unimodular_matrices_have_hereditary_discrepancy_one(run: Run) -> Verdict:
    """Every small matrix over -1, 0, 1: all minors against all colourings of all subsets of columns."""
    cases, unimodular = 0, 0
    ternary = ((1, 3), (2, 2), (3, 2), (2, 3), *run.choose((), ((2, 4),), ((2, 4), (3, 3))))
    binary = ((3, 3), *run.choose((), ((3, 4),), ((3, 4), (4, 3), (4, 4))))
    for rows in (*matrices(ternary, (-1, 0, 1)), *matrices(binary, (0, 1)), *matrices(((1, 2),), (-2, 1))):
        n = len(rows[0])
        cases += 1
        expected = all(abs(minor) <= 1 for minor in minors(rows, n))
        unimodular += expected
        colored = hereditary_value(rows, n) <= 1 and all(abs(v) <= 1 for row in rows for v in row)
        found = discrepancy.is_totally_unimodular(rows)
        if not expected == colored == found:
            seen = {"by colourings": colored, "found": found}
            return refuted(cases, Witness({"vectors": rows}, expected, seen, "totally unimodular, by minors"))
    return Verdict(
        Evidence.VERIFIED,
        f"every matrix over -1, 0, 1 of shapes {ternary}, over 0, 1 of shapes {binary}",
        cases,
        measured=0,
        bound=0,
        relation="==",
        notes=[f"measured: disagreements; {unimodular} of the matrices are totally unimodular"],
    )


def matrices(shapes: Sequence[tuple[int, int]], entries: Sequence[int]) -> Iterator[Rows]:
    """Every matrix of the shapes, with the entries."""
    for d, n in shapes:
        for flat in product(entries, repeat=d * n):
            yield [list(flat[i * n : (i + 1) * n]) for i in range(d)]


def hereditary_value(rows: Rows, n: int) -> int:
    """The definition: the largest of the least values, over the subsets of the columns."""
    return max(least_value(rows, columns) for k in range(n + 1) for columns in combinations(range(n), k))


def least_value(rows: Rows, columns: Sequence[int]) -> int:
    """The least discrepancy of some columns, over all their colourings."""
    return min(
        max(abs(sum(row[j] * c for j, c in zip(columns, signs, strict=True))) for row in rows)
        for signs in product((1, -1), repeat=len(columns))
    )


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
