"""Correlations of letters' indicators, summed over letters: what the transforms are for.

For a set of letters, the number of j with T[i+j] = P[j] in the set, at every alignment i (HAM-1). The text is
cut into blocks of length N, a power of two, of which neighbours overlap by m - 1; a cyclic correlation
of length N gives N - m + 1 alignments each. The letters' products are added up before the
inverse transform, so each block needs one inverse whatever the number of letters.

In floating point one complex transform carries two blocks, as real and imaginary part. It is used where
the bound of HAM-4 is below 1/2, so that rounding to the nearest integer is exact; elsewhere the
number-theoretic transform counts exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lemmata.costs import Costs
from lemmata.hamming.bounds import correlation_mass, rounding_bound
from lemmata.hamming.correlations.blocks import (
    Blocks,
    correlation_word_operations,
    modular_correlation_operations,
    plan_blocks,
)
from lemmata.hamming.correlations.float_correlation import count_matches_by_float
from lemmata.hamming.correlations.modular_correlation import count_matches_modulo_p
from lemmata.hamming.letters import Encoded
from lemmata.options import one_of

Transform = Literal["auto", "float", "ntt"]
TRANSFORMS: tuple[Transform, ...] = ("auto", "float", "ntt")


def float_is_exact(blocks: Blocks, m: int, letters: int) -> bool:
    """Whether HAM-4 bounds the error below 1/2; by HAM-7 it always does up to blocks of 2^25."""
    return rounding_bound(blocks.log2_length, letters, correlation_mass(blocks.log2_length, m)) < 0.5


def count_matches(
    problem: Encoded, letters: Sequence[int], *, transform: Transform = "auto", costs: Costs | None = None
) -> NDArray[np.int64]:
    """Number of matches in the given letters at every alignment.

    Parameters
    ----------
    problem : Encoded
        Text and pattern.
    letters : sequence of int
        Codes of the letters to count.
    transform : {"auto", "float", "ntt"}
        "auto" takes the float transform where it is provably exact.
    costs : Costs, optional
        Charged with word operations, as `correlation_word_operations` says for the float transform and
        `modular_correlation_operations` for the number-theoretic one, whose products are charged 29 and sums
        3 each (HAM-8).

    Returns
    -------
    numpy.ndarray of int64, shape (n - m + 1,)

    Raises
    ------
    ValueError
        For an unknown transform, or "float" where its exactness is not proved.
    TypeError
        For a transform that is no string.
    """
    one_of("transform", transform, TRANSFORMS)
    if not len(letters):
        return np.zeros(problem.alignments, dtype=np.int64)
    blocks = plan_blocks(problem.n, problem.m, len(letters))
    exact = float_is_exact(blocks, problem.m, len(letters))
    if transform == "float" and not exact:
        raise ValueError(
            f"transform='float' is not provably exact here "
            f"(n = {problem.n}, m = {problem.m}, {len(letters)} letters); use 'auto' or 'ntt'"
        )
    use_float = exact and transform != "ntt"
    if costs is not None:
        operations = correlation_word_operations if use_float else modular_correlation_operations
        costs.charge(word_operations=operations(blocks, len(letters), problem.alignments))
    chosen = np.asarray(letters, dtype=np.int32)
    return (count_matches_by_float if use_float else count_matches_modulo_p)(problem, chosen, blocks)
