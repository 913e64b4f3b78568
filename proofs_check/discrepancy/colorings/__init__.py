"""Checks of colourings, and of linear and hereditary discrepancy."""
