"""Distributions of vectors and matrices: values from SciPy, slopes from formulas."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from autodiff.core.lift import as_operand
from autodiff.core.primitive import Primitive, derivative, primitive
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array, Function
from autodiff.rules.finite import where_finite
from autodiff.scipy.stats.distribution import Distribution
from autodiff.scipy.stats.formulas import formula_slopes

__all__ = ["joint"]

_LOGARITHM = {"pdf": "logpdf", "pmf": "logpmf"}  # whose formula is the other's


def joint(name: str, library: Any, formulas: Mapping[str, Function]) -> Distribution:
    """Return a distribution whose methods have slopes.

    Args:
        name: its name.
        library: SciPy's distribution.
        formulas: by method, functions of all its arguments, up to terms without any; that of
            ``logpdf`` is also used for ``pdf``.
    """
    plain = {short: long for short, long in _LOGARITHM.items() if long in formulas}
    methods = {
        method: _method(name, library, method, formulas[plain.get(method, method)])
        for method in (*formulas, *plain)
    }
    return Distribution(library, name, methods)


def _method(name: str, library: Any, method: str, formula: Function) -> Function:
    function = getattr(library, method)
    signature = inspect.signature(function)

    @cache
    def operation(traced: tuple[int, ...]) -> Primitive:
        found = primitive(function)
        found.name = f"{name}.{method}"

        def slopes(g: Array, z: Array, *values: Array) -> list[Array]:
            weight = where_finite(g, z) * (where_finite(z, z) if method in _LOGARITHM else 1.0)
            return formula_slopes(
                lambda *values: np.reshape(formula(*values), np.shape(z)), values, traced, weight
            )

        return derivative(found, values=slopes)

    def of_traced(*args: Any, **kwds: Any) -> Array:
        bound = signature.bind(*args, **kwds)
        bound.apply_defaults()
        operands = tuple(as_operand(_as_array(value)) for value in bound.arguments.values())
        traced = (
            i for i, x in enumerate(operands) if isinstance(x, Tensor) and x.dtype.kind == "f"
        )
        return operation(tuple(traced)).apply(operands, {})

    return of_traced


def _as_array(value: Any) -> Any:
    """Return the matrix of a ``scipy.stats.Covariance``, and other values as they are."""
    return getattr(value, "covariance", value)
