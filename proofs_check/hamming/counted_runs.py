"""Running bit-packed algorithms and sums on counting numbers: what was done, beside what was charged.

Every kernel that they call is replaced, where it is called from, by its plain Python on counting numbers, and
the flat charge for planning by nothing; what a run is charged then has to be what was counted. Where arrays
are sealed, what is done to them outside kernels is counted, too.
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
    "correlations.word_transform": ("forward_words", "inverse_words", "multiply_words"),
}
_TRANSFORMS = {
    name: getattr(sys.modules["lemmata.hamming.correlations.word_transform"], name)
    for name in _KERNELS["correlations.word_transform"]
}
_SKIPPED = {("bit_packed.narrow_digits", "convolve_words")}  # its kernels are in word_transform


class RunTally(Tally):
    """A tally of a run, which also knows what was done to sealed arrays outside kernels.

    Attributes
    ----------
    read : int
        Numbers read.
    likely : int
        Letters that were looked at, for each of which planning is charged.
    """

    def __init__(self) -> None:
        super().__init__()
        self.read = self.likely = 0


class Sealed(np.ndarray[Any, Any]):
    """An array that is handed from kernel to kernel. What NumPy does with it is counted, as one operation for
    every number that it is given; so are numbers that are read.
    """

    tally: RunTally

    def __array_finalize__(self, other: Any) -> None:
        if isinstance(other, Sealed):
            self.tally = other.tally

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return self._outside(getattr(ufunc, method), inputs, kwargs)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return self._outside(func, args, kwargs)

    def _outside(self, function: Callable[..., Any], given: Any, options: Any) -> Any:
        self.tally.count("outside kernels", sum(map(np.size, map(_unsealed, given))) or 1)
        return function(*map(_unsealed, given), **{key: _unsealed(each) for key, each in options.items()})

    def __getattribute__(self, name: str) -> Any:
        if name[:1] != "_" and name not in ("tally", "tolist", "shape", "dtype", "flags"):
            self.tally.count("outside kernels", len(self) or 1)
        return super().__getattribute__(name)

    def __getitem__(self, at: Any) -> Any:
        found = super().__getitem__(at)
        self.tally.read += 0 if isinstance(at, slice) else np.size(_unsealed(found))
        return found

    def tolist(self) -> Any:
        """The numbers, which are read."""
        self.tally.read += len(self)
        return super().tolist()


def _unsealed(given: Any) -> Any:
    if isinstance(given, list | tuple):
        return type(given)(map(_unsealed, given))
    return np.asarray(given) if isinstance(given, Sealed) else given


def sealed(tally: RunTally, array: Any) -> Any:
    """The same array, sealed."""
    seal = np.asarray(array).view(Sealed)
    seal.tally = tally
    return seal


@contextmanager
def counted(*, convolutions: bool = True, seal: bool = False) -> Iterator[RunTally]:
    """What `bit_packed_fft`, `sum_histogram` and `sum_counts`, pairs excepted, do in this context is counted
    by the tally; convolutions, which take most of the time, by `convolution_operations` if so asked. For the
    first two, text, pattern and what kernels return can be sealed.
    """
    tally = RunTally()
    with ExitStack() as stack:
        for module, names in _KERNELS.items():
            home = sys.modules[f"lemmata.hamming.{module}"]
            for name in names:
                if (module, name) not in _SKIPPED:
                    counting = on_counting_numbers(tally, name, getattr(home, name), seal=seal)
                    stack.enter_context(patch.object(home, name, counting))
            if hasattr(home, "PLANNING"):
                stack.enter_context(patch.object(home, "PLANNING", 0))
        for module in () if convolutions else ("sums.dense_sums", "bit_packed.narrow_digits"):
            home = sys.modules[f"lemmata.hamming.{module}"]
            convolve = partial(_convolution, tally, home.convolve_words)
            stack.enter_context(patch.object(home, "convolve_words", convolve))
        if seal:
            packed = sys.modules["lemmata.hamming.bit_packed.bit_packed_fft"]
            stack.enter_context(patch.object(packed, "encode", partial(_sealed_words, tally)))
        yield tally


def _sealed_words(tally: RunTally, text: Any, pattern: Any) -> Encoded:
    problem = encode(text, pattern)
    return Encoded(sealed(tally, problem.text), sealed(tally, problem.pattern), problem.alphabet)


def _convolution(tally: Tally, convolve: Callable[..., Any], x: Any, y: Any) -> Any:
    tally.count("convolution", convolution_operations(len(x)))
    with patch.multiple(sys.modules["lemmata.hamming.correlations.word_transform"], **_TRANSFORMS):
        return convolve(np.asarray(x), np.asarray(y))


def on_counting_numbers(
    tally: Tally, name: str, kernel: Callable[..., Any], *, seal: bool = False
) -> Callable[..., Any]:
    """The kernel on counting copies of its arrays, with the results as arrays, sealed or not, and numbers."""
    if name == "joined":

        def joining(parts: list[Any]) -> Any:
            tally.count("move", sum(map(len, parts)))
            return kernel(list(map(np.asarray, parts)))

        return joining

    def run(*arguments: Any) -> Any:
        given = [_counting(tally, argument) for argument in arguments]
        if name == "solve_cyclic":
            given[3] = tally.number(given[3])
        if name == "peel":
            given[1:3] = arguments[1:3]  # lengths, and where the tables begin
        result = _plain(tally.counting(kernel)(*given))
        for before, after in zip(arguments, given, strict=True):
            if hasattr(after, "values") and before.flags.writeable:
                before[...] = after.values
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
