"""The data that a model is trained, evaluated or run on: checked, split and cut into batches.

data = prepare(x, y, sample_weight)           arrays, with as many rows each
train, validation = split(data, 0.2)          the last rows validate
train = weigh_classes(train, {0: 1, 1: 3})    class weights act on training only
for batch in batches(train, 32, generator):   one epoch, shuffled
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nn import losses
from nn.callbacks.message import warn
from nn.losses.base import BuiltInLoss
from nn.training.arrays import Array, Float32Array, as_floats, as_numbers

_OF_LABELS = (
    losses.SparseCategoricalCrossentropy,
    losses.BinaryCrossentropy,
    losses.Hinge,
    losses.SquaredHinge,
)


@dataclass(frozen=True)
class Dataset:
    """Rows of inputs, with their targets and weights where there are any.

    Attributes:
        x: float32, one row per example.
        y: float32, or integers where the user gave integers; None for prediction.
        sample_weight: float32, one number per row, or None where all rows count alike.
    """

    x: Float32Array
    y: Array | None = None
    sample_weight: Float32Array | None = None

    def __len__(self) -> int:
        return len(self.x)

    @cached_property
    def form(self) -> str:
        """What a program is made for: which arrays there are, and how their rows look."""
        return ", ".join(f"{name} {a.dtype.str} {a.shape[1:]}" for name, a in self.arrays())

    def arrays(self) -> list[tuple[str, Array]]:
        """List the arrays that there are, with their names."""
        named = [("x", self.x), ("y", self.y), ("sample_weight", self.sample_weight)]
        return [(name, array) for name, array in named if array is not None]

    def take(self, rows: slice | NDArray[np.intp]) -> Dataset:
        """Answer these rows alone: a view for a slice, a copy for an array of row numbers."""
        y, weight = self.y, self.sample_weight
        return Dataset(
            _take(self.x, rows),
            None if y is None else _take(y, rows),
            None if weight is None else _take(weight, rows),
        )


def prepare(x: object, y: object = None, sample_weight: object = None) -> Dataset:
    """Read and check the data that a user passes to ``fit``, ``evaluate`` or ``predict``.

    Args:
        x: inputs, any numbers in an array, a list or a DataFrame; become float32.
        y: targets; integers are kept (they may be class labels), the rest becomes float32.
        sample_weight: shape (rows,) or (rows, 1).

    Raises:
        TypeError: something isn't a number.
        ValueError: NaN or infinity, no rows at all, or lengths that differ.

    >>> prepare([[1, 2], [3, 4], [5, 6]], [0, 1, 1]).y
    array([0, 1, 1])
    """
    inputs = as_floats("x", x)
    targets = None if y is None else as_numbers("y", y)
    weights = None if sample_weight is None else as_floats("sample_weight", sample_weight)
    if len(inputs) == 0:
        raise ValueError(f"x must have at least one row, got shape {inputs.shape}.")
    for name, array in (("y", targets), ("sample_weight", weights)):
        if array is not None and len(array) != len(inputs):
            raise ValueError(
                f"x and {name} must have as many rows, got {len(inputs)} rows in x and "
                f"{len(array)} in {name}. Row i of {name} belongs to row i of x."
            )
    if weights is not None and weights.size != len(inputs):
        raise ValueError(
            f"sample_weight must hold one number per row, shape ({len(inputs)},), "
            f"got shape {weights.shape}."
        )
    return Dataset(inputs, targets, None if weights is None else weights.reshape(-1))


def split(
    dataset: Dataset, validation_split: float, loss: losses.Loss | None = None
) -> tuple[Dataset, Dataset | None]:
    """Split off the last rows for validation, before any shuffling, as Keras does.

    Args:
        dataset: all the rows.
        validation_split: share of the rows that validates, from 0 (no validation) to below 1;
            ``floor(rows * (1 - validation_split))`` rows train.
        loss: tells whether the targets are classes; without one, or where it is the user's own,
            that is guessed from their values.

    Raises:
        TypeError: the share isn't a number.
        ValueError: the share is outside [0, 1), or would leave either part without rows.

    Warns:
        UserWarning: a class has no row in the training part.
    """
    if not isinstance(validation_split, Real):
        raise TypeError(
            f"validation_split must be a share of the rows in [0, 1), got {validation_split!r} of "
            f"type {type(validation_split).__name__}. 0.2 validates on the last fifth."
        )
    if not 0 <= validation_split < 1:
        raise ValueError(
            f"validation_split must be a share of the rows in [0, 1), got {validation_split}. "
            "0.2 validates on the last fifth."
        )
    if validation_split == 0:
        return dataset, None
    rows = len(dataset)
    count = math.floor(rows * (1.0 - validation_split))
    if count in (0, rows):
        raise ValueError(
            f"validation_split={validation_split} of {rows} rows leaves {count} rows to train "
            f"on and {rows - count} to validate on. Give more rows, or another share."
        )
    train = dataset.take(slice(0, count))
    _warn_of_classes_left_out(dataset.y, train.y, loss)
    return train, dataset.take(slice(count, rows))


def weigh_classes(dataset: Dataset, class_weight: Mapping[int, float] | None) -> Dataset:
    """Multiply each row's weight by the weight of its class; a class that isn't named counts 1.

    Args:
        dataset: its ``y`` holds whole-number labels, shape (rows,) or (rows, 1), or one-hot
            rows, whose class is the column of the largest entry.
        class_weight: from label to weight; a label may be a float that is whole.

    Raises:
        TypeError: ``class_weight`` isn't a mapping from whole numbers to numbers.
        ValueError: the targets aren't classes, or a weight isn't finite.

    >>> weigh_classes(prepare([[1], [2], [3]], [0, 1, 2]), {1: 5.0}).sample_weight
    array([1., 5., 1.], dtype=float32)
    """
    if class_weight is None:
        return dataset
    _check_class_weight(class_weight)
    labels, indices = np.unique(_labels(dataset.y), return_inverse=True)
    weights = np.array([class_weight.get(label, 1) for label in labels.tolist()], np.float32)
    of_rows = weights[indices]
    if dataset.sample_weight is not None:
        of_rows = of_rows * dataset.sample_weight
    return replace(dataset, sample_weight=of_rows)


def batches(
    dataset: Dataset, batch_size: int = 32, generator: np.random.Generator | None = None
) -> Iterator[Dataset]:
    """Cut one epoch into batches, in the given order or shuffled; the last may be short.

    The order is drawn when the function is called, so that a stream that goes on over epochs is
    ``itertools.chain.from_iterable(batches(dataset, 32, generator) for _ in itertools.count())``.

    Args:
        dataset: all the rows of the epoch.
        batch_size: rows per batch, at least 1.
        generator: draws the order; None keeps the rows as they are.

    Raises:
        ValueError: ``batch_size`` is below 1.

    >>> [len(batch) for batch in batches(prepare([[1], [2], [3], [4], [5]]), batch_size=2)]
    [2, 2, 1]
    """
    return map(dataset.take, rows_of_batches(len(dataset), batch_size, generator))


def rows_of_batches(
    count: int, batch_size: int, generator: np.random.Generator | None = None
) -> Iterator[Any]:
    """Give the rows of one batch after the other: slices, or row numbers in a random order.

    >>> list(rows_of_batches(5, 3))
    [slice(0, 3, None), slice(3, 5, None)]
    """
    size = operator.index(batch_size)
    if size < 1:
        raise ValueError(f"batch_size must be at least 1, got {batch_size}.")
    starts = range(0, count, size)
    if generator is None:
        return (slice(start, min(start + size, count)) for start in starts)
    order = generator.permutation(count)
    return (order[start : start + size] for start in starts)


def align_inputs(x: Float32Array, input_shape: Sequence[int | None]) -> Float32Array:
    """Read inputs of shape (rows,) as one column where the model takes (rows, 1)."""
    if x.ndim == 1 and tuple(input_shape[1:]) == (1,):
        return x.reshape(-1, 1)
    return x


def align_targets(y: Array, output_shape: Sequence[int | None]) -> Array:
    """Give targets the shape of the model's output where only one reading is possible.

    Targets of shape (rows,) against an output of (rows, 1) become (rows, 1). Integers of the
    output's shape can't be labels of classes, so they become float32, like the output.

    >>> align_targets(np.array([3, 4]), (None, 1))
    array([[3.],
           [4.]], dtype=float32)
    """
    if y.ndim == len(output_shape) - 1 and output_shape[-1] == 1:
        y = y[..., None]
    if y.ndim == len(output_shape) and y.shape[1:] == tuple(output_shape[1:]):
        return y.astype(np.float32, copy=False)
    return y


def _take(array: NDArray[Any], rows: slice | NDArray[np.intp]) -> NDArray[Any]:
    return array[rows] if isinstance(rows, slice) else np.take(array, rows, axis=0)


def _check_class_weight(class_weight: object) -> None:
    if not isinstance(class_weight, Mapping):
        raise TypeError(
            "class_weight must map each class to its weight, like {0: 1.0, 1: 3.0}, "
            f"got {type(class_weight).__name__}. A list becomes one by dict(enumerate(weights))."
        )
    for label, weight in class_weight.items():
        if not isinstance(label, Real) or not float(label).is_integer():
            raise TypeError(
                f"class_weight must map whole-number classes, got {label!r} as a class. "
                "Use the labels that y holds (for one-hot rows, the column's number)."
            )
        if not isinstance(weight, Real):
            raise TypeError(
                f"class_weight must map to numbers, got {weight!r} for class {label}. "
                "Leave the class out, and its weight is 1."
            )
        if not math.isfinite(weight):
            raise ValueError(
                f"class_weight must map to finite numbers, got {weight} for class {label}. "
                "Leave the class out, and its weight is 1."
            )


def _labels(y: Array | None) -> NDArray[np.int64]:
    """One class per row: the labels, or the column of the largest entry of one-hot rows."""
    if y is None:
        raise ValueError("class_weight needs targets: pass y.")
    if y.ndim == 2 and y.shape[1] > 1:
        y = np.argmax(y, axis=1)
    labels: Array = y.reshape(-1)
    if len(labels) != len(y) or (labels != np.round(labels)).any():
        raise ValueError(
            "class_weight needs targets that are classes: whole numbers, one per row, or one-hot "
            f"rows; got targets of shape {y.shape} and dtype {y.dtype}, such as {labels[0]}."
        )
    return labels.astype(np.int64)


def _warn_of_classes_left_out(
    y: Array | None, train_y: Array | None, loss: losses.Loss | None
) -> None:
    if y is None or train_y is None or not _holds_classes(y, loss):
        return
    missing = np.setdiff1d(_labels(y), _labels(train_y))
    missing = missing[missing != getattr(loss, "ignore_class", None)]
    if len(missing):
        warn(
            f"no row of class {', '.join(map(str, missing[:5]))} is left to train on: "
            f"validation_split takes the last {len(y) - len(train_y)} rows, before shuffling. "
            "Shuffle the rows beforehand, or pass validation_data."
        )


def _holds_classes(y: Array, loss: losses.Loss | None) -> bool:
    """Tell classes from measurements: by the loss if it is a known one, or else by the values.

    One-hot rows are classes for every loss, and so are 0 and 1. Where the loss isn't known, so are
    two other whole numbers, and the labels 0 to K - 1.
    """
    if y.ndim == 2 and y.shape[1] > 1:
        return bool(((y == 0) | (y == 1)).all() and (y.sum(axis=1) == 1).all())
    if y.ndim > 2 or (y != np.round(y)).any():
        return False
    if isinstance(loss, _OF_LABELS):
        return True
    values = np.unique(y)
    counts_up = bool((values == np.arange(len(values))).all())
    if isinstance(loss, BuiltInLoss):
        return len(values) == 2 and counts_up
    return 2 * len(values) <= len(y) and (len(values) == 2 or counts_up)
