"""Finite domains are what they say: the same members in the same order, whatever the seed.

The judge cannot see where the members of a domain come from. What was drawn, by whatever generator, differs
from one run to the next.
"""

import random

import numpy as np
import pytest
from sabotage import as_it_is, unbroken

from lemmata.claims import Run, theorems


def differing(domains):
    """Descriptions of domains that are not the same under two seeds; ``domains`` gives those of a seed."""
    found = [domains(seed) for seed in (0, 1)]
    both = set(found[0]) & set(found[1])
    return sorted({words for domain in found for words, *rest in domain if (words, *rest) not in both})


def of(check):
    """The domains of an invented check, by seed."""
    return lambda seed: unbroken(check, theorems()[0], seed).domains


@pytest.mark.reliability
@pytest.mark.jit
@pytest.mark.parametrize("theorem", theorems(), ids=lambda theorem: theorem.id)
def test_a_domain_is_the_same_for_every_seed(theorem):
    assert not differing(lambda seed: as_it_is(theorem.id, seed).domains)


def drawn(run):
    points = run.rng.random(5).tolist()
    list(run.every(range(5), "the least five", size=5))
    list(run.every(points, "drawn before", size=5))
    list(run.every(sorted(run.rng.random(5).tolist()), "drawn and ordered", size=5))
    list(run.every(random.sample(range(2**40), 5), "of a generator of its own", size=5))
    list(run.every(np.random.rand(5).tolist(), "of NumPy's stream", size=5))  # noqa: NPY002
    list(run.every([random.Random(7).random()], "of a generator with a seed of its own", size=1))
    list(run.every((run.rng.random() for _ in range(5)), "drawn meanwhile", size=5))
    list(run.samples(points, "samples"))


def test_members_that_were_drawn_are_found_out():
    found = differing(of(drawn))
    assert found == ["drawn and ordered", "drawn before", "of NumPy's stream", "of a generator of its own"]


def test_a_domain_that_comes_with_one_seed_only_is_found_out():
    middle = sum(Run.of(theorems()[0], seed=seed).rng.random() for seed in (0, 1)) / 2

    def check(run):
        if run.rng.random() < middle:
            list(run.every([1], "now and then", size=1))

    assert differing(of(check)) == ["now and then"]
