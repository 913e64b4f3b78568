"""Distances in O(n sqrt(m)): products of digits that may be too narrow, a certificate, and repair.

- bit_packed_fft.py     `bit_packed_fft`: pieces of the text, a histogram of sums for each frequent letter
- sum_histogram.py      `sum_histogram`, the sums of two multisets by products of packed digits, or by pairs
- multisets.py          positions with multiplicities, and their sums pair by pair
- packing.py            `Packing`, how sums are packed into words, and the steps that a trace receives
- narrow_digits.py      digits in words, their product, and the certificate that none carried
- carry_repair.py       which digits carried, found from sums over residue classes
- packing_model.py      what all of this costs, as formulas, on this machine and on larger ones
"""
