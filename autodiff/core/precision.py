"""Precision: rules compute with operands as the function did, in the dtype of its result."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from autodiff.core.typing import Array, Function

__all__ = ["in_full_precision", "is_of_scipy", "widened"]


def widened(x: Any, z: Any) -> Any:
    """Return an operand as wide as a result; bools and integers of other dtypes become int64.

    In a rule, n - 1 may wrap around in a narrow integer, and log(x) has few digits in float16.

    >>> widened(np.uint8(0), np.float64(2)) - 1
    np.int64(-1)
    >>> widened(np.float16(3), np.complex128(2j))
    np.float64(3.0)
    """
    dtype = getattr(x, "dtype", None)
    if isinstance(x, bool):
        return int(x)  # NumPy subtracts no bools
    if dtype is None or dtype.kind not in "biufc":
        return x
    if dtype.kind in "biu":
        return x if dtype == np.int64 else x.astype(np.int64)
    whole: np.dtype[Any] = z.dtype
    if whole.kind == "c" and dtype.kind == "f":
        whole = whole.type(0).real.dtype
    return x.astype(whole) if dtype.itemsize < whole.itemsize else x


def in_full_precision(rule: Function) -> Function:
    """Return a rule that is called with widened operands."""

    @functools.wraps(rule)
    def own(g: Array, z: Array, *inputs: Array, **options: Any) -> Any:
        result = z[0] if isinstance(z, tuple) else z
        return rule(g, z, *(widened(x, result) for x in inputs), **options)

    return own


def is_of_scipy(function: Function) -> bool:
    """Return whether this is a function of SciPy, or computes one."""
    if isinstance(function, np.ufunc):
        return not hasattr(np, function.__name__)
    module = getattr(function, "__module__", None) or ""  # that exec makes has none
    return module.removeprefix("autodiff.").startswith("scipy.")
