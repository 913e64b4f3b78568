"""What counts a run also counts what NumPy does between its kernels."""

import numpy as np
from lemmata.proofs_check.hamming.counted_runs import counted
from lemmata.proofs_check.hamming.sealed import sealed

from lemmata.hamming.bit_packed import sum_histogram as histograms


def test_work_outside_kernels_is_counted():
    with counted(seal=True) as tally:
        word = sealed(tally, np.arange(5))
        assert np.convolve(word, word).tolist() == np.convolve(range(5), range(5)).tolist()
        assert tally.kinds["outside kernels"] == 10
        assert (word + 1).tolist() == [1, 2, 3, 4, 5]
        assert word.sum() == 10
        assert tally.kinds["outside kernels"] > 15
        assert tally.read == 9 + 5  # what comes out is sealed, too
        assert [int(letter) for letter in word[1:]] == [1, 2, 3, 4]
        assert word[[0, 1]].tolist() == [0, 1]
    assert tally.read == 14 + 8


def test_what_kernels_write_into_is_sealed_and_so_is_what_comes_of_sealed_arrays():
    with counted(seal=True) as tally:
        made = histograms.np.empty(5, dtype=np.int64), histograms.np.zeros(3), histograms.np.full(2, 7)
        assert tally.kinds == {"move": 5}
        for array in made:
            before = tally.outside
            histograms.np.sort(histograms.np.asarray(array))  # a plain copy would do the rest unseen
            assert tally.outside - before == 2 * len(array)
        word, before = sealed(tally, np.arange(4)), tally.outside
        assert np.add.outer(word, word[:3]).shape == (4, 3)
        assert tally.outside - before == 12
        word[:2] = word[2:] + 1  # the sum is written where it belongs, at once
        assert tally.outside - before == 14
        word[:2] = word[2:]
        word[0] = 1
        assert tally.outside - before == 17
        assert tally.read == 0
        assert word.view(np.uint64).tolist() == [1, 3, 2, 3]
        assert tally.outside - before == 17
        assert word.view(np.ndarray).tolist() == [1, 3, 2, 3]
        assert tally.outside - before == 21
        assert histograms.np.cumsum([1, 2]).tolist() == [1, 3]  # lengths alone
        assert tally.outside - before == 21
