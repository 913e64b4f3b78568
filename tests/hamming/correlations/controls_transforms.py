"""Deliberately broken transforms and plans, in doubles and modulo a prime (HAM-4, HAM-7, HAM-8)."""

from dataclasses import replace
from inspect import getsource
from math import isqrt

import numpy as np
from negative_controls import control

from lemmata.hamming import bounds
from lemmata.hamming.correlations import (
    blocks,
    correlation,
    float_correlation,
    float_transform,
    modular_transform,
)
from lemmata.hamming.correlations.modular_transform import multiply

_P, _LOW = np.uint64(modular_transform.MODULUS), np.uint64(2**32 - 1)


@control("HAM-4", "a")
def the_roots_have_only_single_precision(patch):
    true = float_transform.butterfly_roots
    rounded = lambda log2: tuple(t.astype(np.float32).astype(np.float64) for t in true(log2))  # noqa: E731
    patch.setattr(float_transform, "butterfly_roots", rounded)


@control("HAM-4", "a")
def a_root_is_off_by_two_ulps(patch):
    true = float_transform.roots_of_unity

    def off(log2_length):
        real, imaginary = (part.copy() for part in true(log2_length))
        real[-1] += 2.0**-52
        return real, imaginary

    patch.setattr(float_transform, "roots_of_unity", off)


@control("HAM-4", "a")
def long_tables_of_roots_are_cosines_of_rounded_angles(patch):
    true = float_transform.roots_of_unity

    def wrong(log2_length):
        if log2_length < 13:
            return true(log2_length)
        angles = -2 * np.pi * np.arange(1 << log2_length) / (1 << log2_length)
        return np.cos(angles), np.sin(angles)

    patch.setattr(float_transform, "roots_of_unity", wrong)


@control("HAM-4", "a")
def long_transforms_are_slightly_too_large(patch):
    true = float_transform.forward

    def wrong(re, im, *roots):
        true(re, im, *roots)
        if len(re) >= 2**12:
            re *= 1 + 1e-11
            im *= 1 + 1e-11

    patch.setattr(float_transform, "forward", wrong)


@control("HAM-4", "b")
def the_mass_forgets_the_second_block(patch):
    patch.setattr(bounds, "correlation_mass", lambda log2, m: isqrt((m << log2) - 1) + 1)


@control("HAM-4", "c")
def counts_are_cut_off_and_not_rounded(patch):
    def cut(sums_re, sums_im, start, step, matches):
        float_correlation._read_matches_py(sums_re - 0.5 * sums_re.shape[1], sums_im, start, step, matches)

    patch.setattr(float_correlation, "read_matches", cut)


@control("HAM-4", "c")
def counts_a_little_too_small_are_cut_off(patch):
    source = getsource(float_correlation._read_matches_py)
    assert "np.rint(counts[k] * scale)" in source
    names = dict(vars(float_correlation))
    exec(source.replace("np.rint(counts[k] * scale)", "np.floor(counts[k] * scale + 0.01)"), names)
    patch.setattr(float_correlation, "read_matches", names["_read_matches_py"])


@control("HAM-7", "b")
def float_is_always_allowed(patch):
    patch.setattr(correlation, "float_is_exact", lambda *_: True)


@control("HAM-7", "a")
def float_is_refused_too_early(patch):
    true = correlation.float_is_exact
    patch.setattr(
        correlation, "float_is_exact", lambda b, m, letters: b.log2_length < 20 and true(b, m, letters)
    )


@control("HAM-7", "c")
def blocks_for_many_letters_are_too_long(patch):
    true = blocks.plan_blocks

    def wrong(n, m, letters):
        plan = true(n, m, letters)
        return replace(plan, log2_length=plan.log2_length + 4) if letters > 5_000 else plan

    patch.setattr(blocks, "plan_blocks", wrong)


@control("HAM-7", "c")
def blocks_grow_with_the_text(patch):
    patch.setattr(blocks, "LONGEST", 64)


def _product_of_a_half(a, b):
    return multiply(a & _LOW, b)


@control("HAM-8", "a")
def the_upper_limb_of_a_factor_is_lost(patch):
    patch.setattr(modular_transform, "multiply", _product_of_a_half)


def _sum_past_the_word(a, b):
    total = a + b
    return total - _P if total >= _P else total


@control("HAM-8", "a")
def a_sum_passes_the_word(patch):
    patch.setattr(modular_transform, "_add_py", _sum_past_the_word)


def _product_with_a_correction(a, b):
    product = multiply(a, b)
    return product - _P if product >= _P else product


@control("HAM-8", "b")
def a_product_is_corrected_once_more(patch):
    patch.setattr(modular_transform, "multiply", _product_with_a_correction)


@control("HAM-8", "c")
def the_generator_has_a_smaller_order(patch):
    patch.setattr(modular_transform, "GENERATOR", 49)


@control("HAM-8", "c")
def a_root_of_a_long_transform_is_wrong(patch):
    true = modular_transform.modular_roots

    def wrong(log2_length):
        roots, inverse_roots = (table.copy() for table in true(log2_length))
        roots[-1] += np.uint64(log2_length >= 10)
        return roots, inverse_roots

    patch.setattr(modular_transform, "modular_roots", wrong)


@control("HAM-8", "c")
def the_inverse_is_the_forward_transform(patch):
    patch.setattr(modular_transform, "inverse", modular_transform.forward)
