"""Figures and inputs as a reader sees them, and the fingerprints that tell long ones apart."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from hashlib import blake2b
from typing import Any

import numpy as np

from lemmata.claims.comparing import plain
from lemmata.claims.verdict import Figure

_LONGEST = 64
"""Entries of an array that a witness writes out."""
_LONGEST_INTEGER = 10_000
"""Bits of an integer that is written out."""


def figure(value: Any) -> Figure:
    """A figure as a row keeps it: a number, or text where a number would not do."""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int) and value.bit_length() > _LONGEST_INTEGER:
        return f"an integer of {value.bit_length()} bits"
    if isinstance(value, int | float | Fraction | str):
        return value
    if isinstance(value, np.ndarray | list | tuple):
        return str(_readable_value(value))
    try:
        return float(value)
    except (TypeError, ValueError):
        return str(value)[:400]


def readable(inputs: Mapping[str, Any]) -> dict[str, object]:
    """Inputs as a witness keeps them: what JSON can hold, and not too long."""
    return {name: _readable_value(value) for name, value in inputs.items()}


def _readable_value(value: Any) -> object:
    """An input as a witness shows it: short arrays in full, long ones by shape and fingerprint."""
    value = plain(value)
    if isinstance(value, np.ndarray):
        if value.size <= _LONGEST:
            return _readable_value(value.tolist())
        return f"{value.dtype} array of shape {value.shape}, BLAKE2 {fingerprint(value).hex()[:12]}"
    if isinstance(value, list | tuple):
        if len(value) > _LONGEST:
            return f"{type(value).__name__} of {len(value)}, BLAKE2 {fingerprint(value).hex()[:12]}"
        return [_readable_value(entry) for entry in value]
    if isinstance(value, int) and value.bit_length() > _LONGEST_INTEGER:
        return f"an integer of {value.bit_length()} bits"
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)[:400]


def fingerprint(member: Any) -> bytes:
    """The same for equal members, whatever container or integer type they come in.

    Raises
    ------
    ValueError
        For an object whose ``repr`` shows its address only.
    """
    return blake2b(_canonical(member).encode(), digest_size=12).digest()


def _canonical(member: Any) -> str:
    if isinstance(member, np.ndarray | np.generic):
        member = member.tolist()
    if isinstance(member, list | tuple):
        return f"({','.join(map(_canonical, member))})"
    text = repr(member)
    if " object at 0x" in text:
        raise ValueError(f"a member of type {type(member).__name__} has no repr that tells it from others")
    return text
