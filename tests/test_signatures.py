"""What `help` says of a public function: types by their names, in a few lines."""

import inspect
import pydoc
from importlib import import_module
from types import ModuleType

import pytest

LONGEST = 420
"""Characters of a signature: `discquant`, which has a dozen options, takes 408."""
PACKAGES = ("claims", "costs", "discrepancy", "hamming", "quantization")


def public_functions():
    for package in PACKAGES:
        topic = import_module(f"lemmata.{package}")
        for name in topic.__all__:
            found = getattr(topic, name)
            inside = vars(found).items() if isinstance(found, ModuleType) else [("", found)]
            for key, value in inside:
                if inspect.isfunction(value) and not key.startswith("_"):
                    yield pytest.param(value, id=f"{package}.{name}.{key}".strip("."))


@pytest.mark.parametrize("function", list(public_functions()))
def test_signatures_are_short_and_name_their_types(function):
    signature = str(inspect.signature(function))
    assert len(signature) <= LONGEST
    assert "numpy.ndarray[" not in signature
    first = pydoc.plain(pydoc.render_doc(function)).splitlines()[2]
    assert len(first) <= LONGEST + len(function.__name__)
