"""Real arrays from whatever users pass, with errors that name the argument."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


def as_array(name: str, value: Any) -> NDArray[Any]:
    """An array of the value as it is: NumPy arrays, lists, and anything with ``__array__`` or DLPack.

    Raises
    ------
    TypeError
        For a masked array, alone or inside lists, whose masked entries have no value; for a sparse matrix;
        for None, sets, dictionaries and iterators, which NumPy would wrap as one object.
    ValueError
        For a ragged list.
    """
    _refuse_masked(name, value)
    if hasattr(value, "tocoo"):
        raise TypeError(f"{name} is a sparse matrix; pass {name}.toarray()")
    if hasattr(value, "__dlpack__") and not hasattr(value, "__array__"):
        return np.from_dlpack(value)
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{name} must be a rectangular array ({error})") from error
    if array.ndim == 0 and array.dtype == object and (value is None or hasattr(type(value), "__iter__")):
        raise TypeError(f"{name} must be an array or nested lists (got {type(value).__name__})")
    return array


def _refuse_masked(name: str, value: Any) -> None:
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(f"{name} is a masked array; fill the masked entries first")
    if isinstance(value, list | tuple):
        for part in value:
            # Lists of numbers are the common case: no call per number.
            if isinstance(part, list | tuple | np.ma.MaskedArray):
                _refuse_masked(name, part)


def real_array(name: str, value: ArrayLike, *, dimensions: int) -> NDArray[np.float64]:
    """A new, finite, C-contiguous array of doubles with that many dimensions.

    Raises
    ------
    TypeError
        If it does not hold real numbers.
    ValueError
        If it has another number of dimensions, or an entry is NaN or infinite; the first one is named.
    """
    array = as_array(name, value)
    if array.size and array.dtype.kind not in "fiub":
        raise TypeError(f"{name} must hold real numbers (got dtype {array.dtype})")
    if array.ndim != dimensions:
        raise ValueError(f"{name} must have {dimensions} dimension(s) (got shape {array.shape})")
    values = np.array(array, dtype=np.float64, order="C")
    wrong = np.argwhere(~np.isfinite(values))
    if len(wrong):
        where = ", ".join(str(int(index)) for index in wrong[0])
        raise ValueError(f"{name} must be finite ({name}[{where}] = {values[tuple(wrong[0])]})")
    return values
