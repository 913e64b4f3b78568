"""The short levels of a float transform, on many blocks at a time: the same butterflies in another order.

Once a transform has come down to blocks of 64 or 128 numbers, its inner loops are too short for vector
instructions. So the level before writes its results transposed: number p of every block goes to row p of a
scratch array, which the cache holds. From there on a butterfly is four rows with one root for all of them,
and the inner loop runs along the rows. The last level writes to where the chunk came from. No number is moved
that a butterfly did not make, so there is nothing more to charge, and every number comes out of the same
operations as without rows: HAM-4 holds as it stands. What changes is the order in which the transform is
left, which the inverse undoes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lemmata.compilation import njit
from lemmata.hamming.correlations.butterflies import Pair, forward_butterfly, inverse_butterfly

Reals = NDArray[np.float64]

WIDTH = 128
"""Numbers of a row, at most: blocks that are worked on together."""
NARROWEST = 64
"""Numbers of a row, at least: below, rows gain nothing."""
_PAD = 8  # rows that lie apart by a power of two would share a few lines of the cache


def _row_size_py(length: int) -> int:
    """Numbers of a block when rows begin, 64 or 128 as they have an even or odd log2; 0 for no rows."""
    size = length
    while size > 128:
        size //= 4
    return size if size >= 64 and length >= NARROWEST * size else 0


def _forward_rows_py(re: Reals, im: Reals, roots_re: Reals, roots_im: Reals, size: int) -> None:
    """The levels of `float_transform.forward` from blocks of 4 size numbers on."""
    width = min(WIDTH, len(re) // size)
    stride = width + _PAD
    rows_re, rows_im = np.empty(size * stride), np.empty(size * stride)
    for chunk in range(0, len(re), size * width):
        chunk_re, chunk_im = re[chunk : chunk + size * width], im[chunk : chunk + size * width]
        forward_into_rows(chunk_re, chunk_im, rows_re, rows_im, stride, roots_re, roots_im, size)
        start, s = 3 * size, size
        while s > 4:
            q = s // 4
            for block in range(0, size, s):
                for p in range(q):
                    k = start + p
                    forward_row(
                        rows_re,
                        rows_im,
                        (block + p) * stride,
                        q * stride,
                        width,
                        (roots_re[k], roots_im[k]),
                        (roots_re[k + q], roots_im[k + q]),
                        (roots_re[k + 2 * q], roots_im[k + 2 * q]),
                    )
            start += 3 * q
            s = q
        if s == 4:
            forward_out_of_rows(
                rows_re, rows_im, stride, chunk_re, chunk_im, width, roots_re, roots_im, start
            )
        else:
            add_pairs_of_rows(rows_re, stride, chunk_re, width)
            add_pairs_of_rows(rows_im, stride, chunk_im, width)


def _forward_into_rows_py(
    re: Reals,
    im: Reals,
    rows_re: Reals,
    rows_im: Reals,
    stride: int,
    roots_re: Reals,
    roots_im: Reals,
    q: int,
) -> None:
    """Butterflies of blocks of 4q numbers, their four results side by side in a row."""
    w1r, w1i = roots_re[:q], roots_im[:q]
    w2r, w2i = roots_re[q : 2 * q], roots_im[q : 2 * q]
    w3r, w3i = roots_re[2 * q : 3 * q], roots_im[2 * q : 3 * q]
    for block in range(0, len(re), 4 * q):
        ar, ai = re[block : block + q], im[block : block + q]
        br, bi = re[block + q : block + 2 * q], im[block + q : block + 2 * q]
        cr, ci = re[block + 2 * q : block + 3 * q], im[block + 2 * q : block + 3 * q]
        dr, di = re[block + 3 * q : block + 4 * q], im[block + 3 * q : block + 4 * q]
        for j in range(q):
            at = j * stride + block // q
            a, b, c, d = forward_butterfly(
                (ar[j], ai[j]),
                (br[j], bi[j]),
                (cr[j], ci[j]),
                (dr[j], di[j]),
                (w1r[j], w1i[j]),
                (w2r[j], w2i[j]),
                (w3r[j], w3i[j]),
            )
            rows_re[at], rows_im[at] = a
            rows_re[at + 1], rows_im[at + 1] = b
            rows_re[at + 2], rows_im[at + 2] = c
            rows_re[at + 3], rows_im[at + 3] = d


def _forward_row_py(
    rows_re: Reals, rows_im: Reals, a: int, step: int, width: int, w1: Pair, w2: Pair, w3: Pair
) -> None:
    """A butterfly of four rows, in place; the first begins at a, and each other a step further."""
    b, c, d = a + step, a + 2 * step, a + 3 * step
    ar, ai = rows_re[a : a + width], rows_im[a : a + width]
    br, bi = rows_re[b : b + width], rows_im[b : b + width]
    cr, ci = rows_re[c : c + width], rows_im[c : c + width]
    dr, di = rows_re[d : d + width], rows_im[d : d + width]
    for j in range(width):
        (ar[j], ai[j]), (br[j], bi[j]), (cr[j], ci[j]), (dr[j], di[j]) = forward_butterfly(
            (ar[j], ai[j]), (br[j], bi[j]), (cr[j], ci[j]), (dr[j], di[j]), w1, w2, w3
        )


def _forward_out_of_rows_py(
    rows_re: Reals,
    rows_im: Reals,
    stride: int,
    re: Reals,
    im: Reals,
    width: int,
    roots_re: Reals,
    roots_im: Reals,
    start: int,
) -> None:
    """The last butterflies, of four neighbouring rows each, from the rows to the chunk."""
    w1 = roots_re[start], roots_im[start]
    w2 = roots_re[start + 1], roots_im[start + 1]
    w3 = roots_re[start + 2], roots_im[start + 2]
    for row in range(0, len(re) // width, 4):
        a, out = row * stride, row * width
        b, c, d = a + stride, a + 2 * stride, a + 3 * stride
        ar, ai = rows_re[a : a + width], rows_im[a : a + width]
        br, bi = rows_re[b : b + width], rows_im[b : b + width]
        cr, ci = rows_re[c : c + width], rows_im[c : c + width]
        dr, di = rows_re[d : d + width], rows_im[d : d + width]
        to_re, to_im = re[out : out + 4 * width], im[out : out + 4 * width]
        for j in range(width):
            a_, b_, c_, d_ = forward_butterfly(
                (ar[j], ai[j]), (br[j], bi[j]), (cr[j], ci[j]), (dr[j], di[j]), w1, w2, w3
            )
            to_re[j], to_im[j] = a_
            to_re[width + j], to_im[width + j] = b_
            to_re[2 * width + j], to_im[2 * width + j] = c_
            to_re[3 * width + j], to_im[3 * width + j] = d_


def _add_pairs_of_rows_py(rows: Reals, stride: int, chunk: Reals, width: int) -> None:
    """Two-point butterflies of neighbouring rows, from the rows to the chunk."""
    for row in range(0, len(chunk) // width, 2):
        a, b = (
            rows[row * stride : row * stride + width],
            rows[(row + 1) * stride : (row + 1) * stride + width],
        )
        plus, minus = (
            chunk[row * width : (row + 1) * width],
            chunk[(row + 1) * width : (row + 2) * width],
        )
        for j in range(width):
            plus[j] = a[j] + b[j]
            minus[j] = a[j] - b[j]


def _inverse_rows_py(re: Reals, im: Reals, roots_re: Reals, roots_im: Reals, size: int) -> None:
    """Undo `forward_rows`, up to the factor: to blocks of 4 size numbers."""
    width = min(WIDTH, len(re) // size)
    stride = width + _PAD
    rows_re, rows_im = np.empty(size * stride), np.empty(size * stride)
    for chunk in range(0, len(re), size * width):
        chunk_re, chunk_im = re[chunk : chunk + size * width], im[chunk : chunk + size * width]
        start = len(roots_re)
        if size == 128:
            spread_pairs_to_rows(chunk_re, width, rows_re, stride)
            spread_pairs_to_rows(chunk_im, width, rows_im, stride)
            s = 8
        else:
            start -= 3
            inverse_into_rows(chunk_re, chunk_im, width, rows_re, rows_im, stride, roots_re, roots_im, start)
            s = 16
        while s <= size:
            q = s // 4
            start -= 3 * q
            for block in range(0, size, s):
                for p in range(q):
                    k = start + p
                    inverse_row(
                        rows_re,
                        rows_im,
                        (block + p) * stride,
                        q * stride,
                        width,
                        (roots_re[k], roots_im[k]),
                        (roots_re[k + q], roots_im[k + q]),
                        (roots_re[k + 2 * q], roots_im[k + 2 * q]),
                    )
            s *= 4
        start -= 3 * size
        inverse_out_of_rows(rows_re, rows_im, stride, chunk_re, chunk_im, roots_re, roots_im, start, size)


def _spread_pairs_to_rows_py(chunk: Reals, width: int, rows: Reals, stride: int) -> None:
    """Two-point butterflies of neighbouring stretches of the chunk, into rows."""
    for row in range(0, len(chunk) // width, 2):
        a, b = chunk[row * width : (row + 1) * width], chunk[(row + 1) * width : (row + 2) * width]
        plus, minus = (
            rows[row * stride : row * stride + width],
            rows[(row + 1) * stride : (row + 1) * stride + width],
        )
        for j in range(width):
            plus[j] = a[j] + b[j]
            minus[j] = a[j] - b[j]


def _inverse_into_rows_py(
    re: Reals,
    im: Reals,
    width: int,
    rows_re: Reals,
    rows_im: Reals,
    stride: int,
    roots_re: Reals,
    roots_im: Reals,
    start: int,
) -> None:
    """The first butterflies of the inverse, from four neighbouring stretches of the chunk into rows."""
    w1 = roots_re[start], roots_im[start]
    w2 = roots_re[start + 1], roots_im[start + 1]
    w3 = roots_re[start + 2], roots_im[start + 2]
    for row in range(0, len(re) // width, 4):
        a, begin = row * stride, row * width
        b, c, d = a + stride, a + 2 * stride, a + 3 * stride
        ar, ai = rows_re[a : a + width], rows_im[a : a + width]
        br, bi = rows_re[b : b + width], rows_im[b : b + width]
        cr, ci = rows_re[c : c + width], rows_im[c : c + width]
        dr, di = rows_re[d : d + width], rows_im[d : d + width]
        of_re, of_im = re[begin : begin + 4 * width], im[begin : begin + 4 * width]
        for j in range(width):
            (ar[j], ai[j]), (br[j], bi[j]), (cr[j], ci[j]), (dr[j], di[j]) = inverse_butterfly(
                (of_re[j], of_im[j]),
                (of_re[width + j], of_im[width + j]),
                (of_re[2 * width + j], of_im[2 * width + j]),
                (of_re[3 * width + j], of_im[3 * width + j]),
                w1,
                w2,
                w3,
            )


def _inverse_row_py(
    rows_re: Reals, rows_im: Reals, a: int, step: int, width: int, w1: Pair, w2: Pair, w3: Pair
) -> None:
    """A butterfly of four rows, in place; the first begins at a, and each other a step further."""
    b, c, d = a + step, a + 2 * step, a + 3 * step
    ar, ai = rows_re[a : a + width], rows_im[a : a + width]
    br, bi = rows_re[b : b + width], rows_im[b : b + width]
    cr, ci = rows_re[c : c + width], rows_im[c : c + width]
    dr, di = rows_re[d : d + width], rows_im[d : d + width]
    for j in range(width):
        (ar[j], ai[j]), (br[j], bi[j]), (cr[j], ci[j]), (dr[j], di[j]) = inverse_butterfly(
            (ar[j], ai[j]), (br[j], bi[j]), (cr[j], ci[j]), (dr[j], di[j]), w1, w2, w3
        )


def _inverse_out_of_rows_py(
    rows_re: Reals,
    rows_im: Reals,
    stride: int,
    re: Reals,
    im: Reals,
    roots_re: Reals,
    roots_im: Reals,
    start: int,
    q: int,
) -> None:
    """Butterflies whose four operands lie side by side in a row, back to blocks of 4q numbers."""
    w1r, w1i = roots_re[start : start + q], roots_im[start : start + q]
    w2r, w2i = roots_re[start + q : start + 2 * q], roots_im[start + q : start + 2 * q]
    w3r, w3i = roots_re[start + 2 * q : start + 3 * q], roots_im[start + 2 * q : start + 3 * q]
    for block in range(0, len(re), 4 * q):
        ar, ai = re[block : block + q], im[block : block + q]
        br, bi = re[block + q : block + 2 * q], im[block + q : block + 2 * q]
        cr, ci = re[block + 2 * q : block + 3 * q], im[block + 2 * q : block + 3 * q]
        dr, di = re[block + 3 * q : block + 4 * q], im[block + 3 * q : block + 4 * q]
        for j in range(q):
            at = j * stride + block // q
            (ar[j], ai[j]), (br[j], bi[j]), (cr[j], ci[j]), (dr[j], di[j]) = inverse_butterfly(
                (rows_re[at], rows_im[at]),
                (rows_re[at + 1], rows_im[at + 1]),
                (rows_re[at + 2], rows_im[at + 2]),
                (rows_re[at + 3], rows_im[at + 3]),
                (w1r[j], w1i[j]),
                (w2r[j], w2i[j]),
                (w3r[j], w3i[j]),
            )


# Kernels call each other by these names, so each is compiled before its callers.
row_size = njit(_row_size_py)
forward_into_rows, forward_row = njit(_forward_into_rows_py), njit(_forward_row_py)
forward_out_of_rows, add_pairs_of_rows = njit(_forward_out_of_rows_py), njit(_add_pairs_of_rows_py)
inverse_into_rows, inverse_row = njit(_inverse_into_rows_py), njit(_inverse_row_py)
inverse_out_of_rows, spread_pairs_to_rows = njit(_inverse_out_of_rows_py), njit(_spread_pairs_to_rows_py)
forward_rows, inverse_rows = njit(_forward_rows_py), njit(_inverse_rows_py)
