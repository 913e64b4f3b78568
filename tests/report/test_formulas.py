r"""Formulas in the terminal: nothing of the book's LaTeX vanishes, and what is shown cannot be misread.

The walk over the book has a tokenizer of its own, and holds each output against hand-written signs.
"""

import io
import re
import unicodedata

import pytest
from rich.console import Console
from rich.markdown import Markdown

from lemmata.claims import read_book, theorems
from lemmata.report.formulas import formula, to_terminal_markdown, to_unicode
from lemmata.report.formulas.symbols import MACROS

EXAMPLES = {
    r"t=\tfrac12\sqrt{mF/n}": "t = (1/2) √(mF/n)",  # HAM-3 once read t = 12√(mF/n)
    r"Ad\ne0": "Ad ≠ 0",  # DIS-1 once read Ad = 0
    r"h_{k-1}": "h_{k-1}",
    r"2^{L+1}n": "2^{L+1} n",
    r"\frac{a+b}c": "(a + b)/c",
    r"\frac{a}{bc}+1": "a/(bc) + 1",
    r"\frac1{t+1}x": "(1/(t + 1)) x",
    r"\left(\frac ab\right)^2": "(a/b)^2",
    r"\frac ab^2": "(a/b)^2",
    r"\sqrt m n": "√m n",
    r"\sqrt{m}^3": "(√m)^3",
    r"\sqrt[3]{ab}": "^3√(ab)",
    r"\lVert x\rVert_\infty\le\lVert y\rVert": "‖x‖_∞ ≤ ‖y‖",
    r"|A||x-|y||": "|A||x - |y||",
    r"\det B\bmod p": "det B mod p",
    r"v\equiv n\pmod 2": "v ≡ n (mod 2)",
    r"\gamma\sqrt{\dim}": "γ√(dim)",
    r"\Pr(F\ge\tfrac n2)": "Pr(F ≥ n/2)",
    r"-\frac{a}{b}": "-a/b",
    r"a-b": "a - b",
    r"x^{-1}": "x^{-1}",
    r"H^{\mathsf T}H": "Hᵀ H",
    r"\mathbb R^n": "ℝ^n",
    r"\mathcal K(u)": "𝒦(u)",
    r"\hat y_k": "ŷ_k",
    r"\widehat{AB}": "hat(AB)",
    r"\lbrace x:x > 0\rbrace": "{x : x > 0}",
    r"|\lbrace j < m\rbrace|": "|{j < m}|",
    r"\mathrm{disc}(V)\ge\mathrm{Var}\ Z": "disc(V) ≥ Var Z",
    r"\begin{pmatrix}1&1\cr1&9\end{pmatrix}": "(1, 1; 1, 9)",
    r"\begin{cases}1&x > 0\cr0&x\le0\end{cases}": "{1, x > 0; 0, x ≤ 0",
    r"m=174{,}894": "m = 174,894",
    r"\log_2(4m)\log n": "log_2(4m) log n",
    r"\sum_{i=1}^n\frac1{U_{ii}}": "∑_{i=1}^n 1/U_{ii}",
    r"\max_u\frac{f(u)}u\sqrt m": "max_u (f(u)/u) √m",
    r"\log_2\frac ab": "log_2(a/b)",
    r"\binom nk": "(n choose k)",
    r"c_{\max}": "c_{max}",
    # What is not known stays as it is, whole.
    r"\unheardof{x}+1": r"\unheardof{x}+1",
    r"\operatorname{disc}(V)": r"\operatorname{disc}(V)",
    r"\{x\}": r"\{x\}",
    r"\frac{a}{b": r"\frac{a}{b",
    r"a}": r"a}",
    r"\begin{tikz}a\end{tikz}": r"\begin{tikz}a\end{tikz}",
}


@pytest.mark.parametrize("latex", EXAMPLES)
def test_examples(latex):
    assert formula(latex) == EXAMPLES[latex]


# What a reader must see for each macro; by hand, not from the library's tables.
LAYOUT_NAMES = "bigl bigr Bigl Bigr biggl biggr Biggl Biggr left right quad qquad"
LAYOUT = {f"\\{name}" for name in LAYOUT_NAMES.split()} | {"\\ "}
SIGN_NAMES = """
le ≤ ge ≥ ne ≠ sqrt √ sum ∑ prod ∏ int ∫ frac / tfrac / log log ln ln exp exp cos cos sin sin cosh cosh
sinh sinh tanh tanh max max min min gcd gcd deg deg det det dim dim ker ker Pr Pr bmod mod pmod mod
lim lim sup sup inf inf
binom choose alpha α beta β gamma γ delta δ varepsilon ε zeta ζ eta η theta θ kappa κ lambda λ mu μ nu ν xi ξ
pi π rho ρ sigma σ tau τ phi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Phi Φ
Psi Ψ Omega Ω ell ℓ infty ∞ partial ∂ nabla ∇ top ⊤ bot ⊥ neg ¬ dots … cdots ⋯ lVert ‖ rVert ‖ lvert | rvert |
lbrace { rbrace } langle ⟨ rangle ⟩ lceil ⌈ rceil ⌉ lfloor ⌊ rfloor ⌋ cdot · pm ± mp ∓ times × ast ∗ oplus ⊕
otimes ⊗ odot ⊙ circ ∘ setminus ∖ wedge ∧ vee ∨ cup ∪ cap ∩ bigvee ⋁ bigwedge ⋀ bigcup ⋃ bigcap ⋂ bigoplus ⨁
equiv ≡ propto ∝ preceq ⪯ succeq ⪰ mapsto ↦ to → Rightarrow ⇒ Leftrightarrow ⇔ lesssim ≲ gtrsim ≳ subseteq ⊆
subset ⊂ in ∈ notin ∉ approx ≈ sim ∼ gg ≫ ll ≪ perp ⊥ mid | forall ∀ exists ∃ varnothing ∅
widehat hat overline overline underline underline
"""
SIGNS = {
    f"\\{name}": sign for name, sign in zip(SIGN_NAMES.split()[::2], SIGN_NAMES.split()[1::2], strict=True)
}
SIGNS |= {"\\hat": "\u0302", "\\tilde": "\u0303", "\\bar": "\u0304", "\\dot": "\u0307", "\\vec": "\u20d7"}
WRAPPER_NAMES = "mathbb mathcal mathsf mathrm mathbf text begin end cr"
WRAPPERS = {f"\\{name}" for name in WRAPPER_NAMES.split()}
SCRIPT_T = re.compile(r"\^\{?\\mathsf ?\{?T\}*")


def tokens(latex):
    """Macros and single characters; written again from TeX's rules."""
    place = 0
    while place < len(latex):
        end = place + 1
        if latex[place] == "\\":
            end = place + 2
            while latex[place + 1].isalpha() and end < len(latex) and latex[end].isalpha():
                end += 1
        yield latex[place:end]
        place = end


def formulas():
    found = {}
    for chapter in read_book():
        for theorem in chapter.theorems:
            for text in (theorem.title, theorem.source, theorem.hypotheses, theorem.statement, theorem.proof):
                for display, inline in re.findall(r"\$\$(.+?)\$\$|\$([^$]+?)\$", text, re.DOTALL):
                    found.setdefault(display or inline, theorem.id)
        for display, inline in re.findall(r"\$\$(.+?)\$\$|\$([^$]+?)\$", chapter.text, re.DOTALL):
            found.setdefault(display or inline, chapter.topic)
    return found


def groups(latex):
    """Contents of the braced groups that follow a script mark."""
    for start in re.finditer(r"(?<!\\)[_^]\s*\{", latex):
        depth, place = 1, start.end()
        while depth:
            sign = latex[place]
            depth += (sign == "{" and latex[place - 1] != "\\") - (sign == "}" and latex[place - 1] != "\\")
            place += 1
        yield latex[start.end() : place - 1]


def size(group):
    """How many signs a group shows at least; a macro that is a word counts its letters."""
    shown = 0
    for token in tokens(group):
        if token in LAYOUT or token in WRAPPERS or token in "{}" or token.isspace():
            continue
        shown += len(SIGNS[token]) if token in SIGNS else 1
    return shown


def vanished(latex, output):
    """What of the formula is missing in the output, in words."""
    if "\\" in latex and output == latex.strip():
        return ["left as LaTeX"]
    missing = []
    wanted = {}
    plain = SCRIPT_T.sub(" ᵀ", latex)
    plain = re.sub(r"\\(begin|end)\{[a-z]+\}", "", plain)
    for token in tokens(plain):
        if token in LAYOUT or token in WRAPPERS or token in ("{", "}", "&") or token.isspace():
            continue
        if token.startswith("\\") and token not in SIGNS:
            missing.append(f"the test does not know {token}")
            continue
        sign = SIGNS.get(token, token)
        wanted[sign] = wanted.get(sign, 0) + 1
    shown = unicodedata.normalize("NFKD", output)
    for sign, count in wanted.items():
        if shown.count(unicodedata.normalize("NFKD", sign)) < count:
            missing.append(f"{sign} ({count} times)")
    # Letters of other alphabets fold to plain ones, so that their order can be told.
    letters = [
        t for t in tokens(re.sub(r"\\(begin|end)\{[a-z]+\}", "", latex)) if len(t) == 1 and t.isalnum()
    ]
    rest = iter(shown)
    if not all(letter in rest for letter in letters):
        missing.append("the order of letters and digits")
    braced = sum(size(group) > 1 for group in groups(SCRIPT_T.sub("", latex)))
    if len(re.findall(r"[_^]\{", output)) < braced:
        missing.append(f"brackets of {braced} scripts")
    if re.search(r"[_^](\{[^{}]*\}|[^{])[A-Za-z0-9]", output):
        missing.append("a space after a script")
    for opening, closing in ("()", "[]", "⌈⌉", "⌊⌋", "⟨⟩"):
        if output.count(opening) - output.count(closing) != latex_balance(latex, opening, closing):
            missing.append(f"balance of {opening}{closing}")
    return missing


def latex_balance(latex, opening, closing):
    names = {
        "⌈": "\\lceil",
        "⌉": "\\rceil",
        "⌊": "\\lfloor",
        "⌋": "\\rfloor",
        "⟨": "\\langle",
        "⟩": "\\rangle",
    }
    shown = list(tokens(latex))
    return shown.count(names.get(opening, opening)) - shown.count(names.get(closing, closing))


def test_no_macro_and_no_group_of_the_book_vanishes():
    found = formulas()
    assert len(found) > 500
    wrong = {
        (where, latex): bad for latex, where in found.items() if (bad := vanished(latex, formula(latex)))
    }
    assert not wrong


def test_the_walk_knows_every_macro_that_a_formula_may_use():
    assert SIGNS.keys() | LAYOUT | WRAPPERS == MACROS


@pytest.mark.parametrize(
    ("latex", "output"),
    [
        (r"t=\tfrac12\sqrt n", "t=12√n"),
        (r"Ad\ne0", "Ad=0"),
        (r"h_{k-1}", "h_k-1"),
        (r"2^{n}\bmod p", "2^n p"),
        (r"\lVert x\rVert\le1", "x≤1"),
        (r"\det B", "B"),
        (r"\sum^n1", "∑^n1"),
        (r"\frac{ab}c", "a/c"),
        (r"\lceil n\rceil", "⌈n"),
    ],
)
def test_the_walk_notices_what_once_was_lost(latex, output):
    assert vanished(latex, output)


def test_display_inline_code_and_dollars():
    assert to_unicode("costs \\$5, `$x_{i+1}$` and $x_{i+1}$") == "costs \\$5, `$x_{i+1}$` and x_{i+1}"
    assert to_terminal_markdown("so $$a_1\\le b$$ holds") == "so \n\n    a_1 ≤ b\n\n holds"


def shown(markdown, width=100):
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(Markdown(to_terminal_markdown(markdown)))
    return " ".join(console.file.getvalue().split())


def test_markdown_leaves_formulas_alone():
    text = r"If $a*b*c$ and $\lbrace x:\lVert x\rVert < 1\rbrace$, then $a_i$ * $b_i$, $[x](y)$ and $`$ stay."
    assert shown(text) == "If a * b * c and {x : ‖x‖ < 1}, then a_i * b_i, [x](y) and ` stay."


@pytest.mark.parametrize("theorem", theorems(), ids=lambda t: t.id)
def test_every_inline_formula_reaches_the_terminal(theorem):
    for text in (theorem.hypotheses, theorem.statement):
        output = shown(text, width=100_000)
        for latex in re.findall(
            r"(?<!\$)\$([^$]+?)\$(?!\$)", re.sub(r"\$\$.+?\$\$", "", text, flags=re.DOTALL)
        ):
            assert " ".join(formula(latex).split()) in output
        assert "$" not in output
