"""Evaluation: compute a formula with its numbers, and compare it with the recorded value.

Algebra is right for real numbers; floats overflow, underflow and round, so that a simplified
formula can have another value. Formulas are evaluated in double precision; known values are reused.
"""

from __future__ import annotations

import ast
import functools
import operator

import numpy as np

from autodiff.core.typing import Array
from autodiff.display.mathematics.formula import Formula

__all__ = ["disagreement", "evaluated", "has_value"]

_NOISE = 100  # differences below this many rounding errors of the summands are ignored


class _UnknownError(Exception):
    """A formula calls something other than a ufunc of NumPy."""


def disagreement(formula: Formula, value: Array, added: Array = 0) -> str:
    """Describe how a formula differs from the computed value; return "" if it doesn't.

    A formula that calls anything but a NumPy ufunc can't be evaluated; the result is "" as well.

    Args:
        formula: expected to have the value ``value``.
        value: the computed value, in floats of its dtype.
        added: the size of the summands, whose rounding errors are no disagreement.
    """
    eps = np.finfo(np.asarray(value).dtype).eps
    try:
        with np.errstate(all="ignore"):
            evaluated = np.broadcast_to(_evaluate(formula, sizes=False), np.shape(value))
            noise = _NOISE * eps * (_evaluate(formula, sizes=True) + added)
            noise = noise + np.sqrt(eps) * np.max(np.abs(value), initial=0)
            noise = np.where(np.isfinite(noise), noise, np.sqrt(eps) * np.abs(value))
            is_near = np.isfinite(value) & (np.abs(evaluated - value) <= noise)
            differs = ~(is_near | (evaluated == value) | (np.isnan(evaluated) & np.isnan(value)))
    except _UnknownError:
        return ""
    if not differs.any():
        return ""
    if not np.isfinite(value).all():
        return "a step is NaN or ∞, which a single formula would hide"
    if not np.isfinite(evaluated).all():
        return "a single formula overflows or divides by 0"
    return "a single formula underflows or rounds to another number"


def has_value(formula: Formula, value: Array) -> bool:
    """Return whether a formula can be evaluated, and has a value up to rounding errors."""
    try:
        with np.errstate(all="ignore"):
            _evaluate(formula, sizes=False)
    except _UnknownError:
        return False
    return bool(np.all(np.isfinite(value))) and not disagreement(formula, value)


def evaluated(formula: Formula) -> Array:
    """Compute a formula with its numbers; return NaN if it calls something unknown."""
    try:
        with np.errstate(all="ignore"):
            return _evaluate(formula, sizes=False)
    except _UnknownError:
        return np.full(formula.shape, np.nan)


def _evaluate(x: Formula, *, sizes: bool) -> Array:
    """Compute a formula; with ``sizes``, the sum of the sizes of its terms, which never cancel."""
    if x.kind in ("call", "raised", "power") and sizes and not (x.kind == "power" and x.label > 0):
        return np.abs(_evaluate(x, sizes=False))
    if x.kind == "number" or x.value is not None:
        value = np.multiply(x.label if x.kind == "number" else x.value, np.float64(1))
        return np.abs(value) if sizes else value
    parts = [_evaluate(part, sizes=sizes) for part in x.parts]
    result = _apply(x, parts)
    return np.broadcast_to(result, x.shape)


def _apply(x: Formula, parts: list[Array]) -> Array:
    """Apply the operation of a formula to the values of its parts."""
    match x.kind:
        case "sum":
            return functools.reduce(operator.add, parts)
        case "product":
            return functools.reduce(operator.mul, parts)
        case "power":
            return np.power(parts[0], float(x.label))
        case "raised":
            return np.power(*parts)
        case "matmul":
            return parts[0] @ parts[1]
        case "transpose":
            return parts[0].T
        case "outer":
            return np.multiply.outer(*parts)
        case "at":
            found = np.zeros(x.shape, np.asarray(parts[0]).dtype)
            np.add.at(found, x.key, parts[0])
            return found
        case "total":
            axis = ast.literal_eval(x.label.removeprefix("axis ")) if x.label else None
            return np.sum(parts[0], axis=axis).reshape(x.shape)
        case "index":
            return parts[0][x.key]
        case "stack":
            return np.stack(parts)
        case "where":
            return np.where(*parts)
        case "call":
            return _call(x.label, parts)
        case "replaced":
            found = np.array(np.broadcast_to(parts[0], x.shape))
            found[x.key] = parts[1]
            return found
    raise _UnknownError


def _call(label: tuple[str, str], parts: list[Array]) -> Array:
    """Call a NumPy ufunc by its name, if it computes a float from floats."""
    name, options = label
    function = getattr(np, name, None)
    if options or not isinstance(function, np.ufunc):
        raise _UnknownError
    if f"{'d' * len(parts)}->d" not in function.types:
        raise _UnknownError
    return function(*parts)
