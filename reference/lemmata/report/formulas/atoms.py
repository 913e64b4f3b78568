"""The atoms of a formula, and how they stand beside each other in a line of text."""

import re
from dataclasses import dataclass
from typing import Literal

from lemmata.report.formulas.symbols import QUANTIFIERS

Class = Literal["ord", "word", "text", "op", "bin", "rel", "open", "close", "punct", "slash", "frac", "space"]
_WHAT_A_SIGN_FOLLOWS = ("op", "bin", "rel", "open", "punct", "slash")
_SIGNS = ("+", "-", "±", "∓")


@dataclass(frozen=True)
class Atom:
    """A piece of a formula: ``apart`` keeps what follows from being read as part of it."""

    text: str
    kind: Class
    apart: bool = False


def follows_nothing(before: list[Atom]) -> bool:
    """Whether a plus or minus that stands here joins nothing to its left."""
    kinds = [atom.kind for atom in before if atom.kind != "space"]
    return not kinds or kinds[-1] in _WHAT_A_SIGN_FOLLOWS


def as_operand(row: list[Atom]) -> str:
    """An operand that has to be read as one thing."""
    text = join(row)
    single = len(row) == 1 and row[0].kind in ("ord", "word")
    enclosed = len(row) > 2 and row[0].kind == "open" and row[-1].kind == "close" and _closes_last(row)
    return text if single or enclosed or re.fullmatch(r"[0-9.]+", text) else f"({text})"


def numerator(row: list[Atom]) -> str:
    """A product may stand before a slash without brackets."""
    depth, plain = 0, True
    for atom in row:
        depth += (atom.kind == "open") - (atom.kind == "close")
        plain = plain and (depth > 0 or atom.kind in ("ord", "open", "close", "space"))
    plain = plain and not (row and row[0].text in _SIGNS)
    return join(row) if plain and row else as_operand(row)


def _closes_last(row: list[Atom]) -> bool:
    """Whether the bracket that opens a row is closed by the one that ends it."""
    depth = 0
    for place, atom in enumerate(row):
        depth += (atom.kind == "open") - (atom.kind == "close")
        if depth == 0:
            return place == len(row) - 1
    return False


def join(row: list[Atom], *, tight: bool = False) -> str:
    """The atoms as text, spaced by their classes; ``tight`` leaves out what a script does not need."""
    text = ""
    solid = [atom for atom in row if atom.kind != "space"]
    spaces = _spaces(row)
    for place, atom in enumerate(solid):
        before = solid[place - 1] if place else None
        after = solid[place + 1] if place + 1 < len(solid) else None
        shown = f"({atom.text})" if atom.kind == "frac" and _needs_brackets(before, after) else atom.text
        if before and before.kind != "open" and atom.kind not in ("close", "punct"):
            gap = _gap(before, atom, tight)
            text += spaces[place] if len(spaces[place]) > len(gap) and not tight else gap
        elif atom.text.startswith("(mod"):
            text += " "
        text += shown
    return text


def _spaces(row: list[Atom]) -> list[str]:
    """The explicit space before each atom that is not one."""
    spaces = [""]
    for atom in row:
        if atom.kind == "space":
            spaces[-1] = max(spaces[-1], atom.text, key=len)
        else:
            spaces.append("")
    return spaces


def _needs_brackets(before: Atom | None, after: Atom | None) -> bool:
    """Whether a fraction could be read as going on to its left or right."""
    apart_before = (
        before is None
        or before.kind in ("bin", "rel", "open", "punct", "text")
        or before.text in _SIGNS
        or _is_quantifier(before)
    )
    apart_after = after is None or after.kind in ("bin", "rel", "close", "punct", "text") or after.text == "."
    return not (apart_before and apart_after) or (after is not None and after.text in "·×")


def _is_quantifier(atom: Atom) -> bool:
    return re.split("[_^]", atom.text)[0] in QUANTIFIERS


def _gap(left: Atom, right: Atom, tight: bool) -> str:
    """The space between two atoms by their classes."""
    kinds = {left.kind, right.kind}
    if kinds & {"bin", "rel"}:
        return "" if tight or "·" in (left.text, right.text) else " "
    if left.kind == "punct":
        return "" if tight else " "
    if "slash" in kinds or "text" in kinds:
        return ""
    if right.kind == "open":
        fence = right.text in "|‖"
        return " " if fence and (left.apart or left.kind in ("op", "word")) else ""
    if left.kind == "op" and right.kind == "frac" and not _is_quantifier(left):
        return ""  # its brackets follow the function's name
    if kinds & {"op", "word"}:
        return "" if left.text in _SIGNS or right.text == "." else " "
    if left.kind == "frac" or right.kind == "frac":
        return "" if left.text in _SIGNS or left.kind == "close" or right.text == "." else " "
    return " " if left.apart and right.text != "." else ""
