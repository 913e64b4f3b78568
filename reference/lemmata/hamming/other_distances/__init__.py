"""Distances between numbers in which more than equality counts.

- less_than.py          `less_than_distances`: at how many places the text is below the pattern
- l1.py, l2.py          `l1_distances`, `l2_distances`: sums of absolute and of squared differences
- numbers.py            text and pattern as numbers, and where their distances would overflow
"""
