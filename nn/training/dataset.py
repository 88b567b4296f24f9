"""Datasets: rows of inputs, targets and sample weights, and how they are cut into batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nn import tree

__all__ = ["Dataset", "rows_of_batches"]


@dataclass(frozen=True)
class Dataset:
    """Rows of inputs, with their targets and sample weights, if any.

    Each is an array with one row per example, or several arrays in a list or a dictionary.

    Attributes:
        x: float32; integers where the model takes integers.
        y: float32, or integers where the user passed integers; None for prediction, and in a list
            for an output without targets.
        sample_weight: float32, one number per row; None where all weights are 1.
    """

    x: Any
    y: Any = None
    sample_weight: Any = None

    def __len__(self) -> int:
        return len(self._named[0][1])

    @cached_property
    def form(self) -> str:
        """The names of the arrays, their dtypes and the shapes of their rows."""
        return ", ".join(
            f"{name} {array.dtype.str} {array.shape[1:]}" for name, array in self._named
        )

    @cached_property
    def _named(self) -> list[tuple[str, NDArray[Any]]]:
        parts = (("x", self.x), ("y", self.y), ("sample_weight", self.sample_weight))
        return [
            (path, array)
            for name, part in parts
            for path, array in tree.paths(part, name)
            if array is not None
        ]

    def arrays(self) -> list[tuple[str, NDArray[Any]]]:
        """Return the arrays, with their names: ``x``, or ``x_0`` and ``x_1`` of a list."""
        return self._named

    def rebuilt(self, arrays: Iterable[Any]) -> Dataset:
        """Return a dataset of other arrays, in the order of `arrays`."""
        found = iter(arrays)

        def replaced(part: Any) -> Any:
            return tree.packed(
                part, [None if array is None else next(found) for array in tree.leaves(part)]
            )

        return Dataset(replaced(self.x), replaced(self.y), replaced(self.sample_weight))

    def map(self, function: Callable[[Any], Any]) -> Dataset:
        """Return a dataset of the function's results for each array."""
        return self.rebuilt([function(array) for _, array in self._named])

    def take(self, rows: slice | NDArray[np.intp]) -> Dataset:
        """Return some of the rows: a view for a slice, a copy for an array of row numbers."""
        return self.map(lambda array: _take(array, rows))


def rows_of_batches(
    count: int, batch_size: int, generator: np.random.Generator | None = None
) -> Iterator[Any]:
    """Return the rows of each batch of an epoch; the last may be short.

    Args:
        count: the number of rows.
        batch_size: that of a batch.
        generator: draws the order, when this function is called; None keeps that of the rows.

    Returns:
        Slices, or row numbers in random order.

    >>> list(rows_of_batches(5, 3))
    [slice(0, 3, None), slice(3, 5, None)]
    """
    starts = range(0, count, batch_size)
    if generator is None:
        return (slice(start, min(start + batch_size, count)) for start in starts)
    order = generator.permutation(count)
    return (order[start : start + batch_size] for start in starts)


def _take(array: NDArray[Any], rows: slice | NDArray[np.intp]) -> NDArray[Any]:
    return array[rows] if isinstance(rows, slice) else np.take(array, rows, axis=0)
