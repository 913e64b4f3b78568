r"""The book's LaTeX formulas as Unicode that cannot be misread, for terminals.

A formula becomes a row of atoms, spaced by TeX's classes (ordinary, operator, binary, relation, opening,
closing, punctuation). Structure that a line of text cannot show keeps brackets: ``h_{k-1}``, ``2^{L+1}``,
``(a + b)/c``, ``√(nm)``. A formula with a macro that the tables do not have stays LaTeX.

- symbols.py    the subset of LaTeX: what each macro looks like, and TeX's class of it
- subset.py     what in a text is no part of it, why, and what to write instead
- reader.py     tokens into atoms
- atoms.py      atoms into a line of text
"""

import re
import unicodedata
from collections.abc import Callable

from lemmata.report.formulas.atoms import join
from lemmata.report.formulas.reader import UnreadableFormula, read_formula

_FORMULA = re.compile(
    r"(?P<code>(?P<ticks>`+).+?(?P=ticks))|\\\$|\$\$(?P<display>.+?)\$\$|\$(?P<inline>[^$]+?)\$", re.DOTALL
)
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def to_unicode(markdown: str) -> str:
    """Text with its ``$`` formulas as readable Unicode, on one line each.

    Examples
    --------
    >>> to_unicode(r"at most $\\tfrac12\\sigma n$ steps, $h_{k-1}\\ne0$")
    'at most (1/2) σn steps, h_{k-1} ≠ 0'
    """
    return _convert(markdown, lambda text: " ".join(text.split()), lambda text: " ".join(text.split()))


def to_terminal_markdown(markdown: str) -> str:
    """Markdown with ``$`` formulas as Unicode that Markdown leaves alone, displayed ones apart.

    Examples
    --------
    >>> to_terminal_markdown("so $a_i*b_i$ is")
    'so a\\\\_i \\\\* b\\\\_i is'
    """
    return _convert(
        markdown,
        lambda text: _PUNCTUATION.sub(r"\\\1", " ".join(text.split())),
        lambda text: f"\n\n    {text}\n\n",
    )


def formula(latex: str) -> str:
    """One formula, given without its dollar signs; as it was where it cannot be read.

    Examples
    --------
    >>> formula(r"\\frac{a+b}{\\sqrt{nm}}\\ x_{k-1}^2\\le2^{L+1}")
    '((a + b)/√(nm)) x_{k-1}^2 ≤ 2^{L+1}'
    """
    try:
        return unicodedata.normalize("NFC", join(read_formula(latex)))
    except UnreadableFormula:
        return latex.strip()


def _convert(markdown: str, inline: Callable[[str], str], display: Callable[[str], str]) -> str:
    def convert(match: re.Match[str]) -> str:
        if match["display"]:
            return display(formula(match["display"]))
        return inline(formula(match["inline"])) if match["inline"] else match[0]

    return _FORMULA.sub(convert, markdown)
