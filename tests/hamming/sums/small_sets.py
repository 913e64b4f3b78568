"""Small sets of integers."""

from hypothesis import strategies as st

NARROW = st.lists(st.integers(-20, 20), min_size=1, max_size=25)
