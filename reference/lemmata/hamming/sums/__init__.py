"""Sums of two sets of integers, how often each occurs, and counting 3SUM.

- sumsets.py            `sumset`, `sum_counts`: the front door, which takes the cheapest of
- pair_sums.py          all pairs, merged in order
- dense_sums.py         one product over the whole range
- sparse_sums.py        products bit by bit, at a cost that follows the number of sums
- three_sum.py          distances as counting 3SUM, and counting 3SUM as distances
"""
