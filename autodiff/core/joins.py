"""The options ``dtype=``, ``casting=`` and ``out=`` of ``np.concatenate`` and ``np.stack``.

Each array is converted first, so that the primitives join arrays of one dtype.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.errors import user_line
from autodiff.core.typing import Function

__all__ = ["converted", "needs_conversion"]

_WEAK = (int, float, complex)  # whose dtype is that of arrays beside them


def needs_conversion(function: Function, kwargs: dict[str, Any]) -> bool:
    """Return whether these options of a join decide which dtype its arrays are converted to."""
    if function is not np.concatenate and function is not np.stack:
        return False
    return hasattr(kwargs.get("out"), "dtype") or not kwargs.keys().isdisjoint(("dtype", "casting"))


def converted(
    function: Function, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], np.dtype[Any]]:
    """Return the arguments with arrays in the dtype of the result, and this dtype.

    Removes ``dtype=`` and ``casting=`` from the options.

    Raises:
        TypeError: ``dtype=`` beside ``out=``, or the rule ``casting=`` excludes a conversion.
    """
    casting: Any = kwargs.pop("casting", "same_kind")
    dtype, out = kwargs.pop("dtype", None), kwargs.get("out")
    if dtype is not None and out is not None:
        raise TypeError(
            f"np.{function.__name__} takes dtype= or out=, got both at {user_line()}. Leave dtype "
            f"out: the result has that of out=."
        )
    arrays = [_operand(x, function) for x in (args[0] if args else kwargs.pop("arrays"))]
    owns = [x if type(x) in _WEAK else x.dtype for x in arrays]
    target = getattr(out, "dtype", None) or np.dtype(dtype or np.result_type(*owns))
    for own in owns:
        if not _can_cast(own, target, casting):
            raise TypeError(
                f"np.{function.__name__} can't cast {own} to {target} by the rule {casting!r} at "
                f"{user_line()}. Convert the arrays with astype, or pass casting='unsafe'."
            )
    arrays = [(np.asarray(x) if type(x) in _WEAK else x).astype(target) for x in arrays]
    return (arrays, *args[1:]), target


def _operand(x: Any, function: Function) -> Any:
    from autodiff.core.lift import as_operand  # which builds on this module

    if np.isscalar(x):
        return x if type(x) in _WEAK and function is np.concatenate else np.asarray(x)
    return as_operand(x)


def _can_cast(own: Any, target: np.dtype[Any], casting: Any) -> bool:
    if type(own) in _WEAK:
        if np.result_type(own, target) == target:
            return True
        own = np.asarray(own).dtype
    return np.can_cast(own, target, casting)
