"""NumPy's two protocols: every function of NumPy that meets a Tensor comes in here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autodiff.errors import user_line
from autodiff.graph import NeedsNumbersError, plain_watchers
from autodiff.registry import handler, registry

__all__ = ["Dispatching", "is_foreign", "run"]


class Dispatching:
    """What NumPy hands its functions to: the base of Tensor."""

    __slots__ = ()

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        for value in inputs:
            if not isinstance(value, _KNOWN) and is_foreign(value):
                return NotImplemented
        if method == "__call__" and not kwargs:
            return handler(ufunc)(*inputs)
        return _call(ufunc, method, inputs, kwargs)

    def __array_function__(
        self, function: Any, types: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> Any:
        for kind in types:
            if not issubclass(kind, _ARRAYS):
                return NotImplemented  # a type of some other library wants to handle it
        return run(function, args, dict(kwargs))

    def _take(self, result: Any) -> None:
        """Hold a result of the same shape and dtype from now on."""
        raise NotImplementedError


_ARRAYS = (Dispatching, np.ndarray)
_KNOWN = (*_ARRAYS, np.generic, int, float, complex)


def is_foreign(value: Any) -> bool:
    """Whether a value of some other library wants to handle NumPy's functions itself.

    Frames and Series of pandas would, entry by entry; beside a Tensor they are arrays.
    """
    kind = type(value)
    return (
        not isinstance(value, _KNOWN)
        and hasattr(kind, "__array_ufunc__")
        and not hasattr(kind, "__pandas_priority__")
    )


def run(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Run what differentiates a function; a Tensor as ``out=`` takes the result."""
    out = kwargs.get("out")
    if out is None:
        try:
            return handler(function)(*args, **kwargs)
        except NeedsNumbersError as error:
            return error.boxed(function, args, kwargs)
        except NotImplementedError as error:
            if function in registry or not plain_watchers:
                raise
            raise NotImplementedError(
                f"{error} While jit records, t.numpy() of what depends on an argument is refused: "
                f"pass counts and positions as Python ints, for each of which it records anew, or "
                f"compute this outside of the jitted function."
            ) from None
    del kwargs["out"]
    return _write(handler(function)(*args, **kwargs), out if isinstance(out, tuple) else (out,))


def _call(ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Run a universal function with options, or one of its methods."""
    out = kwargs.pop("out", None)
    if method != "__call__":
        if ufunc.signature is not None:
            raise NotImplementedError(f"NumPy has no np.{ufunc.__name__}.{method}")
        handler(ufunc)
        result = registry[method](ufunc, *inputs, **kwargs)
    else:
        where = kwargs.pop("where", True)
        result = _in_dtype(ufunc, inputs, kwargs)
        if where is not True:
            result = _selected(ufunc, result, where, out)
    return result if out is None or out[0] is None else _write(result, out)


def _in_dtype(ufunc: np.ufunc, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Compute in the dtype that is asked for, if one is."""
    dtype = kwargs.pop("dtype", None)
    if dtype is None:
        return handler(ufunc)(*inputs, **kwargs)
    dtype = np.dtype(dtype)
    if dtype.kind not in "fc" or not all(
        np.can_cast(_dtype(x), dtype, "same_kind") for x in inputs
    ):
        raise NotImplementedError(
            f"np.{ufunc.__name__} of a traced value can't be computed in dtype={dtype} (called at "
            f"{user_line()}). Convert the result: np.{ufunc.__name__}(t).astype({dtype})."
        )
    result = handler(ufunc)(
        *(x.astype(dtype) if hasattr(x, "astype") else np.asarray(x, dtype) for x in inputs),
        **kwargs,
    )
    if isinstance(result, tuple) or result.dtype != dtype:
        raise NotImplementedError(
            f"np.{ufunc.__name__} doesn't answer in dtype={dtype} (called at {user_line()}). "
            f"Leave dtype= away."
        )
    return result


def _dtype(x: Any) -> np.dtype[Any]:
    dtype: np.dtype[Any] = x.dtype if hasattr(x, "dtype") else np.asarray(x).dtype
    return dtype


def _selected(ufunc: np.ufunc, result: Any, where: Any, out: Any) -> Any:
    """Let the result in where a mask says so; elsewhere what is in ``out=`` stays."""
    if out is None or len(out) != 1 or out[0] is None:
        raise NotImplementedError(
            f"np.{ufunc.__name__} with where= leaves what isn't computed to chance (called at "
            f"{user_line()}). Use np.where(mask, np.{ufunc.__name__}(t), value), or give out= too."
        )
    return handler(np.where)(where, result, out[0])


def _write(result: Any, out: tuple[Any, ...]) -> Any:
    """Let ``out=`` take a result: a Tensor can, a plain array would lose the slope."""
    results = result if isinstance(result, tuple) else (result,)
    for target, value in zip(out, results, strict=True):
        if not isinstance(target, Dispatching):
            raise TypeError(
                f"out= of a traced result must be a Tensor, got {type(target).__name__} at "
                f"{user_line()}: a plain array would lose the slope. Leave out= away."
            )
        target._take(value)
    return out if isinstance(result, tuple) else out[0]
