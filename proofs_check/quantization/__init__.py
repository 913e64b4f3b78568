"""Checks of the chapter on quantization (``theory/quantization.md``)."""

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
from .nearest import nearest_levels_are_nearest
from .nearest_plane import gptq_is_babais_nearest_plane
from .random_rounding import random_rounding_has_the_right_mean_and_variance

__all__ = [
    "all_but_rank_many_weights_are_levels",
    "blocks_change_nothing",
    "damped_losses_stay_below_the_bound_from_the_norms",
    "discquant_against_gptq_on_digits",
    "discquant_diverges_less_than_nearest_on_digits",
    "gptq_beats_nearest_in_the_worst_and_the_average_case",
    "gptq_can_lose_against_nearest",
    "gptq_diverges_less_than_nearest_on_digits",
    "gptq_is_babais_nearest_plane",
    "gradients_are_nearly_of_low_rank_on_digits",
    "nearest_levels_are_nearest",
    "no_row_loses_more_than_a_quarter_of_the_pivots",
    "random_rounding_has_the_right_mean_and_variance",
    "random_rounding_in_gptq_is_unbiased_and_bounded",
    "the_announced_bounds_were_not_at_hand",
    "the_gradient_steps_reach_the_relaxed_optimum",
    "the_loss_is_the_sum_of_the_columns_losses",
    "the_published_figures_need_a_language_model",
    "the_spectrum_is_not_below_its_first_eigenvalue_over_k",
]
