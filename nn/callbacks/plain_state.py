"""The state of an object in values that JSON and arrays can hold, so that no file needs a pickle.

Plain are numbers, strings, arrays, generators of random numbers, and lists, tuples and dictionaries
of these; other attributes, such as the model, aren't part of the state.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["decode", "encode", "fingerprint", "plain_attributes", "set_attributes"]

_PLAIN = (bool, int, float, str, type(None))
_BIT_GENERATORS = ("MT19937", "PCG64", "PCG64DXSM", "Philox", "SFC64")


def plain_attributes(item: Any) -> dict[str, Any]:
    """Return the attributes of an object that are plain.

    >>> class Item:
    ...     def __init__(self):
    ...         self.count, self.values, self.other = 3, [0.5, np.ones(2)], object()
    >>> list(plain_attributes(Item()))
    ['count', 'values']
    """
    return {name: value for name, value in vars(item).items() if _is_plain(value)}


def set_attributes(item: Any, values: Mapping[str, Any]) -> None:
    """Set attributes to plain values; arrays and generators are changed in place where they fit.

    So what refers to them, as a recorded step does, has the new values.
    """
    for name, value in values.items():
        before = vars(item).get(name)
        if isinstance(value, np.random.Generator) and _is_generator(before):
            before.bit_generator.state = value.bit_generator.state
        elif isinstance(value, np.ndarray) and _takes(before, value):
            before[...] = value
        else:
            vars(item)[name] = value


def fingerprint(value: Any) -> bytes:
    """Return bytes that differ for different plain values.

    >>> fingerprint([1, np.zeros(2)]) == fingerprint([1, np.zeros(2)])
    True
    >>> fingerprint([1, np.zeros(2)]) == fingerprint([1, np.zeros(3)])
    False
    """
    arrays: dict[str, np.ndarray] = {}
    found = hashlib.blake2b(json.dumps(encode(value, arrays)).encode())
    for array in arrays.values():
        found.update(f"{array.dtype.str} {array.shape}".encode())
        found.update(np.ascontiguousarray(array).data)
    return found.digest()


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
    if _is_generator(value):
        return {"generator": encode(value.bit_generator.state, arrays)}
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
    if kind == "generator":
        return _generator(decode(content, arrays))
    return arrays[content][()] if kind == "scalar" else arrays[content]


def _generator(state: Any) -> np.random.Generator:
    if state["bit_generator"] not in _BIT_GENERATORS:
        raise ValueError(
            f"expected the state of one of {', '.join(_BIT_GENERATORS)}, got that of "
            f"{state['bit_generator']!r}. Delete the file to start over."
        )
    generator = np.random.Generator(getattr(np.random, state["bit_generator"])())
    generator.bit_generator.state = state
    return generator


def _is_plain(value: Any) -> bool:
    if isinstance(value, np.ndarray | np.generic):
        return value.dtype.kind in "biufUc"
    if isinstance(value, dict):
        return all(isinstance(key, str | int) for key in value) and _is_plain([*value.values()])
    if isinstance(value, list | tuple):
        return type(value) in (list, tuple) and all(map(_is_plain, value))
    return isinstance(value, _PLAIN) or _is_generator(value)


def _is_generator(value: Any) -> bool:
    """Return whether a value is a generator of NumPy's whose state a file can hold."""
    if not isinstance(value, np.random.Generator):
        return False
    return type(value.bit_generator).__name__ in _BIT_GENERATORS


def _takes(before: Any, value: np.ndarray) -> bool:
    """Return whether an array can be overwritten with another one."""
    if not isinstance(before, np.ndarray) or not before.flags.writeable:
        return False
    return bool(before.shape == value.shape and before.dtype == value.dtype)
