"""Checks of the chapter on discrepancy, rounding and quantization (``theory/discrepancy.md``)."""

from .generalization import (
    unseen_gradients_are_kept_too,
)
from .gram_schmidt import (
    covariances_are_at_most_the_projection,
    designs_are_balanced_and_robust,
    exponential_moments_are_at_most_gaussian,
    means_are_kept_and_directions_are_least_squares,
    the_fast_walk_takes_the_exact_path,
    the_walk_stays_below_its_counted_cost,
)
from .rounding import (
    constraints_are_kept_as_an_identity,
    residuals_stay_below_a_billionth,
    roundings_are_right_on_average,
    the_walk_costs_n_m_squared,
    vertices_have_independent_columns,
)
from .walks import (
    edge_walks_freeze_half_with_probability_a_quarter,
    halving_colours_everything_within_the_series,
    six_standard_deviations_suffice,
)

__all__ = [
    "constraints_are_kept_as_an_identity",
    "covariances_are_at_most_the_projection",
    "designs_are_balanced_and_robust",
    "edge_walks_freeze_half_with_probability_a_quarter",
    "exponential_moments_are_at_most_gaussian",
    "halving_colours_everything_within_the_series",
    "means_are_kept_and_directions_are_least_squares",
    "residuals_stay_below_a_billionth",
    "roundings_are_right_on_average",
    "six_standard_deviations_suffice",
    "the_fast_walk_takes_the_exact_path",
    "the_walk_costs_n_m_squared",
    "the_walk_stays_below_its_counted_cost",
    "unseen_gradients_are_kept_too",
    "vertices_have_independent_columns",
]
