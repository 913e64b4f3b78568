"""Checks of the chapter on text-to-pattern Hamming distances (``theory/hamming.md``).

Expected values come from the definition written out in `words`, from integer convolutions by NumPy, from
Python's integers or from Arb enclosures; never from `lemmata.hamming`.
"""

from .counted_costs import (
    abrahamson_stays_below_its_cost,
    fischer_paterson_stays_below_its_cost,
)
from .distances import (
    all_implementations_agree_with_the_definition,
    distances_have_the_properties_of_a_metric,
    letter_correlations_add_up_to_the_matches,
)
from .modular import modular_arithmetic_is_exact
from .rounding import (
    float_transform_errors_stay_below_the_bound,
    float_transform_is_exact_up_to_two_to_the_25,
)

__all__ = [
    "abrahamson_stays_below_its_cost",
    "all_implementations_agree_with_the_definition",
    "distances_have_the_properties_of_a_metric",
    "fischer_paterson_stays_below_its_cost",
    "float_transform_errors_stay_below_the_bound",
    "float_transform_is_exact_up_to_two_to_the_25",
    "letter_correlations_add_up_to_the_matches",
    "modular_arithmetic_is_exact",
]
