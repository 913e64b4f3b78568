"""Small texts and patterns."""

from hypothesis import strategies as st


@st.composite
def problems(draw, longest=40):
    text = draw(st.lists(st.integers(0, 3), min_size=1, max_size=longest))
    pattern = draw(st.lists(st.integers(0, 3), min_size=1, max_size=len(text)))
    return text, pattern
