"""A gamma distribution fitted to 2,000 numbers by SciPy's ``minimize``, with slopes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from benchmarks.checks import same
from benchmarks.workload import AtMost, Engine, Run, Workload

__all__ = ["WORKLOAD"]

Slope = Callable[[Any], Any]
START = np.array([0.0, 0.0])


def _numbers() -> Any:
    return np.random.default_rng(0).gamma(3.0, 0.5, 2_000)


def _loss(namespace: Any, logpdf: Callable[..., Any], x: Any, parameters: Any) -> Any:
    """Return minus the mean log likelihood of the logarithms of shape and scale."""
    shape, scale = namespace.exp(parameters[0]), namespace.exp(parameters[1])
    return parameters[1] - namespace.mean(logpdf(x / scale, shape))


def _fit(value_and_slope: Slope) -> Run:
    """Return a function that fits, and returns the estimates."""
    from scipy.optimize import minimize

    return lambda: np.exp(
        minimize(value_and_slope, START, jac=True, method="BFGS", options={"gtol": 1e-8}).x
    )


def _ours() -> Run:
    import autodiff as ad
    from autodiff.scipy import stats

    return _fit(ad.value_and_grad(partial(_loss, np, stats.gamma.logpdf, _numbers())))


def _ours_jitted() -> Run:
    import autodiff as ad
    from autodiff.scipy import stats

    return _fit(ad.jit(ad.value_and_grad(partial(_loss, np, stats.gamma.logpdf, _numbers()))))


def _autograd() -> Run:
    import autograd
    from autograd.scipy.stats import gamma

    return _fit(autograd.value_and_grad(partial(_loss, autograd.numpy, gamma.logpdf, _numbers())))


def _jax() -> Run:
    import jax

    jax.config.update("jax_enable_x64", val=True)
    loss = partial(_loss, jax.numpy, jax.scipy.stats.gamma.logpdf, _numbers())
    slope = jax.jit(jax.value_and_grad(loss))

    def converted(parameters: Any) -> Any:
        value, slopes = slope(parameters)
        return float(value), np.asarray(slopes)

    return _fit(converted)


def _by_hand() -> Run:
    from scipy.special import digamma, gammaln

    x = _numbers()
    mean, mean_log = np.mean(x), np.mean(np.log(x))

    def value_and_slope(parameters: Any) -> Any:
        shape, scale = np.exp(parameters)
        log_scale = parameters[1]
        value = gammaln(shape) + shape * log_scale - (shape - 1) * mean_log + mean / scale
        slope = [shape * (digamma(shape) + log_scale - mean_log), shape - mean / scale]
        return value, np.array(slope)

    return _fit(value_and_slope)


WORKLOAD = Workload(
    name="likelihood",
    group="scipy",
    title="A gamma distribution fitted to 2,000 numbers by scipy.optimize.minimize",
    column="likelihood",
    engines=(
        Engine("ours, jitted", _ours_jitted),
        Engine("ours, eager", _ours),
        Engine("HIPS autograd", _autograd, ("autograd",)),
        Engine("JAX, jitted", _jax, ("jax",)),
        Engine("by hand", _by_hand),
    ),
    targets=(AtMost("ours, jitted", 0.8, "HIPS autograd"),),
    check=partial(same, tolerance=1e-5),
    note="by hand: two means over the numbers, computed once, are all that the likelihood needs",
)
