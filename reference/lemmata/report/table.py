"""A run on the terminal: the table, what needs a closer look, and one closing line."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from lemmata.claims import Judgement
from lemmata.report.figures import format_beside
from lemmata.report.model import Report, Row

_STYLES = {
    "proved": "bold green",
    "verified": "green",
    "consistent": "cyan",
    "inconclusive": "yellow",
    "refuted": "bold red",
    "out of reach": "magenta",
    "error": "bold red",
    "not run": "dim",
}
_WITNESS_LETTERS = 2000
_FIGURE_WIDTH = 14


def label_text(label: str) -> Text:
    """An evidence level in its colour."""
    return Text(label, style=_STYLES[label])


def make_table(report: Report) -> Table:
    """The table of a run: one row per theorem, in the book's order."""
    table = Table(title=None, header_style="bold", pad_edge=False)
    longest = max((len(row.theorem.id) for row in report.rows), default=2)
    # A figure may be a sentence: it folds, so that the other columns keep their widths.
    table.add_column("ID", no_wrap=True, min_width=longest)
    table.add_column("Theorem", ratio=1, min_width=16)
    table.add_column("Measured", justify="right", max_width=_FIGURE_WIDTH, overflow="fold")
    table.add_column("Bound", justify="left", max_width=_FIGURE_WIDTH, overflow="fold")
    table.add_column("Evidence", no_wrap=True, min_width=max(map(len, _STYLES)) + 2)
    table.add_column("Time", justify="right", no_wrap=True, min_width=len("100.0 s"))
    for row in report.rows:
        judgement = row.outcome.judgement
        headline = judgement.headline if judgement else None
        measured, bound = format_beside(headline.measured, headline.bound) if headline else ("", "")
        table.add_row(
            row.theorem.id,
            Text(plain_title(row)),
            measured,
            f"{headline.relation} {bound}" if headline and bound else "",
            evidence_text(row),
            f"{row.outcome.seconds:.1f} s",
        )
    return table


def evidence_text(row: Row) -> Text:
    """The theorem's level, and below it those of its clauses where they differ."""
    text = label_text(row.outcome.label)
    judgement = row.outcome.judgement
    if judgement is None or len({clause.evidence for clause in judgement.clauses}) < 2:
        return text
    for level in sorted({clause.evidence for clause in judgement.clauses}, reverse=True):
        letters = "".join(clause.letter for clause in judgement.clauses if clause.evidence is level)
        text.append("\n").append(f"{letters}: ", style="dim").append_text(label_text(str(level)))
    return text


def plain_title(row: Row) -> str:
    """The theorem's title with its formulas as Unicode."""
    from lemmata.report.formulas import to_unicode  # noqa: PLC0415 - slow to import

    return to_unicode(row.theorem.title)


def print_report(report: Report, console: Console) -> None:
    """Print the table, then witnesses, failures and remarks in full, then the counts."""
    console.print(make_table(report))
    for row in report.rows:
        outcome = row.outcome
        judgement = outcome.judgement
        lines = _what_is_missing(judgement) if judgement else []
        if judgement and judgement.witness:
            text = str(judgement.witness)
            if len(text) > _WITNESS_LETTERS:
                text = text[:_WITNESS_LETTERS] + " ... (in full in the reports)"
            lines.append(f"witness: {text}")
        if outcome.failure and outcome.failure.kind != "not run":
            lines.append(f"{outcome.failure.kind}: {outcome.failure.message}")
        for line in lines:
            console.print(Text.assemble((row.theorem.id, "bold"), "  ", line), soft_wrap=True)
    console.print(Text(closing_line(report), style="bold"), soft_wrap=True)


def _what_is_missing(judgement: Judgement) -> list[str]:
    """Clauses that are not checked or cannot be, arguments that do not hold, and what would tell."""
    lines = []
    for clause in judgement.clauses:
        name = f"({clause.letter}) " if clause.letter else ""
        if clause.missing:
            lines.append(f"{name}{clause.evidence}: {clause.missing}")
        lines += [f"{name}not proved: {failure}" for failure in clause.broken_arguments]
    return lines


def closing_line(report: Report) -> str:
    """Counts by label, whether anything failed, and how long it took."""
    counts = ", ".join(f"{count} {label}" for label, count in report.counts().items())
    ending = {
        0: "nothing refuted beyond what the book refutes"
        if report.confirms_a_refutation
        else "nothing refuted",
        1: "REFUTED: see the witnesses above",
        3: "nothing refuted, but some checks failed to run",
    }[report.result]
    start = "partial run: " if report.partial else "interrupted at its end: " if report.interrupted else ""
    how = f"{report.effort}, seed {report.seed}, {report.seconds:.1f} s"
    return f"{start}{counts or 'no theorem'}; {ending} ({how})"
