"""The growth of time and memory with the length of a chain and the size of a network.

A gradient costs as much as a handful of evaluations, for any number of parameters; time and memory
are linear in the number of operations.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from benchmarks.checks import same
from benchmarks.workload import Engine, Workload
from benchmarks.workloads.gradients import chain, mlp

__all__ = ["WORKLOADS", "of_batch", "of_layers", "of_operations", "of_width"]

NOT_DRAWN = ("MyGrad's layers", "ours, backward()", "JAX, eager", "advect", "advect, staged")
LONGEST = {
    "JAX, jitted": 1_000,
    "ours, machine code": 1_000,
    "ours, jitted": 10_000,
    "micrograd": 10_000,
    "HIPS autograd": 100_000,
    "MyGrad": 100_000,
}


def of_operations(length: int) -> Workload:
    """Return the workload for the slope of a chain of this many multiply-adds."""
    engines = tuple(_up_to(e, length) for e in chain.all_engines(1, length))
    return _workload("operations", "multiply-adds in a chain", length, engines, 1e-9)


def of_width(width: int) -> Workload:
    """Return the workload for a network with two hidden layers of this width."""
    engines = mlp.all_engines((64, width, width, 10), "float32")
    return _workload("width", "units of two hidden layers", width, engines)


def of_batch(batch: int) -> Workload:
    """Return the workload for a network on this many rows."""
    engines = mlp.all_engines((64, 64, 64, 10), "float32", batch)
    return _workload("batch", "rows of a batch", batch, engines)


def of_layers(layers: int) -> Workload:
    """Return the workload for a network with this many hidden layers."""
    engines = mlp.all_engines((64, *(64,) * layers, 10), "float32")
    return _workload("layers", "hidden layers of 64 units", layers, engines)


def _workload(
    name: str, axis: str, size: int, engines: tuple[Engine, ...], tolerance: float = 1e-3
) -> Workload:
    return Workload(
        name=f"growth-{name}-{size}",
        group="growth",
        title=f"{size:,} {axis}",
        column=f"{size:,}",
        engines=tuple(e for e in engines if e.name not in NOT_DRAWN),
        check=partial(same, tolerance=tolerance),
        size=size,
        axis=axis,
    )


def _up_to(engine: Engine, length: int) -> Engine:
    """Leave out an engine that takes minutes for this length."""
    longest = LONGEST.get(engine.name)
    if longest is None or length <= longest:
        return engine
    return replace(engine, left_out=f"measured up to {longest:,} only")


WORKLOADS = (
    *(of_operations(10**n) for n in range(2, 7)),
    *(of_width(2**n) for n in (4, 6, 8, 10)),
    *(of_batch(2**n) for n in (0, 3, 6, 9, 12)),
    *(of_layers(2**n) for n in (0, 2, 4, 6)),
)
