"""Exact and reference implementations of published algorithms, tied to checked theorems.

Every topic is a subpackage that loads on first use::

    import lemmata

    lemmata.hamming.distances("abracadabra", "abr")

The book is in :mod:`lemmata.theory`, the checks of its theorems in :mod:`lemmata.proofs_check`,
and ``lemmata verify`` runs them.
"""

from importlib import import_module
from types import ModuleType

__version__ = "0.1.0"

_LAZY = ("claims", "costs", "discrepancy", "hamming", "quantization", "report")

__all__ = ["__version__", *_LAZY]  # noqa: PLE0604 - the names are literals three lines up


def __getattr__(name: str) -> ModuleType:
    if name in _LAZY:
        return import_module(f"lemmata.{name}")
    raise AttributeError(f"module 'lemmata' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
