"""Masses of letters (HAM-10)."""

from itertools import product
from math import isqrt

from lemmata.claims import Run, SymbolicIdentity, check


@check("HAM-10")
def roots_of_masses_add_up_to_at_most_the_root_of_the_lengths(run: Run) -> None:
    """All small frequencies, roots to 200 bits, which tell equal sums of so few small roots from others."""
    below, equality = run.clauses("ab")
    bound = run.formula("letter_mass_bound")
    most = run.choose(3, 4, 5)
    frequencies = list(product(range(most), repeat=3))
    pairs = product(frequencies, repeat=2)
    domain = (
        f"three letters with at most {most - 1} occurrences each, all lengths accounted for, or 1 and 2 more"
    )
    for a, b in run.every(pairs, domain, size=most**6):
        roots = sum(isqrt(x * y << 400) for x, y in zip(a, b, strict=True))
        for n, m in ((sum(a), sum(b)), (sum(a) + 1, sum(b) + 2)):
            inputs = {"in the text": a, "in the pattern": b, "n": n, "m": m}
            below.holds(roots, "<=", isqrt(n * m << 400), **inputs)
            below.holds(roots / 2**200, "<=", float(bound(n, m)) * (1 + 1e-12), **inputs)
            if n * m > 0:
                proportional = all(x * m == y * n for x, y in zip(a, b, strict=True))
                full = sum(a) == n and sum(b) == m
                # Two different such sums differ by more than 2^-100: multiply the conjugates.
                equality.equal(isqrt(n * m << 400) - roots < 2**100, proportional and full, **inputs)
    below.step(
        SymbolicIdentity(
            "(X**2 + x**2) * (Y**2 + y**2) - (X*Y + x*y)**2", "(X*y - x*Y)**2", ("X", "Y", "x", "y")
        )
    )
    equality.attains(isqrt(9 * 4) + isqrt(36 * 16), bound(45, 20), text=(9, 36), pattern=(4, 16))
