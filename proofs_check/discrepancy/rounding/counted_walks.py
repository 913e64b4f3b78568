"""The walks' plain Python on counting numbers: multiplications counted, and charged (DIS-5, DIS-28).

Where libraries take them, a product of matrices counts as by rows and columns, an inverse as elimination in
place.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lemmata.costs import Costs
from lemmata.costs.counting import Tally
from lemmata.costs.counting_numbers import CountingArray, value_of
from lemmata.discrepancy.rounding import blocked_walk
from lemmata.discrepancy.walks.factored_basis import build_basis, prepare
from lemmata.discrepancy.walks.gram_schmidt_walk import gram_schmidt_walk, scaled_columns, walk

Floats = NDArray[np.float64]

KINDS = ("mul", "truediv", "sqrt", "hypot", "ldexp")
"""What counts as a multiplication."""


def multiplications(tally: Tally) -> int:
    """Multiplications, divisions and roots."""
    return sum(tally.kinds[kind] for kind in KINDS)


def count_blocked_walk(columns: Floats, y: Floats, uniforms: Floats) -> tuple[int, NDArray[np.int64], Floats]:
    """Multiplications that the walk takes on (n, m) columns; its own counts; and where it ends."""
    m = columns.shape[1]
    tally, basis = Tally(), blocked_walk.Basis(m)
    ends = tally.array(y)
    by_libraries: dict[str, Callable[..., Any]] = {
        "product": lambda a, b: _product(tally, a.values, b.values),
        "transposed_product": lambda a, b: _product(tally, a.values.T, b.values),
        "inverted": lambda matrix: _inverted(tally, matrix.values),
    }
    tally.counting(blocked_walk.walk, by_libraries if m > blocked_walk.LOOPS else {})(
        _counting(tally, basis.state),
        tally.array(columns),
        0,
        ends,
        tally.array(uniforms),
        blocked_walk.block_size(m),
        blocked_walk.blocks_between_inversions(m),
    )
    return multiplications(tally), basis.counts, ends.values


def _counting(tally: Tally, state: Any) -> Any:
    """The state of a walk with its doubles as counting numbers."""
    parts = state._asdict().items()
    return state._replace(**{name: tally.array(part) for name, part in parts if part.dtype.kind == "f"})


def _product(tally: Tally, a: Floats, b: Floats) -> CountingArray:
    tally.count("mul", a.size * b.shape[1])
    return CountingArray(tally, np.dot(a, b), fresh=True)


def _inverted(tally: Tally, matrix: Floats) -> CountingArray:
    """Elimination in place, with pivots by rows, entry by entry."""
    a = tally.objects(matrix)
    m = len(a)
    order = list(range(m))
    for k in range(m):
        best = max(range(k, m), key=lambda i: abs(value_of(a[i, k])))
        a[[k, best]], order[k], order[best] = a[[best, k]], order[best], order[k]
        pivot = 1 / a[k, k]
        for j in range(m):
            if j != k:
                a[k, j] = a[k, j] * pivot
        a[k, k] = pivot
        for i in range(m):
            if i != k:
                factor = a[i, k]
                for j in range(m):
                    if j != k:
                        a[i, j] = a[i, j] - factor * a[k, j]
                a[i, k] = -(factor * pivot)
    inverse = np.empty((m, m))
    for k in range(m):
        inverse[:, order[k]] = [value_of(entry) for entry in a[:, k]]
    return CountingArray(tally, inverse, fresh=True)


def count_gram_schmidt_walk(vectors: Floats, x: Floats, seed: int) -> tuple[int, int, bool]:
    """Multiplications counted and charged, and whether both walks end alike."""
    d, n = vectors.shape
    costs = Costs()
    signs = gram_schmidt_walk(vectors, x, rng=seed, costs=costs)
    tally = Tally()
    columns, exponents = scaled_columns(np.ascontiguousarray(vectors.T))
    # Two scalings and a square for each entry, and a root for each column.
    tally.count("mul", 3 * n * d)
    tally.count("sqrt", n)
    state = _counting(tally, prepare(columns, exponents, x.copy()))

    def counted(kind: str, function: Any) -> Any:
        def operation(*arguments: Any) -> Any:
            tally.count(kind)
            return tally.number(function(*map(value_of, arguments)))

        return operation

    substitutes = {
        "hypot": counted("hypot", np.hypot),
        "ldexp": counted("ldexp", lambda value, exponent: math.ldexp(value, int(exponent))),
        "frexp": lambda value: math.frexp(value_of(value)),
    }
    with np.errstate(over="ignore", under="ignore"):
        tally.counting(build_basis, substitutes)(state)
        tally.counting(walk, substitutes)(state, np.random.default_rng(seed).random(n))
    return multiplications(tally), costs.multiplications, state.values.values.tolist() == signs.tolist()
