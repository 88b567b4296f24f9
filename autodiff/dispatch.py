"""NumPy's two protocols: every function of NumPy that meets a Tensor comes in here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autodiff.errors import user_line
from autodiff.registry import handler

__all__ = ["Dispatching", "is_foreign"]

_REDUCTIONS: dict[np.ufunc, Any] = {
    np.add: np.sum,
    np.multiply: np.prod,
    np.maximum: np.max,
    np.minimum: np.min,
    np.logical_and: np.all,
    np.logical_or: np.any,
}
_ACCUMULATIONS: dict[np.ufunc, Any] = {np.add: np.cumsum, np.multiply: np.cumprod}


class Dispatching:
    """What NumPy hands its functions to: the base of Tensor."""

    __slots__ = ()

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        for value in inputs:
            if is_foreign(value):
                return NotImplemented
        if method == "__call__" and not kwargs:
            return handler(ufunc)(*inputs)
        return _call(ufunc, method, inputs, kwargs)

    def __array_function__(
        self, function: Any, types: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> Any:
        if not all(issubclass(kind, (Dispatching, np.ndarray)) for kind in types):
            return NotImplemented  # a type of some other library wants to handle it
        return handler(function)(*args, **kwargs)

    def _take(self, result: Any) -> None:
        """Hold a result of the same shape and dtype from now on."""
        raise NotImplementedError


_KNOWN = (np.ndarray, np.generic, Dispatching, int, float, complex)


def is_foreign(value: Any) -> bool:
    """Whether a value of some other library wants to handle NumPy's functions itself."""
    return not isinstance(value, _KNOWN) and hasattr(type(value), "__array_ufunc__")


def _call(ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Run a universal function with options, or one of its methods."""
    out = kwargs.pop("out", (None,))
    if method == "__call__":
        result = handler(ufunc)(*inputs, **kwargs)
    elif method == "reduce":
        result = _method_of(_REDUCTIONS, ufunc, method)(*inputs, **{"axis": 0, **kwargs})
    elif method == "accumulate":
        result = _method_of(_ACCUMULATIONS, ufunc, method)(*inputs, **{"axis": 0, **kwargs})
    else:
        result = _method_of({}, ufunc, method)
    return result if out == (None,) else _write(result, out)


def _method_of(table: dict[np.ufunc, Any], ufunc: np.ufunc, method: str) -> Any:
    if ufunc not in table:
        raise NotImplementedError(
            f"np.{ufunc.__name__}.{method} of a traced value has no derivative here (called at "
            f"{user_line()}). Write it with np.{ufunc.__name__} itself or a function like np.sum."
        )
    return handler(table[ufunc])


def _write(result: Any, out: tuple[Any, ...]) -> Any:
    """Let ``out=`` take a result: a Tensor can, a plain array would lose the slope."""
    if len(out) != 1 or not isinstance(out[0], Dispatching):
        raise TypeError(
            f"out= of a traced result must be a Tensor, got {type(out[0]).__name__} at "
            f"{user_line()}: a plain array would lose the slope. Leave out= away."
        )
    out[0]._take(result)
    return out[0]
