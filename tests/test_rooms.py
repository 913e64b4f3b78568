"""A topic's rooms: small, in the same places in code, checks and tests, and with no circle of imports."""

import ast
import re
from graphlib import TopologicalSorter
from importlib import import_module
from inspect import isfunction

import pytest

from lemmata.claims import theorems

TOPICS = sorted({theorem.topic for theorem in theorems()})
MOST = 14
"""Files of a folder: about a dozen."""
TESTED_IN = {
    "by_definition": "hamming/test_distances.py",
    "less_than_distances": "hamming/other_distances/test_other_distances.py",
    "l1_distances": "hamming/other_distances/test_other_distances.py",
    "l2_distances": "hamming/other_distances/test_other_distances.py",
    "discquant": "quantization/test_discquant.py",
    "round_to_nearest": "quantization/test_grid.py",
    "round_stochastic": "quantization/test_grid.py",
}
"""Public functions whose tests are in a file of another name: tested with others, or by another topic."""


def rooms(folder):
    return {path.parent.name for path in folder.glob("*/__init__.py")}


def imported(path, package):
    """What a file names of its package's modules and rooms, wherever the import stands."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.ImportFrom) and node.module == package:
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and f"{node.module}.".startswith(f"{package}."):
            yield node.module.removeprefix(f"{package}.").partition(".")[0]
        elif isinstance(node, ast.Import):
            names = (alias.name for alias in node.names if alias.name.startswith(f"{package}."))
            yield from (name.removeprefix(f"{package}.").partition(".")[0] for name in names)


@pytest.mark.parametrize("topic", TOPICS)
def test_rooms_and_the_modules_beside_them_do_not_import_each_other_in_circles(root, topic):
    folder = root / "reference" / "lemmata" / topic
    graph = {}
    for path in folder.rglob("*.py"):
        place = path.relative_to(folder).with_suffix("").parts[0]
        if place != "__init__":
            graph.setdefault(place, set()).update(imported(path, f"lemmata.{topic}"))
            graph[place].discard(place)
    assert set().union(*graph.values()) <= set(graph)
    tuple(TopologicalSorter(graph).static_order())  # raises CycleError


@pytest.mark.parametrize("topic", TOPICS)
def test_folders_are_small_and_rooms_say_what_they_are(root, topic):
    for place in (f"reference/lemmata/{topic}", f"proofs_check/{topic}", f"tests/{topic}"):
        for folder in [root / place, *(root / place).glob("*/")]:
            assert len(list(folder.glob("*.py"))) <= MOST, folder
        for room in rooms(root / place):
            text = ast.get_docstring(ast.parse((root / place / room / "__init__.py").read_bytes()))
            assert text, room


@pytest.mark.parametrize("topic", TOPICS)
def test_checks_and_tests_are_in_the_rooms_of_their_code(root, topic):
    code = rooms(root / "reference" / "lemmata" / topic)
    checks = rooms(root / "proofs_check" / topic)
    tests = {path.parent.name for path in (root / "tests" / topic).glob("*/test_*.py")}
    assert checks == tests == code


@pytest.mark.parametrize("topic", TOPICS)
def test_public_functions_are_tested_in_files_named_for_them(root, topic):
    """For the function or its module, in the module's room; and the file does name the function."""
    package = import_module(f"lemmata.{topic}")
    functions = [(name, getattr(package, name)) for name in package.__all__]
    own = [
        pair for pair in functions if isfunction(pair[1]) and pair[1].__module__.startswith(package.__name__)
    ]
    for name, function in own:
        *room, module = function.__module__.split(".")[1:]
        folder = root.joinpath("tests", *room)
        files = [folder / f"test_{each}.py" for each in (name, module)]
        if name in TESTED_IN:
            assert not any(file.exists() for file in files), f"{name} has a file of its own"
            files = [root / "tests" / TESTED_IN[name]]
        texts = [file.read_text(encoding="utf-8") for file in files if file.exists()]
        assert any(re.search(rf"\b{name}\b", text) for text in texts), f"no test of {name} in {files}"
