"""Distances up to a relative error: random projections to few letters.

- approximate.py        `approximate`, the front door
- karloff.py            random bits: the mean is right
- kopelowitz_porat.py   random letters: never above the distance, and seldom far below
- projections.py        distances after random projections, one after the other
"""
