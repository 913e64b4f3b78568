"""What an algorithm charges, and what is counted when its plain Python runs on counting numbers."""

from collections.abc import Callable
from typing import Any, NamedTuple, cast

import numpy as np

from lemmata.costs import Costs
from lemmata.costs.counting import Tally
from lemmata.costs.counting_numbers import Number
from lemmata.hamming.correlations import modular_transform
from lemmata.hamming.exact.abrahamson import split_letters
from lemmata.hamming.exact.direct_counting import by_frequency, ranked
from lemmata.hamming.letters import Encoded, encode


class Charged(NamedTuple):
    """Word operations charged and counted in one run, and the distances that came out of it."""

    charged: int
    counted: int
    distances: list[int]


def charged_and_counted(function: Callable[..., Any], text: Any, pattern: Any, **options: Any) -> Charged:
    """Run the function on text and pattern as counting numbers.

    What comes before the costs begin is not counted: codes, their frequencies and their order by frequency.
    A population count is one operation, as on the machine. Products modulo p with numbers from tables of
    roots of unity are counted like all others.
    """
    tally, costs = Tally(), Costs()
    problem = encode(text, pattern)

    def in_counting_numbers(given: Encoded) -> Encoded:
        text, pattern = cast(Any, tally.array(given.text)), cast(Any, tally.array(given.pattern))
        return Encoded(text, pattern, given.alphabet)

    def plane_count(given: Any) -> int:
        largest = np.maximum(given.text.max().value, given.pattern.max().value)
        tally.count("max")
        return max(1, int(largest).bit_length())

    product = tally.counting(modular_transform.multiply)

    def multiply(a: Any, b: Any) -> Any:
        return product(*(each if isinstance(each, Number) else tally.number(each) for each in (a, b)))

    replaced: dict[str, Callable[..., Any]] = {
        "encode": lambda *_: in_counting_numbers(problem),
        "split_letters": lambda _, *given: split_letters(problem, *given),
        "ranked": lambda _, order: in_counting_numbers(ranked(problem, order)),
        "by_frequency": lambda _: by_frequency(problem),
        "plane_count": plane_count,
        "multiply": multiply,
        "population": lambda word: word.population_count(),
    }
    found = tally.counting(function, replaced)(text, pattern, costs=costs, **options)
    return Charged(costs.word_operations, tally.operations, getattr(found, "values", found).tolist())
