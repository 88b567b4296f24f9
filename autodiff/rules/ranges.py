"""Ranges of numbers between two ends, and cumulative sums with an initial value."""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from autodiff.core.errors import user_line
from autodiff.core.lift import as_operand
from autodiff.core.primitive import derivative, primitive
from autodiff.core.tensor import peek
from autodiff.core.typing import Array, Axis, Function
from autodiff.rules.composite import composite
from autodiff.rules.operands import as_array, in_dtype
from autodiff.transforms.gradients import stop_gradient

if TYPE_CHECKING:
    from numpy.typing import DTypeLike


@composite(np.linspace)
def linspace(
    start: Array, stop: Array, num: int = 50, endpoint: bool = True, retstep: bool = False,
    dtype: DTypeLike | None = None, axis: int = 0, **options: Any,
) -> Any:  # fmt: skip
    """Return evenly spaced numbers from one end to the other."""
    is_floored = dtype is not None and np.issubdtype(np.dtype(dtype), np.integer)
    _refuse(dtype, options, "np.floor(z).astype" if is_floored else "z.astype")
    num = operator.index(num)
    if num < 0:
        raise ValueError(f"linspace needs a number of entries of at least 0, got {num}. Raise it.")
    start, stop = as_operand(start), as_operand(stop)
    kind = np.linspace(_one_like(start), _one_like(stop), 1).dtype
    start, stop = in_dtype(start, kind), in_dtype(stop, kind)
    shape = (num, *(1,) * max(np.ndim(start), np.ndim(stop)))
    parts = num - 1 if endpoint else num
    step = (stop - start) / parts if parts > 0 else math.nan
    numbers = np.reshape(np.arange(num), shape)
    z = start + numbers.astype(kind) * (step if parts > 0 else stop - start)
    if endpoint and num > 1:  # the last is exactly the end, without rounding
        z = np.where(numbers == num - 1, stop, z)
    dtype = kind if dtype is None else dtype  # which may have another byte order
    z = np.moveaxis(z if z.dtype == dtype else z.astype(dtype), 0, axis)
    return (z, step) if retstep else z


@composite(np.logspace)
def logspace(
    start: Array, stop: Array, num: int = 50, endpoint: bool = True, base: Array = 10.0,
    dtype: DTypeLike | None = None, axis: int = 0,
) -> Array:  # fmt: skip
    """Return numbers of equal ratios, between ends that are powers of the base."""
    if np.ndim(base):
        ndim = max(map(np.ndim, (start, stop, base)))
        start, stop, base = (
            np.reshape(x, (1,) * (ndim - np.ndim(x)) + np.shape(x))
            for x in map(as_array, (start, stop, base))
        )
        base = np.expand_dims(base, axis)
    powers = np.linspace(start, stop, num, endpoint, axis=axis)
    z = np.power(base, powers)
    _refuse(dtype, {})
    return z if dtype is None else z.astype(dtype)


@composite(np.geomspace)
def geomspace(
    start: Array,
    stop: Array,
    num: int = 50,
    endpoint: bool = True,
    dtype: DTypeLike | None = None,
    axis: int = 0,
) -> Array:
    """Return numbers of equal ratios from one end to the other."""
    _refuse(dtype, {})
    start, stop = as_operand(start), as_operand(stop)
    ends = np.asarray(peek(start)), np.asarray(peek(stop))
    kind = np.result_type(*ends, float(num), np.zeros((), dtype))
    start, stop = without_zero(in_dtype(start, kind)), without_zero(in_dtype(stop, kind))
    sign = np.sign(stop_gradient(start))  # which decides how far around 0 complex numbers turn
    start, stop = start / sign, stop / sign
    exponents = np.linspace(np.log10(start), np.log10(stop), num, endpoint)
    numbers = np.reshape(np.arange(num), (num, *(1,) * (np.ndim(exponents) - 1)))
    is_first, is_last = numbers == 0, (numbers == num - 1) & bool(endpoint and num > 1)
    # The ends are exact, without rounding; their powers would be NaN where the signs differ.
    z = np.power(10.0, np.where(is_first | is_last, 0.0, exponents)).astype(kind)
    z = np.where(is_first, start, np.where(is_last, stop, z))
    z = z * sign
    return np.moveaxis(z.astype(kind if dtype is None else dtype), 0, axis)


@primitive
def without_zero(end: Array) -> Array:
    """Return a copy of an end of a geometric range; raise a ValueError if it is 0."""
    if np.any(end == 0):
        raise ValueError(
            "geomspace needs ends other than 0, got 0. Begin with a small number instead."
        )
    return np.copy(end, "K")


derivative(without_zero, end=lambda g, z, end: g)


def _one_like(x: Array) -> Array:
    """Return a plain value of the same shape and dtype, to infer the result's dtype."""
    if isinstance(x, (int, float, complex)) and not isinstance(x, np.generic):
        return type(x)(1)  # Python numbers are weak in type promotion
    return np.ones(np.shape(x), x.dtype if hasattr(x, "dtype") else np.asarray(x).dtype)[()]


def _refuse(dtype: DTypeLike | None, options: dict[str, Any], cure: str = "z.astype") -> None:
    if dtype is not None and np.dtype(dtype).kind not in "fc":
        raise TypeError(
            f"numbers between traced ends need a float dtype, got {np.dtype(dtype)} at "
            f"{user_line()}. Leave dtype= out, and convert the result as NumPy does: {cure}(dtype)."
        )
    options = {n: x for n, x in options.items() if n != "device" or x not in (None, "cpu")}
    if options:
        raise TypeError(
            f"linspace of a traced value has no options {options} ({user_line()}). Leave them out."
        )


def _cumulative(function: Function, first: int) -> Function:
    def cumulative(
        x: Array,
        /,
        *,
        axis: Axis = None,
        dtype: DTypeLike | None = None,
        include_initial: bool = False,
    ) -> Array:
        x = np.atleast_1d(x)
        if axis is None and np.ndim(x) != 1:
            raise ValueError(
                f"expected an axis for the shape {np.shape(x)}, got none at {user_line()}. Pass "
                f"axis=."
            )
        (along,) = normalize_axis_tuple(-1 if axis is None else axis, np.ndim(x))
        if include_initial and isinstance(axis, tuple):
            raise TypeError(
                f"include_initial=True needs one axis, got {axis} at {user_line()}. Pass an int."
            )
        z = function(x, axis=along, dtype=dtype)
        if not include_initial:
            return z
        shape = list(np.shape(z))
        shape[along] = 1
        start = np.full_like(np.asarray(peek(z)), first, shape=shape)  # in its memory layout
        return np.concatenate([start, z], axis=along)

    return cumulative


if hasattr(np, "cumulative_sum"):  # NumPy 2.1
    composite(np.cumulative_sum)(_cumulative(np.cumsum, 0))
    composite(np.cumulative_prod)(_cumulative(np.cumprod, 1))
