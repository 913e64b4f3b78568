"""Colourings: exact optima, walks along linear dependencies, and what they say about rounding.

- optimal_coloring.py      `optimal_coloring`, the exact optimum by branch and bound
- linear_dependencies.py   moving along dependencies until something freezes; with it:
- beck_fiala.py            `beck_fiala`, set systems of degree t within 2t - 1
- barany_grinberg.py       `barany_grinberg`, signs with all prefix sums within 2d - 1
- steinitz.py              `steinitz`, orders with all prefix sums within d
- linear_discrepancy.py    `round_by_bits`, rounding digit by digit; `linear_discrepancy`, exactly
- hereditary.py            `hereditary_discrepancy`, exactly; `determinant_bound`
- total_unimodularity.py   `is_totally_unimodular`: hereditary discrepancy at most 1
- system_bounds.py         the theorems' formulas
"""
