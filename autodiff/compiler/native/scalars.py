"""Scalar forms: elementwise operations as expressions of single numbers, for loops of machine code.

numba has NumPy's rules for NaN, infinities and signed zeros in the functions used here. It computes
integers in 64 bits, so only floats and bools are taken.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autodiff.compiler.program import Operand, ProgramValue
from autodiff.core import conversion
from autodiff.core.registry import registry
from autodiff.core.typing import Function
from autodiff.rules.selecting import where

__all__ = ["DTYPES", "is_conversion", "is_scalar_form", "literal", "scalar_form"]

DTYPES = frozenset(map(np.dtype, (np.float32, np.float64, np.bool)))

_CHEAP: dict[Function, str] = {
    np.add: "({0} + {1})", np.subtract: "({0} - {1})", np.multiply: "({0} * {1})",
    np.divide: "({0} / {1})", np.negative: "(-{0})", np.positive: "{0}",
    np.square: "({0} * {0})", np.absolute: "abs({0})", np.sqrt: "math.sqrt({0})",
    np.maximum: "np.maximum({0}, {1})", np.minimum: "np.minimum({0}, {1})",
    np.sign: "np.sign({0})", np.less: "({0} < {1})", np.less_equal: "({0} <= {1})",
    np.greater: "({0} > {1})", np.greater_equal: "({0} >= {1})", np.equal: "({0} == {1})",
    np.not_equal: "({0} != {1})",
}  # fmt: skip
_LIBRARY: dict[Function, str] = {
    np.exp: "np.exp({0})", np.expm1: "np.expm1({0})", np.log: "np.log({0})",
    np.log1p: "np.log1p({0})", np.tanh: "np.tanh({0})", np.power: "({0} ** {1})",
}  # fmt: skip
_VECTORIZED: dict[Function, str] = {np.exp: "exp32({0})", np.tanh: "tanh32({0})"}
_MOST = 256  # entries for which functions of the C library take less time than a call of NumPy
_FLOATS_ALONE = {np.add, np.subtract, np.multiply, np.divide, np.negative, np.square, np.sign,
                 np.absolute, np.sqrt, np.maximum, np.minimum}  # fmt: skip


def is_scalar_form(value: ProgramValue) -> bool:
    """Return whether an operation can be written for single entries."""
    return scalar_form(value) is not None


def scalar_form(value: ProgramValue) -> str | None:
    """Return the expression of an entry of a result, with places for the operands; or None."""
    operands = [x for x in value.inputs if isinstance(x, ProgramValue)]
    if value.dtype not in DTYPES or not operands or any(x.dtype not in DTYPES for x in operands):
        return None
    if any(
        not isinstance(x, (ProgramValue, bool, int, float, np.bool, np.float32, np.float64))
        for x in value.inputs
    ):
        return None
    if is_conversion(value):
        return f"np.{np.dtype(value.dtype).name}({{0}})" if value.dtype != np.bool else None
    if value.primitive is where:
        is_chosen = getattr(value.inputs[0], "dtype", None) == np.bool
        return "({1} if {0} else {2})" if is_chosen else None
    function: Any = value.primitive.function
    if value.options or value.primitive is not registry.get(function):
        return None
    if function in _FLOATS_ALONE and all(x.dtype == np.bool for x in operands):
        return None
    if function in _VECTORIZED and value.dtype == operands[0].dtype == np.float32:
        return _VECTORIZED[function]
    if function in _LIBRARY and math.prod(value.shape or ()) <= _MOST:
        return _LIBRARY[function]
    return _CHEAP.get(function)


def is_conversion(value: ProgramValue) -> bool:
    """Return whether an operation converts to another dtype."""
    return value.primitive in (conversion.astype, conversion.astype_constant)


def literal(x: Operand, dtype: Any) -> str:
    """Return the text of a number, in the dtype that it is computed in."""
    kind, number = np.dtype(dtype).name, float(x)  # also of an integer beyond 64 bits
    if kind == "bool":
        return repr(bool(number))
    text = repr(number) if math.isfinite(number) else f"np.{repr(number).lstrip('-')}"
    return f"np.{kind}({'-' if number == -math.inf else ''}{text})"
