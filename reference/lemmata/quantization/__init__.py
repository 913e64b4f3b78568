"""Quantization: grids of representable values, and rounding weights to them.

The chapter is ``theory/quantization.md``.

- grid.py        `Grid`: the levels of every weight, uniform, grouped, arbitrary or unbounded
- levels.py      a weight's neighbouring levels, exactly
- nearest.py     `round_to_nearest`: each weight by itself
- stochastic.py  `round_stochastic`: at random, with the right mean
- gptq.py        `gptq`: column by column, later columns making up for earlier ones
- babai.py       `nearest_plane`: the lattice algorithm that GPTQ is
- rational.py    `gptq_exact`: the same in fractions, the oracle
- bounds.py      the theorems' formulas
- arrays.py      reading arguments
"""

from lemmata.quantization.babai import NearPoint, nearest_plane
from lemmata.quantization.gptq import ColumnRounded, Quantized, gptq, gptq_from_hessian
from lemmata.quantization.grid import Grid
from lemmata.quantization.nearest import round_to_nearest
from lemmata.quantization.rational import ExactQuantized, gptq_exact
from lemmata.quantization.stochastic import round_stochastic

__all__ = [
    "ColumnRounded",
    "ExactQuantized",
    "Grid",
    "NearPoint",
    "Quantized",
    "gptq",
    "gptq_exact",
    "gptq_from_hessian",
    "nearest_plane",
    "round_stochastic",
    "round_to_nearest",
]
