"""Checks of `lemmata.hamming.exact`: counted costs, pairs counted one by one, planes of bits."""
