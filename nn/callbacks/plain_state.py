"""The state of an object in values that JSON and arrays can hold, so that no file needs a pickle.

Numbers, texts, arrays, and lists, tuples and dictionaries of these are plain; other attributes,
such as the model, aren't part of the state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["decode", "encode", "plain_attributes"]

_PLAIN = (bool, int, float, str, type(None))


def plain_attributes(item: Any) -> dict[str, Any]:
    """Return the attributes of an object that are plain.

    >>> class Item:
    ...     def __init__(self):
    ...         self.count, self.values, self.other = 3, [0.5, np.ones(2)], object()
    >>> list(plain_attributes(Item()))
    ['count', 'values']
    """
    return {name: value for name, value in vars(item).items() if _is_plain(value)}


def encode(value: Any, arrays: dict[str, np.ndarray]) -> Any:
    """Return a plain value for JSON; arrays in it are added to ``arrays``.

    >>> arrays = {}
    >>> encode((1.5, np.zeros(2)), arrays)
    {'tuple': [1.5, {'array': 'array_0'}]}
    >>> decode(encode((1.5, "x"), arrays), arrays)
    (1.5, 'x')
    """
    if isinstance(value, np.ndarray | np.generic):
        name = f"array_{len(arrays)}"
        arrays[name] = np.asarray(value)
        return {"scalar" if isinstance(value, np.generic) else "array": name}
    if isinstance(value, dict):
        return {"dict": [[key, encode(item, arrays)] for key, item in value.items()]}
    if isinstance(value, list):
        return [encode(item, arrays) for item in value]
    if isinstance(value, tuple):
        return {"tuple": [encode(item, arrays) for item in value]}
    return value


def decode(value: Any, arrays: Mapping[str, np.ndarray]) -> Any:
    """Return the plain value that `encode` was given."""
    if isinstance(value, list):
        return [decode(item, arrays) for item in value]
    if not isinstance(value, dict):
        return value
    [(kind, content)] = value.items()
    if kind == "dict":
        return {key: decode(item, arrays) for key, item in content}
    if kind == "tuple":
        return tuple(decode(item, arrays) for item in content)
    return arrays[content][()] if kind == "scalar" else arrays[content]


def _is_plain(value: Any) -> bool:
    if isinstance(value, np.ndarray | np.generic):
        return value.dtype.kind in "biufUc"
    if isinstance(value, dict):
        return all(isinstance(key, str | int) for key in value) and _is_plain([*value.values()])
    if isinstance(value, list | tuple):
        return type(value) in (list, tuple) and all(map(_is_plain, value))
    return isinstance(value, _PLAIN)
