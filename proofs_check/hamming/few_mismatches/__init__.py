"""Checks of `lemmata.hamming.few_mismatches`: jumps, near-periods and breaks."""
