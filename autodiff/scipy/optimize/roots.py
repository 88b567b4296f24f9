"""Roots of vector functions: ``root``, ``fsolve`` and ``fixed_point``, with slopes."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.optimize

from autodiff.core.errors import user_line
from autodiff.core.typing import Array, Function
from autodiff.scipy.called import Called, as_array, calls_back, plain_copy, releasable
from autodiff.scipy.implicit import implicit, warn_unless_solved
from autodiff.scipy.optimize.minima import first_of
from autodiff.scipy.solution import Solution, numbers_of

__all__ = ["fixed_point", "fsolve", "residual_of", "root"]


@calls_back(numbers_of)
def root(
    fun: Function,
    x0: Array,
    args: Any = (),
    method: str = "hybr",
    jac: Any = None,
    tol: Any = None,
    callback: Any = None,
    options: Any = None,
) -> Any:
    """Return a root of a vector function, as ``scipy.optimize.root`` does, with slopes.

    ``result.x`` has slopes in ``args`` and in traced values that ``fun`` closes over, to any order,
    by the implicit function theorem. The starting point has slope 0.

    Raises:
        numpy.linalg.LinAlgError: in the backward pass: the Jacobian at the root is singular.

    Warns:
        RuntimeWarning: SciPy failed, and no root is near: the slopes mean nothing.

    >>> import numpy as np, autodiff as ad
    >>> from autodiff.scipy.optimize import root
    >>> crossing = lambda a: root(lambda x, a: [x[0] * x[1] - a, x[0] - x[1]], [1.0, 1.0], (a,)).x
    >>> ad.jacobian(crossing)(4.0).round(6)      # x = (√a, √a)
    array([0.25, 0.25])
    """
    args = args if isinstance(args, tuple) else (args,)
    called = Called(fun, args, real=True)
    with releasable(called, jac) as (function, jac_):
        result = scipy.optimize.root(
            function, plain_copy(x0), called.more, method, jac_, tol, callback, options
        )
    if not called.is_traced:
        return result
    fun = called.bound()
    values = first_of(fun) if jac is True else fun
    residual = residual_of(values, called)
    warn_unless_solved("root", result, result.x, residual, called)
    x = implicit("root", result.x, residual, called)
    return Solution.of(result, x=x, fun=as_array(values(x, *args)))


@calls_back()
def fsolve(
    func: Function,
    x0: Array,
    args: Any = (),
    fprime: Any = None,
    full_output: bool = False,
    **options: Any,
) -> Any:
    """Return a root of a vector function, as ``scipy.optimize.fsolve`` does; see :func:`root`."""
    args = args if isinstance(args, tuple) else (args,)
    called = Called(func, args, real=True)
    with releasable(called, fprime) as (function, slope):
        found = scipy.optimize.fsolve(
            function, plain_copy(x0), called.more, slope, full_output, **options
        )
    if not called.is_traced:
        return found
    func = called.bound()
    if full_output:
        raise NotImplementedError(
            f"fsolve of a traced problem has no full output (called at {user_line()}). Use root."
        )
    return implicit("fsolve", found, residual_of(func, called), called)


def residual_of(function: Function, called: Called) -> Function:
    """Return the function whose root is searched, of x and of the traced values."""

    def residual(x: Array, *values: Array) -> Array:
        return np.reshape(as_array(function(x, *called.filled(values))), np.shape(x))

    return residual


@calls_back()
def fixed_point(
    func: Function,
    x0: Array,
    args: Any = (),
    xtol: float = 1e-8,
    maxiter: int = 500,
    method: str = "del2",
) -> Any:
    """Return x with ``func(x) == x``, as ``scipy.optimize.fixed_point`` does, with slopes.

    See :func:`root`.

    >>> import autodiff as ad
    >>> from autodiff.scipy.optimize import fixed_point
    >>> square_root = lambda a: fixed_point(lambda x: (x + a / x) / 2, 1.0)
    >>> round(float(ad.grad(square_root)(4.0)), 6)
    0.25
    """
    args = args if isinstance(args, tuple) else (args,)
    called = Called(func, args)
    with releasable(called) as (function,):
        found = scipy.optimize.fixed_point(
            function, plain_copy(x0), called.more, xtol, maxiter, method
        )
    if not called.is_traced:
        return found
    func = called.bound()
    image = residual_of(func, called)
    return implicit(
        "fixed_point", np.asarray(found)[()], lambda x, *values: image(x, *values) - x, called
    )
