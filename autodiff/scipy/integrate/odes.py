"""Ordinary differential equations: ``odeint`` and ``solve_ivp``, with slopes of the solution.

The values are SciPy's; see ``path.py`` for the slopes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.integrate

from autodiff.core.errors import user_line
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array, Function
from autodiff.scipy.called import Called, as_array, calls_back, releasable
from autodiff.scipy.face import is_traced
from autodiff.scipy.integrate.path import Path
from autodiff.scipy.solution import Solution, numbers_of
from autodiff.scipy.solved import Retraced
from autodiff.transforms.opaque import record

__all__ = ["odeint", "solve_ivp"]


@calls_back()
def odeint(
    func: Function,
    y0: Array,
    t: Array,
    args: Any = (),
    Dfun: Any = None,
    col_deriv: int = 0,
    full_output: int = 0,
    ml: Any = None,
    mu: Any = None,
    rtol: Any = None,
    atol: Any = None,
    *,
    tfirst: bool = False,
    **options: Any,
) -> Any:
    """Return the solution of y' = func(y, t) at the times t, as ``odeint`` of SciPy, with slopes.

    It has slopes in ``y0``, ``t``, ``args``, and in traced values that ``func`` closes over, to any
    order, by differentiating steps: those of DOP853, or of Radau's method where LSODA finds the
    equation to be stiff. Values and slopes meet the tolerances, 1.5e-8 by default.

    Raises:
        NotImplementedError: the full output of a traced problem.

    >>> import numpy as np, autodiff as ad
    >>> from autodiff.scipy.integrate import odeint
    >>> def amount(rate):                       # exp(-rate) after one second
    ...     return odeint(lambda y, t, rate: -rate * y, [1.0], [0.0, 1.0], args=(rate,))[-1, 0]
    >>> round(ad.grad(amount)(2.0), 5)          # -exp(-2)
    -0.13534
    """
    args = args if isinstance(args, tuple) else (args,)
    called = Called(func, (y0, t, args), real=True)
    start, times, more = called.more
    with releasable(called, Dfun) as (function, jac):
        found = scipy.integrate.odeint(
            function, start, times, more, jac, col_deriv, full_output, ml, mu, rtol, atol,
            tfirst=tfirst, **options,
        )  # fmt: skip
    if not called.is_traced:
        return found
    func = called.bound()
    if full_output:
        raise NotImplementedError(
            f"odeint of a traced problem has no full output (called at {user_line()}). Leave it "
            f"out."
        )

    def f(t: Array, y: Array, *args: Any) -> Array:
        return func(t, y, *args) if tfirst else func(y, t, *args)

    path = Path(
        f, called, lambda values: called.filled(values)[2], "LSODA", times[-1], _tolerance(rtol),
        _tolerance(atol), max_step=options.get("hmax") or np.inf,
    )  # fmt: skip

    def trace(*values: Array) -> tuple[Array, ...]:
        y0, t, args = called.filled(values)
        t = as_array(t)
        return (np.stack(path.states(y0, t[0], t, args)),)

    return record(Retraced("odeint", (found,), called.closed, trace), called.values)[0]


def _tolerance(given: Any) -> Any:
    """Return a tolerance that ``solve_ivp`` accepts; None is the default of ``odeint``."""
    return np.maximum(1.49012e-8 if given is None else given, 1e-13)


@calls_back(numbers_of)
def solve_ivp(
    fun: Function,
    t_span: Any,
    y0: Array,
    method: Any = "RK45",
    t_eval: Any = None,
    dense_output: bool = False,
    events: Any = None,
    vectorized: bool = False,
    args: Any = None,
    **options: Any,
) -> Any:
    """Return the solution of y' = fun(t, y), as ``scipy.integrate.solve_ivp`` does, with slopes.

    ``result.y`` has slopes in ``y0``, ``args``, ``t_span``, ``t_eval``, and in traced values that
    ``fun`` closes over, to any order, by differentiating steps: those of the method, and for BDF
    and LSODA those of Radau's method or DOP853. Values and slopes meet ``rtol`` and ``atol``, by
    default 1e-3 and 1e-6.

    Raises:
        NotImplementedError: events, dense output, or a solver of your own, of a traced problem.
        RuntimeError: the solver didn't reach the end of a traced problem.

    >>> import numpy as np, autodiff as ad
    >>> from autodiff.scipy.integrate import solve_ivp
    >>> def amount(rate):                       # exp(-rate) after one second
    ...     return solve_ivp(lambda t, y: -rate * y, (0, 1), [1.0], rtol=1e-8).y[0, -1]
    >>> round(ad.grad(amount)(2.0), 5)          # -exp(-2)
    -0.13534
    """
    called = Called(fun, (t_span, y0, t_eval, args))
    span, start, times, more = called.more
    with releasable(called, options.get("jac")) as (function, jac):
        own = {**options, "jac": jac} if "jac" in options else options
        result = scipy.integrate.solve_ivp(
            function, span, start, method, times, dense_output, events, vectorized, more, **own
        )
    if not called.is_traced:
        return result
    fun = called.bound()
    if dense_output or events is not None or not isinstance(method, str) or is_traced(options):
        raise NotImplementedError(
            "solve_ivp of a traced problem has no events and no dense output, and takes plain "
            f"options and one of SciPy's methods by its name (called at {user_line()}). Ask for "
            f"times (t_eval=)."
        )
    if not result.success:
        raise RuntimeError(
            f"expected solve_ivp to reach the end of a traced problem, got: {result.message}. "
            f"Loosen rtol and atol, use another method, or end earlier."
        )

    def f(t: Array, y: Array, *args: Any) -> Array:
        return fun(t, y[:, None] if vectorized else y, *args)

    kept = {name: options[name] for name in ("max_step", "first_step") if name in options}
    path = Path(
        f, called, lambda values: called.filled(values)[3] or (), method, span[1],
        options.get("rtol", 1e-3), options.get("atol", 1e-6), **kept,
    )  # fmt: skip

    def trace(*values: Array) -> tuple[Array, ...]:
        span, y0, t_eval, args = called.filled(values)
        t = _times(result.t, span) if t_eval is None else as_array(t_eval)
        states = path.states(y0, span[0], t, args or ())
        return (np.stack(states, axis=-1),)

    (y,) = record(Retraced("solve_ivp", (result.y,), called.closed, trace), called.values)
    t = _times(result.t, t_span) if t_eval is None else result.t
    return Solution.of(result, t=as_array(t_eval) if is_traced(t_eval) else t, y=y)


def _times(steps: Array, span: Any) -> Array:
    """Return the times of the solver's steps, with traced ends."""
    if not any(isinstance(end, Tensor) for end in span):
        return steps
    return np.stack([span[0], *steps[1:-1], span[1]])
