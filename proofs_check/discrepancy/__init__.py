"""Checks of the chapter on discrepancy and rounding (``theory/discrepancy.md`` and its second lecture)."""

from .colorings.beck_fiala import (
    beck_fiala_stays_below_twice_the_degree,
    phases_shrink_the_floating_elements,
)
from .colorings.prefix_sums import (
    reordered_prefix_sums_stay_within_d,
    signed_prefix_sums_stay_within_two_d_minus_one,
)
from .colorings.systems import (
    hadamard_matrices_reach_their_root,
    optimal_colorings_are_optimal,
    progressions_and_subcubes_have_their_values,
    projective_planes_reach_their_bound,
)
from .colorings.transference import (
    determinants_bound_hereditary_discrepancy,
    linear_discrepancy_is_found_on_a_grid,
    linear_is_at_most_hereditary,
)
from .colorings.unimodularity import (
    unimodular_matrices_have_hereditary_discrepancy_one,
)
from .colorings.vector_balancing import (
    optimal_signs_keep_banaszczyks_bound,
    unit_vectors_have_small_discrepancy,
)
from .rounding.generalization import (
    unseen_gradients_are_kept_too,
)
from .rounding.rounding_in_doubles import residuals_stay_below_a_billionth, the_walk_costs_n_m_squared
from .rounding.vertices import (
    constraints_are_kept_as_an_identity,
    roundings_are_right_on_average,
    vertices_have_independent_columns,
)
from .walks.edge_walks import edge_walks_freeze_half_with_probability_a_quarter
from .walks.full_colorings import (
    halving_colours_everything_within_the_series,
    six_standard_deviations_suffice,
)
from .walks.gram_schmidt import (
    covariances_are_at_most_the_projection,
    designs_are_balanced_and_robust,
    exponential_moments_are_at_most_gaussian,
    means_are_kept_and_directions_are_least_squares,
)
from .walks.gram_schmidt_paths import (
    the_fast_walk_takes_the_exact_path,
    the_walk_stays_below_its_counted_cost,
)

__all__ = [
    "beck_fiala_stays_below_twice_the_degree",
    "constraints_are_kept_as_an_identity",
    "covariances_are_at_most_the_projection",
    "designs_are_balanced_and_robust",
    "determinants_bound_hereditary_discrepancy",
    "edge_walks_freeze_half_with_probability_a_quarter",
    "exponential_moments_are_at_most_gaussian",
    "hadamard_matrices_reach_their_root",
    "halving_colours_everything_within_the_series",
    "linear_discrepancy_is_found_on_a_grid",
    "linear_is_at_most_hereditary",
    "means_are_kept_and_directions_are_least_squares",
    "optimal_colorings_are_optimal",
    "optimal_signs_keep_banaszczyks_bound",
    "phases_shrink_the_floating_elements",
    "progressions_and_subcubes_have_their_values",
    "projective_planes_reach_their_bound",
    "reordered_prefix_sums_stay_within_d",
    "residuals_stay_below_a_billionth",
    "roundings_are_right_on_average",
    "signed_prefix_sums_stay_within_two_d_minus_one",
    "six_standard_deviations_suffice",
    "the_fast_walk_takes_the_exact_path",
    "the_walk_costs_n_m_squared",
    "the_walk_stays_below_its_counted_cost",
    "unimodular_matrices_have_hereditary_discrepancy_one",
    "unit_vectors_have_small_discrepancy",
    "unseen_gradients_are_kept_too",
    "vertices_have_independent_columns",
]
