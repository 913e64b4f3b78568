"""Discrepancy theory: rounding fractional solutions to integers while linear constraints keep their values.

The chapter is ``theory/discrepancy.md``.
"""
