"""Whether there are other processes, where mpi4py can't say."""

import sys

import pytest

from nn.distribution.communicator import world

LAUNCHERS = ["PMI_SIZE", "OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "MPI_LOCALNRANKS"]


@pytest.mark.parametrize("launcher", LAUNCHERS)
def test_a_process_that_was_started_with_others_needs_mpi4py(monkeypatch, launcher):
    monkeypatch.setitem(sys.modules, "mpi4py", None)  # as if it weren't installed
    for name in LAUNCHERS:
        monkeypatch.delenv(name, raising=False)
    assert world() is None
    monkeypatch.setenv(launcher, "2")
    with pytest.raises(ImportError, match=r"started by mpiexec.*pip install"):
        world()
