"""Checks of the chapter on discrepancy, rounding and quantization (``theory/discrepancy.md``)."""

from .dependencies import (
    beck_fiala_stays_below_twice_the_degree,
    reordered_prefix_sums_stay_within_d,
    signed_prefix_sums_stay_within_two_d_minus_one,
)
from .systems import (
    hadamard_matrices_reach_their_root,
    optimal_colorings_are_optimal,
    progressions_and_subcubes_have_their_values,
    projective_planes_reach_their_bound,
)
from .transference import (
    determinants_bound_hereditary_discrepancy,
    linear_discrepancy_is_found_on_a_grid,
    linear_is_at_most_hereditary,
    optimal_signs_keep_banaszczyks_bound,
    unit_vectors_have_small_discrepancy,
)

__all__ = [
    "beck_fiala_stays_below_twice_the_degree",
    "determinants_bound_hereditary_discrepancy",
    "hadamard_matrices_reach_their_root",
    "linear_discrepancy_is_found_on_a_grid",
    "linear_is_at_most_hereditary",
    "optimal_colorings_are_optimal",
    "optimal_signs_keep_banaszczyks_bound",
    "progressions_and_subcubes_have_their_values",
    "projective_planes_reach_their_bound",
    "reordered_prefix_sums_stay_within_d",
    "signed_prefix_sums_stay_within_two_d_minus_one",
    "unit_vectors_have_small_discrepancy",
]
