"""Distances up to k: jumps over equal stretches, near-periods and their breaks.

- k_mismatch.py         `k_mismatch`, the front door
- kangaroo.py           jumps from mismatch to mismatch
- suffix_array.py       longest common extensions in constant time, which the jumps take
- periodicity.py        nearly periodic patterns by their breaks, all others by few candidates
"""
