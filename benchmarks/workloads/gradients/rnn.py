"""A recurrent network over 30 steps (Elman 1990): the same weights used again and again."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from benchmarks.checks import same
from benchmarks.workload import AtMost, Run, Workload
from benchmarks.workloads.gradients.engines import Problem, engines

__all__ = ["workload"]

STEPS, BATCH, INPUTS, UNITS = 30, 32, 8, 64


def workload() -> Workload:
    """Return the workload for the gradient through time, in float32."""
    return Workload(
        "rnn",
        "gradients",
        f"Gradient of a recurrent network of {UNITS} units over {STEPS} steps, batch of {BATCH}, "
        "float32",
        f"RNN, {STEPS} steps",
        engines(_make, _by_hand),
        (AtMost("ours, jitted", 1 / 2, "ours, eager"),),
        partial(same, tolerance=1e-4),
    )


def _make() -> Problem:
    rng = np.random.default_rng(0)

    def draw(*shape: int) -> Any:
        return (rng.normal(size=shape) / shape[0] ** 0.5).astype("float32")

    parameters = draw(INPUTS, UNITS), draw(UNITS, UNITS), draw(UNITS), draw(UNITS, 1)
    x = rng.normal(size=(STEPS, BATCH, INPUTS)).astype("float32")
    return Problem(_loss, parameters, (x, np.tanh(x[..., :1].sum(axis=0))))


def _loss(np: Any, w_x: Any, w_h: Any, b: Any, w_y: Any, x: Any, y: Any) -> Any:
    h = np.tanh(np.matmul(x[0], w_x) + b)
    for t in range(1, STEPS):
        h = np.tanh(np.matmul(x[t], w_x) + np.matmul(h, w_h) + b)
    return np.mean((np.matmul(h, w_y) - y) ** 2)


def _by_hand() -> Run:
    problem = _make()
    (w_x, w_h, b, w_y), (x, y) = problem.parameters, problem.data

    def run() -> Any:
        h = [np.tanh(x[0] @ w_x + b)]
        for t in range(1, STEPS):
            h.append(np.tanh(x[t] @ w_x + h[-1] @ w_h + b))
        error = h[-1] @ w_y - y
        d_y = 2 / BATCH * error
        d_x, d_h, d_b = np.zeros_like(w_x), np.zeros_like(w_h), np.zeros_like(b)
        d = d_y @ w_y.T
        for t in reversed(range(STEPS)):
            d *= 1 - h[t] ** 2
            d_x += x[t].T @ d
            d_b += d.sum(axis=0)
            if t:
                d_h += h[t - 1].T @ d
                d = d @ w_h.T
        return np.mean(error**2), d_x, d_h, d_b, h[-1].T @ d_y

    return run
