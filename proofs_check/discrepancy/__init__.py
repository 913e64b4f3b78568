"""Checks of the chapter on discrepancy, rounding and quantization (``theory/discrepancy.md``)."""

from .generalization import unseen_gradients_are_kept_too
from .rounding import (
    constraints_are_kept_as_an_identity,
    residuals_stay_below_a_billionth,
    roundings_are_right_on_average,
    the_walk_costs_n_m_squared,
    vertices_have_independent_columns,
)

__all__ = [
    "constraints_are_kept_as_an_identity",
    "residuals_stay_below_a_billionth",
    "roundings_are_right_on_average",
    "the_walk_costs_n_m_squared",
    "unseen_gradients_are_kept_too",
    "vertices_have_independent_columns",
]
