"""Checks of the chapter on text-to-pattern Hamming distances (``theory/hamming.md``).

Expected values come from the definition written out in `words`, from integer convolutions by NumPy, from
Python's integers or from Arb enclosures; never from `lemmata.hamming`.
"""

from .approximation import (
    random_bits_have_the_right_moments,
    random_letters_miss_with_a_quarter_at_most,
)
from .bit_packed import (
    digits_are_the_counts_exactly_if_their_sum_is_the_mass,
    few_moduli_divide_a_difference,
    repaired_counts_are_exact,
    repairs_take_few_rounds,
)
from .counted_costs import (
    abrahamson_stays_below_its_cost,
    fischer_paterson_stays_below_its_cost,
)
from .direct_counting import (
    direct_counting_visits_every_equal_pair_once,
    letters_that_share_a_transform_are_counted_exactly,
    roots_of_masses_add_up_to_at_most_the_root_of_the_lengths,
)
from .distances import (
    all_implementations_agree_with_the_definition,
    distances_have_the_properties_of_a_metric,
    letter_correlations_add_up_to_the_matches,
)
from .jumps import jumps_find_all_distances_up_to_k
from .larger_machines import packing_keeps_the_normalised_cost_flat
from .limits import (
    distances_multiply_matrices,
    planes_count_the_mismatches,
    without_repairs_nothing_is_random,
)
from .mismatch import (
    breaks_determine_the_matches,
    close_good_alignments_make_a_near_period,
)
from .modular import modular_arithmetic_is_exact
from .number_distances import other_distances_follow_their_definitions
from .packing_costs import bit_packed_cost_is_below_c_n_root_m
from .parts import parts_and_threads_change_nothing
from .rounding import (
    float_transform_errors_stay_below_the_bound,
    float_transform_is_exact_up_to_two_to_the_25,
)
from .sums import sums_cost_what_they_are_and_not_their_range
from .three_sums import counting_three_sum_is_distances, distances_are_a_counting_three_sum

__all__ = [
    "abrahamson_stays_below_its_cost",
    "all_implementations_agree_with_the_definition",
    "bit_packed_cost_is_below_c_n_root_m",
    "breaks_determine_the_matches",
    "close_good_alignments_make_a_near_period",
    "counting_three_sum_is_distances",
    "digits_are_the_counts_exactly_if_their_sum_is_the_mass",
    "direct_counting_visits_every_equal_pair_once",
    "distances_are_a_counting_three_sum",
    "distances_have_the_properties_of_a_metric",
    "distances_multiply_matrices",
    "few_moduli_divide_a_difference",
    "fischer_paterson_stays_below_its_cost",
    "float_transform_errors_stay_below_the_bound",
    "float_transform_is_exact_up_to_two_to_the_25",
    "jumps_find_all_distances_up_to_k",
    "letter_correlations_add_up_to_the_matches",
    "letters_that_share_a_transform_are_counted_exactly",
    "modular_arithmetic_is_exact",
    "other_distances_follow_their_definitions",
    "packing_keeps_the_normalised_cost_flat",
    "parts_and_threads_change_nothing",
    "planes_count_the_mismatches",
    "random_bits_have_the_right_moments",
    "random_letters_miss_with_a_quarter_at_most",
    "repaired_counts_are_exact",
    "repairs_take_few_rounds",
    "roots_of_masses_add_up_to_at_most_the_root_of_the_lengths",
    "sums_cost_what_they_are_and_not_their_range",
    "without_repairs_nothing_is_random",
]
