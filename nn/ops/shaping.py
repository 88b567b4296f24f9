"""Other shapes of the same entries: reshaping, joining, splitting, repeating."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autodiff import Array
from nn.argument_checks import as_data_format
from nn.ops.arrays import as_array, promoted, promoted_list
from nn.ops.operation import named, operation

if TYPE_CHECKING:
    from collections.abc import Sequence


def _joining(name: str) -> Any:
    function = getattr(np, name)

    def call(xs: Sequence[Array]) -> Array:
        return function(promoted_list(xs))

    return named(name, call, f"Join arrays by `numpy.{name}`.")


def _splitting(name: str) -> Any:
    function = getattr(np, name)

    def call(x: Array, indices_or_sections: Any) -> list[Array]:
        return list(function(as_array(x), indices_or_sections))

    return named(name, call, f"Split an array by `numpy.{name}`.")


def _moving(name: str) -> Any:
    function = getattr(np, name)

    def call(x: Array) -> Array:
        return function(as_array(x))

    return named(name, call, f"Return `numpy.{name}` of an array.")


def _triangle(name: str) -> Any:
    function = getattr(np, name)

    def call(x: Array, k: int = 0) -> Array:
        return function(as_array(x), k=k)

    return named(name, call, f"Return `numpy.{name}` of an array.")


dstack, hstack, vstack = map(_joining, ("dstack", "hstack", "vstack"))
dsplit, hsplit, vsplit = map(_splitting, ("dsplit", "hsplit", "vsplit"))
copy, fliplr, flipud, ravel = map(_moving, ("copy", "fliplr", "flipud", "ravel"))
tril, triu, diag, diagflat = map(_triangle, ("tril", "triu", "diag", "diagflat"))


@operation
def append(x1: Array, x2: Array, axis: int | None = None) -> Array:
    """Join two arrays along an axis; their entries without an axis."""
    x1, x2 = promoted(as_array(x1), as_array(x2))
    return np.append(x1, x2, axis)


@operation
def concatenate(xs: Sequence[Array], axis: int = 0) -> Array:
    """Join arrays along an axis."""
    return np.concatenate(promoted_list(xs), axis=axis)


@operation
def stack(x: Sequence[Array], axis: int = 0) -> Array:
    """Join arrays of one shape along a new axis."""
    return np.stack(promoted_list(x), axis=axis)


@operation
def unstack(x: Array, num: int | None = None, axis: int = 0) -> list[Array]:
    """Return the parts along an axis, without this axis.

    Raises:
        ValueError: the axis doesn't have ``num`` entries.
    """
    x = as_array(x)
    if num not in (None, x.shape[axis]):
        raise ValueError(
            f"unstack expects num to be the length of axis {axis}, {x.shape[axis]}, got {num}. "
            "Leave num out."
        )
    moved = np.moveaxis(x, axis, 0)
    return [moved[position] for position in range(len(moved))]


@operation
def split(x: Array, indices_or_sections: Any, axis: int = 0) -> list[Array]:
    """Split into equal parts, or at the indices."""
    return list(np.split(as_array(x), indices_or_sections, axis=axis))


@operation
def array_split(x: Array, indices_or_sections: Any, axis: int = 0) -> list[Array]:
    """Split into parts that differ by at most one entry along the axis."""
    return list(np.array_split(as_array(x), indices_or_sections, axis=axis))


@operation
def reshape(x: Array, newshape: Any) -> Array:
    """Return the entries in another shape; -1, or a single None, stands for the rest."""
    lengths = newshape if isinstance(newshape, list | tuple) else (newshape,)
    return np.reshape(as_array(x), tuple(-1 if n is None else n for n in lengths))


@operation
def broadcast_to(x: Array, shape: Sequence[int]) -> Array:
    """Repeat along axes of length 1, and new ones in front, until the shape is reached."""
    return np.broadcast_to(as_array(x), tuple(shape))


@operation
def expand_dims(x: Array, axis: Any) -> Array:
    """Insert axes of length 1."""
    return np.expand_dims(as_array(x), tuple(axis) if isinstance(axis, list) else axis)


@operation
def squeeze(x: Array, axis: Any = None) -> Array:
    """Remove axes of length 1."""
    return np.squeeze(as_array(x), tuple(axis) if isinstance(axis, list) else axis)


@operation
def transpose(x: Array, axes: Sequence[int] | None = None) -> Array:
    """Return the axes in another order; reversed by default."""
    return np.transpose(as_array(x), axes)


@operation
def swapaxes(x: Array, axis1: int, axis2: int) -> Array:
    """Interchange two axes."""
    return np.swapaxes(as_array(x), axis1, axis2)


@operation
def moveaxis(x: Array, source: Any, destination: Any) -> Array:
    """Move axes to other positions."""
    return np.moveaxis(as_array(x), source, destination)


@operation
def flip(x: Array, axis: Any = None) -> Array:
    """Reverse the order along the axes; along all by default."""
    return np.flip(as_array(x), axis)


@operation
def roll(x: Array, shift: Any, axis: Any = None) -> Array:
    """Shift entries along an axis; those beyond the end come first."""
    return np.roll(as_array(x), shift, axis)


@operation
def rot90(array: Array, k: int = 1, axes: tuple[int, int] = (0, 1)) -> Array:
    """Turn by 90 degrees, ``k`` times, from the first axis to the second."""
    return np.rot90(as_array(array), k, axes)


@operation
def repeat(x: Array, repeats: Any, axis: int | None = None) -> Array:
    """Repeat each entry along an axis."""
    return np.repeat(as_array(x), repeats, axis)


@operation
def tile(x: Array, repeats: Any) -> Array:
    """Repeat the whole array along its axes."""
    return np.tile(as_array(x), repeats)


@operation
def pad(x: Array, pad_width: Any, mode: str = "constant", constant_values: Any = None) -> Array:
    """Extend the axes: by a constant, 0 by default, or by another mode of `numpy.pad`."""
    options: Any = {} if constant_values is None else {"constant_values": constant_values}
    return np.pad(as_array(x), pad_width, mode, **options)  # type: ignore[call-overload] # a word


@operation
def meshgrid(*x: Array, indexing: str = "xy") -> list[Array]:
    """Return the coordinates of the points of a grid."""
    return list(np.meshgrid(*map(as_array, x), indexing=indexing))  # type: ignore[call-overload] # a word


@operation
def diagonal(x: Array, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Array:
    """Return the entries on a diagonal of two axes."""
    return np.diagonal(as_array(x), offset, axis1, axis2)


def _check_block(size: int) -> int:
    if size < 2:
        raise ValueError(
            f"expected blocks of at least 2 by 2 pixels, got block_size={size!r}. Leave the images "
            f"as they are, or pass a larger size."
        )
    return size


@operation
def depth_to_space(x: Array, block_size: int, data_format: str = "channels_last") -> Array:
    """Spread the channels of images over blocks of pixels.

    Args:
        x: shape (rows, height, width, channels), or channels first.
        block_size: the height and width of a block, at least 2.
        data_format: where the channels are.

    Returns:
        Shape (rows, height · block, width · block, channels / block²).
    """
    x, n = as_array(x), _check_block(block_size)
    if as_data_format(data_format) == "channels_first":
        rows, channels, height, width = x.shape
        blocks = x.reshape(rows, n, n, channels // n**2, height, width)
        spread = np.transpose(blocks, (0, 3, 4, 1, 5, 2))
        return spread.reshape(rows, channels // n**2, height * n, width * n)
    rows, height, width, channels = x.shape
    blocks = x.reshape(rows, height, width, n, n, channels // n**2)
    spread = np.transpose(blocks, (0, 1, 3, 2, 4, 5))
    return spread.reshape(rows, height * n, width * n, channels // n**2)


@operation
def space_to_depth(x: Array, block_size: int, data_format: str = "channels_last") -> Array:
    """Gather blocks of pixels into channels: the inverse of `depth_to_space`."""
    x, n = as_array(x), _check_block(block_size)
    if as_data_format(data_format) == "channels_first":
        rows, channels, height, width = x.shape
        blocks = x.reshape(rows, channels, height // n, n, width // n, n)
        gathered = np.transpose(blocks, (0, 3, 5, 1, 2, 4))
        return gathered.reshape(rows, channels * n**2, height // n, width // n)
    rows, height, width, channels = x.shape
    blocks = x.reshape(rows, height // n, n, width // n, n, channels)
    gathered = np.transpose(blocks, (0, 1, 3, 2, 4, 5))
    return gathered.reshape(rows, height // n, width // n, channels * n**2)
