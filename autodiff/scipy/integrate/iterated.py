"""Iterated integrals, ``nquad``, ``dblquad`` and ``tplquad``: ``quad`` inside ``quad``."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import scipy.integrate

from autodiff.core.errors import user_line
from autodiff.core.graph import RecordingError
from autodiff.core.typing import Array, Function
from autodiff.scipy.called import Called, calls_back, releasable
from autodiff.scipy.face import is_traced
from autodiff.scipy.integrate.quadrature import quad
from autodiff.scipy.solved import Retraced
from autodiff.transforms.bound import bound
from autodiff.transforms.closures import Watched
from autodiff.transforms.opaque import record

__all__ = ["dblquad", "nquad", "tplquad"]


@calls_back()
def nquad(
    func: Function,
    ranges: Sequence[Any],
    args: Any = None,
    opts: Any = None,
    full_output: bool = False,
) -> Any:
    """Return an integral over several variables, as ``scipy.integrate.nquad`` does, with slopes.

    The integral has slopes in ``args``, in the limits, and in traced values that ``func`` and the
    functions in ``ranges`` close over, to any order; see :func:`quad`.

    Raises:
        NotImplementedError: options that are functions, or the full output, of a traced problem.
    """
    args = () if args is None else args if isinstance(args, tuple) else (args,)
    fixed = [None if callable(limits) else tuple(limits) for limits in ranges]
    called = Called(func, (fixed, args))
    plain_limits, more = called.more
    moving = [Watched(limits) if callable(limits) else None for limits in ranges]
    with releasable(called, *moving) as (function, *limits_):
        limits = [moved or pair for moved, pair in zip(limits_, plain_limits, strict=True)]
        found = scipy.integrate.nquad(function, limits, more, opts, full_output)
    for watched in filter(None, moving):
        called.closed.update(watched.closed)
    if not called.is_traced:
        return found
    func, ranges = called.bound(), bound(list(ranges))
    options = [opts or {}] * len(ranges) if opts is None or isinstance(opts, dict) else list(opts)
    if full_output or is_traced(options) or any(map(callable, options)):
        raise NotImplementedError(
            f"nquad of a traced problem has no full output, and takes plain options, not functions "
            f"(called at {user_line()}). Nest quad."
        )
    value, error = found

    def trace(*values: Array) -> tuple[Array, ...]:
        fixed, args = called.filled(values)
        limits = [f or r for f, r in zip(fixed, ranges, strict=True)]
        return (iterated(func, limits, args, options),)

    call = Retraced("nquad", (np.float64(value),), called.closed, trace)
    return record(call, called.values)[0], error


def iterated(
    function: Function,
    ranges: Sequence[Any],
    args: tuple[Any, ...],
    options: Sequence[Any],
    outer: tuple[Array, ...] = (),
) -> Array:
    """Return the integral over all variables but the outer ones, which have values.

    The first variable is the innermost.
    """
    level = len(ranges) - len(outer) - 1
    limits = ranges[level]
    low, high = limits(*outer, *args) if callable(limits) else limits

    def integrand(x: Array) -> Array:
        if level == 0:
            return function(x, *outer, *args)
        return iterated(function, ranges, args, options, (x, *outer))

    return quad(integrand, low, high, **options[level])[0]


def dblquad(
    func: Function,
    a: Array,
    b: Array,
    gfun: Any,
    hfun: Any,
    args: Any = (),
    epsabs: float = 1.49e-8,
    epsrel: float = 1.49e-8,
) -> Any:
    """Return the integral of ``func(y, x)``, as ``scipy.integrate.dblquad`` does, with slopes.

    See :func:`nquad`. Under ``jit``, functions of limits take a traced value as an argument of
    `nquad` only.

    >>> import autodiff as ad
    >>> from autodiff.scipy.integrate import dblquad
    >>> area = lambda r: dblquad(lambda y, x: 1.0, 0, r, 0, lambda x: r - x)[0]      # r² / 2
    >>> round(ad.grad(area)(3.0), 6)
    3.0
    """
    args = args if isinstance(args, tuple) else (args,)
    n = len(args)

    @_naming(func)
    def integrand(y: Array, x: Array, *rest: Any) -> Array:
        return func(y, x, *rest[:n])

    @_naming(gfun, hfun)
    def y_limits(x: Array, *rest: Any) -> tuple[Array, Array]:
        return _at(gfun, rest[n], x), _at(hfun, rest[n + 1], x)

    options = {"epsabs": epsabs, "epsrel": epsrel}
    return _integral(integrand, [y_limits, (a, b)], args, (gfun, hfun), options)


def tplquad(
    func: Function,
    a: Array,
    b: Array,
    gfun: Any,
    hfun: Any,
    qfun: Any,
    rfun: Any,
    args: Any = (),
    epsabs: float = 1.49e-8,
    epsrel: float = 1.49e-8,
) -> Any:
    """Return the integral of ``func(z, y, x)``, as ``scipy.integrate.tplquad`` does, with slopes.

    See :func:`nquad`.
    """
    args = args if isinstance(args, tuple) else (args,)
    n = len(args)

    @_naming(func)
    def integrand(z: Array, y: Array, x: Array, *rest: Any) -> Array:
        return func(z, y, x, *rest[:n])

    @_naming(qfun, rfun)
    def z_limits(y: Array, x: Array, *rest: Any) -> tuple[Array, Array]:
        return _at(qfun, rest[n + 2], x, y), _at(rfun, rest[n + 3], x, y)

    @_naming(gfun, hfun)
    def y_limits(x: Array, *rest: Any) -> tuple[Array, Array]:
        return _at(gfun, rest[n], x), _at(hfun, rest[n + 1], x)

    ranges, options = [z_limits, y_limits, (a, b)], {"epsabs": epsabs, "epsrel": epsrel}
    return _integral(integrand, ranges, args, (gfun, hfun, qfun, rfun), options)


def _integral(
    function: Function,
    ranges: list[Any],
    args: tuple[Any, ...],
    limits: tuple[Any, ...],
    options: dict[str, float],
) -> Any:
    """Return nquad's result, with limits that are numbers (0 for functions) as further arguments.

    So the functions in ``ranges`` don't close over traced numbers.
    """
    numbers = [0.0 if callable(limit) else limit for limit in limits]
    try:
        return nquad(function, ranges, (*args, *numbers), options)
    except RecordingError as error:
        if any(map(callable, limits)):
            error.add_note(
                f"Functions of limits take no args= here. Use nquad, whose functions of limits do, "
                f"at {user_line()}."
            )
        raise


def _at(limit: Any, number: Array, *x: Array) -> Array:
    return limit(*x) if callable(limit) else number


def _naming(*functions: Any) -> Callable[[Function], Function]:
    """Return a decorator for a function that calls the user's: errors name the first of these."""
    return functools.wraps(next(filter(callable, functions), _at))
