"""Functions without a slope: comparisons, tests, counts and positions; and what only asks shape."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.primitive import Primitive, composite, constant, primitive
from autodiff.registry import registry
from autodiff.tensor import Tensor, form, plain, tell_of_count

constant(
    np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal,
    np.logical_and, np.logical_or, np.logical_xor, np.logical_not,
    np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert, np.left_shift, np.right_shift,
    np.isnan, np.isinf, np.isfinite, np.signbit, np.isclose, np.gcd, np.lcm,
    np.all, np.any, np.argmax, np.argmin, np.argsort, np.count_nonzero, np.searchsorted,
    np.nanargmax, np.nanargmin, np.digitize, np.argpartition, np.isin, np.argwhere,
    np.flatnonzero, np.iscomplex, np.isreal, np.isneginf, np.isposinf,
    np.zeros_like, np.ones_like, np.empty_like,  # Tensors, so that traced values can be put in
)  # fmt: skip


@primitive
def nonzero_along(a: Any, *, axis: int) -> Any:
    """The positions along one axis of the entries that aren't zero."""
    return np.nonzero(a)[axis]


constant(nonzero_along)


@composite(np.nonzero)
def nonzero(a: Any) -> tuple[Any, ...]:
    """The positions of the entries that aren't zero, one array per axis."""
    tell_of_count(a)
    return tuple(nonzero_along.apply((a,), {"axis": axis}) for axis in range(a.ndim))


nonzero.is_constant = True  # type: ignore[attr-defined]


@primitive
def order_by(keys: Any, *, axis: int = -1) -> Any:
    """The positions in the order of the last key, then of the last but one, ..."""
    return np.lexsort(keys, axis)


constant(order_by)


@composite(np.lexsort)
def lexsort(keys: Any, axis: int = -1) -> Any:
    """``np.lexsort``."""
    keys = keys if isinstance(keys, Tensor) else np.stack(keys)
    return order_by.apply((keys,), {"axis": axis})


lexsort.is_constant = True  # type: ignore[attr-defined]


def _of_plain_values(
    function: Callable[..., Any], *, of_numbers: bool = False
) -> Callable[..., Any]:
    """Let a function see plain values: its answer tells only shape or dtype, or of the numbers."""

    def answer(*args: Any, **kwargs: Any) -> Any:
        look = plain if of_numbers else form
        return function(*map(look, args), **{name: look(v) for name, v in kwargs.items()})

    answer.is_constant = True  # type: ignore[attr-defined]
    return answer


for _function in (
    np.shape, np.ndim, np.size, np.result_type, np.can_cast, np.min_scalar_type,
    np.iscomplexobj, np.isrealobj,
    np.array_repr, np.array_str, np.array2string, np.may_share_memory, np.shares_memory,
):  # fmt: skip
    registry[_function] = _of_plain_values(_function)
for _question in (np.array_equal, np.array_equiv, np.allclose):
    registry[_question] = _of_plain_values(_question, of_numbers=True)


@primitive
def full_like_constant(a: Any, **options: Any) -> Any:
    """``np.full_like`` with a plain value."""
    return np.full_like(a, **options)


constant(full_like_constant)


@composite(np.full_like)
def full_like(a: Any, fill_value: Any, dtype: Any = None, **options: Any) -> Any:
    """An array like a, filled with a value that may be traced."""
    if not isinstance(fill_value, Tensor):
        return full_like_constant(a, fill_value=fill_value, dtype=dtype, **options)
    filled: Any = registry[np.broadcast_to](fill_value, options.get("shape") or np.shape(a))
    return filled.astype(dtype or a.dtype)


@composite(np.copy)
def copy(a: Any, order: str = "K", subok: bool = False) -> Any:
    """A copy: later edits of one don't show in the other."""
    del subok
    return a.copy(order)


def _astype(a: Any, *, dtype: np.dtype[Any]) -> Any:
    return a.astype(dtype)


_astype.__name__ = "astype"
registry["astype_constant"] = Primitive(_astype)
registry["astype_constant"].be_constant()
