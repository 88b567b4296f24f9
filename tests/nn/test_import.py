import subprocess
import sys

import pytest

PROGRAM = "import sys, numpy, autodiff; before = set(sys.modules); import nn; "
SLOW = ("tqdm", "graphviz", "matplotlib", "pandas", "zipfile")


@pytest.fixture(scope="module")
def imported() -> set[str]:
    """The modules that ``import nn`` adds to those of NumPy and the engine."""
    program = PROGRAM + "print(*(set(sys.modules) - before))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    return set(run.stdout.decode().split())


@pytest.mark.parametrize("name", SLOW)
def test_what_is_slow_to_import_is_imported_where_it_is_used(imported, name):
    assert name not in imported
