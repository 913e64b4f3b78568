"""Vectors and their prefix sums in fractions, for the tests of signs and orders."""

from fractions import Fraction

from hypothesis import strategies as st


def vectors(entries):
    return st.tuples(st.integers(1, 4), st.integers(1, 14)).flatmap(
        lambda s: st.lists(st.lists(entries, min_size=s[1], max_size=s[1]), min_size=s[0], max_size=s[0])
    )


KINDS = {
    "integers": st.integers(-5, 5),
    "doubles": st.floats(-1, 1),
    "tiny and large": st.sampled_from([1e-200, -1e-200, 1.0, -3.0, 1e200]),
}


def sizes(columns):
    """Maximum, sum, and squared Euclidean norms."""
    return (
        [max(map(abs, c)) for c in columns],
        [sum(map(abs, c)) for c in columns],
        [sum(v * v for v in c) for c in columns],
    )


def prefixes(columns):
    total = [Fraction(0)] * len(columns[0])
    found = []
    for column in columns:
        total = [a + b for a, b in zip(total, column, strict=True)]
        found.append(total)
    return found


def assert_within(columns, units, factor):
    for power, found, unit in zip((1, 1, 2), sizes(columns), sizes(units), strict=True):
        assert max(found) <= factor**power * max(unit)
