"""Roots of functions of one number: ``root_scalar``, ``newton``, and the solvers in a bracket."""

from __future__ import annotations

import functools
import inspect
from typing import Any

import numpy as np
import scipy.optimize
from scipy.optimize import OptimizeResult

from autodiff.core.typing import Array, Function
from autodiff.scipy.called import Called, calls_back, plain_copy, releasable
from autodiff.scipy.implicit import implicit, warn_unless_solved
from autodiff.scipy.optimize.minima import first_of
from autodiff.scipy.optimize.roots import residual_of
from autodiff.scipy.solution import Solution, numbers_of

__all__ = ["bisect", "brenth", "brentq", "newton", "ridder", "root_scalar", "toms748"]


@calls_back(numbers_of)
def root_scalar(
    f: Function,
    args: Any = (),
    method: Any = None,
    bracket: Any = None,
    fprime: Any = None,
    fprime2: Any = None,
    x0: Any = None,
    x1: Any = None,
    xtol: Any = None,
    rtol: Any = None,
    maxiter: Any = None,
    options: Any = None,
) -> Any:
    """Return a root of a function of one number, as SciPy does, with slopes; see :func:`root`.

    >>> import autodiff as ad
    >>> from autodiff.scipy.optimize import root_scalar
    >>> square_root = lambda a: root_scalar(lambda x: x * x - a, bracket=[0, 5]).root
    >>> round(ad.grad(square_root)(4.0), 6)
    0.25
    """
    args = args if isinstance(args, tuple) else (args,)
    called = Called(f, args, real=True)
    with releasable(called, fprime, fprime2) as (function, slope, bend):
        result = scipy.optimize.root_scalar(
            function, called.more, method, plain_copy(bracket), slope, bend, plain_copy(x0),
            plain_copy(x1), xtol, rtol, maxiter, options,
        )  # fmt: skip
    if not called.is_traced:
        return result
    f = called.bound()
    values = first_of(f) if fprime is True or fprime2 is True else f
    residual, solution = residual_of(values, called), _number(result.root)
    report = OptimizeResult(success=result.converged, message=f"{result.flag}.")
    warn_unless_solved("root_scalar", report, solution, residual, called)
    return Solution.of(result, root=implicit("root_scalar", solution, residual, called))


def _number(root: Any) -> Array:
    """Return a root in its own dtype, or in float64 if a solver returns an integer."""
    found = np.asarray(root)[()]
    return found if found.dtype.kind == "f" else np.float64(found)


def _with_numbers(found: Any) -> Any:
    """Return a root, or a root and the numbers of its report."""
    if isinstance(found, tuple) and isinstance(found[1], scipy.optimize.OptimizeResult):
        return found[0], numbers_of(found[1])
    return found


def _bracketing(function: Function) -> Function:
    """Return a bracketing solver with slopes of the root that it finds."""
    signature, name = inspect.signature(function), function.__name__

    @calls_back(_with_numbers)
    @functools.wraps(function)
    def solver(*args: Any, **kwargs: Any) -> Any:
        given = signature.bind(*args, **kwargs)
        f, more = given.arguments["f"], given.arguments.get("args", ())
        more = more if isinstance(more, tuple) else (more,)
        called = Called(f, more, real=True)
        given.arguments.update({side: plain_copy(given.arguments[side]) for side in "ab"})
        with releasable(called) as (plain,):
            given.arguments.update(f=plain, args=called.more)
            found = function(*given.args, **given.kwargs)
        if not called.is_traced:
            return found
        f = called.bound()
        solution, *report = found if isinstance(found, tuple) else (found,)
        x = implicit(name, _number(solution), residual_of(f, called), called)
        return (x, Solution.of(report[0], root=x)) if report else x

    solver.__doc__ = (
        f"Return the root of a function in a bracket, as ``scipy.optimize.{name}`` does, with "
        f"slopes.\n\n    See :func:`root_scalar`.\n"
    )
    return solver


brentq = _bracketing(scipy.optimize.brentq)
brenth = _bracketing(scipy.optimize.brenth)
ridder = _bracketing(scipy.optimize.ridder)
bisect = _bracketing(scipy.optimize.bisect)
toms748 = _bracketing(scipy.optimize.toms748)


@calls_back(_with_numbers)
def newton(
    func: Function,
    x0: Array,
    fprime: Any = None,
    args: Any = (),
    tol: float = 1.48e-8,
    maxiter: int = 50,
    fprime2: Any = None,
    x1: Any = None,
    rtol: float = 0.0,
    full_output: bool = False,
    disp: bool = True,
) -> Any:
    """Return roots, as ``scipy.optimize.newton`` does, with slopes; see :func:`root_scalar`.

    For an array ``x0``, each entry is a root of that entry of ``func``, as in SciPy.
    """
    args = args if isinstance(args, tuple) else (args,)
    called = Called(func, args)
    with releasable(called, fprime, fprime2) as (function, slope, bend):
        found = scipy.optimize.newton(
            function, plain_copy(x0), slope, called.more, tol, maxiter, bend, plain_copy(x1), rtol,
            full_output, disp,
        )  # fmt: skip
    if not called.is_traced:
        return found
    func = called.bound()
    solution, *rest = found if isinstance(found, tuple) else (found,)
    solution = np.asarray(solution)[()]
    x = implicit("newton", solution, residual_of(func, called), called, elementwise=True)
    if rest and np.ndim(solution) == 0:
        rest = [Solution.of(rest[0], root=x)]
    return (x, *rest) if rest else x
