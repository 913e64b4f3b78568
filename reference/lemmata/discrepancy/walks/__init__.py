"""Random walks that colour: on the edges of a polytope, and along Gram-Schmidt directions.

- lovett_meka.py       `lovett_meka`: half the coordinates frozen by a walk on the edges of a polytope
- partial_coloring.py  `spencer_coloring`: halves of halves, until every element has a colour
- gram_schmidt_walk.py `gram_schmidt_walk`: random signs with given means that balance every direction
- factored_basis.py    its basis, kept as Q R
- gram_schmidt_tree.py the same walk by its definition, in rationals, with all of its outcomes
- walk_design.py       `gram_schmidt_design`: the walk as a design of randomized experiments
- walk_bounds.py       the theorems' formulas
- walk_inputs.py       what the walks accept
"""
