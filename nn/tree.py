"""Nested structures: lists, tuples and dictionaries of values, such as the inputs of a model.

The leaves of a dictionary are in the order of its sorted keys, as in Keras.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["flatten", "is_nested", "is_structure", "leaves", "map_leaves", "map_structure",
           "pack_sequence_as", "packed", "parts_at", "paths"]  # fmt: skip


def is_structure(value: Any) -> bool:
    """Return whether a value is a list, a tuple or a dictionary.

    >>> is_structure([1, 2]), is_structure({"a": 1}), is_structure(1)
    (True, True, False)
    """
    return isinstance(value, list | tuple | dict)


def leaves(structure: Any) -> list[Any]:
    """Return the values in a structure, in order; those of a single value are itself.

    >>> leaves({"b": [1, (2, 3)], "a": 4})
    [4, 1, 2, 3]
    """
    if isinstance(structure, dict):
        return [leaf for key in sorted(structure) for leaf in leaves(structure[key])]
    if isinstance(structure, list | tuple):
        return [leaf for part in structure for leaf in leaves(part)]
    return [structure]


def paths(structure: Any, name: str = "") -> list[tuple[str, Any]]:
    """Return the leaves with names made of their keys and positions, in the order of `leaves`.

    >>> paths({"b": [1, 2], "a": 3}, "x")
    [('x_a', 3), ('x_b_0', 1), ('x_b_1', 2)]
    """
    if isinstance(structure, dict):
        parts = [(key, structure[key]) for key in sorted(structure)]
    elif isinstance(structure, list | tuple):
        parts = list(enumerate(structure))
    else:
        return [(name, structure)]
    return [found for key, part in parts for found in paths(part, f"{name}_{key}".strip("_"))]


def parts_at(structure: Any, values: Any) -> list[Any] | None:
    """Return what ``values`` has in place of each leaf of a structure, in the order of `leaves`.

    None if it has other keys, or lists of another length.

    >>> parts_at({"b": [0, 0], "a": 0}, {"a": ["x", "y"], "b": [1, None]})
    [['x', 'y'], 1, None]
    >>> parts_at({"b": [0, 0], "a": 0}, {"a": 1, "b": 2})
    """
    if isinstance(structure, dict):
        if not isinstance(values, Mapping) or values.keys() != structure.keys():
            return None
        pairs = [(structure[key], values[key]) for key in sorted(structure)]
    elif isinstance(structure, list | tuple):
        if not isinstance(values, list | tuple) or len(values) != len(structure):
            return None
        pairs = list(zip(structure, values, strict=True))
    else:
        return [values]
    found = [parts_at(inner, part) for inner, part in pairs]
    return None if None in found else [part for some in found for part in some or ()]


def map_leaves(function: Callable[..., Any], structure: Any, *others: Any) -> Any:
    """Return a structure with the results of a function for each leaf.

    Args:
        function: takes a leaf, and what the others have at its place.
        structure: the structure of the result.
        others: structures that have at least this structure.

    >>> map_leaves(lambda x, y: x + y, {"a": 1, "b": [2]}, {"a": 10, "b": [20]})
    {'a': 11, 'b': [22]}
    """
    if isinstance(structure, dict):
        parts = {
            key: map_leaves(function, part, *(other[key] for other in others))
            for key, part in structure.items()
        }
        return parts if type(structure) is dict else type(structure)(parts)
    if isinstance(structure, list | tuple):
        mapped = [
            map_leaves(function, *together) for together in zip(structure, *others, strict=True)
        ]
        return _like(structure, mapped)
    return function(structure, *others)


def packed(structure: Any, values: Iterable[Any]) -> Any:
    """Return a structure with other values, in the order of `leaves`.

    >>> packed({"b": [0, 0], "a": 0}, [1, 2, 3])
    {'b': [2, 3], 'a': 1}
    """
    return _packed(structure, iter(values))


def _packed(structure: Any, values: Any) -> Any:
    if isinstance(structure, dict):
        parts = {key: _packed(structure[key], values) for key in sorted(structure)}
        return {key: parts[key] for key in structure}
    if isinstance(structure, list | tuple):
        return _like(structure, [_packed(part, values) for part in structure])
    return next(values)


def _like(structure: Any, parts: list[Any]) -> Any:
    """Return the parts in the type of a list, a tuple or a named tuple."""
    kind = type(structure)
    return kind(*parts) if hasattr(structure, "_fields") else kind(parts)


def with_sorted_keys(structure: Any) -> Any:
    """Return a structure whose dictionaries have their keys in order, as `leaves` reads them.

    >>> with_sorted_keys({"b": [1], "a": {"d": 2, "c": 3}})
    {'a': {'c': 3, 'd': 2}, 'b': [1]}
    """
    if isinstance(structure, dict):
        parts = {key: with_sorted_keys(structure[key]) for key in sorted(structure)}
        return parts if type(structure) is dict else type(structure)(parts)
    if isinstance(structure, list | tuple):
        return _like(structure, [with_sorted_keys(part) for part in structure])
    return structure


# Keras's names.
flatten, is_nested, map_structure, pack_sequence_as = leaves, is_structure, map_leaves, packed
