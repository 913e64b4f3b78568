"""Deliberately wrong shared transforms (HAM-11)."""

from inspect import getsource

from negative_controls import control

from lemmata.hamming import bounds
from lemmata.hamming.correlations import blocks, float_correlation


def edited(function, old, new):
    """The plain function with a change of its source."""
    source = getsource(function)
    assert old in source
    names = dict(function.__globals__)
    exec(source.replace(old, new), names)
    return names[function.__name__]


@control("HAM-11", "b")
def the_weights_are_too_close(patch):
    true = bounds.packing_bits
    patch.setattr(bounds, "packing_bits", lambda m: max(1, true(m) - 3))


@control("HAM-11", "b")
def as_many_letters_as_there_are_share_a_transform(patch):
    patch.setattr(blocks, "packed_rounding_bound", lambda *_: 0.0)


@control("HAM-11", "a")
def the_lower_digits_are_rounded_up(patch):
    def wrong(re, im, start, step, top, mask, matches):
        float_correlation._read_packed_matches_py(re, im, start, step, top, mask, matches)
        matches[:1] += 1

    patch.setattr(float_correlation, "read_packed_matches", wrong)


@control("HAM-11", "a")
def a_half_is_added_before_rounding_down(patch):
    half = edited(float_correlation._read_packed_matches_py, "0.375", "0.5")
    patch.setattr(float_correlation, "read_packed_matches", half)


@control("HAM-11", "a")
def a_tenth_is_added_before_rounding_down(patch):
    tenth = edited(float_correlation._read_packed_matches_py, "0.375", "0.1")
    patch.setattr(float_correlation, "read_packed_matches", tenth)


def _plans_by(patch, change):
    true = blocks.packed_rounding_bound
    patch.setattr(blocks, "packed_rounding_bound", lambda *given: change(true, *given))


@control("HAM-11", "b")
def letters_share_while_the_error_is_below_three_quarters(patch):
    _plans_by(patch, lambda true, *given: true(*given) / 2)


@control("HAM-11", "b")
def letters_beyond_a_hundred_do_not_add_to_the_error(patch):
    _plans_by(patch, lambda true, L, m, letters, k: true(L, m, min(letters, 100), k))


@control("HAM-11", "b")
def long_patterns_may_err_more(patch):
    _plans_by(patch, lambda true, L, m, *given: true(L, m, *given) * (0.003 if m >= 20_000 else 1))
