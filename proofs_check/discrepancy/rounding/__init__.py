"""Checks of rounding to a vertex (DIS-1 to DIS-6)."""
