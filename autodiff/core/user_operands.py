"""Operands of users' classes, such as dual numbers and units, which compute ``t * v`` themselves.

As in NumPy, the class's reflected operator gets a number as it is, and an array entry by entry,
or as a whole where the class has a higher ``__array_priority__``.
"""

from __future__ import annotations

from numbers import Number
from types import FunctionType
from typing import Any

import numpy as np

from autodiff.core.objects import as_objects
from autodiff.core.typing import Array

__all__ = ["computes_itself", "given_to_operand", "is_converted"]

_REFLECTED: dict[np.ufunc, str] = {
    np.add: "__radd__", np.subtract: "__rsub__", np.multiply: "__rmul__",
    np.divide: "__rtruediv__", np.floor_divide: "__rfloordiv__", np.remainder: "__rmod__",
    np.power: "__rpow__", np.bitwise_and: "__rand__", np.bitwise_or: "__ror__",
    np.bitwise_xor: "__rxor__", np.left_shift: "__rlshift__", np.right_shift: "__rrshift__",
    np.less: "__gt__", np.less_equal: "__ge__", np.greater: "__lt__", np.greater_equal: "__le__",
    np.equal: "__eq__", np.not_equal: "__ne__",
}  # fmt: skip
_OF_ARRAYS = ("__array__", "__array_interface__", "__array_struct__", "__buffer__")


def computes_itself(ufunc: np.ufunc, kind: type) -> bool:
    """Return whether a class that is no number or array has a reflected operator in Python."""
    reflected = getattr(kind, _REFLECTED.get(ufunc, ""), None)
    return (
        type(reflected) is FunctionType
        and not is_converted(kind)  # such as another kind of Tensor
        and not issubclass(kind, Number)  # such as a Fraction
    )


def is_converted(kind: type) -> bool:
    """Return whether NumPy converts objects of a class to arrays: sequences and the like."""
    if any(hasattr(kind, name) for name in _OF_ARRAYS):
        return True
    names = {name for base in kind.__mro__ for name in vars(base)}  # not those of a metaclass
    return {"__len__", "__getitem__"} <= names


def given_to_operand(ufunc: np.ufunc, x: Array, operand: Any) -> Any:
    """Return what the reflected operator returns for a Tensor; maybe NotImplemented."""
    if x.ndim and not getattr(operand, "__array_priority__", -1) > 0:  # that of arrays
        return ufunc(as_objects(x), operand)
    return getattr(type(operand), _REFLECTED[ufunc])(operand, x)
