"""Forms: how each operation is written, where that isn't ``np.name(inputs, out=...)``.

A form is a template. ``{x}`` stands for an input by its name in the rule, ``{out}`` for the memory
that takes the result, ``{axis}`` and the like for an option. A primitive's own form is given beside
its rules: ``derivative(cube, x=..., emit="np.power({x}, 3, out={out})")``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.jit.program import Value
from autodiff.primitive import Primitive
from autodiff.rules.shape import copy

__all__ = ["OPERATORS", "form_of", "is_elementwise", "is_view"]

OPERATORS = {
    np.add: "+", np.subtract: "-", np.multiply: "*", np.divide: "/", np.power: "**",
    np.floor_divide: "//", np.remainder: "%", np.less: "<", np.less_equal: "<=", np.greater: ">",
    np.greater_equal: ">=", np.equal: "==", np.not_equal: "!=", np.bitwise_and: "&",
    np.bitwise_or: "|", np.bitwise_xor: "^",
}  # fmt: skip
"""How numbers are combined: much quicker than by universal functions."""

_REDUCED: dict[str, Any] = {"axis": None, "keepdims": False}
_FORMS: dict[Any, tuple[str, dict[str, Any]]] = {
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


def form_of(value: Value) -> tuple[str, dict[str, Any]] | None:
    """Tell the template of an operation with an ``{out}``, and the options that it stands for."""
    primitive: Any = value.primitive
    if primitive.function is np.matmul and _is_plain_product(value):
        return "{0}.dot({1}, {out})", {}  # the same, and quicker
    if primitive.function in (np.argmax, np.argmin) and not value.options.get("keepdims"):
        return f"{{0}}.{primitive.name}({{axis}}, {{out}})", {"axis": None}
    if primitive.emit is not None:
        return primitive.emit, {}
    found = _FORMS.get(primitive.function)
    if found is not None:
        return found
    function: Any = primitive.function
    if primitive.is_ufunc and _is_numpys(primitive) and function.nout == 1:
        places = ", ".join(f"{{{i}}}" for i in range(function.nin))
        return f"np.{primitive.name}({places}, {{out}})", {}
    return None


def _is_plain_product(value: Value) -> bool:
    """Whether a product is of floats and of vectors or single matrices."""
    x, y = value.inputs
    return all(
        isinstance(a, Value) and a.ndim <= 2 and a.dtype == value.dtype for a in (x, y)
    ) and value.dtype in (np.float32, np.float64)


def _is_numpys(primitive: Primitive) -> bool:
    return getattr(np, primitive.name, None) is primitive.function


def is_elementwise(primitive: Primitive | None) -> bool:
    """Whether each entry of the result depends on the entries at its place alone."""
    return primitive is not None and primitive.is_elementwise


def is_view(primitive: Primitive | None) -> bool:
    """Whether the result may lie in the memory of the first input."""
    return primitive is not None and bool(primitive.is_view)
