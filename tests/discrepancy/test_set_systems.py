"""Set systems whose discrepancy is known (DIS-8, DIS-9, DIS-10)."""

from itertools import combinations, product

import numpy as np
import pytest
from discrepancy.small_matrices import by_definition

from lemmata import discrepancy
from lemmata.discrepancy import set_systems
from lemmata.discrepancy.colorings import system_bounds

KNOWN = {
    # Fano: every two-colouring of its points leaves a line in one colour.
    "Fano plane": (set_systems.projective_plane(2), 3),
    "plane of order 3": (set_systems.projective_plane(3), 2),
    "Hadamard 4": (set_systems.sylvester_hadamard(2), 2),
    "Hadamard 8": (set_systems.sylvester_hadamard(3), 4),
    "Hadamard 12": (set_systems.paley_hadamard(11), 4),
    "Hadamard 16": (set_systems.sylvester_hadamard(4), 4),
    # van der Waerden: 9 is the first n where every colouring has three equally spaced points in one colour.
    "progressions 8": (set_systems.arithmetic_progressions(8), 2),
    "progressions 9": (set_systems.arithmetic_progressions(9), 3),
    "subcubes 3": (set_systems.subcubes(3), 1),
    "all sets of 5 points": (np.array(list(product((0, 1), repeat=5))), 3),
    "a triangle": (set_systems.from_sets(list(combinations(range(3), 2)), 3), 2),
    "an even cycle": (set_systems.from_sets([(i, (i + 1) % 8) for i in range(8)], 8), 0),
    "an odd cycle": (set_systems.from_sets([(i, (i + 1) % 9) for i in range(9)], 9), 2),
    "intervals": (set_systems.intervals(9), 1),
}


@pytest.mark.parametrize("name", KNOWN)
def test_known_values(name):
    """DIS-8, DIS-9, DIS-10 and values found by hand."""
    matrix, value = KNOWN[name]
    found = discrepancy.optimal_coloring(matrix)
    assert found.value == value
    assert by_definition(matrix.tolist(), found.signs.tolist()) == value


def test_systems_up_to_relabelling_are_orbits():
    """Burnside: the orbits' sizes add up to all systems."""
    from itertools import permutations

    total = 0
    for system in set_systems.systems_up_to_relabelling(3):
        images = {
            tuple(sorted(tuple(row) for row in system[:, list(p)].tolist())) for p in permutations(range(3))
        }
        total += len(images)
    assert total == sum(1 for _ in set_systems.all_systems(3)) == 2**7 - 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: set_systems.paley_hadamard(5), "3 modulo 4"),
        (lambda: set_systems.paley_hadamard(15), "3 modulo 4"),
        (lambda: set_systems.projective_plane(4), "order must be a prime"),
        (lambda: set_systems.sylvester_hadamard(-1), "exponent must be at least 0"),
        (lambda: set_systems.arithmetic_progressions(0), "n must be at least 1"),
        (lambda: set_systems.subcubes(-1), "dimension must be at least 0"),
        (lambda: set_systems.random_system(3, 2, 3, np.random.default_rng(0)), "degree must not exceed sets"),
        (lambda: system_bounds.beck_fiala_bound(-1), "degree must be at least 0"),
    ],
)
def test_systems_refuse_bad_parameters(call, message):
    with pytest.raises(ValueError, match=message):
        call()
