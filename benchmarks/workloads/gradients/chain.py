"""A chain of scalar multiply-adds, ``y = y * a + b``, to measure the overhead per operation.

In one variant a and b are plain numbers, in the other they are variables with slopes.
"""

from __future__ import annotations

import sys
from functools import partial
from typing import Any

from benchmarks.checks import same
from benchmarks.workload import AtMost, Engine, Run, Workload
from benchmarks.workloads.gradients.engines import Problem, engines

__all__ = ["all_engines", "workload"]

START = (1.0, 0.999, 0.001)
TARGETS = (
    AtMost("ours, backward()", 1 / 1.3, "micrograd"),
    AtMost("ours, eager", 1 / 1.3, "micrograd"),
    AtMost("ours, eager", 1 / 3, "HIPS autograd"),
)


def workload(name: str, slopes: int, length: int = 1_000) -> Workload:
    """Return the workload for the slopes of a chain.

    Args:
        name: selects it on the command line.
        slopes: 1 for the slope in y only, 3 for the slopes in y, a and b.
        length: the number of multiply-adds.
    """
    kind = "of variables" if slopes == 3 else "with numbers"
    return Workload(
        name,
        "gradients",
        f"Chain of {length:,} multiply-adds {kind}",
        f"chain {kind}",
        all_engines(slopes, length),
        TARGETS,
        same,
    )


def all_engines(slopes: int, length: int) -> tuple[Engine, ...]:
    """Return all engines for one chain."""
    micrograd = Engine("micrograd", partial(_micrograd, slopes, length), ("micrograd",))
    by_hand = partial(_by_hand if slopes == 3 else _numbers_by_hand, length)
    return engines(partial(_make, slopes, length), by_hand, [micrograd])


def _make(slopes: int, length: int) -> Problem:
    return Problem(partial(_chain, length), START[:slopes])


def _chain(length: int, _: Any, y: Any, a: Any = START[1], b: Any = START[2]) -> Any:
    for _ in range(length):
        y = y * a + b
    return y


def _micrograd(slopes: int, length: int) -> Run:
    from micrograd.engine import Value

    sys.setrecursionlimit(10 * length + 1_000)  # micrograd walks the graph recursively

    def run() -> Any:
        variables = [Value(v) for v in START[:slopes]]
        y = _chain(length, None, *variables)
        y.backward()
        return y.data, [v.grad for v in variables]

    return run


def _numbers_by_hand(length: int) -> Run:
    def run() -> Any:
        y, a, b = START
        for _ in range(length):
            y = y * a + b
        g = 1.0
        for _ in range(length):
            g = g * a
        return y, g

    return run


def _by_hand(length: int) -> Run:
    def run() -> Any:
        y, a, b = START
        values = []
        for _ in range(length):
            values.append(y)
            y = y * a + b
        g, slope_a, slope_b = 1.0, 0.0, 0.0
        for before in reversed(values):
            slope_b += g
            slope_a += g * before
            g = g * a
        return y, g, slope_a, slope_b

    return run
