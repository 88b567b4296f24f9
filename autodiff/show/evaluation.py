"""Evaluation: what a formula comes to with its numbers put in, held against what was computed.

Algebra is right for real numbers; floats overflow, underflow and round, so that what was simplified
can be worth something else. Evaluated in double precision; a value that is known is not computed.
"""

from __future__ import annotations

import ast
import functools
import operator
from typing import Any

import numpy as np

from autodiff.show.formula import Formula

__all__ = ["disagreement"]

_NOISE = 100  # how many units of rounding of what was added up are no news


class _UnknownError(Exception):
    """A formula calls what isn't a plain function of NumPy's."""


def disagreement(formula: Formula, value: Any, added: Any = 0) -> str:
    """Say in words how a formula comes to something else than was computed; "" if it doesn't.

    Nothing is said of a formula with a call that is no ufunc of NumPy's: it can't be evaluated.

    Args:
        formula: should come to ``value``.
        value: what was computed, by floats of its dtype.
        added: the size of what was added up for it, whose rounding is no disagreement.
    """
    eps = np.finfo(np.asarray(value).dtype).eps
    try:
        with np.errstate(all="ignore"):
            ours = np.broadcast_to(_worth(formula, sizes=False), np.shape(value))
            noise = _NOISE * eps * (_worth(formula, sizes=True) + added)
            noise = noise + np.sqrt(eps) * np.max(np.abs(value), initial=0)
            noise = np.where(np.isfinite(noise), noise, np.sqrt(eps) * np.abs(value))
            is_near = np.isfinite(value) & (np.abs(ours - value) <= noise)
            differs = ~(is_near | (ours == value) | (np.isnan(ours) & np.isnan(value)))
    except _UnknownError:
        return ""
    if not differs.any():
        return ""
    if not np.isfinite(value).all():
        return "a step comes to NaN or ∞, which one formula for it all would hide"
    if not np.isfinite(ours).all():
        return "one formula for it all overflows or divides by 0"
    return "one formula for it all underflows or rounds to another number"


def _worth(x: Formula, *, sizes: bool) -> Any:
    """Compute a formula; or its size, which is that of its terms even where they cancel."""
    if x.kind in ("call", "raised", "power") and sizes and not (x.kind == "power" and x.label > 0):
        return np.abs(_worth(x, sizes=False))
    if x.kind == "number" or x.value is not None:
        value = np.multiply(x.label if x.kind == "number" else x.value, np.float64(1))
        return np.abs(value) if sizes else value
    parts = [_worth(part, sizes=sizes) for part in x.parts]
    worth = _computed(x, parts)
    return worth if x.kind == "call" else np.broadcast_to(worth, x.shape)


def _computed(x: Formula, parts: list[Any]) -> Any:
    """Do with the values of its parts what a formula does."""
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
            return _called(x.label, parts)
    raise _UnknownError


def _called(label: tuple[str, str], parts: list[Any]) -> Any:
    """Call what has a name in NumPy, if it computes a float from floats."""
    name, options = label
    function = getattr(np, name, None)
    if options or not isinstance(function, np.ufunc):
        raise _UnknownError
    if f"{'d' * len(parts)}->d" not in function.types:
        raise _UnknownError
    return function(*parts)
