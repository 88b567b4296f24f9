"""Arguments and results that hold many arrays: nested dicts, lists, tuples and dataclasses.

A leaf is a number, an array, a Tensor, or a list that holds only numbers (one array, then).
"""

from __future__ import annotations

import copy
import dataclasses
import numbers
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autodiff.errors import describe
from autodiff.lift import lift, plain_array
from autodiff.tensor import Tensor

__all__ = ["Structure", "flatten", "map_leaves"]


class Structure:
    """A structure without its leaves: puts others in their place, and finds them in another."""

    def __init__(self, skeleton: Any) -> None:
        self.skeleton = skeleton

    def __call__(self, leaves: Sequence[Any]) -> Any:
        """Put as many leaves as there were back together in the same structure."""
        return _fill(self.skeleton, iter(leaves))

    def leaves_of(self, tree: Any, name: str) -> list[Any]:
        """List the leaves of another tree of this structure, in the order of this one's.

        Raises:
            ValueError: it isn't of this structure.
        """
        found: list[Any] = []
        _match(self.skeleton, tree, name, found)
        return found


def flatten(tree: Any, name: str) -> tuple[list[Any], list[str], Structure]:
    """Take a structure apart.

    Args:
        tree: the structure; None in it holds nothing.
        name: what the user calls it, for the leaves' names: ``weights['node_0']``.

    Returns:
        The leaves (arrays, numbers or Tensors), their names, and the structure that they had.

    Raises:
        TypeError: something in it isn't numeric.
    """
    if type(tree) is np.ndarray and tree.dtype.kind in _NUMERIC:
        return [tree], [name], _ONE_LEAF
    leaves: list[Any] = []
    names: list[str] = []

    def keep(leaf: Any, name: str) -> Any:
        leaves.append(leaf)
        names.append(name)
        return _LEAF

    return leaves, names, Structure(map_leaves(keep, tree, name))


_NUMERIC = "fcbiu"


class _Leaf:
    """Marks the place of a leaf in a structure that was taken apart."""


_LEAF = _Leaf()
_ONE_LEAF = Structure(_LEAF)


def map_leaves(change: Callable[[Any, str], Any], tree: Any, name: str) -> Any:
    """Rebuild a structure with ``change(leaf, its name)`` in the place of every leaf."""
    if tree is None:
        return None
    if isinstance(tree, Tensor):
        return change(tree, name)
    if isinstance(tree, dict):
        items = {key: map_leaves(change, v, f"{name}[{key!r}]") for key, v in tree.items()}
        return _dict_like(tree, items)
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
        return _dataclass_like(tree, fields)
    return change(_leaf(tree, name), name)


def _fill(skeleton: Any, values: Any) -> Any:
    if skeleton is _LEAF:
        return next(values)
    if isinstance(skeleton, dict):
        items = {key: _fill(v, values) for key, v in skeleton.items()}
        return _dict_like(skeleton, items)
    if isinstance(skeleton, (list, tuple)):
        return _sequence_like(skeleton, [_fill(v, values) for v in skeleton])
    if skeleton is None:
        return None
    fields = {
        f.name: _fill(getattr(skeleton, f.name), values) for f in dataclasses.fields(skeleton)
    }
    return _dataclass_like(skeleton, fields)


def _match(skeleton: Any, tree: Any, name: str, found: list[Any]) -> None:
    """Collect the leaves of a tree that stand where a skeleton has its own."""
    if skeleton is _LEAF:
        found.append(_only_leaf(tree, name))
    elif isinstance(skeleton, dict):
        if not isinstance(tree, dict) or tree.keys() != skeleton.keys():
            raise ValueError(_another(name, f"a dict of {list(skeleton)}", tree))
        for key, part in skeleton.items():
            _match(part, tree[key], f"{name}[{key!r}]", found)
    elif isinstance(skeleton, (list, tuple)):
        if not isinstance(tree, (list, tuple, np.ndarray)) or len(tree) != len(skeleton):
            kind = type(skeleton).__name__
            raise ValueError(_another(name, f"a {kind} of {len(skeleton)}", tree))
        for i, (part, value) in enumerate(zip(skeleton, tree, strict=True)):
            _match(part, value, f"{name}[{i}]", found)
    elif skeleton is not None:
        if type(tree) is not type(skeleton):
            raise ValueError(_another(name, f"a {type(skeleton).__name__}", tree))
        for field in dataclasses.fields(skeleton):
            part, value = getattr(skeleton, field.name), getattr(tree, field.name)
            _match(part, value, f"{name}.{field.name}", found)


def _another(name: str, expected: str, tree: Any) -> str:
    return f"{name} has another structure: expected {expected}, got {describe(tree)}"


def _only_leaf(tree: Any, name: str) -> Any:
    """Give a tree that is one leaf; a nested list of numbers is."""
    leaves, _, _ = flatten(tree, name)
    if len(leaves) != 1 or isinstance(tree, (dict, tuple)):
        raise ValueError(_another(name, "a number or an array", tree))
    return leaves[0]


def _dict_like(original: Any, items: dict[Any, Any]) -> Any:
    """Make a dict of the original's own kind, with what else that keeps (a default, an order)."""
    if type(original) is dict:
        return items
    like = copy.copy(original)
    like.update(items)
    return like


def _dataclass_like(original: Any, fields: dict[str, Any]) -> Any:
    """Make an instance with other fields, without running what its class does at the start."""
    like = copy.copy(original)
    for name, value in fields.items():
        object.__setattr__(like, name, value)
    return like


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
    if isinstance(value, np.ndarray):
        return _numeric(value, name)
    if hasattr(value, "__array__"):
        return _numeric(np.asarray(value)[()], name)
    raise TypeError(
        f"expected numbers, arrays, or lists and dicts of them, got {describe(value)} in {name}. "
        f"Pass what isn't numeric as another argument, or close over it."
    )


def _numeric(array: np.ndarray[Any, Any], name: str) -> Any:
    if isinstance(array, np.ndarray):
        plain_array(array)
    if array.dtype.kind not in _NUMERIC:
        raise TypeError(f"expected numbers in {name}, got {describe(array)}. Convert it first.")
    return array
