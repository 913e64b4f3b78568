"""A run as JSON, in the form that ``verify.schema.json`` describes."""

import json
from pathlib import Path
from typing import Any

from lemmata.claims import ClauseJudgement, Judgement, Plot, Witness
from lemmata.report.atomic import write_atomically
from lemmata.report.figures import encode_figure, plain
from lemmata.report.model import Report, Row

SCHEMA_VERSION = 2


def to_json(report: Report) -> dict[str, Any]:
    """The report as a dictionary that `json` can write; see ``docs/json_report.md``."""
    return {
        "schema_version": SCHEMA_VERSION,
        "versions": dict(report.versions),
        "system": report.system,
        "command": report.command,
        "effort": str(report.effort),
        "seed": str(report.seed),
        "jobs": report.jobs,
        "partial": report.partial,
        "started": report.started.isoformat(),
        "seconds": report.seconds,
        "exit_status": report.exit_status,
        "counts": report.counts(),
        "theorems": [_theorem(row) for row in report.rows],
    }


def write_json(report: Report, path: str | Path) -> None:
    """Write the report atomically.

    Raises
    ------
    OSError
        As `write_atomically`.
    """
    text = json.dumps(to_json(report), indent=2, ensure_ascii=False, allow_nan=False)
    # A lone surrogate in a witness has no UTF-8; as an escape it stays readable.
    write_atomically(path, text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n")


def witness_json(row: Row) -> dict[str, Any] | None:
    """The witness that refutes a row, or None."""
    judgement = row.outcome.judgement
    return None if judgement is None else _witness(judgement.witness)


def _witness(witness: Witness | None) -> dict[str, Any] | None:
    if witness is None:
        return None
    return {
        "inputs": plain(witness.inputs),
        "expected": plain(witness.expected),
        "found": plain(witness.found),
        "explanation": witness.explanation,
    }


def _theorem(row: Row) -> dict[str, Any]:
    theorem, outcome = row.theorem, row.outcome
    return {
        "id": theorem.id,
        "title": theorem.title,
        "topic": theorem.topic,
        "kind": theorem.kind,
        "source": theorem.source,
        "code": list(theorem.code),
        "check": theorem.check,
        "hypotheses": theorem.hypotheses,
        "statement": theorem.statement,
        "formulas": [str(formula) for formula in theorem.formulas],
        "proof_status": theorem.proof_status,
        "label": outcome.label,
        "meaning": outcome.evidence.meaning if outcome.evidence else None,
        "seconds": outcome.seconds,
        "failure": None
        if outcome.failure is None
        else {
            "kind": outcome.failure.kind,
            "message": outcome.failure.message,
            "details": outcome.failure.details,
        },
        "judgement": None if outcome.judgement is None else _judgement(outcome.judgement),
    }


def _judgement(judgement: Judgement) -> dict[str, Any]:
    return {
        "evidence": str(judgement.evidence),
        "as_the_book_says": judgement.as_the_book_says,
        "clauses": [_clause(clause) for clause in judgement.clauses],
        "code_tried_on": list(judgement.tried),
        "cases": judgement.cases,
        "witness": _witness(judgement.witness),
        "notes": list(judgement.notes),
        "costs": {name: int(amount) for name, amount in judgement.costs.items()},
        "plots": [plot_json(plot) for plot in judgement.plots],
    }


def _clause(clause: ClauseJudgement) -> dict[str, Any]:
    return {
        "letter": clause.letter,
        "text": clause.text,
        "evidence": str(clause.evidence),
        "done": list(clause.done),
        "missing": clause.missing,
        "cases": clause.cases,
        "measured": encode_figure(clause.measured),
        "relation": clause.relation,
        "bound": encode_figure(clause.bound),
        "at": plain(clause.at),
        "exhibit": clause.exhibit,
        "witness": _witness(clause.witness),
        "arguments": list(clause.arguments),
        "steps": list(clause.steps),
        "broken_arguments": list(clause.broken_arguments),
        "notes": list(clause.notes),
    }


def plot_json(plot: Plot) -> dict[str, Any]:
    """A plot's data."""
    return {
        "title": plot.title,
        "x_title": plot.x_title,
        "y_title": plot.y_title,
        "x_scale": plot.x_scale,
        "y_scale": plot.y_scale,
        "series": [
            {
                "name": series.name,
                "mode": series.mode,
                "x": [plain(float(x)) for x in series.x],
                "y": [plain(float(y)) for y in series.y],
                "labels": list(series.labels),
            }
            for series in plot.series
        ],
    }
