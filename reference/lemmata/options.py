"""Options from whatever users pass: whole numbers and switches, with errors that name the argument."""

import numpy as np


def whole_number(name: str, value: object, *, minimum: int) -> int:
    """Read a Python or NumPy integer that is at least ``minimum``.

    Raises
    ------
    TypeError
        For anything else; a Boolean is no number here, and neither is 2.0.
    ValueError
        For a smaller integer.

    Examples
    --------
    >>> whole_number("limit", np.int8(3), minimum=0)
    3
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"{name} must be an integer (got {value!r})")
    if value < minimum:
        raise ValueError(f"{name} must be at least {minimum} ({name} = {value})")
    return int(value)


def switch(name: str, value: object) -> bool:
    """Read a Python or NumPy Boolean.

    Raises
    ------
    TypeError
        For anything else, such as the string "no", which would count as true.
    """
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"{name} must be True or False (got {value!r})")
    return bool(value)
