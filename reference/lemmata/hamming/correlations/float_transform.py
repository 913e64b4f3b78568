"""Fourier transform of length 2^L in double precision, with an error bound that is proved (HAM-4).

The forward transform decimates in frequency and leaves its result in bit-reversed order of pairs of
bits; the inverse decimates in time and undoes it. Nothing in between cares about the order. Real and
imaginary parts are kept apart, so that the inner loops run over contiguous memory.

From length 2^12 on, the last levels run on many blocks side by side (float_rows.py): the same operations in
an order that suits vector instructions.

Every stage is four-point butterflies (two radix-2 levels at once), with one level of two-point
butterflies where L is odd. All roots of unity are within u/sqrt(2) of the true ones, up to a factor
1 + 2^-40 (`roots_of_unity`; the check of HAM-4 compares them with Arb enclosures).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lemmata.compilation import njit
from lemmata.hamming.correlations import float_rows
from lemmata.hamming.correlations.butterflies import forward_butterfly, inverse_butterfly

Reals = NDArray[np.float64]

CACHED = 1 << 15
"""Numbers that a second-level cache holds: blocks of up to that length go through all levels one by one."""


def roots_of_unity(log2_length: int) -> tuple[Reals, Reals]:
    """Real and imaginary parts of exp(-2 pi i k / N) for k < N = 2**log2_length.

    Coarse times fine: k = a 2^h + b, and the root is the product of two that Arb rounded to
    double-double, about 106 bits; the product is formed to that precision and rounded once.

    Raises
    ------
    ValueError
        For a negative ``log2_length``.
    """
    if log2_length < 0:
        raise ValueError(f"log2_length must not be negative (got {log2_length})")
    fine_bits = log2_length // 2
    coarse = _double_double_roots(log2_length - fine_bits, log2_length - fine_bits)
    fine = _double_double_roots(log2_length, fine_bits)
    (cr, ci), (fr, fi) = coarse, fine
    columns = [(part[0][:, None], part[1][:, None]) for part in (cr, ci)]
    rows = [(part[0][None, :], part[1][None, :]) for part in (fr, fi)]
    real = _difference(_product(columns[0], rows[0]), _product(columns[1], rows[1]))
    imaginary = _sum(_product(columns[0], rows[1]), _product(columns[1], rows[0]))
    return real.ravel(), imaginary.ravel()


DoubleDouble = tuple[Reals, Reals]


def _double_double_roots(log2_length: int, log2_count: int) -> tuple[DoubleDouble, DoubleDouble]:
    """The first 2**log2_count roots exp(-2 pi i k / 2**log2_length), each part as an unevaluated sum."""
    from flint import arb, ctx, fmpq  # noqa: PLC0415 - python-flint loads only where it is used

    before = ctx.prec
    ctx.prec = 160
    try:
        parts: tuple[list[float], ...] = ([], [], [], [])
        for k in range(1 << log2_count):
            angle = arb(fmpq(-2 * k, 1 << log2_length))
            for which, value in ((0, angle.cos_pi()), (2, angle.sin_pi())):
                high = float(value.mid())
                parts[which].append(high)
                parts[which + 1].append(float((value - high).mid()))
    finally:
        ctx.prec = before
    a, b, c, d = (np.array(part) for part in parts)
    return (a, b), (c, d)


def _product(x: DoubleDouble, y: DoubleDouble) -> DoubleDouble:
    """Product of double-doubles, to about 104 bits: Dekker's exact product of the leading parts first."""
    high = x[0] * y[0]
    (x1, x2), (y1, y2) = _split(x[0]), _split(y[0])
    low = ((x1 * y1 - high) + x1 * y2 + x2 * y1) + x2 * y2
    return high, low + (x[0] * y[1] + x[1] * y[0])


def _split(x: Reals) -> DoubleDouble:
    """Veltkamp's splitting into two halves of 26 bits, whose products are exact."""
    scaled = x * 134217729.0  # 2^27 + 1
    high = scaled - (scaled - x)
    return high, x - high


def _sum(x: DoubleDouble, y: DoubleDouble) -> Reals:
    """Sum of double-doubles, rounded to one double."""
    high = x[0] + y[0]
    rest = high - x[0]
    low = (x[0] - (high - rest)) + (y[0] - rest)  # Knuth's exact error of the addition
    return np.asarray(high + (low + (x[1] + y[1])))


def _difference(x: DoubleDouble, y: DoubleDouble) -> Reals:
    return _sum(x, (-y[0], -y[1]))


KEPT = 20
"""Tables of up to 2^20 roots, 16 MiB, are kept, the last 16 of them; of longer ones just the last."""


def butterfly_roots(log2_length: int) -> tuple[Reals, Reals]:
    """Roots in the order in which the stages use them: per stage of size n = N, N/4, ... three runs of n/4.

    The runs are w^j, w^2j, w^3j for w = exp(-2 pi i / n), j < n/4. Read-only, and kept for the next call.
    Memory: 16 bytes for each of the N numbers of a transform, and 80 while they are computed: 2.5 GiB for the
    longest block, 2^25.
    """
    return _short_roots(log2_length) if log2_length <= KEPT else _long_roots(log2_length)


def _ordered_roots(log2_length: int) -> tuple[Reals, Reals]:
    roots = roots_of_unity(log2_length)
    length = 1 << log2_length
    chosen = []
    size = length
    while size >= 4:
        steps = np.arange(size // 4) * (length // size)
        chosen += [steps, 2 * steps, 3 * steps]
        size //= 4
    order = np.concatenate(chosen) if chosen else np.empty(0, dtype=np.int64)
    tables = roots[0][order], roots[1][order]
    for table in tables:
        table.flags.writeable = False
    return tables


_short_roots = lru_cache(maxsize=16)(_ordered_roots)
_long_roots = lru_cache(maxsize=1)(_ordered_roots)


def _forward_py(re: Reals, im: Reals, roots_re: Reals, roots_im: Reals) -> None:
    """Transform in place: from natural to permuted order, roots exp(-2 pi i / N), no scaling."""
    size = len(re)
    start = 0  # of this level's roots
    while size > CACHED:
        forward_level(re, im, roots_re, roots_im, start, size)
        start += 3 * (size // 4)
        size //= 4
    for part in range(0, len(re), size):
        forward_levels(re[part : part + size], im[part : part + size], roots_re[start:], roots_im[start:])


def _forward_levels_py(re: Reals, im: Reals, roots_re: Reals, roots_im: Reals) -> None:
    """All levels of what the cache holds."""
    size = len(re)
    start = 0
    rows = row_size(size)
    while size >= 4:
        if size == 4 * rows:
            forward_rows(re, im, roots_re[start:], roots_im[start:], rows)
            return
        forward_level(re, im, roots_re, roots_im, start, size)
        start += 3 * (size // 4)
        size //= 4
    if size == 2:
        add_neighbours(re)
        add_neighbours(im)


def _forward_level_py(re: Reals, im: Reals, roots_re: Reals, roots_im: Reals, start: int, size: int) -> None:
    """The four-point butterflies of every block of that size."""
    q = size // 4
    w1r, w1i = roots_re[start : start + q], roots_im[start : start + q]
    w2r, w2i = roots_re[start + q : start + 2 * q], roots_im[start + q : start + 2 * q]
    w3r, w3i = roots_re[start + 2 * q : start + 3 * q], roots_im[start + 2 * q : start + 3 * q]
    for block in range(0, len(re), size):
        ar, ai = re[block : block + q], im[block : block + q]
        br, bi = re[block + q : block + 2 * q], im[block + q : block + 2 * q]
        cr, ci = re[block + 2 * q : block + 3 * q], im[block + 2 * q : block + 3 * q]
        dr, di = re[block + 3 * q : block + size], im[block + 3 * q : block + size]
        for j in range(q):
            (ar[j], ai[j]), (br[j], bi[j]), (cr[j], ci[j]), (dr[j], di[j]) = forward_butterfly(
                (ar[j], ai[j]),
                (br[j], bi[j]),
                (cr[j], ci[j]),
                (dr[j], di[j]),
                (w1r[j], w1i[j]),
                (w2r[j], w2i[j]),
                (w3r[j], w3i[j]),
            )


def _inverse_py(re: Reals, im: Reals, roots_re: Reals, roots_im: Reals) -> None:
    """Undo `forward` in place, up to the factor N: from permuted to natural order."""
    size = len(re)
    start = 0
    while size > CACHED:
        start += 3 * (size // 4)
        size //= 4
    for part in range(0, len(re), size):
        inverse_levels(re[part : part + size], im[part : part + size], roots_re[start:], roots_im[start:])
    while size < len(re):
        size *= 4
        start -= 3 * (size // 4)
        inverse_level(re, im, roots_re, roots_im, start, size)


def _inverse_levels_py(re: Reals, im: Reals, roots_re: Reals, roots_im: Reals) -> None:
    """All levels of what the cache holds."""
    length = len(re)
    start = len(roots_re)
    size = 4  # of the first stage of four-point butterflies: N is 4^k or 2 4^k
    while size < length:
        size *= 4
    size = 4 if length in (1, size) else 8
    rows = row_size(length)
    if rows:
        inverse_rows(re, im, roots_re, roots_im, rows)
        while size <= 4 * rows:
            start -= 3 * (size // 4)
            size *= 4
    elif size == 8:
        add_neighbours(re)
        add_neighbours(im)
    while size <= length:
        start -= 3 * (size // 4)
        inverse_level(re, im, roots_re, roots_im, start, size)
        size *= 4


def _inverse_level_py(re: Reals, im: Reals, roots_re: Reals, roots_im: Reals, start: int, size: int) -> None:
    """The four-point butterflies of the inverse on every block of that size."""
    q = size // 4
    w1r, w1i = roots_re[start : start + q], roots_im[start : start + q]
    w2r, w2i = roots_re[start + q : start + 2 * q], roots_im[start + q : start + 2 * q]
    w3r, w3i = roots_re[start + 2 * q : start + 3 * q], roots_im[start + 2 * q : start + 3 * q]
    for block in range(0, len(re), size):
        ar, ai = re[block : block + q], im[block : block + q]
        br, bi = re[block + q : block + 2 * q], im[block + q : block + 2 * q]
        cr, ci = re[block + 2 * q : block + 3 * q], im[block + 2 * q : block + 3 * q]
        dr, di = re[block + 3 * q : block + size], im[block + 3 * q : block + size]
        for j in range(q):
            (ar[j], ai[j]), (br[j], bi[j]), (cr[j], ci[j]), (dr[j], di[j]) = inverse_butterfly(
                (ar[j], ai[j]),
                (br[j], bi[j]),
                (cr[j], ci[j]),
                (dr[j], di[j]),
                (w1r[j], w1i[j]),
                (w2r[j], w2i[j]),
                (w3r[j], w3i[j]),
            )


def _add_neighbours_py(values: Reals) -> None:
    """Two-point butterflies."""
    for k in range(0, len(values), 2):
        difference = values[k] - values[k + 1]
        values[k] = values[k] + values[k + 1]
        values[k + 1] = difference


# Kernels call each other by these names, so each is compiled before its callers.
forward_rows, inverse_rows, row_size = float_rows.forward_rows, float_rows.inverse_rows, float_rows.row_size
add_neighbours = njit(_add_neighbours_py)
forward_level, inverse_level = njit(_forward_level_py), njit(_inverse_level_py)
forward_levels, inverse_levels = njit(_forward_levels_py), njit(_inverse_levels_py)
forward, inverse = njit(_forward_py), njit(_inverse_py)
