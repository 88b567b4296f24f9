"""The namespace of the Python array API standard for Tensors: ``Tensor.__array_namespace__()``.

Libraries that follow the standard take their functions from the namespace of their arguments. These
are NumPy's, which accept Tensors; but what makes arrays makes Tensors here, since the standard
doesn't mix the arrays of two libraries.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from autodiff.core.graph import Node
from autodiff.core.lift import as_operand, is_traced
from autodiff.core.registry import namespaces
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array, Function

_CREATING = {
    "arange", "empty", "empty_like", "eye", "from_dlpack", "full", "linspace", "ones", "zeros",
}  # fmt: skip
"""NumPy's functions that make arrays of plain numbers."""


def __getattr__(name: str) -> Any:
    """Return what NumPy has under a name, or a further namespace."""
    if name in namespaces:
        return namespaces[name]()
    found = getattr(np, name)
    return _making_tensors(found) if name in _CREATING else found


def __dir__() -> list[str]:
    """Return the names of NumPy's functions."""
    return dir(np)


def asarray(
    obj: Any, /, *, dtype: Any = None, device: str | None = None, copy: bool | None = None
) -> Array:
    """Return a Tensor: of an array, a number, or a list of numbers and Tensors."""
    _check_device(device)
    found = obj if isinstance(obj, Tensor) else _tensor(obj)
    if dtype is not None and found.dtype != dtype:
        return found.astype(dtype)
    return found.copy() if copy else found


def _tensor(obj: Any) -> Array:
    """Return a Tensor of anything that NumPy makes an array of; 0-d values are NumPy's scalars."""
    return as_operand(obj) if is_traced(obj) else Tensor(Node(np.array(obj)[()]))


def _making_tensors(function: Function) -> Function:
    @functools.wraps(function)
    def made(*args: Any, device: str | None = None, **options: Any) -> Array:
        _check_device(device)
        found = function(*args, **options)
        return found if isinstance(found, Tensor) else _tensor(found)

    return made


def _check_device(device: str | None) -> None:
    if device not in (None, "cpu"):
        raise ValueError(f"expected 'cpu' as device, as in NumPy, got {device!r}. Leave it out.")
