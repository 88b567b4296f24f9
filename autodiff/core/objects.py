"""A Tensor as an array of other entries: of objects, which ``np.asarray(t)`` returns; of fields."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from autodiff.core.caught import noted
from autodiff.core.errors import user_line
from autodiff.core.typing import Array

__all__ = ["as_objects", "check_not_taken", "refuse_fields"]

_SPARSE_PRODUCT = "_matmul_dispatch"  # A @ t of SciPy's sparse matrix A, which is t's operation


def as_objects(t: Array, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
    """Return an array of the entries of a Tensor, in its memory layout: its ``__array__``.

    Args:
        t: a Tensor.
        dtype: that of objects by default. In a dtype of numbers, integers and bools become a
            plain array, since they have no slopes.
        copy: only True or None, since the result never shares its memory.

    Raises:
        TypeError: floats in a dtype of numbers, which would lose their slopes.
        ValueError: no copy was wanted.
    """
    if copy is False:
        error = ValueError(
            f"an array of a traced value is a copy, which copy=False excludes, at {user_line()}. "
            f"Leave copy out, or compute with the traced value itself."
        )
        raise noted(error)
    if dtype is not None and np.dtype(dtype) != object:
        if t.dtype.kind in "biu":
            return np.array(t._plain_value("the conversion to a plain array"), dtype)
        loss = TypeError(
            f"as an array of {dtype}, a traced value would lose its slope, silently, at "
            f"{user_line()}. Keep it traced: t.astype('{dtype}') in place of np.asarray(t, "
            f"'{dtype}'), and b = ad.tensor(b) before b[i] = t. Where no slope is wanted, pass "
            f"t.numpy()."
        )
        raise noted(loss)
    if not t.ndim or sys._getframe(1).f_code.co_name == _SPARSE_PRODUCT:
        objects = np.empty((), dtype=object)
        objects[()] = t if t.ndim else t[()]  # a number, which an edit of the entry doesn't change
        if not t.ndim and hasattr(type(t), "_taken_at"):
            t._taken_at = user_line()
        return objects
    objects = np.empty_like(t.node.value, dtype=object)
    for i, part in enumerate(t):
        objects[i] = as_objects(part) if part.ndim else part
    return objects


def check_not_taken(t: Array) -> None:
    """Raise a NotImplementedError before an edit of a 0-d array that an array of objects may hold.

    From a list of numbers, NumPy puts each object itself into the array, not what ``__array__``
    returns, and an edit would reach it there.
    """
    if hasattr(t, "_taken_at"):
        raise NotImplementedError(
            f"a 0-d array that np.array, or a function that makes an array, has taken at "
            f"{t._taken_at} is edited later: NumPy's array would keep the former number, an array "
            f"of traced values wouldn't. Take the number, s[()], or write np.stack([s, t])."
        )


def refuse_fields(dtype: np.dtype[Any]) -> None:
    """Raise a TypeError for a dtype of fields or of raw bytes, which would lose the slopes."""
    if dtype.kind == "V":
        raise TypeError(
            f"expected a dtype of numbers beside a traced value at {user_line()}, got {dtype}, "
            f"which would lose the slope. Keep an array for each field, in a dict; where no slope "
            f"is wanted, convert t.numpy()."
        )
