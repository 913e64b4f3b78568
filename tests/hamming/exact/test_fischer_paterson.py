"""Fischer and Paterson's counted cost (HAM-2)."""

import numpy as np
import pytest
from lemmata.proofs_check.hamming.charges import charged_and_counted

from lemmata import hamming
from lemmata.hamming import bounds
from lemmata.hamming.correlations import blocks


@pytest.mark.parametrize("options", [{"transform": "float"}, {"transform": "ntt"}])
def test_the_pattern_is_charged_for_every_part_of_a_long_text(monkeypatch, options):
    monkeypatch.setattr(blocks, "CHUNK", 8)
    text, pattern = np.arange(150) % 3, np.array([0, 1])
    found = charged_and_counted(hamming.per_letter_fft, text, pattern, **options)
    assert found.charged == found.counted


@pytest.mark.parametrize("log2_m", range(0, 25, 3))
def test_costs_of_texts_too_long_to_run_stay_below_the_theorem(log2_m):
    """HAM-2: from the plan, up to 2^32 letters."""
    for m in (1 << log2_m, (1 << log2_m) + 1, 3 << log2_m >> 1):
        for n in (m, m + 1, 2 * m, 2 * m + 1, 5 * m, 33 * m, max(m, 1 << 25), 1 << 32):
            for letters in (1, 2, 7, 100):
                if letters <= m <= 1 << 24:
                    plan = blocks.plan_blocks(n, m, letters)
                    cost = blocks.correlation_word_operations(plan, letters, n - m + 1) + n - m + 1
                    assert cost <= bounds.fischer_paterson_word_operations(n, m, letters), (n, m, letters)
