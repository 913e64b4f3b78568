"""Packing, and the certificate that no digit carried (HAM-12)."""

from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lemmata.claims import Run, SymbolicIdentity, check
from lemmata.hamming.bit_packed import narrow_digits

Counts = NDArray[np.int64]


@check("HAM-12")
def digits_are_the_counts_exactly_if_their_sum_is_the_mass(run: Run) -> None:
    """All pairs of small 0/1 vectors and some multisets, in base 2, 4 and 8; carries in Python integers."""
    carries, sums, certificate = run.clauses("abc")

    def compare(x: tuple[int, ...], y: tuple[int, ...], bits: int, least_length: int = 0) -> None:
        inputs = {"x": x, "y": y, "bits": bits}
        largest = min(sum(x) * max(y), sum(y) * max(x))
        plan = narrow_digits.plan_digits(len(x), len(y), largest, bits, 64)
        found, digit_sum = narrow_digits.product_digits(np.array(x), np.array(y), plan)
        counts = (convolved if len(x) < 100 else convolved_long)(x, y) + [0] * (
            plan.digits - (len(x) + len(y) - 1)
        )
        digits, hidden = carried(counts, bits)
        guard = plan.digits - (len(x) + len(y) - 1)
        carries.holds(max(counts), "<=", 2 ** (bits * guard), **inputs, explanation="room in guard digits")
        if least_length:
            carries.equal(plan.length >= least_length, True, **inputs, explanation="words of a transform")
        carries.equal(found, digits, **inputs, explanation="digits of the product")
        carries.equal(hidden[-1], 0, **inputs, explanation="the last carry")
        sums.equal(digit_sum, sum(digits), **inputs, explanation="sum of the digits")
        total = narrow_digits.carries_by_mass(sum(x) * sum(y), digit_sum, bits)
        sums.equal(total, sum(hidden), **inputs, explanation="sum of the carries")
        certificate.equal(
            [total == 0, digit_sum == sum(x) * sum(y)], [found.tolist() == counts] * 2, **inputs
        )

    longest = run.choose(5, 6, 7)
    vectors = [v for length in (1, 2, longest) for v in product((0, 1), repeat=length) if any(v)]
    size = (1 + 3 + 2**longest - 1) ** 2
    domain = f"pairs of 0/1 vectors of length 1, 2 and {longest}, not 0, in base 2, 4 and 8"
    for x, y in run.every(product(vectors, repeat=2), domain, size=size):
        for bits in (1, 2, 3):
            compare(x, y, bits)
    multisets = [(*run.rng.integers(0, 6, 5).tolist(), 1) for _ in range(20)]
    for x, y in run.samples(product(multisets, repeat=2), "multisets with multiplicities up to 5"):
        for bits in (1, 3):
            compare(x, y, bits)
    large = [(1,) * 400, (1,) * 333, tuple(run.rng.integers(2**20 - 9, 2**20, 40).tolist())]
    for x, y in run.samples(
        product(large[:2], large), "400 and 333 ones by each other and by large multiplicities"
    ):
        for bits in range(1, 7):
            compare(x, y, bits, least_length=16)
    needed = []
    for k, length, bits in run.samples(
        product(range(1, 7), (1, 2, 4, 9), (1, 2, 3)), "2^k - 1 and 2^k, up to nine times, by 1"
    ):
        for count in (2**k - 1, 2**k):
            compare((count,) * length, (1,), bits)
            guard = next(g for g in range(k + 1) if 2 ** (bits * g) >= count)
            if guard:
                one_less = carried([count] * length + [0] * (guard - 1), bits)[1][-1]
                needed.append(one_less > 0)
    carries.equal(any(needed), True, explanation="somewhere, the last guard digit is needed")
    # The beginning and the step of the induction on sum of c - d = (B-1) sum of h + the last h.
    sums.step(
        SymbolicIdentity("B*h", "(B - 1)*h + h", ("B", "h")),
        SymbolicIdentity("((B - 1)*S + h) + (B*g - h)", "(B - 1)*(S + g) + g", ("B", "S", "h", "g")),
    )


def convolved(x: Any, y: Any) -> list[int]:
    """Counts of sums, by the definition."""
    counts = [0] * (len(x) + len(y) - 1)
    for (i, s), (j, t) in product(enumerate(x), enumerate(y)):
        counts[i + j] += s * t
    return counts


def convolved_long(x: Any, y: Any) -> list[int]:
    """The same, by the products of a row at a time."""
    found: list[int] = np.convolve(x, y).tolist()
    return found


def carried(counts: list[int], bits: int) -> tuple[list[int], list[int]]:
    """Digits and carries by hand."""
    digits, carries, carry = [], [], 0
    for count in counts:
        carry, digit = divmod(count + carry, 1 << bits)
        digits.append(digit)
        carries.append(carry)
    return digits, carries
