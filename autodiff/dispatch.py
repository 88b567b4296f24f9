"""NumPy's universal functions on Tensors: plain calls, ``out=``, and their methods."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.errors import user_line
from autodiff.registry import handler
from autodiff.tensor import Tensor

__all__ = ["call_ufunc"]

_REDUCTIONS: dict[np.ufunc, Any] = {
    np.add: np.sum,
    np.multiply: np.prod,
    np.maximum: np.max,
    np.minimum: np.min,
    np.logical_and: np.all,
    np.logical_or: np.any,
}
_ACCUMULATIONS: dict[np.ufunc, Any] = {np.add: np.cumsum, np.multiply: np.cumprod}


def call_ufunc(
    ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """Run a call or a method of a universal function that met a Tensor.

    Returns NotImplemented when an input belongs to a library that wants to handle it.
    """
    if any(_wants_it(value) for value in inputs):
        return NotImplemented
    out = kwargs.pop("out", (None,))
    if method == "__call__":
        result = handler(ufunc)(*inputs, **kwargs)
    elif method == "reduce":
        kwargs.setdefault("axis", 0)
        result = _method_of(_REDUCTIONS, ufunc, method)(*inputs, **kwargs)
    elif method == "accumulate":
        kwargs.setdefault("axis", 0)
        result = _method_of(_ACCUMULATIONS, ufunc, method)(*inputs, **kwargs)
    else:
        result = _method_of({}, ufunc, method)
    if out == (None,):
        return result
    return _write(result, out)


def _wants_it(value: Any) -> bool:
    return not isinstance(value, (Tensor, np.ndarray, np.generic)) and hasattr(
        type(value), "__array_ufunc__"
    )


def _method_of(table: dict[np.ufunc, Any], ufunc: np.ufunc, method: str) -> Any:
    if ufunc not in table:
        raise NotImplementedError(
            f"np.{ufunc.__name__}.{method} of a traced value has no derivative here (called at "
            f"{user_line()}). Write it with np.{ufunc.__name__} itself or a function like np.sum."
        )
    return handler(table[ufunc])


def _write(result: Any, out: tuple[Any, ...]) -> Any:
    """Let ``out=`` take a result: a Tensor can, a plain array would lose the slope."""
    if len(out) != 1 or not isinstance(out[0], Tensor):
        raise TypeError(
            f"out= of a traced result must be a Tensor, got {type(out[0]).__name__} at "
            f"{user_line()}: a plain array would lose the slope. Leave out= away."
        )
    out[0]._take(result)
    return out[0]
