"""The options ``dtype=`` and ``casting=`` of ``np.concatenate`` and ``np.stack``.

Each array is converted first, so that the primitives join arrays of one dtype.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.errors import user_line
from autodiff.core.typing import Function

__all__ = ["converted"]

_JOINS = {np.concatenate, np.stack}


def converted(function: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
    """Return the arguments with arrays in the dtype of the result; remove both options.

    Raises:
        TypeError: ``dtype=`` beside ``out=``, or the rule ``casting=`` excludes a conversion.
    """
    if function not in _JOINS or kwargs.keys().isdisjoint(("dtype", "casting")):
        return args
    from autodiff.core.lift import as_operand  # which builds on this module

    casting: Any = kwargs.pop("casting", "same_kind")
    dtype, out = kwargs.pop("dtype", None), kwargs.get("out")
    if dtype is not None and out is not None:
        raise TypeError(
            f"np.{function.__name__} takes dtype= or out=, got both at {user_line()}. Leave dtype "
            f"out: the result has that of out=."
        )
    if not args:
        args = (kwargs.pop("arrays"),)
    arrays = [as_operand(np.asarray(x) if np.isscalar(x) else x) for x in args[0]]
    if out is not None:
        dtype = out.dtype
    elif dtype is None:
        dtype = np.result_type(*(x.dtype for x in arrays))
    for own in (x.dtype for x in arrays):
        if not np.can_cast(own, dtype, casting):
            raise TypeError(
                f"np.{function.__name__} can't cast {own} to {np.dtype(dtype)} by the rule "
                f"{casting!r} at {user_line()}. Convert the arrays with astype, or pass "
                f"casting='unsafe'."
            )
    return [x.astype(dtype) for x in arrays], *args[1:]
