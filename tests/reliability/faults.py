"""Small faults that a person might make, found in the syntax tree and planted in the text.

Docstrings, type hints, imports, error messages, ``__all__`` and the options of the compiler are left alone.
"""

import ast
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

_BOUNDARY = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_NEGATION = {
    "==": "!=",
    "!=": "==",
    "<": ">=",
    "<=": ">",
    ">": "<=",
    ">=": "<",
    "in": "not in",
    "not in": "in",
    "is": "is not",
    "is not": "is",
}
_ARITHMETIC = {
    "+": "-",
    "-": "+",
    "*": "+",
    "/": "*",
    "//": "*",
    "%": "//",
    "**": "*",
    "<<": ">>",
    ">>": "<<",
    "&": "|",
    "|": "&",
    "^": "|",
    "@": "*",
}
_SWAPS = {
    "min": "max",
    "max": "min",
    "minimum": "maximum",
    "maximum": "minimum",
    "floor": "ceil",
    "ceil": "floor",
    "any": "all",
    "all": "any",
    "argmin": "argmax",
    "argmax": "argmin",
}
_NOT_CODE = {"njit", "Literal", "TypeVar", "cast", "field"}
_COMPILER_OPTIONS = {"cache", "nogil", "parallel", "fastmath", "inline", "error_model", "steps"}


@dataclass(frozen=True, order=True)
class Fault:
    """One replacement in one file: bytes ``start`` to ``end`` become ``new``."""

    path: str
    line: int
    column: int
    start: int
    end: int
    kind: str
    old: str
    new: str

    def __str__(self) -> str:
        old, new = (" ".join(text.split()) for text in (self.old, self.new))
        return f"{self.path}:{self.line}:{self.column}: {self.kind}: {old} -> {new}"

    def planted(self, source: bytes) -> bytes:
        """The file's text with the fault."""
        if source[self.start : self.end] != self.old.encode():
            raise ValueError(f"{self.path} is not the file in which the fault was found")
        return source[: self.start] + self.new.encode() + source[self.end :]

    def diff(self, source: bytes) -> str:
        """What changes, as a reader of patches knows it."""
        before, after = source.decode().splitlines(), self.planted(source).decode().splitlines()
        return "\n".join(unified_diff(before, after, self.path, self.path, lineterm="", n=2))


def find_faults(root: Path, package: str) -> list[Fault]:
    """Every fault of a package's modules, in order; ``__init__.py`` files only import."""
    found: list[Fault] = []
    for path in sorted((root / "reference/lemmata" / package).rglob("*.py")):
        if path.name != "__init__.py":
            found += faults_of(path.read_bytes(), path.relative_to(root).as_posix())
    return found


def faults_of(source: bytes, path: str) -> list[Fault]:
    """Every fault of one file, in order."""
    finder = _Finder(source, path)
    finder.visit(ast.parse(source))
    return sorted(set(finder.found))


def sample(faults: dict[str, list[Fault]], count: int, seed: int) -> list[Fault]:
    """So many faults at random: packages by their number of places, places at random, one fault at each."""
    places = {package: _places(found) for package, found in faults.items()}
    total = sum(map(len, places.values()))
    count = min(count, total)
    exact = {package: count * len(found) / total for package, found in places.items()}
    shares = {package: int(share) for package, share in exact.items()}
    for package in sorted(exact, key=lambda p: (shares[p] - exact[p], p))[: count - sum(shares.values())]:
        shares[package] += 1
    rng = random.Random(seed)
    drawn = []
    for package in sorted(places):
        for place in rng.sample(places[package], shares[package]):
            drawn.append(rng.choice(place))
    return sorted(drawn)


def _places(faults: Sequence[Fault]) -> list[list[Fault]]:
    grouped: dict[tuple[str, int, int], list[Fault]] = {}
    for fault in faults:
        grouped.setdefault((fault.path, fault.start, fault.end), []).append(fault)
    return [grouped[key] for key in sorted(grouped)]


def _beside(value: float) -> tuple[float, float]:
    """One more and one less, or parts of a number so large that one is lost in it."""
    more = value + 1
    return (more, value - 1) if value != more else (value / 2, value / 4)


class _Finder(ast.NodeVisitor):
    def __init__(self, source: bytes, path: str) -> None:
        self.source, self.path = source, path
        self.found: list[Fault] = []
        self._starts = [0]
        for line in source.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self._first_argument: list[str] = []

    def _span(self, node: ast.AST) -> tuple[int, int]:
        start = self._starts[node.lineno - 1] + node.col_offset
        return start, self._starts[node.end_lineno - 1] + node.end_col_offset

    def _text(self, node: ast.AST) -> str:
        start, end = self._span(node)
        return self.source[start:end].decode()

    def _add(self, kind: str, start: int, end: int, new: str) -> None:
        old = self.source[start:end].decode()
        if old != new:
            line = self.source.count(b"\n", 0, start) + 1
            column = start - self._starts[line - 1] + 1
            self.found.append(Fault(self.path, line, column, start, end, kind, old, new))

    def _replace(self, kind: str, node: ast.AST, new: str) -> None:
        self._add(kind, *self._span(node), new)

    def _between(self, left: ast.AST, right: ast.AST, names: Sequence[str]) -> Iterator[tuple[int, int, str]]:
        """The operator between two operands, among closing brackets and comments."""
        start, end = self._span(left)[1], self._span(right)[0]
        words = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
        gap = re.sub(rb"#[^\n]*", lambda m: b" " * len(m[0]), self.source[start:end])
        if match := re.search(
            words.replace("not\\ in", "not\\s+in").replace("is\\ not", "is\\s+not").encode(), gap
        ):
            yield start + match.start(), start + match.end(), " ".join(match[0].decode().split())

    # What is not code that runs.

    def visit_Import(self, node: ast.Import) -> None:
        pass

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        pass

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        pass

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        names = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
        self._first_argument.append(names[0] if names and names[0] not in ("self", "cls") else "")
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                self.visit(default)
        for statement in node.body:
            self.visit(statement)
        self._first_argument.pop()

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for statement in node.body:
            self.visit(statement)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_Assign(self, node: ast.Assign) -> None:
        if not any(isinstance(target, ast.Name) and target.id.startswith("__") for target in node.targets):
            self.generic_visit(node)

    # Statements.

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Call):
            self._replace("statement dropped", node, "pass")
            self.visit(node.value)

    def visit_Raise(self, node: ast.Raise) -> None:
        self._replace("refusal dropped", node, "pass")

    def visit_Continue(self, node: ast.Continue) -> None:
        self._replace("statement dropped", node, "pass")

    def visit_Break(self, node: ast.Break) -> None:
        self._replace("statement dropped", node, "pass")

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self._replace("statement dropped", node, "pass")
        for start, end, name in self._between(node.target, node.value, [f"{op}=" for op in _ARITHMETIC]):
            self._add("arithmetic", start, end, _ARITHMETIC[name[:-1]] + "=")
        self.visit(node.target)
        self.visit(node.value)

    def visit_Return(self, node: ast.Return) -> None:
        first = self._first_argument[-1] if self._first_argument else ""
        if node.value is not None:
            if first and self._text(node.value) != first:
                self._replace("argument returned", node.value, first)
            self.visit(node.value)

    def visit_If(self, node: ast.If) -> None:
        self._condition(node.test)
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._condition(node.test)
        self.generic_visit(node)

    def _condition(self, test: ast.expr) -> None:
        if not isinstance(test, ast.Compare | ast.UnaryOp):
            self._replace("condition negated", test, f"not ({self._text(test)})")

    # Expressions.

    def visit_Compare(self, node: ast.Compare) -> None:
        for left, right in zip((node.left, *node.comparators), node.comparators, strict=False):
            for start, end, name in self._between(left, right, list(_NEGATION)):
                self._add("comparison negated", start, end, _NEGATION[name])
                if name in _BOUNDARY:
                    self._add("comparison at its boundary", start, end, _BOUNDARY[name])
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        words = [ast.Constant, ast.JoinedStr]
        is_text = any(
            type(side) in words and isinstance(getattr(side, "value", ""), str)
            for side in (node.left, node.right)
        )
        if not is_text:
            for start, end, name in self._between(node.left, node.right, list(_ARITHMETIC)):
                self._add("arithmetic", start, end, _ARITHMETIC[name])
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        for left, right in zip(node.values, node.values[1:], strict=False):
            for start, end, name in self._between(left, right, ["and", "or"]):
                self._add("and and or", start, end, {"and": "or", "or": "and"}[name])
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            self._replace("not removed", node, f"({self._text(node.operand)})")
        elif isinstance(node.op, ast.USub) and not isinstance(node.operand, ast.Constant):
            self._replace("minus removed", node, f"({self._text(node.operand)})")
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self._replace("constant", node, str(not node.value))
        elif isinstance(node.value, int | float):
            for other in _beside(node.value):
                self._replace("constant", node, f"({other!r})" if other < 0 else repr(other))

    def visit_Call(self, node: ast.Call) -> None:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in _NOT_CODE:
            return
        if name in _SWAPS:
            end = self._span(node.func)[1]
            self._add("swapped function", end - len(name), end, _SWAPS[name])
        if name in ("range", "prange", "arange") and node.args:
            stop = node.args[min(1, len(node.args) - 1)]
            self._replace("range", stop, f"({self._text(stop)}) - 1")
            if len(node.args) > 1:
                self._replace("range", node.args[0], f"({self._text(node.args[0])}) + 1")
        self.visit(node.func)
        for argument in node.args[: 1 if name == "isinstance" else None]:
            self.visit(argument)
        for keyword in node.keywords:
            if keyword.arg not in _COMPILER_OPTIONS:
                self.visit(keyword.value)

    def visit_Slice(self, node: ast.Slice) -> None:
        if node.lower is not None:
            self._replace("slice", node.lower, f"({self._text(node.lower)}) + 1")
        if node.upper is not None:
            self._replace("slice", node.upper, f"({self._text(node.upper)}) - 1")
        self.generic_visit(node)
