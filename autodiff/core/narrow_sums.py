"""Sums and products of bools and narrow integers that NumPy computes over an array of objects.

``np.sum([a > 0, b > 0])`` counts in int64, but for traced values the list is an array of objects,
which NumPy adds one by one: True + True is True. Such calls are refused.
"""

from __future__ import annotations

import sys
from opcode import opmap

import numpy as np

from autodiff.core.errors import user_line

__all__ = ["NARROW", "WIDENED", "NarrowSumError", "check_widened"]

WIDENED = (np.add, np.multiply)
"""The functions whose reductions of bools and narrow integers NumPy computes in int64 or uint64."""

NARROW = frozenset(
    (np.bool_, np.int8, np.int16, np.int32, np.uint8, np.uint16, np.uint32, np.intc, np.uintc)
) - {np.int64, np.uint64}
"""The types of scalars that are widened."""


class NarrowSumError(TypeError):
    """Raised for a reduction that NumPy would compute without widening its numbers."""


_BINARY_OP = opmap["BINARY_OP"]
_ADDING_ONE_BY_ONE = ("builtins", "functools", "itertools", "operator")  # NumPy's numbers, too


def check_widened(result: np.generic) -> None:
    """Raise an error if NumPy called for this sum or product, not the code ``a + b`` or ``sum``.

    To be called by the methods of operators.

    Raises:
        NarrowSumError: the calling frame is in a call of another function.
    """
    from autodiff.core.calls import called_at  # which builds on this module

    method, caller = sys._getframe(1).f_code, sys._getframe(2)
    is_in_place = caller.f_code.co_filename == method.co_filename  # by a method that calls this one
    if is_in_place or caller.f_code.co_code[caller.f_lasti] == _BINARY_OP:
        return
    package = called_at(caller, caller.f_lasti).package.lstrip("_")  # of reduce, _functools
    if package in _ADDING_ONE_BY_ONE:
        return
    dtype = result.dtype
    raise NarrowSumError(
        f"expected no traced {dtype} numbers in a sum or product over a list or an array of "
        f"objects at {user_line()}: NumPy would compute it in {dtype}, where True + True is "
        f"True and numbers overflow. Stack the values, np.sum(np.stack([a, b]), axis=0), or "
        f"convert each: a.astype(int)."
    )
