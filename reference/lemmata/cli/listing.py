"""``lemmata list``: topics, their theorems and their algorithms."""

import argparse
from importlib import import_module
from types import ModuleType

from rich.console import Console
from rich.text import Text

from lemmata.claims.book import Chapter, UnknownClaim, read_book, select
from lemmata.report.formulas import to_unicode


def run(arguments: argparse.Namespace) -> int:
    """Print the topics that were asked for."""
    select(arguments.topics)  # an unknown name is refused with the nearest ones
    chapters: dict[str, list[Chapter]] = {}
    for chapter in read_book():
        chapters.setdefault(chapter.topic, []).append(chapter)
    if ids := [name for name in arguments.topics if name not in chapters]:
        raise UnknownClaim(f"{ids[0]} is a theorem, not a topic; try: lemmata explain {ids[0]}")
    console = Console(highlight=False)
    for topic in arguments.topics or chapters:
        for chapter in chapters[topic]:
            _print_chapter(chapter, console)
        _print_functions(topic, console)
    return 0


def _print_chapter(chapter: Chapter, console: Console) -> None:
    console.print(Text.assemble((chapter.topic, "bold cyan"), "  ", (chapter.title, "bold")))
    for theorem in chapter.theorems:
        line = Text.assemble(
            "  ", (f"{theorem.id:8}", "cyan"), f"{theorem.kind:12}  ", to_unicode(theorem.title)
        )
        console.print(line, soft_wrap=True)


def _print_functions(topic: str, console: Console) -> None:
    package = import_module(f"lemmata.{topic}")
    for name in package.__all__:
        thing = getattr(package, name)
        if not isinstance(thing, type | ModuleType):
            summary = (thing.__doc__ or "").strip().partition("\n")[0]
            line = Text.assemble("  ", (f"lemmata.{topic}.{name}", "green"), f"  {summary}")
            console.print(line, soft_wrap=True)
