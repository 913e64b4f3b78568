"""Checks of `lemmata.hamming.other_distances`: wildcards, order and differences."""
