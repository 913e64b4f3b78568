"""Distances at every alignment, exactly: a file for each published algorithm, and counting by hand.

- brute_force.py        `brute_force`, the definition in vector instructions
- bit_parallel.py       `bit_parallel`, 64 letters to a word, for few letters
- fischer_paterson.py   `per_letter_fft`, a correlation per letter of the pattern
- two_letters.py        one correlation of signs, for texts over two letters
- direct_counting.py    equal pairs one by one: what rare letters take
- abrahamson.py         `abrahamson`, correlations for frequent letters, counting for the rest
- sort_merge.py         `sort_merge`, counting alone, for large alphabets
"""
