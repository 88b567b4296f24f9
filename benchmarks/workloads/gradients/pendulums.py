"""Ten pendulums through 200 steps in time: many operations, each on a small array.

The steps are semi-implicit Euler steps: first the speed, then the angle with the new speed.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.checks import same
from benchmarks.workload import Run, Workload
from benchmarks.workloads.gradients.engines import Problem, engines

__all__ = ["workload"]

STEPS, PENDULUMS, STEP = 200, 10, 0.01


def workload() -> Workload:
    """Return the workload for the gradient of the squared final angles in the first state."""
    return Workload(
        "pendulums",
        "gradients",
        f"Gradient through {STEPS} time steps of {PENDULUMS} pendulums: many small operations",
        "many small operations",
        engines(_make, _by_hand),
        check=same,
    )


def _make() -> Problem:
    rng = np.random.default_rng(0)
    return Problem(_loss, (rng.normal(size=PENDULUMS), rng.normal(size=PENDULUMS)))


def _loss(np: Any, angle: Any, speed: Any) -> Any:
    for _ in range(STEPS):
        speed = speed - STEP * np.sin(angle)
        angle = angle + STEP * speed
    return np.sum(angle**2)


def _by_hand() -> Run:
    start, start_speed = _make().parameters

    def run() -> Any:
        angle, speed = start, start_speed
        angles = []
        for _ in range(STEPS):
            angles.append(angle)
            speed = speed - STEP * np.sin(angle)
            angle = angle + STEP * speed
        d_angle, d_speed = 2 * angle, np.zeros_like(angle)
        for before in reversed(angles):
            d_speed = d_speed + STEP * d_angle
            d_angle = d_angle - STEP * np.cos(before) * d_speed
        return np.sum(angle**2), d_angle, d_speed

    return run
