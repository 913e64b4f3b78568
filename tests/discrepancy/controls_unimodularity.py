"""Deliberately broken tests of total unimodularity (DIS-46)."""

from dataclasses import replace
from importlib import import_module

from negative_controls import control

from lemmata import discrepancy

unimodularity = import_module("lemmata.discrepancy.total_unimodularity")


@control("DIS-46")
def the_whole_system_stands_for_its_parts(patch):
    true = discrepancy.hereditary_discrepancy

    def whole(vectors, **options):
        return replace(true(vectors, **options), value=discrepancy.optimal_coloring(vectors).value)

    patch.setattr(unimodularity, "hereditary_discrepancy", whole)


@control("DIS-46")
def two_is_small_enough(patch):
    true = discrepancy.is_totally_unimodular

    def generous(vectors):
        return true(vectors) or discrepancy.hereditary_discrepancy(vectors).value == 2

    patch.setattr(discrepancy, "is_totally_unimodular", generous)


@control("DIS-46")
def only_the_largest_determinant_of_two_rows_counts(patch):
    def by_pairs(vectors):
        return abs(discrepancy.determinant_bound(vectors[:2]).determinant) <= 1

    patch.setattr(discrepancy, "is_totally_unimodular", by_pairs)
