"""One recorder per clause: what is left in a check is the mathematics.

A check says, for each clause, *for all of these inputs, this relation*::

    @check("HAM-5")
    def distances_are_a_metric(run: Run) -> None:
        range_, symmetry = run.clauses("ab")
        for text, pattern in run.every(pairs, "texts of at most 4 letters over 3, all patterns", size=9360):
            found = hamming.distances(text, pattern)
            range_.holds(found, "<=", len(pattern), text=text, pattern=pattern)

The recorder counts cases, keeps the figure nearest its bound, the first violation as a witness, the
instance at which equality holds, and which domain each comparison came from. It never names a level.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import FunctionType
from typing import Any, TypeVar

import numpy as np

from lemmata.claims.arguments import Argument
from lemmata.claims.comparing import closeness, compare, empty, entry, plain
from lemmata.claims.domains import Domains
from lemmata.claims.facts import ClauseFacts, Comparison
from lemmata.claims.readable import figure, readable
from lemmata.claims.shrinking import shrink
from lemmata.claims.verdict import Relation, Witness

T = TypeVar("T")

_SHRINKS = 400


_STANDINGS = ("", "outside", "owed", "compared")
"""What is known of a member for a clause; a later one outweighs those before it."""


class ClauseRefuted(Exception):
    """Ends a check early once what somebody waits for is refuted."""


class Awaited:
    """Clauses and formulas whose refutation ends a check: the first of them, or all together."""

    def __init__(self, names: Iterable[str] = (), *, together: bool = False) -> None:
        self._names = set(names)
        self._together = together
        self.any = bool(self._names)

    def refuted(self, name: str) -> None:
        """Say so; raises `ClauseRefuted` where that is what was waited for."""
        if name in self._names:
            self._names.discard(name)
            if not self._together or not self._names:
                raise ClauseRefuted(name)


class Clause:
    """The recorder of one clause. `Run.clauses` makes them.

    Inputs, given by name, are what a witness shows; arrays may be given as they are. Where refutations are
    ``awaited``, no figure is kept but that of a violation.
    """

    def __init__(self, facts: ClauseFacts, domains: Domains, awaited: Awaited) -> None:
        self._facts = facts
        self._domains = domains
        self._awaited = awaited
        self._member: tuple[int, int] | None = None
        self._standing = ""
        self._nearness = (-np.inf, -np.inf)

    def holds(self, found: Any, relation: Relation, bound: Any, /, **inputs: Any) -> bool:
        """Compare; record the case, the nearest figure, and the first violation with its inputs.

        Numbers, or arrays that are compared entry by entry (shapes must be equal for ``==``). NaN violates
        every relation. An empty array holds no figure: under an inequality that counts as no comparison,
        and a clause for which nothing but empty arrays were found equal was not checked.
        ``explanation=`` among the inputs is a sentence for the reader of a witness.

        Returns
        -------
        bool
            Whether the relation holds here.
        """
        found, bound = plain(found), plain(bound)
        held, place = compare(found, relation, bound, tightest=not self._awaited.any)
        if held and relation != "==" and empty(found):
            return True
        self._count()
        self._facts.vacuous += held and empty(found)
        explanation = str(inputs.pop("explanation", ""))
        if place is not None:
            inputs = inputs | {"at": place if len(place) > 1 else place[0]}
            found, bound = entry(found, place), entry(bound, place)
        if held:
            self._keep_nearest(found, relation, bound, inputs)
            return True
        self._violated(found, relation, bound, inputs, explanation)
        return False

    def concerns(self, condition: object, /) -> bool:
        """Whether the clause speaks of this member of the domain; of others, nothing has to be compared.

        ::

            for x, y in run.every(pairs, "pairs of integers from -3 to 3", size=49):
                if equality.concerns(x == y):
                    equality.equal((x + y) ** 2, 2 * (x**2 + y**2), x=x, y=y)

        A domain was tried for a clause if it was compared at every member, save those of which the check said
        here that the clause does not concern them; the row counts them.
        """
        self._stands("owed" if condition else "outside")
        return bool(condition)

    def equal(self, found: Any, expected: Any, /, **inputs: Any) -> bool:
        """``found == expected``, exactly; arrays and sequences by entries."""
        return self.holds(found, "==", expected, **inputs)

    def tries(self, instance: Callable[..., tuple[Any, Relation, Any]], /, **inputs: Any) -> bool:
        """Compare what ``instance(**inputs)`` returns, ``(found, relation, bound)``.

        When it is violated, the inputs that are sequences of integers are shrunk as long as
        the relation still fails; an input that raises counts as one that does not fail.
        """
        found, relation, bound = instance(**inputs)
        if compare(plain(found), relation, plain(bound))[0] or self._facts.witness is not None:
            return self.holds(found, relation, bound, **inputs)
        smaller = _shrunk(instance, inputs)
        again = instance(**smaller)
        if compare(plain(again[0]), again[1], plain(again[2]))[0]:  # it does not fail every time
            return self.holds(found, relation, bound, **inputs)
        return self.holds(*again, **smaller)

    def refuses(
        self, call: Callable[[], object], error: type[Exception], words: str, /, **inputs: Any
    ) -> bool:
        """``call()`` raises that error, and its message has those words in it."""
        try:
            found = f"returned {str(call())[:60]}"
        except error as raised:
            if words in str(raised):
                return self.equal(True, True)
            found = f"{type(raised).__name__}: {raised}"
        return self.equal(found, f"{error.__name__}: ...{words}...", **inputs)

    def attains(self, found: Any, bound: Any, /, **inputs: Any) -> bool:
        """Equality at this instance, computed now: the exhibit of a bound that is attained."""
        found, bound = plain(found), plain(bound)
        if compare(found, "==", bound)[0] and self._facts.exhibit is None:
            self._facts.exhibit = Comparison(figure(found), "==", figure(bound), readable(inputs))
        return self.equal(found, bound, **inputs)

    def certified(self, checker: Callable[..., object], /, *arguments: Any, **inputs: Any) -> bool:
        """The certificate of this instance passes ``checker(*arguments)``, which is code of its own.

        ``checker`` returns true, or an object whose ``bool`` is, when the certificate holds. It is a
        function of a module, so that a reader can find what the row names.
        """
        if not isinstance(checker, FunctionType) or "<" in checker.__qualname__:
            raise TypeError(f"{checker!r} is no checker that a reader could find: name a function")
        name = f"{checker.__module__}.{checker.__qualname__}"
        self._facts.checkers.add(name)
        outcome = checker(*arguments)
        if outcome is None or (
            not isinstance(outcome, bool | np.bool_) and "__bool__" not in vars(type(outcome))
        ):
            raise TypeError(f"{name} returned {type(outcome).__name__}, which does not say whether it holds")
        held = self.equal(
            bool(outcome), True, **inputs, explanation=f"certificate, by {name}: {outcome}"[:300]
        )
        self._facts.certified += held
        return held

    def proof(self, *arguments: Argument, because: str) -> None:
        """Arguments that together are the clause, for all inputs in the hypotheses; ``because`` says why."""
        if not because.strip():
            raise ValueError("because must say why the arguments together are the clause")
        if not arguments:
            raise ValueError("a proof needs arguments")
        if self._facts.because or self._domains.current is not None:
            raise ValueError("a clause has one proof, for all inputs: not one for each instance")
        self._facts.arguments.extend(arguments)
        self._facts.because = because

    def step(self, *arguments: Argument) -> None:
        """Re-checked steps of the book's proof, which are not the whole of it; they raise no level."""
        self._facts.steps.extend(arguments)

    def undecided(self, needed: str) -> None:
        """The data cannot tell; ``needed`` says what would."""
        self._facts.undecided = needed

    def out_of_reach(self, needs: str) -> None:
        """Cannot be checked by what this library runs; ``needs`` says what it would take."""
        self._facts.needs = needs

    def note(self, text: str) -> None:
        """A remark for the reader of the row."""
        if text not in self._facts.notes:
            self._facts.notes.append(text)

    @property
    def refuted(self) -> bool:
        """Whether a violation was recorded."""
        return self._facts.witness is not None

    def _count(self) -> None:
        self._facts.cases += 1
        if self._domains.current is None:
            self._facts.stray += 1
        else:
            self._stands("compared")

    def _stands(self, standing: str) -> None:
        """Keep for the open domain's member that it was compared, or that it is compared or outside."""
        current = self._domains.current
        if current is None:
            return
        if current != self._member:
            self._member, self._standing = current, ""
        if _STANDINGS.index(standing) <= _STANDINGS.index(self._standing):
            return
        for counted, change in ((self._standing, -1), (standing, 1)):
            counts = {"compared": self._facts.domains, "outside": self._facts.outside}.get(counted)
            if counts is not None:
                counts[current[0]] = counts.get(current[0], 0) + change
        self._standing = standing

    def _keep_nearest(self, found: Any, relation: Relation, bound: Any, inputs: Mapping[str, Any]) -> None:
        if relation == "==" or self._awaited.any:
            return
        nearness = closeness(found, bound)
        if nearness > self._nearness:
            self._nearness = nearness
            self._facts.nearest = Comparison(figure(found), relation, figure(bound), readable(inputs))

    def _violated(
        self, found: Any, relation: Relation, bound: Any, inputs: Mapping[str, Any], explanation: str
    ) -> None:
        if self._facts.witness is not None:
            return
        shown = figure(bound) if relation == "==" else f"{relation} {figure(bound)}"
        self._facts.witness = Witness(readable(inputs), shown, figure(found), explanation)
        self._facts.violation = Comparison(figure(found), relation, figure(bound), readable(inputs))
        self._awaited.refuted(self._facts.letter)


def _shrunk(instance: Callable[..., tuple[Any, Relation, Any]], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Smaller inputs on which the relation still fails."""
    names = [name for name, value in inputs.items() if _is_word(value)]
    if not names:
        return dict(inputs)

    def rebuilt(words: Sequence[Sequence[int]]) -> dict[str, Any]:
        smaller = dict(inputs)
        for name, word in zip(names, words, strict=True):
            kind = inputs[name]
            smaller[name] = (
                np.array(word, dtype=kind.dtype) if isinstance(kind, np.ndarray) else type(kind)(word)
            )
        return smaller

    def fails(words: tuple[tuple[int, ...], ...]) -> bool:
        try:
            found, relation, bound = instance(**rebuilt(words))
        except Exception:  # outside the hypotheses
            return False
        return not compare(plain(found), relation, plain(bound))[0]

    words = [[int(entry) for entry in inputs[name]] for name in names]
    return rebuilt(shrink(words, fails, attempts=_SHRINKS))


def _is_word(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return value.ndim == 1 and value.dtype.kind in "iu" and len(value) <= 1 << 14
    return isinstance(value, list | tuple) and bool(value) and all(type(entry) is int for entry in value)
