"""Discrepancy theory: rounding fractional solutions to integers while linear constraints keep their values.

The chapter is ``theory/discrepancy.md``, with a second lecture on random walks in
``theory/discrepancy_walks.md``; the theorems on DiscQuant are in ``theory/quantization.md``.

- definition.py   `discrepancy`, the definition, literally
- set_systems.py  Hadamard matrices, projective planes, progressions, subcubes, all small systems
- exact_basis.py  the basis that exact walks keep
- rounding/       `round_to_vertex`: all but rank(A) coordinates rounded, A y = A x; `verify_rounding`
- colorings/      `optimal_coloring`, `beck_fiala`, `barany_grinberg`, `steinitz`; `linear_discrepancy`,
                  `hereditary_discrepancy`, `is_totally_unimodular`
- walks/          `lovett_meka` and `spencer_coloring`; `gram_schmidt_walk` and `gram_schmidt_design`
- discquant.py    `discquant`: a network's weights to a grid, guided by gradients
- gradient_steps.py  what it takes first: an objective, and gradient steps on it in the cube

Each room's docstring says what its files are.
"""

from lemmata.discrepancy.colorings.barany_grinberg import VectorEntered, barany_grinberg
from lemmata.discrepancy.colorings.beck_fiala import PhaseStarted, beck_fiala
from lemmata.discrepancy.colorings.hereditary import (
    DeterminantBound,
    HereditaryDiscrepancy,
    determinant_bound,
    hereditary_discrepancy,
)
from lemmata.discrepancy.colorings.linear_dependencies import Move, WalkRepeatedExactly
from lemmata.discrepancy.colorings.linear_discrepancy import (
    BitRounded,
    BitRounding,
    LinearDiscrepancy,
    linear_discrepancy,
    round_by_bits,
)
from lemmata.discrepancy.colorings.optimal_coloring import (
    BranchCut,
    ColoringImproved,
    OptimalColoring,
    optimal_coloring,
)
from lemmata.discrepancy.colorings.steinitz import VectorPlaced, steinitz
from lemmata.discrepancy.colorings.total_unimodularity import is_totally_unimodular
from lemmata.discrepancy.definition import discrepancy
from lemmata.discrepancy.discquant import DiscQuantized, discquant
from lemmata.discrepancy.gradient_steps import GradientStep
from lemmata.discrepancy.rounding.certificate import RoundingCertificate, verify_rounding
from lemmata.discrepancy.rounding.column_blocks import ColumnBlocks
from lemmata.discrepancy.rounding.exact_walk import ColumnJoined, CoordinateMoved
from lemmata.discrepancy.rounding.measured_walk import RoundingError
from lemmata.discrepancy.rounding.vertex_rounding import Rounding, round_to_vertex
from lemmata.discrepancy.walks.gram_schmidt_tree import (
    ExactDistribution,
    ExactStep,
    gram_schmidt_distribution,
)
from lemmata.discrepancy.walks.gram_schmidt_walk import GramSchmidtStep, gram_schmidt_walk
from lemmata.discrepancy.walks.lovett_meka import EdgeStep, PartialColoring, lovett_meka
from lemmata.discrepancy.walks.partial_coloring import ColoringError, Phase, SpencerColoring, spencer_coloring
from lemmata.discrepancy.walks.walk_design import gram_schmidt_design

__all__ = [
    "BitRounded",
    "BitRounding",
    "BranchCut",
    "ColoringError",
    "ColoringImproved",
    "ColumnBlocks",
    "ColumnJoined",
    "CoordinateMoved",
    "DeterminantBound",
    "DiscQuantized",
    "EdgeStep",
    "ExactDistribution",
    "ExactStep",
    "GradientStep",
    "GramSchmidtStep",
    "HereditaryDiscrepancy",
    "LinearDiscrepancy",
    "Move",
    "OptimalColoring",
    "PartialColoring",
    "Phase",
    "PhaseStarted",
    "Rounding",
    "RoundingCertificate",
    "RoundingError",
    "SpencerColoring",
    "VectorEntered",
    "VectorPlaced",
    "WalkRepeatedExactly",
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
