"""Deliberately broken streams and threads (HAM-28)."""

import sys
from inspect import getsource

import numpy as np
from negative_controls import control

from lemmata import hamming
from lemmata.hamming import streaming, threads
from lemmata.hamming.algorithms import by_cheapest


@control("HAM-28", "a")
def the_overlap_is_one_letter_short(patch):
    true = streaming._windows
    patch.setattr(
        streaming, "_windows", lambda text, pattern, *rest: true(text, pattern[:-1] or pattern, *rest)
    )


@control("HAM-28", "a")
def wildcards_of_the_text_are_forgotten(patch):
    true = streaming._windows
    patch.setattr(
        streaming, "_windows", lambda *a: (w._replace(wildcards=w.wildcards & False) for w in true(*a))
    )


@control("HAM-28", "b")
def the_stream_reads_everything_first(patch):
    true = hamming.distances_stream

    def wrong(parts, pattern, **options):
        return true(iter([np.concatenate(list(parts))]), pattern, **options)

    patch.setattr(hamming, "distances_stream", wrong)


@control("HAM-28", "c")
def the_number_of_threads_is_ignored(patch):
    true = threads.counting
    for each in (sys.modules["lemmata.hamming.distances"], streaming):
        patch.setattr(each, "counting", lambda algorithm, _, costs: true(algorithm, 1, costs))


def cut_otherwise(patch, old, new):
    """Pieces are cut or handed out by changed code."""
    source, names = getsource(threads.count_in_pieces), {}
    assert old in source
    exec(source.replace(old, new), vars(threads), names)
    patch.setattr(threads, "count_in_pieces", names["count_in_pieces"])


@control("HAM-28", "c")
def there_are_as_many_threads_as_asked_for(patch):
    cut_otherwise(patch, "effective_n_jobs(min(n_jobs, effective_n_jobs(-1)))", "effective_n_jobs(n_jobs)")


@control("HAM-28", "c")
def the_pieces_are_counted_by_one_thread(patch):
    cut_otherwise(patch, "n_jobs=min(workers, len(pieces))", "n_jobs=1")


@control("HAM-28", "c")
def the_pieces_are_counted_before_they_are_handed_out(patch):
    cut_otherwise(
        patch,
        "delayed(by_name)(piece, algorithm, own)",
        "delayed(lambda found: found)(by_name(piece, algorithm, own))",
    )


@control("HAM-28", "c")
def the_first_piece_gets_nearly_all(patch):
    cut_otherwise(
        patch,
        "        for start in range(0, problem.alignments, step)\n    ]",
        """        for start in range(0, problem.alignments, step)
    ]
    few = len(pieces) - 1
    ends = [0, *range(problem.alignments - few, problem.alignments + 1)]
    pieces = [
        Encoded(problem.text[start : end + problem.m - 1], problem.pattern, problem.alphabet)
        for start, end in zip(ends, ends[1:])
    ]""",
    )


@control("HAM-28", "c")
def wildcards_are_counted_by_one_thread(patch):
    front = sys.modules["lemmata.hamming.distances"]
    true = front.count_with_wildcards
    patch.setattr(front, "count_with_wildcards", lambda *places: true(*places[:-1], by_cheapest))


@control("HAM-28", "c")
def streams_are_counted_by_one_thread(patch):
    true = threads.counting
    patch.setattr(streaming, "counting", lambda algorithm, _, costs: true(algorithm, 1, costs))


@control("HAM-28", "c")
def streams_are_counted_by_any_algorithm(patch):
    true = threads.counting
    patch.setattr(streaming, "counting", lambda _, n_jobs, costs: true("auto", n_jobs, costs))


@control("HAM-28", "b")
def blocks_hold_all_that_there_is(patch):
    patch.setattr(streaming, "BLOCK", 10**9)


@control("HAM-28", "c")
def threads_count_as_they_like(patch):
    true = threads.count_in_pieces
    patch.setattr(threads, "count_in_pieces", lambda problem, _, *rest: true(problem, "auto", *rest))


@control("HAM-28", "c")
def threads_lose_the_end(patch):
    true = hamming.distances

    def wrong(text, pattern, *, n_jobs=1, **options):
        result = np.array(true(text, pattern, n_jobs=n_jobs, **options))
        if n_jobs != 1:
            result[-1] = 0
        return result

    patch.setattr(hamming, "distances", wrong)
