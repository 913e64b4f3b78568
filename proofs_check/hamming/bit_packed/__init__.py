"""Checks of `lemmata.hamming.bit_packed`: digits, their certificate, repairs, and costs."""
