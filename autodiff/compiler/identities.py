"""Identities: drop operations without effect, and replace others by simpler ones.

Each rule returns the replacement of a value, or None.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.compiler.patterns import is_like, is_number, is_real, produced_by
from autodiff.compiler.program import Operand, ProgramValue
from autodiff.core import conversion
from autodiff.core.registry import registry
from autodiff.rules.shape import reshape, transpose

_FLOATS = (np.float16, np.float32, np.float64)  # no more precise than a Python float


def drop_marker(value: ProgramValue) -> Operand | None:
    """Drop an operation that only carries information, such as a name."""
    return value.inputs[0]


def drop_unchanged(value: ProgramValue) -> Operand | None:
    """Drop an operation that keeps shape and dtype."""
    x = value.inputs[0]
    return x if is_like(value, x) else None


def whole_index(value: ProgramValue) -> Operand | None:
    """Replace x[...] and x[()] by x."""
    index = value.options["index"]
    is_whole = index is ... or (isinstance(index, tuple) and not index)
    return drop_unchanged(value) if is_whole else None


def same_order(value: ProgramValue) -> Operand | None:
    """Drop a transpose that keeps the order of the axes."""
    axes = value.options["axes"]
    return value.inputs[0] if axes == tuple(range(len(axes))) else None


def transposed_twice(value: ProgramValue) -> Operand | None:
    """Combine two transposes into one."""
    x = value.inputs[0]
    if not produced_by(x, transpose):
        return None
    axes = tuple(x.options["axes"][i] for i in value.options["axes"])
    return value.like(x.primitive, x.inputs[0], axes=axes)


def reshaped_twice(value: ProgramValue) -> Operand | None:
    """Combine two reshapes into one."""
    x = value.inputs[0]
    plain = value.options.get("order", "C") == "C"
    if plain and produced_by(x, reshape) and x.options.get("order", "C") == "C":
        return value.like(x.primitive, x.inputs[0], **value.options)
    return None


def times_one(value: ProgramValue) -> Operand | None:
    """Replace x * 1 and x / 1 by x; not for complex x: 1 + 0j changes zeros and infinities."""
    x, y = value.inputs
    if value.dtype is None or value.dtype.kind == "c":
        return None
    if is_number(y, 1) and is_like(value, x):
        return x
    is_product = value.primitive is registry[np.multiply]
    return y if is_product and is_number(x, 1) and is_like(value, y) else None


def without_minus(value: ProgramValue) -> Operand | None:
    """Replace a + -b by a - b, a - -b by a + b, and (-a) * c by a * (-c). For floats only."""
    x, y = value.inputs
    other = {np.add: np.subtract, np.subtract: np.add}.get(value.primitive.function)
    if other is not None:
        if (
            produced_by(y, np.negative)
            and y.dtype.kind in "fc"
            and y.dtype.kind == value.dtype.kind  # type: ignore[union-attr] # none of a tuple
        ):
            return value.like(registry[other], x, y.inputs[0])
        return None
    for a, b, turn in ((x, y, False), (y, x, True)):
        if produced_by(a, np.negative) and is_real(a) and isinstance(b, (int, float)):
            minus = _minus(b)
            pair = (minus, a.inputs[0]) if turn else (a.inputs[0], minus)
            return value.like(value.primitive, *pair)
    return None


def double_minus(value: ProgramValue) -> Operand | None:
    """Replace -(-x) by x, and for floats -(x * c) by x * (-c)."""
    x = value.inputs[0]
    if produced_by(x, np.negative):
        return x.inputs[0] if is_like(value, x.inputs[0]) else None
    if produced_by(x, np.multiply, np.divide):
        a, c = x.inputs
        if is_real(a) and isinstance(c, (int, float)):
            return value.like(x.primitive, a, _minus(c))
    return None


def _minus(c: float) -> float:
    """Return -c; of an int 0 that is -0.0, on which the sign of what it multiplies depends."""
    return -c if c or isinstance(c, float) else -0.0


def small_power(value: ProgramValue) -> Operand | None:
    """Replace x ** 2 by np.square(x), also for bools, x ** 0.5 by np.sqrt(x), and x ** 1 by x."""
    x, y = value.inputs
    if (
        isinstance(x, ProgramValue)
        and x.dtype == np.bool
        and value.dtype == np.int8
        and is_number(y, 2)
    ):
        return value.like(registry[np.square], x)
    if isinstance(x, ProgramValue) and value.dtype is not None and value.dtype.kind in "fc":
        if is_number(y, 2) and is_like(value, x):
            return value.like(registry[np.square], x)
        if is_number(y, 0.5) and is_like(value, x) and value.dtype.kind == "f":
            return value.like(registry[np.sqrt], x)  # as ** does: of -inf it is NaN
        if is_number(y, 1) and is_like(value, x):
            return x
    return None


def number_last(value: ProgramValue) -> Operand | None:
    """Replace number * x by x * number."""
    x, y = value.inputs
    if isinstance(x, (int, float)) and isinstance(y, ProgramValue):
        return value.like(value.primitive, y, x)
    return None


def folded_factor(value: ProgramValue) -> Operand | None:
    """Replace (x * a) * b by x * (a * b), and so on, for numbers a and b.

    All three factors must be normal numbers of the dtype. The result is right even if x * a
    overflows or underflows, where eager code returns infinity or 0.
    """
    x, b = value.inputs
    if not (isinstance(b, (int, float)) and produced_by(x, np.multiply, np.divide)):
        return None
    start, a = x.inputs
    if not (isinstance(a, (int, float)) and isinstance(start, ProgramValue) and is_like(value, x)):
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


def _is_normal(number: float, dtype: np.dtype[Any]) -> bool:
    """Return whether a number is normal in a dtype: neither 0, subnormal nor infinite."""
    limits = np.finfo(dtype)
    return float(limits.tiny) <= abs(number) <= float(limits.max)


def converted_twice(value: ProgramValue) -> Operand | None:
    """Convert a bool directly to the last dtype."""
    x = value.inputs[0]
    if (
        produced_by(x, conversion.astype)
        and isinstance(x.inputs[0], ProgramValue)
        and x.inputs[0].dtype == np.bool
    ):
        return value.like(x.primitive, x.inputs[0], **value.options)
    return None
