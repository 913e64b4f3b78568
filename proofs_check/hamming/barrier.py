"""The barrier below: distances multiply matrices (HAM-29)."""

from itertools import product

import numpy as np
from numpy.typing import NDArray

from lemmata import hamming
from lemmata.claims import Run, check


@check("HAM-29")
def distances_multiply_matrices(run: Run) -> None:
    """The reduction behind the barrier, carried out: integer matrix products read off distances."""
    products, barrier = run.clauses("ab")
    tiny = run.every(
        product((0, 1), repeat=8), "all pairs of 0/1 matrices of two rows and columns", size=2**8
    )
    for entries in tiny:
        a, b = np.array(entries, dtype=np.int64).reshape(2, 2, 2)
        products.equal(product_by_distances(a, b), a @ b, A=a, B=b)
    sizes = range(1, run.choose(8, 12, 20))
    for size, density in run.samples(product(sizes, (0.2, 0.5, 1.0)), f"random matrices up to {sizes[-1]}"):
        a, b = (run.rng.random((2, size, size)) < density).astype(np.int64)
        products.equal(product_by_distances(a, b), a @ b, A=a, B=b, density=density)
    barrier.out_of_reach("a proof of the combinatorial matrix multiplication conjecture")


def product_by_distances(a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
    """The product of two 0/1 matrices from one text and one pattern, as the book's proof builds them."""
    size = len(a)
    nowhere_in_text, nowhere_in_pattern = size, size + 1
    inner = np.arange(size)
    pattern = np.where(a == 1, inner[None, :], nowhere_in_text).ravel()
    columns = np.where(b.T == 1, inner[None, :], nowhere_in_pattern)
    spaced = np.hstack([columns, np.full((size, 1), nowhere_in_pattern)]).ravel()
    margin = np.full(size * size, nowhere_in_pattern)
    text = np.concatenate([margin, spaced, margin])
    matches = len(pattern) - hamming.distances(text, pattern)
    # Row i of A lies on column j of B where the pattern starts at j (size + 1) - i size.
    i, j = np.meshgrid(inner, inner, indexing="ij")
    return np.asarray(matches[margin.size + j * (size + 1) - i * size])
