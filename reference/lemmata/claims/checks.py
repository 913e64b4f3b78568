"""Checks: functions that re-check one theorem each, and the run that they are given."""

import hashlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from importlib import import_module
from typing import TypeVar

import numpy as np

from lemmata.claims.verdict import Verdict
from lemmata.costs import Costs

T = TypeVar("T")


class Effort(Enum):
    """How much a run may do: about two minutes, about fifteen, or as long as it takes (two cores)."""

    QUICK = "quick"
    STANDARD = "standard"
    EXHAUSTIVE = "exhaustive"

    def __str__(self) -> str:
        return self.value


@dataclass
class Run:
    """What a check may use while it runs.

    Parameters
    ----------
    claim : str
        ID of the theorem.
    effort : Effort
        How much to cover. The domain may depend on it; nothing may depend on the clock.
    rng : numpy.random.Generator
        This check's own stream, a function of the run's seed and the ID alone.
    budget : float or None
        Seconds after which the runner ends the check; None for no end. For information:
        a check whose numbers depended on time could not be repeated.
    costs : Costs
        Counters to pass to the algorithms; what is in them at the end is reported.
    """

    claim: str
    effort: Effort
    rng: np.random.Generator
    budget: float | None = None
    costs: Costs = field(default_factory=Costs)

    @classmethod
    def of(
        cls, claim: str, effort: Effort = Effort.QUICK, seed: int = 0, budget: float | None = None
    ) -> "Run":
        """A run with the random stream that belongs to ``(seed, claim)``."""
        return cls(claim, effort, random_stream(seed, claim), budget)

    def choose(self, quick: T, standard: T, exhaustive: T) -> T:
        """The value that belongs to this run's effort."""
        return {Effort.QUICK: quick, Effort.STANDARD: standard, Effort.EXHAUSTIVE: exhaustive}[self.effort]


@dataclass(frozen=True)
class Check:
    """A function of a chapter's module or package in ``proofs_check``, and the theorem that it re-checks."""

    claim: str
    function: Callable[[Run], Verdict]

    @property
    def name(self) -> str:
        """``topic.function``, as the book writes it."""
        module = self.function.__module__.partition("proofs_check.")[2] or self.function.__module__
        return f"{module.partition('.')[0]}.{self.function.__name__}"

    def __call__(self, run: Run) -> Verdict:
        """Run the check; what it returns still has to be judged."""
        return self.function(run)


def check(claim: str) -> Callable[[Callable[[Run], Verdict]], Check]:
    """Mark a function as the check of the theorem ``claim``.

    Examples
    --------
    ::

        @check("HAM-5")
        def distances_are_a_metric(run: Run) -> Verdict: ...
    """
    return lambda function: Check(claim, function)


def random_stream(seed: int, claim: str) -> np.random.Generator:
    """The random stream of one check, independent of which other checks run.

    Raises
    ------
    ValueError
        If the seed is negative.
    """
    if seed < 0:
        raise ValueError(f"seed must not be negative (seed = {seed})")
    digest = hashlib.sha256(claim.encode()).digest()
    words = [int.from_bytes(digest[i : i + 4], "little") for i in range(0, 16, 4)]
    return np.random.default_rng(np.random.SeedSequence(entropy=seed, spawn_key=words))


@cache
def find_checks(topic: str | None = None) -> dict[str, Check]:
    """The checks that came with the package, by theorem ID.

    Parameters
    ----------
    topic : str, optional
        Only this chapter's; no other chapter's module is imported.

    Raises
    ------
    ValueError
        If two functions check one theorem.
    """
    package = import_module("lemmata.proofs_check")
    found: dict[str, Check] = {}
    modules = sorted(info.name for info in pkgutil.iter_modules(package.__path__))
    for module in modules if topic is None else [name for name in modules if name == topic]:
        for value in vars(import_module(f"{package.__name__}.{module}")).values():
            if isinstance(value, Check):
                if value.claim in found:
                    raise ValueError(f"{value.claim} has two checks: {found[value.claim].name}, {value.name}")
                found[value.claim] = value
    return found
