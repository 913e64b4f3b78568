"""Quantization: grids of representable values, and rounding weights to them.

The chapter is ``theory/quantization.md``; `lemmata.discrepancy.discquant`, which it ends with, rounds to a
vertex and stands in that topic.

- grid.py        `Grid`: the levels of every weight, uniform, grouped, arbitrary or unbounded
- levels.py      a weight's neighbouring levels, exactly
- nearest.py     `round_to_nearest`: each weight by itself
- stochastic.py  `round_stochastic`: at random, with the right mean
- gptq.py        `gptq`: column by column, later columns making up for earlier ones
- hessian.py     H of a layer: read, damped, and factored into what GPTQ feeds back
- order.py       the order of the columns
- rational.py    `gptq_exact`: the same in fractions, the oracle
- babai.py       `nearest_plane`: the lattice algorithm that GPTQ is
- bounds.py      the theorems' formulas
- arrays.py      reading arrays of doubles and of fractions
"""

from lemmata.quantization.babai import NearPoint, PlaneChosen, nearest_plane
from lemmata.quantization.gptq import ColumnRounded, Quantized, gptq
from lemmata.quantization.grid import Grid
from lemmata.quantization.nearest import round_to_nearest
from lemmata.quantization.rational import ExactQuantized, gptq_exact
from lemmata.quantization.stochastic import round_stochastic

__all__ = [
    "ColumnRounded",
    "ExactQuantized",
    "Grid",
    "NearPoint",
    "PlaneChosen",
    "Quantized",
    "gptq",
    "gptq_exact",
    "nearest_plane",
    "round_stochastic",
    "round_to_nearest",
]
