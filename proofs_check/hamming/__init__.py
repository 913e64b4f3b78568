"""Checks of the chapter on text-to-pattern Hamming distances (``theory/hamming.md``).

Rooms are those of `lemmata.hamming`; here are the checks of its front door, and what many checks share:
the expected values (`words`), and runs on counting numbers (`charges`, `counted_runs`), where arrays between
kernels tell what is done to them (`sealed`). Expected values come from the definition written out in `words`,
from integer convolutions by NumPy, from Python's integers or from Arb enclosures; never from
`lemmata.hamming`.
"""

from .approximation.random_projections import (
    random_bits_have_the_right_moments,
    random_letters_miss_with_a_quarter_at_most,
)
from .barrier import distances_multiply_matrices
from .bit_packed.carry_repair import (
    few_moduli_divide_a_difference,
    repaired_counts_are_exact,
    repairs_take_few_rounds,
)
from .bit_packed.deterministic import without_repairs_nothing_is_random
from .bit_packed.larger_machines import packing_keeps_the_normalised_cost_flat
from .bit_packed.letter_masses import roots_of_masses_add_up_to_at_most_the_root_of_the_lengths
from .bit_packed.narrow_digits import digits_are_the_counts_exactly_if_their_sum_is_the_mass
from .bit_packed.packing_costs import bit_packed_cost_is_below_c_n_root_m
from .correlations.modular_transform import modular_arithmetic_is_exact
from .correlations.rounding import (
    float_transform_errors_stay_below_the_bound,
    float_transform_is_exact_up_to_two_to_the_25,
)
from .correlations.shared_transforms import letters_that_share_a_transform_are_counted_exactly
from .distances import (
    all_implementations_agree_with_the_definition,
    distances_have_the_properties_of_a_metric,
    letter_correlations_add_up_to_the_matches,
)
from .exact.bit_parallel import planes_count_the_mismatches
from .exact.counted_costs import abrahamson_stays_below_its_cost, fischer_paterson_stays_below_its_cost
from .exact.direct_counting import direct_counting_visits_every_equal_pair_once
from .few_mismatches.kangaroo import jumps_find_all_distances_up_to_k
from .few_mismatches.periodicity import breaks_determine_the_matches, close_good_alignments_make_a_near_period
from .other_distances.number_distances import other_distances_follow_their_definitions
from .parts import parts_and_threads_change_nothing
from .sums.sumsets import sums_cost_what_they_are_and_not_their_range
from .sums.three_sum import counting_three_sum_is_distances, distances_are_a_counting_three_sum

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
