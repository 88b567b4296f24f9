"""Sorting: sort, partition, complex numbers in order."""

from __future__ import annotations

from collections.abc import Sequence
from operator import index
from typing import Any

import numpy as np

from autodiff.core.errors import user_line
from autodiff.core.tensor import peek, plain
from autodiff.core.typing import Array
from autodiff.core.view import laid_out_like
from autodiff.rules.composite import composite


@composite(np.sort)
def sort(
    a: Array,
    axis: int | None = -1,
    kind: Any = None,
    order: None = None,
    *,
    stable: bool | None = None,
) -> Array:
    """Sort the entries; of equal entries, each has the slope of one position."""
    if order is not None or (stable is not None and kind is not None):
        given = "order=" if order is not None else "both kind= and stable="
        raise NotImplementedError(
            f"sort of a traced value doesn't support {given} (at {user_line()}). Leave it out."
        )
    if axis is None:
        a, axis = np.reshape(a, -1), -1
    _check_axes(a, "sort")
    order_of = np.argsort(a, axis=index(axis), kind=kind or "stable")
    return laid_out_like(np.take_along_axis(a, order_of, axis), peek(a))


@composite(np.partition)
def partition(
    a: Array,
    kth: int | Sequence[int],
    axis: int | None = -1,
    kind: Any = "introselect",
    order: None = None,
) -> Array:
    """Move the k-th smallest entry to position k, smaller ones before it, larger ones after it."""
    if axis is None:
        a, axis = np.reshape(a, -1), -1
    _check_axes(a, "partition")
    order_of = np.argpartition(a, kth, axis=index(axis), kind=kind, order=order)
    return laid_out_like(np.take_along_axis(a, order_of, axis), peek(a))


def _check_axes(a: Array, name: str) -> None:
    if not np.ndim(a):
        raise ValueError(
            f"{name} needs at least one axis, got a single number at {user_line()}. Leave it as it "
            f"is, or write axis=None."
        )


@composite(np.sort_complex)
def sort_complex(a: Array) -> Array:
    """Sort by the real part, then by the imaginary one; the result is complex."""
    ordered = np.sort(a, 0) if np.ndim(a) == 1 else np.sort(a, -1)
    return ordered if a.dtype.kind == "c" else ordered.astype(np.sort_complex(plain(a)).dtype)
