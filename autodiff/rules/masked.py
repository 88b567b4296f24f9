"""Reductions with NumPy's options: a mask, a start, a dtype to compute in.

The fronts here bring a call into the plain form that the rules in ``reduce.py`` know.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from autodiff.errors import user_line
from autodiff.primitive import composite
from autodiff.registry import registry
from autodiff.rules.reduce import Axis, count
from autodiff.tensor import plain

NONE: Any = np._NoValue

total, product, average = registry[np.sum], registry[np.prod], registry[np.mean]
greatest, least = registry[np.max], registry[np.min]
variance, deviation = registry[np.var], registry[np.std]
running_total, running_product = registry[np.cumsum], registry[np.cumprod]


def shape_options(axis: Axis, keepdims: Any) -> dict[str, Any]:
    """The options that the rules know, without those that say nothing."""
    options: dict[str, Any] = {} if axis is None else {"axis": axis}
    if keepdims is not NONE and keepdims:
        options["keepdims"] = True
    return options


def prepared(a: Any, dtype: Any, out: Any = None, where: Any = NONE, neutral: Any = 0) -> Any:
    """Bring an array to a dtype, and put a value that changes nothing where a mask is false."""
    if out is not None:
        raise NotImplementedError(f"give out= by name, not by position ({user_line()})")
    if dtype is not None:
        dtype = np.dtype(dtype)
        if not np.can_cast(a.dtype, dtype, "same_kind"):
            raise TypeError(f"expected a dtype that {a.dtype} can be summed in, got {dtype}")
        a = a.astype(dtype)
    if where is True or where is NONE:
        return a
    masked = np.where(where, a, neutral)
    if masked.shape != np.shape(a):
        raise ValueError(f"where= of shape {np.shape(where)} doesn't broadcast to {np.shape(a)}")
    return masked


@composite(np.sum)
def sum_front(
    a: Any, axis: Axis = None, dtype: Any = None, out: Any = None, keepdims: Any = NONE,
    initial: Any = NONE, where: Any = NONE,
) -> Any:  # fmt: skip
    """``np.sum``."""
    a = prepared(a, dtype, out, where, 0)
    z = total.apply((a,), shape_options(axis, keepdims))
    return z if initial is NONE else z + initial


@composite(np.prod)
def prod_front(
    a: Any, axis: Axis = None, dtype: Any = None, out: Any = None, keepdims: Any = NONE,
    initial: Any = NONE, where: Any = NONE,
) -> Any:  # fmt: skip
    """``np.prod``."""
    a = prepared(a, dtype, out, where, 1)
    z = product.apply((a,), shape_options(axis, keepdims))
    return z if initial is NONE else z * initial


def _extreme(primitive: Any, elementwise: Any) -> Any:
    def extreme_front(
        a: Any, axis: Axis = None, out: Any = None, keepdims: Any = NONE, initial: Any = NONE,
        where: Any = NONE,
    ) -> Any:  # fmt: skip
        options = shape_options(axis, keepdims)
        if initial is NONE:
            if where is not NONE and where is not True:
                raise ValueError("an extreme has no neutral value: where= needs initial= as well")
            return primitive.apply((prepared(a, None, out),), options)
        a = prepared(a, None, out, where, initial)
        if a.size == 0:
            return total.apply((a,), options) + initial
        return elementwise(primitive.apply((a,), options), initial)

    return extreme_front


registry[np.max] = registry[np.amax] = _extreme(greatest, np.maximum)
registry[np.min] = registry[np.amin] = _extreme(least, np.minimum)


@composite(np.mean)
def mean_front(
    a: Any, axis: Axis = None, dtype: Any = None, out: Any = None, keepdims: Any = NONE, *,
    where: Any = NONE,
) -> Any:  # fmt: skip
    """``np.mean``."""
    options = shape_options(axis, keepdims)
    if where is NONE or where is True:
        return average.apply((prepared(a, dtype, out),), options)
    a = prepared(a, dtype, out, where, 0)
    return total.apply((a,), options) / how_many(a, where, options)


def how_many(a: Any, where: Any, options: dict[str, Any]) -> Any:
    """How many entries a mask lets in, in the dtype of the array's parts."""
    number = np.sum(np.broadcast_to(where, a.shape), **options)
    if not np.all(plain(number)):
        warnings.warn("Mean of empty slice", RuntimeWarning, stacklevel=4)
    return number.astype(np.real(np.zeros(1, a.dtype)).dtype)


@composite(np.var)
def var_front(
    a: Any, axis: Axis = None, dtype: Any = None, out: Any = None, ddof: float = 0,
    keepdims: Any = NONE, *, where: Any = NONE, mean: Any = NONE, correction: Any = NONE,
) -> Any:  # fmt: skip
    """``np.var``."""
    return _spread(variance, a, axis, dtype, out, ddof, keepdims, where, mean, correction)


@composite(np.std)
def std_front(
    a: Any, axis: Axis = None, dtype: Any = None, out: Any = None, ddof: float = 0,
    keepdims: Any = NONE, *, where: Any = NONE, mean: Any = NONE, correction: Any = NONE,
) -> Any:  # fmt: skip
    """``np.std``."""
    return _spread(deviation, a, axis, dtype, out, ddof, keepdims, where, mean, correction)


def _spread(
    primitive: Any, a: Any, axis: Axis, dtype: Any, out: Any, ddof: float, keepdims: Any,
    where: Any, mean: Any, correction: Any,
) -> Any:  # fmt: skip
    if correction is not NONE:
        if ddof != 0:
            raise ValueError("ddof and correction are the same: give only one of them")
        ddof = correction
    if dtype is not None and np.dtype(dtype).kind != a.dtype.kind:
        raise TypeError(f"a spread of {a.dtype} can't be computed in {dtype}")
    options = shape_options(axis, keepdims)
    if mean is NONE and (where is NONE or where is True):
        if ddof:
            options["ddof"] = ddof
        return primitive.apply((prepared(a, dtype, out),), options)
    a = prepared(a, dtype, out)
    z = _mean_square(a, axis, where, mean, ddof, options)
    z = z if dtype is None else z.astype(np.zeros(1, dtype).real.dtype)
    return z if primitive is variance else root(z)


def _mean_square(
    a: Any, axis: Axis, where: Any, mean: Any, ddof: float, options: dict[str, Any]
) -> Any:
    """The mean of the squared distances to a mean, over the entries that a mask lets in."""
    masked = where is not NONE and where is not True
    if mean is NONE:
        mean = mean_front(a, axis, keepdims=True, where=where)
    away = a - mean
    square = np.real(away * np.conjugate(away)) if away.dtype.kind == "c" else away * away
    if masked:
        free = np.maximum(how_many(a, where, options) - ddof, 0)
    else:
        free = max(count(a, axis) - ddof, 0)
    if not np.all(plain(free)):
        warnings.warn("Degrees of freedom <= 0 for slice", RuntimeWarning, stacklevel=5)
    return np.sum(square, where=where, **options) / free


def root(z: Any) -> Any:
    """The square root, with slope 0 at 0."""
    zero = z == 0
    return np.where(zero, 0, np.sqrt(np.where(zero, 1, z)))


def _running(primitive: Any) -> Any:
    def running_front(a: Any, axis: int | None = None, dtype: Any = None, out: Any = None) -> Any:
        options = {} if axis is None else {"axis": axis}
        return primitive.apply((prepared(a, dtype, out),), options)

    return running_front


registry[np.cumsum], registry[np.cumprod] = _running(running_total), _running(running_product)
