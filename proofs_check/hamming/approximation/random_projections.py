"""Approximate distances by random projections (HAM-21, HAM-22)."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import product
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from lemmata import hamming
from lemmata.claims import Clause, Run, check
from lemmata.hamming.approximation import karloff, kopelowitz_porat, projections
from lemmata.hamming.letters import encode

from ..words import long_mismatches, mismatches

Bound = Callable[..., Any]
Words = tuple[list[int], list[int]]

SEEDS = 1_000
REJECT = 318
"""Failures of 1,000 with probability 1/4 each reach this with probability 7.7e-7; with 0.35 each, 0.985."""


def pairs_of_words(run: Run) -> list[tuple[list[int], list[int]]]:
    """Short texts with patterns of one to four letters."""
    words = [([0, 1, 2, 0, 3], [0, 1]), ([0, 0, 0], [0, 1]), ([0, 1, 0, 1], [2, 3, 0]), ([0], [0])]
    for _ in range(run.choose(6, 20, 60)):
        words.append((run.rng.integers(0, 4, 6).tolist(), run.rng.integers(0, 4, 4).tolist()))
    return words


def all_projections(text: list[int], pattern: list[int], letters: int) -> list[list[Fraction]]:
    """For every alignment, its projected distance under each map to so many letters."""
    problem = encode(text, pattern)
    images = product(range(letters), repeat=len(problem.alphabet) + 1)
    rows = [
        projections.projected_distances(problem, np.array(image, dtype=np.int32), letters) for image in images
    ]
    return [[Fraction(int(v)) for v in column] for column in np.array(rows).T]


@check("HAM-21")
def random_bits_have_the_right_moments(run: Run) -> None:
    """Mean and variance over all projections exactly; repetitions; failures over many seeds."""
    mean, variance, together = run.clauses("abc")
    repetitions = run.formula("karloff_repetitions")
    for text, pattern in run.samples(pairs_of_words(run), "small inputs, all projections in fractions"):
        for i, column in enumerate(all_projections(text, pattern, 2)):
            values, distance = [2 * v for v in column], mismatches(text, pattern)[i]
            inputs = {"text": text, "pattern": pattern, "alignment": i}
            average = sum(values) / len(values)
            mean.equal(average, distance, **inputs)
            squares = sum((v - distance) ** 2 for v in values) / len(values)
            variance.holds(squares, "<=", distance**2, **inputs)
    one_pair = all_projections([0] * 5, [1] * 5, 2)[0]
    variance.attains(
        sum((2 * v - 5) ** 2 for v in one_pair) / len(one_pair), 25, text="00000", pattern="11111"
    )
    for alignments, epsilon, delta in (
        (1, 0.5, 0.25),
        (10**6, 0.1, 1e-6),
        (10**6, 1.0, 1e-9),
        (5, 0.25, 0.75),
    ):
        needed = repetitions(alignments, epsilon, delta)
        inputs = {"alignments": alignments, "epsilon": epsilon, "failure_probability": delta}
        together.holds(2 * alignments * np.exp(-needed * epsilon**2 / 2), "<=", delta, **inputs)
        fewer = 2 * alignments * np.exp(-(needed - 1) * epsilon**2 / 2)
        together.holds(fewer, ">", delta, **inputs, explanation="one repetition less would not do")
    problem, drawn = encode([0] * 40, [1] * 40), int(repetitions(1, 0.5, 0.25))
    failures = 0
    for seed in run.rng.integers(0, 2**63, SEEDS):
        failures += abs(karloff.karloff(problem, drawn, np.random.default_rng(seed))[0] - 40) > 20
    together.holds(failures, "<", REJECT, seeds=SEEDS, repetitions=drawn, epsilon=0.5)
    text, pattern = run.rng.integers(0, 400, (2, 600))
    exact = long_mismatches(text, pattern[:300])
    steps: list[Any] = []
    found = hamming.approximate(
        text,
        pattern[:300],
        epsilon=0.5,
        failure_probability=1e-7,
        algorithm="karloff",
        rng=run.rng,
        trace=steps,
    )
    together.holds(abs(found - exact), "<=", 0.5 * exact, n=600, m=300)
    together.equal(len(steps), int(repetitions(len(exact), 0.5, 1e-7)), n=600, m=300)
    mean_of_steps = 2 * np.sum([step.distances for step in steps], axis=0) / len(steps)
    together.equal(found, mean_of_steps, explanation="the mean of the projections")
    projected_by_definition(together, steps, 2, text, pattern[:300])
    steps = []
    karloff.karloff(encode(*many_letters()), run.choose(600, 2_000, 4_000), run.rng, trace=steps)
    images_are_independent(together, steps, 2)
    projected_by_definition(together, steps, 2, *map(np.array, many_letters()))
    images_are_of_the_seed(together, "karloff", lambda _: 2, repetitions, run)
    together.note(power_note())


def images_are_of_the_seed(
    clause: Clause,
    algorithm: Literal["kopelowitz_porat", "karloff"],
    letters_for: Bound,
    rounds: Bound,
    run: Run,
) -> None:
    """Hold images, and how many `hamming.approximate` takes, against the book and numpy's generator."""

    def images(
        rng: np.random.Generator | int | None, words: Words, epsilon: float = 1, delta: float = 0.5
    ) -> list[list[int]]:
        steps: list[Any] = []
        options: dict[str, Any] = {"epsilon": epsilon, "failure_probability": delta, "algorithm": algorithm}
        hamming.approximate(*words, **options, rng=rng, trace=steps)
        return [step.letters.tolist() for step in steps]

    seed, other = (int(drawn) for drawn in run.rng.choice(2**40, 2, replace=False))
    inputs: dict[str, Any] = {"algorithm": algorithm, "seed": seed, "other": other}
    few, many = many_letters(), many_letters(run.choose(3_000, 10_000, 10_000))
    for words, epsilon, delta in (
        *((few, *errors) for errors in ((1.0, 0.5), (0.5, 1e-3), (0.3, 0.5), (0.1, 1e-12))),
        (many, 0.5, 0.1),
    ):
        sigma, repetitions = len(words[1]), int(rounds(3, epsilon, delta))
        if algorithm == "karloff" and repetitions >= sigma:
            repetitions = 0  # as many exact correlations, one for each letter, are not dearer
        expected, by_numpy = [], np.random.default_rng(seed)
        for _ in range(repetitions):
            row = by_numpy.integers(0, int(letters_for(epsilon)), sigma + 1, dtype=np.int32)
            expected.append(row.tolist())
        errors = {"epsilon": epsilon, "failure_probability": delta, "letters": sigma}
        found = images(seed, words, epsilon, delta)
        clause.equal(len(found), repetitions, **inputs, **errors, explanation="projections")
        clause.equal(found == expected, True, **inputs, **errors, explanation="the images are the seed's")
    found, passed = images(seed, few), np.random.default_rng(seed)
    clause.equal(images(seed, few), found, **inputs, explanation="one seed has one choice of images")
    clause.equal(images(passed, few), found, **inputs, explanation="a generator is drawn from as it is")
    for again in (other, passed, None):
        clause.equal(images(again, few) == found, False, **inputs, explanation="other seeds, other images")
    unseeded = images(None, few) == images(None, few)
    clause.equal(unseeded, False, **inputs, explanation="without a seed, images are never the same")


def projected_by_definition(clause: Clause, steps: list[Any], letters: int, text: Any, pattern: Any) -> None:
    """Hold some steps' distances against those of the words of images, and all images against each other."""
    known = np.unique(pattern)
    places = np.minimum(np.searchsorted(known, text), len(known) - 1)
    codes = np.where(known[places] == text, places, len(known)), np.searchsorted(known, pattern)
    for step in steps[:: max(1, len(steps) // 3)]:
        inputs: dict[str, Any] = {"repetition": step.repetition, "n": len(text), "m": len(pattern)}
        clause.equal(step.distances, long_mismatches(*(step.letters[code] for code in codes)), **inputs)
        clause.equal(set(step.letters.tolist()) <= set(range(letters)), True, **inputs)
    drawn = len({tuple(step.letters.tolist()) for step in steps})
    clause.equal(drawn, len(steps), letters=len(known), explanation="images are drawn anew each time")


def images_are_independent(clause: Clause, steps: list[Any], letters: int) -> None:
    """Count how often two codes have one image, a code has one again, and a code has each image.

    All three are binomial; the bounds leave one in a billion for all of them together.
    """
    drawn = np.array([step.letters for step in steps])
    repetitions, codes = drawn.shape
    one_hot = (drawn[:, :, None] == np.arange(letters)).astype(np.float64)
    together = np.einsum("rcl,rdl->cd", one_hot, one_hot, optimize=True)[np.triu_indices(codes, 1)]
    again = (drawn[1:] == drawn[:-1]).sum(axis=0)
    each = one_hot.sum(axis=0)
    for name, counts, tries in (
        ("two codes have one image", together, repetitions),
        ("a code has one image again", again, repetitions - 1),
        ("a code has an image", each, repetitions),
    ):
        chance = 1e-9 / 6 / counts.size
        inputs: dict[str, Any] = {"repetitions": tries, "codes": codes, "q": letters, "explanation": name}
        clause.holds(counts, ">=", binom.ppf(chance, tries, 1 / letters), **inputs)
        clause.holds(counts, "<=", binom.isf(chance, tries, 1 / letters), **inputs)


def many_letters(sigma: int = 130) -> Words:
    """A pattern of so many letters, and a text that differs by one of them, and by letters of its own."""
    pattern = list(range(sigma))
    return [*pattern[:64], 0, *pattern[65:], sigma, sigma + 1], pattern


def power_note() -> str:
    """Size and power of the binomial test, computed."""
    size, power = binom.sf(REJECT - 1, SEEDS, 0.25), binom.sf(REJECT - 1, SEEDS, 0.35)
    return f"binomial test: size {size:.1e} at 1/4, power {power:.3f} at 0.35"


@check("HAM-22")
def random_letters_miss_with_a_quarter_at_most(run: Run) -> None:
    """One-sidedness and mean over all projections exactly; failures over many seeds; repetitions."""
    one_sided, mean, quarter, together = run.clauses("abcd")
    letters_for = run.formula("kopelowitz_porat_letters")
    repetitions = run.formula("kopelowitz_porat_repetitions")

    def rounds(alignments: int, _: float, delta: float) -> int:
        return int(repetitions(alignments, delta))

    for short, small in run.samples(pairs_of_words(run), "small inputs, all projections in fractions"):
        for letters in (2, 3, 4):
            for i, column in enumerate(all_projections(short, small, letters)):
                distance = mismatches(short, small)[i]
                inputs: dict[str, Any] = {"text": short, "pattern": small, "alignment": i, "letters": letters}
                one_sided.holds(max(column), "<=", distance, **inputs)
                mean.equal(distance - sum(column) / len(column), Fraction(distance, letters), **inputs)
                if letters == 4 and distance:  # epsilon = 1
                    missed = sum(distance - v >= distance for v in column)
                    quarter.holds(Fraction(missed, len(column)), "<=", Fraction(1, 4), **inputs)
    for denominator in (1, 2, 3, 7, 10, 1000):
        letters = letters_for(Fraction(1, denominator))
        quarter.holds(Fraction(1, letters) * denominator, "<=", Fraction(1, 4), epsilon=f"1/{denominator}")
        quarter.holds(Fraction(1, letters - 1) * denominator, ">", Fraction(1, 4), epsilon=f"1/{denominator}")
    problem, failures = encode([0] * 40, [1] * 40), 0
    for seed in run.rng.integers(0, 2**63, SEEDS):
        drawn = kopelowitz_porat.kopelowitz_porat(
            problem, int(letters_for(0.5)), 1, np.random.default_rng(seed)
        )
        failures += 40 - drawn[0] >= 20
        one_sided.holds(int(drawn[0]), "<=", 40, seed=int(seed))
    quarter.holds(failures, "<", REJECT, seeds=SEEDS, epsilon=0.5)
    quarter.note(power_note())
    steps: list[Any] = []
    problem = encode(*many_letters())
    kopelowitz_porat.kopelowitz_porat(problem, 8, run.choose(600, 2_000, 4_000), run.rng, trace=steps)
    for clause in (quarter, together):
        images_are_independent(clause, steps, 8)
        projected_by_definition(clause, steps, 8, *map(np.array, many_letters()))
        images_are_of_the_seed(clause, "kopelowitz_porat", letters_for, rounds, run)
    for alignments, delta in exact_and_other_powers():
        needed = int(repetitions(alignments, Fraction(delta)))
        inputs = {"alignments": alignments, "failure_probability": delta}
        together.holds(Fraction(alignments, 4**needed), "<=", Fraction(delta), **inputs)
        together.holds(Fraction(alignments, 4 ** (needed - 1)), ">", Fraction(delta), **inputs)
    for name, text, pattern in run.samples(
        wide_words(run), "many letters; long runs, of which one pair decides"
    ):
        exact = long_mismatches(text, pattern)
        for epsilon in (0.5, 0.1):
            steps = []
            found = hamming.approximate(
                text, pattern, epsilon=epsilon, failure_probability=1e-9, rng=run.rng, trace=steps
            )
            inputs = {"family": name, "n": len(text), "m": len(pattern), "epsilon": epsilon}
            one_sided.holds(found, "<=", exact, **inputs)
            together.holds(found[exact > 0], ">", (1 - epsilon) * exact[exact > 0], **inputs)
            together.equal(found[exact == 0].tolist(), [0] * int((exact == 0).sum()), **inputs)
            together.equal(len(steps), int(repetitions(len(exact), 1e-9)), **inputs)
            together.equal(found, np.max([step.distances for step in steps], axis=0), **inputs)
            projected_by_definition(together, steps, int(letters_for(epsilon)), text, pattern)


def exact_and_other_powers() -> list[tuple[int, float]]:
    """Alignments and a probability: their quotient a power of 4, one above it, far from any, and extreme."""
    powers = [(1, 4.0**-k) for k in (1, 2, 29, 31, 39, 47, 51)]
    above = [(4**k + 1, 0.25) for k in (3, 24, 25, 26)]
    return [*powers, *above, (1, 0.5), (1, 0.2), (10**6, 1e-6), (12, 1e-9), (2**62, 5e-324), (1, 1 - 2**-53)]


def wide_words(run: Run) -> Iterator[tuple[str, NDArray[np.int64], NDArray[np.int64]]]:
    """Texts with more letters than a projection has."""
    text, pattern = run.rng.integers(0, 500, 2_000), run.rng.integers(0, 500, 300)
    text[1_000:1_300] = pattern
    yield "random", text, pattern
    yield (
        "runs",
        np.repeat(np.arange(1, 41), 300),
        np.concatenate([np.zeros(200, np.int64), np.arange(1, 41)]),
    )
