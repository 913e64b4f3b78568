"""The subset of LaTeX: all readers are shown its macros alike, and the book keeps to it."""

import re
import unicodedata
from html import escape, unescape

import pytest
from markdown_it import MarkdownIt

from lemmata.report.formulas import formula
from lemmata.report.formulas.subset import INSTEAD, faults
from lemmata.report.formulas.symbols import (
    ACCENTS,
    ALPHABETS,
    ENVIRONMENTS,
    FUNCTIONS,
    MACROS,
    SIZES_CLOSE,
    SIZES_OPEN,
    STRUCTURES,
    SYMBOLS,
)
from lemmata.report.markdown import mathml, render_markdown

BRACKETS = {
    "(": ")",
    "[": "]",
    "|": "|",
    "\\lbrace": "\\rbrace",
    "\\langle": "\\rangle",
    "\\lfloor": "\\rfloor",
    "\\lceil": "\\rceil",
    "\\lVert": "\\rVert",
    "\\lvert": "\\rvert",
}
SIZES = [(left, left[:-1] + "r") for left in SIZES_OPEN - {"\\left"}] + [("\\left", "\\right")]
ALIKE = {"∣": "|", "⋅": "·", "*": "∗", "ϕ": "φ", "ϵ": "ε"}
"""Signs of which the report has another form than the terminal."""


def texts(root):
    return {
        str(path.relative_to(root)): path.read_text(encoding="utf-8")
        for path in [root / "README.md", *sorted(root.glob("docs/*.md")), *sorted(root.glob("theory/*.md"))]
    }


def in_report(latex):
    """What of a formula the report shows, as signs in a row."""
    converted = mathml(latex)
    assert converted.startswith("<math")
    shown = unescape(re.sub(r"<[^>]*>", "", converted))
    assert "\\" not in shown, converted
    return "".join(ALIKE.get(sign, sign) for sign in unicodedata.normalize("NFC", shown))


@pytest.mark.parametrize("macro", sorted(SYMBOLS))
def test_signs_are_the_same_in_the_report_and_in_the_terminal(macro):
    sign = SYMBOLS[macro][0]
    assert sign in in_report(f"x{macro} y")
    assert sign in formula(f"x{macro} y")
    converted = mathml(f"x{macro} y")
    if SYMBOLS[macro][1] in ("bin", "rel", "open", "close") and macro != "\\bmod":
        assert re.search(rf"<mo[^>]*>(&#x0*{ord(sign):X};|{re.escape(sign)}|&#x\w+;)</mo>", converted), (
            converted
        )


@pytest.mark.parametrize("macro", sorted(FUNCTIONS))
def test_functions_are_their_names(macro):
    assert in_report(f"{macro} x") == macro[1:] + "x"
    assert formula(f"{macro} x") == macro[1:] + " x"


@pytest.mark.parametrize("macro", sorted({*ACCENTS, *ALPHABETS, *STRUCTURES}))
def test_arguments_are_shown(macro):
    wanted = "ab"[: STRUCTURES.get(macro, 1)]
    latex = "z" + macro + "".join(f"{{{letter}}}" for letter in wanted)
    for shown in (in_report(latex), formula(latex)):
        plain = unicodedata.normalize("NFKD", shown)
        assert all(letter in plain for letter in wanted), shown
        assert "\\" not in shown


@pytest.mark.parametrize("macro", sorted(ALPHABETS))
@pytest.mark.parametrize("letter", ["R", "x", "1"])
def test_letters_of_other_alphabets_are_signs_of_their_own(macro, letter):
    """Browsers do not know the attribute that the converter writes for some."""
    for latex in (f"{macro} {letter}", f"{macro}{{{letter}}}"):
        shown = formula(latex)
        assert unicodedata.normalize("NFKD", shown) == letter
        if (macro, letter) not in (("\\mathcal", "1"), ("\\mathsf", "1")):
            assert shown != letter
            assert in_report(latex) == shown
            assert "mathvariant" not in mathml(latex)


@pytest.mark.parametrize("opening", BRACKETS)
@pytest.mark.parametrize(("left", "right"), sorted(SIZES))
def test_brackets_of_every_size_are_brackets(left, right, opening):
    closing = BRACKETS[opening]
    sign, end = (SYMBOLS.get(bracket, (bracket,))[0] for bracket in (opening, closing))
    latex = f"{left}{opening} x{right}{closing}"
    assert in_report(latex) == f"{sign}x{end}"
    assert formula(latex) == f"{sign}x{end}"
    assert not faults(f"${latex}$")


@pytest.mark.parametrize("name", sorted(ENVIRONMENTS))
def test_rows_and_cells_of_environments(name):
    latex = rf"\begin{{{name}}}1&2\cr3&4\end{{{name}}}"
    converted = mathml(latex)
    assert re.findall(r"<mn>(\d)</mn>", converted) == ["1", "2", "3", "4"]
    assert converted.count("<mtr>") == 2
    assert "1, 2; 3, 4" in formula(latex)
    assert not faults(f"${latex}$")


def test_the_subset_is_the_union_of_its_tables():
    tables = {*SYMBOLS, *FUNCTIONS, *ACCENTS, *ALPHABETS, *STRUCTURES, *SIZES_OPEN, *SIZES_CLOSE}
    assert MACROS - tables == {"\\ ", "\\quad", "\\qquad", "\\begin", "\\end", "\\cr"}
    assert in_report(r"a\ b\quad c\qquad d").split() == ["a", "bcd"]
    assert formula(r"a\ b\quad c\qquad d") == "a b  c   d"


@pytest.mark.parametrize("token", sorted(INSTEAD))
def test_what_is_left_out_is_refused_with_what_to_write_instead(token):
    assert token not in MACROS
    (fault,) = faults(f"so $a{token} b$ holds")
    assert fault.why == f"{token}: {INSTEAD[token]}"


WRONG = {
    r"$\unheard x$": "not in the subset",
    r"$a\-b$": "Markdown may take its backslash",
    "$a·b$": "not in the subset",
    r"$C^{(q)}_r$": "may begin emphasis",
    "$(x)_i$": "may begin emphasis",
    "$a<b$": "between spaces",
    "$a <b$": "between spaces",
    "$0:x:y$": "emoji",
    "$a\nb$": "the end of a line",
    "$ a$": "no space follows",
    "($a$)": "web pages want a space there",
    "`f`$(x)$": "web pages want a space there",
    "$a$b": "'b' follows the last dollar sign",
    "so\n$$a$$\n\n": "a line of its own",
    "$$a$$\nthen": "a line of its own",
    "1. so\n\n   $$a$$\n": "a line of its own",
    "costs 5$ now": "belongs to no formula",
    r"$\begin{tikz}a\end{tikz}$": "the environments are",
    r"$\frac{a$": "the terminal cannot read it",
}


@pytest.mark.parametrize("text", WRONG)
def test_formulas_that_a_reader_would_not_see_are_noticed(text):
    found = faults("first line\n\n" + text)
    assert len(found) == 1
    assert WRONG[text] in found[0].why
    assert found[0].line == 3 + text.split("$")[0].count("\n")


@pytest.mark.parametrize(
    "text",
    [
        r"$x_i^{(k)}$, $\lVert x\rVert_\infty$ and $a < b$; the $n$-th of $p$'s.",
        "$$a$$",
        "so\n\n$$a$$\n\nand `$a<b$`, \\$5",
        "```\n$a<b\n```\n",
        "| $a$ | $b$ |\n|---|---|\n",
    ],
)
def test_formulas_that_all_see_are_let_pass(text):
    assert not faults(text)


def test_the_book_the_docs_and_the_readme_keep_to_the_subset(root):
    found = [f"{name}:{fault}" for name, text in texts(root).items() for fault in faults(text)]
    assert not found, "\n" + "\n".join(found)


FORMULA = re.compile(r"(?P<ticks>`+).+?(?P=ticks)|\\\$|(?P<formula>\$\$.+?\$\$|\$[^$]+?\$)", re.DOTALL)


def mangled(text):
    """The formulas of a text that a Markdown that knows no formulas does not leave as they are."""
    page = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(text)
    place, lost = 0, []
    for match in FORMULA.finditer(text):
        if latex := match["formula"]:
            found = page.find(escape(latex, quote=False).replace('"', "&quot;"), place)
            if found < 0:
                lost.append(latex)
            else:
                place = found + 1
    return lost


def test_markdown_leaves_the_books_formulas_alone(root):
    assert not {name: lost for name, text in texts(root).items() if (lost := mangled(text))}


@pytest.mark.parametrize(
    "text",
    [
        r"$\{a\}$",
        r"$a\,b$",
        r"$\begin{pmatrix}1\\2\end{pmatrix}$",
        "$x^{a}_b$ and $y^{a}_{c}$",
        "$a^*$ and $b^*$",
        "$a <b > c$",
        "$[a](b)$",
        "| a |\n|---|\n| $|x|$ |\n",
    ],
)
def test_what_markdown_takes_from_formulas_is_noticed(text):
    assert mangled(text)


def test_the_guide_lists_the_subset(root):
    guide = (root / "docs" / "writing_a_chapter.md").read_text(encoding="utf-8")
    formulas = guide.partition("## Formulas")[2]
    listed = re.findall(r"`(\\[^`]+)`", "".join(re.findall(r"^\|.*\n", formulas, re.MULTILINE)))
    assert len(listed) == len(set(listed))
    assert set(listed) == MACROS
    rules = re.findall(r"^- not (.+?) but (.+)", formulas, re.MULTILINE)
    assert len(rules) > 5
    for left_out, instead in rules:
        assert all(faults(f"${latex}$") for latex in re.findall(r"`([^`]+)`", left_out)), left_out
        fine = [
            latex for latex in re.findall(r"`([^`]+)`", instead) if latex not in ("\\ ", "\\lVert", "\\cr")
        ]
        assert not any(faults(f"${latex}$") for latex in fine), instead


def test_ids_in_the_text_of_a_report_are_links_to_their_rows():
    text = "By DIS-1, HAM-2, `DIS-1`, $DIS-1$ and [DIS-1](x)."
    page = render_markdown(text, {"DIS-1", "HAM-3"})
    assert re.findall(r"<a href=\"([^\"]+)\">([^<]*)</a>", page) == [("#DIS-1", "DIS-1"), ("x", "DIS-1")]
    assert "By <a" in page
    assert ", HAM-2, <code>DIS-1</code>" in page
    assert "<a" not in render_markdown("By DIS-1.")
