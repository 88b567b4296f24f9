"""The control: work that touches none of our code, to show how noisy the machine was."""

from __future__ import annotations

from typing import Any

from benchmarks.workload import Engine, Run

__all__ = ["CONTROL"]


def _prepare() -> Run:
    import numpy as np

    rng = np.random.default_rng(0)
    matrix, vector = rng.normal(size=(100, 100)), rng.normal(size=100)

    def run() -> Any:
        total = 0.0
        for i in range(1_000):
            total = total * 0.5 + i
        return np.tanh(matrix @ vector) * total

    return run


CONTROL = Engine("control: NumPy and a loop", _prepare)
