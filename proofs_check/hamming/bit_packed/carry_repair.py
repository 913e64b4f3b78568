"""Repairs of digits that carried (HAM-13, HAM-14, HAM-17)."""

from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import product
from math import log, sqrt
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom, chisquare

from lemmata import hamming
from lemmata.claims import Clause, Plot, Run, Series, check
from lemmata.hamming import CarriesRepaired
from lemmata.hamming.bit_packed import carry_repair

from .narrow_digits import carried, convolved

Counts = NDArray[np.int64]


@check("HAM-13")
def few_moduli_divide_a_difference(run: Run) -> None:
    """Exhaustive over Q and D; then how often drawn moduli collide, by an exact binomial test."""
    dividing, collisions = run.clauses("ab")
    limit, probability = (
        run.formula("dividing_moduli_at_most"),
        run.formula("collision_probability_at_most"),
    )
    largest = run.choose(60, 120, 250)
    domain = f"Q from 1 to {largest}, each with all D below 40 Q"
    for smallest in run.every(range(1, largest + 1), domain, size=largest):
        moduli = np.arange(smallest, 2 * smallest)
        differences = np.arange(1, 40 * smallest)
        found = (differences[:, None] % moduli[None, :] == 0).sum(axis=1)
        # Both bounds are linear in D: from two values, in integers.
        for clause, bound, scale in ((dividing, limit, 1), (collisions, probability, smallest)):
            one, two, last = (Fraction(bound(smallest, d)) for d in (1, 2, int(differences[-1])))
            clause.equal(
                last, one + (two - one) * int(differences[-2]), Q=smallest, explanation="linear in D"
            )
            start, slope = (int(2 * smallest * scale * value) for value in (one, two - one))
            limits = start + slope * (differences - 1)
            clause.holds(found * 2 * smallest, "<=", limits, Q=smallest, D="1 + at")
        dividing.attains(int(found[smallest - 1]), limit(smallest, smallest), Q=smallest, D=smallest)
        collisions.attains(
            Fraction(int(found[smallest - 1]), smallest),
            probability(smallest, smallest),
            Q=smallest,
            D=smallest,
        )
    draws = 4_000
    for smallest in run.samples((1, 10, 64, 1_000), f"{draws} drawn moduli"):
        drawn = np.array([carry_repair.draw_modulus(smallest, run.rng) for _ in range(draws)])
        collisions.holds(drawn, ">=", smallest, Q=smallest)
        collisions.holds(drawn, "<", 2 * smallest, Q=smallest)
        for difference in (smallest, 2 * smallest, 5 * smallest + 1, 12 * smallest):
            hits = int((difference % drawn == 0).sum())
            chance = min(1.0, float(probability(smallest, difference)))
            likelihood = binom.sf(hits - 1, draws, chance)
            collisions.holds(likelihood, ">=", 1e-9, Q=smallest, D=difference, hits=hits)
        if smallest > 1:
            share = chisquare(np.bincount(drawn - smallest, minlength=smallest)).pvalue
            collisions.holds(share, ">=", 1e-9, Q=smallest, explanation="uniform, by a chi-square test")


@check("HAM-14")
def repaired_counts_are_exact(run: Run) -> None:
    """The cyclic systems and the peeling on small domains; whole histograms with the repair forced."""
    systems, peeling, counts = run.clauses("abc")
    largest = run.choose(4, 5, 6)
    hidden_sums = (h for size in range(1, largest + 1) for h in product(range(3), repeat=size))
    size = sum(3**k for k in range(1, largest + 1))
    for hidden in run.every(hidden_sums, f"up to {largest} sums of carries below 3, base 2 and 4", size=size):
        for bits in (1, 2):
            sums = np.array(hidden, dtype=np.int64)
            total, right = int(sums.sum()), (sums << bits) - np.roll(sums, 1)
            digits, solution = np.arange(len(sums)), np.empty(len(sums), dtype=np.int64)
            solved, _ = carry_repair.solve_cyclic(right + digits, digits, bits, total, solution)
            systems.equal((bool(solved), solution.tolist()), (True, list(hidden)), bits=bits, right=right)
            for r in range(len(sums)):  # right sides add up to B - 1 times the sum of carries
                off = right.copy()
                off[r] += 1
                wrong, _ = carry_repair.solve_cyclic(off + digits, digits, bits, total, solution)
                systems.equal(bool(wrong), False, bits=bits, right=off, explanation="a remainder")
            another, _ = carry_repair.solve_cyclic(right + digits, digits, bits, total + 1, solution)
            systems.equal(bool(another), False, bits=bits, right=right, explanation="another sum")
    positions = run.choose(7, 9, 10)
    domain = f"0/1 carries at {positions} positions, four sets of moduli"
    for hidden in run.every(product(range(2), repeat=positions), domain, size=2**positions):
        carries = np.array(hidden, dtype=np.int64)
        for moduli in ((2, 3), (3, 4), (2, 3, 5), (4, 5, 6), (1, positions)):
            tables = carry_repair.CarryTables(positions, list(moduli))
            tables.sums = [carry_repair.fold(carries, q) for q in moduli]
            folded = [np.bincount(np.arange(positions) % q, carries, q).astype(int) for q in moduli]
            peeling.equal(tables.sums, folded, carries=hidden, moduli=moduli)
            found, undecided = tables.peel()
            decided = found if undecided == 0 else np.where(found != 0, found, carries)
            peeling.equal(decided, carries, moduli=moduli, undecided=undecided)
    shortest = run.choose(4, 5, 5)
    vectors = [v for length in range(1, shortest + 1) for v in product((0, 1), repeat=length)]
    size = (2 ** (shortest + 1) - 2) ** 2
    domain = f"pairs of 0/1 vectors of at most {shortest} entries, K = 1, repaired"
    repaired = 0
    for left, other in run.every(product(vectors, repeat=2), domain, size=size):
        steps: list[Any] = []
        x, y = np.array(left), np.array(other)
        found = hamming.sum_histogram(x, y, headroom=1, overflow="repair", rng=run.rng, trace=steps)
        counts.equal(found.tolist(), convolved(left, other), x=x, y=y)
        repaired += any(isinstance(step, CarriesRepaired) for step in steps)
    heights = product((1, 3, 7, 8, 31), (1, 2, 5))
    high = [("high at the end", np.repeat([0, c], [30 - k, k]), np.array([1])) for c, k in heights]
    families = (
        "progressions, runs, multisets and random sets of 20 to 1600 places; 30 that are high at the end"
    )
    for name, x, y in run.samples([*high, *overflowing(run, run.choose(5, 40, 120))], families):
        for headroom in (1, 4, 64):
            steps = []
            found = hamming.sum_histogram(
                x, y, headroom=headroom, overflow="repair", rng=run.rng, trace=steps
            )
            counts.equal(found, np.convolve(x, y), family=name, headroom=headroom, x=x, y=y)
            repaired += any(isinstance(step, CarriesRepaired) for step in steps)
    counts.equal(repaired >= 100, True, explanation="histograms that were repaired")


def overflowing(run: Run, rounds: int) -> Iterator[tuple[str, Counts, Counts]]:
    """Multisets whose sums pile up: progressions, runs, squares, multiplicities; and random ones."""
    rng = run.rng
    for k in range(rounds):
        a, b = (int(v) for v in rng.integers(20, 200 * (k % 8 + 1), 2))
        step = int(rng.integers(1, 9))
        x, y = np.zeros(a, dtype=np.int64), np.zeros(b, dtype=np.int64)
        x[::step], y[::step] = 1, 1
        yield "arithmetic progressions", x, y
        x, y = np.zeros(a, dtype=np.int64), np.zeros(b, dtype=np.int64)
        x[: a // 3], y[b // 2 :] = 1, 1
        yield "runs", x, y
        yield (
            "multisets",
            rng.integers(0, 4, a) * (rng.random(a) < 0.1),
            rng.integers(0, 9, b) * (rng.random(b) < 0.1),
        )
        yield (
            "random sets",
            (rng.random(a) < 0.2).astype(np.int64),
            (rng.random(b) < 0.2).astype(np.int64),
        )


def _rounds_one_by_one(p: int, s: int) -> Fraction:
    """One round, and the probability of each further one: the moduli of a round, by the sums of distances."""
    total, all_met, smallest = Fraction(1), Fraction(1), max(8, -(-p // 16))
    for _ in range(4):
        if smallest >= p:
            break
        one_table = min(
            Fraction(1), sum((Fraction(p + smallest, 2 * smallest**2) for _ in range(s)), Fraction())
        )
        all_met *= one_table**3
        total += min(Fraction(1), p * all_met)
        smallest *= 2
    return total


def watched(true: Callable[..., Any], peeled: list[Any]) -> Callable[..., Any]:
    """Peeling that keeps its tables' sums, and how many positions it left undecided."""

    def peel(self: carry_repair.CarryTables) -> tuple[Counts, int]:
        tables = carry_repair.CarryTables(self.positions, list(self.moduli))
        sums = [each.copy() for each in self.sums]
        carries, undecided = true(self)
        if self.positions < 2_000:
            peeled.append((tables, sums, undecided))
        return carries, undecided

    return peel


def undecided_by_hand(positions: int, moduli: list[int], sums: list[Counts]) -> int:
    """How many positions all tables together leave undecided."""
    k = np.arange(positions)
    places = [k % q for q in moduli]
    possible = np.all([own[at] > 0 for own, at in zip(sums, places, strict=True)], axis=0)
    left = -1
    while left != (left := int(possible.sum())):
        for q, at in zip(moduli, places, strict=True):
            possible &= np.bincount(at[possible], minlength=q)[at] > 1
    return left


def drawn_at_random(run: Run, clause: Clause, drawn: list[tuple[int, int]]) -> None:
    """Whether moduli q are uniform in [Q, 2Q), by eighths and remainders, and seldom the same twice."""
    smallest, moduli = np.array(drawn).T
    eighths = ((moduli - smallest + run.rng.random(len(moduli))) / smallest * 8).astype(np.int64)
    counts = np.bincount(eighths, minlength=8)
    clause.holds(chisquare(counts).pvalue, ">=", 1e-9, moduli=len(moduli), explanation="eighths of [Q, 2Q)")
    for divisor in (5, 7, 8, 9):
        # q leaves the remainder r as often as there are multiples q - r in reach of 2Q, less those of Q.
        below = [-(-(ends - np.arange(divisor)[:, None]) // divisor) for ends in (smallest, 2 * smallest)]
        expected = ((below[1] - below[0]) / smallest).sum(axis=1)
        remainders = np.bincount(moduli % divisor, minlength=divisor)
        likelihood = chisquare(remainders, expected).pvalue
        clause.holds(likelihood, ">=", 1e-9, moduli=len(moduli), divisor=divisor, explanation="remainders")
    first, then, low = moduli[:-1], moduli[1:], smallest[1:]
    same = (first == then)[low >= 16]
    likelihood = binom.sf(int(same.sum()) - 1, len(same), 1 / 16)
    clause.holds(likelihood, ">=", 1e-9, moduli=len(same), same=int(same.sum()))


_AS_MANY = "as many carries as there can be"


@check("HAM-17")
def repairs_take_few_rounds(run: Run) -> None:
    """Carries counted by hand; rounds of many repairs of one product, averaged, against the book's bound."""
    carries, average, five = run.clauses("abc")
    at_most, meeting = run.formula("carries_at_most"), run.formula("meeting_at_most")
    schedule, unfinished = run.formula("modulus_of_round"), run.formula("unfinished_at_most")
    mean = run.formula("rounds_on_average", derived=_rounds_one_by_one)
    largest = run.choose(2_000, 20_000, 100_000)
    # A step of the proof, and not the clause: that the fifth modulus decides everything.
    for positions in run.samples(range(2, largest + 1), f"fifth moduli for 2 to {largest} digits"):
        five.holds(carry_repair.modulus_of_round(positions, 5), ">=", positions, p=positions)
    for positions in run.samples((2, 7, 8, 16, 17, 127, 128, 129, 4_000), "schedules of moduli"):
        for number in range(1, 6):
            five.equal(
                carry_repair.modulus_of_round(positions, number), schedule(positions, number), p=positions
            )
    for smallest in run.samples((1, 2, 5, 16, 40), "all moduli, and one to three carries close and far"):
        for positions in (smallest + 1, 2 * smallest + 1, 9 * smallest):
            for others in ((smallest,), (smallest, positions - 1), (1, smallest, positions - 1)):
                distances = [distance for distance in set(others) if 1 <= distance < positions]
                met = [
                    any(distance % q == 0 for distance in distances) for q in range(smallest, 2 * smallest)
                ]
                exact, bound = Fraction(sum(met), smallest), meeting(positions, len(distances), smallest)
                inputs = {"Q": smallest, "p": positions, "distances": distances}
                average.holds(exact, "<=", bound if positions > smallest else 1, **inputs)
                if others == (smallest,) and positions == smallest + 1:
                    average.holds(bound, "<=", exact * (1 + Fraction(1, smallest)), **inputs)
    rounds: Counter[int] = Counter()
    drawn: list[tuple[int, int]] = []

    def repairs(name: str, x: Counts, y: Counts, headroom: int, draws: int) -> None:
        """Repair the same product many times."""
        taken: list[int] = []
        moduli: list[tuple[int, ...]] = []
        hidden = bits = 0
        for _ in range(draws):
            steps: list[Any] = []
            found_counts = hamming.sum_histogram(
                x, y, headroom=headroom, overflow="repair", rng=run.rng, trace=steps
            )
            five.equal(found_counts, np.convolve(x, y), family=name, headroom=headroom, x=x, y=y)
            if not isinstance(steps[-1], CarriesRepaired):
                return  # no digit overflowed
            bits, taken = steps[0].bits, [*taken, steps[-1].rounds]
            hidden = steps[-1].positions
            moduli.append(steps[-1].moduli)
        inputs = {"family": name, "headroom": headroom, "x": x, "y": y}
        size, mass = len(x) + len(y) - 1, int(x.sum()) * int(y.sum())
        digits = size + -(-(min(int(x.sum() * y.max()), int(y.sum() * x.max())).bit_length() + 1) // bits)
        padded = [*np.convolve(x, y).tolist(), *([0] * (digits - size))]
        found = sum(carry > 0 for carry in carried(padded, bits)[1])
        carries.equal(hidden, found, **inputs, explanation="positions that carry")
        carries.holds(found * (2**bits - 1), "<=", mass - 1, **inputs)
        if headroom >= 2:
            carries.holds(found, "<=", at_most(size, headroom), **inputs)
            if name == _AS_MANY:
                carries.attains(hidden, at_most(size, headroom), **inputs)
            inputs |= {"s": found, "p": digits}
            for number in range(1, 5):
                longer = sum(each > number for each in taken)
                chance = float(unfinished(digits, found, number))
                # Below one in 10^9 under the bound.
                likelihood = binom.sf(longer - 1, draws, chance) if longer else 1.0
                average.holds(likelihood, ">=", 1e-9, **inputs, more_than=number, repairs=longer)
            average.holds(1, "<=", mean(digits, found), **inputs, explanation="every repair takes a round")
            if draws > 1:  # rounds are between 1 and 5: the same by Hoeffding's inequality
                slack = 4 * sqrt(log(1e9) / (2 * draws))
                average.holds(sum(taken) / draws, "<=", float(mean(digits, found)) + slack, **inputs)
        for each, own in zip(taken, moduli, strict=True):
            average.equal(len(own), 3 * each, **inputs, explanation="three moduli a round")
            for place, modulus in enumerate(own):
                smallest = int(schedule(digits, place // 3 + 1))
                average.equal(smallest <= modulus < 2 * smallest, True, **inputs, Q=smallest, q=modulus)
                drawn.append((smallest, modulus))
        five.holds(max(taken), "<=", 5, **inputs)
        rounds.update(taken)

    small = [(name, x, y, K, 1) for name, x, y in overflowing(run, run.choose(6, 60, 200)) for K in (2, 4)]
    ones = np.array([1] * 30 + [0] * 270)
    few = [("30 ones, then 270 zeros", ones, ones, 4, run.choose(40, 400, 1_000))]
    ones = np.array([1] * 100 + [0] * 270)
    few += [("100 ones, then 270 zeros", ones, ones, 2, run.choose(10, 100, 400))]
    for places in (1, 3, 10):
        sparse = np.zeros(run.choose(8_000, 16_000, 64_000), dtype=np.int64)
        sparse[run.rng.choice(len(sparse), places, replace=False)] = 1
        few.append((f"{places} places that carry", np.array([5]), sparse, 4, run.choose(25, 200, 400)))
    for headroom in (2, 4):
        ones = np.array([headroom, *[headroom - 1] * 29, *[0] * (30 * (headroom - 2) + 1)])
        few.append((_AS_MANY, ones, np.array([1]), headroom, 3))
    peeled: list[tuple[carry_repair.CarryTables, list[Counts], int]] = []
    with patch.object(carry_repair.CarryTables, "peel", watched(carry_repair.CarryTables.peel, peeled)):
        for name, x, y, headroom, draws in run.samples([*small, *few], "families that overflow; few carries"):
            repairs(name, x, y, headroom, draws)
    peeled.sort(key=lambda each: -len(each[0].moduli))  # several rounds first
    for tables, sums, undecided in peeled[: run.choose(150, 1_000, 4_000)]:
        left = undecided_by_hand(tables.positions, tables.moduli, sums)
        average.equal(undecided, left, moduli=tables.moduli, explanation="all tables, peeled by hand")
    drawn_at_random(run, average, drawn)
    run.plot(
        Plot(
            "Rounds that repairs took",
            "rounds",
            "repairs",
            [Series("repairs", [float(k) for k in rounds], [float(v) for v in rounds.values()], "markers")],
            "linear",
            "log",
        )
    )
