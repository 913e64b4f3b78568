"""Checks of the random walks."""
