"""Slopes without calculus: the witnesses that derivative rules are held against.

Central differences of ever smaller steps, extrapolated to the step 0 (:mod:`richardson`), ask
nothing of a function but its values, and say how far off they may be.

The complex step, ``Im f(x + ih) / h`` (Squire and Trapp 1998), subtracts nothing and so is exact to
the last digits, for functions that also make sense of complex numbers.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from autodiff.check.richardson import Line, central_slope
from autodiff.errors import describe, function_place
from autodiff.pytree import flatten

__all__ = ["Estimate", "complex_step", "numerical_slope", "real_number", "widened"]

Measure: TypeAlias = Callable[[Line, Any], tuple[Any, float]]

_TINY = 1e-30


class Estimate(NamedTuple):
    """A slope that was measured, and how far off it may be; both in the argument's structure."""

    slope: Any
    error: Any


def numerical_slope(f: Callable[..., Any], *args: Any, argnum: int = 0) -> Estimate:
    """Measure the slope of f with respect to every entry of one argument, one by one.

    Args:
        f: answers one real number; runs on plain values, some 6 to 20 times per entry.
        args: its arguments. Floats are widened to float64, so that rounding hides little.
        argnum: which argument; it may be a structure of arrays.

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

    def measure(f_at: Line, x: Any) -> tuple[Any, float]:
        slope, error = central_slope(f_at, x)
        if np.iscomplexobj(x):
            sideways, more = central_slope(f_at, x, 1j)
            return complex(slope, sideways), error + more
        return slope, error

    return _entry_by_entry(lambda *values: real_number(f, *values), args, argnum, measure)


def complex_step(f: Callable[..., Any], *args: Any, argnum: int = 0) -> Any:
    """Measure the slope of a holomorphic f by a tiny step in the imaginary direction.

    Args:
        f: answers one number, complex where an argument is; without abs, max, comparisons and the
            like, to which complex numbers mean something else.
        args: its arguments; the one to differentiate with respect to is real.
        argnum: which one; it may be a structure of arrays.

    Raises:
        TypeError: the argument isn't real, or f lost the imaginary part.

    >>> import numpy as np
    >>> from autodiff.check import complex_step
    >>> bool(complex_step(np.sin, 1.0) == np.cos(1.0))
    True
    """

    def measure(f_at: Line, x: Any) -> tuple[Any, float]:
        if np.iscomplexobj(x):
            raise TypeError(f"complex_step needs a real argument, got {describe(x)}")
        result = f_at(_TINY * 1j)
        if not np.iscomplexobj(result) or np.shape(result) != ():
            raise TypeError(
                f"complex_step needs one complex number of a complex argument, got "
                f"{describe(result)} from {function_place(f)}. Use numerical_slope."
            )
        return float(np.imag(result)) / _TINY, 0.0

    return _entry_by_entry(f, args, argnum, measure).slope


def widened(value: Any) -> Any:
    """Give a value with its narrow floats as float64 and complex128; the rest as it is."""
    if isinstance(value, (np.ndarray, np.generic)):
        return (
            value.astype(np.result_type(value.dtype, float)) if value.dtype.kind in "fc" else value
        )
    if type(value) is dict:
        return {key: widened(part) for key, part in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*map(widened, value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        parts = {f.name: widened(getattr(value, f.name)) for f in dataclasses.fields(value)}
        return dataclasses.replace(value, **parts)
    return type(value)(map(widened, value)) if type(value) in (list, tuple) else value


def _entry_by_entry(
    f: Callable[..., Any], args: tuple[Any, ...], argnum: int, measure: Measure
) -> Estimate:
    """Let ``measure`` loose on every entry: it sees f as a function of that entry's shift."""
    given = [widened(arg) for arg in args]
    argnum %= len(given)
    leaves, _, rebuild = flatten(given[argnum], f"argument {argnum}")
    leaves = [_floating(leaf) for leaf in leaves]
    slopes = [np.zeros_like(leaf) for leaf in leaves]
    errors = [np.zeros(np.shape(leaf)) for leaf in leaves]
    for number, leaf in enumerate(leaves):
        for place in np.ndindex(np.shape(leaf)):

            def shifted(step: complex, number: int = number, place: Any = place) -> Any:
                moved = _moved(leaves[number], place, step)
                whole = rebuild([*leaves[:number], moved, *leaves[number + 1 :]])
                with np.errstate(all="ignore"):
                    return f(*given[:argnum], whole, *given[argnum + 1 :])

            slopes[number][place], errors[number][place] = measure(shifted, np.asarray(leaf)[place])
    return Estimate(rebuild([s[()] for s in slopes]), rebuild([e[()] for e in errors]))


def _floating(leaf: Any) -> Any:
    return leaf if np.asarray(leaf).dtype.kind in "fc" else np.asarray(leaf, np.float64)[()]


def _moved(leaf: Any, place: tuple[int, ...], step: complex) -> Any:
    """Copy an array with one entry moved by a step; a number stays one."""
    if not isinstance(leaf, np.ndarray):
        return leaf + step
    moved = leaf.astype(np.result_type(leaf, step))
    moved[place] += step
    return moved


def real_number(f: Callable[..., Any], *args: Any) -> Any:
    """Call f, and hold it to its answer of one real number."""
    result = f(*args)
    array = np.asarray(result)
    if array.shape != () or array.dtype.kind not in "fiub":
        raise TypeError(
            f"a numerical slope needs one real number, got {describe(result)} from "
            f"{function_place(f)}. Reduce it (np.sum, np.real)."
        )
    return array[()]
