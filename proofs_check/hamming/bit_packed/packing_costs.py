"""The counted cost of bit-packed transforms (HAM-15)."""

from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise, product
from math import floor, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lemmata import hamming
from lemmata.claims import Plot, Run, Series, check
from lemmata.costs import Costs
from lemmata.hamming import DigitsMultiplied, Packing, families
from lemmata.hamming.bit_packed import packing_model
from lemmata.hamming.correlations import word_transform
from lemmata.hamming.exact.direct_counting import index_operations

from .packed_charges import PIECE, charges_are_counts, overflows
from .repair_budgets import repairs_stay_in_their_budget

Counts = NDArray[np.int64]
Piece = Callable[[int, int], float]
Interval = tuple[int, int]
Box = tuple[int, int, int, int]
"""W from the first to the second number, m from the third to the fourth."""

LARGEST = 2**18
CONSTANT = 100
DEAREST = 174_764


@check("HAM-15")
def bit_packed_cost_is_below_c_n_root_m(run: Run) -> None:
    """Charges against counts and the book's bound; the constant by intervals that a checker goes through."""
    without, overflowing, constant, dearest = run.clauses("abcd")
    book, piece = run.formula("bit_packed_word_operations"), cache(run.formula("packed_piece_operations"))
    bound = cache(book)
    for name in ("product_word_operations", "dearest_of_bits"):
        run.formula(name)(4_000, 1_000, 5, *([10**6] if name == "dearest_of_bits" else []))
    for words in run.samples(range(1, 40), "numbers of words"):
        length = run.formula("transform_length")(words)
        run.formula("transform_operations", library=word_transform.transform_operations)(length)
    charges_are_counts(run, without, overflowing)
    points: dict[str, list[tuple[int, float]]] = {}
    for n, m in run.samples(_sizes(), "m from 2^8 to 2^18, n = m, 2m and 20m; eight families of frequencies"):
        for name, in_text, in_pattern in frequency_tables(m):
            operations = charged_by_frequencies(n, m, in_text, in_pattern)
            without.holds(operations, "<=", bound(n, m), frequencies=name, n=n, m=m)
            points.setdefault(name, []).append((m, operations / (n * sqrt(m))))
    sizes = [(4 * m, m) for m in (2**k for k in range(8, run.choose(10, 16, 18) + 1))]
    sizes += run.choose([(9_000, 3_000)], [(60_000, 3_000), (100_000, 43_700)], [(20 * 43_700, 43_700)])
    full_runs = [
        (n, m, *words, packing)
        for n, m in sizes
        for words in worst_frequencies(run, n, m)
        for packing in ({}, {"digits": "wide"}, {"headroom": 7})[: 3 if m in (512, 3_000) else 1]
    ]
    full_runs += [(9_000, 6_000, *words, {}) for words in worst_frequencies(run, 9_000, 6_000)]
    for n, m, name, text, pattern, packing in run.samples(
        full_runs, f"runs in full up to m = {sizes[-1][1]}, some with wide digits and with K = 7"
    ):
        costs, traced, steps = Costs(), Costs(), list[Any]()
        hamming.bit_packed_fft(text, pattern, rng=0, costs=costs, **packing)
        found = hamming.bit_packed_fft(text, pattern, rng=0, costs=traced, trace=steps, **packing)
        inputs = {"family": name, "n": n, "m": m, **packing}
        clause, factor = (overflowing, 3) if overflows(steps) else (without, 1)
        clause.equal(costs.word_operations, traced.word_operations, **inputs, explanation="with a trace")
        at = int(run.rng.integers(0, n - m + 1))
        clause.equal(int(found[at]), int((text[at : at + m] != pattern).sum()), **inputs, alignment=at)
        if factor == 1:
            without.equal(
                costs.word_operations, charged_by_words(text, pattern, Packing(**packing)), **inputs
            )
        clause.holds(costs.word_operations, "<=", factor * bound(n, m), **inputs)
    carried = 0
    for n, m, letters in run.samples(_runs(run), "runs of one letter, which overflow; K = 1, 2 and 64"):
        pattern = np.arange(m) * letters // m
        text = np.resize(pattern, n)
        for headroom in (1, 2, 64):
            for overflow in ("auto", "widen"):
                costs, steps = Costs(), []
                options: dict[str, Any] = {"headroom": headroom, "overflow": overflow, "rng": run.rng}
                found = hamming.bit_packed_fft(text, pattern, costs=costs, trace=steps, **options)
                inputs = {"n": n, "m": m, "runs": letters, "K": headroom, "overflow": overflow}
                overflowing.equal(int(found[n - m]), int((text[n - m :] != pattern).sum()), **inputs)
                overflowing.holds(costs.word_operations, "<=", 3 * bound(n, m), **inputs)
                carried += overflows(steps)
        steps = []
        hamming.bit_packed_fft(text, pattern, headroom=1, digits="wide", trace=steps, rng=run.rng)
        products = [step for step in steps if isinstance(step, DigitsMultiplied)]
        inputs = {"n": n, "m": m, "runs": letters, "K": 1, "digits": "wide"}
        without.holds(len(products), ">=", 1, **inputs, explanation="products")
        for product_step in products:
            digits = (product_step.bits, product_step.carries)
            without.equal(digits, (product_step.full_bits, 0), **inputs, explanation="bits and carries")
    overflowing.equal(carried >= 3, True, explanation="products with a digit that carried")
    repairs_stay_in_their_budget(run, overflowing)
    names = ("product_word_operations", "digits_per_word", "transform_operations", "transform_length")
    growth = tuple(cache(run.formula(name)) for name in names)
    for clause in (constant, dearest):
        clause.certified(grows, *growth, run.choose(600, 5_000, 50_000), run.choose(4, 1, 1))
        clause.note("that products grow is sampled here, and by the proof in general")
    full, boxes = covering((1 - 3 * _ROUNDING) * CONSTANT)
    constant.certified(below_on_intervals, full, CONSTANT, piece, intervals=len(full))
    constant.certified(below_on_boxes, boxes, CONSTANT, piece, boxes=len(boxes))
    exact = packing_model.packed_piece_operations(2 * DEAREST - 1, DEAREST) / DEAREST**1.5
    finer = intervals_below(exact)
    dearest.certified(largest_of_full_pieces, DEAREST, "99.5856", finer, piece, intervals=len(finer))
    _plot(run, points, bound)


def grows(
    takes: Callable[[int, int, int], Any],
    packs: Callable[[int], Any],
    transform: Callable[[int], Any],
    length: Callable[[int], int],
    words: int,
    step: int,
) -> bool:
    """Whether a product takes more for a longer piece or pattern and for wider digits.

    Transforms of less than so many words; then products around changes of the transforms' length, as P grows
    with the products: at every ``step``-th.
    """
    lengths = [length(count) for count in range(1, words)]
    growing = all(a <= b and transform(a) <= transform(b) for a, b in pairwise(lengths))
    for bits, exponent in product(range(1, 20), range(3, 18, step)):
        per_word = packs(bits)
        growing = growing and packs(bits + 1) <= per_word
        for edge in (2**exponent * per_word, 3 * 2 ** (exponent - 1) * per_word):
            for m in (edge // 4, edge // 2):
                for window in (edge - m, edge + per_word - m):
                    here = takes(window, m, bits)
                    others = (
                        takes(window + 1, m, bits),
                        takes(window, m + 1, bits),
                        takes(window, m, bits + 1),
                    )
                    growing = growing and all(here <= other for other in others)
    return growing


def _sizes() -> Iterator[tuple[int, int]]:
    lengths = [2**k + (2 ** (k - 2) + k) * (k % 2) for k in range(8, 18)] + [DEAREST, LARGEST]
    return ((factor * m, m) for m in lengths for factor in (1, 2, 20))


def _runs(run: Run) -> list[tuple[int, int, int]]:
    few = [(6_000, 3_000, 2), (2**13, 2**12, 4)]
    more = [*few, (80_000, 40_000, 9), (2**17, 2**16, 16)]
    return run.choose(few, more, [*more, (2**19, 2**18, 16)])


def _plot(run: Run, points: dict[str, list[tuple[int, float]]], bound: Callable[[int, int], float]) -> None:
    curves = [
        Series(name, [float(m) for m, _ in found], [ratio for _, ratio in found], "markers")
        for name, found in points.items()
    ]
    sizes = [2**k for k in range(8, 19)]
    for ratio in (1, 2, 20):
        values = [float(bound(ratio * m, m)) / (ratio * m * sqrt(m)) for m in sizes]
        curves.append(Series(f"bound, n = {ratio}m", [float(m) for m in sizes], values, "lines"))
    run.plot(Plot("Word operations over n sqrt(m)", "pattern length m", "operations / n√m", curves, "log"))


def covering(constant: float) -> tuple[list[Interval], list[Box]]:
    """Intervals of m, and boxes of W and m, on each of which the growth of a piece's bound settles it."""
    piece = packing_model.packed_piece_operations
    boxes: list[Box] = []
    stack = [(m0, max(m1, PIECE) + m1 - 1, m0, m1) for m0, m1 in octaves()]
    while stack:
        w0, w1, m0, m1 = stack.pop()
        if w1 < m0 or piece(w1, m1) <= constant * w0 * sqrt(m0) or (w0, m0) == (w1, m1):
            boxes.append((w0, w1, m0, m1))
        elif w1 * m0 > m1 * w0:
            middle = (w0 + w1) // 2
            stack += [(w0, middle, m0, m1), (middle + 1, w1, m0, m1)]
        else:
            middle = (m0 + m1) // 2
            stack += [(w0, w1, m0, middle), (w0, w1, middle + 1, m1)]
    return intervals_below(constant), boxes


def intervals_below(constant: float) -> list[Interval]:
    """Intervals of m in which a full piece's bound is settled, in order."""
    settled: list[Interval] = []
    stack = octaves()[::-1]
    while stack:
        m0, m1 = stack.pop()
        largest = packing_model.packed_piece_operations(max(m1, PIECE) + m1 - 1, m1)
        if m0 == m1 or largest <= constant * max(m0, PIECE) * sqrt(m0):
            settled.append((m0, m1))
        else:
            middle = (m0 + m1) // 2
            stack += [(middle + 1, m1), (m0, middle)]
    return settled


def octaves() -> list[Interval]:
    """1 to 2^18, cut at powers of two."""
    return [(2**k, min(2 ** (k + 1) - 1, LARGEST)) for k in range(19)]


def below_on_intervals(intervals: list[Interval], constant: float, piece: Piece) -> bool:
    """Whether the intervals are all of 1, ..., 2^18 and P <= C s sqrt(m) from end to end of each.

    P grows with m, so its value at the upper end is compared with the right side at the lower.
    """
    ends = [(0, 0), *intervals, (LARGEST + 1, LARGEST + 1)]
    covered = all(before[1] + 1 == after[0] for before, after in pairwise(ends))
    return covered and all(
        (1 + _ROUNDING) * piece(max(m1, PIECE) + m1 - 1, m1) <= constant * max(m0, PIECE) * sqrt(m0)
        for m0, m1 in intervals
    )


def below_on_boxes(boxes: list[Box], constant: float, piece: Piece) -> bool:
    """Whether the boxes are all m <= W < m + max(m, 4096), m <= 2^18, and P <= C W sqrt(m) in each."""
    for low, high in octaves():
        inside = [box for box in boxes if low <= box[2] and box[3] <= high]
        area = sum((w1 - w0 + 1) * (m1 - m0 + 1) for w0, w1, m0, m1 in inside)
        if area != (max(high, PIECE) + high - low) * (high - low + 1) or any(
            a[0] <= b[1] and b[0] <= a[1] and a[2] <= b[3] and b[2] <= a[3]
            for k, a in enumerate(inside)
            for b in inside[:k]
        ):
            return False
    return all(
        w1 < m0 or (1 + _ROUNDING) * piece(w1, m1) <= constant * w0 * sqrt(m0) for w0, w1, m0, m1 in boxes
    )


_ROUNDING = 1e-12  # more than the doubles that roots are can be off, on the safe side


def largest_of_full_pieces(m: int, figure: str, intervals: list[Interval], piece: Piece) -> bool:
    """Whether P over s sqrt(m) begins with these digits at this m, and is nowhere larger in doubles."""
    value = piece(max(m, PIECE) + m - 1, m) / (max(m, PIECE) * sqrt(m))
    return figure == f"{floor(value * 10**4) / 10**4:.4f}" and below_on_intervals(
        intervals, (1 + 3 * _ROUNDING) * value, piece
    )


def pieces(n: int, m: int) -> Iterator[tuple[int, int]]:
    """First alignment and letters of every piece of a text."""
    step = max(m, PIECE)
    for start in range(0, n - m + 1, step):
        yield start, min(step, n - m + 1 - start) + m - 1


def charged_by_words(text: Counts, pattern: Counts, packing: Packing) -> int:
    """What the letters' frequencies say that a run without overflow is charged."""
    letters = np.unique(pattern)
    in_pattern = np.array([np.count_nonzero(pattern == letter) for letter in letters])
    total = 6 * len(pattern) + 3 * len(letters) + 3  # to index the pattern
    for start, window in pieces(len(text), len(pattern)):
        piece = text[start : start + window]
        places = np.minimum(np.searchsorted(letters, piece), len(letters) - 1)
        in_window = np.bincount(places[letters[places] == piece], minlength=len(letters))
        total += packing_model.letters_word_operations(window, len(pattern), in_window, in_pattern, packing)
    return total


def charged_by_frequencies(n: int, m: int, in_text: Counts, in_pattern: Counts) -> int:
    """The same where every piece has the text's frequencies, given for m letters of text."""
    return index_operations(m, len(in_pattern)) + sum(
        packing_model.letters_word_operations(window, m, in_text * window // m, in_pattern)
        for window in (letters for _, letters in pieces(n, m))
    )


def frequency_tables(m: int) -> Iterator[tuple[str, Counts, Counts]]:
    """Occurrences of the letters in m letters of text and in the pattern, for the worst families."""
    # Around the balance of pairs and products: sqrt(m) / 50 to sqrt(m) letters.
    for part in (1, 4, 12, 25, 50):
        count = max(1, round(sqrt(m) / part))
        equal = np.full(count, m // count)
        yield f"√m / {part} letters", equal, equal
    halves = np.array([m >> (k + 1) for k in range(m.bit_length())])
    yield "powers of two", halves, halves
    weights = 1 / np.arange(1, 1001)
    zipf = (m * weights / weights.sum()).astype(np.int64)
    yield "Zipf", zipf, zipf
    heavy = np.array([m // 2, 1, 1])
    yield "one heavy letter", heavy, heavy


def worst_frequencies(run: Run, n: int, m: int) -> Iterator[tuple[str, Counts, Counts]]:
    """Letter frequencies around the balance of products and pairs, and some that are far from it."""
    root = sqrt(m)
    for name, letters in (
        ("√m letters", root),
        ("√m / 4 letters", root / 4),
        ("√m / 16 letters", root / 16),
        ("2 letters", 2.0),
    ):
        count = max(1, round(letters))
        yield (
            name,
            families.equal_frequencies(n, count, run.rng),
            families.equal_frequencies(m, count, run.rng),
        )
    yield "Zipf", families.zipf(n, rng=run.rng), families.zipf(m, rng=run.rng)
    # Letter k with frequency 2^-k: every scale of mass at once.
    yield "powers of two", run.rng.geometric(0.5, n), run.rng.geometric(0.5, m)
    heavy = [np.where(run.rng.random(size) < 0.5, 0, np.arange(size)) for size in (n, m)]
    yield "one heavy letter", heavy[0].astype(np.int64), heavy[1].astype(np.int64)
