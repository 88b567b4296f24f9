"""The controls: work that runs none of our code, to measure the noise of the machine.

One uses one core, the other as many as BLAS chooses. On a virtual machine the second one shows
more: while two of its cores share one core of the host, matrix products take 1.5 times as long, and
no other measure shows it.
"""

from __future__ import annotations

from typing import Any

from benchmarks.workload import Engine, Run

__all__ = ["CONTROLS"]


def _one_core() -> Run:
    import numpy as np

    rng = np.random.default_rng(0)
    matrix, vector = rng.normal(size=(100, 100)), rng.normal(size=100)

    def run() -> Any:
        total = 0.0
        for i in range(1_000):
            total = total * 0.5 + i
        return np.tanh(matrix @ vector) * total

    return run


def _all_cores() -> Run:
    import numpy as np

    rng = np.random.default_rng(0)
    one, other = rng.normal(size=(512, 128)), rng.normal(size=(128, 784))
    product = np.empty((512, 784))
    return lambda: one.dot(other, product)


CONTROLS = {
    control.name: control
    for control in (
        Engine("control: NumPy and a loop", _one_core),
        Engine("control: product of matrices", _all_cores),
    )
}
