"""Selection of entries by conditions, masks and numbers of choices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.core.dispatch import is_collected
from autodiff.core.errors import user_line
from autodiff.core.lift import as_operand
from autodiff.core.primitive import derivative, primitive
from autodiff.core.tensor import peek, plain
from autodiff.core.typing import Array, Axis
from autodiff.core.view import unshared
from autodiff.rules.composite import composite
from autodiff.rules.index import Places
from autodiff.rules.operands import in_dtype, refuse_out, weak


@primitive
def where(condition: Array, x: Array, y: Array) -> Array:
    """Return the same as ``np.where``."""
    return np.where(condition, x, y)


# fmt: off
derivative(where,         elementwise=True,
                          condition=None,
                          x=lambda g, z, condition, x, y: np.where(condition, g, 0),
                          y=lambda g, z, condition, x, y: np.where(condition, 0, g))
# fmt: on


@composite(np.where, exact=True)
def where_front(condition: Array, x: Array = np._NoValue, y: Array = np._NoValue) -> Any:
    """Choose entries of x and y; with a condition alone, return the positions where it holds."""
    if x is np._NoValue and y is np._NoValue:
        return np.nonzero(condition)
    if any(part is np._NoValue or part is None for part in (x, y)):
        raise ValueError(
            f"where needs numbers as both x and y, or neither, got None or nothing as one of them "
            f"at {user_line()}. Pass both: np.nan stands for a missing number."
        )
    return where.apply((condition, x, y), {})


@composite(np.select)
def select(condlist: Sequence[Array], choicelist: Sequence[Array], default: Array = 0) -> Array:
    """Return for each entry the first choice whose condition holds."""
    if len(condlist) != len(choicelist):
        raise ValueError(
            f"select needs one choice per condition, got {len(condlist)} conditions and "
            f"{len(choicelist)} choices. Pass as many of both."
        )
    condlist, choicelist = _arrays(condlist), _arrays(choicelist)
    (default,) = _arrays([default])
    kind = np.result_type(*map(weak, (*choicelist, default)))
    choicelist = [in_dtype(choice, kind) for choice in choicelist]
    result = in_dtype(default, kind)
    for condition, choice in zip(condlist[::-1], choicelist[::-1], strict=True):
        if np.result_type(peek(condition)) != np.bool:
            raise TypeError(
                f"select needs conditions of bools, got {np.result_type(peek(condition))} at "
                f"{user_line()}. Compare: x != 0."
            )
        result = np.where(condition, choice, result)
    return unshared(result)


@composite(np.compress)
def compress(condition: Array, a: Array, axis: int | None = None) -> Array:
    """Return the entries along an axis where a condition holds."""
    if np.ndim(condition) != 1:
        raise ValueError(
            f"compress needs a condition with one axis, got the shape {np.shape(condition)} at "
            f"{user_line()}. Flatten it: condition.ravel()."
        )
    kept = np.flatnonzero(plain(condition))
    return np.take(a, kept, axis=axis)


@composite(np.extract)
def extract(condition: Array, arr: Array) -> Array:
    """Return the entries where a condition holds."""
    return np.reshape(arr, -1)[np.flatnonzero(plain(condition))]


def _arrays(values: Array | Sequence[Any]) -> list[Array]:
    """Return arrays and numbers, where a list, tuple or array of objects becomes one array."""
    return [as_operand(x) if isinstance(x, tuple) or is_collected(x) else x for x in values]


@composite(np.choose)
def choose(
    a: Array, choices: Array | Sequence[Array], out: None = None, mode: Any = "raise"
) -> Array:
    """Return for each entry of a, a number, the entry of the choice of that number."""
    refuse_out(out)
    whole = getattr(choices, "dtype", None)  # of one array of choices, with its byte order
    choices = _arrays(choices)
    places = Places()
    chosen = np.choose(plain(a), [places.of(choice) for choice in choices], mode=mode)
    z = places.read(chosen)
    dtype = whole or np.choose(0, [peek(choice) for choice in choices], mode="clip").dtype
    return z if z.dtype == dtype else z.astype(dtype)


@composite(np.trim_zeros, exact=True)
def trim_zeros(filt: Array, trim: Any = "fb", axis: Axis = None) -> Array:
    """Remove zeros at the ends; a view."""
    if np.ndim(filt) != 1 or axis not in (None, 0, -1):
        raise NotImplementedError(
            f"trim_zeros of a traced value needs a vector ({user_line()}). Cut other arrays by "
            f"index."
        )
    np.trim_zeros(np.ones(1), trim)  # an error, if the letters of trim are others
    kept = np.flatnonzero(plain(filt))
    if not len(kept):
        return filt[:0]
    start = kept[0] if "f" in trim.lower() else 0
    return filt[start : kept[-1] + 1 if "b" in trim.lower() else len(filt)]
