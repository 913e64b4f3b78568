r"""The subset of LaTeX that every reader's renderer shows: what in a text is no part of it, and why.

Three programs show a formula: the report (``latex2mathml``), the terminal (`lemmata.report.formulas`) and the
web page of a repository, where Markdown is read first, which knows nothing of formulas, and MathJax gets what
is left. So a formula has to be one that Markdown leaves alone.
`lemmata.report.formulas.symbols` has the macros.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lemmata.report.formulas.reader import UnreadableFormula, read_formula
from lemmata.report.formulas.symbols import ENVIRONMENTS, MACROS

_SPACE = "write a backslash and a space, or nothing"
_BAR = r"write \lVert and \rVert"
_NAME = r"web pages refuse it: write \mathrm{name}"
_ONE_SPELLING = "one spelling is enough: write "

INSTEAD = {
    "\\{": r"write \lbrace",
    "\\}": r"write \rbrace",
    "\\|": _BAR,
    "\\\\": r"rows end with \cr, and a formula of several lines is several formulas",
    "\\,": _SPACE,
    "\\;": _SPACE,
    "\\:": _SPACE,
    "\\>": _SPACE,
    "\\!": "write nothing",
    "\\#": r"write the number of elements as |\lbrace ... \rbrace|",
    "\\operatorname": _NAME,
    "\\DeclareMathOperator": _NAME,
    "\\newcommand": "web pages refuse definitions",
    "\\def": "web pages refuse definitions",
    "\\mbox": r"web pages refuse it: write \text",
    "\\phantom": "web pages refuse what cannot be seen",
    "\\argmax": r"not every renderer has it: write \mathrm{argmax}",
    "\\argmin": r"not every renderer has it: write \mathrm{argmin}",
    "\\rank": r"not every renderer has it: write \mathrm{rank}",
    "\\lt": "write < between spaces",
    "\\gt": "write > between spaces",
    "\\vert": r"write |, or \lvert and \rvert",
    "\\Vert": _BAR,
    "\\leq": _ONE_SPELLING + r"\le",
    "\\geq": _ONE_SPELLING + r"\ge",
    "\\neq": _ONE_SPELLING + r"\ne",
    "\\ldots": _ONE_SPELLING + r"\dots",
    "\\thinspace": _SPACE,
    "\\dfrac": _ONE_SPELLING + r"\frac",
    "\\emptyset": _ONE_SPELLING + r"\varnothing",
    "\\epsilon": _ONE_SPELLING + r"\varepsilon",
    "\\varphi": _ONE_SPELLING + r"\phi",
    "\\rightarrow": _ONE_SPELLING + r"\to",
    "\\implies": _ONE_SPELLING + r"\Rightarrow",
    "\\iff": _ONE_SPELLING + r"\Leftrightarrow",
    "\\land": _ONE_SPELLING + r"\wedge",
    "\\lor": _ONE_SPELLING + r"\vee",
    "*": r"two of them are emphasis in Markdown: write \ast",
    "~": "two of them are strikethrough in Markdown: write a backslash and a space",
    "`": "it is code in Markdown",
    "#": "web pages link it",
    "@": "web pages link it",
    "%": "it begins a comment",
    '"': "it is a quotation mark",
}
"""For what the subset leaves out: why, or what to write instead."""

CHARACTERS = frozenset(" +-=/().,;:!?|[]{}_^&'<>")
"""What may stand in a formula besides letters, digits and macros."""

_RULES = (
    (
        r"(?<![A-Za-z0-9])_",
        "_ that follows no letter or digit may begin emphasis in Markdown: x_i^{(k)}, not x^{(k)}_i",
    ),
    (r"(?<![ \\])[<>]|(?<!\\)[<>](?! )", "< and > stand between spaces: without, Markdown may read HTML"),
    (r":[A-Za-z0-9_+-]+:", "a word between colons is an emoji on web pages: put a space after the colon"),
    (r"\n", "a formula does not go over the end of a line"),
    (r"^\s|\s$", "no space follows the first or precedes the last dollar sign"),
)
_FORMULA = re.compile(
    r"(?P<code>(?P<ticks>`+).+?(?P=ticks))|\\\$|\$\$(?P<display>.+?)\$\$|\$(?P<inline>[^$]+?)\$|(?P<stray>\$)",
    re.DOTALL,
)
_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|.", re.DOTALL)
_ENVIRONMENT = re.compile(r"\\begin\{(.*?)\}")


@dataclass(frozen=True)
class Fault:
    """A formula of a text, by its line there, that some reader would not see as it is meant, and why."""

    line: int
    formula: str
    why: str

    def __str__(self) -> str:
        return f"{self.line}: ${self.formula}$: {self.why}"


def faults(markdown: str) -> list[Fault]:
    r"""What in the formulas of a Markdown text is not of the subset.

    Examples
    --------
    >>> for fault in faults("so $|x|<1$,\nand ($A_i^*$) is $\\{1\\}$"):
    ...     print(fault)
    1: $|x|<1$: < and > stand between spaces: without, Markdown may read HTML
    2: $A_i^*$: the first dollar sign follows '(': web pages want a space there
    2: $A_i^*$: *: two of them are emphasis in Markdown: write \ast
    2: $\{1\}$: \{: write \lbrace
    2: $\{1\}$: \}: write \rbrace
    """
    found = []
    for match in _FORMULA.finditer(markdown):
        line = markdown.count("\n", 0, match.start()) + 1
        if match["stray"]:
            found.append(Fault(line, "", r"a dollar sign that belongs to no formula is written \$"))
        elif latex := match["display"] or match["inline"]:
            around = _around_display if match["display"] else _around_inline
            reasons = (*around(markdown, *match.span()), *_inside(latex))
            found += [Fault(line, latex, why) for why in reasons]
    return found


def _around_inline(text: str, start: int, end: int) -> Iterator[str]:
    before, after = text[start - 1 : start], text[end : end + 1]
    if before.strip():
        yield f"the first dollar sign follows {before!r}: web pages want a space there"
    if after.isalnum():
        yield f"{after!r} follows the last dollar sign: web pages want a space or punctuation there"


def _around_display(text: str, start: int, end: int) -> Iterator[str]:
    before, after = text[:start], text[end:]
    if not re.search(r"(\A|\n[ \t]*\n)\Z", before) or not re.match(r"\Z|\n[ \t]*(\n|\Z)", after):
        yield "a displayed formula is a line of its own, not indented, between empty ones"


def _inside(latex: str) -> Iterator[str]:
    unknown = False
    for token in dict.fromkeys(_TOKEN.findall(latex)):
        if token in MACROS or token in CHARACTERS or (token.isascii() and token.isalnum()) or token == "\n":
            continue
        unknown = True
        macro = token.startswith("\\")
        taken = (
            "Markdown may take its backslash" if macro and not token[1:].isalpha() else "not in the subset"
        )
        yield f"{token}: {INSTEAD.get(token, taken)}"
    for pattern, why in _RULES:
        if re.search(pattern, latex):
            yield why
    for name in _ENVIRONMENT.findall(latex):
        if name not in ENVIRONMENTS:
            unknown = True
            yield f"the environments are {', '.join(ENVIRONMENTS)}, not {name}"
    if not unknown:
        try:
            read_formula(latex)
        except UnreadableFormula as error:
            yield f"the terminal cannot read it: {error}"
