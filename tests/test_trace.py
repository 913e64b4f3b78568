"""The thread from theorem to code to check to test: every ID holds, and no ID is an orphan."""

import ast
import re
import tomllib
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from sabotage import resolve

from lemmata.claims import find_checks, theorems

ALL = theorems()
BELOW = {"discrepancy": ("quantization",)}
"""Topics that a topic stands on; others import none."""
ID = re.compile(r"\b[A-Z]{2,8}-\d+\b")
UNTIMED = {
    "QUA-15": "on gradients of one network: no algorithm of the library",
    "QUA-16": "on gradients of one network: no algorithm of the library",
    "QUA-17": "figures published for a language model",
    "QUA-19": "bounds that were announced and not at hand",
}
"""Theorems without a benchmark, and why."""
RANGE = re.compile(rf"{ID.pattern} to {ID.pattern}")


def sources(root: Path, folder: str) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted((root / folder).rglob("*.py")))


@pytest.mark.parametrize("theorem", ALL, ids=lambda t: t.id)
def test_dotted_names_resolve(theorem):
    for name in theorem.code:
        assert resolve(name) is not None
    check = find_checks()[theorem.id]
    assert check.name == theorem.check
    assert resolve(f"lemmata.proofs_check.{theorem.check}") is check


@pytest.mark.parametrize("folder", ["reference", "proofs_check", "tests"])
@pytest.mark.parametrize("theorem", ALL, ids=lambda t: t.id)
def test_every_theorem_is_cited(root, theorem, folder):
    assert re.search(rf"\b{theorem.id}\b", sources(root, folder)), f"{theorem.id} is not cited in {folder}/"


def benched(root: Path, theorem) -> list[str]:
    """The benchmarks of the theorem's topic whose docstrings cite it, as "file: function"."""
    found = []
    for path in sorted((root / "benches").glob(f"bench_{theorem.topic}*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("bench_"):
                cited = ID.findall(ast.get_docstring(node) or "")
                found += [f"{path.name}: {node.name}"] if theorem.id in cited else []
    return found


def names_in(file: Path) -> set[str]:
    """Variables, attributes and whole strings of a file: its prose does not count."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Constant(value=str(name)):
                found.add(name)
    return found


def public_names(theorem) -> set[str]:
    """Names that topics export, of what the theorem calls its code."""
    parts = [name.split(".") for name in theorem.code if name.startswith("lemmata.")]
    return {
        part[2]
        for part in parts
        if len(part) > 2
        and part[1] in {t.topic for t in ALL}
        and part[2] in import_module(f"lemmata.{part[1]}").__all__
    }


@pytest.mark.parametrize("theorem", ALL, ids=lambda t: t.id)
def test_every_theorem_has_a_benchmark_that_runs_its_code(root, theorem):
    """Found by name: in a file of its topic, which also names a public function that the theorem is about."""
    found = benched(root, theorem)
    assert bool(found) != (theorem.id in UNTIMED), f"{theorem.id}: {found}"
    if names := public_names(theorem) if found else set():
        files = {root / "benches" / one.partition(":")[0] for one in found}
        named = {name for file in files for name in names_in(file)}
        assert named & names, f"{theorem.id} is cited in {found}, which use none of {sorted(names)}"


@cache
def citing_tests(folder: Path) -> dict[str, list[str]]:
    """The tests of a folder's files test_*.py by the IDs in their docstrings, ranges left out."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for name in ID.findall(RANGE.sub("", ast.get_docstring(node) or "")):
                    found.setdefault(name, []).append(f"{path.name}::{node.name}")
    return found


@pytest.mark.parametrize("theorem", ALL, ids=lambda t: t.id)
def test_every_theorem_has_a_test_that_says_so(root, theorem):
    """In its own docstring, in the topic's folder; neither a range nor a control will do."""
    folder = root / "tests" / theorem.topic
    assert citing_tests(folder).get(theorem.id), f"no test in {folder} says that it is about {theorem.id}"


def test_ranges_and_helpers_cite_nothing(tmp_path):
    (tmp_path / "test_a.py").write_text(
        '"""DIS-1."""\n'
        'def helper():\n    "DIS-2."\n'
        'def test_b():\n    "DIS-3 to DIS-5, and DIS-6: all."\n    # DIS-7\n'
    )
    (tmp_path / "controls_a.py").write_text('def test_c():\n    "DIS-8."\n')
    assert citing_tests(tmp_path) == {"DIS-6": ["test_a.py::test_b"]}


def test_no_check_and_no_citation_is_an_orphan(root):
    known = {theorem.id for theorem in ALL}
    assert set(find_checks()) == known
    prefixes = {name.partition("-")[0] for name in known}
    for folder in ("reference", "proofs_check", "benches"):
        cited = {name for name in ID.findall(sources(root, folder)) if name.partition("-")[0] in prefixes}
        assert cited <= known
    for topic in {theorem.topic for theorem in ALL}:
        cited = set(citing_tests(root / "tests" / topic))
        assert {name for name in cited if name.partition("-")[0] in prefixes} <= known


def test_numbering_has_no_gaps_and_one_prefix_per_topic():
    by_topic: dict[str, list[str]] = {}
    for theorem in ALL:
        by_topic.setdefault(theorem.topic, []).append(theorem.id)
    for ids in by_topic.values():
        assert len({name.partition("-")[0] for name in ids}) == 1
        assert [int(name.partition("-")[2]) for name in ids] == list(range(1, len(ids) + 1))


def test_imports_run_one_way(root):
    """A topic imports only topics on floors below its own, the core imports none, and nothing the checks."""
    package = root / "reference" / "lemmata"
    topics = {theorem.topic for theorem in ALL}
    for path in package.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"^\s*(from|import) lemmata\.proofs_check", text, re.MULTILINE), path
        owner = path.relative_to(package).parts[0]
        if owner == "cli":
            continue  # the command line stands above the topics
        for topic in topics - {owner, *BELOW.get(owner, ())}:
            assert not re.search(rf"^\s*(from|import) lemmata\.{topic}\b", text, re.MULTILINE), path


def test_every_package_is_listed(root):
    setup = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["setuptools"]
    base = root / "reference"
    found = {".".join(p.parent.relative_to(base).parts) for p in base.rglob("__init__.py")}
    checks = {
        "lemmata." + ".".join(p.parent.relative_to(root).parts)
        for p in (root / "proofs_check").rglob("__init__.py")
    }
    assert set(setup["packages"]) == found | checks | {"lemmata.theory"}
