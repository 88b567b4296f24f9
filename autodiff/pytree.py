"""Arguments and results that hold many arrays: nested dicts, lists, tuples and dataclasses.

A leaf is a number, an array, a Tensor, or a list that holds only numbers (one array, then).
"""

from __future__ import annotations

import dataclasses
import numbers
from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.errors import describe
from autodiff.lift import lift
from autodiff.tensor import Tensor

__all__ = ["flatten", "map_leaves"]


def flatten(tree: Any, name: str) -> tuple[list[Any], list[str], Callable[[list[Any]], Any]]:
    """Take a structure apart.

    Args:
        tree: the structure; None in it holds nothing.
        name: what the user calls it, for the leaves' names: ``weights['node_0']``.

    Returns:
        The leaves (arrays, numbers or Tensors), their names, and a function that puts a list
        of as many leaves back together in the same structure.

    Raises:
        TypeError: something in it isn't numeric.
    """
    leaves: list[Any] = []
    names: list[str] = []

    def keep(leaf: Any, name: str) -> Any:
        leaves.append(leaf)
        names.append(name)
        return _LEAF

    skeleton = map_leaves(keep, tree, name)

    def rebuild(values: list[Any]) -> Any:
        following = iter(values)
        return _fill(skeleton, following)

    return leaves, names, rebuild


class _Leaf:
    """Marks the place of a leaf in a structure that was taken apart."""


_LEAF = _Leaf()


def map_leaves(change: Callable[[Any, str], Any], tree: Any, name: str) -> Any:
    """Rebuild a structure with ``change(leaf, its name)`` in the place of every leaf."""
    if type(tree) is np.ndarray and tree.dtype != object:
        return change(_numeric(tree, name), name)
    if tree is None:
        return None
    if isinstance(tree, Tensor):
        return change(tree, name)
    if isinstance(tree, dict):
        items = {key: map_leaves(change, v, f"{name}[{key!r}]") for key, v in tree.items()}
        return items if type(tree) is dict else type(tree)(items)
    if isinstance(tree, list) and _is_one_array(tree):
        return change(np.array(tree), name)
    if isinstance(tree, (list, tuple)):
        parts = [map_leaves(change, v, f"{name}[{i}]") for i, v in enumerate(tree)]
        return _sequence_like(tree, parts)
    if dataclasses.is_dataclass(tree) and not isinstance(tree, type):
        fields = {
            field.name: map_leaves(change, getattr(tree, field.name), f"{name}.{field.name}")
            for field in dataclasses.fields(tree)
        }
        return dataclasses.replace(tree, **fields)
    return change(_leaf(tree, name), name)


def _fill(skeleton: Any, values: Any) -> Any:
    if skeleton is _LEAF:
        return next(values)
    if isinstance(skeleton, dict):
        items = {key: _fill(v, values) for key, v in skeleton.items()}
        return items if type(skeleton) is dict else type(skeleton)(items)
    if isinstance(skeleton, (list, tuple)):
        return _sequence_like(skeleton, [_fill(v, values) for v in skeleton])
    if skeleton is None:
        return None
    fields = {
        f.name: _fill(getattr(skeleton, f.name), values) for f in dataclasses.fields(skeleton)
    }
    return dataclasses.replace(skeleton, **fields)


def _sequence_like(sequence: Any, parts: list[Any]) -> Any:
    if hasattr(sequence, "_fields"):  # a namedtuple takes its fields one by one
        return type(sequence)(*parts)
    return parts if type(sequence) is list else type(sequence)(parts)


def _is_one_array(values: list[Any]) -> bool:
    """Whether a list holds only numbers, at any depth, in a rectangle."""
    if not values:
        return False
    if all(isinstance(v, (numbers.Number, np.generic)) for v in values):
        return True
    if not all(isinstance(v, list) and len(v) == len(values[0]) for v in values):
        return False
    return all(_is_one_array(v) for v in values) and _is_rectangle(values)


def _is_rectangle(values: list[Any]) -> bool:
    try:
        return np.array(values).dtype != object
    except ValueError:  # NumPy's word for ragged
        return False


def _leaf(value: Any, name: str) -> Any:
    if isinstance(value, np.ndarray) and value.dtype == object:
        return lift(value)
    if isinstance(value, numbers.Number):
        return value
    if isinstance(value, np.ndarray) or hasattr(value, "__array__"):
        return _numeric(np.asarray(value)[()], name)
    raise TypeError(
        f"expected numbers, arrays, or lists and dicts of them, got {describe(value)} in {name}. "
        f"Pass what isn't numeric as another argument, or close over it."
    )


def _numeric(array: np.ndarray[Any, Any], name: str) -> Any:
    if array.dtype.kind not in "fcbiu":
        raise TypeError(f"expected numbers in {name}, got {describe(array)}. Convert it first.")
    return array
