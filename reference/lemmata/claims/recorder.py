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

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from hashlib import blake2b
from typing import Any, TypeVar

import numpy as np

from lemmata.claims.arguments import RELATIONS, Argument
from lemmata.claims.facts import ClauseFacts, Comparison, Domain, Facts
from lemmata.claims.shrinking import shrink
from lemmata.claims.verdict import Figure, Relation, Witness

T = TypeVar("T")

_LONGEST = 64
"""Entries of an array that a witness writes out."""
_LONGEST_INTEGER = 10_000
"""Bits of an integer that is written out."""
_SHRINKS = 400


class DomainError(Exception):
    """A finite domain that does not have the members that the check says; the message says how many."""


class ClauseRefuted(Exception):
    """Ends a check early once the clause that somebody waits for is refuted."""


class Domains:
    """Hands out the members of domains, and knows which one a comparison belongs to."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._open: int | None = None
        self._member = 0

    @property
    def current(self) -> tuple[int, int] | None:
        """The open domain's place and the running number of its member."""
        return None if self._open is None else (self._open, self._member)

    def hand_out(self, members: Iterable[T], description: str, size: int | None) -> Iterator[T]:
        """The members, one after the other; at the end of a finite domain, there have to be ``size``."""
        if self._open is not None:
            raise DomainError(f"{description!r} is opened inside {self._description!r}")
        domain = Domain(description, size)
        self._facts.domains.append(domain)
        self._open = len(self._facts.domains) - 1
        seen: set[bytes] = set()
        try:
            for member in members:
                self._member += 1
                if size is None:
                    domain.members += 1
                else:
                    seen.add(_fingerprint(member))
                    domain.members = len(seen)
                yield member
        finally:
            self._open = None
        if size is not None:
            if domain.members != size:
                raise DomainError(f"{description}: {domain.members} distinct members, not {size}")
            domain.complete = True

    @property
    def _description(self) -> str:
        return "" if self._open is None else self._facts.domains[self._open].description


class Clause:
    """The recorder of one clause. `Run.clauses` makes them.

    Inputs, given by name, are what a witness shows; arrays may be given as they are.
    """

    def __init__(self, facts: ClauseFacts, domains: Domains, *, stops: bool = False) -> None:
        self._facts = facts
        self._domains = domains
        self._stops = stops
        self._last: tuple[int, int] | None = None
        self._closeness = (-np.inf, -np.inf)

    def holds(self, found: Any, relation: Relation, bound: Any, /, **inputs: Any) -> bool:
        """Compare; record the case, the nearest figure, and the first violation with its inputs.

        Numbers, or arrays that are compared entry by entry (shapes must be equal for ``==``). NaN violates
        every relation. ``explanation=`` among the inputs is a sentence for the reader of a witness.

        Returns
        -------
        bool
            Whether the relation holds here.
        """
        self._count()
        found, bound = _plain(found), _plain(bound)
        held, place = _compare(found, relation, bound)
        explanation = str(inputs.pop("explanation", ""))
        if place is not None:
            inputs = inputs | {"at": place if len(place) > 1 else place[0]}
            found, bound = _entry(found, place), _entry(bound, place)
        if held:
            self._keep_nearest(found, relation, bound, inputs)
            return True
        self._violated(found, relation, bound, inputs, explanation)
        return False

    def equal(self, found: Any, expected: Any, /, **inputs: Any) -> bool:
        """``found == expected``, exactly; arrays and sequences by entries."""
        return self.holds(found, "==", expected, **inputs)

    def tries(self, instance: Callable[..., tuple[Any, Relation, Any]], /, **inputs: Any) -> bool:
        """Compare what ``instance(**inputs)`` returns, ``(found, relation, bound)``.

        When it is violated, the inputs that are sequences of integers are shrunk as long as
        the relation still fails; an input that raises counts as one that does not fail.
        """
        found, relation, bound = instance(**inputs)
        if _compare(_plain(found), relation, _plain(bound))[0] or self._facts.witness is not None:
            return self.holds(found, relation, bound, **inputs)
        smaller = _shrunk(instance, inputs)
        again = instance(**smaller)
        if _compare(_plain(again[0]), again[1], _plain(again[2]))[0]:  # it does not fail every time
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
        found, bound = _plain(found), _plain(bound)
        if _compare(found, "==", bound)[0] and self._facts.exhibit is None:
            self._facts.exhibit = Comparison(_figure(found), "==", _figure(bound), _readable(inputs))
        return self.equal(found, bound, **inputs)

    def certified(self, checker: Callable[..., object], /, *arguments: Any, **inputs: Any) -> bool:
        """The certificate of this instance passes ``checker(*arguments)``, which is code of its own.

        ``checker`` returns true, or an object whose ``bool`` is, when the certificate holds.
        """
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
        facts, current = self._facts, self._domains.current
        facts.cases += 1
        if current is None:
            facts.stray += 1
        elif current != self._last:
            self._last = current
            facts.domains[current[0]] = facts.domains.get(current[0], 0) + 1

    def _keep_nearest(self, found: Any, relation: Relation, bound: Any, inputs: Mapping[str, Any]) -> None:
        if relation == "==":
            return
        closeness = _closeness(found, bound)
        if closeness > self._closeness:
            self._closeness = closeness
            self._facts.nearest = Comparison(_figure(found), relation, _figure(bound), _readable(inputs))

    def _violated(
        self, found: Any, relation: Relation, bound: Any, inputs: Mapping[str, Any], explanation: str
    ) -> None:
        if self._facts.witness is not None:
            return
        shown = _figure(bound) if relation == "==" else f"{relation} {_figure(bound)}"
        self._facts.witness = Witness(_readable(inputs), shown, _figure(found), explanation)
        self._facts.violation = Comparison(_figure(found), relation, _figure(bound), _readable(inputs))
        if self._stops:
            raise ClauseRefuted(self._facts.letter)


def _plain(value: Any) -> Any:
    """NumPy's numbers as Python's, fractions of other libraries as `Fraction`; the rest as it is."""
    if isinstance(value, np.generic):
        return value.item()
    if type(value).__module__.startswith("flint") and hasattr(value, "numerator"):
        return Fraction(int(value.numerator), int(value.denominator))
    return value


def _compare(found: Any, relation: str, bound: Any) -> tuple[bool, tuple[int, ...] | None]:
    """Whether the relation holds, and, for arrays under an inequality, at which entry it is tightest."""
    if relation not in RELATIONS:
        raise ValueError(f"{relation!r} is no relation; the relations are {', '.join(RELATIONS)}")
    arrays = isinstance(found, np.ndarray) or isinstance(bound, np.ndarray)
    if relation == "==":
        return (_equal_arrays(found, bound) if arrays else _equal(found, bound)), None
    if not arrays and isinstance(found, list | tuple):
        found, arrays = _as_objects(found), True
    if not arrays:
        _require_ordered(found, bound)
        return bool(RELATIONS[relation](found, bound)), None
    left, right = (_as_objects(v) if isinstance(v, list | tuple) else np.asarray(v) for v in (found, bound))
    _require_ordered(left, right)
    if np.broadcast_shapes(left.shape, right.shape) != left.shape:
        raise ValueError(f"figures of shape {left.shape} against bounds of shape {right.shape}")
    if left.dtype.kind != right.dtype.kind:  # integers and doubles are compared as they are, not rounded
        left, right = left.astype(object), right.astype(object)
    left, right = np.broadcast_arrays(left, right)
    if left.size == 0:
        return True, None
    fine = np.asarray(RELATIONS[relation](left, right), dtype=bool)
    if not fine.all():
        return False, tuple(int(i) for i in np.argwhere(~fine)[0])
    if left.ndim == 0:
        return True, None
    closest = max(np.ndindex(left.shape), key=lambda at: _closeness(_plain(left[at]), _plain(right[at])))
    return True, tuple(int(i) for i in closest)


def _as_objects(values: Any) -> Any:
    """A list as an array of Python's own numbers, none of them rounded to the type of another."""
    entries = np.array(values, dtype=object)
    plain = np.empty(entries.shape, dtype=object)
    for at in np.ndindex(entries.shape):
        plain[at] = _plain(entries[at])
    return plain


def _require_ordered(*values: Any) -> None:
    """Refuse what has an order that is not that of numbers: text, sets, complex numbers."""
    for value in values:
        kind = value.dtype.kind if isinstance(value, np.ndarray) else ""
        if kind in tuple("cSUVMm") or isinstance(value, str | bytes | set | frozenset | dict | complex):
            raise TypeError(
                f"{type(value).__name__} {str(value)[:40]!r} is no figure that a bound could hold for"
            )


def _equal(found: Any, expected: Any) -> bool:
    if isinstance(found, list | tuple) and isinstance(expected, list | tuple):
        return len(found) == len(expected) and all(map(_equal, map(_plain, found), map(_plain, expected)))
    if isinstance(found, np.ndarray) or isinstance(expected, np.ndarray):
        return _equal_arrays(found, expected)
    return bool(found == expected)


def _equal_arrays(found: Any, expected: Any) -> bool:
    left, right = np.asarray(found), np.asarray(expected)
    if left.shape != right.shape:
        return False
    if object in (left.dtype, right.dtype) or left.dtype.kind != right.dtype.kind:
        return all(_equal(_plain(a), _plain(b)) for a, b in zip(left.flat, right.flat, strict=True))
    return bool(np.array_equal(left, right))


def _entry(value: Any, place: tuple[int, ...]) -> Any:
    if isinstance(value, list | tuple):
        value = np.array(value, dtype=object)
    if not isinstance(value, np.ndarray):
        return value
    missing = len(place) - value.ndim
    own = tuple(0 if size == 1 else at for at, size in zip(place[missing:], value.shape, strict=True))
    return _plain(value[own])


def _closeness(found: Any, bound: Any) -> tuple[float, float]:
    """Larger where two figures are closer: by ratio, then by distance; 0 against 0 says little."""
    try:
        a, b = Fraction(found), Fraction(bound)
    except (OverflowError, ValueError, TypeError):  # infinities and balls
        try:
            a, b = Fraction(float(found)), Fraction(float(bound))
        except (OverflowError, ValueError, TypeError):
            return -2.0, 0.0
    if a == b == 0:
        return -1.5, 0.0
    gap = abs(a - b)
    return float(1 - gap / max(abs(a), abs(b))), -float(min(gap, Fraction(10**300)))


def _figure(value: Any) -> Figure:
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int) and value.bit_length() > _LONGEST_INTEGER:
        return f"an integer of {value.bit_length()} bits"
    if isinstance(value, int | float | Fraction | str):
        return value
    if isinstance(value, np.ndarray | list | tuple):
        return str(_readable_value(value))
    try:
        return float(value)
    except (TypeError, ValueError):
        return str(value)[:400]


def _readable(inputs: Mapping[str, Any]) -> dict[str, object]:
    return {name: _readable_value(value) for name, value in inputs.items()}


def _readable_value(value: Any) -> object:
    """An input as a witness shows it: short arrays in full, long ones by shape and fingerprint."""
    value = _plain(value)
    if isinstance(value, np.ndarray):
        if value.size <= _LONGEST:
            return _readable_value(value.tolist())
        return f"{value.dtype} array of shape {value.shape}, BLAKE2 {_fingerprint(value).hex()[:12]}"
    if isinstance(value, list | tuple):
        if len(value) > _LONGEST:
            return f"{type(value).__name__} of {len(value)}, BLAKE2 {_fingerprint(value).hex()[:12]}"
        return [_readable_value(entry) for entry in value]
    if isinstance(value, int) and value.bit_length() > _LONGEST_INTEGER:
        return f"an integer of {value.bit_length()} bits"
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)[:400]


def _fingerprint(member: Any) -> bytes:
    """The same for equal members, whatever container or integer type they come in."""
    return blake2b(_canonical(member).encode(), digest_size=12).digest()


def _canonical(member: Any) -> str:
    if isinstance(member, np.ndarray | np.generic):
        member = member.tolist()
    if isinstance(member, list | tuple):
        return f"({','.join(map(_canonical, member))})"
    text = repr(member)
    if " object at 0x" in text:
        raise DomainError(f"a member of type {type(member).__name__} has no repr that tells it from others")
    return text


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
        return not _compare(_plain(found), relation, _plain(bound))[0]

    words = [[int(entry) for entry in inputs[name]] for name in names]
    return rebuilt(shrink(words, fails, attempts=_SHRINKS))


def _is_word(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return value.ndim == 1 and value.dtype.kind in "iu" and len(value) <= 1 << 14
    return isinstance(value, list | tuple) and bool(value) and all(type(entry) is int for entry in value)
