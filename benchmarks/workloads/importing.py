"""What importing costs on top of NumPy, in a new process each time."""

from __future__ import annotations

import subprocess
import sys
from functools import partial

from benchmarks.workload import AtMost, Engine, Run, Workload

__all__ = ["workload"]

SCRIPT = """
import time, numpy
start = time.perf_counter()
import {module}
print(time.perf_counter() - start)
"""


def workload() -> Workload:
    """The import of ours and of the peers."""
    engines = (
        Engine("import autodiff", partial(_prepare, "autodiff")),
        Engine("import autograd", partial(_prepare, "autograd"), "autograd"),
        Engine("import mygrad", partial(_prepare, "mygrad"), "mygrad"),
    )
    return Workload(
        name="import",
        group="import",
        title="Import on top of NumPy",
        engines=engines,
        targets=(AtMost("import autodiff", 0.050),),
        answers_seconds=True,
    )


def _prepare(module: str) -> Run:
    return partial(seconds_of_import, module)


def seconds_of_import(module: str) -> float:
    """Time the import of a module in a new process that has imported NumPy."""
    command = [sys.executable, "-c", SCRIPT.format(module=module)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
