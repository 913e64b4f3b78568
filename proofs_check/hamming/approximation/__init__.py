"""Checks of `lemmata.hamming.approximation`: random projections."""
