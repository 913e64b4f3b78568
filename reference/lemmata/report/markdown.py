"""The book's Markdown as HTML: formulas as MathML, the IDs of theorems as links."""

import re
from collections.abc import Set
from functools import cache
from html import escape, unescape
from typing import Any

from lemmata.report.formulas.reader import styled
from lemmata.report.formulas.symbols import SYMBOLS

_ID = re.compile(r"\b[A-Z]{2,8}-\d+\b")
_OPERATORS = {sign: sign for sign, kind in SYMBOLS.values() if kind != "ord"}
_OPERATORS |= {":": ":", "⟂": "⊥", "⧵": "∖", "~": "∼"}  # as the converter writes them


def render_markdown(text: str, theorems: Set[str] = frozenset()) -> str:
    """The book's Markdown as HTML, formulas as MathML; HTML in it stays text.

    The IDs in ``theorems`` become links to the anchors of that name.
    """
    markdown = _markdown()
    tokens = markdown.parse(text)
    _link(tokens, theorems)
    return str(markdown.renderer.render(tokens, markdown.options, {}))


def render_inline(text: str, theorems: Set[str] = frozenset()) -> str:
    """One line of the book's Markdown as HTML, without a paragraph around it; links as `render_markdown`."""
    markdown = _markdown()
    tokens = markdown.parseInline(text)
    _link(tokens, theorems)
    return str(markdown.renderer.render(tokens, markdown.options, {}))


def _link(tokens: list[Any], theorems: Set[str]) -> None:
    """Make links of the IDs in running text, outside code, formulas and links."""
    for block in tokens:
        children: list[Any] = []
        depth = 0
        for token in block.children or ():
            depth += token.nesting if token.type in ("link_open", "link_close") else 0
            plain_text = token.type == "text" and not depth
            children += _with_links(token, theorems) if plain_text else [token]
        block.children = children if block.children else block.children


def _with_links(token: Any, theorems: Set[str]) -> list[Any]:
    from markdown_it.token import Token  # noqa: PLC0415 - optional

    pieces: list[Any] = []
    done = 0
    for match in _ID.finditer(token.content):
        if match[0] in theorems:
            pieces += [
                token.copy(content=token.content[done : match.start()]),
                Token("link_open", "a", 1, attrs={"href": f"#{match[0]}"}),
                token.copy(content=match[0]),
                Token("link_close", "a", -1),
            ]
            done = match.end()
    return [*pieces, token.copy(content=token.content[done:])]


@cache
def _markdown() -> Any:
    from markdown_it import MarkdownIt  # noqa: PLC0415 - optional
    from mdit_py_plugins.dollarmath import dollarmath_plugin  # noqa: PLC0415 - optional

    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    return markdown.use(dollarmath_plugin, renderer=_formula, double_inline=True)


def _formula(tex: str, options: dict[str, Any]) -> str:
    display = "block" if options["display_mode"] else "inline"
    try:
        return mathml(tex, display)
    except Exception:  # whatever the converter stumbles over: show the source instead
        return f'<code class="tex">{escape(tex)}</code>'


def mathml(tex: str, display: str = "inline") -> str:
    """A LaTeX formula as MathML; raises whatever latex2mathml raises."""
    from latex2mathml.converter import convert  # noqa: PLC0415 - optional

    converted = str(convert(tex.strip(), display=display))
    # The converter leaves a bracket with a given size as its macro, and takes some signs for names.
    sized = re.sub(
        r">(\\[a-z]+)</mo>", lambda match: f">{SYMBOLS[match[1]][0]}</mo>", converted, flags=re.IGNORECASE
    )
    operators = re.sub(r"<mi>(&#x[0-9A-F]+;|:)</mi>", _operator, sized)
    # Browsers know the letters of other alphabets by their own signs, and not by an attribute.
    return re.sub(r'<(m[in]) mathvariant="([a-z-]+)">(\w)</\1>', _letter, operators)


def _operator(match: re.Match[str]) -> str:
    sign = _OPERATORS.get(unescape(match[1]))
    return f'<mo stretchy="false">{sign}</mo>' if sign else match[0]


def _letter(match: re.Match[str]) -> str:
    tag, style, letter = match.groups()
    other = styled(letter, style.upper())
    return match[0] if other == letter else f"<{tag}>{other}</{tag}>"
