"""Deliberately wrong costs and charges: each has to be refuted by the check of HAM-2, HAM-3 or HAM-27."""

from dataclasses import replace
from inspect import getsource

import numpy as np
from negative_controls import control

from lemmata import hamming
from lemmata.hamming.correlations import blocks, correlation, float_rows, float_transform
from lemmata.hamming.exact import abrahamson as abrahamson_module
from lemmata.hamming.exact import bit_parallel as bit_parallel_module
from lemmata.hamming.exact import direct_counting
from lemmata.hamming.exact import fischer_paterson as fischer_paterson_module
from lemmata.hamming.exact.fischer_paterson import count_all_letters


def _charging(name, do_instead):
    """A public function that charges what the true one does and does something else."""
    true = getattr(hamming, name)

    def pretending(text, pattern, *, costs=None, **options):
        true(text, pattern, costs=costs, **options)
        return do_instead(text, pattern)

    return pretending


@control("HAM-2", "a")
def every_letter_is_transformed_sixteen_times(patch):
    true = correlation.count_matches

    def wasteful(problem, letters, *, costs=None, **options):
        # One transform after another for sixteen times as many letters as there are.
        for _ in range(15):
            true(problem, letters, costs=costs, **options)
        return true(problem, letters, costs=costs, **options)

    patch.setattr(fischer_paterson_module, "count_matches", wasteful)


@control("HAM-2", "a")
def blocks_are_sixteen_times_too_long(patch):
    true = correlation.plan_blocks

    def wasteful(n, m, letters):
        plan = true(n, m, letters)
        length = plan.log2_length + 4
        step = (1 << length) - m + 1
        return replace(plan, log2_length=length, step=step, count=-(-(n - m + 1) // step), together=1)

    patch.setattr(correlation, "plan_blocks", wasteful)


@control("HAM-2", "a")
def long_patterns_are_transformed_for_each_pair_of_blocks(patch):
    patch.setattr(blocks, "blocks_at_a_time", lambda length: max(1, blocks.CHUNK // length))


@control("HAM-2", "b")
def a_transform_is_charged_too_little(patch):
    true = blocks.transform_word_operations
    patch.setattr(blocks, "transform_word_operations", lambda log2: true(log2) * 9 // 10)


@control("HAM-2", "b")
def long_blocks_are_charged_half(patch):
    true = correlation.correlation_word_operations
    halved = lambda b, k, a: true(b, k, a) // (2 if b.log2_length >= 9 else 1)  # noqa: E731
    patch.setattr(correlation, "correlation_word_operations", halved)


@control("HAM-2", "b")
def rows_are_filled_twice(patch):
    once = float_rows._forward_rows_py
    source = getsource(once)
    call = source[source.index("        forward_into_rows(") :].splitlines()[0] + "\n"
    names = dict(vars(float_rows))
    exec(source.replace(call, call + call), names)
    patch.setattr(float_transform, "forward_rows", names["_forward_rows_py"])


@control("HAM-2", "b")
def the_charge_forgets_what_is_around_the_transforms(patch):
    true = correlation.correlation_word_operations
    patch.setattr(correlation, "correlation_word_operations", lambda b, k, a: true(b, k, a) - 3 * a)


def _charge_who_watches(problem, *, transform="auto", trace=None, costs=None):
    found = count_all_letters(problem, transform=transform, trace=trace, costs=costs)
    if trace is not None and costs is not None:
        costs.charge(word_operations=problem.n)
    return found


@control("HAM-2", "b")
def who_watches_is_charged(patch):
    patch.setattr(fischer_paterson_module, "count_all_letters", _charge_who_watches)


@control("HAM-2", "b")
def the_transform_is_replaced_by_direct_counting(patch):
    patch.setattr(hamming, "per_letter_fft", _charging("per_letter_fft", hamming.sort_merge))


@control("HAM-3", "a")
def the_threshold_is_zero(patch):
    true = hamming.abrahamson
    patch.setattr(hamming, "abrahamson", lambda t, p, **options: true(t, p, **({"threshold": 0} | options)))


@control("HAM-3", "a")
def the_threshold_is_infinite(patch):
    true = hamming.abrahamson
    patch.setattr(
        hamming, "abrahamson", lambda t, p, **options: true(t, p, **({"threshold": len(p)} | options))
    )


@control("HAM-3", "a")
def all_letters_are_correlated_or_none(patch):
    true = abrahamson_module.split_letters

    def wrong(problem, threshold=None):
        if threshold is not None:
            return true(problem, threshold)
        splits = true(problem, 0), true(problem, problem.m)
        return min(splits, key=lambda s: abrahamson_module._word_operations(problem, s.frequent, s.pairs))

    patch.setattr(abrahamson_module, "split_letters", wrong)


@control("HAM-3", "b")
def in_long_texts_a_pattern_is_transformed_for_each_pair_of_blocks(patch):
    long_patterns_are_transformed_for_each_pair_of_blocks(patch)


@control("HAM-3", "b")
def the_threshold_is_not_looked_at(patch):
    true = abrahamson_module.split_letters
    patch.setattr(abrahamson_module, "split_letters", lambda problem, threshold=None: true(problem, 0))


def _parting_besides(patch, work):
    """Work on text and pattern, while letters are parted, that nobody is charged for."""
    true = abrahamson_module.split_letters

    def wrong(problem, threshold=None):
        work(problem)
        return true(problem, threshold)

    patch.setattr(abrahamson_module, "split_letters", wrong)


@control("HAM-3", "c")
def text_and_pattern_are_convolved_to_part_the_letters(patch):
    _parting_besides(patch, lambda problem: np.convolve(problem.text, problem.pattern))


def _changed(patch, module, name, old, new):
    """A function of parting and renaming with a change of its source."""
    source = getsource(getattr(module, name))
    assert old in source
    scope = {}
    exec("from __future__ import annotations\n" + source.replace(old, new), vars(module), scope)
    for each in (module, abrahamson_module):
        patch.setattr(each, name, scope[name])


@control("HAM-3", "c")
def text_and_pattern_are_convolved_to_rename_the_letters(patch):
    old = "sigma = len(order)\n"
    new = old + "    np.convolve(problem.text, problem.pattern)\n"
    _changed(patch, direct_counting, "ranked", old, new)


@control("HAM-3", "c")
def renamed_letters_are_convolved(patch):
    old = "    alphabet = tuple("
    new = "    np.convolve(rank[np.asarray(problem.text)], rank)\n" + old
    _changed(patch, direct_counting, "ranked", old, new)


@control("HAM-3", "c")
def half_of_the_pairs_are_weighed(patch):
    _changed(patch, abrahamson_module, "split_letters", "int(pairs_left[k])))", "int(pairs_left[k]) // 2))")


@control("HAM-3", "c")
def letters_are_counted_one_by_one_to_part_them(patch):
    _parting_besides(patch, lambda problem: [int(code) for code in problem.text])


@control("HAM-3", "c")
def equally_frequent_letters_are_parted(patch):
    source = getsource(abrahamson_module.split_letters)
    cuts = "[0, *(np.flatnonzero(np.diff(occurrences)) + 1).tolist(), sigma]"
    assert cuts in source
    scope = dict(vars(abrahamson_module))
    exec(source.replace(cuts, "range(sigma + 1)"), scope)
    scope["_word_operations"] = lambda *given: abrahamson_module._word_operations(*given)
    patch.setattr(abrahamson_module, "split_letters", scope["split_letters"])


@control("HAM-3", "c")
def nothing_is_charged(patch):
    true = hamming.abrahamson
    patch.setattr(hamming, "abrahamson", lambda t, p, costs=None, **options: true(t, p, **options))


@control("HAM-3", "c")
def all_letters_are_counted_directly(patch):
    patch.setattr(hamming, "abrahamson", _charging("abrahamson", hamming.sort_merge))


@control("HAM-3", "c")
def many_pairs_are_charged_half(patch):
    true = abrahamson_module._charge

    def wrong(costs, operations):
        true(costs, operations // 2 if operations > 20_000 else operations)

    patch.setattr(abrahamson_module, "_charge", wrong)


@control("HAM-3", "c")
def pairs_are_charged_once(patch):
    patch.setattr(direct_counting, "PER_PAIR", 1)


@control("HAM-27", "b")
def the_planes_are_compared_letter_by_letter(patch):
    patch.setattr(
        bit_parallel_module, "comparison_word_operations", lambda n, m, planes: planes * m * (n - m + 1) * 2
    )


@control("HAM-27", "c")
def the_planes_are_replaced_by_the_definition(patch):
    patch.setattr(hamming, "bit_parallel", _charging("bit_parallel", hamming.by_definition))


@control("HAM-27", "c")
def one_run_for_each_shift_is_charged(patch):
    source = getsource(bit_parallel_module.comparison_word_operations)
    assert "runs * (words - 1)" in source
    scope = dict(vars(bit_parallel_module))
    exec(source.replace("runs * (words - 1)", "(words - 1)"), scope)
    patch.setattr(bit_parallel_module, "comparison_word_operations", scope["comparison_word_operations"])


@control("HAM-27", "c")
def shifting_the_words_is_not_charged(patch):
    true = bit_parallel_module.comparison_word_operations
    patch.setattr(
        bit_parallel_module, "comparison_word_operations", lambda n, m, p: true(n, m, p) - (n - m + 1) * p
    )
