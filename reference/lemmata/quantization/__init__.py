"""Quantization: grids of representable values, and rounding weights to them.

The theorems are in ``theory/discrepancy.md``.
"""
