"""Fits: ``least_squares`` and ``curve_fit``, with slopes of the parameters that they find."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.optimize
from scipy.optimize import OptimizeResult

from autodiff.core.errors import user_line
from autodiff.core.typing import Array, Function
from autodiff.scipy.called import Called, as_array, calls_back, plain_copy, releasable
from autodiff.scipy.face import is_traced
from autodiff.scipy.implicit import implicit, warn_unless_solved
from autodiff.scipy.optimize.minima import free_entries
from autodiff.scipy.solution import Solution, numbers_of
from autodiff.scipy.solved import Retraced
from autodiff.transforms.gradients import grad
from autodiff.transforms.jacobians import jacobian
from autodiff.transforms.opaque import record

__all__ = ["curve_fit", "least_squares"]

# The losses of squared residuals z, as in scipy.optimize.least_squares.
LOSSES: dict[str, Function] = {
    "linear": lambda z: z,
    "soft_l1": lambda z: 2 * (np.sqrt(1 + z) - 1),
    "huber": lambda z: np.where(z <= 1, z, 2 * np.sqrt(np.where(z <= 1, 1, z)) - 1),
    "cauchy": np.log1p,
    "arctan": np.arctan,
}


def cost_of(residuals: Array, loss: str, f_scale: float) -> Array:
    """Return the cost that SciPy minimizes: half the sum of the losses."""
    return f_scale**2 / 2 * np.sum(LOSSES[loss](np.square(residuals / f_scale)))


@calls_back(numbers_of)
def least_squares(
    fun: Function,
    x0: Array,
    jac: Any = "2-point",
    bounds: Any = (-np.inf, np.inf),
    method: str = "trf",
    *,
    args: Any = (),
    kwargs: Any = None,
    loss: Any = "linear",
    f_scale: float = 1.0,
    **options: Any,
) -> Any:
    """Return the parameters with the least squares, as SciPy does, with slopes.

    ``result.x``, ``result.fun`` and ``result.cost`` have slopes in ``args``, ``kwargs`` and in
    traced values that ``fun`` closes over, to any order, by the implicit function theorem: they are
    those of an exact minimum. A parameter at its bound has slope 0. ``options`` are the other
    arguments of ``scipy.optimize.least_squares``, by name.

    Raises:
        NotImplementedError: traced bounds, or a loss that is a function, of a traced problem.
        numpy.linalg.LinAlgError: in the backward pass: the Hessian at the minimum is singular.

    Warns:
        RuntimeWarning: SciPy failed, and no minimum is near: the slopes mean nothing.

    >>> import numpy as np, autodiff as ad
    >>> from autodiff.scipy.optimize import least_squares
    >>> mean = lambda y: least_squares(lambda x, y: x - y, [0.0], args=(y,)).x[0]
    >>> ad.grad(mean)([1.0, 2.0, 6.0, 7.0]).round(6)
    array([0.25, 0.25, 0.25, 0.25])
    """
    args = args if isinstance(args, tuple) else (args,)
    called = Called(fun, (args, kwargs or {}), real=True, complex_steps=jac == "cs")
    more, named = called.more
    with releasable(called, jac) as (function, jac_):
        result = scipy.optimize.least_squares(
            function, plain_copy(x0), jac_, plain_copy(bounds), method, args=more, kwargs=named,
            loss=loss, f_scale=f_scale, **options,
        )  # fmt: skip
    if not called.is_traced:
        return result
    fun = called.bound()
    if is_traced(bounds) or callable(loss):
        raise NotImplementedError(
            f"least_squares of a traced problem takes plain bounds, and a loss by its name (called "
            f"at {user_line()}). Substitute the parameters, or use minimize."
        )

    def residuals(x: Array, *values: Array) -> Array:
        args, kwargs = called.filled(values)
        return np.atleast_1d(as_array(fun(x, *args, **kwargs)))

    x = least(result, "least_squares", residuals, called, bounds, loss, f_scale)
    errors = residuals(x, *called.traced)
    return Solution.of(result, x=x, fun=errors, cost=cost_of(errors, loss, f_scale))


def least(
    result: Any,
    name: str,
    residuals: Function,
    called: Called,
    bounds: Any,
    loss: str,
    f_scale: float,
) -> Array:
    """Return the parameters that a solver found, with slopes."""

    def residual(x: Array, *values: Array) -> Array:
        return grad(lambda x: cost_of(residuals(x, *values), loss, f_scale))(x)

    low, high = bounds if isinstance(bounds, tuple) else (bounds.lb, bounds.ub)
    free = None
    if np.any(np.isfinite(low)) or np.any(np.isfinite(high)):
        free = free_entries(result.x, residual(result.x, *called.traced), (low, high))
    warn_unless_solved(name, result, result.x, residual, called)
    return implicit(name, result.x, residual, called, free)


@calls_back()
def curve_fit(
    f: Function,
    xdata: Array,
    ydata: Array,
    p0: Any = None,
    sigma: Any = None,
    absolute_sigma: bool = False,
    check_finite: Any = None,
    bounds: Any = (-np.inf, np.inf),
    method: Any = None,
    jac: Any = None,
    *,
    full_output: bool = False,
    **options: Any,
) -> Any:
    """Return the parameters of a curve through points and their covariance, with slopes.

    Both have slopes in ``xdata``, ``ydata``, ``sigma`` and in traced values that ``f`` closes over,
    to any order; see :func:`least_squares`. Arguments and values are those of
    ``scipy.optimize.curve_fit``.

    Raises:
        NotImplementedError: traced bounds, another loss than squares, missing points, or the full
            output of a traced problem.

    >>> import numpy as np, autodiff as ad
    >>> from autodiff.scipy.optimize import curve_fit
    >>> x = np.array([1.0, 2.0])
    >>> slope = lambda y: curve_fit(lambda x, a: a * x, x, y)[0][0]
    >>> ad.grad(slope)(np.array([1.0, 3.0])).round(6)      # how each point tilts the line
    array([0.2, 0.4])
    """
    called = Called(f, (xdata, ydata, sigma), real=True, complex_steps=jac == "cs")
    x, y, errors = called.more
    if any(map(np.iscomplexobj, (x, y, errors))):
        raise TypeError("curve_fit takes real points, got complex ones. Use least_squares.")
    with releasable(called, jac) as (function, jac_):
        found = scipy.optimize.curve_fit(
            function, x, y, plain_copy(p0), errors, absolute_sigma, check_finite,
            plain_copy(bounds), method, jac_, full_output=full_output, **options,
        )  # fmt: skip
    if not called.is_traced:
        return found
    f = called.bound()
    is_plain = options.get("loss", "linear") == "linear" and options.get("nan_policy") != "omit"
    if full_output or is_traced(bounds) or not is_plain:
        raise NotImplementedError(
            "curve_fit of a traced problem takes plain bounds, squares as the loss and points "
            f"without NaN, and has no full output (called at {user_line()}). Use least_squares."
        )
    popt, pcov = found

    def residuals(p: Array, *values: Array) -> Array:
        x, y, sigma = called.filled(values)
        x = as_array(x) if isinstance(x, (list, tuple)) else x
        return scaled(as_array(f(x, *p)) - as_array(y), sigma)

    result = OptimizeResult(x=popt, success=True)
    best = least(result, "curve_fit", residuals, called, bounds, "linear", 1.0)
    return best, covariance(best, pcov, residuals, called, absolute_sigma)


def scaled(errors: Array, sigma: Any) -> Array:
    """Return errors relative to their standard deviations, or to a covariance matrix of them."""
    if sigma is None:
        return errors
    sigma = as_array(sigma)
    if np.ndim(sigma) < 2:
        return errors / sigma
    return np.linalg.solve(np.linalg.cholesky(sigma), errors)


def covariance(
    best: Array, pcov: Any, residuals: Function, called: Called, absolute_sigma: bool
) -> Array:
    """Return the covariance of the parameters with slopes: (JᵀJ)⁻¹, scaled to fit the errors."""
    if not np.all(np.isfinite(pcov)):
        return pcov

    def trace(p: Array, *values: Array) -> tuple[Array, ...]:
        errors = residuals(p, *values)
        slopes = jacobian(lambda p: residuals(p, *values))(p)
        variance = 1.0 if absolute_sigma else np.sum(errors**2) / (len(errors) - len(p))
        return (np.linalg.inv(slopes.T @ slopes) * variance,)

    call = Retraced("covariance", (pcov,), called.closed, trace)
    return record(call, [best, *called.values])[0]
