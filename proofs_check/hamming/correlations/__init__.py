"""Checks of `lemmata.hamming.correlations`: rounding, residues, shared transforms."""
