"""The time of imports on top of NumPy, in a new process each time."""

from __future__ import annotations

import subprocess
import sys
from functools import partial

from benchmarks.workload import AtMost, Engine, Measured, Run, Workload

__all__ = ["WORKLOAD", "measured_import"]

SCRIPT = """
import time, numpy
start = time.perf_counter()
import {module}
print(time.perf_counter() - start)
"""


def measured_import(module: str) -> Measured:
    """Measure the import of a module in a new process that has imported NumPy."""
    command = [sys.executable, "-c", SCRIPT.format(module=module)]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return Measured(float(output))


def _prepare(module: str) -> Run:
    return partial(measured_import, module)


def _peer(module: str, package: str) -> Engine:
    return Engine(f"import {module}", partial(_prepare, module), (package,))


WORKLOAD = Workload(
    "import",
    "import",
    "Import on top of NumPy",
    "import",
    (
        Engine("import autodiff", partial(_prepare, "autodiff")),
        Engine("import nn", partial(_prepare, "nn")),
        _peer("autograd", "autograd"),
        _peer("mygrad", "mygrad"),
        _peer("advect", "advect"),
        _peer("jax", "jax"),
        _peer("torch", "torch"),
    ),
    (AtMost("import autodiff", 0.050),),
)
