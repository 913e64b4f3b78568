"""Registering deliberately broken implementations, each of which its theorem's check has to refute.

A folder of tests plants them in ``controls.py`` or ``controls_*.py``; ``test_controls.py`` runs the checks.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Control:
    """A way to break the library, and the clauses of a theorem whose check must notice."""

    claim: str
    clauses: tuple[str, ...]
    name: str
    plant: Callable[[pytest.MonkeyPatch], None]


CONTROLS: list[Control] = []


def control(claim: str, clauses: str = ""):
    """Register a broken implementation; ``clauses`` are the letters that it must refute."""

    def register(plant: Callable[[pytest.MonkeyPatch], None]):
        CONTROLS.append(Control(claim, tuple(clauses), plant.__name__, plant))
        return plant

    return register
