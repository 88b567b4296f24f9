"""Arguments and results with many arrays: nested dicts, lists, tuples and dataclasses.

A leaf is a number, an array, a Tensor, or a list of numbers only, which is one array.
"""

from __future__ import annotations

import copy
import dataclasses
import functools
import itertools
import numbers
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from autodiff.core.errors import describe
from autodiff.core.graph import Node
from autodiff.core.lift import is_traced, lift_floats, plain_array, refuse_polynomials
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array

__all__ = [
    "PYTHON_NUMBERS", "Structure", "flatten", "flatten_result", "map_leaves", "separated",
]  # fmt: skip


class Structure:
    """A structure without its leaves, which rebuilds it from others, or finds them in another."""

    def __init__(self, skeleton: Any) -> None:
        self.skeleton = skeleton

    def __call__(self, leaves: Sequence[Array]) -> Any:
        """Return the same structure with other leaves, as many as there were."""
        return _fill(self.skeleton, iter(leaves))

    def compiled(self) -> Callable[[Sequence[Array]], Any]:
        """Return a function like `__call__`, a faster one where all containers are plain."""
        text = _expression(self.skeleton, itertools.count())
        if text is None:
            return self
        rebuild: Callable[[Sequence[Array]], Any] = eval(f"lambda leaves: {text}", {})
        return rebuild

    def leaves_of(self, tree: Any, name: str) -> list[Array]:
        """Return the leaves of another tree of this structure, in the same order.

        Raises:
            ValueError: it has another structure.
        """
        found: list[Array] = []
        _match(self.skeleton, tree, name, found)
        return found


def flatten(tree: Any, name: str) -> tuple[list[Array], list[str], Structure]:
    """Separate an argument into leaves and structure; a list of numbers is one array.

    Args:
        tree: the structure; None in it has no leaves.
        name: the user's name for it, for the leaves' names: ``weights['node_0']``.

    Returns:
        The leaves (arrays, numbers or Tensors), their names, and their structure.

    Raises:
        TypeError: something in it isn't numeric.
    """
    return _flatten(tree, name, lists_are_arrays=True)


def flatten_result(
    tree: Any, name: str, place: str = ""
) -> tuple[list[Array], list[str], Structure]:
    """Separate a function's result like :func:`flatten`, except that a list remains a list.

    A list of results must have the same leaves whether they are Tensors or plain numbers. Errors
    name the place of the function, if it is given.
    """
    try:
        return _flatten(tree, name, lists_are_arrays=False)
    except TypeError as error:
        if not place or type(error) is not TypeError:
            raise
        raise TypeError(f"{error} It is returned by {place}.") from error


def _flatten(
    tree: Any, name: str, *, lists_are_arrays: bool
) -> tuple[list[Array], list[str], Structure]:
    if type(tree) is np.ndarray and tree.dtype.kind in _NUMERIC:
        return [tree], [name], _ONE_LEAF
    leaves: list[Array] = []
    names: list[str] = []

    def keep(leaf: Array, name: str) -> Any:
        leaves.append(leaf)
        names.append(name)
        return _LEAF

    return leaves, names, Structure(map_leaves(keep, tree, name, lists_are_arrays))


_NUMERIC = "fcbiu"
PYTHON_NUMBERS = frozenset((int, float, complex, bool))


class _Leaf:
    """Marks the place of a leaf in a skeleton."""


_LEAF = _Leaf()
_ONE_LEAF = Structure(_LEAF)


def map_leaves(
    change: Callable[[Array, str], Any], tree: Any, name: str, lists_are_arrays: bool = True
) -> Any:
    """Return a structure with ``change(leaf, its name)`` in place of every leaf.

    With ``lists_are_arrays``, a list of numbers is one leaf.
    """
    if tree is None:
        return None
    if isinstance(tree, Tensor):
        return change(tree, name)
    if isinstance(tree, list) and lists_are_arrays and _is_one_array(tree):
        return change(np.array(tree), name)
    if isinstance(tree, dict):
        named = [(v, f"{name}[{key!r}]") for key, v in tree.items()]
    elif isinstance(tree, (list, tuple)):
        named = [(v, f"{name}[{i}]") for i, v in enumerate(tree)]
    elif dataclasses.is_dataclass(tree) and not isinstance(tree, type):
        fields = [field.name for field in dataclasses.fields(tree)]
        named = [(getattr(tree, field), f"{name}.{field}") for field in fields]
        if not lists_are_arrays:
            _refuse_other_attributes(tree, fields, name)
    else:
        return change(_leaf(tree, name), name)
    parts = [map_leaves(change, v, part_name, lists_are_arrays) for v, part_name in named]
    if isinstance(tree, dict):
        return _dict_like(tree, dict(zip(tree, parts, strict=True)))
    if isinstance(tree, (list, tuple)):
        return _sequence_like(tree, parts)
    return _dataclass_like(tree, dict(zip(fields, parts, strict=True)))


def _refuse_other_attributes(tree: Any, fields: list[str], name: str) -> None:
    for attribute, value in getattr(tree, "__dict__", {}).items():
        if attribute not in fields and not _is_cached(tree, attribute) and is_traced(value):
            raise TypeError(
                f"expected traced values in the fields of a dataclass alone, got one in "
                f"{name}.{attribute}. Declare {attribute} as a field of {type(tree).__name__}."
            )


def separated(f: Callable[[], Any], given: Sequence[Any]) -> Any:
    """Return the result of a call, with copies of what shares memory with another value.

    That is an argument, another part of the result, or a traced value that is older than the call.
    """
    seen, start = list(given), Node(None).order
    tree = f()

    def separate(part: Any) -> Any:
        if isinstance(part, (Tensor, np.ndarray)):
            is_older = isinstance(part, Tensor) and getattr(part, "_root", part).node.order < start
            if is_older or any(_overlap(part, x) for x in seen):
                part = part.copy(order="K")
            seen.append(part)
            return part
        if isinstance(part, dict):
            return _dict_like(part, {key: separate(x) for key, x in part.items()})
        if isinstance(part, (list, tuple)):
            return _sequence_like(part, [separate(x) for x in part])
        if dataclasses.is_dataclass(part) and not isinstance(part, type):
            names = [field.name for field in dataclasses.fields(part)]
            return _dataclass_like(part, {n: separate(getattr(part, n)) for n in names})
        return part

    return separate(tree)


def _overlap(x: Any, other: Any) -> bool:
    if isinstance(x, Tensor) and isinstance(other, Tensor):
        return x is other or x._overlaps(other)
    both_plain = isinstance(x, np.ndarray) and isinstance(other, np.ndarray)
    return both_plain and np.may_share_memory(x, other)


def _fill(skeleton: Any, values: Iterator[Array]) -> Any:
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


def _expression(skeleton: Any, places: Iterator[int], depth: int = 50) -> str | None:
    """Return the expression that rebuilds a structure from ``leaves``; None if it isn't plain.

    Nor is there one for a deeper structure: Python limits the depth of parentheses.
    """
    if depth == 0:
        return None
    if skeleton is _LEAF:
        return f"leaves[{next(places)}]"
    if skeleton is None:
        return "None"
    if type(skeleton) is dict and all(type(key) in (str, int) for key in skeleton):
        parts = {key: _expression(part, places, depth - 1) for key, part in skeleton.items()}
        texts = [None if text is None else f"{key!r}: {text}" for key, text in parts.items()]
        form = "{%s}"
    elif type(skeleton) in (list, tuple):
        texts = [_expression(part, places, depth - 1) for part in skeleton]
        form = "[%s]" if type(skeleton) is list else "(%s,)" if len(texts) == 1 else "(%s)"
    else:
        return None
    known = [text for text in texts if text is not None]
    return form % ", ".join(known) if len(known) == len(texts) else None


def _match(skeleton: Any, tree: Any, name: str, found: list[Array]) -> None:
    """Collect the leaves of a tree at the places of a skeleton's leaves."""
    if skeleton is _LEAF:
        found.append(_only_leaf(tree, name))
    elif isinstance(skeleton, dict):
        if not isinstance(tree, dict) or tree.keys() != skeleton.keys():
            raise ValueError(_mismatch(name, f"a dict of {list(skeleton)}", tree))
        for key, part in skeleton.items():
            _match(part, tree[key], f"{name}[{key!r}]", found)
    elif isinstance(skeleton, (list, tuple)):
        if _length(tree) != len(skeleton):
            kind = type(skeleton).__name__
            raise ValueError(_mismatch(name, f"a {kind} of {len(skeleton)}", tree))
        for i, (part, value) in enumerate(zip(skeleton, tree, strict=True)):
            _match(part, value, f"{name}[{i}]", found)
    elif skeleton is not None:
        if type(tree) is not type(skeleton):
            raise ValueError(_mismatch(name, f"a {type(skeleton).__name__}", tree))
        for field in dataclasses.fields(skeleton):
            part, value = getattr(skeleton, field.name), getattr(tree, field.name)
            _match(part, value, f"{name}.{field.name}", found)


def _length(tree: Any) -> int | None:
    """Return the number of parts of a sequence, or of rows of an array; None of others."""
    if isinstance(tree, (np.ndarray, Tensor)):
        return tree.shape[0] if tree.ndim else None
    return len(tree) if isinstance(tree, (list, tuple)) else None


def _mismatch(name: str, expected: str, tree: Any) -> str:
    return f"{name} has another structure: expected {expected}, got {describe(tree)}"


def _only_leaf(tree: Any, name: str) -> Array:
    """Return a tree that is one leaf, such as a nested list of numbers."""
    leaves, _, _ = flatten(tree, name)
    if len(leaves) != 1 or isinstance(tree, (dict, tuple)):
        raise ValueError(_mismatch(name, "a number or an array", tree))
    return leaves[0]


def _dict_like(original: Any, items: dict[Any, Any]) -> Any:
    """Return a dict of the original's type, with its other attributes (a default, an order)."""
    if type(original) is dict:
        return items
    like = copy.copy(original)
    if getattr(original, "__dict__", None) is original:  # its keys are its attributes
        like.__dict__ = like
    for key, item in items.items():  # update would add the counts of a Counter
        dict.__setitem__(like, key, item)
    return like


def _is_cached(instance: Any, attribute: str) -> bool:
    """Return whether an attribute is the value of a cached property."""
    return isinstance(getattr(type(instance), attribute, None), functools.cached_property)


def _dataclass_like(original: Any, fields: dict[str, Any]) -> Any:
    """Return an instance with other fields, without running its class's ``__init__``.

    What its cached properties have computed of the former fields is left out.
    """
    like = copy.copy(original)
    for name in [*getattr(like, "__dict__", ())]:
        if _is_cached(like, name):
            del vars(like)[name]
    for name, value in fields.items():
        object.__setattr__(like, name, value)
    return like


def _sequence_like(sequence: Any, parts: list[Any]) -> Any:
    if hasattr(sequence, "_fields"):  # a namedtuple takes its fields one by one
        return type(sequence)(*parts)
    return parts if type(sequence) is list else type(sequence)(parts)


def _is_one_array(values: list[Any]) -> bool:
    """Return whether a list holds only numbers, at any depth, in a rectangular shape."""
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
    except ValueError:  # ragged
        return False


def _leaf(value: Any, name: str) -> Array:
    if isinstance(value, np.ndarray) and value.dtype == object:
        return lift_floats(value, "biu")
    if isinstance(value, numbers.Number):
        return value
    if isinstance(value, np.ndarray):
        return _numeric(value, name)
    refuse_polynomials(value)
    if hasattr(value, "__array__") and not isinstance(value, type):
        return _numeric(np.asarray(value)[()], name)
    raise TypeError(
        f"expected numbers, arrays, or lists and dicts of them, got {describe(value)} in {name}. "
        f"Pass other objects as another argument, or close over them."
    )


def _numeric(array: np.ndarray[Any, Any], name: str) -> Array:
    if isinstance(array, np.ndarray):
        plain_array(array)
    if array.dtype.kind not in _NUMERIC:
        raise TypeError(f"expected numbers in {name}, got {describe(array)}. Convert it first.")
    return array
