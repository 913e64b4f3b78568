"""The theorems of ``theory/*.md`` as typed records.

A chapter states each theorem under a heading with a permanent ID, followed by fields::

    ### HAM-3 — Abrahamson's counted cost

    Kind: upper bound

    Source: Abrahamson (1987), Section 3

    Code: lemmata.hamming.abrahamson, lemmata.hamming.bounds.abrahamson_word_operations

    Formula: `abrahamson_word_operations(n, m) = 4*sqrt(n*m) + 3*n`

    Check: hamming.counted_cost_stays_below_the_bound

    Hypotheses: ...

    Statement: ...

    Proof (complete): ...

A title is plain words, so that the heading is its own anchor. A field reaches to the next field or heading;
its text is Markdown with ``$`` formulas. The word in brackets after ``Proof`` says how much of the proof the
book gives: complete, sketch or cited. ``Formula`` may be missing, or come several times, one line of code
each; `lemmata.claims.formulas` has the language.
A statement with several clauses marks them (a), (b), ... in this order; what stands before (a) is how
the sentences of all clauses begin.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Literal, cast, get_args

from lemmata.claims.clauses import clauses_of
from lemmata.claims.formula_numbers import FormulaError
from lemmata.claims.formulas import Formula

Kind = Literal["identity", "upper bound", "lower bound", "attained", "heuristic", "refuted"]
ProofStatus = Literal["complete", "sketch", "cited"]

_HEADING = re.compile(r"^### (?P<id>[A-Z]{2,8}-\d+) — (?P<title>[^\s$`*_\[\]{}\\][^$`*_\[\]{}\\]*)$")
_LOOKS_LIKE_A_THEOREM = re.compile(r"^#+\s*[A-Z]{2,8}-\d+\b")
_FIELD = re.compile(
    r"^(Kind|Source|Code|Formula|Check|Hypotheses|Statement|Proof \((?P<status>[a-z]+)\)): ?(?P<rest>.*)$"
)
_FIELDS = ("Kind", "Source", "Code", "Check", "Hypotheses", "Statement", "Proof")
_FENCE = re.compile(r"^\s*(```|~~~)")


class BookError(ValueError):
    """A chapter that does not read as the format says; the message names file and line."""


class UnknownClaim(ValueError):
    """A topic or theorem ID that the book does not have; the message offers the nearest."""


@dataclass(frozen=True)
class Theorem:
    """One theorem of the book.

    ``code`` and ``check`` hold dotted names; ``hypotheses``, ``statement``, ``proof`` and ``source``
    are Markdown. ``clauses`` maps the letters of the statement's clauses to their texts; a statement that is
    one clause has the letter "". ``line`` is where its heading stands in the chapter.
    """

    id: str
    title: str
    topic: str
    kind: Kind
    source: str
    code: tuple[str, ...]
    formulas: tuple[Formula, ...]
    check: str
    hypotheses: str
    statement: str
    proof_status: ProofStatus
    proof: str
    line: int

    @property
    def clauses(self) -> dict[str, str]:
        """Text of each clause, by letter."""
        return clauses_of(self.statement)


@dataclass(frozen=True)
class Chapter:
    """One Markdown file of the book: its topic, title, full text and theorems, in order.

    A topic is one file, ``topic.md``, or several lectures: ``topic.md``, ``topic_lecture.md`` and so on,
    whose theorems are numbered through. ``name`` is the file's name without ``.md``.
    """

    name: str
    topic: str
    title: str
    text: str
    theorems: tuple[Theorem, ...]


def parse_chapter(name: str, text: str, topic: str | None = None) -> Chapter:
    """Read a chapter's theorems.

    Parameters
    ----------
    name : str
        The file's name without ``.md``.
    text : str
        The Markdown.
    topic : str, optional
        Name of the topic; by default that of the file.

    Raises
    ------
    BookError
        When a heading is malformed, a field is missing, doubled or has an unknown value, clauses are not
        marked in order, or an ID comes twice.
    """
    titles = [line[2:].strip() for _, line, code in _lines(text) if line.startswith("# ") and not code]
    if not titles:
        raise BookError(f"{name}.md: the chapter has no title (a line that starts with '# ')")
    theorems = tuple(_theorem(name, topic or name, *section) for section in _sections(name, text))
    seen: dict[str, int] = {}
    for theorem in theorems:
        if theorem.id in seen:
            raise BookError(
                f"{name}.md:{theorem.line}: {theorem.id} was already stated on line {seen[theorem.id]}"
            )
        seen[theorem.id] = theorem.line
    _check_formulas(name, theorems)
    return Chapter(name, topic or name, titles[0], text, theorems)


@cache
def read_book() -> tuple[Chapter, ...]:
    """All chapters that came with the package, by topic.

    Raises
    ------
    BookError
        When a chapter is malformed or two chapters use one ID.
    """
    pages = {
        page.name.removesuffix(".md"): page.read_text(encoding="utf-8")
        for page in files("lemmata.theory").iterdir()
        if page.name.endswith(".md")
    }
    chapters = tuple(parse_chapter(name, pages[name], _topic_of(name, pages)) for name in sorted(pages))
    owners: dict[str, str] = {}
    for chapter in chapters:
        for theorem in chapter.theorems:
            if theorem.id in owners:
                raise BookError(f"{theorem.id} is stated in {owners[theorem.id]}.md and in {chapter.name}.md")
            owners[theorem.id] = chapter.name
    return chapters


def _topic_of(name: str, names: Container[str]) -> str:
    """``circuits`` for ``circuits_coding``, if there is a ``circuits``; otherwise the name itself."""
    words = name.split("_")
    starts = ("_".join(words[:k]) for k in range(1, len(words)))
    return next((start for start in starts if start in names), name)


def theorems() -> tuple[Theorem, ...]:
    """Every theorem of the book, in the book's order."""
    return tuple(theorem for chapter in read_book() for theorem in chapter.theorems)


def select(names: Sequence[str]) -> tuple[Theorem, ...]:
    """Theorems of the named topics and IDs, in the book's order; all of them when none is named.

    Raises
    ------
    UnknownClaim
        For a name that is neither a topic nor an ID.
    """
    everything = theorems()
    topics = {chapter.topic for chapter in read_book()}
    wanted: set[str] = set()
    for name in names:
        matches = {t.id for t in everything if t.topic == name or t.id.casefold() == name.casefold()}
        if not matches and name not in topics:
            known = sorted(topics) + [t.id for t in everything]
            near = get_close_matches(name.casefold(), [k.casefold() for k in known], n=3, cutoff=0.4)
            nearest = [next(k for k in known if k.casefold() == n) for n in near] or known[:3]
            raise UnknownClaim(f"no topic or theorem is called {name!r}; the nearest: {', '.join(nearest)}")
        wanted |= matches
    return tuple(t for t in everything if not names or t.id in wanted)


def _lines(text: str) -> Iterator[tuple[int, str, bool]]:
    """Number and text of every line, and whether it belongs to a block of code."""
    fence = ""
    for number, line in enumerate(text.splitlines(), start=1):
        mark = _FENCE.match(line)
        if not fence and mark:
            fence = mark[1]
            yield number, line, True
        else:
            yield number, line, bool(fence)
            if mark and mark[1] == fence:
                fence = ""


def _sections(page: str, text: str) -> Iterator[tuple[re.Match[str], int, list[tuple[int, str, bool]]]]:
    """Heading, its line number and the numbered lines below it, for every theorem."""
    heading: re.Match[str] | None = None
    start = 0
    body: list[tuple[int, str, bool]] = []
    for number, line, code in _lines(text):
        if line.startswith("#") and not code:
            if heading:
                yield heading, start, body
            heading, start, body = _HEADING.match(line), number, []
            if not heading and _LOOKS_LIKE_A_THEOREM.match(line):
                raise BookError(
                    f"{page}.md:{number}: a theorem's heading reads '### ID — title', the title in plain "
                    f"words without formulas, code and other markup, not {line!r}"
                )
        elif heading:
            body.append((number, line, code))
    if heading:
        yield heading, start, body


def _theorem(
    page: str, topic: str, heading: re.Match[str], start: int, body: list[tuple[int, str, bool]]
) -> Theorem:
    where = f"{page}.md:{start}: {heading['id']}"
    fields: dict[str, list[str]] = {}
    formulas: list[Formula] = []
    status = ""
    current: list[str] | None = None
    for number, line, code in body:
        if not code and (match := _FIELD.match(line)):
            name = match[1].split(" ")[0]
            if name == "Formula":
                try:
                    formulas.append(Formula.parse(_code(match["rest"])))
                except FormulaError as error:
                    raise BookError(f"{page}.md:{number}: {heading['id']}: {error}") from error
                current = []  # whatever follows before the next field is not part of the line
                continue
            if name in fields:
                raise BookError(f"{page}.md:{number}: {heading['id']} has the field {name!r} twice")
            status = match["status"] or status
            current = fields.setdefault(name, [match["rest"]])
        elif current is not None:
            if not current and line.strip():
                raise BookError(f"{page}.md:{number}: {heading['id']}: a formula is one line")
            if current:
                current.append(line)
        elif line.strip():
            raise BookError(f"{page}.md:{number}: {heading['id']} has text before its first field: {line!r}")
    texts = {name: "\n".join(lines).strip() for name, lines in fields.items()}
    if missing := [name for name in _FIELDS if not texts.get(name)]:
        raise BookError(f"{where} lacks {', '.join(missing)}")
    if texts["Kind"] not in get_args(Kind):
        raise BookError(f"{where} is of kind {texts['Kind']!r}; the kinds are {', '.join(get_args(Kind))}")
    if status not in get_args(ProofStatus):
        raise BookError(f"{where} has a proof that is {status!r}, not {', '.join(get_args(ProofStatus))}")
    try:
        clauses_of(texts["Statement"])
    except ValueError as error:
        raise BookError(f"{where}: {error}") from error
    return Theorem(
        id=heading["id"],
        title=heading["title"],
        topic=topic,
        kind=cast(Kind, texts["Kind"]),
        source=texts["Source"],
        code=tuple(name.strip() for name in texts["Code"].split(",")),
        formulas=tuple(formulas),
        check=texts["Check"],
        hypotheses=texts["Hypotheses"],
        statement=texts["Statement"],
        proof_status=cast(ProofStatus, status),
        proof=texts["Proof"],
        line=start,
    )


def _code(text: str) -> str:
    """What stands in a span of code; Markdown would make emphasis of a formula's asterisks."""
    if not (span := re.fullmatch(r"`([^`]+)`\s*", text)):
        raise FormulaError(f"a formula is one line of code, `name(n) = ...`, not {text!r}")
    return span[1]


def _check_formulas(page: str, theorems: Sequence[Theorem]) -> None:
    """One meaning for each name in a chapter, and no call of a formula that is not there."""
    known: dict[str, Formula] = {}
    for theorem in theorems:
        where = f"{page}.md:{theorem.line}: {theorem.id}"
        for formula in theorem.formulas:
            if formula.name in known:
                raise BookError(f"{where} has a second formula called {formula.name!r}")
            known[formula.name] = formula
    for theorem in theorems:
        for formula in theorem.formulas:
            if missing := formula.calls - set(known):
                names = ", ".join(sorted(missing))
                raise BookError(
                    f"{page}.md:{theorem.line}: {theorem.id}: {formula.name} calls {names}, "
                    "which the chapter does not have"
                )
            for name, given in formula.calls_with:
                if given != len(known[name].arguments):
                    raise BookError(
                        f"{page}.md:{theorem.line}: {theorem.id}: {formula.name} calls {name} with {given} "
                        f"arguments, and it takes {len(known[name].arguments)}"
                    )
