"""Deliberately broken distances between numbers (HAM-26)."""

import sys

import numpy as np
from negative_controls import control

from lemmata import hamming
from lemmata.hamming.algorithms import by_cheapest
from lemmata.hamming.other_distances import l1, less_than

front = sys.modules["lemmata.hamming.distances"]  # the package's attribute is the function


@control("HAM-26", "a")
def wildcards_take_no_other_algorithm_than_the_cheapest(patch):
    true = front.count_with_wildcards
    patch.setattr(front, "count_with_wildcards", lambda *places: true(*places[:-1], by_cheapest))


@control("HAM-26", "b")
def equal_numbers_count_as_less(patch):
    true = hamming.less_than_distances
    patch.setattr(
        hamming, "less_than_distances", lambda t, p: true(np.asarray(t, dtype=object).astype(int) - 1, p)
    )


@control("HAM-26", "b")
def only_the_first_higher_bucket_is_counted(patch):
    true = less_than.sum_of_correlations
    patch.setattr(less_than, "sum_of_correlations", lambda n, m, pairs: true(n, m, list(pairs)[:1]))


@control("HAM-26", "c")
def only_the_first_higher_bucket_is_weighted(patch):
    true = l1.sum_of_correlations
    patch.setattr(l1, "sum_of_correlations", lambda n, m, pairs: true(n, m, list(pairs)[:2]))


@control("HAM-26", "a")
def wildcards_differ_from_each_other(patch):
    true = hamming.distances

    def wrong(text, pattern, *, wildcard):
        result = np.array(true(text, pattern, wildcard=wildcard))
        at = np.asarray(text)[: len(result)] == wildcard
        return result + (at & (np.asarray(pattern)[0] == wildcard))

    patch.setattr(hamming, "distances", wrong)


@control("HAM-26", "d")
def a_square_is_an_absolute_value(patch):
    patch.setattr(hamming, "l2_distances", hamming.l1_distances)


@control("HAM-26", "c")
def differences_below_count_once(patch):
    true, less = hamming.l1_distances, hamming.less_than_distances
    patch.setattr(hamming, "l1_distances", lambda t, p: true(t, p) - less(t, p))
