"""The states of recurrent layers: how they begin, what they are like, and what a mask keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autodiff import Array
from nn import tree
from nn.layers.cell import Cell
from nn.layers.weight import compute_dtype

if TYPE_CHECKING:
    from nn.layers.shapes import Shape

__all__ = ["first_states", "has_several", "kept", "output_shape"]


def first_states(cell: Any, rows: int, entry: Shape) -> list[Any]:
    """Return the states of a cell before the first step: zeros, unless it defines others.

    Args:
        cell: as `nn.layers.RNN` takes it; its ``get_initial_state(batch_size)`` is called if it has
            one, as in Keras.
        rows: the number of rows.
        entry: the shape of an entry of the sequence, without the axis of the rows.
    """
    if hasattr(cell, "first_states"):  # a cell of nn, or several
        states: list[Any] = cell.first_states(rows, entry)
        return states
    own = getattr(cell, "get_initial_state", None)
    if own is not None:
        states = own(batch_size=rows)
        return list(states) if isinstance(states, list | tuple) else [states]
    sizes = cell.state_size if has_several(cell) else [cell.state_size]
    dtype = compute_dtype.get()
    return list(tree.map_leaves(lambda size: np.zeros((rows, size), dtype), list(sizes)))


def output_shape(cell: Any, entry: Shape) -> tuple[int, ...]:
    """Return the shape of a cell's output, without the axis of the rows."""
    if isinstance(cell, Cell):
        return cell.output_shape(entry)
    size = getattr(cell, "output_size", None)
    if size is None:  # that of the first state
        size = tree.leaves(first_states(cell, 1, entry))[0].shape[1:]
    return (size,) if hasattr(size, "__index__") else tuple(size)


def kept(counts: Array, new: Array, old: Array) -> Array:
    """Return the new rows where a step counts, and the old ones where it is masked.

    Args:
        counts: shape (rows, 1), bools.
        new: shape (rows, ...).
        old: the same shape.
    """
    if new.ndim != counts.ndim:
        counts = counts.reshape(counts.shape[0], *(1,) * (new.ndim - 1))
    return np.where(counts, new, old)


def has_several(cell: Any) -> bool:
    """Return whether a cell has a list of states."""
    return isinstance(cell.state_size, list | tuple)
