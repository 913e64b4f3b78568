"""Running bit-packed algorithms and sums on counting numbers: what was done, beside what was charged.

Every kernel that they call is replaced, where it is called from, by its plain Python on counting numbers, and
the flat charge for planning by nothing; what a run is charged then has to be what was counted. Where arrays
are sealed, what is done to them outside kernels is counted, too: to those that kernels are given, return and
write into, and to what is made of them.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any
from unittest.mock import patch

import numpy as np

from lemmata.costs.counting import Tally
from lemmata.hamming.bit_packed.packing import Packing
from lemmata.hamming.correlations.word_transform import convolution_operations
from lemmata.hamming.letters import Encoded, encode

from .sealed import RunTally, SealedNumpy, sealed, unsealed

_KERNELS: dict[str, tuple[str, ...]] = {
    "bit_packed.narrow_digits": ("pack", "convolve_words", "unpack"),
    "bit_packed.carry_repair": ("fold", "solve_cyclic", "peel", "joined"),
    "bit_packed.multisets": ("survey",),
    "bit_packed.sum_histogram": ("fold", "list_support", "pairs_of_sets", "pairs_of_multisets", "take_back"),
    "bit_packed.bit_packed_fft": (
        "index_pattern",
        "count_letters",
        "likely_letters",
        "indicator",
        "letter_positions",
        "count_pairs",
        "end_run",
        "add_counts",
        "take_distances",
    ),
    "sums.dense_sums": ("tabulate", "count_present", "read_present"),
    "sums.sparse_sums": (
        "lift",
        "start",
        "wrap",
        "place",
        "decide",
        "take_out",
        "keep_counted",
    ),
    "sums.pair_sums": ("first_matches", "merge_rows"),
    "sums.sumsets": (),
    "correlations.word_transform": ("forward_words", "inverse_words", "multiply_words"),
}
_TRANSFORMS = {
    name: getattr(sys.modules["lemmata.hamming.correlations.word_transform"], name)
    for name in _KERNELS["correlations.word_transform"]
}
_SKIPPED = {("bit_packed.narrow_digits", "convolve_words")}  # its kernels are in word_transform


@contextmanager
def counted(*, convolutions: bool = True, seal: bool = False) -> Iterator[RunTally]:
    """What `bit_packed_fft`, `sum_histogram` and `sum_counts` do in this context is counted by the tally;
    convolutions, which take most of the time, by `convolution_operations` if so asked. Text, pattern and
    multisets can be sealed, and with them all that comes of them: then there is no trace to be kept, for
    which an algorithm looks at its arrays. Pairs of sums are counted in full only if so.
    """
    tally = RunTally()
    homes = {module: sys.modules[f"lemmata.hamming.{module}"] for module in _KERNELS}
    replaced: list[tuple[Any, str, Any]] = []
    for module, names in _KERNELS.items():
        skipped = {*_SKIPPED, *([("bit_packed.carry_repair", "joined")] if seal else [])}
        for name in names:
            if (module, name) not in skipped:  # all of them while none is replaced: some call others
                kernel = on_counting_numbers(tally, name, getattr(homes[module], name), seal=seal)
                replaced.append((homes[module], name, kernel))
        if hasattr(homes[module], "PLANNING"):
            replaced.append((homes[module], "PLANNING", 0))
        if seal and hasattr(homes[module], "np"):
            replaced.append((homes[module], "np", SealedNumpy(tally)))
    for module in () if convolutions else ("sums.dense_sums", "bit_packed.narrow_digits"):
        convolve = partial(_convolution, tally, homes[module].convolve_words, seal=seal)
        replaced.append((homes[module], "convolve_words", convolve))
    if seal:
        packed, histograms, sums = (
            homes[f"{module}"]
            for module in ("bit_packed.bit_packed_fft", "bit_packed.sum_histogram", "sums.sumsets")
        )
        given, multiset = histograms._multiplicities, sums._multiset
        replaced.append((packed, "encode", partial(_sealed_words, tally)))
        replaced.append((histograms, "_multiplicities", lambda *x: sealed(tally, given(*x))))
        replaced.append((sums, "_multiset", partial(_sealed_elements, tally, multiset)))
    with ExitStack() as stack:
        for home, name, value in replaced:
            stack.enter_context(patch.object(home, name, value))
        yield tally


def _sealed_elements(tally: RunTally, multiset: Callable[..., Any], name: str, elements: Any) -> Any:
    low, *arrays = multiset(name, elements)
    return low, *(sealed(tally, array) for array in arrays)


def _sealed_words(tally: RunTally, text: Any, pattern: Any) -> Encoded:
    problem = encode(text, pattern)
    return Encoded(sealed(tally, problem.text), sealed(tally, problem.pattern), problem.alphabet)


def _convolution(tally: RunTally, convolve: Callable[..., Any], x: Any, y: Any, *, seal: bool) -> Any:
    tally.count("convolution", convolution_operations(len(x)))
    with patch.multiple(sys.modules["lemmata.hamming.correlations.word_transform"], **_TRANSFORMS):
        found = convolve(unsealed(x), unsealed(y))
    return sealed(tally, found) if seal else found


def on_counting_numbers(
    tally: Tally, name: str, kernel: Callable[..., Any], *, seal: bool = False
) -> Callable[..., Any]:
    """The kernel on counting copies of its arrays, with the results as arrays, sealed or not, and numbers."""
    if name == "joined":

        def joining(parts: list[Any]) -> Any:
            tally.count("move", sum(map(len, parts)))
            return kernel(parts)

        return joining

    counting = tally.counting(kernel)

    def run(*arguments: Any) -> Any:
        given = [_counting(tally, argument) for argument in arguments]
        if name == "solve_cyclic":
            given[3] = tally.number(given[3])
        if name == "peel":
            given[1:3] = arguments[1:3]  # lengths, and where the tables begin
        result = _plain(counting(*given))
        for before, after in zip(arguments, given, strict=True):
            if hasattr(after, "values") and before.flags.writeable:
                unsealed(before)[...] = after.values
        if not (seal and isinstance(tally, RunTally)):
            return result
        if name == "likely_letters":
            tally.likely += len(result[0])
        parts = result if isinstance(result, tuple) else (result,)
        parts = tuple(sealed(tally, part) if isinstance(part, np.ndarray) else part for part in parts)
        return parts if isinstance(result, tuple) else parts[0]

    return run


def _counting(tally: Tally, argument: Any) -> Any:
    if isinstance(argument, np.ndarray):
        return tally.array(np.asarray(argument))
    return tally.number(argument) if isinstance(argument, np.uint64) else argument  # residues


def _plain(result: Any) -> Any:
    if isinstance(result, tuple):
        return tuple(map(_plain, result))
    if hasattr(result, "values"):
        return result.values
    return result.value if hasattr(result, "tally") else result


class _Counted(int):
    """A Python integer whose arithmetic is counted, for plans."""

    operations = 0

    def bit_length(self) -> int:
        _Counted.operations += 1
        return _Counted(int(self).bit_length())


def _operation(name: str) -> Callable[[_Counted, Any], Any]:
    function = getattr(int, name)

    def counted_operation(self: _Counted, *other: Any) -> Any:
        result = function(self, *other)
        if result is not NotImplemented:
            _Counted.operations += 1
        return _Counted(result) if type(result) is int else result

    return counted_operation


for _name in ["add", "sub", "mul", "floordiv", "mod", "lshift", "rshift", "and", "or"]:
    setattr(_Counted, f"__{_name}__", _operation(f"__{_name}__"))
    setattr(_Counted, f"__r{_name}__", _operation(f"__r{_name}__"))
for _name in ["neg", "lt", "le", "gt", "ge", "eq", "ne"]:
    setattr(_Counted, f"__{_name}__", _operation(f"__{_name}__"))


class _Lengths:
    """Stands for an array of which only the length is asked."""

    def __init__(self, length: int) -> None:
        self._length = length

    def __len__(self) -> int:
        return self._length


def planning_operations(window: int, m: int, a: int, b: int, packing: Packing) -> list[int]:
    """Operations on integers of each thing that `PLANNING` is charged for, for one letter."""
    packed, summed = (
        sys.modules[f"lemmata.hamming.bit_packed.{name}"] for name in ("bit_packed_fft", "sum_histogram")
    )
    x = packed.Multiset(_Lengths(window), _Counted(a), _Counted(1), _Counted(a))
    y = packed.Multiset(_Lengths(m), _Counted(b), _Counted(1), _Counted(b))
    numbers = [_Counted(v) for v in (window, m, a, b)]
    spent = []
    for plan in (
        lambda: packed.product_estimate(*numbers, packing),
        lambda: _plans(summed, x, y, packing),
        lambda: summed.repair_estimate(x, y, packing),
        lambda: summed.histogram_at_most(x, y, packing),
    ):
        _Counted.operations = 0
        plan()
        spent.append(_Counted.operations)
    return spent


def _plans(summed: Any, x: Any, y: Any, packing: Any) -> None:
    """What `histogram` works out before it multiplies."""
    mass = x.total * y.total
    summed.fits_word(summed.largest_sum(x, y), 64)
    narrow, wide = summed.digit_plans(x, y, packing)
    pairs, reading = summed.pair_operations(x, y), summed.reading_operations(x, y)
    _ = mass == 0, narrow.bits < wide.bits, narrow.operations < wide.operations
    _ = pairs + reading < narrow.operations, min(pairs, wide.operations) - reading
