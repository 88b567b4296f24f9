"""A whole script as a process: import, load 2,000 digits, train 10 epochs, predict."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from benchmarks.checks import accurate
from benchmarks.memory import bytes_of_maxrss
from benchmarks.workload import AtMost, Engine, Measured, Run, Workload

__all__ = ["WORKLOAD", "run_script"]

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
BACKENDS = {"jax": "JAX", "torch": "PyTorch", "tensorflow": "TensorFlow"}


def run_script(script: Path, argument: str, settings: dict[str, str]) -> Measured:
    """Return the wall time, peak memory and printed accuracy of a script in a new process.

    Args:
        script: the script.
        argument: its argument.
        settings: additional environment variables; our variables for glibc aren't passed on.

    Raises:
        RuntimeError: the script failed.
    """
    own = {key: value for key, value in os.environ.items() if not key.startswith("MALLOC_")}
    environment = {**own, "PYTHONPATH": str(ROOT), **settings}
    command = [sys.executable, str(script), argument]
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=errors, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode:
            raise RuntimeError(f"{script.name} failed: {errors.read()}")
        cores = (usage.ru_utime + usage.ru_stime) / seconds
        peak = bytes_of_maxrss(usage.ru_maxrss)
        return Measured(seconds, float(output.read()), peak, cores)


def _prepare(name: str, **settings: str) -> Run:
    import numpy as np

    from nn.datasets import mnist

    (x, classes), _ = mnist.load_data()
    folder = tempfile.TemporaryDirectory()  # it exists as long as the function that uses it
    np.savez_compressed(f"{folder.name}/digits.npz", x=x[:2500], classes=classes[:2500])
    return lambda: run_script(HERE / f"{name}.py", f"{folder.name}/digits.npz", settings)


def _keras(backend: str) -> Engine:
    prepare = partial(_prepare, "with_keras", KERAS_BACKEND=backend)
    return Engine(f"Keras on {BACKENDS[backend]}", prepare, ("keras", backend))


WORKLOAD = Workload(
    "script",
    "script",
    "A whole script: import, load 2,000 digits, train 10 epochs with early stopping, predict 500",
    "whole script",
    (
        Engine("ours", partial(_prepare, "with_nn")),
        Engine("scikit-learn", partial(_prepare, "with_scikit_learn"), ("scikit-learn",)),
        Engine("PyTorch, fused Adam", partial(_prepare, "with_pytorch"), ("torch",)),
        *map(_keras, BACKENDS),
    ),
    (
        AtMost("ours", 0.4, "scikit-learn"),
        AtMost("ours", 0.2, "PyTorch, fused Adam"),
        *(AtMost("ours", 0.08, f"Keras on {name}") for name in BACKENDS.values()),
    ),
    accurate,
    note="A fifth of the digits is for validation; scikit-learn monitors the accuracy on it, the "
    "others monitor the loss. All classify 500 more digits, at least 80 % of them correctly.",
)
