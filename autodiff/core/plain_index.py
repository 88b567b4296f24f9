"""A Tensor as the index of a plain array, ``X[i]``, for which NumPy has no protocol.

Positions, counts and masks have no slope that could be lost, so they serve as plain ones. NumPy
calls ``__index__``, which returns a whole number, so that ``X[i]`` is a view of X as with a plain
one. From an array of them, NumPy ignores the exception, and then reads ``__array_struct__``. While
``jit`` records, each later call would read the same entries, so both raise an error with the
alternatives.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np

from autodiff.core.errors import user_line
from autodiff.core.graph import RecordingError
from autodiff.core.typing import Array

__all__ = ["INDEX", "expose_positions", "with_place"]

INDEX = "the use as an index or count"

_RAW = frozenset({  # whose compiled code takes the objects in an array for its numbers
    "scipy.spatial.distance.squareform", "scipy.ndimage._morphology.distance_transform_edt",
})  # fmt: skip
_STRIDES = "numpy.lib._stride_tricks_impl.as_strided"  # reads such an array by strides of bytes

_CHECKED = "numpy.lib._function_base_impl.asarray_chkfinite"  # which doesn't look into objects

_last_index = threading.local()  # place: where a Tensor's __index__ was last called


def with_place(refuse: Callable[[Array], Any]) -> Callable[[Array], Any]:
    """Return an ``__index__`` of whole numbers, which refuses others, and records the place."""

    def index(t: Array) -> Any:
        _last_index.place = _place_of(t)
        if t.ndim or t.dtype.kind not in "iu":
            return refuse(t)
        number = int(t._plain_value(INDEX))
        _last_index.place = None
        return number

    return index


def expose_positions(t: Array) -> Any:
    """Return the ``__array_struct__`` of positions or a mask with which a plain array is indexed.

    Without entries there is no slope to lose, so that of an empty value is returned, too.

    Raises:
        TypeError: other values, or ``jit`` records; or a function has asked for the memory that
            would take the objects in an array of Tensors for numbers, or read it by other strides.
        ValueError: np.asarray_chkfinite has asked for numbers that aren't finite.
        AttributeError: NumPy hasn't just tried to index a plain array.
    """
    caller = sys._getframe(1)
    function = f"{caller.f_globals.get('__name__')}.{caller.f_code.co_name}"
    value = t.node.value
    if function in _RAW:
        if t.dtype.kind in "biu":
            return np.asarray(t._plain_value("numpy")).__array_struct__
        raise TypeError(f"a traced value reached compiled code at {user_line()}")
    if function == _CHECKED and value.dtype.kind in "fc" and not np.isfinite(value).all():
        raise ValueError(
            f"expected finite numbers, got infinity or NaN among them at {user_line()}. Replace "
            f"them, or use np.asarray, which takes them."
        )
    is_as_objects = value.itemsize == np.dtype(object).itemsize and value.flags.c_contiguous
    if function == _STRIDES and not is_as_objects:
        raise TypeError(
            f"as_strided reads the memory of an array, which a traced value of {value.dtype} "
            f"doesn't share, at {user_line()}. Use np.lib.stride_tricks.sliding_window_view(x, n), "
            f"or positions: x[i[:, None] + np.arange(n)]."
        )
    is_index = getattr(_last_index, "place", None) == _place_of(t)
    is_mask = value.dtype.kind == "b" and value.ndim > 1  # which NumPy takes for positions if empty
    if not value.size and not (is_index and is_mask):
        return np.empty(value.shape, value.dtype).__array_struct__
    if not is_index:
        raise AttributeError("a Tensor doesn't expose its memory")
    _last_index.place = None
    if value.size and t.dtype.kind in "biu":
        with suppress(RecordingError):  # of which the next message says more
            return np.asarray(t._plain_value("numpy")).__array_struct__
    raise TypeError(
        f"a traced value as an index of a plain array at {user_line()}: NumPy takes plain ones "
        f"only. Index a Tensor, ad.tensor(X)[i], or in a jitted function ad.live(X)[i], which "
        f"keeps integers; for np.eye(n)[y] write y[:, None] == np.arange(n). Where nothing is "
        f"recorded and no slope is wanted, X[i.numpy()]."
    )


def _place_of(t: Array) -> tuple[int, int, int]:
    """Return the instruction that accesses a Tensor."""
    frame = sys._getframe(2)
    return id(frame), frame.f_lasti, id(t.node)
