"""Matrix products read off distances (HAM-29)."""

from lemmata import hamming


def test_the_smallest_product_of_matrices():
    # HAM-29 with N = 1: the pattern is row 0 of (1), the text column 0 of (1) and a spare letter, with one
    # more on each side. Row 0 lies on column 0 at alignment N^2 = 1, not at 0.
    """HAM-29: the smallest case, N = 1."""
    assert (1 - hamming.distances([1, 0, 1, 1], [0])).tolist() == [0, 1, 0, 0]
