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


def run(count, script, *arguments):
    """Run a script in some processes; without mpiexec if there is to be one without MPI."""
    command = [] if count == 0 else [MPIEXEC, "-n", str(count)]
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        [*command, sys.executable, HERE / script, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=os.environ | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1"},
    )
