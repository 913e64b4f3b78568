"""What a trace receives is public: every step's type is importable from its topic, and says what it is."""

import ast
import inspect
import re
from importlib import import_module

import pytest

TOPICS = ("discrepancy", "hamming", "quantization")


def emitted(root, topic):
    """Names of the types that are made where they are emitted."""
    for path in sorted((root / "reference" / "lemmata" / topic).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "emit":
                step = node.args[1]
                if isinstance(step, ast.Call) and step.func.id[0].isupper():
                    yield step.func.id


@pytest.mark.parametrize("topic", TOPICS)
def test_steps_can_be_imported_from_their_topic(root, topic):
    public = import_module(f"lemmata.{topic}")
    names = set(emitted(root, topic))
    assert names <= set(public.__all__)
    for name in names:
        assert inspect.getdoc(getattr(public, name)), name


@pytest.mark.parametrize("topic", TOPICS)
def test_steps_that_a_docstring_promises_can_be_imported(topic):
    public = import_module(f"lemmata.{topic}")
    documented = [inspect.getdoc(getattr(public, name)) or "" for name in public.__all__]
    described = [re.search(r"^trace : .*\n((?:    .*\n|\n)+)", text, re.MULTILINE) for text in documented]
    promised = {name for found in described if found for name in re.findall(r"`([A-Z]\w*)`", found[1])}
    assert promised
    assert promised <= set(public.__all__)
