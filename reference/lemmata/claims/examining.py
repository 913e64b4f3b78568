"""From a theorem to its verdict, in this process: the check runs, and the judge derives the level."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lemmata.claims.book import Theorem, select
from lemmata.claims.checks import Check, Effort, Run, find_checks
from lemmata.claims.judging import RejectedVerdict, judge
from lemmata.claims.recorder import ClauseRefuted
from lemmata.claims.verdict import Judgement


class NoCheck(LookupError):
    """A theorem that no function checks."""


def examine(
    claim: str | Theorem,
    effort: Effort = Effort.QUICK,
    seed: int = 0,
    budget: float | None = None,
    *,
    until: Iterable[str] = (),
    together: bool = False,
) -> Judgement:
    """Run the check of a theorem and judge what it reported.

    Parameters
    ----------
    claim : str or Theorem
        A theorem of the book.
    effort, seed, budget
        As `Run`.
    until : collection of str
        Letters of clauses and names of formulas; the check is ended as soon as one of them is refuted. It
        looks for violations only: how near their bounds the figures came is then not kept.
    together : bool
        End it only when all of them are.

    Raises
    ------
    NoCheck
        When no function checks the theorem.
    RejectedVerdict
        As `judge`.
    Exception
        Whatever the check raises, unless it had already found a violation: then that is the verdict, and a
        note says what was raised.
    """
    theorem = claim if isinstance(claim, Theorem) else select([claim])[0]
    check = find_checks(theorem.topic).get(theorem.id)
    if check is None:
        raise NoCheck(f"no function checks {theorem.id}")
    return examine_by(check, theorem, effort, seed, budget, until=until, together=together)


def examine_by(
    check: Check,
    theorem: Theorem,
    effort: Effort = Effort.QUICK,
    seed: int = 0,
    budget: float | None = None,
    *,
    until: Iterable[str] = (),
    together: bool = False,
) -> Judgement:
    """As `examine`, by a check that is at hand."""
    run = Run.of(theorem, effort, seed, budget, until=until, together=together)
    returned: object = None
    function: Callable[[Run], object] = check.function
    try:
        returned = function(run)  # a check that returns a level of its own would be ignored
    except ClauseRefuted:
        pass
    except Exception as error:
        if not _violated(run):
            raise
        run.note(f"after the violation the check raised {type(error).__name__}: {error}")
    run.facts.costs = run.facts.costs or run.costs.nonzero()
    if returned is not None:
        raise RejectedVerdict(f"a check reports to its run; it returned {type(returned).__name__}")
    return judge(theorem, run.facts)


def _violated(run: Run) -> bool:
    """Whether something was found that contradicts the book."""
    clauses = list(run.facts.clauses.values())
    if run.theorem.kind == "refuted":
        clauses = clauses[1:]
    return run.facts.disagreement is not None or any(own.witness is not None for own in clauses)
