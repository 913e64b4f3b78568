"""What an algorithm charges, and what is counted when its plain Python runs on counting numbers."""

from collections.abc import Callable
from typing import Any, NamedTuple, cast
from unittest.mock import patch

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from lemmata.costs import Costs
from lemmata.costs.counting import Tally
from lemmata.costs.counting_numbers import Number
from lemmata.hamming.correlations import modular_transform
from lemmata.hamming.exact import abrahamson as parting
from lemmata.hamming.exact import bit_parallel as planes
from lemmata.hamming.exact import direct_counting
from lemmata.hamming.exact.direct_counting import by_frequency
from lemmata.hamming.letters import Encoded, encode

from .sealed import RunTally, SealedNumpy, sealed, unsealed


class Charged(NamedTuple):
    """Word operations charged and counted in one run, and the distances that came out of it.

    And what came before: what was ``asked`` of text and pattern besides their lengths to part the letters,
    and how many partings were ``weighed``. ``renaming`` is what renaming the letters took, where it was done.
    """

    charged: int
    counted: int
    distances: list[int]
    asked: list[str]
    weighed: int
    renaming: list[int]


class _Asked(NDArrayOperatorsMixin):
    """Codes that keep the names of the functions that they are given to, and of what else is asked of them
    but for their length.
    """

    def __init__(self, codes: Any, asked: list[str]) -> None:
        self._codes, self._asked = codes, asked

    def __len__(self) -> int:
        return len(self._codes)

    def __array_function__(self, function: Any, types: Any, given: Any, options: Any) -> Any:
        self._asked.append(function.__name__)
        return function(*(each._codes if isinstance(each, _Asked) else each for each in given), **options)

    def __array_ufunc__(self, ufunc: Any, method: str, *given: Any, **options: Any) -> Any:
        return self.__array_function__(ufunc, (), given, options)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        self._asked.append("array")
        return np.array(self._codes, dtype=dtype)

    def __getitem__(self, at: Any) -> Any:
        self._asked.append("item")
        return self._codes[at]


def charged_and_counted(function: Callable[..., Any], text: Any, pattern: Any, **options: Any) -> Charged:
    """Run the function on text and pattern as counting numbers.

    Planes are counted by the library's function, whose words are sealed.
    What comes before the costs begin is not counted: codes, their frequencies, their order by frequency and
    what is chosen by them.
    A population count is one operation, as on the machine. Products modulo p with numbers from tables of
    roots of unity are counted like all others.
    """
    tally, costs = Tally(), Costs()
    problem = encode(text, pattern)
    asked: list[str] = []
    weighed: list[int] = []
    renaming: list[int] = []
    weigh, split_letters = parting._word_operations, parting.split_letters
    ranked, count_planes = vars(parting)["ranked"], planes.plane_count

    def weighing(given: Encoded, frequent: int, pairs: int) -> int:
        weighed.append(frequent)
        return weigh(given, frequent, pairs)

    def split(_: Encoded, *threshold: Any) -> Any:
        text, pattern = cast(Any, _Asked(problem.text, asked)), cast(Any, _Asked(problem.pattern, asked))
        with patch.object(parting, "_word_operations", weighing):
            return split_letters(Encoded(text, pattern, problem.alphabet), *threshold)

    def rename(_: Encoded, order: Any) -> Encoded:
        own = RunTally()
        text, pattern = (sealed(own, word.copy()) for word in (problem.text, problem.pattern))
        with patch.object(direct_counting, "np", SealedNumpy(own)):
            found = ranked(Encoded(text, pattern, problem.alphabet), order)
        renaming.append(own.operations + own.read)
        return in_counting_numbers(found)

    def in_counting_numbers(given: Encoded) -> Encoded:
        text, pattern = (cast(Any, tally.array(unsealed(word))) for word in (given.text, given.pattern))
        return Encoded(text, pattern, given.alphabet)

    def plane_count(_: Encoded) -> int:
        own = RunTally()
        text, pattern = (sealed(own, word) for word in (problem.text, problem.pattern))
        with patch.object(planes, "np", SealedNumpy(own)):
            found = count_planes(Encoded(text, pattern, problem.alphabet))
        # The largest of some letters takes a comparison less than there are letters.
        tally.count("max", own.operations + own.read - 1)
        return found

    product = tally.counting(modular_transform.multiply)

    def multiply(a: Any, b: Any) -> Any:
        return product(*(each if isinstance(each, Number) else tally.number(each) for each in (a, b)))

    replaced: dict[str, Callable[..., Any]] = {
        "encode": lambda *_: in_counting_numbers(problem),
        "split_letters": split,
        "ranked": rename,
        "by_frequency": lambda _: by_frequency(problem),
        "plane_count": plane_count,
        "multiply": multiply,
        "population": lambda word: word.population_count(),
    }
    found = tally.counting(function, replaced)(text, pattern, costs=costs, **options)
    distances = getattr(found, "values", found).tolist()
    return Charged(costs.word_operations, tally.operations, distances, asked, len(weighed), renaming)
