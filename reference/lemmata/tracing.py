"""Steps of an algorithm, handed to whoever wants to watch it."""

from collections.abc import Callable
from typing import Any

Trace = list[Any] | Callable[[Any], object] | None
"""Where steps go: a list that collects them, a function that is called with each, or nowhere."""


def emit(trace: Trace, step: object) -> None:
    """Hand one step to the trace.

    Raises
    ------
    TypeError
        If the trace is neither a list, nor callable, nor None.
    """
    if trace is None:
        return
    if isinstance(trace, list):
        trace.append(step)
    elif callable(trace):
        trace(step)
    else:
        raise TypeError(f"trace must be a list, a function or None (got {type(trace).__name__})")
