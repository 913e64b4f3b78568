"""Checks of the chapter on discrepancy, rounding and quantization (``theory/discrepancy.md``)."""
