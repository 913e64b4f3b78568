"""Counted costs: what theorems about time are checked against, in place of a clock.

`Costs` holds the counters that algorithms charge when one is passed; `growth_test` judges whether a
counted cost stays below a constant times a formula as inputs grow.
"""

from lemmata.costs.counters import Costs
from lemmata.costs.growth import Growth, growth_test

__all__ = ["Costs", "Growth", "growth_test"]
