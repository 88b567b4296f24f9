"""The shape and the dtype of a value without numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nn import tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from nn.layers.shapes import Shape

__all__ = ["Spec", "filled", "has_specs", "specs_in"]


class Spec:
    """The shape and the dtype of a value.

    Args:
        shape: the length of each axis; None where it isn't known, as for the batch.
        dtype: the dtype of its numbers.

    Attributes:
        is_masked: whether it comes with a mask, of the shape of its first two axes.

    >>> Spec((None, 3)).ndim
    2
    """

    def __init__(self, shape: Shape, dtype: Any = np.float32) -> None:
        self.shape: Shape = tuple(shape)
        self.dtype: np.dtype[Any] = np.dtype(dtype)
        self.is_masked = False

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}, shape {self.shape}, {self.dtype}>"


def filled(structure: Any, values: Mapping[int, Any]) -> Any:
    """Replace the Specs in a structure by their values, found by the ids of the Specs."""
    return tree.map_leaves(
        lambda leaf: values[id(leaf)] if isinstance(leaf, Spec) else leaf, structure
    )


def specs_in(structure: Any) -> list[Any]:
    """Return the Specs in a structure, in order."""
    return [leaf for leaf in tree.leaves(structure) if isinstance(leaf, Spec)]


def has_specs(arguments: Iterable[Any]) -> bool:
    """Return whether arguments are Specs, or contain some."""
    for value in arguments:
        if isinstance(value, Spec) or (tree.is_structure(value) and specs_in(value)):
            return True
    return False
