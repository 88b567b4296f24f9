"""The workloads, each in a file or a folder."""

from __future__ import annotations

from benchmarks.workload import Workload
from benchmarks.workloads import (
    differential,
    estimators,
    fit,
    gradients,
    growth,
    importing,
    layers,
    likelihood,
    script,
)

__all__ = ["WORKLOADS"]

WORKLOADS: tuple[Workload, ...] = (
    *fit.WORKLOADS,
    *layers.WORKLOADS,
    *estimators.WORKLOADS,
    *gradients.WORKLOADS,
    script.WORKLOAD,
    importing.WORKLOAD,
    likelihood.WORKLOAD,
    differential.WORKLOAD,
    *growth.WORKLOADS,
)
