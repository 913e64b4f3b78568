"""Prefix sums: signs by Barany and Grinberg, orders by Steinitz (DIS-13, DIS-14)."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import chain, combinations_with_replacement, permutations, product
from math import ceil, comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lemmata import discrepancy
from lemmata.claims import Run, check
from lemmata.discrepancy.colorings import barany_grinberg, steinitz
from lemmata.discrepancy.colorings.linear_dependencies import Move

Columns = list[list[Fraction]]

WRONG = 10**9
"""Stands for weights that do not combine to what they should."""


@check("DIS-13")
def signed_prefix_sums_stay_within_two_d_minus_one(run: Run) -> None:
    """Prefix sums as combinations of d vectors, in rationals; their lengths in three norms."""
    everywhere, doubles, certified = run.clauses("abc")
    bound = run.formula("barany_grinberg_bound")

    def exactly(matrix: NDArray[Any], **options: bool) -> None:
        steps: list[Any] = []
        signs = discrepancy.barany_grinberg(matrix, trace=steps, **options)
        columns = as_fractions(matrix)
        weight = prefix_weight(columns, signs.tolist(), steps)
        inputs = {"vectors": matrix, "signs": signs}
        everywhere.holds(weight, "<=", bound(len(matrix)), **inputs, explanation="the weights' sum")
        everywhere.holds(longest_prefix(columns, signs.tolist()), "<=", bound(len(matrix)) ** 2, **inputs)

    # Up to the sign of the vectors, as the signs that are found change with them.
    longest = run.choose(5, 7, 8)
    lines = words((1, 2, 3), longest)
    size = sum(3**n for n in range(1, longest + 1))
    for numbers in run.every(lines, f"all sequences of up to {longest} numbers from 1, 2, 3", size=size):
        exactly(np.array([numbers]))
    longest = run.choose(4, 5, 6)
    planes = words(((1, 0), (0, 1), (1, 1), (1, -1)), longest)
    description = f"all sequences of up to {longest} plane vectors over -1, 0, 1, up to sign"
    for chosen in run.every(planes, description, size=sum(4**n for n in range(1, longest + 1))):
        exactly(np.array(chosen).T)
    for matrix in run.samples(integer_sequences(run), "random integer vectors in up to 6 dimensions"):
        exactly(matrix)
        exactly(matrix / 7.0, exact=True)
    for matrix in run.samples(rational_sequences(run), "fractions, and integers beyond 64 bits"):
        exactly(matrix)
    hard = chain(double_sequences(run), integers_in_doubles(run))
    for given in run.samples(hard, "doubles at all scales, and integers with exact=False"):
        exact = None if given.dtype == np.float64 else False
        signs = discrepancy.barany_grinberg(given, exact=exact)
        ratio = longest_prefix(as_fractions(given), signs.tolist())
        doubles.holds(rounded_up(ratio), "<=", bound(len(given)) ** 2, vectors=given, signs=signs)
    for matrix, order in run.samples(beyond_one_norm(), BEYOND):
        signs = np.where(order % 2, -1, 1)
        ratio = longest_prefix(as_fractions(matrix), [1] * len(order))
        claimed = barany_grinberg.prefix_sums_are_bounded(matrix * signs, signs)
        certified.equal(claimed, ratio <= bound(len(matrix)) ** 2, vectors=matrix * signs, signs=signs)
    everywhere.note("a prefix's weights bound it in every norm; besides, squared lengths in three norms")


def words(letters: Sequence[Any], longest: int) -> Iterator[tuple[Any, ...]]:
    """All words over the letters, of 1 to ``longest`` letters."""
    return chain.from_iterable(product(letters, repeat=n) for n in range(1, longest + 1))


def rounded_up(ratio: Fraction) -> Fraction:
    """At least the ratio, in few digits."""
    return Fraction(ceil(ratio * 10**6), 10**6)


def as_fractions(matrix: NDArray[Any]) -> Columns:
    """The columns, exactly."""
    return [[Fraction(v) for v in column] for column in matrix.T.tolist()]


def integer_sequences(run: Run) -> Iterator[NDArray[np.int64]]:
    """Random integer vectors, zero among them, and copies of one."""
    for _ in range(run.choose(10, 60, 300)):
        d, n = int(run.rng.integers(1, 7)), int(run.rng.integers(1, 30))
        yield run.rng.integers(-5, 6, (d, n))
    yield np.zeros((2, 3), dtype=np.int64)
    yield np.ones((3, 9), dtype=np.int64)


def rational_sequences(run: Run) -> Iterator[NDArray[Any]]:
    """Sevenths, large integers, and short vectors beside long ones, which doubles take for nothing."""
    far = Fraction(10**10, 3)
    for rows in (
        [[far] + [0] * 5, [0] + [Fraction(1, 3)] * 5],
        [[far, -far] + [0] * 12, [0, 0] + [Fraction(1, 3)] * 6 + [Fraction(-1, 3)] * 6],
    ):
        yield np.array(rows, dtype=object)
    for _ in range(run.choose(4, 30, 150)):
        d, n = int(run.rng.integers(1, 5)), int(run.rng.integers(2, 16))
        integers = run.rng.integers(-5, 6, (d, n))
        yield np.array([[Fraction(v, 7) for v in row] for row in integers.tolist()], dtype=object)
        yield np.array([[2**65 * v + 1 for v in row] for row in integers.tolist()], dtype=object)


def double_sequences(run: Run) -> Iterator[NDArray[np.float64]]:
    """Random vectors, nearly dependent ones, and lengths from 1e-300 to 1e300."""
    yield np.array([[1.0, 5e-10]])  # which doubles take for a vector and nothing: both up is beyond the bound
    yield np.array([[1.0, 2.0**-60]])  # the same, beyond the bound by less than a double can tell
    # As the first, in the sum norm alone, 3 times the longest: (1, 0) goes from nearly -1 to 1.
    turned = np.array([[0, 5e-10, 1, 1 - 2.0**-33, -1, -1], [1.0, 0, 0, 0, 0, 0]])
    yield turned
    yield np.array([[1, 1], [1, -1]]) @ turned  # and this in the maximum norm alone
    for _ in range(run.choose(10, 60, 300)):
        d, n = int(run.rng.integers(1, 7)), int(run.rng.integers(5, 40))
        normal = run.rng.standard_normal((d, n))
        yield normal
        yield normal[:, :1] + 1e-11 * normal
        yield normal * 10.0 ** run.rng.integers(-300, 300, n)


BEYOND = (
    "four vectors over -1, 0, 1, and more at a bound, or beyond it in one of three norms by much or 2^-60"
)


def beyond_one_norm() -> Iterator[tuple[NDArray[Any], NDArray[np.int64]]]:
    """Vectors, to be added up as they come, and an order to hand them over in."""
    short = product(((1, 0), (0, 1), (1, 1), (1, -1)), repeat=4)
    with_signs = (  # beyond three times the longest in the maximum, the sum and the Euclidean norm alone
        ((1, 1), (1, -1), (1, 0), (1, 0)),
        ((1, 0), (1, 0), (0, 1), (0, 1)),
        ((3, 3), (3, 3), (4, 0), (2, 0)),
    )
    in_order = (  # beyond twice the longest in these norms, measured from the line to the sum
        ((4, 0), (4, 0), (4, 0), (4, 0), (3, 3), (4, 0)),
        ((4, 0), (4, 0), (0, 2), (0, 2), (0, 2), (-4, 0)),
        ((4, 0), (4, 0), (0, 2), (0, 2), (3, 3), (-3, -3)),
    )
    hair: list[tuple[tuple[float, ...], ...]] = [((10**17,), (1,)), ((10**17,), (1,), (-(10**17),), (-1,))]
    for more in (0.0, 2.0**-60):  # at the bound, and beyond it by less than a double can tell
        hair += [
            ((1, 1), (1, -1), (1, 0), (more, 0)),
            ((1, 0), (1, 0), (0, 1), (0, more)),
            ((65, 0), (52, 39), (25, 30), (26, 30), (more, 0)),
        ]
        closed = (  # half of a sequence that comes back
            ((1,), (more,)),
            ((1, 1), (1, -1), (more, 0)),
            ((1, 0), (0, 1), (0, more)),
            ((65, 0), (52, 39), (-5, 27), (more, 0)),
        )
        hair += [half + tuple(tuple(-v for v in column) for column in half) for half in closed]
        hair.append(((1,), (more,)))
    for number, columns in enumerate(chain(with_signs, in_order, hair, short)):
        matrix = np.array(columns).T
        yield (matrix / 8.0 if number % 2 else matrix), np.roll(np.arange(len(columns)), number % 3)[::-1]


def integers_in_doubles(run: Run) -> Iterator[NDArray[np.int64]]:
    """Integers to be walked in doubles, some beside a vector that hides the others from the three norms."""
    yield np.array([[10**10, 0, 0, 0, 0, 0], [0, 1, 1, 1, 1, 1]])
    yield np.array([[10**10, -(10**10)] + [0] * 12, [0, 0] + [1] * 6 + [-1] * 6])
    for _ in range(run.choose(5, 30, 100)):
        d, n = int(run.rng.integers(1, 7)), int(run.rng.integers(5, 20))
        yield run.rng.integers(-5, 6, (d, n)) * 10 ** run.rng.integers(0, 11, n)


def squares(column: Sequence[Fraction]) -> tuple[Fraction, Fraction, Fraction]:
    """Squared length in the maximum, the Euclidean and the sum norm."""
    sizes = [abs(v) for v in column]
    return max(sizes) ** 2, sum((v * v for v in sizes), Fraction(0)), sum(sizes, Fraction(0)) ** 2


def worst_ratio(found: Sequence[Sequence[Fraction]], units: Sequence[Sequence[Fraction]]) -> Fraction:
    """Squared length of the longest of some vectors over that of the longest unit, in the worst norm."""
    lengths = [max(sizes) for sizes in zip(*map(squares, found), strict=True)]
    scales = [max(sizes) for sizes in zip(*map(squares, units), strict=True)]
    return max(a / b if b else Fraction(WRONG if a else 0) for a, b in zip(lengths, scales, strict=True))


def prefix_sums(columns: Columns) -> Columns:
    """The sums of the first k columns, k = 1, ..., n."""
    sums = [[Fraction(0)] * len(columns[0])]
    for column in columns:
        sums.append([a + b for a, b in zip(sums[-1], column, strict=True)])
    return sums[1:]


def longest_prefix(columns: Columns, signs: Sequence[int]) -> Fraction:
    """Squared length of the longest prefix sum over that of the longest vector, in the worst norm."""
    if not set(signs) <= {-1, 1} or len(signs) != len(columns):
        return Fraction(WRONG)
    signed = [[e * v for v in column] for e, column in zip(signs, columns, strict=True)]
    return worst_ratio(prefix_sums(signed), columns)


def combination(weights: dict[int, Fraction], columns: Columns) -> list[Fraction]:
    """The weighted sum of some columns."""
    return [sum((w * columns[j][i] for j, w in weights.items()), Fraction(0)) for i in range(len(columns[0]))]


def prefix_weight(columns: Columns, signs: Sequence[int], steps: Sequence[Any]) -> Fraction:
    """Largest sum of |e_j - x_j| over floating j, after checking that these weights give the prefix sums."""
    states = [step for step in steps if hasattr(step, "leader")]
    if len(states) != len(signs) or not set(signs) <= {-1, 1}:
        return Fraction(WRONG)
    signed = [[e * v for v in column] for e, column in zip(signs, columns, strict=True)]
    worst = Fraction(0)
    for state, total in zip(states, prefix_sums(signed), strict=True):
        weights = {j: signs[j] - x for j, x in zip(state.floating, state.coefficients, strict=True)}
        if combination(weights, columns) != total or len(weights) > len(total):
            return Fraction(WRONG)
        worst = max(worst, sum((abs(w) for w in weights.values()), Fraction(0)))
    return worst


@check("DIS-14")
def reordered_prefix_sums_stay_within_d(run: Run) -> None:
    """Deviations as combinations with weights from [0, 1], in rationals; their lengths; simplices."""
    everywhere, doubles, simplices, certified = run.clauses("abcd")
    bound = run.formula("steinitz_bound")

    def exactly(matrix: NDArray[Any], **options: bool) -> None:
        steps: list[Any] = []
        order = discrepancy.steinitz(matrix, trace=steps, **options).tolist()
        columns, d = as_fractions(matrix), len(matrix)
        inputs = {"vectors": matrix, "order": order}
        everywhere.holds(deviation_weight(columns, order, steps), "<=", bound(d), **inputs)
        everywhere.holds(longest_deviation(columns, order), "<=", bound(d) ** 2, **inputs)
        everywhere.holds(deviation_in_a_gauge(columns, order), "<=", bound(d), **inputs)

    vectors = [v for v in product((-1, 0, 1), repeat=2) if any(v)]
    most = run.choose(4, 5, 6)
    multisets = chain.from_iterable(combinations_with_replacement(vectors, n) for n in range(1, most + 1))
    size = comb(len(vectors) + most, most) - 1
    description = f"every multiset of up to {most} plane vectors over -1, 0, 1"
    for chosen in run.every(multisets, description, size=size):
        exactly(np.array(chosen).T)
    for matrix in run.samples(
        balanced(run), "random integer vectors, a third with sum 0, in up to 5 dimensions"
    ):
        exactly(matrix)
    hard = chain(double_sequences(run), integers_in_doubles(run))
    for given in run.samples(hard, "doubles at all scales, and integers with exact=False"):
        exact = None if given.dtype == np.float64 else False
        order_found = discrepancy.steinitz(given, exact=exact).tolist()
        ratio = longest_deviation(as_fractions(given), order_found)
        doubles.holds(rounded_up(ratio), "<=", bound(len(given)) ** 2, vectors=given, order=order_found)
    for matrix in run.samples(integer_sequences(run), "a seventh of random integer vectors, walked exactly"):
        exactly(matrix / 7.0, exact=True)
    for matrix in run.samples(rational_sequences(run), "fractions, and integers beyond 64 bits"):
        exactly(matrix)
    orders = ((d, order) for d in (1, 2, 3, 4) for order in permutations(range(d + 1)))
    size = 2 + 6 + 24 + 120
    for d, order in run.every(
        orders, "every order of the vertices of a simplex, up to dimension 4", size=size
    ):
        simplices.attains(deviation_in_a_gauge(as_fractions(simplex(d)), order), bound(d), d=d, order=order)
    for d in run.samples(range(1, 8), "the order that is found for the simplex, up to dimension 7"):
        found = discrepancy.steinitz(simplex(d)).tolist()
        simplices.equal(deviation_in_a_gauge(as_fractions(simplex(d)), found), bound(d), d=d, order=found)
    for matrix, places in run.samples(beyond_one_norm(), BEYOND):
        ratio = longest_deviation(as_fractions(matrix), list(range(len(places))))
        given = np.empty_like(matrix)
        given[:, places] = matrix
        claimed = steinitz.deviations_are_bounded(given, places)
        certified.equal(claimed, ratio <= bound(len(matrix)) ** 2, vectors=given, order=places)
    everywhere.note("weights from [0, 1] bound a deviation in every gauge; besides, three norms and a gauge")


def balanced(run: Run) -> Iterator[NDArray[np.int64]]:
    """Random integer vectors, with and without sum 0, fewer than d among them."""
    for _ in range(run.choose(6, 60, 300)):
        d, n = int(run.rng.integers(1, 6)), int(run.rng.integers(6, run.choose(16, 31, 31)))
        integers = run.rng.integers(-4, 5, (d, n))
        yield integers
        yield np.hstack([integers, -integers])[:, : 2 * n]
        yield integers[:, :d]
    yield np.repeat([[1, -1]], 12, axis=1)
    for d in range(1, 6):
        yield simplex(d)


def simplex(d: int) -> NDArray[np.int64]:
    """Vertices of a simplex that add up to 0: the unit vectors, and minus their sum."""
    return np.hstack([np.eye(d, dtype=np.int64), -np.ones((d, 1), dtype=np.int64)])


def deviations(columns: Columns, order: Sequence[int]) -> Columns:
    """Prefix sums in this order minus their place on the line to the sum of all."""
    d, n = len(columns[0]), len(columns)
    sums = prefix_sums([columns[j] for j in order])
    lines = [Fraction(max(k - d, 0), n) for k in range(1, n + 1)]
    return [
        [a - line * s for a, s in zip(total, sums[-1], strict=True)]
        for line, total in zip(lines, sums, strict=True)
    ]


def longest_deviation(columns: Columns, order: Sequence[int]) -> Fraction:
    """Squared deviation of the prefix sums from the line, over the squared length of the longest vector."""
    if sorted(order) != list(range(len(columns))):
        return Fraction(WRONG)
    return worst_ratio(deviations(columns, order), columns)


def deviation_in_a_gauge(columns: Columns, order: Sequence[int]) -> Fraction:
    """The longest deviation over the longest vector in the gauge of the simplex with vertices `simplex`.

    It is the largest of the functionals that are 1 on a facet: sum v, and sum v - (d + 1) v_i.
    """
    if sorted(order) != list(range(len(columns))):
        return Fraction(WRONG)

    def length(v: Sequence[Fraction]) -> Fraction:
        return sum(v, Fraction(0)) - (len(v) + 1) * min(*v, Fraction(0))

    return max(map(length, deviations(columns, order))) / (max(map(length, columns)) or 1)


def deviation_weight(columns: Columns, order: Sequence[int], steps: Sequence[Any]) -> Fraction:
    """Largest sum of weights from [0, 1] that combine the first vectors to a deviation; they are checked."""
    d, n = len(columns[0]), len(columns)
    if sorted(order) != list(range(n)) or any(isinstance(step, Move) for step in steps):
        return Fraction(WRONG)
    # The first d deviations are prefix sums; the last one is d / n times the sum.
    by_length = {k: {j: Fraction(1) for j in order[:k]} for k in range(1, min(d, n) + 1)}
    if n > d:
        by_length[n] = {j: Fraction(d, n) for j in order}
    for step in steps:
        others = {j: 1 - c for j, c in zip(step.others, step.coefficients, strict=True)}
        if step.position >= d and step.position:
            by_length[step.position] = others
    worst = Fraction(0)
    for k, off in enumerate(deviations(columns, order), 1):
        weights = by_length.get(k, {})
        inside = set(weights) <= set(order[:k]) and all(0 <= w <= 1 for w in weights.values())
        if not inside or combination(weights, columns) != off:
            return Fraction(WRONG)
        worst = max(worst, sum(weights.values(), Fraction(0)))
    return worst
