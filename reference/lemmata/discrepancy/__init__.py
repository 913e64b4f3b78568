"""Discrepancy theory: rounding fractional solutions to integers while linear constraints keep their values.

The chapter is ``theory/discrepancy.md``.

Rounding to a vertex

- vertex_rounding.py   `round_to_vertex`: all but rank(A) coordinates rounded, A y = A x
- exact_walk.py        its walk in rationals, step by step
- measured_walk.py     in floating point, measured and corrected; blocked_walk.py, in blocks of products
- scaled_system.py     the columns that can move, rows scaled, and the tolerance of a residual
- certificate.py       `verify_rounding`, an independent look at the result
- column_blocks.py     constraint matrices that are read, or computed, some columns at a time
- rationals.py         points and matrices as exact rationals; rounding_bounds.py, the theorems' formulas
- discquant.py         `discquant`: a network's weights to a grid, guided by gradients

Colourings

- definition.py            `discrepancy`, the definition, literally
- optimal_coloring.py      `optimal_coloring`, the exact optimum by branch and bound
- linear_dependencies.py   moving along dependencies until something freezes; with it:
- beck_fiala.py            `beck_fiala`, set systems of degree t within 2t - 1
- barany_grinberg.py       `barany_grinberg`, signs with all prefix sums within 2d - 1
- steinitz.py              `steinitz`, orders with all prefix sums within d
- linear_discrepancy.py    `round_by_bits`, rounding digit by digit; `linear_discrepancy`, exactly
- hereditary.py            `hereditary_discrepancy`, exactly; `determinant_bound`
- total_unimodularity.py   `is_totally_unimodular`: hereditary discrepancy at most 1
- set_systems.py           Hadamard matrices, projective planes, progressions, subcubes, all small systems
- system_bounds.py         the theorems' formulas for colourings

Random walks

- lovett_meka.py       `lovett_meka`: half the coordinates frozen by a walk on the edges of a polytope
- partial_coloring.py  `spencer_coloring`: halves of halves, until every element has a colour
- gram_schmidt_walk.py `gram_schmidt_walk`: random signs with given means that balance every direction
- factored_basis.py    its basis, kept as Q R
- gram_schmidt_tree.py the same walk by its definition, in rationals, with all of its outcomes
- walk_design.py       `gram_schmidt_design`: the walk as a design of randomized experiments
- walk_bounds.py       the formulas of the theorems on these walks; walk_inputs.py, what they accept
"""

from lemmata.discrepancy.barany_grinberg import barany_grinberg
from lemmata.discrepancy.beck_fiala import beck_fiala
from lemmata.discrepancy.certificate import RoundingCertificate, verify_rounding
from lemmata.discrepancy.column_blocks import ColumnBlocks
from lemmata.discrepancy.definition import discrepancy
from lemmata.discrepancy.discquant import DiscQuantized, GradientStep, discquant
from lemmata.discrepancy.exact_walk import ColumnJoined, CoordinateMoved
from lemmata.discrepancy.gram_schmidt_tree import ExactDistribution, ExactStep, gram_schmidt_distribution
from lemmata.discrepancy.gram_schmidt_walk import GramSchmidtStep, gram_schmidt_walk
from lemmata.discrepancy.hereditary import determinant_bound, hereditary_discrepancy
from lemmata.discrepancy.linear_discrepancy import linear_discrepancy, round_by_bits
from lemmata.discrepancy.lovett_meka import EdgeStep, PartialColoring, lovett_meka
from lemmata.discrepancy.measured_walk import RoundingError
from lemmata.discrepancy.optimal_coloring import optimal_coloring
from lemmata.discrepancy.partial_coloring import ColoringError, Phase, SpencerColoring, spencer_coloring
from lemmata.discrepancy.steinitz import steinitz
from lemmata.discrepancy.total_unimodularity import is_totally_unimodular
from lemmata.discrepancy.vertex_rounding import Rounding, round_to_vertex
from lemmata.discrepancy.walk_design import gram_schmidt_design

__all__ = [
    "ColoringError",
    "ColumnBlocks",
    "ColumnJoined",
    "CoordinateMoved",
    "DiscQuantized",
    "EdgeStep",
    "ExactDistribution",
    "ExactStep",
    "GradientStep",
    "GramSchmidtStep",
    "PartialColoring",
    "Phase",
    "Rounding",
    "RoundingCertificate",
    "RoundingError",
    "SpencerColoring",
    "barany_grinberg",
    "beck_fiala",
    "determinant_bound",
    "discquant",
    "discrepancy",
    "gram_schmidt_design",
    "gram_schmidt_distribution",
    "gram_schmidt_walk",
    "hereditary_discrepancy",
    "is_totally_unimodular",
    "linear_discrepancy",
    "lovett_meka",
    "optimal_coloring",
    "round_by_bits",
    "round_to_vertex",
    "spencer_coloring",
    "steinitz",
    "verify_rounding",
]
