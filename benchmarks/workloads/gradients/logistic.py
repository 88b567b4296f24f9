"""Logistic regression on a thousand rows: one matrix product and a few elementwise functions."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.checks import same
from benchmarks.workload import Run, Workload
from benchmarks.workloads.gradients.engines import Problem, engines

__all__ = ["workload"]

ROWS, COLUMNS = 1_000, 20


def workload() -> Workload:
    """Return the workload for the gradient in the weights and the bias."""
    return Workload(
        "logistic",
        "gradients",
        f"Gradient of a logistic regression, {ROWS:,} rows of {COLUMNS}",
        "logistic regression",
        engines(_make, _by_hand),
        check=same,
    )


def _make() -> Problem:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(ROWS, COLUMNS))
    sign = np.sign(x @ rng.normal(size=COLUMNS) + rng.normal(size=ROWS))
    return Problem(_loss, (rng.normal(size=COLUMNS) * 0.1, np.asarray(0.1)), (x, sign))


def _loss(np: Any, w: Any, b: Any, x: Any, sign: Any) -> Any:
    return np.mean(np.log(1 + np.exp(-sign * (np.matmul(x, w) + b))))


def _by_hand() -> Run:
    problem = _make()
    (w, b), (x, sign) = problem.parameters, problem.data

    def run() -> Any:
        exponentials = np.exp(-sign * (x @ w + b))
        total = 1 + exponentials
        d = -sign * exponentials / total / len(x)
        return np.mean(np.log(total)), d @ x, np.sum(d)

    return run
