"""Scripts run by mpiexec, for the tests."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
MPIEXEC = Path(sys.executable).with_name("mpiexec")
needs_mpi = pytest.mark.skipif(
    not os.environ.get("SLOPES_NEEDS_MPI")  # with which CI fails without them
    and importlib.util.find_spec("mpi4py") is None,
    reason="mpi4py or mpich isn't installed: pip install --group test",
)


def start(count, script, *arguments):
    """Start a script in some processes; without mpiexec if there are none."""
    command = [] if count == 0 else [MPIEXEC, "-n", str(count)]
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(
        [*command, sys.executable, HERE / script, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1"},
    )


def run(count, script, *arguments):
    """Run a script to its end; see `start`."""
    with start(count, script, *arguments) as running:
        try:
            output, errors = running.communicate(timeout=120)
        except subprocess.TimeoutExpired:
            running.kill()  # and mpiexec ends its processes
            raise
    return subprocess.CompletedProcess(running.args, running.returncode, output, errors)
