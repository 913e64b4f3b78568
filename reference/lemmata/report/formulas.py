"""The book's LaTeX formulas as Unicode, for terminals."""

import re

_FORMULA = re.compile(r"\$\$(?P<display>.+?)\$\$|\$(?P<inline>[^$]+?)\$", re.DOTALL)


def to_unicode(markdown: str) -> str:
    """Markdown with its ``$`` formulas as readable Unicode.

    Examples
    --------
    >>> to_unicode(r"at most $\\sigma n$ steps")
    'at most σn steps'
    """
    from pylatexenc.latex2text import LatexNodes2Text  # noqa: PLC0415 - slow to import

    converter = LatexNodes2Text(math_mode="text", keep_comments=True)

    def convert(match: re.Match[str]) -> str:
        text = " ".join(converter.latex_to_text(match["display"] or match["inline"]).split())
        return f"\n\n    {text}\n\n" if match["display"] else text

    return _FORMULA.sub(convert, markdown)
