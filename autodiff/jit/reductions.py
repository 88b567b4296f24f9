"""Reductions, and products of matrices, in the form that BLAS runs.

Each rule answers what to put in the place of a value, or None.
"""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Any

import numpy as np

from autodiff.jit.patterns import is_like, is_real, made_by, shape_of, size_of
from autodiff.jit.program import Value
from autodiff.primitive import constant, primitive
from autodiff.registry import registry
from autodiff.rules.masked import greatest, total
from autodiff.rules.shape import reshape

_FEW_COLUMNS = 64
_FEW_TERMS = 1 << 14  # beyond which NumPy's pairwise sums are more exact than those of BLAS
_BLAS = (np.float32, np.float64)


def minus_outwards(value: Value) -> Any:
    """The sum of -x is -(the sum of x), and so for factors: the minus may meet another one.

    For floats only. Of a sum that is 0, the sign may be another one.
    """
    if not is_real(value):
        return None
    for i, x in enumerate(value.inputs[: 1 if value.primitive is registry[np.divide] else 2]):
        if made_by(x, np.negative) and is_real(x) and size_of(x) >= size_of(value):
            inputs = (*value.inputs[:i], x.inputs[0], *value.inputs[i + 1 :])
            return value.like(registry[np.negative], replace(value, inputs=inputs, name=""))
    return None


def sum_as_product(value: Value) -> Any:
    """Sum a matrix over its rows, or over few columns, as a product with ones: BLAS is quicker."""
    x, axis = value.inputs[0], value.options.get("axis")
    if not (isinstance(x, Value) and x.ndim == 2 and type(axis) in (int, tuple) and size_of(x)):
        return None
    if (type(axis) is tuple and len(axis) != 1) or x.dtype not in _BLAS:
        return None
    over = int(axis[0] if type(axis) is tuple else axis) % 2  # type: ignore[arg-type]
    if shape_of(x)[over] > (_FEW_TERMS, _FEW_COLUMNS)[over]:
        return None
    ones = _ones(shape_of(x)[over], x.dtype)
    pair = (ones, x) if over == 0 else (x, ones)
    product = value.like(registry[np.matmul], *pair)
    product.shape = (shape_of(x)[1 - over],)
    if not value.options.get("keepdims"):
        return product
    return value.like(reshape, product, shape=value.shape)


@functools.cache
def _ones(count: int, dtype: Any) -> Value:
    """Make the one constant of so many ones."""
    ones = np.ones(count, dtype)
    ones.setflags(write=False)
    return Value(ones.shape, ones.dtype, memory=ones, name=f"ones_{count}")


def _made_of_ones(x: Any) -> bool:
    return isinstance(x, Value) and x.ndim == 1 and x is _ones(shape_of(x)[0], x.dtype)


def mean_as_sum(value: Value) -> Any:
    """The mean of all is the sum of all, divided."""
    x = value.inputs[0]
    if not (isinstance(x, Value) and value.shape == () and size_of(x)):
        return None
    if value.dtype not in _BLAS:
        return None
    if x.dtype != value.dtype:  # of integers, or of what is true or false
        as_floats = value.like(registry["astype"], x, dtype=value.dtype)
        x = replace(as_floats, shape=x.shape, name="")
    summed = replace(value.like(total, x), name="")
    return value.like(registry[np.divide], summed, size_of(x))


def counted(value: Value) -> Any:
    """The sum of what was true or false, as floats, counts what is true."""
    x = value.inputs[0]
    if value.shape == () and value.dtype == np.float64 and made_by(x, registry["astype"]):
        is_true = x.inputs[0]
        if isinstance(is_true, Value) and is_true.dtype == np.bool:
            return value.like(_count_nonzero, is_true)
    return None


@primitive
def _count_nonzero(a: Any) -> Any:
    return np.float64(np.count_nonzero(a))


def largest_of_two(value: Value) -> Any:
    """The larger of two columns: by far quicker than to reduce each row."""
    x, axis = value.inputs[0], value.options.get("axis")
    if not (isinstance(x, Value) and x.ndim == 2 and axis in (-1, 1) and shape_of(x)[1] == 2):
        return None
    getitem = registry["getitem"]
    keeps = value.options.get("keepdims", False)
    columns = [
        value.like(getitem, x, index=(slice(None), slice(i, i + 1) if keeps else i)) for i in (0, 1)
    ]
    for column in columns:
        column.name = ""
    pair = np.maximum if value.primitive is greatest else np.minimum
    return value.like(registry[pair], *columns)


def sum_of_all(value: Value) -> Any:
    """The sum of sums is the sum of all; the sum of products is a scalar product."""
    x = value.inputs[0]
    if value.shape != () or value.dtype not in _BLAS:
        return None
    if made_by(x, total) and x.inputs[0].dtype == value.dtype:
        return value.like(value.primitive, x.inputs[0])  # type: ignore[arg-type]
    if made_by(x, np.matmul) and x.ndim == 1:
        for ones, y in (x.inputs, x.inputs[::-1]):
            if _made_of_ones(ones):
                return value.like(value.primitive, y)  # type: ignore[arg-type]
    if made_by(x, reshape):
        return value.like(value.primitive, x.inputs[0])  # type: ignore[arg-type]
    if made_by(x, np.multiply) and size_of(x) <= _FEW_TERMS:
        a, b = x.inputs
        if all(is_like(x, y) and x.ndim for y in (a, b)):
            flat = [y.like(reshape, y, shape=(size_of(y),)) if y.ndim > 1 else y for y in (a, b)]
            for y in flat:
                y.shape, y.order = (size_of(y),), value.order
            return value.like(registry[np.matmul], *flat)
    return None


def column_of_product(value: Value) -> Any:
    """The one column of A @ x[..., None] is A @ x."""
    product = value.inputs[0]
    if not (made_by(product, np.matmul) and _is_last(value, 0) and value.ndim == 1):
        return None
    a, column = product.inputs
    if (
        made_by(column, registry["getitem"])
        and _is_last(column, None)
        and column.inputs[0].ndim == 1
    ):
        return value.like(product.primitive, a, column.inputs[0])
    return None


def _is_last(value: Value, what: int | None) -> bool:
    """Whether a value is ``x[..., what]``."""
    index = value.options["index"]
    return type(index) is tuple and len(index) == 2 and index[0] is ... and index[1] is what


constant(_count_nonzero)
_count_nonzero.emit = "np.float64(np.count_nonzero({0}))"
