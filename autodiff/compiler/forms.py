"""Forms: the templates by which operations are written as source.

``{x}`` stands for an input by its name in the rule, ``{inputs}`` for all inputs, ``{out}`` for the
array that receives the result, ``{axis}`` and the like for an option. A primitive's own form is
passed with its rules: ``derivative(cube, x=..., emit="np.power({x}, 3, out={out})")``.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autodiff.compiler.program import ProgramValue
from autodiff.core.conversion import copy
from autodiff.core.primitive import Primitive
from autodiff.core.typing import Function

__all__ = ["OPERATORS", "form_of", "is_elementwise", "is_numpy_function", "is_view"]

OPERATORS = {
    np.add: "+", np.subtract: "-", np.multiply: "*", np.divide: "/", np.power: "**",
    np.floor_divide: "//", np.remainder: "%", np.less: "<", np.less_equal: "<=", np.greater: ">",
    np.greater_equal: ">=", np.equal: "==", np.not_equal: "!=", np.bitwise_and: "&",
    np.bitwise_or: "|", np.bitwise_xor: "^",
}  # fmt: skip
"""Operators of scalars, much faster than ufuncs."""

_REDUCED: dict[str, Any] = {"axis": None, "keepdims": False}
_FORMS: dict[Function, tuple[str, dict[str, Any]]] = {
    np.sum: ("np.add.reduce({a}, {axis}, None, {out}, {keepdims})", _REDUCED),
    np.max: ("np.maximum.reduce({a}, {axis}, None, {out}, {keepdims})", _REDUCED),
    np.min: ("np.minimum.reduce({a}, {axis}, None, {out}, {keepdims})", _REDUCED),
    np.mean: ("np.mean({a}, {axis}, None, {out}, {keepdims})", _REDUCED),
    np.prod: ("np.multiply.reduce({a}, {axis}, None, {out}, {keepdims})", _REDUCED),
    copy.function: ("np.copyto({out}, {a})", {}),
    np.cumsum: ("np.cumsum({a}, {axis}, None, {out})", {"axis": None}),
    np.maximum: ("np.maximum({x}, {y}, out={out})", {}),
    np.minimum: ("np.minimum({x}, {y}, out={out})", {}),
}  # fmt: skip


def form_of(value: ProgramValue) -> tuple[str, dict[str, Any]] | None:
    """Return the template of an operation and its default options; None if it has none."""
    primitive: Any = value.primitive
    if primitive.function is np.matmul and _is_plain_product(value):
        return "{0}.dot({1}, {out})", {}  # faster than np.matmul
    if primitive.function is np.concatenate:
        return "np.concatenate([{inputs}], axis={axis}, out={out})", {"axis": 0}
    if primitive.function in (np.argmax, np.argmin) and not value.options.get("keepdims"):
        return f"{{0}}.{primitive.name}({{axis}}, {{out}})", {"axis": None}
    if primitive.emit is not None:
        return primitive.emit, {}
    found = _FORMS.get(primitive.function)
    if primitive.function is np.mean and value.dtype == np.float16 and value.ndim:
        return None  # with out=, NumPy sums in float16
    if found is not None:
        return found
    function: Any = primitive.function
    if primitive.is_ufunc and is_numpy_function(primitive) and _is_plain_call(value):
        places = ", ".join(f"{{{i}}}" for i in range(function.nin))
        return f"np.{primitive.name}({places}, {{out}})", {}
    return None


def _is_plain_product(value: ProgramValue) -> bool:
    """Return whether a product is of vectors or single matrices of floats.

    By an array of one entry, ``np.dot`` takes 0 times NaN for 0.
    """
    x, y = value.inputs
    return all(
        isinstance(a, ProgramValue)
        and a.ndim <= 2
        and math.prod(a.shape or ()) > 1
        and a.dtype == value.dtype
        for a in (x, y)
    ) and value.dtype in (np.float32, np.float64)


def _is_plain_call(value: ProgramValue) -> bool:
    """Return whether a universal function has one result, of arrays and without options.

    None is an operand of ``x == None``; by position, it would be taken for ``out``.
    """
    function: Any = value.primitive.function
    return function.nout == 1 and not value.options and all(x is not None for x in value.inputs)


def is_numpy_function(primitive: Primitive) -> bool:
    """Return whether an operation is NumPy's function of its name."""
    return getattr(np, primitive.name, None) is primitive.function


def is_elementwise(primitive: Primitive) -> bool:
    """Return whether each entry of the result depends only on the entries at its position."""
    return primitive.is_elementwise


def is_view(primitive: Primitive) -> bool:
    """Return whether the result may be a view of the first input."""
    return bool(primitive.is_view)
