"""Rosenbrock's function in many dimensions: a few operations on one vector.

H. H. Rosenbrock 1960, "An automatic method for finding the greatest or least value of a function".
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.checks import same
from benchmarks.workload import Run, Workload
from benchmarks.workloads.gradients.engines import Problem, engines

__all__ = ["workload"]

DIMENSIONS = 100


def workload() -> Workload:
    """Return the workload for the gradient at one point."""
    return Workload(
        "rosenbrock",
        "gradients",
        f"Gradient of Rosenbrock's function in {DIMENSIONS} dimensions",
        "Rosenbrock",
        engines(_make, _by_hand),
        check=same,
    )


def _make() -> Problem:
    return Problem(_rosenbrock, (np.random.default_rng(0).normal(size=DIMENSIONS),))


def _rosenbrock(np: Any, x: Any) -> Any:
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def _by_hand() -> Run:
    (x,) = _make().parameters

    def run() -> Any:
        bend, rest = x[1:] - x[:-1] ** 2, 1 - x[:-1]
        slope = np.zeros_like(x)
        slope[1:] = 200 * bend
        slope[:-1] -= 400 * bend * x[:-1] + 2 * rest
        return np.sum(100 * bend**2 + rest**2), slope

    return run
