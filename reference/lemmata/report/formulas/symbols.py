"""The LaTeX of the book: every macro that a formula may use, and what it looks like in Unicode.

The list is short on purpose: what stands here is shown alike by the report, by the terminal and by the web
page of a repository, and there is one spelling of each thing. `subset` says why others are left out.
"""

_GREEK = (
    "alpha α beta β gamma γ delta δ varepsilon ε zeta ζ eta η theta θ kappa κ lambda λ mu μ nu ν xi ξ pi π "
    "rho ρ sigma σ tau τ phi φ chi χ psi ψ omega ω "
    "Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Phi Φ Psi Ψ Omega Ω"
)
_ORDINARY = "infty ∞ ell ℓ partial ∂ nabla ∇ varnothing ∅ top ⊤ bot ⊥ forall ∀ exists ∃ neg ¬ dots … cdots ⋯"
_BINARY = (
    "times × cdot · pm ± mp ∓ ast ∗ circ ∘ cup ∪ cap ∩ setminus ∖ wedge ∧ vee ∨ oplus ⊕ otimes ⊗ odot ⊙ "
    "bmod mod"
)
_RELATIONS = (
    "le ≤ ge ≥ ne ≠ approx ≈ equiv ≡ sim ∼ propto ∝ in ∈ notin ∉ subset ⊂ subseteq ⊆ to → mapsto ↦ "
    "Rightarrow ⇒ Leftrightarrow ⇔ mid | perp ⊥ ll ≪ gg ≫ preceq ⪯ succeq ⪰ lesssim ≲ gtrsim ≳"
)
_OPENING = "langle ⟨ lceil ⌈ lfloor ⌊ lVert ‖ lvert | lbrace {"
_CLOSING = "rangle ⟩ rceil ⌉ rfloor ⌋ rVert ‖ rvert | rbrace }"
_LARGE = "sum ∑ prod ∏ int ∫ bigcup ⋃ bigcap ⋂ bigvee ⋁ bigwedge ⋀ bigoplus ⨁"


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
)
"""Macros without arguments: their sign and their class."""

_FUNCTION_NAMES = "log ln exp sin cos sinh cosh tanh max min sup inf lim det dim ker deg gcd Pr"
FUNCTIONS = {f"\\{name}" for name in _FUNCTION_NAMES.split()}
"""Macros that are written as their name."""

QUANTIFIERS = {"max", "min", "sup", "inf", "lim"} | set(_LARGE.split()[1::2])
"""Operators over an index: a fraction may follow them without brackets."""

SPACES = {"\\ ": " ", "\\quad": "  ", "\\qquad": "   "}
"""Macros that are a space."""

_SIZES = "big Big bigg Bigg"
SIZES_OPEN = {"\\left"} | {f"\\{size}l" for size in _SIZES.split()}
SIZES_CLOSE = {"\\right"} | {f"\\{size}r" for size in _SIZES.split()}
"""Macros that make the bracket after them larger."""

ACCENTS = {
    "\\hat": "\u0302",
    "\\widehat": "\u0302",
    "\\tilde": "\u0303",
    "\\bar": "\u0304",
    "\\overline": "\u0305",
    "\\underline": "\u0332",
    "\\dot": "\u0307",
    "\\vec": "\u20d7",
}
"""Accents: the combining sign that goes over a single letter."""

ALPHABETS = {
    "\\mathbb": "DOUBLE-STRUCK",
    "\\mathcal": "SCRIPT",
    "\\mathbf": "BOLD",
    "\\mathsf": "SANS-SERIF",
}
"""Macros that choose an alphabet, by the name that Unicode gives it."""

STRUCTURES = {"\\frac": 2, "\\tfrac": 2, "\\binom": 2, "\\sqrt": 1, "\\pmod": 1, "\\mathrm": 1, "\\text": 1}
"""The other macros that take arguments, and how many."""

ENVIRONMENTS = {"pmatrix": "()", "bmatrix": "[]", "cases": "{"}
"""The environments, with their brackets; cells end with & and rows with ``\\cr``."""

MACROS: frozenset[str] = frozenset(
    {*SYMBOLS, *FUNCTIONS, *SPACES, *SIZES_OPEN, *SIZES_CLOSE, *ACCENTS, *ALPHABETS, *STRUCTURES}
    | {"\\begin", "\\end", "\\cr"}
)
"""Every macro that a formula may use."""
