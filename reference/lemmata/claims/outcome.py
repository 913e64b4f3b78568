"""One row of a report: what became of one theorem's check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lemmata.claims.evidence import Evidence
from lemmata.claims.verdict import Judgement

FailureKind = Literal["raised", "rejected", "timed out", "worker died", "no check", "not run"]


@dataclass(frozen=True)
class Failure:
    """Why a theorem has no verdict. ``details`` may hold a traceback or the worker's last words."""

    kind: FailureKind
    message: str
    details: str = ""


@dataclass(frozen=True)
class Outcome:
    """The judgement on one theorem, or the failure to reach one, and how long it took.

    Exactly one of ``judgement`` and ``failure`` is set.
    """

    claim: str
    judgement: Judgement | None
    failure: Failure | None
    seconds: float = 0.0

    @property
    def label(self) -> str:
        """What a table shows: an evidence level, "error" or "not run"."""
        if self.judgement:
            return str(self.judgement.evidence)
        return "not run" if self.failure and self.failure.kind == "not run" else "error"

    @property
    def evidence(self) -> Evidence | None:
        """The evidence level, or None without a judgement."""
        return self.judgement.evidence if self.judgement else None
