"""Checks of `lemmata.hamming.sums`: what sums of sets cost, and counting 3SUM."""
