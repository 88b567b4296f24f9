"""Preparation: the arguments of ``fit``, ``evaluate`` and ``predict`` as a checked `Dataset`.

data = prepare(x, y, sample_weight)          arrays with the same number of rows
data, validation = split(data, 0.2)          the last rows (validation_split.py)
data = weigh_classes(data, {0: 1, 1: 3})     for training only (class_weight.py)
rows_of_batches(len(data), 32, generator)    of one epoch, shuffled (dataset.py)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nn import tree
from nn.conversion import as_floats, as_numbers
from nn.training.dataset import Dataset
from nn.training.input_arrays import as_input_array


@dataclass(frozen=True)
class Expected:
    """What a model expects of its data.

    Attributes:
        dtypes: that of the inputs, in their structure; None keeps integers and strings as they are.
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
    if not expected.several_outputs:
        y, sample_weight = (_only(value, len(tree.leaves(x)[0])) for value in (y, sample_weight))
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
        return as_input_array("x", x, only)
    if not tree.is_structure(kinds):
        return _each(
            "x", x, several=True, convert=lambda name, part: as_input_array(name, part, kinds)
        )
    values, dtypes = tree.leaves(x), tree.leaves(kinds)
    if len(values) != len(dtypes):
        raise ValueError(
            f"expected x to hold {len(dtypes)} arrays, one for each input of the model, got "
            f"{len(values)}. Pass a list in the order of the inputs"
            + (f": {', '.join(expected.names)}." if expected.names else ".")
        )
    names = [path for path, _ in tree.paths(x, "x")]
    return tree.packed(x, map(as_input_array, names, values, dtypes))


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
    return as_input_array(name, x, kinds)


def _only(value: Any, rows: int) -> Any:
    """Return the array in a list of one, as Keras takes it too; anything else as it is."""
    shape = getattr(value[0], "shape", ()) if isinstance(value, list) and len(value) == 1 else ()
    is_whole = shape[:1] == (rows,) and (rows > 1 or len(shape) > 1)
    return value[0] if is_whole else value


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
        if weights.shape == shape[: weights.ndim]:
            return weights
        raise ValueError(
            f"expected sample_weight to hold one number per row, shape ({rows},), got shape "
            f"{weights.shape}. Reduce it to one number per row."
        )

    return tree.map_leaves(checked, sample_weight, targets)


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
