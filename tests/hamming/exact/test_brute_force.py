"""The definition in vector instructions (HAM-6)."""

import numpy as np
import pytest

from lemmata import hamming


@pytest.mark.jit
@pytest.mark.parametrize("letters", [254, 255, 256, 400, 70_000])
def test_brute_force_with_rare_letters_beside_bytes(letters):
    rng = np.random.default_rng(letters)
    pattern = np.minimum(rng.zipf(1.2, 1_500), letters - 1)
    pattern[:letters] = np.arange(letters)[: len(pattern)]
    text = np.minimum(rng.zipf(1.2, 9_000), letters + 5)
    windows = np.lib.stride_tricks.sliding_window_view(text, len(pattern))
    assert np.array_equal(hamming.brute_force(text, pattern), (windows != pattern).sum(1))
    assert np.array_equal(hamming.distances(text, pattern), (windows != pattern).sum(1))
