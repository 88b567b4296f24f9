"""Identities: operations that give what they got, and others that are shorter written.

Each rule answers what to put in the place of a value, or None.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.jit.patterns import is_like, is_number, made_by
from autodiff.jit.program import Value
from autodiff.registry import registry
from autodiff.rules.shape import reshape, transpose


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
    """Times 1, and by 1, x is x."""
    x, y = value.inputs
    if is_number(y, 1) and is_like(value, x):
        return x
    is_product = value.primitive is registry[np.multiply]
    return y if is_product and is_number(x, 1) and is_like(value, y) else None


def without_minus(value: Value) -> Any:
    """Adding -b is subtracting b, subtracting it adding; (-a) * c is a * (-c)."""
    x, y = value.inputs
    other = {np.add: np.subtract, np.subtract: np.add}.get(value.primitive.function)  # type: ignore
    if other is not None:
        return value.like(registry[other], x, y.inputs[0]) if made_by(y, np.negative) else None
    for a, b, turn in ((x, y, False), (y, x, True)):
        if made_by(a, np.negative) and isinstance(b, (int, float)):
            pair = (-b, a.inputs[0]) if turn else (a.inputs[0], -b)
            return value.like(value.primitive, *pair)  # type: ignore[arg-type]
    return None


def minus_minus(value: Value) -> Any:
    """-(-x) is x, -(x * c) is x * (-c)."""
    x = value.inputs[0]
    if made_by(x, np.negative):
        return x.inputs[0]
    if made_by(x, np.multiply, np.divide) and isinstance(x.inputs[1], (int, float)):
        return value.like(x.primitive, x.inputs[0], -x.inputs[1])
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
    """(x * a) * b is x * (a * b), and so on, for numbers a and b."""
    x, b = value.inputs
    if not (isinstance(b, (int, float)) and b and made_by(x, np.multiply, np.divide)):
        return None
    a = x.inputs[1]
    if not (isinstance(a, (int, float)) and a and isinstance(x.inputs[0], Value)):
        return None
    if not is_like(value, x) or x.dtype.kind != "f":
        return None
    product = registry[np.multiply]
    factor = (a if x.primitive is product else 1 / a) * (b if value.primitive is product else 1 / b)
    return value.like(product, x.inputs[0], factor) if np.isfinite(factor) else None


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
