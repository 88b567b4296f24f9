"""Reductions with NumPy's options: a mask, a start value, a dtype to compute in.

The functions here reduce a call to the options that the rules in ``reductions.py`` support.
"""

from __future__ import annotations

import warnings
from operator import index
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from autodiff.core.errors import describe, user_level, user_line
from autodiff.core.masks import check_mask
from autodiff.core.primitive import Primitive
from autodiff.core.registry import registry
from autodiff.core.tensor import Tensor, peek, plain
from autodiff.core.typing import Array, Axis, Function
from autodiff.core.view import laid_out_like
from autodiff.rules.composite import composite
from autodiff.rules.exact import has_only_integers, run_exact
from autodiff.rules.operands import as_array, in_dtype, refuse_out
from autodiff.rules.powers import root, squared_size
from autodiff.rules.reductions import axes_of, count

if TYPE_CHECKING:
    from numpy.typing import DTypeLike

NONE: Any = np._NoValue

total, product, average = registry[np.sum], registry[np.prod], registry[np.mean]
greatest, least = registry[np.max], registry[np.min]
variance, deviation = registry[np.var], registry[np.std]
running_total, running_product = registry[np.cumsum], registry[np.cumprod]


def shape_options(axis: Axis, keepdims: bool) -> dict[str, Any]:
    """Return the options that the rules support, without those that have no effect.

    Raises:
        TypeError: keepdims is no integer, as np.True_ isn't in later versions of NumPy.
    """
    options: dict[str, Any] = {} if axis is None else {"axis": axis}
    if keepdims is NONE or keepdims is False:
        return options
    try:
        is_kept = index(keepdims)
    except TypeError as error:
        raise TypeError(
            f"expected True or False as keepdims=, got {describe(keepdims)} at {user_line()}. "
            f"Write keepdims=bool(...)."
        ) from error
    if is_kept:
        options["keepdims"] = True
    return options


def prepared(
    a: Array,
    dtype: DTypeLike | None,
    out: Array | None = None,
    where: Array = NONE,
    neutral: Array = 0,
) -> Array:
    """Convert an array to a dtype, and fill it with a neutral value where a mask is false."""
    refuse_out(out)
    if dtype is not None:
        dtype = np.dtype(dtype)
        if dtype.kind == "O" or not np.can_cast(a.dtype, dtype, "same_kind"):
            raise TypeError(
                f"expected a dtype for sums, products or means that {a.dtype} can be computed in, "
                f"got {dtype} at {user_line()}. Convert the argument: x.astype({dtype})."
            )
        a = in_dtype(a, dtype)
    if where is True or where is NONE:
        return a
    check_mask(where)
    masked: Array = np.where(where, a, neutral)
    if masked.shape != np.shape(a):
        raise ValueError(
            f"expected a mask where= that broadcasts to the shape {np.shape(a)}, got shape "
            f"{np.shape(where)}. Reshape it."
        )
    return masked


def exactly(
    function: Function, a: Array, axis: Axis, keepdims: bool, options: dict[str, Any]
) -> Array | None:
    """Call NumPy's function if there are options and no slopes; otherwise return None."""
    nothing = {"dtype": None, "out": None, "where": True}
    options = {k: v for k, v in options.items() if v is not NONE and v is not nothing.get(k, NONE)}
    if not options or not has_only_integers((a, *options.values())):
        return None
    return run_exact(function, (a,), {"axis": axis, "keepdims": keepdims, **options})


@composite(np.sum, exact=True)
def sum_front(
    a: Array, axis: Axis = None, dtype: DTypeLike | None = None, out: Array | None = None,
    keepdims: bool = NONE, initial: Array = NONE, where: Array = NONE,
) -> Array:  # fmt: skip
    """Return the same as ``np.sum``."""
    if dtype is None and out is None and initial is NONE and where is NONE:  # most calls
        return total.apply((a,), shape_options(axis, keepdims))
    options = {"dtype": dtype, "out": out, "initial": initial, "where": where}
    exact = exactly(np.sum, a, axis, keepdims, options)
    if exact is not None:
        return exact
    initial = given_start(np.sum, a, axis, initial, where)
    a = prepared(a, dtype, out, where, 0)
    z = _narrowed(total.apply((a,), shape_options(axis, keepdims)), dtype)
    return z if initial is NONE else z + as_start(initial, z)


@composite(np.prod, exact=True)
def prod_front(
    a: Array, axis: Axis = None, dtype: DTypeLike | None = None, out: Array | None = None,
    keepdims: bool = NONE, initial: Array = NONE, where: Array = NONE,
) -> Array:  # fmt: skip
    """Return the same as ``np.prod``."""
    options = {"dtype": dtype, "out": out, "initial": initial, "where": where}
    exact = exactly(np.prod, a, axis, keepdims, options)
    if exact is not None:
        return exact
    initial = given_start(np.prod, a, axis, initial, where)
    a = prepared(a, dtype, out, where, 1)
    options = shape_options(axis, keepdims)
    if initial is NONE:
        return _narrowed(product.apply((a,), options), dtype)
    start = as_start(initial, _narrowed(np.prod(np.ones(1, a.dtype)), dtype))
    if not np.size(a):
        return _narrowed(product.apply((a,), options), dtype) * start
    first = np.zeros(np.shape(a), bool)  # before the others, whose product may overflow
    first[tuple(0 if i in axes_of(axis, a.ndim) else slice(None) for i in range(a.ndim))] = True
    a = laid_out_like(np.where(first, start * a, a), np.asarray(peek(a)))
    return _narrowed(product.apply((a,), options), dtype)


def _narrowed(z: Array, dtype: DTypeLike | None) -> Array:
    """Return a sum or product of narrow integers, which NumPy widens without ``dtype=``, in it."""
    native = z.dtype if dtype is None else np.dtype(dtype).newbyteorder("=")
    return z if z.dtype == native else z.astype(native)


def given_start(function: Function, a: Array, axis: Axis, initial: Array, where: Array) -> Array:
    """Return the start value; None, which stands for the first entry, counts as not given.

    Raises:
        ValueError: NumPy's, where None is given and there is no first entry.
    """
    if initial is not None:
        return initial
    function(peek(a), axis=axis, initial=None, where=True if where is NONE else peek(where))
    return NONE


def as_start(initial: Array, z: Array) -> Array:
    """Convert a start value to the dtype of a reduction, as NumPy does."""
    refuse_rows(initial)
    if isinstance(initial, Tensor):
        return initial.astype(z.dtype)
    start = np.zeros(1, z.dtype)
    start[...] = initial  # or raise, as NumPy does for a complex start of real sums
    return start[0]


def refuse_rows(initial: Array) -> None:
    """Raise a ValueError, as NumPy does, if a start value is not a single number."""
    if np.ndim(initial):
        raise ValueError(
            f"expected a single number as initial=, got the shape {np.shape(initial)} at "
            f"{user_line()}. Add the array to the result instead."
        )


def _extreme(function: Function, primitive: Primitive, elementwise: Function) -> Function:
    def extreme_front(
        a: Array, axis: Axis = None, out: Array | None = None, keepdims: bool = NONE,
        initial: Array = NONE, where: Array = NONE,
    ) -> Array:  # fmt: skip
        given = {"out": out, "initial": initial, "where": where}
        exact = exactly(function, a, axis, keepdims, given)
        if exact is not None:
            return exact
        options = shape_options(axis, keepdims)
        initial = given_start(function, a, axis, initial, where)
        if initial is NONE:
            if where is not NONE and where is not True:
                raise ValueError(
                    "an extreme with where= needs initial= too, for slices without entries, got "
                    "none. Pass it, such as initial=-np.inf for a maximum."
                )
            return primitive.apply((prepared(a, None, out),), options)
        initial = as_start(initial, a)
        a = prepared(a, None, out, where, initial)
        if a.size == 0:
            nothing = total.apply((a,), options).astype(a.dtype)
            return nothing | initial if a.dtype == bool else initial - nothing  # a zero's sign
        return elementwise(initial, primitive.apply((a,), options))

    return extreme_front


registry[np.max] = registry[np.amax] = _extreme(np.max, greatest, np.maximum)
registry[np.min] = registry[np.amin] = _extreme(np.min, least, np.minimum)


@composite(np.mean, exact=True)
def mean_front(
    a: Array, axis: Axis = None, dtype: DTypeLike | None = None, out: Array | None = None,
    keepdims: bool = NONE, *, where: Array = NONE,
) -> Array:  # fmt: skip
    """Return the same as ``np.mean``."""
    exact = exactly(np.mean, a, axis, keepdims, {"dtype": dtype, "out": out, "where": where})
    if exact is not None:
        return exact
    options = shape_options(axis, keepdims)
    a = as_array(a)
    if where is NONE or where is True:
        if dtype is not None and np.dtype(dtype) == np.float16:
            return masked_mean(a, dtype, np.True_, options, out)
        return average.apply((prepared(a, dtype, out),), options)
    if a.dtype == np.float16 and dtype is None:  # which is summed in float32
        return masked_mean(a, np.float32, where, options).astype(np.float16)
    return masked_mean(a, dtype, where, options, out)


def masked_mean(
    a: Array, dtype: DTypeLike | None, where: Array, options: dict[str, Any],
    out: Array | None = None,
) -> Array:  # fmt: skip
    """Return the mean of the entries that a mask selects, from their sum in this dtype."""
    a = prepared(a, dtype, out, where, 0)
    return _divided(total.apply((a,), options), how_many(a, where, options))


def _divided(whole: Array, number: Array) -> Array:
    """Divide a sum by a count, in the memory layout of the sum."""
    return laid_out_like(whole / number, np.asarray(peek(whole)))


def how_many(a: Array, where: Array, options: dict[str, Any]) -> Array:
    """Return the number of entries that a mask selects, in the real dtype of the mean."""
    check_mask(where)
    mask = np.broadcast_to(where, a.shape)
    number = np.sum(mask if mask.dtype.kind in "biu" else mask.astype(int), **options)
    if not np.all(plain(number)):
        warnings.warn("Mean of empty slice", RuntimeWarning, stacklevel=user_level())
    return number.astype(float if a.dtype.kind in "biu" else np.real(np.zeros(1, a.dtype)).dtype)


@composite(np.var)
def var_front(
    a: Array, axis: Axis = None, dtype: DTypeLike | None = None, out: Array | None = None,
    ddof: float = 0, keepdims: bool = NONE, *, where: Array = NONE, mean: Array = NONE,
    correction: float = NONE,
) -> Array:  # fmt: skip
    """Return the same as ``np.var``."""
    return _spread(variance, a, axis, dtype, out, ddof, keepdims, where, mean, correction)


@composite(np.std)
def std_front(
    a: Array, axis: Axis = None, dtype: DTypeLike | None = None, out: Array | None = None,
    ddof: float = 0, keepdims: bool = NONE, *, where: Array = NONE, mean: Array = NONE,
    correction: float = NONE,
) -> Array:  # fmt: skip
    """Return the same as ``np.std``."""
    return _spread(deviation, a, axis, dtype, out, ddof, keepdims, where, mean, correction)


def _spread(
    primitive: Primitive, a: Array, axis: Axis, dtype: DTypeLike | None, out: Array | None,
    ddof: float, keepdims: bool, where: Array, mean: Array, correction: float,
) -> Array:  # fmt: skip
    a = as_array(a)
    if correction is not NONE:
        if isinstance(ddof, Tensor) or ddof != 0:
            raise ValueError(
                "expected ddof or correction, which mean the same, got both. Pass one of them."
            )
        ddof = correction
    if isinstance(ddof, Tensor):
        raise NotImplementedError(
            f"var and std need a plain ddof, got a traced one at {user_line()}. Divide the sum of "
            f"squares yourself: np.sum((x - x.mean())**2) / (x.size - ddof)."
        )
    if isinstance(ddof, (np.generic, np.ndarray)) and ddof.ndim == 0:
        ddof = ddof.item()  # a Python number doesn't widen float32
        ddof = float(ddof) if isinstance(ddof, np.longdouble) else ddof
    if dtype is not None and not (
        a.dtype.kind == np.dtype(dtype).kind == "f" and np.can_cast(a.dtype, dtype)
    ):
        dtype, is_float = np.dtype(dtype), a.dtype.kind == np.dtype(dtype).kind == "f"
        raise TypeError(
            f"var and std with dtype= compute real values in the same or a wider dtype, got "
            f"{a.dtype} and dtype={dtype} ({user_line()}). Leave it out"
            + (
                f', and convert the result: z.astype("{dtype}").'
                if is_float
                else ": the result is then a float of the precision of x."
            )
        )
    options = shape_options(axis, keepdims)
    mean = NONE if mean is None else mean
    if mean is NONE and (where is NONE or where is True):
        if ddof != 0:
            options["ddof"] = ddof
        return primitive.apply((prepared(a, dtype, out),), options)
    a = prepared(a, dtype, out)
    z = _mean_square(a, axis, where, mean, ddof, options)
    z = z if dtype is None else z.astype(np.zeros(1, dtype).real.dtype)
    return z if primitive is variance else root(z)


def _mean_square(
    a: Array, axis: Axis, where: Array, mean: Array, ddof: float, options: dict[str, Any]
) -> Array:
    """Return the mean of the squared distances to a mean, over the entries that a mask selects."""
    masked = where is not NONE and where is not True
    if mean is NONE:
        mean = masked_mean(a, None, where, shape_options(axes_of(axis, a.ndim), keepdims=True))
    else:
        if not masked:  # raise as NumPy does, which takes an axis of a number beside a mask
            normalize_axis_tuple(() if axis is None else axis, a.ndim)
    if np.iscomplexobj(mean) and not np.iscomplexobj(a):
        raise TypeError(
            f"var and std of real values need a real mean=, got {np.result_type(peek(mean))} "
            f"({user_line()}). Pass its real part: np.real(mean)."
        )
    away = a - mean
    if a.dtype.kind in "biu":  # the variance of integers is computed in float64
        away = away.astype(float)
    square = squared_size(away)
    if masked:
        free = np.maximum(how_many(a, where, options) - ddof, 0)
    else:
        free = max(count(a, axis) - ddof, 0)
    if not np.all(plain(free)):
        warnings.warn("Degrees of freedom <= 0 for slice", RuntimeWarning, stacklevel=user_level())
    return _divided(np.sum(square, where=where, **options), free)


def _running(function: Function, primitive: Primitive) -> Function:
    def running_front(
        a: Array, axis: int | None = None, dtype: DTypeLike | None = None, out: Array | None = None
    ) -> Array:
        if dtype is not None and has_only_integers((a,)):
            return run_exact(function, (a, axis, dtype), {})
        options = {} if axis is None else {"axis": axis}
        return primitive.apply((prepared(a, dtype, out),), options)

    return running_front


registry[np.cumsum] = _running(np.cumsum, running_total)
registry[np.cumprod] = _running(np.cumprod, running_product)
