"""Functions without a slope: comparisons, tests, counts, positions, and queries of the shape."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autodiff.core.errors import user_line
from autodiff.core.layout import order_name
from autodiff.core.objects import refuse_fields
from autodiff.core.primitive import constant, primitive
from autodiff.core.registry import registry
from autodiff.core.tensor import Tensor, notify_count, peek, plain
from autodiff.core.typing import Array, Function
from autodiff.core.view import laid_out_like
from autodiff.rules.composite import composite
from autodiff.rules.data_dependent import compare_with_recording

if TYPE_CHECKING:
    from numpy.typing import DTypeLike

constant(
    np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal,
    np.logical_and, np.logical_or, np.logical_xor, np.logical_not,
    np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert, np.bitwise_count,
    np.left_shift, np.right_shift,
    np.isnan, np.isinf, np.isfinite, np.signbit, np.isclose, np.gcd, np.lcm,
    np.all, np.any, np.argmax, np.argmin, np.argsort, np.count_nonzero, np.searchsorted,
    np.nanargmax, np.nanargmin, np.digitize, np.argpartition, np.isin, np.argwhere,
    np.flatnonzero, np.iscomplex, np.isreal, np.isneginf, np.isposinf,
    np.zeros_like, np.ones_like, np.empty_like,  # Tensors, so that traced values can be put in
)  # fmt: skip
compare_with_recording(np.argwhere, np.flatnonzero)


@primitive
def nonzero_along(a: Array, *, axis: int) -> Array:
    """Return the positions along one axis of the entries that aren't zero."""
    return np.nonzero(a)[axis]


constant(nonzero_along)


@composite(np.nonzero, exact=True)
def nonzero(a: Array) -> tuple[Array, ...]:
    """Return the positions of the entries that aren't zero, one array per axis."""
    if a.ndim == 0:
        raise ValueError(
            f"nonzero needs at least one axis, got a single number at {user_line()}. Use "
            f"np.atleast_1d(x), or x != 0."
        )
    notify_count(a)
    return tuple(nonzero_along.apply((a,), {"axis": axis}) for axis in range(a.ndim))


nonzero.is_constant = True  # type: ignore[attr-defined]


@primitive
def order_by(*keys: Array, axis: int = -1) -> Array:
    """Return the positions sorted by the last key, then by the last but one, ..."""
    return np.lexsort(keys, axis)


constant(order_by)


@composite(np.lexsort, exact=True)
def lexsort(keys: Array | Sequence[Array], axis: int = -1) -> Array:
    """Return the same as ``np.lexsort``."""
    return order_by.apply(tuple(keys), {"axis": axis})


lexsort.is_constant = True  # type: ignore[attr-defined]


def on_plain_values(function: Function, how: str | None = None) -> Function:
    """Return a function of plain values.

    Args:
        function: of NumPy.
        how: where the result depends on the numbers, how they become plain, for observers.
    """

    def on_values(*args: Any, **kwargs: Any) -> Any:
        read = peek if how is None else functools.partial(plain, how=how)
        return function(*map(read, args), **{name: read(v) for name, v in kwargs.items()})

    on_values.is_constant = True  # type: ignore[attr-defined]
    return on_values


def _of_memory(function: Function) -> Function:
    """Return a function of the memory of two arrays; a traced value shares it with its views."""
    compare = on_plain_values(function)

    @functools.wraps(function)
    def of_memory(a: Array, b: Array, *args: Any, **kwargs: Any) -> Any:
        both = isinstance(a, Tensor) and isinstance(b, Tensor)
        if both and getattr(a, "_root", a) is not getattr(b, "_root", b):
            return False  # a copy, which may have the same immutable value
        return compare(a, b, *args, **kwargs)

    of_memory.is_constant = True  # type: ignore[attr-defined]
    return of_memory


registry[np.may_share_memory] = _of_memory(np.may_share_memory)
registry[np.shares_memory] = _of_memory(np.shares_memory)
for _function in (
    np.shape, np.ndim, np.size, np.result_type, np.can_cast, np.iscomplexobj, np.isrealobj,
    np.tril_indices_from, np.triu_indices_from, np.diag_indices_from,
):  # fmt: skip
    registry[_function] = on_plain_values(_function)


def _text_of(function: Function) -> Function:
    """Return the text of an array; the value of a Tensor without axes is a NumPy scalar."""

    @functools.wraps(function)
    def text(a: Array, *args: Any, **kwargs: Any) -> Any:
        return function(np.asarray(a), *args, **kwargs)

    return text


for _text in (np.array_repr, np.array_str, np.array2string):
    registry[_text] = on_plain_values(_text_of(_text), "str()")


@composite(np.min_scalar_type, exact=True)
def min_scalar_type(a: Array, /) -> np.dtype[Any]:
    """Return the smallest dtype that holds a number; of an array its dtype."""
    return np.min_scalar_type(peek(a) if np.ndim(a) else plain(a, "np.min_scalar_type()"))


min_scalar_type.is_constant = True  # type: ignore[attr-defined]
for _comparison in (np.array_equal, np.array_equiv, np.allclose):
    registry[_comparison] = on_plain_values(_comparison, "plain")


@primitive
def full_like_constant(a: Array, **options: Any) -> Array:
    """Return the same as ``np.full_like`` with a plain value."""
    return np.full_like(a, **options)


constant(full_like_constant)


@composite(np.full_like, exact=True)
def full_like(a: Array, fill_value: Array, dtype: DTypeLike | None = None, **options: Any) -> Array:
    """Return an array like a, filled with a value, which may be traced."""
    if not isinstance(fill_value, Tensor):
        return full_like_constant(a, fill_value=fill_value, dtype=dtype, **options)
    shape = options.get("shape")
    shape = np.shape(a) if shape is None else (shape,) if isinstance(shape, int) else shape
    while fill_value.ndim > len(shape) and fill_value.shape[0] == 1:
        fill_value = fill_value[0]
    filled: Array = registry[np.broadcast_to](fill_value, shape)
    order = order_name(options.get("order"), "K")
    pattern = np.empty_like(peek(a), dtype or a.dtype, order, shape=shape)
    return laid_out_like(filled.astype(pattern.dtype).copy(), pattern)


def _plain_of_objects(like: Function) -> Function:
    """Return a function whose arrays of objects are plain, so that they keep traced values."""

    @functools.wraps(like)
    def like_numbers(*args: Any, **kwargs: Any) -> Array:
        z: Array = like(*args, **kwargs)
        refuse_fields(z.dtype)
        return peek(z).copy("K") if z.dtype == object else z

    like_numbers.is_constant = getattr(like, "is_constant", False)  # type: ignore[attr-defined]
    return like_numbers


for _like in (np.zeros_like, np.ones_like, np.empty_like, np.full_like):
    registry[_like] = _plain_of_objects(registry[_like])


@composite(np.copy, exact=True)
def copy(a: Array, order: str = "K", subok: bool = False) -> Array:
    """Return a copy: later edits of one don't change the other."""
    del subok
    return a.copy(order_name(order, "K"))
