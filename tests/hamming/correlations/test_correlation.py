"""Which transform counts the matches: the one that is asked for, and none beyond its bound (HAM-4)."""

import numpy as np
import pytest

from lemmata import hamming
from lemmata.hamming.correlations import correlation


def test_beyond_the_bound_float_is_refused_and_auto_counts_exactly(monkeypatch):
    """HAM-4: beyond its bound the float transform counts nothing."""
    text, pattern = "abracadabra" * 3, "abr"
    expected = hamming.by_definition(text, pattern)
    monkeypatch.setattr(correlation, "rounding_bound", lambda *_: 0.5)
    # From here on, the function of the float transform is one that fails.
    monkeypatch.setattr(correlation, "count_matches_by_float", None)
    with pytest.raises(ValueError, match="not provably exact"):
        hamming.per_letter_fft(text, pattern, transform="float")
    for transform in ("auto", "ntt"):
        assert np.array_equal(hamming.per_letter_fft(text, pattern, transform=transform), expected)


def test_a_transform_that_is_asked_for_is_the_one_that_counts(monkeypatch):
    text, pattern = "abracadabra" * 3, "abr"
    expected = hamming.by_definition(text, pattern)
    for transform, other in (("float", "count_matches_modulo_p"), ("ntt", "count_matches_by_float")):
        with monkeypatch.context() as patch:
            patch.setattr(correlation, other, None)
            assert np.array_equal(hamming.per_letter_fft(text, pattern, transform=transform), expected)
