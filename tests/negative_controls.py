"""Registering deliberately broken implementations, each of which its theorem's check has to refute.

A folder of tests plants them in ``controls.py`` or ``controls_*.py``; ``test_controls.py`` runs the checks.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Control:
    """A way to break the library, and the clauses of a theorem whose check must notice.

    With ``formula`` it breaks the library's function of that name: what has to notice is the comparison with
    the book's formula, and no clause is controlled.
    """

    claim: str
    clauses: tuple[str, ...]
    formula: str
    name: str
    plant: Callable[[pytest.MonkeyPatch], None]


CONTROLS: list[Control] = []


def control(claim: str, clauses: str | None = None, *, formula: str = ""):
    """Register a broken implementation.

    ``clauses`` are the letters that it must refute; where neither they nor a formula are given, the
    statement is one clause.
    """
    if formula and clauses is not None:
        raise ValueError(f"{claim}: a control is about clauses or about a formula")
    letters = () if formula else tuple(clauses or ("",))

    def register(plant: Callable[[pytest.MonkeyPatch], None]):
        CONTROLS.append(Control(claim, letters, formula, plant.__name__, plant))
        return plant

    return register
