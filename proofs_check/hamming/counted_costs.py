"""Charged word operations against the bounds, and the charge against a count (HAM-2, HAM-3)."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lemmata import hamming
from lemmata.claims import Evidence, Plot, Run, Series, Verdict, Witness, check, refuted
from lemmata.costs import Costs
from lemmata.hamming import bounds, families, float_transform

from .words import real_words


@check("HAM-2")
def fischer_paterson_stays_below_its_cost(run: Run) -> Verdict:
    """Charged word operations against the bound, per instance; the charge of a transform against a count."""

    def instances() -> Iterator[tuple[str, NDArray[np.int64], NDArray[np.int64]]]:
        for m in sizes(run):
            for n in (m, 2 * m - 1, 2 * m, 8 * m):
                for letters in (1, 2, 26):
                    text = families.equal_frequencies(n, letters, run.rng)
                    yield f"{letters} letters", text, families.equal_frequencies(m, letters, run.rng)

    def bound(text: NDArray[np.int64], pattern: NDArray[np.int64]) -> float:
        return bounds.fischer_paterson_word_operations(len(text), len(pattern), len(set(pattern.tolist())))

    return counted_costs(run, hamming.per_letter_fft, instances(), bound)


@check("HAM-3")
def abrahamson_stays_below_its_cost(run: Run) -> Verdict:
    """Charged word operations against the bound, per instance, on the worst letter frequencies."""

    def instances() -> Iterator[tuple[str, NDArray[np.int64], NDArray[np.int64]]]:
        for m in sizes(run):
            for n in (m, 2 * m, 8 * m):
                for power in (0.0, 0.25, 0.5, 0.6, 0.75, 1.0):
                    letters = max(1, round(m**power))
                    text = families.equal_frequencies(n, letters, run.rng)
                    yield f"m^{power:g} letters", text, families.equal_frequencies(m, letters, run.rng)
                yield "Zipf letters", families.zipf(n, run.rng), families.zipf(m, run.rng)
            yield "real text", *real_words(8 * m, m)

    def bound(text: NDArray[np.int64], pattern: NDArray[np.int64]) -> float:
        return bounds.abrahamson_word_operations(len(text), len(pattern))

    return counted_costs(run, hamming.abrahamson, instances(), bound)


def sizes(run: Run) -> list[int]:
    """Pattern lengths of the cost checks, fixed beforehand: powers of two, and one more and one less."""
    powers = [2**k for k in range(0, run.choose(14, 16, 18))]
    return sorted({size for p in powers for size in (p - 1, p, p + 1) if size >= 1})


def counted_costs(
    run: Run,
    algorithm: Callable[..., NDArray[np.int64]],
    instances: Iterator[tuple[str, NDArray[np.int64], NDArray[np.int64]]],
    bound: Callable[[NDArray[np.int64], NDArray[np.int64]], float],
) -> Verdict:
    """Charge the algorithm on every instance and compare with the theorem's bound."""
    cases, worst, worst_case = 0, 0.0, (0.0, 1.0)
    points: dict[str, list[tuple[int, float, str]]] = {}
    for name, text, pattern in instances:
        n, m = len(text), len(pattern)
        costs = Costs()
        distances = algorithm(text, pattern, costs=costs)
        limit = bound(text, pattern)
        cases += 1
        # A cost is worth nothing if the work was not done: look at one alignment.
        at = int(run.rng.integers(0, n - m + 1))
        expected = int((text[at : at + m] != pattern).sum())
        inputs = {"family": name, "n": n, "m": m}
        if int(distances[at]) != expected:
            return refuted(
                cases, Witness(inputs | {"alignment": at}, expected, int(distances[at]), "distance")
            )
        if costs.word_operations < n:
            inputs["claimed"] = costs.word_operations
            return refuted(
                cases, Witness(inputs, f">= {n}", costs.word_operations, "cannot even read the text")
            )
        if costs.word_operations > limit:
            small = {"text": text.tolist(), "pattern": pattern.tolist()} if n <= 40 else {}
            witness = Witness(inputs | small, f"<= {limit:.6g}", costs.word_operations, "word operations")
            return refuted(cases, witness, float(costs.word_operations), limit)
        if costs.word_operations / limit > worst:
            worst, worst_case = costs.word_operations / limit, (float(costs.word_operations), limit)
        label = f"n = {n}: {costs.word_operations} operations, bound {limit:.6g}"
        points.setdefault(name, []).append((m, costs.word_operations / limit, label))
    if (miscount := first_miscounted_transform()) is not None:
        return refuted(cases, miscount)
    curves = []
    for name, found in points.items():
        ordered = sorted(found)
        curves.append(
            Series(
                name,
                [float(m) for m, _, _ in ordered],
                [ratio for _, ratio, _ in ordered],
                "markers",
                [label for _, _, label in ordered],
            )
        )
    return Verdict(
        Evidence.CONSISTENT,
        f"{cases} instances, m from 1 to {max(sizes(run))}, n from m to 8m",
        cases,
        measured=worst_case[0],
        bound=worst_case[1],
        notes=[f"shown is the instance nearest its bound; it uses {worst:.3f} of it"],
        plots=[
            Plot(
                "Counted cost as a part of the bound",
                "pattern length m",
                "cost / bound",
                curves,
                "log",
                "log",
            )
        ],
        costs={"word_operations": int(worst_case[0])},
    )


class Counted:
    """A number that counts what is done to it."""

    operations = 0

    def __init__(self, value: float) -> None:
        self.value = value

    def _counted(self, result: float) -> "Counted":
        Counted.operations += 1
        return Counted(result)

    def __add__(self, other: "Counted") -> "Counted":
        return self._counted(self.value + other.value)

    def __sub__(self, other: "Counted") -> "Counted":
        return self._counted(self.value - other.value)

    def __mul__(self, other: "Counted") -> "Counted":
        return self._counted(self.value * other.value)


def first_miscounted_transform() -> Witness | None:
    """Run the transforms' plain Python on counting numbers; where the charge is not the count, say so."""
    for log2_length in range(8):
        roots = [as_counted(part) for part in float_transform.butterfly_roots(log2_length)]
        for name in ("_forward_py", "_inverse_py"):
            parts = [as_counted(np.ones(1 << log2_length)) for _ in range(2)]
            Counted.operations = 0
            getattr(float_transform, name)(*parts, *roots)
            charged = bounds.transform_word_operations(log2_length)
            if Counted.operations != charged:
                inputs = {"transform": name, "log2_length": log2_length}
                return Witness(inputs, charged, Counted.operations, "operations charged, and counted")
    return None


def as_counted(values: NDArray[np.float64]) -> NDArray[Any]:
    """The same numbers, counting."""
    return np.array([Counted(float(value)) for value in values] + [None], dtype=object)[:-1]
