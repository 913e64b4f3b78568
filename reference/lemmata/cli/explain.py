"""``lemmata explain``: theorems from the book, in the terminal."""

import argparse

from rich.console import Console
from rich.markdown import Markdown
from rich.text import Text

from lemmata.claims.book import Theorem, select
from lemmata.report.formulas import to_terminal_markdown, to_unicode
from lemmata.report.model import in_paragraphs


def run(arguments: argparse.Namespace) -> int:
    """Print the theorems that were asked for."""
    console = Console(highlight=False)
    for theorem in select(arguments.ids):
        explain(theorem, console)
    return 0


def explain(theorem: Theorem, console: Console) -> None:
    """Print one theorem: what it says, when it holds, why, and where its code and check are."""
    console.print(Text.assemble((f"{theorem.id}", "bold cyan"), "  ", (to_unicode(theorem.title), "bold")))
    facts = {
        "Kind": theorem.kind,
        "Source": to_unicode(theorem.source),
        "Code": ", ".join(theorem.code),
        "Check": f"lemmata.proofs_check.{theorem.check}",
    }
    for name, value in facts.items():
        console.print(Text.assemble((f"{name}: ", "dim"), value))
    for bound in theorem.formulas:
        console.print(Text.assemble(("Formula: ", "dim"), str(bound)))
    sections = {
        "Hypotheses": theorem.hypotheses,
        "Statement": in_paragraphs(theorem),
        f"Proof ({theorem.proof_status})": theorem.proof,
    }
    for name, text in sections.items():
        console.print()
        console.print(Text(name, style="bold"))
        console.print(Markdown(to_terminal_markdown(text)))
    console.print()
