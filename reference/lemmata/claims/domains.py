"""Domains: where instances come from, handed out one by one and counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import TypeVar

import numpy as np

from lemmata.claims.facts import Domain, Facts
from lemmata.claims.readable import fingerprint

T = TypeVar("T")


class DomainError(Exception):
    """A finite domain that does not have the members that the check says; the message says how many."""


class Domains:
    """Hands out the members of domains, and knows which one a comparison belongs to."""

    def __init__(self, facts: Facts, rng: np.random.Generator) -> None:
        self._facts = facts
        self._rng = rng
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
        order = blake2b(digest_size=12)
        before = _drawn(self._rng)
        try:
            for member in members:
                self._member += 1
                domain.handed_out += 1
                if size is not None:
                    seen.add(mark := _told_apart(member))
                    order.update(mark)
                    domain.members = len(seen)
                else:
                    domain.members += 1
                yield member
        finally:
            self._open = None
            domain.random = _drawn(self._rng) != before
            domain.digest = order.hexdigest() if size is not None else ""
        if size is not None:
            if domain.members != size:
                raise DomainError(f"{description}: {domain.members} distinct members, not {size}")
            domain.complete = True

    @property
    def _description(self) -> str:
        return "" if self._open is None else self._facts.domains[self._open].description


def _drawn(rng: np.random.Generator) -> tuple[str, int]:
    """What changes when random numbers are drawn, or another stream is made of this one."""
    generator = rng.bit_generator
    return repr(generator.state), getattr(generator.seed_seq, "n_children_spawned", 0)


def _told_apart(member: object) -> bytes:
    try:
        return fingerprint(member)
    except ValueError as error:
        raise DomainError(str(error)) from error
