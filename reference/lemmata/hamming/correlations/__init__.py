"""Correlations, exactly: transforms in floating point within a proved bound, and modulo a prime.

- correlation.py            `count_matches`, sums of correlations of indicators, by either transform
- blocks.py                 how the text is cut for transforms, and what that costs
- float_transform.py        in double precision, with an error bound that is proved; float_rows.py, by rows;
                            butterflies.py, the arithmetic of both
- float_correlation.py      two blocks and up to three letters to one transform
- modular_transform.py      modulo the Goldilocks prime; modular_correlation.py, matches by it
- integer_correlation.py    of any integers, for distances between numbers
- word_transform.py         lengths 2^k and 3 2^k, for words of packed digits
"""
