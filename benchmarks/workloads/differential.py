"""The slope of a fit to the solution of a differential equation: hunters and prey over time.

The equations are those of Lotka and Volterra: prey x and hunters y change by ``a x - b x y`` and
``d x y - c y`` per unit of time. The loss compares them with data at 20 times, and is
differentiated in the first state and in the four rates.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from benchmarks.checks import same
from benchmarks.workload import AtMost, Engine, Run, Workload

__all__ = ["WORKLOAD"]

TIMES = np.linspace(0, 10, 20)
START = np.array([1.0, 0.5])
RATES = np.array([1.0, 0.5, 0.8, 0.4])
DATA = np.random.default_rng(0).uniform(0.5, 3, (len(TIMES), 2))


def _change(np: Any, state: Any, _: Any, rates: Any) -> Any:
    a, b, c, d = rates[0], rates[1], rates[2], rates[3]
    x, y = state[0], state[1]
    return np.stack([a * x - b * x * y, d * x * y - c * y])


def _loss(np: Any, odeint: Any, start: Any, rates: Any) -> Any:
    return np.mean((odeint(partial(_change, np), start, TIMES, rates) - DATA) ** 2)


def _ours() -> Run:
    import autodiff as ad
    from autodiff.scipy.integrate import odeint

    def solve(change: Any, start: Any, times: Any, rates: Any) -> Any:
        return odeint(change, start, times, args=(rates,))

    return partial(ad.value_and_grad(partial(_loss, np, solve), (0, 1)), START, RATES)


def _autograd() -> Run:
    import autograd
    import autograd.builtins
    from autograd.scipy.integrate import odeint

    def solve(change: Any, start: Any, times: Any, rates: Any) -> Any:
        return odeint(change, start, times, autograd.builtins.tuple((rates,)))

    return partial(
        autograd.value_and_grad(partial(_loss, autograd.numpy, solve), (0, 1)), START, RATES
    )


def _jax() -> Run:
    import jax
    from jax.experimental.ode import odeint

    jax.config.update("jax_enable_x64", val=True)
    slope = jax.jit(jax.value_and_grad(partial(_loss, jax.numpy, odeint), (0, 1)))
    arguments = jax.numpy.asarray(START), jax.numpy.asarray(RATES)
    return lambda: jax.block_until_ready(slope(*arguments))


def _by_hand() -> Run:
    from scipy.integrate import odeint

    def change(both: Any, _: float) -> Any:
        """Return the change of the state and of its slopes in the first state and in the rates."""
        x, y = both[:2]
        a, b, c, d = RATES
        slopes = both[2:].reshape(2, 6)
        jacobian = np.array([[a - b * y, -b * x], [d * y, d * x - c]])
        moved = jacobian @ slopes
        moved[0, 2] += x
        moved[0, 3] -= x * y
        moved[1, 4] -= y
        moved[1, 5] += x * y
        return np.concatenate([[a * x - b * x * y, d * x * y - c * y], moved.ravel()])

    first = np.concatenate([START, np.eye(2, 6).ravel()])

    def run() -> Any:
        found = odeint(change, first, TIMES)
        error = found[:, :2] - DATA
        slope = 2 / error.size * np.einsum("ti,tij->j", error, found[:, 2:].reshape(-1, 2, 6))
        return np.mean(error**2), slope[:2], slope[2:]

    return run


WORKLOAD = Workload(
    name="odeint",
    group="scipy",
    title="Value and slope of a fit to the solution of a differential equation",
    column="differential equation",
    engines=(
        Engine("ours", _ours),
        Engine("HIPS autograd", _autograd, ("autograd",)),
        Engine("JAX, jitted", _jax, ("jax",)),
        Engine("by hand", _by_hand),
    ),
    targets=(AtMost("ours", 0.5, "HIPS autograd"),),
    check=partial(same, tolerance=1e-5),
    note="by hand: the slopes of the state are part of the state (forward sensitivities)",
)
