"""The order in which GPTQ rounds the columns."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lemmata.arrays import as_array
from lemmata.quantization.arrays import refuse


def rounding_order(hessian: NDArray[Any], order: str | ArrayLike | None) -> NDArray[np.int64]:
    """The columns in the order in which they are to be rounded; by activation, equal ones as they come."""
    columns = len(hessian)
    if order is None:
        return np.arange(columns)
    if isinstance(order, str):
        if order != "activation":
            raise ValueError(f"order must be None, 'activation' or a permutation (got {order!r})")
        return np.argsort(-np.diag(hessian), kind="stable")
    return read_permutation(order, columns)


def read_permutation(order: ArrayLike, columns: int) -> NDArray[np.int64]:
    """A permutation of the columns, or an error."""
    permutation = as_array("order", order)
    if permutation.size and permutation.dtype.kind not in "iu":
        raise TypeError(f"order must hold integers (its dtype is {permutation.dtype})")
    demand = f"must be a permutation of 0 to {columns - 1}"
    if permutation.shape != (columns,):
        raise ValueError(f"order {demand} (its shape is {permutation.shape})")
    twice = np.ones(columns, dtype=bool)
    twice[np.unique(permutation, return_index=True)[1]] = False
    refuse("order", permutation, (permutation < 0) | (permutation >= columns) | twice, demand)
    return permutation.astype(np.int64)
