"""What LaTeX's macros look like in Unicode, with TeX's class of each; `formulas` puts them together."""

_GREEK = (
    "alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ "
    "lambda λ mu μ nu ν xi ξ pi π rho ρ sigma σ tau τ upsilon υ phi φ varphi φ chi χ psi ψ omega ω "
    "Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω"
)
_ORDINARY = (
    "infty ∞ ell ℓ partial ∂ nabla ∇ emptyset ∅ varnothing ∅ hbar ℏ top ⊤ bot ⊥ forall ∀ exists ∃ neg ¬ "
    "lnot ¬ dots … ldots … cdots ⋯ dotsc … dotsb ⋯ vdots ⋮ ddots ⋱ prime ′ angle ∠ Re ℜ Im ℑ aleph ℵ star ⋆ "
    "square □ backslash \\ dagger † degree °"
)
_BINARY = (
    "times × cdot · pm ± mp ∓ div ÷ ast ∗ circ ∘ cup ∪ cap ∩ setminus ∖ wedge ∧ land ∧ vee ∨ lor ∨ oplus ⊕ "
    "otimes ⊗ odot ⊙ bullet • bmod mod sqcup ⊔ uplus ⊎ triangle △"
)
_RELATIONS = (
    "le ≤ leq ≤ ge ≥ geq ≥ ne ≠ neq ≠ approx ≈ equiv ≡ sim ∼ simeq ≃ cong ≅ propto ∝ in ∈ notin ∉ ni ∋ "
    "subset ⊂ subseteq ⊆ subsetneq ⊊ supset ⊃ supseteq ⊇ to → rightarrow → leftarrow ← leftrightarrow ↔ "
    "mapsto ↦ Rightarrow ⇒ Leftarrow ⇐ Leftrightarrow ⇔ implies ⇒ iff ⇔ mid | parallel ∥ perp ⊥ ll ≪ gg ≫ "
    "prec ≺ succ ≻ preceq ⪯ succeq ⪰ lesssim ≲ gtrsim ≳ models ⊨ vdash ⊢ colon : coloneqq ≔ doteq ≐ asymp ≍ "
    "longrightarrow ⟶ uparrow ↑ downarrow ↓ nmid ∤ bigm | leqslant ⩽ geqslant ⩾"
)
_OPENING = "langle ⟨ lceil ⌈ lfloor ⌊ lVert ‖ lvert | lbrace { lbrack ["
_CLOSING = "rangle ⟩ rceil ⌉ rfloor ⌋ rVert ‖ rvert | rbrace } rbrack ]"
_LARGE = "sum ∑ prod ∏ coprod ∐ int ∫ bigcup ⋃ bigcap ⋂ bigvee ⋁ bigwedge ⋀ bigoplus ⨁ bigotimes ⨂ bigsqcup ⨆"


def _table(words: str, kind: str) -> dict[str, tuple[str, str]]:
    names = words.split()
    return {f"\\{name}": (sign, kind) for name, sign in zip(names[::2], names[1::2], strict=True)}


SYMBOLS: dict[str, tuple[str, str]] = (
    _table(_GREEK, "ord")
    | _table(_ORDINARY, "ord")
    | _table(_BINARY, "bin")
    | _table(_RELATIONS, "rel")
    | _table(_OPENING, "open")
    | _table(_CLOSING, "close")
    | _table(_LARGE, "op")
    | {"\\{": ("{", "open"), "\\}": ("}", "close")}
    | {f"\\{sign}": (sign, "ord") for sign in "#%&_$"}
)
"""Macros without arguments: their sign and their class."""

_FUNCTION_NAMES = (
    "log ln lg exp sin cos tan cot sinh cosh tanh arcsin arccos arctan max min sup inf lim limsup liminf det "
    "dim ker rank deg gcd Pr arg hom argmax argmin"
)
FUNCTIONS = {f"\\{name}" for name in _FUNCTION_NAMES.split()}
"""Macros that are written as their name."""

QUANTIFIERS = {"max", "min", "sup", "inf", "lim", "limsup", "liminf"} | set(_LARGE.split()[1::2])
"""Operators over an index: a fraction may follow them without brackets."""

SPACES = {
    "\\,": " ",
    "\\;": " ",
    "\\:": " ",
    "\\>": " ",
    "\\ ": " ",
    "~": " ",
    "\\quad": "  ",
    "\\qquad": "   ",
}
"""Macros that are a space."""

_LAYOUT_NAMES = "! limits nolimits displaystyle textstyle big Big bigg Bigg middle nonumber"
LAYOUT = {f"\\{name}" for name in _LAYOUT_NAMES.split()}
"""Macros that change the look of a formula and not what it says."""

ACCENTS = {
    "\\hat": "\u0302",
    "\\widehat": "\u0302",
    "\\tilde": "\u0303",
    "\\widetilde": "\u0303",
    "\\bar": "\u0304",
    "\\overline": "\u0305",
    "\\underline": "\u0332",
    "\\dot": "\u0307",
    "\\ddot": "\u0308",
    "\\vec": "\u20d7",
}
"""Accents: the combining sign that goes over a single letter."""

ALPHABETS = {
    "\\mathbb": "DOUBLE-STRUCK",
    "\\mathcal": "SCRIPT",
    "\\mathscr": "SCRIPT",
    "\\mathfrak": "FRAKTUR",
    "\\mathbf": "BOLD",
    "\\boldsymbol": "BOLD",
    "\\mathsf": "SANS-SERIF",
    "\\mathtt": "MONOSPACE",
}
"""Macros that choose an alphabet, by the name that Unicode gives it."""
