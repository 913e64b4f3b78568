"""What is deterministic: wide digits, without repairs (HAM-30)."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lemmata import hamming
from lemmata.claims import Run, check
from lemmata.costs import Costs
from lemmata.hamming import DigitsMultiplied, families

from ..words import long_mismatches


@check("HAM-30")
def without_repairs_nothing_is_random(run: Run) -> None:
    """What is deterministic here: with wide digits, results and costs do not depend on the random stream."""
    first, second, widened = run.clauses("abc")
    for bound in (first, second):
        bound.out_of_reach("the algorithm of the paper, which is not implemented here")
    carried = drawn = 0
    for name, headroom, text, pattern in run.samples(
        words_to_widen(run), "letters equally frequent, and runs of one letter, whose narrow digits overflow"
    ):
        m = len(pattern)
        inputs: dict[str, Any] = {"words": name, "n": len(text), "m": m, "K": headroom}
        spent = []
        for seed in (1, 2):
            steps: list[Any] = []
            rng, costs = np.random.default_rng(seed), Costs()
            before = rng.bit_generator.state
            options: dict[str, Any] = {"headroom": headroom, "rng": rng}
            found = hamming.bit_packed_fft(
                text, pattern, overflow="widen", costs=costs, trace=steps, **options
            )
            widened.equal(rng.bit_generator.state == before, True, **inputs, explanation="numbers were drawn")
            spent.append(costs.word_operations)
            exact = m <= 2_000 or name == "runs"
            at = int(run.rng.integers(0, len(found)))
            expected = long_mismatches(text, pattern) if exact else (text[at : at + m] != pattern).sum()
            widened.equal(found if exact else found[at], expected, **inputs, alignment=at)
            carried += sum(isinstance(step, DigitsMultiplied) and step.carries > 0 for step in steps)
        widened.equal(spent[1], spent[0], **inputs, explanation="word operations with another seed")
        if name == "runs":
            hamming.bit_packed_fft(text, pattern, overflow="auto", **options)
            drawn += rng.bit_generator.state != before
    if not (carried and drawn):
        widened.undecided('products that carry, for whose repair "auto" draws numbers')


def words_to_widen(run: Run) -> Iterator[tuple[str, int, NDArray[np.int64], NDArray[np.int64]]]:
    """Name, K, text and pattern; the runs' products carry with K = 1."""
    for m in (1, 2_000, run.choose(8_000, 30_000, 100_000)):
        for letters in (2, 8, 40):
            text = families.equal_frequencies(3 * m, letters, run.rng)
            yield f"{letters} letters", 64, text, families.equal_frequencies(m, letters, run.rng)
    runs = [(4_200, 4_096, 4), (8_192, 4_096, 4), (9_000, 4_500, 3)]
    for n, m, letters in [*runs, *run.choose([], [(20_000, 10_000, 6)], [(20_000, 10_000, 6)])]:
        pattern = np.arange(m, dtype=np.int64) * letters // m
        yield "runs", 1, np.resize(pattern, n), pattern
