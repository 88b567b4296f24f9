import subprocess
import sys

import pytest

PROGRAM = "import sys, numpy, autodiff; before = set(sys.modules); import nn; "
SLOW = ("tqdm", "graphviz", "matplotlib", "pandas", "zipfile", "mpi4py", "sklearn", "pickle")


@pytest.fixture(scope="module")
def imported() -> set[str]:
    """Return the modules that ``import nn`` adds to those of NumPy and autodiff."""
    program = PROGRAM + "print(*(set(sys.modules) - before))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    return set(run.stdout.decode().split())


@pytest.mark.slow
@pytest.mark.parametrize("name", SLOW)
def test_slow_modules_are_imported_lazily(imported, name):
    assert name not in imported
