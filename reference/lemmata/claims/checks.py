"""Checks: functions that re-check one theorem each, and the run that they are given."""

from __future__ import annotations

import hashlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib import import_module
from typing import Any, TypeVar

import numpy as np

from lemmata.claims.book import Theorem, read_book, select
from lemmata.claims.domains import Domains
from lemmata.claims.facts import ClauseFacts, Facts
from lemmata.claims.formulas import Formula, same_value
from lemmata.claims.recorder import Awaited, Clause
from lemmata.claims.verdict import Plot, Witness
from lemmata.costs import Costs

T = TypeVar("T")

_OTHER_WAY = "{}, derived another way, differs from the book's formula"


class Effort(Enum):
    """How much a run may do: about two minutes, about fifteen, or as long as it takes (two cores)."""

    QUICK = "quick"
    STANDARD = "standard"
    EXHAUSTIVE = "exhaustive"

    def __str__(self) -> str:
        return self.value


class Run:
    """What a check may use while it runs, and where it reports.

    Parameters
    ----------
    theorem : Theorem
        What is re-checked.
    effort : Effort
        How much to cover. The domain may depend on it; nothing may depend on the clock.
    rng : numpy.random.Generator
        This check's own stream, a function of the run's seed and the ID alone.
    budget : float or None
        Seconds after which the runner ends the check; None for no end. For information:
        a check whose numbers depended on time could not be repeated.
    until : collection of str
        Letters of clauses and names of formulas; the run ends (by `ClauseRefuted`) as soon as one of the
        clauses is refuted, or the library's function of such a name differs from the book's formula.
    together : bool
        The run ends only when all of them are refuted.

    Attributes
    ----------
    costs : Costs
        Counters to pass to the algorithms; what is in them at the end is reported.
    facts : Facts
        What was reported so far.
    """

    def __init__(
        self,
        theorem: Theorem,
        effort: Effort,
        rng: np.random.Generator,
        budget: float | None = None,
        *,
        until: Iterable[str] = (),
        together: bool = False,
    ) -> None:
        self.theorem = theorem
        self.effort = effort
        self.rng = rng
        self.budget = budget
        self.costs = Costs()
        self.facts = Facts({letter: ClauseFacts(letter) for letter in theorem.clauses})
        self._awaited = Awaited(until, together=together)
        self._domains = Domains(self.facts, rng)
        self._clauses = {
            letter: Clause(facts, self._domains, self._awaited)
            for letter, facts in self.facts.clauses.items()
        }

    @classmethod
    def of(
        cls,
        claim: str | Theorem,
        effort: Effort = Effort.QUICK,
        seed: int = 0,
        budget: float | None = None,
        *,
        until: Iterable[str] = (),
        together: bool = False,
    ) -> Run:
        """A run with the random stream that belongs to ``(seed, claim)``."""
        theorem = claim if isinstance(claim, Theorem) else select([claim])[0]
        return cls(theorem, effort, random_stream(seed, theorem.id), budget, until=until, together=together)

    @property
    def claim(self) -> str:
        """ID of the theorem."""
        return self.theorem.id

    def choose(self, quick: T, standard: T, exhaustive: T) -> T:
        """The value that belongs to this run's effort."""
        return {Effort.QUICK: quick, Effort.STANDARD: standard, Effort.EXHAUSTIVE: exhaustive}[self.effort]

    def clause(self, letter: str = "") -> Clause:
        """Recorder of one clause of the statement; without a letter, of a statement that is one clause.

        Raises
        ------
        KeyError
            For a letter that the book's statement does not have.
        """
        if letter not in self._clauses:
            known = (
                ", ".join(f"({name})" for name in self._clauses) if "" not in self._clauses else "one only"
            )
            raise KeyError(f"{self.claim} has no clause ({letter}); its clauses: {known}")
        return self._clauses[letter]

    def clauses(self, letters: str) -> tuple[Clause, ...]:
        """Recorders of several clauses: ``a, b = run.clauses("ab")``."""
        return tuple(self.clause(letter) for letter in letters)

    def every(self, members: Iterable[T], description: str, *, size: int) -> Iterator[T]:
        """All members of a named finite domain, of which there are ``size``, counted beforehand.

        Comparisons made inside the loop belong to the domain. At its end the distinct members that were
        handed out are held against ``size``. A loop that is left early did not try the domain, and neither
        did one in which random numbers of the run were drawn.

        Raises
        ------
        DomainError
            When there are not ``size`` distinct members, or another domain is still open.
        """
        return self._domains.hand_out(members, description, size)

    def samples(self, members: Iterable[T], description: str) -> Iterator[T]:
        """Seeded random or adversarial instances, out of more than can be tried."""
        return self._domains.hand_out(members, description, None)

    def formula(
        self,
        name: str,
        *,
        library: Callable[..., Any] | None = None,
        derived: Callable[..., Any] | None = None,
    ) -> Callable[..., Any]:
        """The book's formula of that name, as a function of its arguments in the book's order.

        Whenever it is evaluated, the function of the same name in the theorem's ``Code:`` is evaluated too,
        with the same positional arguments, and has to agree: exactly where both are
        rational, else to 12 digits.

        Parameters
        ----------
        name : str
            As the book has it.
        library : callable, optional
            Adapter for a library function whose arguments come differently.
        derived : callable, optional
            The same value by another way (a sum for a closed form, a recursion), which has to agree too: it
            pins a formula that the library does not have and that no instance attains.

        Raises
        ------
        KeyError
            When the chapter has no formula of that name.
        """
        formulas = _formulas(self.theorem.topic) | {own.name: own for own in self.theorem.formulas}
        if name not in formulas:
            raise KeyError(f"the chapter of {self.claim} has no formula called {name!r}")
        formula = formulas[name]
        evaluated = _with_callees(name, formulas)
        dotted = [code for code in self.theorem.code if code.rpartition(".")[2] == name]

        def value(*arguments: Any) -> Any:
            found = formula.evaluate(arguments, formulas)
            self.facts.formulas |= evaluated
            function = library or (_resolve(dotted[0]) if dotted else None)
            for other, words in ((function, disagreement(name)), (derived, _OTHER_WAY.format(name))):
                if other is None or self.facts.disagreement is not None:
                    continue
                given = other(*arguments)
                if not same_value(given, found):
                    inputs = dict(zip(formula.arguments, map(str, arguments), strict=True))
                    self.facts.disagreement = Witness(inputs, str(found), str(given), words)
                    self._awaited.refuted(name)
            return found

        return value

    def note(self, text: str) -> None:
        """A remark for the reader of the row."""
        self.facts.notes.append(text)

    def plot(self, plot: Plot) -> None:
        """A figure for the report."""
        self.facts.plots.append(plot)


def disagreement(name: str) -> str:
    """How a witness says that a library function is not the formula of its name."""
    return f"the library's {name} differs from the book's formula"


def _with_callees(name: str, formulas: dict[str, Formula]) -> set[str]:
    """A formula's name and those of all that it calls."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        if (next_one := waiting.pop()) not in found:
            found.add(next_one)
            waiting += formulas[next_one].calls
    return found


@cache
def _formulas(topic: str) -> dict[str, Formula]:
    """Every formula of a chapter, by name."""
    return {
        formula.name: formula
        for chapter in read_book()
        if chapter.topic == topic
        for theorem in chapter.theorems
        for formula in theorem.formulas
    }


def _resolve(dotted: str) -> Callable[..., Any]:
    """The function behind a dotted name, looked up anew each time: a patched one is meant too."""
    module, _, name = dotted.rpartition(".")
    function: Callable[..., Any] = getattr(import_module(module), name)
    return function


@dataclass(frozen=True)
class Check:
    """A function of a chapter's module or package in ``proofs_check``, and the theorem that it re-checks."""

    claim: str
    function: Callable[[Run], None]

    @property
    def name(self) -> str:
        """``topic.function``, as the book writes it."""
        module = self.function.__module__.partition("proofs_check.")[2] or self.function.__module__
        return f"{module.partition('.')[0]}.{self.function.__name__}"

    def __call__(self, run: Run) -> None:
        """Run the check; what it reported to ``run`` still has to be judged."""
        return self.function(run)


def check(claim: str) -> Callable[[Callable[[Run], None]], Check]:
    """Mark a function as the check of the theorem ``claim``.

    Examples
    --------
    ::

        @check("HAM-5")
        def distances_are_a_metric(run: Run) -> None: ...
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
