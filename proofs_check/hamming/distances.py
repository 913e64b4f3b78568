"""The indicator identity, the metric, and that all implementations agree (HAM-1, HAM-5, HAM-6)."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import product
from typing import Any, Literal
from unittest.mock import patch

import numpy as np

from lemmata import hamming
from lemmata.claims import Run, check
from lemmata.hamming import algorithms, families
from lemmata.hamming.correlations import blocks, correlation
from lemmata.hamming.exact import two_letters
from lemmata.hamming.letters import encode

from .words import (
    every_small_word,
    long_mismatches,
    long_words,
    mismatches,
    number_of_small_words,
    small_words,
)

MOST_TRANSFORMS = 300
"""Letters beyond which a transform for each takes too long here."""


@check("HAM-1")
def letter_correlations_add_up_to_the_matches(run: Run) -> None:
    """Each letter's correlation against plain counting, and m minus their sum against the definition."""
    identity = run.clause()
    for text, pattern in every_small_word(run, run.choose(4, 6, 8), 3):
        expected = mismatches(text, pattern)
        problem = encode(np.array(text), np.array(pattern))
        total = [len(pattern)] * len(expected)
        for code, letter in enumerate(problem.alphabet):
            by_definition = [
                sum(text[i + j] == letter == p for j, p in enumerate(pattern)) for i in range(len(expected))
            ]
            found = correlation.count_matches(problem, [code])
            identity.equal(found, by_definition, text=text, pattern=pattern, letter=letter)
            total = [left - matches for left, matches in zip(total, found.tolist(), strict=True)]
        identity.equal(total, expected, text=text, pattern=pattern)
        together = correlation.count_matches(problem, range(len(problem.alphabet)))
        identity.equal([len(pattern) - k for k in together.tolist()], expected, text=text, pattern=pattern)
        identity.equal(hamming.by_definition(text, pattern), expected, text=text, pattern=pattern)


@check("HAM-5")
def distances_have_the_properties_of_a_metric(run: Run) -> None:
    """The five properties on every small input, the metric on every small triple, and on long words."""
    for text, pattern in every_small_word(run, run.choose(3, 6, 8), 3):
        compare_properties(run, np.array(text), np.array(pattern), range(1, len(pattern)))
    metric = run.clause("b")
    words = [word for m in (1, 2, 3) for word in product(range(3), repeat=m)]
    of = {pair: distance(*pair) for pair in product(words, repeat=2) if len(pair[0]) == len(pair[1])}
    triples = [triple for m in (1, 2, 3) for triple in product(product(range(3), repeat=m), repeat=3)]
    for one, other, third in run.every(
        triples, "every triple of words of one length up to 3 over 3 letters", size=3**3 + 9**3 + 27**3
    ):
        metric.holds(of[one, other], "<=", of[one, third] + of[third, other], P=one, Q=other, R=third)
        metric.equal(of[one, other], of[other, one], P=one, Q=other)
        metric.equal(of[one, other] == 0, one == other, P=one, Q=other)
    n, m = run.choose((6_000, 200), (100_000, 2_000), (400_000, 5_000))
    hard = run.samples(long_words(run, n, m), f"eleven families of words, n = {n}, m = {m}")
    for _, long_text, long_pattern in hard:
        compare_properties(run, long_text, long_pattern, (1, 2, m // 2, m - 1))


def distance(one: Any, other: Any) -> int:
    """Distance of two words of one length."""
    return int(hamming.distances(np.asarray(one), np.asarray(other))[0])


def compare_properties(run: Run, text: Any, pattern: Any, shifts: Any) -> None:
    """The clauses (a), (c), (d) and (e) on one text and pattern."""
    inside, concatenation, cutting, shifting = run.clauses("acde")
    n, m = len(text), len(pattern)
    d = hamming.distances(text, pattern)
    words = {"text": text, "pattern": pattern}
    inside.equal(d.shape, (n - m + 1,), **words)
    inside.holds(d, ">=", 0, **words)
    inside.holds(d, "<=", m, **words)
    occurrences = [i for i in range(n - m + 1) if np.array_equal(text[i : i + m], pattern)]
    inside.equal(np.flatnonzero(d == 0), occurrences, **words, explanation="zeros are the occurrences")
    concatenation.concerns(m > 1)
    for cut in range(1, m) if m <= 8 else (1, m // 2, m - 1):
        front = hamming.distances(text, pattern[:cut])[: n - m + 1]
        back = hamming.distances(text, pattern[cut:])[cut : cut + n - m + 1]
        concatenation.equal(front + back, d, **words, cut=cut)
    cutting.concerns(n > m)
    for k in range(1, n - m + 1) if n <= 8 else (1, (n - m) // 2, n - m):
        cutting.equal(hamming.distances(text[k:], pattern), d[k:], **words, k=k)
    shifting.concerns(1 < m < n)
    for p in shifts:
        if p <= n - m:
            sums = d[:-p] + d[p:]
            shifting.holds(distance(pattern[p:], pattern[: m - p]), "<=", int(sums.min()), **words, p=p)


def implementations(m: int) -> dict[str, tuple[str, Callable[..., Any]]]:
    """Every way to compute distances, looked up when called: the clause of HAM-6, and the function."""
    chosen: dict[str, tuple[str, Callable[..., Any]]] = {
        "by_definition": ("a", hamming.by_definition),
        "brute_force": ("a", hamming.brute_force),
        "bit_parallel": ("a", hamming.bit_parallel),
        "sort_merge": ("a", hamming.sort_merge),
        "bit_packed_fft": ("b", hamming.bit_packed_fft),
        "distances": ("d", hamming.distances),
    }
    for transform in ("float", "ntt"):
        by_transform = partial(hamming.per_letter_fft, transform=transform)
        chosen[f"per_letter_fft(transform={transform!r})"] = "b", by_transform
        for threshold in (None, *range(m + 1)) if m <= 4 else (None, 0, 1, m // 3, m):
            name = f"abrahamson(threshold={threshold}, transform={transform!r})"
            chosen[name] = "c", partial(hamming.abrahamson, threshold=threshold, transform=transform)
    for algorithm in algorithms.BY_NAME:
        name = f"distances(algorithm={algorithm!r})"
        chosen[name] = "d", partial(hamming.distances, algorithm=algorithm)
    return chosen


def compare_signs(run: Run, text: Any, pattern: Any, expected: Any) -> None:
    """The one correlation of signs, where text and pattern have two letters."""
    problem = encode(text, pattern)
    if two_letters.has_two_letters(problem):
        found = two_letters.count_by_signs(problem)
        run.clause("d").equal(found, expected, implementation="count_by_signs", text=text, pattern=pattern)


def signs_read_with_errors(run: Run) -> None:
    """Correlations of signs that are made up: m - 2d, and almost the error of 1/2 that is allowed."""
    for m in run.samples((1, 2, 16, 500), "correlations of signs off by almost 1/2"):
        made_up = np.array([(d, off) for d in range(m + 1) for off in (2**-12 - 0.5, 0, 0.5 - 2**-12)])
        correlation = np.zeros(2**12)
        correlation[: len(made_up)] = 2**12 * (m - 2 * made_up[:, 0] + made_up[:, 1])
        found = np.empty(len(made_up), dtype=np.int64)
        two_letters.read_distances(correlation, m, found)
        run.clause("d").equal(found, made_up[:, 0].astype(int), m=m, explanation="read with an error")


@check("HAM-6")
def all_implementations_agree_with_the_definition(run: Run) -> None:
    """Every small input exhaustively, then long inputs of every family."""
    parts = {letter: run.clause(letter) for letter in "abcd"}
    small = ((run.choose(3, 5, 7), 3), (run.choose(4, 7, 9), 2))
    sizes = " and ".join(f"of at most {longest} letters over {letters}" for longest, letters in small)
    # The two domains overlap in the short binary words.
    shared = number_of_small_words(min(longest for longest, _ in small), 2)
    members = {word: None for longest, letters in small for word in small_words(longest, letters)}
    for text, pattern in run.every(
        members,
        f"every text {sizes}, every pattern that fits",
        size=sum(number_of_small_words(*each) for each in small) - shared,
    ):
        expected = mismatches(text, pattern)
        for name, (part, implementation) in implementations(len(pattern)).items():
            found = implementation(np.array(text), np.array(pattern))
            parts[part].equal(found, expected, implementation=name, text=text, pattern=pattern)
        compare_signs(run, np.array(text), np.array(pattern), expected)
    choices(run)
    transforms_as_asked(run)
    beyond_the_bound(run)
    in_parts(run)
    signs_read_with_errors(run)
    lengths = run.choose(
        ((300, 1), (1_000, 40), (8_000, 700)),
        ((300, 1), (1_000, 40), (20_000, 700), (200_000, 20_000)),
        ((300, 1), (1_000, 40), (20_000, 700), (200_000, 20_000), (465_000, 100_000)),
    )
    hard = ((text, pattern) for n, m in lengths for _, text, pattern in long_words(run, n, m))
    for long_text, long_pattern in run.samples(
        hard, f"eleven families of words for each (n, m) of {lengths}"
    ):
        long_expected = long_mismatches(long_text, long_pattern)
        sigma = len(set(long_pattern.tolist()))
        compare_signs(run, long_text, long_pattern, long_expected)
        for name, (part, implementation) in implementations(len(long_pattern)).items():
            if sigma > MOST_TRANSFORMS and ("per_letter_fft" in name or "threshold=0" in name):
                continue  # hundreds of transforms; the default threshold covers the letters

            found = implementation(long_text, long_pattern)
            wrong = np.flatnonzero(found != long_expected) if found.shape == long_expected.shape else [0]
            at = int(wrong[0]) if len(wrong) else 0
            size = len(long_pattern)
            parts[part].equal(
                found, long_expected, implementation=name, n=len(long_text), m=size, alignment=at
            )


BRANCHES = {
    "compare_all": (40_000, 10_000, "Zipf's law"),
    "compare_planes": (8_000, 4_000, "two letters"),
    "count_directly": (40_000, 10_000, "many letters"),
    "count_by_split": (40_000, 10_000, "two frequent letters"),
    "count_by_signs": (40_000, 10_000, "two letters"),
    "count_matches": (40_000, 10_000, "three letters"),
}
"""What `distances` may call by its own choice: lengths and letters for which it does."""


def choices(run: Run) -> None:
    """Every branch that `distances` has by its own choice, and every algorithm that may be named."""
    chosen = run.clause("d")
    draw: dict[str, Callable[[int], Any]] = {
        "Zipf's law": lambda size: families.zipf(size, rng=run.rng),
        "two letters": lambda size: run.rng.integers(0, 2, size),
        "three letters": lambda size: run.rng.integers(0, 3, size),
        "many letters": lambda size: run.rng.integers(0, 100_000, size),
        "two frequent letters": lambda size: np.where(
            run.rng.random(size) < 0.9, run.rng.integers(0, 2, size), run.rng.integers(2, 1_000, size)
        ),
    }
    for branch, (n, m, letters) in run.samples(BRANCHES.items(), "an input for each branch of the choice"):
        text, pattern = draw[letters](n), draw[letters](m)
        inputs = {"n": n, "m": m, "letters": letters}
        with called(algorithms, BRANCHES) as calls:
            found = hamming.distances(text, pattern)
        chosen.equal(calls, [branch], **inputs, explanation="what was called")
        places = [*range(0, n - m, 97), n - m]
        expected = [int((text[i : i + m] != pattern).sum()) for i in places]
        chosen.equal(found[places], expected, **inputs, branch=branch)
    text, pattern = draw["three letters"](40), draw["three letters"](9)
    for name in run.samples(algorithms.BY_NAME, "algorithms by name"):
        with called_by_name() as calls:
            found = hamming.distances(text, pattern, algorithm=name)
        chosen.equal(calls, [name], explanation="what was called")
        chosen.equal(found, long_mismatches(text, pattern), algorithm=name, text=text, pattern=pattern)


COUNTED_BY: dict[Literal["float", "ntt"], str] = {
    "float": "count_matches_by_float",
    "ntt": "count_matches_modulo_p",
}
"""The functions of `correlation` that the transforms' names stand for."""


def by_correlations() -> list[tuple[str, Callable[..., Any]]]:
    """What takes a transform, with every letter correlated: the clause of HAM-6, and the function."""
    return [("b", hamming.per_letter_fft), ("c", partial(hamming.abrahamson, threshold=0))]


def transforms_as_asked(run: Run) -> None:
    """That the transform which is asked for is the one that counts."""
    text, pattern = run.rng.integers(0, 3, 60), run.rng.integers(0, 3, 9)
    expected = long_mismatches(text, pattern)
    for transform, name in run.samples(COUNTED_BY.items(), "transforms by name"):
        for part, function in by_correlations():
            agree, inputs = run.clause(part), {"transform": transform, "text": text, "pattern": pattern}
            for watched in (False, True):  # who watches gets every letter by itself, besides
                with called(correlation, COUNTED_BY.values()) as calls:
                    found = function(text, pattern, transform=transform, trace=[] if watched else None)
                times = 1 + len(set(pattern.tolist())) if watched else 1
                agree.equal(calls, [name] * times, **inputs, watched=watched, explanation="what was called")
                agree.equal(found, expected, **inputs)


def beyond_the_bound(run: Run) -> None:
    """Where the error is not proved below 1/2: "float" is refused, and what may choose counts modulo p."""
    names = COUNTED_BY.values()
    counts_exactly = [COUNTED_BY["ntt"]]
    with ExitStack() as stack:
        for module in (correlation, two_letters):
            stack.enter_context(patch.object(module, "rounding_bound", lambda *_: 0.5))
        for letters in run.samples((2, 3), "words whose rounding errors are said to reach 1/2"):
            text, pattern = run.rng.integers(0, letters, 60), np.arange(9) % letters
            inputs: dict[str, Any] = {"text": text, "pattern": pattern, "bound": 0.5}
            expected = long_mismatches(text, pattern)
            for part, function in by_correlations():
                agree = run.clause(part)
                by_float = partial(function, text, pattern, transform="float")
                agree.refuses(by_float, ValueError, "not provably exact", **inputs)
                with called(correlation, names) as calls:
                    found = function(text, pattern)
                agree.equal(calls, counts_exactly, **inputs, explanation="what was called")
                agree.equal(found, expected, **inputs)
        (n, m, _), chosen = BRANCHES["count_by_signs"], run.clause("d")
        text, pattern = run.rng.integers(0, 2, n), run.rng.integers(0, 2, m)
        with called(algorithms, BRANCHES) as branches, called(correlation, names) as calls:
            found = hamming.distances(text, pattern)
        inputs = {"n": n, "m": m, "letters": 2, "bound": 0.5}
        chosen.equal(branches + calls, ["count_matches", *counts_exactly], **inputs)
        chosen.equal(found, long_mismatches(text, pattern), **inputs)


def in_parts(run: Run) -> None:
    """Correlations of a text that is gone through in parts, with either transform."""
    text, pattern = run.rng.integers(0, 4, 20_000), run.rng.integers(0, 3, 40)
    agree, expected = run.clause("b"), long_mismatches(text, pattern)
    transforms: tuple[Literal["float", "ntt"], ...] = ("float", "ntt")
    with patch.object(blocks, "CHUNK", 8):
        for transform in run.samples(transforms, "a text of 20000 letters in parts of eight blocks"):
            plan = blocks.plan_blocks(len(text), len(pattern), 3)
            several = plan.pairs > 2 * blocks.blocks_at_a_time(plan.length)
            agree.equal(several, True, n=len(text), explanation="more than two parts")
            found = hamming.per_letter_fft(text, pattern, transform=transform)
            agree.equal(found, expected, transform=transform, n=len(text))


@contextmanager
def called(module: Any, names: Iterable[str]) -> Iterator[list[str]]:
    """Which of these functions the module calls, in order."""
    calls: list[str] = []
    with ExitStack() as stack:
        for name in names:
            stack.enter_context(patch.object(module, name, noted(calls, name, getattr(module, name))))
        yield calls


@contextmanager
def called_by_name() -> Iterator[list[str]]:
    """Which algorithms the front door calls by their names, in order."""
    calls: list[str] = []
    spies = {name: noted(calls, name, function) for name, function in algorithms.BY_NAME.items()}
    with patch.dict(algorithms.BY_NAME, spies):
        yield calls


def noted(calls: list[str], name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, which leaves its name in the list."""

    def run(*arguments: Any, **options: Any) -> Any:
        calls.append(name)
        return function(*arguments, **options)

    return run
