"""Bit-packed transforms, exact whatever overflows (HAM-9 to HAM-17), and planes of bits (HAM-27)."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lemmata.proofs_check.hamming.counted_runs import counted, planning_operations
from lemmata.proofs_check.hamming.sealed import sealed

from lemmata import hamming
from lemmata.costs import Costs
from lemmata.hamming import families
from lemmata.hamming.bit_packed import bit_packed_fft, carry_repair, narrow_digits, packing_model
from lemmata.hamming.bit_packed import sum_histogram as histograms
from lemmata.hamming.bit_packed.multisets import surveyed
from lemmata.hamming.bit_packed.packing import CarriesRepaired, DigitsMultiplied, Packing
from lemmata.hamming.correlations import modular_transform, word_transform

MULTISETS = st.lists(st.integers(0, 5), min_size=1, max_size=60).map(lambda v: np.array(v, dtype=np.int64))


@given(
    MULTISETS,
    MULTISETS,
    st.sampled_from([1, 2, 16, 64]),
    st.sampled_from(["auto", "repair", "widen"]),
    st.integers(0, 9),
)
@example(np.array([1, 1, 1, 1]), np.array([1, 1, 1, 1]), 1, "repair", 0)
@example(np.array([0]), np.array([3]), 1, "repair", 0)
def test_histograms_are_convolutions(x, y, headroom, overflow, seed):
    found = hamming.sum_histogram(x, y, headroom=headroom, overflow=overflow, rng=np.random.default_rng(seed))
    assert found.tolist() == np.convolve(x, y).tolist()


@given(
    st.integers(1, 40),
    st.integers(1, 40),
    st.integers(1, 3),
    st.sampled_from([24, 26, 64]),
    st.integers(0, 9),
)
@example(9, 9, 3, 24, 0)
def test_forced_repairs_on_small_machines(a, b, weight, word_bits, seed):
    x, y = np.full(a, weight), np.full(b, weight)
    found = hamming.sum_histogram(x, y, word_bits=word_bits, headroom=1, overflow="repair", rng=seed)
    assert found.tolist() == np.convolve(x, y).tolist()


def test_folded_counts_that_leave_a_small_word():
    # The folded problem's counts are beyond 2^21, although those of the whole fit 24 bits.
    x, y = np.ones(6_000, dtype=np.int64), np.ones(3_000, dtype=np.int64)
    steps: list[object] = []
    found = hamming.sum_histogram(x, y, word_bits=24, headroom=1, overflow="repair", rng=0, trace=steps)
    assert np.array_equal(found, np.convolve(x, y))
    assert any(isinstance(step, CarriesRepaired) for step in steps)


@pytest.mark.jit
def test_a_repair_is_given_up_at_its_budget():
    # Runs: every second class of every modulus has a carry, and peeling gets stuck again and again.
    pattern = np.repeat(np.arange(4), 1024)
    text = np.r_[pattern, pattern]
    bound = packing_model.bit_packed_word_operations(len(text), len(pattern))
    for overflow in ("auto", "widen"):
        costs, steps = Costs(), []
        found = hamming.bit_packed_fft(text, pattern, headroom=1, overflow=overflow, costs=costs, trace=steps)
        assert found[0] == 0
        assert any(isinstance(step, DigitsMultiplied) and step.carries for step in steps)
        assert costs.word_operations <= 3 * bound


@pytest.mark.parametrize("digits", ["narrow", "wide", "single"])
def test_every_packing_is_exact(digits):
    text, pattern = families.periodic(400, 5), families.periodic(300, 5)
    expected = hamming.by_definition(text, pattern)
    assert np.array_equal(hamming.bit_packed_fft(text, pattern, digits=digits), expected)


@pytest.mark.parametrize(
    ("x", "y", "options", "error", "message"),
    [
        ([1], [1], {"word_bits": 100}, ValueError, "word_bits must be between 24 and 64"),
        ([1], [1], {"headroom": -4}, ValueError, "headroom must be at least 1"),
        ([1], [1], {"headroom": 1.5}, TypeError, "headroom must be an integer"),
        ([1], [1], {"digits": "broad"}, ValueError, "digits must be"),
        ([], [1], {}, ValueError, "x is empty"),
        (np.zeros(0, dtype=int), [1], {}, ValueError, "x is empty"),
        ("ab", [1], {}, TypeError, r"x must be integers \(got str\)"),
        ([1], [[1]], {}, ValueError, "y must be one-dimensional"),
        ([1], [0.5], {}, TypeError, "y must be integers"),
        ([1, -1], [1], {}, ValueError, r"x must not be negative \(x\[1\] = -1\)"),
        ([2**62, 2**62], [2], {}, ValueError, "the multisets are too large"),
        ([2**58, 1], [1, 1], {}, ValueError, "the multisets are too large"),
        ([2**22], [1], {"word_bits": 24}, ValueError, "word_bits = 24 is too small"),
    ],
)
def test_bad_multisets_and_options(x, y, options, error, message):
    with pytest.raises(error, match=message):
        hamming.sum_histogram(x, y, **options)
    if "headroom" in options:
        with pytest.raises(error, match=message):
            hamming.bit_packed_fft("abcd", "ab", **options)


@pytest.mark.parametrize("x", [[True, False], np.array([True, False]), np.array([1, 0], dtype=object)])
def test_multiplicities_are_what_letters_may_be(x):
    assert hamming.sum_histogram(x, [2, 3]).tolist() == [2, 3, 0]
    assert hamming.sum_counts(x, [2, 3]).sums.tolist() == [2, 3, 4]


@pytest.mark.jit
@pytest.mark.parametrize("seed", range(12))
def test_the_repair_runs_and_is_exact(seed):
    rng = np.random.default_rng(seed)
    step = int(rng.integers(1, 9))
    x, y = np.zeros(int(rng.integers(200, 3000)), dtype=np.int64), np.zeros(900, dtype=np.int64)
    x[::step], y[::step] = 1, 1
    steps: list[object] = []
    found = hamming.sum_histogram(x, y, headroom=2, overflow="repair", rng=rng, trace=steps)
    assert found.tolist() == np.convolve(x, y).tolist()
    overflows = [step for step in steps if isinstance(step, DigitsMultiplied) and step.carries]
    repairs = [step for step in steps if isinstance(step, CarriesRepaired)]
    # Small folded problems that overflow are done again with wide digits.
    assert 1 <= len(repairs) <= len(overflows)
    assert max(len(step.moduli) for step in repairs) >= 3


@given(st.lists(st.integers(0, 3), min_size=1, max_size=120), st.data())
def test_bit_packed_distances(text, data):
    m = data.draw(st.integers(1, len(text)))
    pattern = data.draw(st.lists(st.integers(0, 3), min_size=m, max_size=m))
    expected = [
        sum(a != b for a, b in zip(text[i : i + m], pattern, strict=True)) for i in range(len(text) - m + 1)
    ]
    assert hamming.bit_packed_fft(text, pattern).tolist() == expected
    small = hamming.bit_packed_fft(text, pattern, word_bits=24, headroom=1, rng=0)
    assert small.tolist() == expected


@pytest.mark.jit
@pytest.mark.parametrize("overflow", ["auto", "repair", "widen"])
@pytest.mark.parametrize("word_bits", [32, 48, 64])
@pytest.mark.parametrize("name", ["one letter", "periodic", "Thue-Morse", "Zipf", "equal frequencies"])
def test_long_texts_in_every_mode(name, word_bits, overflow):
    rng = np.random.default_rng(5)
    text = families.named_words(30_000, rng)[name]()
    pattern = text[11_000:17_000].copy()
    pattern[::7] = text[0]
    expected = hamming.brute_force(text, pattern)
    costs = Costs()
    options = {"word_bits": word_bits, "headroom": 4, "overflow": overflow, "rng": 1}
    found = hamming.bit_packed_fft(text, pattern, costs=costs, **options)
    assert np.array_equal(found, expected)
    assert costs.word_operations > 6 * 30_000
    again = Costs()
    hamming.bit_packed_fft(
        text, pattern, word_bits=word_bits, headroom=4, overflow=overflow, rng=1, costs=again
    )
    assert again == costs, "the same seed costs the same"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"word_bits": 23}, "word_bits must be between 24 and 64"),
        ({"word_bits": 65}, "word_bits must be between 24 and 64"),
        ({"headroom": 0}, "headroom must be at least 1"),
        ({"overflow": "ignore"}, "overflow must be"),
    ],
)
def test_bad_options_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        hamming.bit_packed_fft("abcd", "ab", **options)


def test_counts_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="word_bits = 24 is too small"):
        narrow_digits.plan_digits(10, 10, 2**22, 3, 24)
    heavy = np.array([2**30], dtype=np.int64)
    with pytest.raises(ValueError, match="the multisets are too large"):
        hamming.sum_histogram(heavy, heavy, rng=np.random.default_rng(0))


def test_what_belongs_to_no_product_is_noticed():
    with pytest.raises(ArithmeticError, match="cannot belong"):
        narrow_digits.carries_by_mass(16, 17, 2)
    tables = carry_repair.CarryTables(5)
    with pytest.raises(ArithmeticError, match="no carries explain"):
        tables.add(3, np.array([7, 0, 0]), np.array([0, 0, 0, 0, 0]), 2, 3)


@given(st.integers(1, 200_000))
def test_transform_lengths_are_the_next_of_their_kind(words):
    length = word_transform.transform_length(words)
    kinds = sorted({1, *(f << k for f in (1, 3) for k in range(20))} - {3 << k for k in range(1)} | {3})
    # 3 itself is not used: it is no shorter in time than 4.
    assert length >= words
    assert length == min(k for k in kinds if k >= words) or (words == 3 and length in (3, 4))


@pytest.mark.parametrize("length", [1, 2, 3, 4, 6, 8, 12, 24, 48])
def test_word_transforms_multiply_cyclically(length):
    rng = np.random.default_rng(length)
    p = modular_transform.MODULUS
    x, y = rng.integers(0, p, (2, length), dtype=np.uint64)
    expected = [sum(int(x[j]) * int(y[(k - j) % length]) for j in range(length)) % p for k in range(length)]
    assert word_transform.convolve_words(x.copy(), y.copy()).tolist() == expected


@pytest.mark.jit
@pytest.mark.parametrize("m", [1, 5, 300, 4096, 70_000])
def test_the_bound_holds_where_nothing_overflows(m):
    rng = np.random.default_rng(m)
    text, pattern = rng.integers(0, 4, 2 * m + 3), rng.integers(0, 4, m)
    costs = Costs()
    hamming.bit_packed_fft(text[: 2 * m], pattern, overflow="widen", rng=0, costs=costs)
    assert costs.word_operations <= 3 * packing_model.bit_packed_word_operations(2 * m, m)


def test_one_digit_to_a_word_takes_more_than_the_bound():
    """HAM-15 leaves digits="single" out: 10 equally frequent letters, m = 2^16, n = 10m."""
    m = 2**16
    n, frequencies = 10 * m, np.full(10, m // 10)
    windows = [2 * m - 1] * 9 + [m]
    single = Packing(digits="single")
    total = sum(
        packing_model.letters_word_operations(window, m, frequencies * window // m, frequencies, single)
        for window in windows
    )
    assert packing_model.bit_packed_word_operations(n, m) < total
    assert 96 < total / (n * m**0.5) < 98


@pytest.mark.parametrize(("ones", "headroom", "outermost", "mean"), [(30, 4, 2, 2.26), (100, 2, 3, None)])
def test_repairs_take_more_than_two_rounds_on_average_and_never_more_than_five(
    ones, headroom, outermost, mean
):
    x = np.array([1] * ones + [0] * 270)
    last, rounds = [], []
    for seed in range(60):
        steps: list[object] = []
        hamming.sum_histogram(x, x, headroom=headroom, overflow="repair", rng=seed, trace=steps)
        rounds += [step.rounds for step in steps if isinstance(step, CarriesRepaired)]
        last.append(rounds[-1])
    assert sum(last) / len(last) == pytest.approx(outermost, abs=0.1)
    assert mean is None or sum(rounds) / len(rounds) == pytest.approx(mean, abs=0.1)
    assert max(rounds) <= 5


@given(MULTISETS, MULTISETS, st.sampled_from([1, 4, 64]), st.sampled_from(["auto", "repair", "widen"]))
@example(np.ones(20, dtype=np.int64), np.ones(20, dtype=np.int64), 1, "repair")
@settings(max_examples=15)
def test_charges_are_what_counting_numbers_count(x, y, headroom, overflow):
    costs, traced, counted_costs = Costs(), Costs(), Costs()
    options = {"headroom": headroom, "overflow": overflow, "rng": 0}
    hamming.sum_histogram(x, y, costs=costs, **options)
    hamming.sum_histogram(x, y, costs=traced, trace=[], **options)
    assert costs == traced
    with counted() as tally:  # where planning is free
        found = hamming.sum_histogram(x, y, costs=counted_costs, **options)
    assert found.tolist() == np.convolve(x, y).tolist()
    assert counted_costs.word_operations == tally.operations < costs.word_operations


@pytest.mark.parametrize(
    ("text", "pattern"),
    [([0], [0]), ([0] * 300, [0] * 200), ([0, 1, 2] * 40, [2, 1, 0])],
)
def test_charges_of_distances_are_what_counting_numbers_count(text, pattern):
    costs, steps = Costs(), []
    with counted() as tally:
        found = hamming.bit_packed_fft(text, pattern, costs=costs, trace=steps)
    assert costs.word_operations == tally.operations
    assert found.tolist() == hamming.by_definition(text, pattern).tolist()
    assert (steps[-1].heavy == (0,)) == (len(pattern) == 200)


def test_a_repair_looks_ahead_to_what_it_then_spends(monkeypatch):
    calls: dict[int, list[tuple[int, int, int]]] = {}

    def looking(repair, budget, at_most):
        calls.setdefault(id(repair), []).append((repair.spent.word_operations, at_most, len(repair.x.counts)))
        kept.append(repair)

    kept: list[object] = []
    monkeypatch.setattr(histograms._Repair, "_exceeds", looking)
    x = np.array([1] * 100 + [0] * 270)
    steps: list[object] = []
    hamming.sum_histogram(x, x, headroom=2, overflow="repair", rng=0, trace=steps)
    outermost = calls[id(kept[0])]
    assert outermost[0][2] == 370
    rounds = steps[-1].rounds
    assert len(outermost) == 7 * rounds
    own = iter(steps[-1].moduli)
    for at, ((spent, at_most, _), (later, _, _)) in enumerate(pairwise(outermost)):
        assert later <= spent + at_most
        if at % 7 in (0, 2, 4):  # folding and surveying both multisets: 150 to plan, and every entry once
            modulus = next(own)
            assert at_most == 150 + 2 * (modulus + 370) + 2 * 4 * modulus
            assert later == spent + at_most


@given(st.integers(1, 300), st.data())
def test_letters_that_are_not_looked_at_are_not_worth_a_product(window, data):
    m, word_bits = data.draw(st.integers(1, window)), data.draw(st.sampled_from([24, 64]))
    packing = Packing(word_bits, digits=data.draw(st.sampled_from(["narrow", "wide", "single"])))
    a, b = data.draw(st.integers(1, window)), data.draw(st.integers(1, m))
    least = bit_packed_fft.least_product(window, m, packing)
    assert least <= bit_packed_fft.product_estimate(window, m, a, b, packing)


def test_the_least_product_by_hand():
    # Counts up to one leave 20 of 24 bits for 10 more digits; two words each, and two digits to guard 16.
    reading_and_writing = (2 + 2 * 12) + (2 + 2 * 5) + (2 + 3 * 18)
    transforms = word_transform.convolution_operations(2)
    assert bit_packed_fft.least_product(12, 5, Packing(24)) == reading_and_writing + transforms


def test_estimates_of_histograms_and_repairs_by_hand():
    def multiset(*counts):
        return surveyed(np.array(counts, dtype=np.int64))

    # Twelve pairs of sets for 2 each; 6 counts, 7 entries and 14 for seven elements.
    assert histograms.histogram_at_most(multiset(*[1] * 4), multiset(*[1] * 3), Packing()) == 300 + 3 * 51
    # Counts up to 2^25 take two words of 24 bits; a pair of multisets takes 3.
    few, many = multiset(1, 0), multiset(2**25, 1)
    assert histograms.histogram_at_most(few, many, Packing(word_bits=24)) == 300 + 7 + 6 + 2 * 3 * 2
    # Three times what wide digits take, beside 300 to plan and 4 for every entry.
    dense = np.ones(300, dtype=np.int64)
    costs = Costs()
    hamming.sum_histogram(dense, dense, overflow="widen", costs=costs)
    wide = costs.word_operations - 300 - 4 * 600
    at_most = histograms.histogram_at_most(surveyed(dense), surveyed(dense), Packing())
    assert at_most == 300 + 3 * min(wide, 2 * 300**2 + 599 + 600 + 1200)
    # Three tables: 150; (12 + 100) + (12 + 50) + 96 to fold; 1000; 35 + 161 to fold and 108 to solve; and
    # then four for each of 36 classes and five for each of 149 positions.
    assert histograms.repair_operations(100, 50, 12, 1000) == 3 * (150 + 270 + 1000 + 196 + 108) + 144 + 745
    # For 149 sums moduli are at least 10 and below 20: 15; counts up to 50 fold to at most 500, in 9 bits.
    x, y = multiset(*[1] * 100), multiset(*[1] * 50)
    folded = 300 + narrow_digits.plan_digits(15, 15, 500, 9, 64).operations
    assert histograms.repair_estimate(x, y, Packing()) == histograms.repair_operations(100, 50, 15, folded)


def test_peeling_takes_nearly_what_is_allowed_where_every_position_carried():
    """Ten carries of one, in 8 and in 9 classes: seven for a class, and for a position 3 and 9 per table."""
    sums = [np.bincount(np.arange(10) % modulus) for modulus in (8, 9)]
    tables = carry_repair.CarryTables(10, [8, 9], sums)
    assert tables.peel_at_most == 7 * 17 + (3 + 2 * 9) * 10 == 329
    carries, undecided = tables.peel()
    assert carries.tolist() == [1] * 10
    assert undecided == 0
    assert tables.operations == 326


@pytest.mark.parametrize("m", [1, 4096, 2**18])
def test_planning_takes_no_more_than_its_charge(m):
    assert max(planning_operations(2 * m, m, m, m, Packing())) <= 150


def test_the_model_by_hand():
    # Two letters, one position each: every count fits a bit; the dearest letter has mass at most 4.
    assert packing_model.letter_mass_bound(2, 8) == 4
    assert packing_model.normalised_cost(64, "narrow") <= packing_model.normalised_cost(64, "wide")
    assert packing_model.normalised_cost(64, "wide", word_bits=64 * 8) < packing_model.normalised_cost(
        64, "single"
    )


@given(st.integers(1, 200), st.integers(0, 200), st.integers(1, 300), st.integers(0, 2**31))
@example(64, 64, 1, 0)
@example(63, 1, 2, 1)
def test_planes_and_brute_force_around_words(m, extra, letters, seed):
    rng = np.random.default_rng(seed)
    text, pattern = rng.integers(0, letters, m + extra), rng.integers(0, letters, m)
    expected = [int((text[i : i + m] != pattern).sum()) for i in range(extra + 1)]
    assert hamming.bit_parallel(text, pattern).tolist() == expected
    assert hamming.brute_force(text, pattern).tolist() == expected


@pytest.mark.parametrize(("n", "m"), [(300, 200), (9_000, 1_500)])
def test_frequencies_in_the_pattern_are_charged_as_counted(n, m):
    costs = Costs()
    with counted(seal=True) as tally:
        hamming.bit_packed_fft(np.arange(n), np.arange(m), costs=costs, rng=0)
    assert tally.kinds["outside kernels"] == 0
    assert tally.operations == costs.word_operations


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


@pytest.mark.parametrize(("k", "size"), [(100, 100), (400, 800), (800, 3_200)])
@pytest.mark.parametrize("overflow", ["auto", "widen"])
def test_a_histogram_takes_three_times_the_cheaper_of_digits_and_pairs(k, size, overflow):
    x, y = np.zeros(size, dtype=np.int64), np.ones(k, dtype=np.int64)
    x[:k] = 1
    costs, wide = Costs(), Costs()
    hamming.sum_histogram(x, y, headroom=1, overflow=overflow, rng=1, costs=costs)
    hamming.sum_histogram(x, y, digits="wide", costs=wide)
    around = 4 * (size + k) + 300
    assert costs.word_operations - around <= 3 * (wide.word_operations - around)
