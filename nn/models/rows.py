"""The rows of data that are shown: one observation, or a batch, for each input of a model.

Models are written as ``Any``, because their file imports this one.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nn import tree
from nn.layers.preprocessing.data import as_data
from nn.layers.spec import Spec

__all__ = ["as_batch", "as_row", "default_batch"]


def as_batch(model: Any, x: Any, y: Any) -> tuple[Any, Any, bool]:
    """Return inputs and targets with an axis for the batch, and whether they had none.

    Args:
        model: any model.
        x: the inputs; several in a list or dictionary where the model has several.
        y: the targets, likewise; or None.
    """
    specs = _inputs(model)
    if specs is None:
        return as_data(x), y, False
    if not tree.is_structure(specs):
        parts, found = [x := np.asarray(as_data(x))], [specs]
    else:
        x = _matched(x, specs)
        named = specs if isinstance(specs, dict) else {s.name: s for s in tree.leaves(specs)}
        found = [named[key] for key in sorted(x)] if isinstance(x, dict) else tree.leaves(specs)
        parts = tree.leaves(x)
    if not all(_is_row(part, spec.shape) for part, spec in zip(parts, found, strict=False)):
        return x, y, False
    several = model.expected().several_outputs and tree.is_structure(y)
    return _with_axis(x), y if y is None else _with_axis(y if several else np.asarray(y)), True


def as_row(model: Any, x: Any, y: Any) -> tuple[Any, Any]:
    """Return one observation with an axis for the batch, which it may have; see `as_batch`.

    Raises:
        ValueError: it is several rows, or has another shape.
    """
    specs = _inputs(model)
    if specs is None:
        return np.asarray(as_data(x))[np.newaxis], y if y is None else np.asarray(y)[np.newaxis]
    x, y, was_row = as_batch(model, x, y)
    if was_row:
        return x, y
    expected, got = ([p.shape for p in tree.leaves(part)] for part in (specs, x))
    pairs = zip(got, expected, strict=True)
    if all(len(shape) == len(own) and shape[0] == 1 for shape, own in pairs):
        return x, y if y is None or tree.is_structure(y) else _as_one(np.asarray(y))
    one = len(expected) == 1
    raise ValueError(
        f"model {model.name!r} expects one row, of shape "
        f"{expected[0][1:] if one else [shape[1:] for shape in expected]}, got shape "
        f"{got[0] if one else got}. Pass one row: x[0] and y[0]."
    )


def default_batch(model: Any) -> Any:
    """Return one row of ones for each input of a model.

    Raises:
        ValueError: the shape of the inputs isn't known.
    """
    specs = _inputs(model)
    if specs is None or any(None in spec.shape[1:] for spec in tree.leaves(specs)):
        raise ValueError(
            f"model {model.name!r} expects a known input shape to draw without x, got "
            f"{'none' if specs is None else [spec.shape for spec in tree.leaves(specs)]}. Pass x, "
            "a row of data."
        )
    return tree.map_leaves(lambda spec: np.ones((1, *spec.shape[1:]), spec.dtype), specs)


def _inputs(model: Any) -> Any:
    """Return the shapes of a model's inputs as Specs, in their structure; None if unknown."""
    if model.graph is not None:
        return model.graph.inputs
    return None if model.input_shape_given is None else Spec(model.input_shape_given)


def _matched(x: Any, specs: Any) -> Any:
    """Return several inputs as arrays.

    Raises:
        ValueError: their number or names aren't those of the model.
    """
    names = sorted(specs) if isinstance(specs, dict) else [s.name for s in tree.leaves(specs)]
    fits = len(x) == len(names) if isinstance(x, list | tuple) else isinstance(x, dict)
    if not fits or (isinstance(x, dict) and set(x) != set(names)):
        raise ValueError(
            f"expected one value for each input, {', '.join(names)}, got "
            f"{sorted(x) if isinstance(x, dict) else type(x).__name__}. Pass a list in this order, "
            "or a dictionary."
        )
    if isinstance(x, dict):
        return {key: np.asarray(as_data(part)) for key, part in x.items()}
    return [np.asarray(as_data(part)) for part in x]


def _is_row(x: np.ndarray, shape: Any) -> bool:
    """Return whether an input lacks the batch axis; several numbers may be rows of one column."""
    return x.ndim < len(shape) and (x.shape == (1,) or shape[1:] != (1,))


def _with_axis(values: Any) -> Any:
    """Add an axis for the batch to a value, or to each of several in a list or dictionary."""
    if isinstance(values, dict):
        return {key: _with_axis(np.asarray(part)) for key, part in values.items()}
    if isinstance(values, list | tuple):
        return [_with_axis(np.asarray(part)) for part in values]
    return values[np.newaxis]


def _as_one(y: np.ndarray) -> np.ndarray:
    """Return the target of one row with an axis for the batch, which it may have."""
    return y if y.ndim and len(y) == 1 else y[np.newaxis]
