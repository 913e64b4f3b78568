"""Checks of the chapter on discrepancy, rounding and quantization (``theory/discrepancy.md``)."""

from .gram_schmidt import (
    covariances_are_at_most_the_projection,
    designs_are_balanced_and_robust,
    exponential_moments_are_at_most_gaussian,
    means_are_kept_and_directions_are_least_squares,
    the_fast_walk_takes_the_exact_path,
    the_walk_stays_below_its_counted_cost,
)
from .walks import (
    edge_walks_freeze_half_with_probability_a_quarter,
    halving_colours_everything_within_the_series,
    six_standard_deviations_suffice,
)

__all__ = [
    "covariances_are_at_most_the_projection",
    "designs_are_balanced_and_robust",
    "edge_walks_freeze_half_with_probability_a_quarter",
    "exponential_moments_are_at_most_gaussian",
    "halving_colours_everything_within_the_series",
    "means_are_kept_and_directions_are_least_squares",
    "six_standard_deviations_suffice",
    "the_fast_walk_takes_the_exact_path",
    "the_walk_stays_below_its_counted_cost",
]
