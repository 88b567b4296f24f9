"""Identities: operations that give what they got, and others that are shorter written.

Each rule answers what to put in the place of a value, or None.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.jit.patterns import is_like, is_number, is_real, made_by
from autodiff.jit.program import Value
from autodiff.registry import registry
from autodiff.rules.shape import reshape, transpose

_FLOATS = (np.float16, np.float32, np.float64)  # what a Python float has the precision for


def given(value: Value) -> Any:
    """What says something to readers only is what it got."""
    return value.inputs[0]


def unless_changed(value: Value) -> Any:
    """Leave an operation away that gave what it got."""
    x = value.inputs[0]
    return x if is_like(value, x) else None


def whole_index(value: Value) -> Any:
    """x[...] and x[()] are x."""
    index = value.options["index"]
    is_whole = index is ... or (isinstance(index, tuple) and not index)
    return unless_changed(value) if is_whole else None


def same_order(value: Value) -> Any:
    """A transpose that leaves all axes where they are is nothing."""
    axes = value.options["axes"]
    return value.inputs[0] if axes == tuple(range(len(axes))) else None


def transposed_twice(value: Value) -> Any:
    """A transpose of a transpose is one, or nothing."""
    x = value.inputs[0]
    if not made_by(x, transpose):
        return None
    axes = tuple(x.options["axes"][i] for i in value.options["axes"])
    return value.like(x.primitive, x.inputs[0], axes=axes)


def reshaped_twice(value: Value) -> Any:
    """The last shape is what counts."""
    x = value.inputs[0]
    plain = value.options.get("order", "C") == "C"
    if plain and made_by(x, reshape) and x.options.get("order", "C") == "C":
        return value.like(x.primitive, x.inputs[0], **value.options)
    return None


def one_is_neutral(value: Value) -> Any:
    """Times 1, and by 1, x is x; but of a complex number, 1 + 0j turns zeros and infinities."""
    x, y = value.inputs
    if value.dtype is None or value.dtype.kind == "c":
        return None
    if is_number(y, 1) and is_like(value, x):
        return x
    is_product = value.primitive is registry[np.multiply]
    return y if is_product and is_number(x, 1) and is_like(value, y) else None


def without_minus(value: Value) -> Any:
    """Adding -b is subtracting b, subtracting it adding; (-a) * c is a * (-c). For floats only."""
    x, y = value.inputs
    other = {np.add: np.subtract, np.subtract: np.add}.get(value.primitive.function)  # type: ignore
    if other is not None:
        if made_by(y, np.negative) and y.dtype.kind in "fc" and y.dtype.kind == value.dtype.kind:  # type: ignore
            return value.like(registry[other], x, y.inputs[0])
        return None
    for a, b, turn in ((x, y, False), (y, x, True)):
        if made_by(a, np.negative) and is_real(a) and isinstance(b, (int, float)):
            pair = (-b, a.inputs[0]) if turn else (a.inputs[0], -b)
            return value.like(value.primitive, *pair)  # type: ignore[arg-type]
    return None


def minus_minus(value: Value) -> Any:
    """-(-x) is x, and for floats -(x * c) is x * (-c)."""
    x = value.inputs[0]
    if made_by(x, np.negative):
        return x.inputs[0]
    if made_by(x, np.multiply, np.divide):
        a, c = x.inputs
        if is_real(a) and isinstance(c, (int, float)):
            return value.like(x.primitive, a, -c)
    return None


def small_power(value: Value) -> Any:
    """The power 2 is the square, the power 1 the number itself."""
    x, y = value.inputs
    if isinstance(x, Value) and value.dtype is not None and value.dtype.kind in "fc":
        if is_number(y, 2) and is_like(value, x):
            return value.like(registry[np.square], x)
        if is_number(y, 1) and is_like(value, x):
            return x
    return None


def number_last(value: Value) -> Any:
    """A number times x is x times the number."""
    x, y = value.inputs
    if isinstance(x, (int, float)) and isinstance(y, Value):
        return value.like(value.primitive, y, x)  # type: ignore[arg-type]
    return None


def folded_factor(value: Value) -> Any:
    """(x * a) * b is x * (a * b), and so on, for numbers a and b.

    All three factors must be normal numbers of the dtype. The result is right also where x * a
    alone would be too large or too small, and eager code answers infinity or 0.
    """
    x, b = value.inputs
    if not (isinstance(b, (int, float)) and made_by(x, np.multiply, np.divide)):
        return None
    start, a = x.inputs
    if not (isinstance(a, (int, float)) and isinstance(start, Value) and is_like(value, x)):
        return None
    if value.dtype not in _FLOATS or np.result_type(start.dtype, 1.0) != value.dtype:
        return None
    a, b = float(a), float(b)
    if not (_is_normal(a, value.dtype) and _is_normal(b, value.dtype)):
        return None
    product = registry[np.multiply]
    if value.primitive is product:
        factor = a * b if x.primitive is product else b / a
    else:
        factor = a / b if x.primitive is product else 1 / a / b
    return value.like(product, start, factor) if _is_normal(factor, value.dtype) else None


def _is_normal(number: float, dtype: Any) -> bool:
    """Whether a dtype holds a number to its full precision: neither 0 nor infinite in it."""
    limits = np.finfo(dtype)
    return bool(limits.tiny <= abs(number) <= limits.max)


def converted_twice(value: Value) -> Any:
    """What is true or false is 1 or 0 in every dtype."""
    x = value.inputs[0]
    if (
        made_by(x, registry["astype"])
        and isinstance(x.inputs[0], Value)
        and x.inputs[0].dtype == np.bool
    ):
        return value.like(x.primitive, x.inputs[0], **value.options)
    return None
