"""Rounding to a vertex: all but rank(A) coordinates of a point become integers, and A x stays.

- vertex_rounding.py   `round_to_vertex`, the front door
- exact_walk.py        its walk in rationals, step by step
- measured_walk.py     in floating point, measured and corrected; blocked_walk.py, in blocks of products
- scaled_system.py     the columns that can move, rows scaled, and the tolerance of a residual
- certificate.py       `verify_rounding`, an independent look at the result
- column_blocks.py     constraint matrices that are read, or computed, some columns at a time
- rationals.py         points and matrices as exact rationals
- rounding_bounds.py   the theorems' formulas
"""
