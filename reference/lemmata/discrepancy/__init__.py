"""Discrepancy theory: rounding fractional solutions to integers while linear constraints keep their values.

The chapter is ``theory/discrepancy.md``.

- definition.py         `discrepancy`, the definition, literally
- optimal_coloring.py   `optimal_coloring`, the exact optimum by branch and bound
- linear_dependencies.py   moving along dependencies until something freezes; with it:
  beck_fiala.py            `beck_fiala`, set systems of degree t within 2t - 1
  barany_grinberg.py       `barany_grinberg`, signs with all prefix sums within 2d - 1
  steinitz.py              `steinitz`, orders with all prefix sums within d
- linear_discrepancy.py `round_by_bits`, rounding digit by digit; `linear_discrepancy`, exactly
- hereditary.py         `hereditary_discrepancy`, exactly; `determinant_bound`
- set_systems.py        Hadamard matrices, projective planes, progressions, subcubes, all small systems
- system_bounds.py      the theorems' formulas for colourings
"""

from lemmata.discrepancy.barany_grinberg import barany_grinberg
from lemmata.discrepancy.beck_fiala import beck_fiala
from lemmata.discrepancy.definition import discrepancy
from lemmata.discrepancy.hereditary import determinant_bound, hereditary_discrepancy
from lemmata.discrepancy.linear_discrepancy import linear_discrepancy, round_by_bits
from lemmata.discrepancy.optimal_coloring import optimal_coloring
from lemmata.discrepancy.steinitz import steinitz

__all__ = [
    "barany_grinberg",
    "beck_fiala",
    "determinant_bound",
    "discrepancy",
    "hereditary_discrepancy",
    "linear_discrepancy",
    "optimal_coloring",
    "round_by_bits",
    "steinitz",
]
