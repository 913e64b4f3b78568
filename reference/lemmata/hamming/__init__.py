"""Text-to-pattern Hamming distances: how much a pattern differs from a text at every alignment.

Given a text T of n letters and a pattern P of m <= n letters, for every alignment i = 0..n-m the number of
j with T[i+j] != P[j]. The chapter is ``theory/hamming.md``.

- distances.py          `distances`, the front door; cost_model.py, how it chooses
- definition.py         `by_definition`, the definition, literally
- fischer_paterson.py   `per_letter_fft`, a correlation per letter of the pattern
- abrahamson.py         `abrahamson`, correlations for frequent letters, counting for the rest
- letters.py            what users pass, as small integer codes
- correlation.py        sums of correlations, exactly; blocks.py cuts the text
- float_transform.py, float_correlation.py        in floating point, with a proved error bound
- modular_transform.py, modular_correlation.py    modulo a prime, for what is beyond the bound
- families.py          hard texts and patterns, and real text
- bounds.py             the theorems' formulas
"""

from lemmata.hamming import families
from lemmata.hamming.abrahamson import PairsCounted, ThresholdChosen, abrahamson
from lemmata.hamming.definition import AlignmentCompared, by_definition
from lemmata.hamming.distances import distances
from lemmata.hamming.fischer_paterson import LetterCorrelated, per_letter_fft

__all__ = [
    "AlignmentCompared",
    "LetterCorrelated",
    "PairsCounted",
    "ThresholdChosen",
    "abrahamson",
    "by_definition",
    "distances",
    "families",
    "per_letter_fft",
]
