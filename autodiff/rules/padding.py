"""Padding: arrays extended at their edges, by constants or by their entries."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.errors import user_line
from autodiff.core.indexing import write
from autodiff.core.lift import as_operand
from autodiff.core.options import is_traced
from autodiff.core.tensor import peek
from autodiff.core.typing import Array
from autodiff.rules.composite import composite
from autodiff.rules.index import in_one_order, numbered, plain_count, rearranging


@composite(np.pad)
def pad(array: Array, pad_width: Any, mode: Any = "constant", **options: Any) -> Array:
    """Extend at the edges, with constants or entries of the array."""
    pad_width = plain_count(np.pad, pad_width)
    shape = np.shape(array)
    if mode == "constant" and is_traced(options.get("constant_values")):
        return _framed(array, pad_width, **options)
    if mode == "constant":
        frame = np.pad(np.zeros_like(peek(array), order="A"), pad_width, mode, **options)
        starts = np.argwhere(np.pad(np.ones((1,) * len(shape), bool), pad_width))[0]
        window = tuple(slice(s, s + n) for s, n in zip(starts, shape, strict=True))
        return write(frame, array, window)
    if mode not in ("edge", "reflect", "symmetric", "wrap") or options.get("reflect_type") == "odd":
        given = f"mode={mode!r} {options or ''}".rstrip()
        raise NotImplementedError(
            f"pad of a traced value supports the modes constant, edge, reflect, symmetric and "
            f"wrap, got {given} at {user_line()}. Use one of these, or "
            f"np.concatenate."
        )
    return rearranging(np.pad)(in_one_order(array), pad_width, mode, **options)


def _framed(array: Array, pad_width: Any, constant_values: Array) -> Array:
    """Extend by traced constants."""
    ends = as_operand(constant_values).astype(array.dtype)
    ends = np.broadcast_to(ends, (np.ndim(array), 2))
    places = np.arange(ends.size).reshape(ends.shape) + np.size(array)
    positions = np.pad(numbered(in_one_order(array)), pad_width, constant_values=places)
    z = np.concatenate([np.reshape(array, -1), np.reshape(ends, -1)])[positions]
    return z if z.dtype == array.dtype else z.astype(array.dtype)
