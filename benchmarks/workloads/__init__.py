"""The workloads, a file or a folder each."""

from __future__ import annotations

from benchmarks.workload import Workload
from benchmarks.workloads import fit, gradients, growth, importing, script

__all__ = ["WORKLOADS"]

WORKLOADS: tuple[Workload, ...] = (
    *fit.WORKLOADS,
    *gradients.WORKLOADS,
    script.WORKLOAD,
    importing.WORKLOAD,
    *growth.WORKLOADS,
)
