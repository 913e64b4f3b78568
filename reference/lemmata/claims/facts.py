"""What a check did for each clause of a statement: comparisons, domains, certificates, arguments.

Facts only: `lemmata.claims.judging` derives the evidence level from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lemmata.claims.arguments import Argument
from lemmata.claims.verdict import Figure, Plot, Relation, Witness


@dataclass(frozen=True)
class Comparison:
    """``found relation bound`` on one input, as figures that a reader can see."""

    found: Figure
    relation: Relation
    bound: Figure
    inputs: Mapping[str, object]


@dataclass
class Domain:
    """Where instances came from.

    Parameters
    ----------
    description : str
        In words and numbers, for the report.
    size : int or None
        How many members a finite domain has, known beforehand; None for samples.
    members : int
        Distinct members that were handed out.
    handed_out : int
        Members that were handed out, with those that came twice.
    complete : bool
        Whether all of a finite domain was handed out, to the end.
    random : bool
        Whether random numbers of the run were drawn meanwhile.
    digest : str
        Of the members of a finite domain in their order: the same in every run, whatever its seed.
    """

    description: str
    size: int | None
    members: int = 0
    handed_out: int = 0
    complete: bool = False
    random: bool = False
    digest: str = ""


@dataclass
class ClauseFacts:
    """What was done for one clause; ``letter`` is empty where a statement has one clause only."""

    letter: str
    cases: int = 0
    domains: dict[int, int] = field(default_factory=dict)
    """Number of members with a comparison for this clause, by the domain's place in `Facts.domains`."""
    outside: dict[int, int] = field(default_factory=dict)
    """Number of members without one of which the check said that the clause does not concern them."""
    vacuous: int = 0
    """Cases in which nothing was found equal to nothing."""
    stray: int = 0
    """Comparisons outside any domain: instances written out in the check."""
    certified: int = 0
    checkers: set[str] = field(default_factory=set)
    """What checked the certificates, as dotted names."""
    arguments: list[Argument] = field(default_factory=list)
    steps: list[Argument] = field(default_factory=list)
    because: str = ""
    """Why ``arguments`` together are the clause."""
    nearest: Comparison | None = None
    exhibit: Comparison | None = None
    witness: Witness | None = None
    violation: Comparison | None = None
    undecided: str = ""
    """What would be needed, where the data cannot tell."""
    needs: str = ""
    """What this library does not run, where a clause is out of reach."""
    notes: list[str] = field(default_factory=list)


@dataclass
class Facts:
    """All that a check reported about one theorem."""

    clauses: dict[str, ClauseFacts]
    domains: list[Domain] = field(default_factory=list)
    formulas: set[str] = field(default_factory=set)
    """Formulas of the book that were evaluated, alone or in another one."""
    disagreement: Witness | None = None
    """A library function, or a second derivation, that differs from the book's formula of its name."""
    plots: list[Plot] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    costs: dict[str, int] = field(default_factory=dict)
