"""Deliberately broken streams and threads (HAM-28)."""

import sys
from inspect import getsource

import numpy as np
from negative_controls import control

from lemmata import hamming
from lemmata.hamming import streaming, threads


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
        patch.setattr(each, "counting", lambda algorithm, n_jobs: true(algorithm, 1))


@control("HAM-28", "c")
def the_pieces_are_counted_by_one_thread(patch):
    source = getsource(threads.count_in_pieces)
    assert "n_jobs=min(workers, len(pieces))" in source
    names = {}
    exec(source.replace("n_jobs=min(workers, len(pieces))", "n_jobs=1"), vars(threads), names)
    patch.setattr(threads, "count_in_pieces", names["count_in_pieces"])


@control("HAM-28", "c")
def threads_count_as_they_like(patch):
    true = threads.count_in_pieces
    patch.setattr(threads, "count_in_pieces", lambda problem, _, n_jobs: true(problem, "auto", n_jobs))


@control("HAM-28", "c")
def threads_lose_the_end(patch):
    true = hamming.distances

    def wrong(text, pattern, *, n_jobs=1, **options):
        result = np.array(true(text, pattern, n_jobs=n_jobs, **options))
        if n_jobs != 1:
            result[-1] = 0
        return result

    patch.setattr(hamming, "distances", wrong)
