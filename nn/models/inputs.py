"""The inputs of a functional model, matched with its Symbols."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autodiff import Array
from nn import tree
from nn.conversion import as_real
from nn.layers.call_inputs import is_array
from nn.layers.symbol import Symbol

if TYPE_CHECKING:
    from nn.models.graph import Graph

__all__ = ["standardized"]


def standardized(inputs: Any, graph: Graph) -> list[Array]:
    """Return the values of a model's inputs, in order, in the dtypes and ranks that it expects.

    Args:
        inputs: in the structure of the model's inputs; a dictionary from the names of inputs to
            values fits a list of inputs too.
        graph: that of the model.

    Raises:
        TypeError: a value isn't an array.
        ValueError: the structure or a shape differs.
    """
    expected = graph.inputs
    if isinstance(inputs, dict) and not isinstance(expected, dict):
        names = [symbol.name for symbol in graph.starts]
        if set(names) <= inputs.keys():
            inputs = [inputs[name] for name in names]
    values = tree.leaves(inputs)
    both_named = isinstance(expected, dict) and isinstance(inputs, dict)
    if len(values) != len(graph.starts) or (both_named and expected.keys() != inputs.keys()):
        raise ValueError(
            f"model {graph.owner!r} expects inputs for {_words(expected)}, got {_words(inputs)}. "
            "Pass one array for each, in this order or in a dictionary by these names."
        )
    return [
        _fitted(value, symbol, graph.owner)
        for value, symbol in zip(values, graph.starts, strict=True)
    ]


def _fitted(value: Array, symbol: Symbol, owner: str) -> Array:
    """Return a value in the rank and dtype of a Symbol; a last axis of 1 may be missing."""
    if not is_array(value):
        raise TypeError(
            f"model {owner!r} expects an array for its input {symbol.name!r}, got {value!r}. Pass "
            "an array or a list of rows."
        )
    shape = tuple(value.shape)
    if len(shape) == len(symbol.shape) - 1 and symbol.shape[-1] == 1:
        value = value[..., np.newaxis]
    elif len(shape) == len(symbol.shape) + 1 and shape[-1] == 1:
        value = value[..., 0]
    pairs = zip(value.shape, symbol.shape, strict=False)
    if value.ndim != len(symbol.shape) or any(n not in (None, m) for m, n in pairs):
        raise ValueError(
            f"model {owner!r} expects its input {symbol.name!r} in shape {symbol.shape}, got "
            f"{shape}. Reshape the data, or check the order of the inputs."
        )
    if value.dtype.kind in "UO" and symbol.dtype.kind != "U":
        value = as_real(symbol.name, value)
    if value.dtype != symbol.dtype and not (value.dtype.kind == symbol.dtype.kind == "f"):
        value = value.astype(symbol.dtype)
    return value


def _words(structure: Any) -> str:
    """Return what a structure holds, for messages."""
    if isinstance(structure, dict):
        return "{" + ", ".join(f"{key!r}: {_words(part)}" for key, part in structure.items()) + "}"
    if isinstance(structure, list | tuple):
        return "[" + ", ".join(map(_words, structure)) + "]"
    if isinstance(structure, Symbol):
        return f"{structure.name} {structure.shape}"
    return f"an array of shape {structure.shape}" if hasattr(structure, "shape") else "a value"
