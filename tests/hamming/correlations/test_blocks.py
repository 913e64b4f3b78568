"""Blocks of a text (HAM-7)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lemmata.hamming.correlations import correlation
from lemmata.hamming.correlations.blocks import Blocks, blocks_at_a_time, plan_blocks


@given(st.integers(1, 5000), st.data())
def test_blocks_cover_every_alignment(n, data):
    m = data.draw(st.integers(1, n))
    blocks = plan_blocks(n, m, data.draw(st.integers(1, 30)))
    assert blocks.step == blocks.length - m + 1 >= 1
    assert (blocks.count - 1) * blocks.step < n - m + 1 <= blocks.count * blocks.step
    assert isinstance(blocks, Blocks)


@pytest.mark.parametrize(("n", "m", "letters"), [(2**28, 2**24, 1), (2**28, 2**24, 20), (2**30, 5, 3)])
def test_blocks_are_no_longer_than_the_float_transform_allows(n, m, letters):
    """HAM-7: blocks of at most 2^25 places, where the float transform is exact."""
    blocks = plan_blocks(n, m, letters)
    assert blocks.log2_length <= 25
    assert correlation.float_is_exact(blocks, m, letters)


@pytest.mark.parametrize(("length", "blocks"), [(2**10, 2**12), (2**19, 8), (2**25, 8), (3 * 2**18, 8)])
def test_a_part_of_the_text_is_64_mebibytes_of_complex_numbers_or_eight_blocks(length, blocks):
    assert blocks_at_a_time(length) == blocks
    assert blocks == 8 or 16 * length * blocks == 64 * 2**20
