"""Which tests and checks are most likely to notice a fault in a module: they run first."""

import ast
from functools import cache
from importlib import import_module
from pathlib import Path

from lemmata.claims import theorems

TESTS = {
    "hamming": ("tests/hamming",),
    "discrepancy": ("tests/discrepancy", "tests/quantization"),
    "quantization": ("tests/quantization",),
}
"""The folders with the tests of each package."""


def package_of(path: str) -> str:
    """The package of a module's file."""
    return Path(path).parts[2]


def module_of(path: str) -> str:
    """The dotted name of a module's file, below ``reference/`` or in ``proofs_check/``."""
    parts = Path(path).with_suffix("").parts
    parts = parts[1:] if parts[0] == "reference" else ("lemmata", *parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def imports(root: Path) -> dict[str, frozenset[str]]:
    """The modules that each module names in its imports; a package stands for all that is in it."""
    files = {
        module_of(path.relative_to(root).as_posix()): path
        for folder in ("reference/lemmata", "proofs_check")
        for path in (root / folder).rglob("*.py")
        if not path.relative_to(root)
        .as_posix()
        .startswith(("reference/lemmata/proofs_check", "reference/lemmata/theory"))
    }
    graph: dict[str, frozenset[str]] = {}
    for name, path in files.items():
        named: set[str] = set()
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.ImportFrom) and node.module:
                named |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
            elif isinstance(node, ast.Import):
                named |= {alias.name for alias in node.names}
        graph[name] = frozenset(named & set(files)) - {name, "lemmata"}
    return graph


def reaches(root: Path, start: str) -> set[str]:
    """The modules that a module imports, directly or not."""
    graph = imports(root)
    found, open_names = set(), [start]
    while open_names:
        name = open_names.pop()
        if name not in found:
            found.add(name)
            open_names += graph.get(name, ())
    return found


def importers(root: Path, module: str) -> set[str]:
    """The modules that import a module, directly or not, and the module itself."""
    return {name for name in imports(root) if module in reaches(root, name)}


@cache
def _homes(claim: str) -> frozenset[str]:
    """The modules in which the functions that a theorem names are defined."""
    (theorem,) = (t for t in theorems() if t.id == claim)
    found = set()
    for name in theorem.code:
        module, _, attribute = name.rpartition(".")
        try:
            thing = getattr(import_module(module), attribute)
        except (ImportError, AttributeError):
            continue
        found.add(getattr(thing, "__module__", name))
    return frozenset(found)


def claims_about(root: Path, module: str) -> tuple[list[str], list[str]]:
    """Theorems that name the module's code, or code built on it; then the topic's others that may use it."""
    first, second = [], []
    package = module.split(".")[1]
    users = importers(root, module)
    topics = {
        theorem.topic
        for theorem in theorems()
        if any(home.split(".")[1] == package for home in _homes(theorem.id))
    }
    for theorem in theorems():
        if theorem.topic in topics:
            (first if _homes(theorem.id) & users else second).append(theorem.id)
    first.sort(key=lambda claim: module not in _homes(claim))
    return first, second


def tests_about(root: Path, path: str) -> list[str]:
    """The module's doctests, and the tests that say one of its public names, most said first."""
    tree = ast.parse((root / path).read_bytes())
    names = {n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    names |= {
        t.id for n in tree.body if isinstance(n, ast.Assign) for t in n.targets if isinstance(t, ast.Name)
    }
    names = {name for name in names if not name.startswith("_")} | {Path(path).stem}
    scored = []
    for folder in TESTS[package_of(path)]:
        for file in sorted((root / folder).rglob("test_*.py")):
            for node in ast.parse(file.read_bytes()).body:
                if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                    said = {getattr(n, "id", getattr(n, "attr", None)) for n in ast.walk(node)} & names
                    if said or Path(path).stem in node.name:
                        scored.append((-len(said), f"{file.relative_to(root).as_posix()}::{node.name}"))
    return [path, *(name for _, name in sorted(scored))]
