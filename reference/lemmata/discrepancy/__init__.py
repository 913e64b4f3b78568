"""Discrepancy theory: rounding fractional solutions to integers while linear constraints keep their values.

The chapter is ``theory/discrepancy.md``.

- vertex_rounding.py   `round_to_vertex`: all but rank(A) coordinates rounded, A y = A x
- exact_walk.py        its walk in rationals, step by step; blocked_walk.py, in blocks of matrix products
- certificate.py       `verify_rounding`, an independent look at the result
- column_blocks.py     constraint matrices that are read, or computed, some columns at a time
- discquant.py         `discquant`: a network's weights to a grid, guided by gradients
- rationals.py         points and matrices as exact rationals
"""

from lemmata.discrepancy.certificate import RoundingCertificate, verify_rounding
from lemmata.discrepancy.column_blocks import ColumnBlocks
from lemmata.discrepancy.discquant import DiscQuantized, GradientStep, discquant
from lemmata.discrepancy.exact_walk import ColumnJoined, CoordinateMoved
from lemmata.discrepancy.vertex_rounding import Rounding, RoundingError, round_to_vertex

__all__ = [
    "ColumnBlocks",
    "ColumnJoined",
    "CoordinateMoved",
    "DiscQuantized",
    "GradientStep",
    "Rounding",
    "RoundingCertificate",
    "RoundingError",
    "discquant",
    "round_to_vertex",
    "verify_rounding",
]
