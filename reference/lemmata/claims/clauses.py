"""The clauses of a statement, by their marks (a), (b), ..."""

from __future__ import annotations

import re

_MARK = re.compile(r"\(([a-z])\)")
_SET_OFF = re.compile(r"(`+|\*+|\b_+)(?=\S).+?(?<=\S)\1", re.DOTALL)
_SENTENCE = re.compile(r"[.!?]\s")
_FORMULA_IN_TEXT = re.compile(r"\$\$.+?\$\$|\$[^$]+?\$", re.DOTALL)


def clauses_of(statement: str) -> dict[str, str]:
    """The clauses (a), (b), ... of a statement.

    Outside formulas, one letter in brackets is a clause's mark or names an earlier clause. A statement that
    is one clause has the letter "".

    Raises
    ------
    ValueError
        For a mark out of place, a single one, and a sentence before (a).
    """
    plain = _FORMULA_IN_TEXT.sub(lambda match: "x" * len(match[0]), statement)
    spans = [match.span() for match in _SET_OFF.finditer(plain)]
    starts: list[tuple[int, int]] = []
    for match in _MARK.finditer(plain):
        expected = chr(ord("a") + len(starts))
        if match[1] < expected:
            continue
        around = plain[match.start() - 1 : match.start()] + plain[match.end() : match.end() + 1]
        set_off = any(begin < match.start() < end for begin, end in spans)
        if match[1] > expected or around.strip() or set_off:
            raise ValueError(
                f"({match[1]}) is out of place: the next clause is marked ({expected}), between spaces and "
                "outside emphasis and code; a letter in brackets that marks no clause belongs in a formula"
            )
        starts.append(match.span())
    if not starts:
        return {"": statement}
    if len(starts) == 1:
        raise ValueError("a statement that is one clause has no mark (a)")
    if _SENTENCE.search(plain[: starts[0][0]]):
        raise ValueError(
            "a sentence before (a) belongs to no clause: "
            "what is assumed or defined there goes into the hypotheses"
        )
    ends = [start for start, _ in starts[1:]] + [len(statement)]
    texts = (statement[begin:end].strip() for (_, begin), end in zip(starts, ends, strict=True))
    return {chr(ord("a") + place): text for place, text in enumerate(texts)}
