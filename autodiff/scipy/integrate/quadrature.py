"""Integrals of functions: ``quad``, ``quad_vec`` and ``fixed_quad``.

Their slopes follow Leibniz' rule (``leibniz.py``), whose integrals the same solver computes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy.integrate
import scipy.special

from autodiff.core.errors import user_line
from autodiff.core.tensor import Tensor, peek
from autodiff.core.typing import Array, Function
from autodiff.scipy.called import Called, as_array, calls_back, plain_copy, releasable
from autodiff.scipy.face import is_traced
from autodiff.scipy.integrate.leibniz import Leibniz, between
from autodiff.transforms.opaque import record

__all__ = ["fixed_quad", "quad", "quad_vec"]


@calls_back()
def quad(
    func: Function,
    a: Array,
    b: Array,
    args: Any = (),
    full_output: int = 0,
    epsabs: float = 1.49e-8,
    epsrel: float = 1.49e-8,
    limit: int = 50,
    points: Any = None,
    weight: Any = None,
    wvar: Any = None,
    wopts: Any = None,
    maxp1: int = 50,
    limlst: int = 50,
    complex_func: bool = False,
) -> Any:
    """Return the integral of a function and an estimate of its error, as SciPy does, with slopes.

    The integral has slopes in both limits, in ``args``, and in traced values that ``func`` closes
    over, to any order, by Leibniz' rule. The estimate of the error has none.

    Raises:
        NotImplementedError: a traced weight or traced points; of a traced problem, the full output,
            traced limits beside a weight, or an integrand that isn't a function of Python.

    >>> import numpy as np, autodiff as ad
    >>> from autodiff.scipy.integrate import quad
    >>> area = lambda b, c: quad(lambda x, c: c * x ** 2, 0, b, args=(c,))[0]   # c b³ / 3
    >>> print("{:.6f} {:.6f}".format(*ad.grad(area, (0, 1))(2.0, 5.0)))
    20.000000 2.666667
    """
    args = args if isinstance(args, tuple) else (args,)
    called, low, high = Called(func, args), plain_copy(a), plain_copy(b)
    options: dict[str, Any] = {
        "epsabs": epsabs, "epsrel": epsrel, "limit": limit, "points": points, "weight": weight,
        "wvar": wvar, "wopts": wopts, "maxp1": maxp1, "limlst": limlst,
        "complex_func": complex_func,
    }  # fmt: skip
    if is_traced((points, wvar)):
        raise NotImplementedError(
            f"quad takes plain points and a plain wvar (called at {user_line()}). Multiply the "
            f"function by the weight, or sum the integrals between the points."
        )
    with releasable(called if callable(func) else func) as (function,):  # or a LowLevelCallable
        found = scipy.integrate.quad(function, low, high, called.more, full_output, **options)
    if not called.is_traced and not is_traced((a, b)):
        return found
    called.bound()
    if full_output or (weight and is_traced((a, b))):
        raise NotImplementedError(
            f"quad of a traced problem has no full output, and no traced limits beside a weight "
            f"(called at {user_line()}). Multiply the function by the weight."
        )
    if not callable(func):
        raise NotImplementedError(
            "quad between traced limits needs a function of Python, whose value at a limit is the "
            f"slope there (called at {user_line()}). Wrap it: lambda x: f(x)."
        )
    value, error = found

    def integrate(function: Function, low: Array, high: Array) -> Sequence[Array]:
        first = function(between(peek(low), peek(high)))
        if isinstance(first, Tensor) and weight is None:
            vector = {"epsabs": epsabs, "epsrel": epsrel, "points": points}
            total: Sequence[Array] = quad_vec(function, low, high, **vector)[0]
            return total
        own = {**options, "complex_func": np.iscomplexobj(peek(first))}
        function = function if isinstance(first, Tensor) else _shared(function)
        return [quad(lambda x, i=i: function(x)[i], low, high, **own)[0] for i in range(len(first))]

    call = Leibniz("quad", value, (a, b), called, integrate)
    return record(call, [*call.traced, *called.values])[0], error


def _shared(function: Function) -> Function:
    """Return a function that computes all entries at a point once, for several integrals."""
    known: dict[float, Array] = {}

    def shared(x: Array) -> Array:
        if isinstance(x, Tensor):
            return function(x)
        if x not in known:
            known[x] = function(x)
        return known[x]

    return shared


@calls_back()
def quad_vec(
    f: Function,
    a: Array,
    b: Array,
    epsabs: float = 1e-200,
    epsrel: float = 1e-8,
    norm: str = "2",
    cache_size: float = 100e6,
    limit: float = 10000,
    workers: Any = 1,
    points: Any = None,
    quadrature: Any = None,
    full_output: bool = False,
    *,
    args: Any = (),
) -> Any:
    """Return the integral of a vector function, as SciPy does, with slopes; see :func:`quad`.

    >>> import numpy as np, autodiff as ad
    >>> from autodiff.scipy.integrate import quad_vec
    >>> areas = lambda c: quad_vec(lambda x: c * x ** np.array([1, 2]), 0, 1)[0]
    >>> ad.jacobian(areas)(5.0).round(6)
    array([0.5     , 0.333333])
    """
    args = args if isinstance(args, tuple) else (args,)
    called, low, high = Called(f, args), plain_copy(a), plain_copy(b)
    options = {
        "epsabs": epsabs, "epsrel": epsrel, "norm": norm, "cache_size": cache_size, "limit": limit,
        "workers": workers, "points": points, "quadrature": quadrature,
    }  # fmt: skip
    if is_traced(points):
        raise NotImplementedError(
            f"quad_vec takes plain points (called at {user_line()}). Sum the integrals between "
            f"them."
        )
    with releasable(lambda x: called(x, *called.more)) as (function,):
        found = scipy.integrate.quad_vec(function, low, high, full_output=full_output, **options)
    if not called.is_traced and not is_traced((a, b)):
        return found
    called.bound()
    if full_output:
        raise NotImplementedError(
            f"quad_vec of a traced problem has no full output (called at {user_line()}). Leave it "
            f"out."
        )
    value, error = found

    def integrate(function: Function, low: Array, high: Array) -> Sequence[Array]:
        found: Sequence[Array] = quad_vec(function, low, high, **options)[0]
        return found

    call = Leibniz("quad_vec", value, (a, b), called, integrate)
    return record(call, [*call.traced, *called.values])[0], error


def fixed_quad(func: Function, a: Array, b: Array, args: Any = (), n: int = 5) -> Any:
    """Return the integral by Gauss's rule with n points, as SciPy does, with slopes.

    It has slopes in the limits, in ``args``, and in what ``func`` closes over: those of the rule.

    >>> import autodiff as ad
    >>> from autodiff.scipy.integrate import fixed_quad
    >>> area = lambda b: fixed_quad(lambda x: x ** 2, 0, b)[0]
    >>> round(ad.grad(area)(3.0), 6)
    9.0
    """
    if not is_traced((a, b)):
        return scipy.integrate.fixed_quad(func, a, b, args, n)
    if np.isinf(peek(a)) or np.isinf(peek(b)):
        raise ValueError(f"fixed_quad expects finite limits at {user_line()}. Use quad.")
    x, weights = scipy.special.roots_legendre(n)
    points = (b - a) * (np.real(x) + 1) / 2.0 + a
    return (b - a) / 2.0 * np.sum(weights * as_array(func(points, *args)), axis=-1), None
