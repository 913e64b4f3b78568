"""Small matrices, and their discrepancy by the definition."""

from itertools import product

from hypothesis import strategies as st


def matrices(entries, rows=5, columns=6):
    shapes = st.tuples(st.integers(1, rows), st.integers(1, columns))
    return shapes.flatmap(
        lambda s: st.lists(st.lists(entries, min_size=s[1], max_size=s[1]), min_size=s[0], max_size=s[0])
    )


def by_definition(rows, signs):
    return max(abs(sum(v * e for v, e in zip(row, signs, strict=True))) for row in rows)


def least(rows):
    return min(by_definition(rows, signs) for signs in product((-1, 1), repeat=len(rows[0])))
