"""What `help` says of a public function: types by their names, in a few lines."""

import inspect
import pydoc
from importlib import import_module
from types import ModuleType

import pytest

LONGEST = 440
"""Characters of a signature: `discquant`, which has a dozen options, takes 434."""
TOPICS = ("discrepancy", "hamming", "quantization")


def public_functions(packages):
    for package in packages:
        topic = import_module(f"lemmata.{package}")
        for name in topic.__all__:
            found = getattr(topic, name)
            inside = vars(found).items() if isinstance(found, ModuleType) else [("", found)]
            for key, value in inside:
                if inspect.isfunction(value) and not key.startswith("_"):
                    yield pytest.param(value, id=f"{package}.{name}.{key}".strip("."))


@pytest.mark.parametrize("function", list(public_functions(("claims", "costs", *TOPICS))))
def test_signatures_are_short_and_name_their_types(function):
    signature = str(inspect.signature(function))
    assert len(signature) <= LONGEST
    assert "numpy.ndarray[" not in signature
    first = pydoc.plain(pydoc.render_doc(function)).splitlines()[2]
    assert len(first) <= LONGEST + len(function.__name__)


@pytest.mark.parametrize("function", list(public_functions(TOPICS)))
def test_chance_and_observers_are_the_last_keywords_in_one_order(function):
    parameters = inspect.signature(function).parameters.values()
    last = [p.name for p in parameters if p.name in ("rng", "trace", "costs")]
    assert last == [name for name in ("rng", "trace", "costs") if name in last]
    assert [p.name for p in parameters][-len(last) :] == last or not last
