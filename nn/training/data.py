"""The data for ``fit``, ``evaluate`` and ``predict``: checked, split and cut into batches.

data = prepare(x, y, sample_weight)          arrays with the same number of rows
data, validation = split(data, 0.2)          the last rows are for validation
data = weigh_classes(data, {0: 1, 1: 3})     class weights are for training only
for batch in batches(data, 32, generator):   one epoch, shuffled (dataset.py)
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nn import losses, tree
from nn.losses.base import BuiltInLoss
from nn.messages import warn
from nn.training.arrays import as_floats, as_inputs, as_numbers
from nn.training.dataset import Dataset

_OF_LABELS = (
    losses.SparseCategoricalCrossentropy,
    losses.BinaryCrossentropy,
    losses.Hinge,
    losses.SquaredHinge,
)


@dataclass(frozen=True)
class Expected:
    """What a model expects of its data.

    Attributes:
        dtypes: that of the inputs, in their structure; None keeps integers and texts as they are.
        several_inputs: whether the inputs may be several arrays, in a list or a dictionary.
        several_outputs: whether the targets may be.
        names: those of the inputs where a list of them may be passed as a dictionary.
        rank: the number of axes of a batch of the only input, if known.
    """

    dtypes: Any = np.float32
    several_inputs: bool = False
    several_outputs: bool = False
    names: tuple[str, ...] = ()
    rank: int | None = None


def prepare(
    x: Any, y: Any = None, sample_weight: Any = None, expected: Expected = Expected()
) -> Dataset:
    """Check the arguments of ``fit``, ``evaluate`` or ``predict``, and convert them to arrays.

    Args:
        x: inputs, any numbers in an array, a list or a DataFrame; converted to float32. Where the
            model has several inputs, a list or a dictionary of such.
        y: targets; integers are kept (they may be class labels), others become float32.
        sample_weight: shape (rows,) or (rows, 1), or that of the targets without their last axis;
            for several outputs, one for all or one for each.
        expected: what the model expects.

    Raises:
        TypeError: a value isn't a number.
        ValueError: a value is NaN or infinite, there are no rows, or the lengths differ.

    >>> prepare([[1, 2], [3, 4], [5, 6]], [0, 1, 1]).y
    array([0, 1, 1])
    """
    x = _inputs(x, expected)
    y = None if y is None else _each("y", y, expected.several_outputs, as_numbers)
    if sample_weight is not None:
        sample_weight = _each("sample_weight", sample_weight, expected.several_outputs, as_floats)
    data = Dataset(x, y, sample_weight)
    first, rows = "x", len(data)
    if rows == 0:
        shape = tree.leaves(x)[0].shape
        raise ValueError(f"expected x to have at least one row, got shape {shape}. Pass rows.")
    for name, array in data.arrays():
        if len(array) != rows:
            raise ValueError(
                f"expected {first} and {name} to have the same number of rows, got {rows} rows in "
                f"{first} and {len(array)} in {name}. Pass a row of {name} for each row of {first}."
            )
    if sample_weight is None:
        return data
    return replace(data, sample_weight=_weights(sample_weight, y, rows))


def _inputs(x: Any, expected: Expected) -> Any:
    """Convert the inputs to arrays, in the structure and the dtypes that a model expects."""
    if isinstance(x, Mapping) and expected.names and set(expected.names) <= x.keys():
        parts = [x[name] for name in expected.names]
        x = parts if expected.several_inputs else parts[0]
    if expected.rank and isinstance(x, list | tuple) and len(x) == 1:
        x = x[0] if getattr(x[0], "ndim", 0) == expected.rank else x  # a list of the one input
    kinds = expected.dtypes
    if len(tree.leaves(kinds)) > 1 and _has_structure(x, kinds):
        return _converted("x", x, kinds)
    if not (expected.several_inputs and _is_structure(x)):
        only = tree.leaves(kinds)[0] if len(tree.leaves(kinds)) == 1 else kinds
        return as_inputs("x", x, only)
    if not tree.is_structure(kinds):
        return _each("x", x, several=True, convert=lambda name, part: as_inputs(name, part, kinds))
    values, dtypes = tree.leaves(x), tree.leaves(kinds)
    if len(values) != len(dtypes):
        raise ValueError(
            f"expected x to hold {len(dtypes)} arrays, one for each input of the model, got "
            f"{len(values)}. Pass a list in the order of the inputs"
            + (f": {', '.join(expected.names)}." if expected.names else ".")
        )
    names = [path for path, _ in tree.paths(x, "x")]
    return tree.packed(x, map(as_inputs, names, values, dtypes))


def _has_structure(x: Any, kinds: Any) -> bool:
    """Return whether inputs have the structure of a model's; their values may be lists too."""
    if isinstance(kinds, dict):
        if not isinstance(x, Mapping) or x.keys() != kinds.keys():
            return False
        return all(_has_structure(x[key], kind) for key, kind in kinds.items())
    if isinstance(kinds, list | tuple):
        if not isinstance(x, list | tuple) or len(x) != len(kinds):
            return False
        return all(map(_has_structure, x, kinds))
    return True


def _converted(name: str, x: Any, kinds: Any) -> Any:
    """Convert inputs that have the structure of a model's to arrays of its dtypes."""
    if isinstance(kinds, dict):
        return {key: _converted(f"{name}_{key}", x[key], kind) for key, kind in kinds.items()}
    if isinstance(kinds, list | tuple):
        pairs = enumerate(zip(x, kinds, strict=True))
        return [_converted(f"{name}_{i}", part, kind) for i, (part, kind) in pairs]
    return as_inputs(name, x, kinds)


def _each(name: str, value: Any, several: bool, convert: Any) -> Any:
    """Convert one array, or each array of a structure; None stays."""
    if not (several and _is_structure(value)):
        return convert(name, value)
    parts = tree.paths(value, name)
    converted = [None if part is None else convert(path, part) for path, part in parts]
    return tree.packed(value, converted)


def _is_structure(value: Any) -> bool:
    """Return whether this is several arrays: a dictionary, or a list of arrays, not of numbers."""
    if isinstance(value, dict):
        return True
    return isinstance(value, list | tuple) and any(
        _is_structure(part) or len(getattr(part, "shape", ())) > 0 for part in value
    )


def _weights(sample_weight: Any, y: Any, rows: int) -> Any:
    """Check the weights, of shape (rows,) or that of the targets' first axes, and return them."""
    targets = y if tree.is_structure(sample_weight) else tree.map_leaves(lambda _: y, sample_weight)

    def checked(weights: Any, target: Any) -> Any:
        if weights is None:
            return None
        shape = getattr(target, "shape", ())
        if weights.size == rows:
            return weights.reshape(-1)
        if weights.ndim > 1 and weights.shape == shape[: weights.ndim]:
            return weights
        raise ValueError(
            f"expected sample_weight to hold one number per row, shape ({rows},), got shape "
            f"{weights.shape}. Reduce it to one number per row."
        )

    return tree.map_leaves(checked, sample_weight, targets)


def split(
    data: Dataset, validation_split: float, loss: losses.Loss | None = None
) -> tuple[Dataset, Dataset | None]:
    """Split off the last rows for validation, before any shuffling, as Keras does.

    Args:
        data: all the rows.
        validation_split: the fraction of rows to validate on, from 0 (none) to below 1;
            ``floor(rows * (1 - validation_split))`` rows are for training.
        loss: decides whether the targets are classes; if it is None or user-defined, their
            values decide.

    Raises:
        TypeError: the fraction isn't a number.
        ValueError: the fraction is outside [0, 1), or leaves either part without rows.

    Warns:
        UserWarning: a class has no row in the training part.
    """
    if not isinstance(validation_split, Real):
        raise TypeError(
            f"expected validation_split to be a fraction of the rows in [0, 1), got "
            f"{validation_split!r} of type {type(validation_split).__name__}. Pass 0.2 to validate "
            "on the last fifth."
        )
    if not 0 <= validation_split < 1:
        raise ValueError(
            f"expected validation_split to be a fraction of the rows in [0, 1), got "
            f"{validation_split}. Pass 0.2 to validate on the last fifth."
        )
    if validation_split == 0:
        return data, None
    rows = len(data)
    count = math.floor(rows * (1.0 - validation_split))
    if count in (0, rows):
        raise ValueError(
            f"validation_split={validation_split} of {rows} rows leaves {count} rows to train "
            f"on and {rows - count} to validate on. Pass more rows, or another fraction."
        )
    train = data.take(slice(0, count))
    _warn_of_missing_classes(data.y, train.y, loss)
    return train, data.take(slice(count, rows))


def weigh_classes(data: Dataset, class_weight: Mapping[int, float] | None) -> Dataset:
    """Multiply each row's weight by the weight of its class; 1 for a class that isn't named.

    Args:
        data: its ``y`` holds whole-number labels, shape (rows,) or (rows, 1), or one-hot
            rows, whose class is the column of the largest entry.
        class_weight: maps labels to weights; a label may be a float that is whole.

    Raises:
        TypeError: ``class_weight`` isn't a mapping from whole numbers to numbers.
        ValueError: the targets aren't classes, or a weight isn't finite.

    >>> weigh_classes(prepare([[1], [2], [3]], [0, 1, 2]), {1: 5.0}).sample_weight
    array([1., 5., 1.], dtype=float32)
    """
    if class_weight is None:
        return data
    _check_class_weight(class_weight)
    labels, indices = np.unique(_labels(data.y), return_inverse=True)
    weights = np.array([class_weight.get(label, 1) for label in labels.tolist()], np.float32)
    sample_weight = weights[indices]
    if data.sample_weight is not None:
        sample_weight = sample_weight * data.sample_weight
    return replace(data, sample_weight=sample_weight)


def align_inputs(x: Any, input_shape: Sequence[int | None]) -> Any:
    """Reshape inputs of shape (rows,) to (rows, 1) where the model expects one column."""
    if isinstance(x, np.ndarray) and x.ndim == 1 and tuple(input_shape[1:]) == (1,):
        return x.reshape(-1, 1)
    return x


def align_targets(y: NDArray[Any], output_shape: Sequence[int | None]) -> NDArray[Any]:
    """Convert targets to the shape and dtype of the model's output where that is unambiguous.

    Targets of shape (rows,) become (rows, 1) for an output of (rows, 1). Integers of the output's
    shape can't be class labels, so they become float32, like the output.

    >>> align_targets(np.array([3, 4]), (None, 1))
    array([[3.],
           [4.]], dtype=float32)
    """
    if y.ndim == len(output_shape) - 1 and output_shape[-1] == 1:
        y = y[..., None]
    if y.ndim == len(output_shape) and y.shape[1:] == tuple(output_shape[1:]):
        return y.astype(np.float32, copy=False)
    return y


def _check_class_weight(class_weight: object) -> None:
    if not isinstance(class_weight, Mapping):
        raise TypeError(
            "expected class_weight to map each class to its weight, like {0: 1.0, 1: 3.0}, got "
            f"{type(class_weight).__name__}. Convert a list by dict(enumerate(weights))."
        )
    for label, weight in class_weight.items():
        if not isinstance(label, Real) or not float(label).is_integer():
            raise TypeError(
                f"expected class_weight to map whole numbers, got {label!r} as a class. "
                "Use the labels in y (for one-hot rows, the number of the column)."
            )
        if not isinstance(weight, Real):
            raise TypeError(
                f"expected class_weight to map to numbers, got {weight!r} for class {label}. "
                "Leave the class out for a weight of 1."
            )
        if not math.isfinite(weight):
            raise ValueError(
                f"expected class_weight to map to finite numbers, got {weight} for class {label}. "
                "Leave the class out for a weight of 1."
            )


def _labels(y: NDArray[Any] | None) -> NDArray[np.int64]:
    """Return a class per row: the label, or the column of the largest entry of a one-hot row."""
    if y is None:
        raise ValueError("expected targets for class_weight, got y=None. Pass y.")
    if tree.is_structure(y):
        raise ValueError(
            "expected the targets of one output for class_weight, got those of several. Use "
            "sample_weight, with an array for each output."
        )
    if y.ndim == 2 and y.shape[1] > 1:
        y = np.argmax(y, axis=1)
    labels: NDArray[Any] = y.reshape(-1)
    if len(labels) != len(y) or (labels != np.round(labels)).any():
        raise ValueError(
            "expected classes as targets for class_weight, whole numbers, one per row, or one-hot "
            f"rows, got shape {y.shape} and dtype {y.dtype}, such as {labels[0]}. Leave out "
            "class_weight, or use sample_weight."
        )
    return labels.astype(np.int64)


def _warn_of_missing_classes(
    y: NDArray[Any] | None, train_y: NDArray[Any] | None, loss: losses.Loss | None
) -> None:
    if not isinstance(y, np.ndarray) or train_y is None or not _holds_classes(y, loss):
        return
    missing = np.setdiff1d(_labels(y), _labels(train_y))
    missing = missing[missing != getattr(loss, "ignore_class", None)]
    if len(missing):
        warn(
            f"no row of class {', '.join(map(str, missing[:5]))} is left to train on: "
            f"validation_split takes the last {len(y) - len(train_y)} rows, before shuffling. "
            "Shuffle the rows beforehand, or pass validation_data."
        )


def _holds_classes(y: NDArray[Any], loss: losses.Loss | None) -> bool:
    """Return whether targets are classes: by a built-in loss, or else by their values.

    One-hot rows are classes for every loss, and so are 0 and 1. For a user-defined loss, so are two
    other whole numbers, and the labels 0 to K - 1.
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
