"""Words for tests, and distances by their definition: a term for each pair of letters."""

from hypothesis import strategies as st


@st.composite
def numbers(draw, values):
    text = draw(st.lists(values, min_size=1, max_size=40))
    m = draw(st.integers(1, len(text)))
    return text, draw(st.lists(values, min_size=m, max_size=m))


def by_terms(term, text, pattern):
    windows = [text[i : i + len(pattern)] for i in range(len(text) - len(pattern) + 1)]
    return [sum(term(a, b) for a, b in zip(window, pattern, strict=True)) for window in windows]
