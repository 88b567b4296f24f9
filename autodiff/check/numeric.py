"""Numerical slopes, to compare derivative rules with.

Central differences of decreasing steps, extrapolated to the step 0 (:mod:`finite_differences`),
need only the values of a function, and come with an error estimate.

The complex step, ``Im f(x + ih) / h`` (Squire and Trapp 1998), involves no cancellation and so is
exact to the last digits, for holomorphic functions.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from autodiff.check.finite_differences import Line, central_slope
from autodiff.check.fresh_arguments import with_fresh_arguments
from autodiff.core.errors import describe, function_place
from autodiff.core.layout import copied
from autodiff.core.typing import Array, Function
from autodiff.transforms.pytree import flatten

__all__ = [
    "OUTSIDE",
    "Estimate",
    "complex_step",
    "floating",
    "numerical_slope",
    "value_nearby",
    "widened",
]

Measure: TypeAlias = Callable[[Line, Array], tuple[Array, float]]

OUTSIDE = (ArithmeticError, AssertionError, LookupError, ValueError)
"""What a function raises outside of its domain, where a step may lead."""

_TINY = 1e-30


class Estimate(NamedTuple):
    """A measured slope and its estimated error, both in the structure of the argument.

    >>> Estimate(slope=2.0, error=1e-12)
    Estimate(slope=2.0, error=1e-12)
    """

    slope: Any
    error: Any


def numerical_slope(f: Function, *args: Any, argnum: int = 0) -> Estimate:
    """Measure the slope of f with respect to every entry of one argument, one by one.

    Args:
        f: returns one real number; runs on plain values, about 6 to 20 times per entry.
        args: its arguments. Floats are widened to float64, to reduce rounding.
        argnum: the position of the argument, which may be a structure of arrays.

    Returns:
        The slope with an estimate of its error. For a complex argument, ``d/dRe + 1j * d/dIm``.
        NaN, with an infinite error, where f has no finite values around the point.

    Raises:
        TypeError: an argument isn't numeric, or the result isn't one real number.

    >>> import numpy as np
    >>> from autodiff.check import numerical_slope
    >>> slope, error = numerical_slope(np.sin, 1.0)
    >>> bool(abs(slope - np.cos(1.0)) < 1e-12 and error < 1e-10)
    True
    """

    def measure(f_at: Line, x: Array) -> tuple[Array, float]:
        slope, error = central_slope(f_at, x)
        if np.iscomplexobj(x):
            sideways, more = central_slope(f_at, x, 1j)
            return complex(slope, sideways), error + more
        return slope, error

    fresh = with_fresh_arguments(f, args)
    return _entry_by_entry(
        lambda step, *values: value_nearby(fresh, step, *values), args, argnum, measure
    )


def complex_step(f: Function, *args: Any, argnum: int = 0) -> Any:
    """Measure the slope of a holomorphic f by a tiny step in the imaginary direction.

    Args:
        f: returns one number, complex if an argument is; without abs, max, comparisons and the
            like, which aren't holomorphic.
        args: its arguments; the one to differentiate with respect to is real.
        argnum: the position of that argument, which may be a structure of arrays.

    Raises:
        TypeError: the argument isn't real, or f drops the imaginary part.

    >>> import numpy as np
    >>> from autodiff.check import complex_step
    >>> bool(complex_step(np.sin, 1.0) == np.cos(1.0))
    True
    """

    def measure(f_at: Line, x: Array) -> tuple[Array, float]:
        if np.iscomplexobj(x):
            raise TypeError(
                f"complex_step needs a real argument, got {describe(x)}. Use numerical_slope."
            )
        result = f_at(_TINY * 1j)
        if not np.iscomplexobj(result) or np.shape(result) != ():
            raise TypeError(
                f"complex_step needs one complex number of a complex argument, got "
                f"{describe(result)} from {function_place(f)}. Use numerical_slope."
            )
        return float(np.imag(result)) / _TINY, 0.0

    fresh = with_fresh_arguments(f, args)
    return _entry_by_entry(lambda step, *values: fresh(*values), args, argnum, measure).slope


def widened(value: Any) -> Any:
    """Return a value with its narrow floats converted to float64 or complex128."""
    if isinstance(value, (np.ndarray, np.generic)):
        if value.dtype.kind not in "fc":
            return value
        wide = np.result_type(value.dtype, float)
        return copied(value, wide) if type(value) is np.ndarray else value.astype(wide)
    if type(value) is dict:
        return {key: widened(part) for key, part in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*map(widened, value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        parts = {f.name: widened(getattr(value, f.name)) for f in dataclasses.fields(value)}
        return dataclasses.replace(value, **parts)
    return type(value)(map(widened, value)) if type(value) in (list, tuple) else value


def _entry_by_entry(
    call: Function, args: tuple[Any, ...], argnum: int, measure: Measure
) -> Estimate:
    """Apply ``measure`` to every entry, with f as a function of that entry's shift.

    ``call(step, *args)`` calls f with arguments of which one entry was moved by the step.
    """
    wide = [widened(arg) for arg in args]
    argnum %= len(wide)
    leaves, _, rebuild = flatten(wide[argnum], f"argument {argnum}")
    leaves = [floating(leaf) for leaf in leaves]
    slopes = [np.empty_like(leaf) for leaf in leaves]
    errors = [np.empty(np.shape(leaf)) for leaf in leaves]
    for number, leaf in enumerate(leaves):
        for place in np.ndindex(np.shape(leaf)):

            def shifted(
                step: complex, number: int = number, place: tuple[int, ...] = place
            ) -> Array:
                moved = _moved(leaves[number], place, step)
                whole = rebuild([*leaves[:number], moved, *leaves[number + 1 :]])
                with np.errstate(all="ignore"):
                    return call(step, *wide[:argnum], whole, *wide[argnum + 1 :])

            slopes[number][place], errors[number][place] = measure(shifted, np.asarray(leaf)[place])
    return Estimate(rebuild([s[()] for s in slopes]), rebuild([e[()] for e in errors]))


def floating(leaf: Array) -> Array:
    """Return a leaf as NumPy floats; Python floats raise, or turn complex, outside of a domain."""
    if isinstance(leaf, np.ndarray) and leaf.dtype.kind in "fc":
        return leaf
    array = np.asarray(leaf)
    return (array if array.dtype.kind in "fc" else array.astype(np.float64))[()]


def _moved(leaf: Array, place: tuple[int, ...], step: complex) -> Array:
    """Return a copy of an array, or a number, with one entry moved by a step."""
    if not isinstance(leaf, np.ndarray):
        return leaf + step
    moved = leaf.astype(np.result_type(leaf, step))
    moved[place] += step
    return moved


def value_nearby(f: Function, step: complex, *args: Any) -> Array:
    """Call f at a step from the point; return NaN where f raises outside of its domain."""
    try:
        return _real_number(f, *args)
    except OUTSIDE:
        if step == 0:
            raise
        return np.float64(np.nan)


def _real_number(f: Function, *args: Any) -> Array:
    """Call f, and raise a TypeError unless it returns one real number."""
    result = f(*args)
    array = np.asarray(result)
    if array.shape != () or array.dtype.kind not in "fiub":
        raise TypeError(
            f"a numerical slope needs one real number, got {describe(result)} from "
            f"{function_place(f)}. Reduce it (np.sum, np.real)."
        )
    return array[()]
