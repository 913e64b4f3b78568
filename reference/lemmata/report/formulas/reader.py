r"""LaTeX's tokens read into atoms: nothing is left out but the sizes of brackets."""

import re
import unicodedata
from dataclasses import replace
from typing import cast

from lemmata.report.formulas.atoms import Atom, Class, as_operand, follows_nothing, join, numerator
from lemmata.report.formulas.symbols import (
    ACCENTS,
    ALPHABETS,
    ENVIRONMENTS,
    FUNCTIONS,
    SIZES_CLOSE,
    SIZES_OPEN,
    SPACES,
    SYMBOLS,
)

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\s+|.", re.DOTALL)
_CLASSES: dict[str, Class] = {
    "(": "open",
    "[": "open",
    ")": "close",
    "]": "close",
    "!": "close",
    "/": "slash",
}
_CLASSES |= {"=": "rel", "<": "rel", ">": "rel", ":": "rel", ",": "punct", ";": "punct"}
_CLASSES |= {"+": "bin", "-": "bin", "*": "bin"}
_BAR = "|"


class UnreadableFormula(ValueError):
    """A formula whose structure is not understood."""


def read_formula(latex: str) -> list[Atom]:
    """The formula as a row of atoms.

    Raises
    ------
    UnreadableFormula
        For braces, environments or arguments that do not match.
    """
    reader = _Reader(_TOKEN.findall(latex.strip()))
    row = reader.atoms(())
    reader.expect_end()
    return row


class _Reader:
    """Reads tokens into atoms; all are shown but braces, sizes of brackets and plain white space."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._place = 0

    def atoms(self, ends: tuple[str, ...]) -> list[Atom]:
        """Atoms up to one of the tokens in ``ends``, which is left, or up to the end of the formula."""
        row: list[Atom] = []
        fences: list[str] = []
        while (token := self._peek()) and token not in ends:
            if token in "_^'":
                nucleus = row.pop() if row and row[-1].kind != "space" else Atom("", "ord")
                row.append(self._scripted(nucleus))
                continue
            self._next()
            if token.isspace():
                continue
            if token in SIZES_OPEN | SIZES_CLOSE:
                delimiter = self._delimiter()
                row.append(Atom(delimiter, "open" if token in SIZES_OPEN else "close"))
            elif token == _BAR:
                row.append(_bar(row, fences))
            else:
                row += self._atom(token, row)
            if row and row[-1].kind in ("open", "close") and token != _BAR:
                fences = _nesting(row[-1], fences)
        return row

    def expect_end(self) -> None:
        if self._peek():
            raise UnreadableFormula(self._peek())

    def _peek(self) -> str:
        return self._tokens[self._place] if self._place < len(self._tokens) else ""

    def _next(self) -> str:
        token = self._peek()
        if not token:
            raise UnreadableFormula("ends too early")
        self._place += 1
        return token

    def _after_spaces(self) -> str:
        while self._peek().isspace():
            self._place += 1
        return self._next()

    def _group(self) -> list[Atom]:
        """The rest of a group whose opening brace was read."""
        row = self.atoms(("}",))
        if self._next() != "}":
            raise UnreadableFormula("a group without an end")
        return row

    def _argument(self) -> list[Atom]:
        token = self._after_spaces()
        return self._group() if token == "{" else self._atom(token, [])

    def _raw_argument(self) -> str:
        token = self._after_spaces()
        if token != "{":
            return SYMBOLS.get(token, (token, ""))[0]
        words = []
        while (token := self._next()) != "}":
            if token == "{":
                raise UnreadableFormula("braces in text")
            words.append(SYMBOLS[token][0] if token in SYMBOLS else SPACES.get(token, token))
        return "".join(words)

    def _delimiter(self) -> str:
        token = self._after_spaces()
        if token == ".":
            return ""
        return SYMBOLS.get(token, (token, "ord"))[0]

    def _atom(self, token: str, before: list[Atom]) -> list[Atom]:
        """What one token starts; its arguments are read."""
        if token == "{":
            return _asas_operand(self._group())
        if token in ("}", "&", "\\cr", "\\right"):
            raise UnreadableFormula(token)
        if token in SPACES:
            return [Atom(SPACES[token], "space")]
        if token in FUNCTIONS:
            return [Atom(token[1:], "op")]
        if token in SYMBOLS:
            text, meant = SYMBOLS[token]
            return [Atom(text, "ord" if meant == "bin" and follows_nothing(before) else cast(Class, meant))]
        if token in ("\\frac", "\\tfrac"):
            above, below = self._argument(), self._argument()
            return [Atom(f"{numerator(above)}/{as_operand(below)}", "frac")]
        if token == "\\binom":
            return [Atom(f"({join(self._argument())} choose {join(self._argument())})", "ord", True)]
        if token == "\\sqrt":
            return [self._root()]
        if token in ACCENTS:
            return [_accented(token, join(self._argument()))]
        if token in ALPHABETS:
            return [Atom(styled(self._raw_argument(), ALPHABETS[token]), "ord")]
        if token == "\\mathrm":
            name = self._raw_argument()
            return [Atom(name, "word" if len(name) > 1 else "ord")]
        if token == "\\text":
            return [Atom(self._raw_argument(), "text")]
        if token == "\\pmod":
            return [Atom(" ", "space"), Atom(f"(mod {join(self._argument())})", "close")]
        if token == "\\begin":
            return [self._matrix(self._raw_argument())]
        if len(token) > 1:
            raise UnreadableFormula(f"the macro {token}")
        kind = _CLASSES.get(token, "ord")
        return [Atom(token, "ord" if kind == "bin" and follows_nothing(before) else kind)]

    def _root(self) -> Atom:
        degree = ""
        if self._peek() == "[":
            self._next()
            degree = _script("^", join(self.atoms(("]",)), tight=True).strip())
            if self._next() != "]":
                raise UnreadableFormula("a root's degree")
        inside = join(self._argument())
        return Atom(f"{degree}√{inside}" if len(inside) == 1 else f"{degree}√({inside})", "ord", True)

    def _scripted(self, nucleus: Atom) -> Atom:
        """The nucleus with the scripts and primes that follow."""
        text = f"({nucleus.text})" if nucleus.kind == "frac" or "√" in nucleus.text else nucleus.text
        while (token := self._peek()) and token in "_^'":
            self._next()
            if token == "'":
                text += "'"
                continue
            start = self._place
            inside = join(self._argument(), tight=True)
            source = "".join(self._tokens[start : self._place])
            text += "ᵀ" if re.fullmatch(r"\{?\\mathsf ?\{?T\}*", source) else _script(token, inside)
        return replace(nucleus, text=text, kind="ord" if nucleus.kind == "frac" else nucleus.kind, apart=True)

    def _matrix(self, name: str) -> Atom:
        if name not in ENVIRONMENTS:
            raise UnreadableFormula(name)
        rows: list[list[str]] = [[]]
        while True:
            rows[-1].append(join(self.atoms(("&", "\\cr", "\\end"))))
            end = self._next()
            if end == "\\cr":
                rows.append([])
            elif end == "\\end":
                break
        if self._raw_argument() != name:
            raise UnreadableFormula("environments that cross")
        inside = "; ".join(", ".join(cell for cell in row if cell) for row in rows if any(row))
        return Atom(ENVIRONMENTS[name][:1] + inside + ENVIRONMENTS[name][1:], "ord", True)


def _bar(before: list[Atom], fences: list[str]) -> Atom:
    """A bar, opening or closing by what is open around it."""
    if fences and fences[-1] == _BAR and not follows_nothing(before):
        fences.pop()
        return Atom(_BAR, "close")
    fences.append(_BAR)
    return Atom(_BAR, "open")


def _nesting(delimiter: Atom, fences: list[str]) -> list[str]:
    return [*fences, "("] if delimiter.kind == "open" else fences[:-1]


def _asas_operand(row: list[Atom]) -> list[Atom]:
    """A group that only groups: what is in it, as one ordinary atom."""
    if len(row) == 1 and row[0].kind in ("ord", "op", "word", "text", "frac"):
        return row
    return [Atom(join(row).strip(), "ord", row[-1].apart)] if row else []


def _script(mark: str, inside: str) -> str:
    return f"{mark}{inside}" if len(inside) == 1 else f"{mark}{{{inside}}}"


def _accented(macro: str, inside: str) -> Atom:
    mark = ACCENTS[macro]
    return Atom(inside + mark if len(inside) == 1 else f"{macro[1:].removeprefix('wide')}({inside})", "ord")


def styled(letters: str, style: str) -> str:
    """Letters of a mathematical alphabet; those that Unicode does not have stay plain."""

    def one(letter: str) -> str:
        if not letter.isascii() or not letter.isalnum():
            return letter
        name = unicodedata.name(letter).removeprefix("LATIN ").replace(" LETTER", "")
        for prefix in ("MATHEMATICAL " + style, style):
            try:
                return unicodedata.lookup(f"{prefix} {name}")
            except KeyError:
                continue
        return letter

    return "".join(map(one, letters))
