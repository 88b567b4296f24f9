"""Containers of Python's own modules, and what they hold."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any
from weakref import ReferenceType

import numpy as np

__all__ = ["held_in", "is_container"]

_SEQUENCES = (list, tuple, deque)
_MAPPINGS = (dict, MappingProxyType)
_REFERENCES = (memoryview, np.flatiter, ReferenceType, ContextVar)
_NAMESPACES = ("argparse", "collections", "types")
"""Modules whose classes hold what users put into them: SimpleNamespace, UserDict, ChainMap."""


def is_container(x: Any) -> bool:
    """Return whether an object holds others in a way that is known here."""
    return (
        isinstance(x, (*_SEQUENCES, *_MAPPINGS, *_REFERENCES))
        or (isinstance(x, np.ndarray) and x.dtype.hasobject)
        or (type(x).__module__ in _NAMESPACES and hasattr(x, "__dict__") and not callable(x))
    )


def held_in(x: Any) -> Mapping[str, Any]:
    """Return what a container holds, by how it is reached: ``['key']``, ``[0]``, ``.name``."""
    if isinstance(x, _MAPPINGS):  # of a copy: the collector may take entries out meanwhile
        return {f"[{key!r}]": part for key, part in dict(x).items()}
    if isinstance(x, _SEQUENCES):
        return {f"[{i}]": part for i, part in enumerate(x)}
    if isinstance(x, np.ndarray):
        return {f".flat[{i}]": part for i, part in enumerate(x.flat)}
    if isinstance(x, memoryview):
        return {".obj": x.obj}
    if isinstance(x, np.flatiter):
        return {".base": x.base}
    if isinstance(x, ContextVar):
        try:
            return {".get()": x.get()}
        except LookupError:  # it has no value here
            return {}
    if isinstance(x, ReferenceType):
        return {"()": x()}
    return {f".{name}": part for name, part in vars(x).items()}
