"""The workloads, one file each."""

from __future__ import annotations

from benchmarks.workload import Workload
from benchmarks.workloads import chain, importing, mlp

__all__ = ["WORKLOADS"]

WORKLOADS: tuple[Workload, ...] = (
    chain.with_numbers(),
    chain.with_variables(),
    mlp.gradient("mlp-small", (10, 100, 100, 2), "float64"),
    mlp.gradient("mlp-small-float32", (10, 100, 100, 2), "float32"),
    mlp.gradient("mlp-digits", (784, 50, 50, 10), "float64"),
    mlp.gradient("mlp-digits-float32", (784, 50, 50, 10), "float32"),
    importing.workload(),
)
