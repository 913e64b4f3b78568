"""Deliberately broken tests of total unimodularity (DIS-20)."""

from dataclasses import replace
from importlib import import_module

from negative_controls import control

from lemmata import discrepancy

unimodularity = import_module("lemmata.discrepancy.colorings.total_unimodularity")


def whole(true):
    """The columns together stand for all sets of columns."""

    def wrong(vectors, **options):
        return replace(true(vectors, **options), value=discrepancy.optimal_coloring(vectors).value)

    return wrong


@control("DIS-20", "c")
def the_whole_system_stands_for_its_parts(patch):
    patch.setattr(unimodularity, "hereditary_discrepancy", whole(discrepancy.hereditary_discrepancy))


@control("DIS-20", "b")
def hereditary_means_the_whole(patch):
    patch.setattr(discrepancy, "hereditary_discrepancy", whole(discrepancy.hereditary_discrepancy))


@control("DIS-20", "a")
def every_part_gets_one_colour(patch):
    """The largest sum of a row in place of the least over the colourings."""
    true = discrepancy.hereditary_discrepancy

    def wrong(vectors, **options):
        value = max(abs(sum(v for v in row if v > 0)) for row in vectors)
        return replace(true(vectors, **options), value=value)

    patch.setattr(discrepancy, "hereditary_discrepancy", wrong)


@control("DIS-20", "c")
def two_is_small_enough(patch):
    true = discrepancy.is_totally_unimodular

    def generous(vectors):
        return true(vectors) or discrepancy.hereditary_discrepancy(vectors).value == 2

    patch.setattr(discrepancy, "is_totally_unimodular", generous)


@control("DIS-20", "c")
def only_the_largest_determinant_of_two_rows_counts(patch):
    def by_pairs(vectors):
        return abs(discrepancy.determinant_bound(vectors[:2]).determinant) <= 1

    patch.setattr(discrepancy, "is_totally_unimodular", by_pairs)


@control("DIS-20", "c")
def entries_are_not_looked_at(patch):
    """Halves have small discrepancies, and are no determinants of a totally unimodular matrix."""
    patch.setattr(
        discrepancy,
        "is_totally_unimodular",
        lambda vectors: abs(vectors[0][0]) < 2 and discrepancy.hereditary_discrepancy(vectors).value <= 1,
    )
