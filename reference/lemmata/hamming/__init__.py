"""Text-to-pattern Hamming distances: how much a pattern differs from a text at every alignment.

Given a text T of n letters and a pattern P of m <= n letters, for every alignment i = 0..n-m the number of
j with T[i+j] != P[j]. The chapter is ``theory/hamming.md``.

- distances.py          `distances`, the front door; cost_model.py, how it chooses
- definition.py         `by_definition`, the definition, literally
- brute_force.py        `brute_force`, the definition in vector instructions
- bit_parallel.py       `bit_parallel`, 64 letters to a word, for few letters
- fischer_paterson.py   `per_letter_fft`, a correlation per letter of the pattern
- abrahamson.py         `abrahamson`, correlations for frequent letters, counting for the rest
- sort_merge.py         `sort_merge`, counting alone, for large alphabets
- bit_packed_fft.py     `bit_packed_fft`, O(n sqrt(m)): sum_histogram.py multiplies multisets.py as packing.py
                        says, narrow_digits.py packs, carry_repair.py mends, word_transform.py transforms
- k_mismatch.py         `k_mismatch`, distances up to k: kangaroo.py (on suffix_array.py), periodicity.py
- sumsets.py            `sumset`, `sum_counts`, by pair_sums.py, dense_sums.py or sparse_sums.py
- three_sum.py          the equivalence with counting 3SUM
- less_than.py, l1.py, l2.py     distances between numbers (numbers.py), by integer_correlation.py
- approximate.py        `approximate`, by random projections: karloff.py, kopelowitz_porat.py
- wildcards.py          a letter that stands for any; streaming.py, texts in parts and on several cores
- letters.py            what users pass, as small integer codes
- correlation.py        sums of correlations, exactly; blocks.py cuts the text
- float_transform.py, float_rows.py, float_correlation.py        in floating point, with a proved error bound
- two_letters.py        one correlation of signs, for texts over two letters
- modular_transform.py, modular_correlation.py    modulo a prime, for what is beyond the bound
- families.py          hard texts and patterns, and real text
- bounds.py             the theorems' formulas
"""

from lemmata.hamming import families
from lemmata.hamming.abrahamson import PairsCounted, ThresholdChosen, abrahamson
from lemmata.hamming.approximate import approximate
from lemmata.hamming.bit_packed_fft import PieceSplit, bit_packed_fft
from lemmata.hamming.bit_parallel import bit_parallel
from lemmata.hamming.brute_force import brute_force
from lemmata.hamming.definition import AlignmentCompared, by_definition
from lemmata.hamming.dense_sums import RangeMultiplied
from lemmata.hamming.distances import distances
from lemmata.hamming.fischer_paterson import LetterCorrelated, per_letter_fft
from lemmata.hamming.k_mismatch import AlgorithmChosen, k_mismatch
from lemmata.hamming.kangaroo import PieceJumped
from lemmata.hamming.karloff import Projected
from lemmata.hamming.l1 import l1_distances
from lemmata.hamming.l2 import l2_distances
from lemmata.hamming.less_than import less_than_distances
from lemmata.hamming.packing import CarriesRepaired, DigitsMultiplied, Packing, RepairGivenUp
from lemmata.hamming.periodicity import CandidatesLeft, NearPeriodSearched, StretchCorrelated
from lemmata.hamming.sort_merge import sort_merge
from lemmata.hamming.sparse_sums import BitLearned, ClassesCounted
from lemmata.hamming.streaming import distances_stream
from lemmata.hamming.sum_histogram import sum_histogram
from lemmata.hamming.sumsets import RefinementGivenUp, RowsMerged, SumCounts, sum_counts, sumset
from lemmata.hamming.three_sum import counting_three_sum, distances_by_three_sum, three_sum_by_distances

__all__ = [
    "AlgorithmChosen",
    "AlignmentCompared",
    "BitLearned",
    "CandidatesLeft",
    "CarriesRepaired",
    "ClassesCounted",
    "DigitsMultiplied",
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
