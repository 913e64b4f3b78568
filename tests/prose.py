"""One sentence to a line: where the sentences of a Markdown text end, and which lines do not follow them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

FENCE = re.compile(r"^\s*(```|~~~)")
APART = re.compile(r"^\s*(\||#{1,6} |\$\$.*\$\$$|<!--|---+$)")
"""Rows of tables, headings, displayed formulas, comments and rules: no prose."""
ITEM = re.compile(r"^(\d+\.|[-*+]) +")
FIELD = re.compile(r"^(Kind|Source|Code|Formula|Check|Formal|Hypotheses|Statement|Proof \([a-z]+\)): ")

SOLID = re.compile(r"(?P<ticks>`+).+?(?P=ticks)|\$[^$\n]+?\$", re.DOTALL)
"""Code and formulas: a full stop in them ends no sentence."""
MASK = "\ufffc"
ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|cf|vs|et al|etc|resp|Fig|Thm|Sec|Eq|No|pp?|St|Dr|ed|eds|Vol)|\b[A-Z])\.$"
)
END = re.compile(
    r"(?<=[.?!])(?P<closing>[\"”’')\]]*)(?P<gap>\s+)"
    rf"(?=[\"“‘(*_\[]*(?:[^\W\d_a-z]|\d|{MASK})|\([a-z]\)|[*_\"“]*[a-z]+_?{MASK})"
)


@dataclass(frozen=True)
class Paragraph:
    """The lines of running text that belong together: number of the first, its mark, the indent, the text."""

    line: int
    mark: str
    indent: str
    text: str


def paragraphs(markdown: str) -> Iterator[Paragraph]:
    """Paragraphs and items of lists; code, tables, headings and displayed formulas are passed over."""
    fence = ""
    start, mark, indent = 0, "", ""
    lines: list[str] = []
    for number, line in enumerate([*markdown.splitlines(), ""], start=1):
        opening = FENCE.match(line)
        if fence or opening or not line.strip() or APART.match(line) or ITEM.match(line) or FIELD.match(line):
            if lines:
                yield Paragraph(start, mark, indent, "\n".join(lines))
            lines = []
        if fence:
            fence = "" if opening and opening[1] == fence else fence
        elif opening:
            fence = opening[1]
        elif line.strip() and not APART.match(line):
            if not lines:
                item = ITEM.match(line)
                mark = item[0] if item else ""
                indent = " " * len(mark) if item else line[: len(line) - len(line.lstrip())]
                start = number
            lines.append(line.removeprefix(mark if not lines else "").strip())


def masked(text: str) -> str:
    """The text with a sign of its own for every character of code and formulas."""
    return SOLID.sub(lambda match: MASK * len(match[0]), text)


def gaps(text: str) -> list[tuple[int, int]]:
    """Where white space stands between two sentences.

    A capital letter, a digit, a formula, code or a clause's mark begins a sentence. An initial or an
    abbreviation ends none, and neither does what is set in italics or bold to the end, as a run-in title is.
    """
    plain = masked(text)
    return [
        match.span("gap")
        for match in END.finditer(plain)
        if match["closing"] or not ABBREVIATION.search(plain, 0, match.start())
    ]


def sentences(text: str) -> list[str]:
    """The sentences of a paragraph, each on one line."""
    begin, found = 0, []
    for start, end in [*gaps(text), (len(text), len(text))]:
        found.append(" ".join(text[begin:start].split()))
        begin = end
    return found


def faults(markdown: str) -> list[str]:
    """Lines that end in the middle of a sentence, or hold two: number, what is wrong, and around what."""
    found = []
    for paragraph in paragraphs(markdown):
        text = paragraph.text
        between = gaps(text)
        for start, end in between:
            if "\n" not in text[start:end]:
                line = paragraph.line + text.count("\n", 0, start)
                found.append(
                    f"{line}: begin a new line after {_before(text, start)!r}, where a sentence ends"
                )
        breaks = [match.start() for match in re.finditer("\n", text)]
        for place in breaks:
            if not any(start <= place < end for start, end in between):
                line = paragraph.line + text.count("\n", 0, place)
                found.append(
                    f"{line}: join the next line: no sentence ends with {_before(text, place)!r} "
                    f"(if one does, {_after(text, place)!r} begins with a capital, a number or a formula)"
                )
    return found


def _before(text: str, place: int) -> str:
    return text[:place].rpartition("\n")[2][-25:]


def _after(text: str, place: int) -> str:
    return text[place:].strip()[:15]
