"""How long a word operation of an index and of a jump takes beside the unit of `lemmata.hamming.cost_model`.

The unit is what brute force and transforms say, divided by their own weights; all take turns, and of each the
fastest round counts, in seconds of this thread. From it come JUMP_WEIGHT and INDEX_WEIGHT of
`lemmata.hamming.k_mismatch`, medians over the lengths below, rounded to halves.

Run: NUMBA_NUM_THREADS=1 python benches/bench_hamming_weights.py
"""

from itertools import product
from statistics import median
from time import thread_time

import numpy as np

from lemmata import hamming
from lemmata.hamming.cost_model import COMPARISON_WEIGHT, transform_cost
from lemmata.hamming.few_mismatches import kangaroo, suffix_array
from lemmata.hamming.letters import encode

ROUNDS = 7
LENGTHS = (1_000, 10_000, 60_000)
"""Of patterns; a piece that is indexed is three times as long."""
K = (1, 6, 30)


def ways():
    """By kind and length: what is timed, and the weighted steps or operations that it is thought to take."""
    rng = np.random.default_rng(0)
    text, pattern = rng.integers(0, 26, 200_000), rng.integers(0, 26, 300)
    problem = encode(text, pattern)
    steps = COMPARISON_WEIGHT * problem.m * problem.alignments
    yield "unit", "brute force", lambda: hamming.brute_force(text, pattern), steps
    for m in (5_000, 20_000):
        few, short = rng.integers(0, 4, 200_000), rng.integers(0, 4, m)
        steps = transform_cost(encode(few, short), 4)
        yield "unit", f"transforms, m = {m}", lambda t=few, p=short: hamming.per_letter_fft(t, p), steps
    for m, period in product(LENGTHS, (0, 50)):
        letters = np.arange(3 * m) % period if period else rng.integers(0, 26, 3 * m)
        letters[:: m // 20] += period > 0
        kind = "near-period 50" if period else "random"
        problem = encode(letters[m:], letters[:m])
        word = kangaroo.piece_word(problem, 0, m)
        operations = kangaroo.piece_word_operations(len(word))
        yield "index", f"{kind}, m = {m}", lambda w=word: suffix_array.prepare_extensions(w, None), operations
        extensions = suffix_array.prepare_extensions(word, None)
        for k in K:
            alignments, found = np.arange(m), np.empty(m, dtype=np.int64)
            operations = kangaroo.PER_JUMP * int(kangaroo.jump(*extensions, m, k, alignments, found))
            operations += kangaroo.PER_ALIGNMENT * m
            arguments = (*extensions, m, k, alignments, found)
            yield "jump", f"{kind}, m = {m}, k = {k}", lambda a=arguments: kangaroo.jump(*a), operations


def main():
    """Print seconds per step by kind, and the weights."""
    timed = [(*one, [float("inf")]) for one in ways()]
    for _, _, run, _, _ in timed:
        run()  # compiles
    for _ in range(ROUNDS):
        for _, _, run, _, fastest in timed:
            start = thread_time()
            run()
            fastest[0] = min(fastest[0], thread_time() - start)
    nanoseconds = {}
    for kind, name, _, steps, fastest in timed:
        nanoseconds.setdefault(kind, []).append(1e9 * fastest[0] / steps)
        print(f"{kind:6} {name:34} {nanoseconds[kind][-1]:8.3f} ns")
    unit = median(nanoseconds["unit"])
    for kind in ("index", "jump"):
        print(f"{kind}: weight {round(2 * median(nanoseconds[kind]) / unit) / 2}")


if __name__ == "__main__":
    main()
