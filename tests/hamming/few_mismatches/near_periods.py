"""Words that nearly have a period, and distances by the definition."""

from hypothesis import strategies as st

ALGORITHMS = ("auto", "distances", "kangaroo", "periodicity")


def capped(text, pattern, k):
    windows = [text[i : i + len(pattern)] for i in range(len(text) - len(pattern) + 1)]
    return [min(k + 1, sum(a != b for a, b in zip(w, pattern, strict=True))) for w in windows]


@st.composite
def nearly_periodic(draw):
    """A text and a pattern of one period, with a few errors each."""
    period = draw(st.integers(1, 6))
    n = draw(st.integers(1, 60))
    m = draw(st.integers(1, n))
    words = []
    for size in (n, m):
        word = [i % period for i in range(size)]
        for at in draw(st.lists(st.integers(0, size - 1), max_size=4)):
            word[at] = draw(st.integers(0, 7))
        words.append(word)
    return words
