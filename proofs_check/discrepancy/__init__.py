"""Checks of the chapter on discrepancy, rounding and quantization (``theory/discrepancy.md``)."""

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
from .digits import (
    discquant_against_gptq_on_digits,
    discquant_diverges_less_than_nearest_on_digits,
    gptq_diverges_less_than_nearest_on_digits,
    the_published_figures_need_a_language_model,
)
from .discquant import all_but_rank_many_weights_are_levels
from .gptq import (
    blocks_change_nothing,
    the_loss_is_the_sum_of_the_columns_losses,
)
from .gptq_bounds import (
    gptq_beats_nearest_in_the_worst_and_the_average_case,
    gptq_can_lose_against_nearest,
    no_row_loses_more_than_a_quarter_of_the_pivots,
    the_announced_bounds_were_not_at_hand,
)
from .gptq_from_data import (
    damped_losses_stay_below_the_bound_from_the_norms,
    random_rounding_in_gptq_is_unbiased_and_bounded,
)
from .gradient_spectrum import (
    gradients_are_nearly_of_low_rank_on_digits,
    the_spectrum_is_not_below_its_first_eigenvalue_over_k,
)
from .gradient_steps import the_gradient_steps_reach_the_relaxed_optimum
from .nearest_plane import gptq_is_babais_nearest_plane
from .quantization import nearest_levels_are_nearest
from .random_rounding import random_rounding_has_the_right_mean_and_variance
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
    "all_but_rank_many_weights_are_levels",
    "beck_fiala_stays_below_twice_the_degree",
    "blocks_change_nothing",
    "constraints_are_kept_as_an_identity",
    "covariances_are_at_most_the_projection",
    "damped_losses_stay_below_the_bound_from_the_norms",
    "designs_are_balanced_and_robust",
    "determinants_bound_hereditary_discrepancy",
    "discquant_against_gptq_on_digits",
    "discquant_diverges_less_than_nearest_on_digits",
    "edge_walks_freeze_half_with_probability_a_quarter",
    "exponential_moments_are_at_most_gaussian",
    "gptq_beats_nearest_in_the_worst_and_the_average_case",
    "gptq_can_lose_against_nearest",
    "gptq_diverges_less_than_nearest_on_digits",
    "gptq_is_babais_nearest_plane",
    "gradients_are_nearly_of_low_rank_on_digits",
    "hadamard_matrices_reach_their_root",
    "halving_colours_everything_within_the_series",
    "linear_discrepancy_is_found_on_a_grid",
    "linear_is_at_most_hereditary",
    "means_are_kept_and_directions_are_least_squares",
    "nearest_levels_are_nearest",
    "no_row_loses_more_than_a_quarter_of_the_pivots",
    "optimal_colorings_are_optimal",
    "optimal_signs_keep_banaszczyks_bound",
    "phases_shrink_the_floating_elements",
    "progressions_and_subcubes_have_their_values",
    "projective_planes_reach_their_bound",
    "random_rounding_has_the_right_mean_and_variance",
    "random_rounding_in_gptq_is_unbiased_and_bounded",
    "reordered_prefix_sums_stay_within_d",
    "residuals_stay_below_a_billionth",
    "roundings_are_right_on_average",
    "signed_prefix_sums_stay_within_two_d_minus_one",
    "six_standard_deviations_suffice",
    "the_announced_bounds_were_not_at_hand",
    "the_fast_walk_takes_the_exact_path",
    "the_gradient_steps_reach_the_relaxed_optimum",
    "the_loss_is_the_sum_of_the_columns_losses",
    "the_published_figures_need_a_language_model",
    "the_spectrum_is_not_below_its_first_eigenvalue_over_k",
    "the_walk_costs_n_m_squared",
    "the_walk_stays_below_its_counted_cost",
    "unimodular_matrices_have_hereditary_discrepancy_one",
    "unit_vectors_have_small_discrepancy",
    "unseen_gradients_are_kept_too",
    "vertices_have_independent_columns",
]
