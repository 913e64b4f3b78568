"""Four-point butterflies: two levels of a Fourier transform at once.

A transform does the same operations in the same order wherever it keeps its numbers: by levels
(float_transform.py) or in rows (float_rows.py). Numbers are pairs of real and imaginary part; the roots of a
place are its w, w^2 and w^3.
"""

from __future__ import annotations

from lemmata.compilation import njit

Pair = tuple[float, float]
Four = tuple[Pair, Pair, Pair, Pair]


def _forward_butterfly_py(a: Pair, b: Pair, c: Pair, d: Pair, w1: Pair, w2: Pair, w3: Pair) -> Four:
    """Sums and differences twice, then the roots."""
    (ar, ai), (br, bi), (cr, ci), (dr, di) = a, b, c, d
    (w1r, w1i), (w2r, w2i), (w3r, w3i) = w1, w2, w3
    # First level: a+c, a-c, b+d and -i(b-d); second level and the roots below.
    sum_acr, sum_aci = ar + cr, ai + ci
    dif_acr, dif_aci = ar - cr, ai - ci
    sum_bdr, sum_bdi = br + dr, bi + di
    dif_bdr, dif_bdi = bi - di, dr - br
    xr, xi = sum_acr - sum_bdr, sum_aci - sum_bdi
    yr, yi = dif_acr + dif_bdr, dif_aci + dif_bdi
    zr, zi = dif_acr - dif_bdr, dif_aci - dif_bdi
    return (
        (sum_acr + sum_bdr, sum_aci + sum_bdi),
        (xr * w2r - xi * w2i, xr * w2i + xi * w2r),
        (yr * w1r - yi * w1i, yr * w1i + yi * w1r),
        (zr * w3r - zi * w3i, zr * w3i + zi * w3r),
    )


def _inverse_butterfly_py(a: Pair, b: Pair, c: Pair, d: Pair, w1: Pair, w2: Pair, w3: Pair) -> Four:
    """The conjugate roots first, then sums and differences twice."""
    (ar, ai), (br, bi), (cr, ci), (dr, di) = a, b, c, d
    (w1r, w1i), (w2r, w2i), (w3r, w3i) = w1, w2, w3
    xr, xi = br * w2r + bi * w2i, bi * w2r - br * w2i
    yr, yi = cr * w1r + ci * w1i, ci * w1r - cr * w1i
    zr, zi = dr * w3r + di * w3i, di * w3r - dr * w3i
    sum_axr, sum_axi = ar + xr, ai + xi
    dif_axr, dif_axi = ar - xr, ai - xi
    sum_yzr, sum_yzi = yr + zr, yi + zi
    dif_yzr, dif_yzi = zi - yi, yr - zr  # i(y - z)
    return (
        (sum_axr + sum_yzr, sum_axi + sum_yzi),
        (dif_axr + dif_yzr, dif_axi + dif_yzi),
        (sum_axr - sum_yzr, sum_axi - sum_yzi),
        (dif_axr - dif_yzr, dif_axi - dif_yzi),
    )


forward_butterfly, inverse_butterfly = njit(_forward_butterfly_py), njit(_inverse_butterfly_py)
