"""Values and slopes of plain functions, computed by all engines."""

from __future__ import annotations

from benchmarks.workload import Workload
from benchmarks.workloads.gradients import chain, logistic, mlp, pendulums, rnn, rosenbrock

__all__ = ["WORKLOADS"]

TITANIC, DIGITS = (10, 100, 100, 2), (784, 50, 50, 10)
WORKLOADS: tuple[Workload, ...] = (
    chain.workload("chain", 1),
    chain.workload("chain-variables", 3),
    rosenbrock.workload(),
    logistic.workload(),
    mlp.workload("mlp-small", TITANIC, "float64"),
    mlp.workload("mlp-small-float32", TITANIC, "float32"),
    mlp.workload("mlp-digits", DIGITS, "float64"),
    mlp.workload("mlp-digits-float32", DIGITS, "float32"),
    rnn.workload(),
    pendulums.workload(),
)
