"""Minima: ``minimize`` and ``minimize_scalar``, with slopes of what they find.

At a minimum the gradient is zero, an equation that defines the minimum as a function of all other
values. An entry that is held by its bound doesn't move.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.optimize

from autodiff.core.errors import user_line
from autodiff.core.tensor import peek
from autodiff.core.typing import Array, Function
from autodiff.scipy.called import Called, calls_back, plain_copy, releasable
from autodiff.scipy.face import is_traced
from autodiff.scipy.implicit import implicit, warn_unless_solved
from autodiff.scipy.solution import Solution, numbers_of
from autodiff.transforms.gradients import grad

__all__ = ["first_of", "free_entries", "minimize", "minimize_scalar"]


@calls_back(numbers_of)
def minimize(
    fun: Function,
    x0: Array,
    args: Any = (),
    method: Any = None,
    jac: Any = None,
    hess: Any = None,
    hessp: Any = None,
    bounds: Any = None,
    constraints: Any = (),
    tol: Any = None,
    callback: Any = None,
    options: Any = None,
) -> Any:
    """Return the minimum of a function, as ``scipy.optimize.minimize`` does, with slopes.

    ``result.x`` and ``result.fun`` have slopes in ``args`` and in traced values that ``fun`` closes
    over, to any order, by the implicit function theorem: they are those of an exact minimum, so
    that a small ``tol`` and ``jac=autodiff.grad(fun)`` make them accurate. The starting point has
    no influence on the minimum, thus slope 0. An entry at its bound has slope 0 too.

    Raises:
        NotImplementedError: constraints, or traced bounds, of a traced problem.
        numpy.linalg.LinAlgError: in the backward pass: the Hessian at the minimum is singular.

    Warns:
        RuntimeWarning: SciPy failed, and no minimum is near: the slopes mean nothing.

    >>> import autodiff as ad
    >>> from autodiff.scipy.optimize import minimize
    >>> def lowest(a):                       # the minimum is at x = a / 2
    ...     return minimize(lambda x: ((2 * x - a) ** 2).sum(), [0.0]).x[0]
    >>> round(ad.grad(lowest)(3.0), 6)
    0.5
    """
    args = args if isinstance(args, tuple) else (args,)
    called = Called(fun, args)
    with releasable(called, jac, hess, hessp) as (function, jac_, hess_, hessp_):
        result = scipy.optimize.minimize(
            function, plain_copy(x0), called.more, method, jac_, hess_, hessp_,
            plain_copy(bounds), constraints, tol, callback, options,
        )  # fmt: skip
    if not called.is_traced:
        return result
    fun = called.bound()
    if constraints or is_traced(bounds):
        raise NotImplementedError(
            f"minimize of a traced problem takes plain bounds and no constraints (called at "
            f"{user_line()}). Substitute the constrained variables, or solve the Lagrange "
            f"equations with root."
        )
    value = first_of(fun) if jac is True else fun

    def residual(x: Array, *values: Array) -> Array:
        return grad(lambda x: np.reshape(value(x, *called.filled(values)), ()))(x)

    free = None
    if bounds is not None:
        free = free_entries(result.x, residual(result.x, *called.traced), limits(bounds))
    warn_unless_solved("minimize", result, result.x, residual, called)
    x = implicit("minimize", result.x, residual, called, free)
    return Solution.of(result, x=x, fun=np.reshape(value(x, *args), ()))


@calls_back(numbers_of)
def minimize_scalar(
    fun: Function,
    bracket: Any = None,
    bounds: Any = None,
    args: Any = (),
    method: Any = None,
    tol: Any = None,
    options: Any = None,
) -> Any:
    """Return the minimum of a function of one number, as SciPy does, with slopes.

    See :func:`minimize`.

    >>> import autodiff as ad
    >>> from autodiff.scipy.optimize import minimize_scalar
    >>> lowest = lambda a: minimize_scalar(lambda x, a: x ** 2 - 2 * a ** 2 * x, args=(a,)).x
    >>> round(ad.grad(lowest)(3.0), 6)       # x = a²
    6.0
    """
    args = args if isinstance(args, tuple) else (args,)
    called = Called(fun, args)
    with releasable(called) as (function,):
        result = scipy.optimize.minimize_scalar(
            function, plain_copy(bracket), plain_copy(bounds), called.more, method, tol, options
        )
    if not called.is_traced:
        return result
    fun = called.bound()
    if is_traced(bounds):
        raise NotImplementedError(
            f"minimize_scalar of a traced problem takes plain bounds (called at {user_line()}). "
            f"Substitute the variable."
        )

    def residual(x: Array, *values: Array) -> Array:
        return grad(lambda x: fun(x, *called.filled(values)))(x)

    if bounds is not None:
        steepness = residual(result.x, *called.traced)
        if not free_entries(result.x, steepness, bounds):
            return Solution.of(result, x=result.x, fun=fun(result.x, *args))
    warn_unless_solved("minimize_scalar", result, result.x, residual, called)
    x = implicit("minimize_scalar", result.x, residual, called)
    return Solution.of(result, x=x, fun=fun(x, *args))


def first_of(function: Function) -> Function:
    """Return a function that returns the value alone of one that returns its slopes too."""
    return lambda *args: function(*args)[0]


def limits(bounds: Any) -> tuple[Any, Any]:
    """Return the lower and the upper bounds of all entries."""
    if isinstance(bounds, scipy.optimize.Bounds):
        return bounds.lb, bounds.ub
    pairs = np.array(bounds, float)  # None becomes NaN
    return np.nan_to_num(pairs[:, 0], nan=-np.inf), np.nan_to_num(pairs[:, 1], nan=np.inf)


def free_entries(x: Array, gradient: Array, limits: tuple[Any, Any]) -> Any:
    """Return which entries of a minimum aren't held by a bound.

    At a minimum, an entry has no slope or no distance from its bound (complementary slackness).
    Solvers reach both up to a tolerance, so that the larger of the two tells.
    """
    low, high = limits
    steepness = np.asarray(peek(gradient))
    return (steepness <= np.maximum(x - low, 0)) & (-steepness <= np.maximum(high - x, 0))
