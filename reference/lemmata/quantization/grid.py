"""Grids: for every weight, the values that may be stored in its place.

Level k of a weight is ``offset + scale * codes[k]``, in doubles: the product rounded, then the sum. Scale and
offset may differ from row to row and from one group of columns to the next; the codes are common. A grid
without codes is unbounded: its codes are all integers, as theorems about lattices need them.
How levels are found is in ``levels.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lemmata.options import switch, whole_number
from lemmata.quantization.arrays import LARGEST, Array, finite_array, refuse
from lemmata.quantization.levels import LARGEST_CODE, nearest_level, neighbours


@dataclass(frozen=True, eq=False)
class Grid:
    """The levels that weights may take.

    Made by `Grid.uniform`, `Grid.fit`, `Grid.from_levels` or `Grid.unbounded`.

    Parameters
    ----------
    codes : (size,) float64 or None
        Strictly increasing; None stands for all integers.
    scale, offset : float64 arrays of one shape
        Level k is ``offset + scale * codes[k]``. Without groups, the shape broadcasts against the weights'.
        With groups, the last axis counts the groups of columns. As everywhere in NumPy, a shape (k,) goes
        along the last axis, one scale per column, also where the weights are square: a scale per row has
        shape (rows, 1).
    group_size : int or None
        Columns in a group; the last group may be shorter.

    Raises
    ------
    ValueError
        For a scale that is not positive, anything that is not finite, codes that do not increase, shapes
        that do not match, or an offset of more than 2^50 steps in an unbounded grid, whose levels would
        coincide in doubles; named with index and value.

    Examples
    --------
    >>> grid = Grid.uniform(0.5, bits=2, offset=-1.0)
    >>> grid.levels().tolist()
    [-1.0, -0.5, 0.0, 0.5]
    >>> grid.nearest([0.2, 0.3, 7.0]).tolist()
    [0.0, 0.5, 0.5]
    """

    codes: Array | None
    scale: Array
    offset: Array
    group_size: int | None = None

    def __post_init__(self) -> None:
        scale, offset = finite_array("scale", self.scale), finite_array("offset", self.offset)
        refuse("scale", scale, scale <= 0, "must be positive")
        try:
            scale, offset = np.broadcast_arrays(scale, offset)
        except ValueError as error:
            raise ValueError(
                f"scale and offset must have one shape (they are {scale.shape} and {offset.shape})"
            ) from error
        codes = self.codes
        if codes is None:
            with np.errstate(over="ignore"):
                far = np.abs(offset) / scale > LARGEST_CODE + 0.5
            refuse("offset", offset, far, "must be at most 2^50 of the grid's steps from 0")
        else:
            codes = finite_array("codes", codes, 1)
            if not len(codes):
                raise ValueError("codes must not be empty")
            refuse("codes", codes, np.diff(codes, prepend=-np.inf) <= 0, "must be above the one before it")
            codes = frozen(codes)
        group_size = self.group_size
        if group_size is not None:
            group_size = whole_number("group_size", group_size, minimum=1)
            if scale.ndim == 0:
                raise ValueError("scale must have an axis that counts the groups when group_size is given")
        for name, value in (("codes", codes), ("scale", frozen(scale)), ("offset", frozen(offset))):
            object.__setattr__(self, name, value)
        object.__setattr__(self, "group_size", group_size)

    @classmethod
    def uniform(
        cls, scale: ArrayLike, *, bits: int, offset: ArrayLike = 0.0, group_size: int | None = None
    ) -> Grid:
        """``2**bits`` levels, ``scale`` apart, from ``offset`` upwards.

        Raises
        ------
        TypeError, ValueError
            For bits that are not an integer from 1 to 24, and as `Grid` does.
        """
        codes = _integer_codes(bits)
        return cls(codes, finite_array("scale", scale), finite_array("offset", offset), group_size)

    @classmethod
    def from_levels(
        cls,
        levels: ArrayLike,
        *,
        scale: ArrayLike = 1.0,
        offset: ArrayLike = 0.0,
        group_size: int | None = None,
    ) -> Grid:
        """Any strictly increasing levels, scaled and shifted per row or group where asked for.

        Examples
        --------
        >>> Grid.from_levels([-1.0, 0.0, 3.0]).nearest([1.4, 1.6]).tolist()
        [0.0, 3.0]
        """
        codes = finite_array("levels", levels)
        return cls(codes, finite_array("scale", scale), finite_array("offset", offset), group_size)

    @classmethod
    def unbounded(
        cls, step: ArrayLike = 1.0, *, offset: ArrayLike = 0.0, group_size: int | None = None
    ) -> Grid:
        """All ``offset + step * k`` with k an integer: nothing is ever clipped.

        Examples
        --------
        >>> Grid.unbounded(0.5).nearest([10.2, -3.9]).tolist()
        [10.0, -4.0]
        """
        return cls(None, finite_array("step", step), finite_array("offset", offset), group_size)

    @classmethod
    def fit(
        cls, weights: ArrayLike, *, bits: int, group_size: int | None = None, symmetric: bool = False
    ) -> Grid:
        """Uniform levels from the smallest to the largest weight of every group of columns.

        Parameters
        ----------
        weights : (..., columns)
            Without ``group_size`` every row is one group ("per channel").
        bits : int
            ``2**bits`` levels.
        group_size : int, optional
            Columns in a group.
        symmetric : bool
            Take the levels from -M to M with M the largest magnitude. Zero is then no level, unless a group
            is all zeros.

        Notes
        -----
        A group whose weights are all equal gets that weight as its lowest level and a scale of 1. Level 0 is
        the smallest weight exactly; the largest is the top level up to rounding. Where the step is below
        2^-1022, doubles have fewer digits, and rounding the step can take a good part of the span away: with
        4 bits, the top level for the weights 0 and 1e-322 is 7.4e-323.

        Examples
        --------
        >>> Grid.fit([[0.0, 1.0, 3.0], [2.0, 2.0, 4.0]], bits=2).levels().tolist()
        [[[0.0, 1.0, 2.0, 3.0]], [[2.0, 2.6666666666666665, 3.333333333333333, 4.0]]]
        """
        array = finite_array("weights", weights)
        codes = _integer_codes(bits)
        symmetric = switch("symmetric", symmetric)
        if array.ndim == 0 or array.size == 0:
            raise ValueError(f"weights must have columns (its shape is {array.shape})")
        columns = array.shape[-1]
        width = columns if group_size is None else whole_number("group_size", group_size, minimum=1)
        starts = np.arange(0, columns, width)
        high = np.maximum.reduceat(array, starts, axis=-1)
        low = np.minimum.reduceat(array, starts, axis=-1)
        if symmetric:
            high = np.maximum(np.abs(low), np.abs(high))
            low = -high
        scale = (high - low) / (len(codes) - 1)
        if scale.max() > LARGEST:
            at = int(np.argmax(np.max(array, axis=-1) - np.min(array, axis=-1)))
            row = np.unravel_index(at, array.shape[:-1])
            where = f"[{', '.join(str(int(i)) for i in row)}]" if row else ""
            raise ValueError(
                f"weights{where} must not span more than {LARGEST} times {len(codes) - 1} steps "
                f"(got {float(np.min(array[row]))} to {float(np.max(array[row]))})"
            )
        # A span so small that its part underflows counts as no span.
        scale[scale <= 0] = 1.0
        return cls(codes, scale, low, group_size)

    @property
    def size(self) -> int | None:
        """Number of levels; None where they are unbounded."""
        return None if self.codes is None else len(self.codes)

    @property
    def bits(self) -> float:
        """Bits that name one level: log2 of their number, infinite for the unbounded grid."""
        return float("inf") if self.codes is None else float(np.log2(len(self.codes)))

    def average_bits(self, shape: tuple[int, ...], *, bits_per_parameter: int = 16) -> float:
        """Bits per weight for an array of this shape, scale and offset included where they are stored.

        Two parameters are counted for every entry of ``scale``: ask the grid as it is stored. What `expand`
        returns has an entry for every weight, and would be stored like that.

        Raises
        ------
        ValueError
            If the grid does not cover the shape, or if that has no weights.

        Examples
        --------
        >>> Grid.uniform([[1.0, 1.0]], bits=3, group_size=128).average_bits((1, 256))
        3.25
        """
        self.expand(shape)
        weights, width = prod(shape), whole_number("bits_per_parameter", bits_per_parameter, minimum=1)
        if not weights:
            raise ValueError(f"shape must have weights to share the bits of scale and offset (got {shape})")
        try:
            return self.bits + 2 * width * self.scale.size / weights
        except OverflowError as error:
            raise ValueError("bits_per_parameter is beyond the range of doubles") from error

    def expand(self, shape: tuple[int, ...]) -> Grid:
        """The same grid with a scale and an offset for every weight of an array of this shape.

        Raises
        ------
        ValueError
            If the grid does not cover the shape, or a length is negative.
        TypeError
            If the shape is no tuple of integers.
        """
        shape = read_shape(shape)
        scale, offset = self.scale, self.offset
        try:
            if self.group_size is not None:
                columns = shape[-1]
                if scale.shape[-1] != -(-columns // self.group_size):
                    raise ValueError
                groups = np.arange(columns) // self.group_size
                scale, offset = scale[..., groups], offset[..., groups]
            scale, offset = np.broadcast_to(scale, shape), np.broadcast_to(offset, shape)
        except (ValueError, IndexError) as error:
            groups_of = "" if self.group_size is None else f" in groups of {self.group_size} columns"
            raise ValueError(
                f"weights has shape {shape}, which a grid with scale of shape {self.scale.shape}{groups_of} "
                "does not cover"
            ) from error
        return self._with(scale, offset)

    def __getitem__(self, index: Any) -> Grid:
        """The grid of a part of the weights, once `expand` has given every weight its own."""
        if self.group_size is not None:
            raise ValueError("expand the grid to the weights' shape before taking a part of it")
        try:
            return self._with(self.scale[index], self.offset[index])
        except IndexError as error:
            raise IndexError(
                f"index must fit the grid's scale, of shape {self.scale.shape} ({error})"
            ) from error

    def _with(self, scale: Array, offset: Array) -> Grid:
        """A grid of scales and offsets taken from this one, which need no second look."""
        grid = object.__new__(Grid)
        fields = ("codes", self.codes), ("scale", frozen(scale)), ("offset", frozen(offset))
        for name, value in (*fields, ("group_size", None)):
            object.__setattr__(grid, name, value)
        return grid

    def levels(self) -> Array:
        """All levels, smallest first: shape ``scale.shape + (size,)``.

        Raises
        ------
        ValueError
            For the unbounded grid.
        """
        if self.codes is None:
            raise ValueError("an unbounded grid has no list of levels")
        return self.offset[..., None] + self.scale[..., None] * self.codes

    def below(self, weights: ArrayLike) -> Array:
        """The greatest level that is at most the weight; the lowest level for weights below all."""
        return self.neighbours(weights)[0]

    def above(self, weights: ArrayLike) -> Array:
        """The least level that is at least the weight; the highest level for weights above all."""
        return self.neighbours(weights)[1]

    def neighbours(self, weights: ArrayLike) -> tuple[Array, Array]:
        """`below` and `above`: equal at a level and outside the range.

        Examples
        --------
        >>> below, above = Grid.from_levels([0.0, 1.0]).neighbours([-3.0, 0.25, 1.0, 9.0])
        >>> below.tolist(), above.tolist()
        ([0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 1.0, 1.0])
        """
        array, grid = self._read(weights)
        return neighbours(array, grid.codes, grid.scale, grid.offset)[1:]

    def nearest(self, weights: ArrayLike) -> Array:
        """The nearest level of every weight; a tie goes to the level with the even index (QUA-1).

        Codes are counted from 0 at the lowest; those of the unbounded grid are their own index. Where
        several codes give one double, the lower of the two levels is counted by the last of its codes, and
        so the upper by the first of its own: of two neighbours, always one is even.
        """
        array, grid = self._read(weights)
        return nearest_level(array, grid.codes, grid.scale, grid.offset)

    def contains(self, weights: ArrayLike) -> NDArray[np.bool_]:
        """Whether each weight is one of its levels, exactly."""
        array = finite_array("weights", weights)
        below, above = self.neighbours(array)
        return np.asarray((below == array) | (above == array))

    def _read(self, weights: ArrayLike) -> tuple[Array, Grid]:
        """Weights as doubles, and the grid with a scale and an offset for each."""
        array = finite_array("weights", weights)
        return array, self.expand(array.shape)


def frozen(array: Array) -> Array:
    """A copy-free view that cannot be written to."""
    view = np.asarray(array).view()
    view.flags.writeable = False
    return view


def read_shape(shape: object) -> tuple[int, ...]:
    """The lengths of an array, or an error."""
    if not isinstance(shape, tuple):
        raise TypeError(f"shape must be a tuple of integers (got {shape!r})")
    return tuple(whole_number(f"shape[{i}]", length, minimum=0) for i, length in enumerate(shape))


def read_grid(grid: object) -> Grid:
    """A grid, or an error."""
    if not isinstance(grid, Grid):
        raise TypeError(f"grid must be a Grid (got {type(grid).__name__})")
    return grid


def _integer_codes(bits: int) -> Array:
    if whole_number("bits", bits, minimum=1) > 24:
        raise ValueError(f"bits must be at most 24 (got {bits})")
    return np.arange(2**bits, dtype=np.float64)
