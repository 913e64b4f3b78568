"""Text-to-pattern Hamming distances: how much a pattern differs from a text at every alignment.

Given a text T of n letters and a pattern P of m <= n letters, for every alignment i = 0..n-m the number of
j with T[i+j] != P[j]. The chapter is ``theory/hamming.md``.

- definition.py    `by_definition`, the definition, literally
- distances.py     `distances`, the front door; algorithms.py, its algorithms; cost_model.py, how it chooses
- streaming.py     texts in parts, threads.py, on several cores; wildcards.py, letters that stand for any
- letters.py       what users pass, as small integer codes
- bounds.py        the theorems' formulas
- families.py      hard texts and patterns, and real text

Rooms, each with a map of its own:

- exact            one file for each published algorithm: vectors, planes of bits, correlations, counting
- bit_packed       `bit_packed_fft`, O(n sqrt(m)): digits that may be too narrow, a certificate, and repair
- few_mismatches   `k_mismatch`, distances up to k: jumps, near-periods and breaks
- approximation    `approximate`, by random projections
- sums             `sumset`, `sum_counts`, and the equivalence with counting 3SUM
- other_distances  `less_than_distances`, `l1_distances`, `l2_distances`: distances between numbers
- correlations     below all of them: transforms in floating point, with a proved bound, and modulo a prime
"""

from lemmata.hamming import families
from lemmata.hamming.approximation.approximate import approximate
from lemmata.hamming.approximation.projections import Projected
from lemmata.hamming.bit_packed.bit_packed_fft import PieceSplit, bit_packed_fft
from lemmata.hamming.bit_packed.packing import CarriesRepaired, DigitsMultiplied, Packing, RepairGivenUp
from lemmata.hamming.bit_packed.sum_histogram import sum_histogram
from lemmata.hamming.definition import AlignmentCompared, by_definition
from lemmata.hamming.distances import distances
from lemmata.hamming.exact.abrahamson import EqualPair, PairsCounted, ThresholdChosen, abrahamson
from lemmata.hamming.exact.bit_parallel import bit_parallel
from lemmata.hamming.exact.brute_force import brute_force
from lemmata.hamming.exact.fischer_paterson import LetterCorrelated, per_letter_fft
from lemmata.hamming.exact.sort_merge import sort_merge
from lemmata.hamming.few_mismatches.k_mismatch import AlgorithmChosen, k_mismatch
from lemmata.hamming.few_mismatches.kangaroo import PieceJumped
from lemmata.hamming.few_mismatches.periodicity import CandidatesLeft, NearPeriodSearched, StretchCorrelated
from lemmata.hamming.other_distances.l1 import l1_distances
from lemmata.hamming.other_distances.l2 import l2_distances
from lemmata.hamming.other_distances.less_than import less_than_distances
from lemmata.hamming.streaming import distances_stream
from lemmata.hamming.sums.dense_sums import RangeMultiplied
from lemmata.hamming.sums.sparse_sums import BitLearned, ClassesCounted
from lemmata.hamming.sums.sumsets import RefinementGivenUp, RowsMerged, SumCounts, sum_counts, sumset
from lemmata.hamming.sums.three_sum import (
    LayersCompared,
    counting_three_sum,
    distances_by_three_sum,
    three_sum_by_distances,
)

__all__ = [
    "AlgorithmChosen",
    "AlignmentCompared",
    "BitLearned",
    "CandidatesLeft",
    "CarriesRepaired",
    "ClassesCounted",
    "DigitsMultiplied",
    "EqualPair",
    "LayersCompared",
    "LetterCorrelated",
    "NearPeriodSearched",
    "Packing",
    "PairsCounted",
    "PieceJumped",
    "PieceSplit",
    "Projected",
    "RangeMultiplied",
    "RefinementGivenUp",
    "RepairGivenUp",
    "RowsMerged",
    "StretchCorrelated",
    "SumCounts",
    "ThresholdChosen",
    "abrahamson",
    "approximate",
    "bit_packed_fft",
    "bit_parallel",
    "brute_force",
    "by_definition",
    "counting_three_sum",
    "distances",
    "distances_by_three_sum",
    "distances_stream",
    "families",
    "k_mismatch",
    "l1_distances",
    "l2_distances",
    "less_than_distances",
    "per_letter_fft",
    "sort_merge",
    "sum_counts",
    "sum_histogram",
    "sumset",
    "three_sum_by_distances",
]
