"""The communication between processes: mpi4py, with waits that notice when a process has ended.

MPI's own calls wait forever for a process that has left the script. Here a wait is a loop that
tests whether the operation is complete and, once that takes long, whether a process has announced
its end.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Communicator", "world"]

_LAUNCHERS = ("PMI_SIZE", "OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "MPI_LOCALNRANKS")
_PATIENCE = 0.1  # seconds of waiting before testing whether a process has ended
_INSTALL = "Install it: pip install 'slopes[mpi]', or pip install mpi4py beside a cluster's MPI."
_END = 1  # the tag of the message that a process sends as it ends
_yield_processor = getattr(os, "sched_yield", lambda: time.sleep(0))


class Communicator:
    """The processes that train together.

    Args:
        mpi: the module ``mpi4py.MPI``.
        comm: an intracommunicator of it; it is duplicated, so that messages don't mix with others.

    Attributes:
        rank: the number of this process.
        size: the number of processes.
    """

    def __init__(self, mpi: Any, comm: Any) -> None:
        self._mpi, self._comm, self._control = mpi, comm.Dup(), comm.Dup()
        self.rank: int = comm.Get_rank()
        self.size: int = comm.Get_size()
        self._left: set[int] = set()  # the processes that have announced their end

    def add_up(self, array: NDArray[Any]) -> None:
        """Replace an array by its sum over the processes, the same bits on each of them.

        Args:
            array: contiguous, of the same shape and dtype on all processes.
        """
        self._wait(self._comm.Iallreduce(self._mpi.IN_PLACE, array, op=self._mpi.SUM))

    def broadcast(self, array: NDArray[Any]) -> None:
        """Replace an array by that of process 0."""
        if array.flags.c_contiguous:
            self._wait(self._comm.Ibcast(array, root=0))
            return
        whole = np.ascontiguousarray(array)
        self._wait(self._comm.Ibcast(whole, root=0))
        array[...] = whole

    def rows_of_all(self, array: NDArray[Any], counts: list[int]) -> NDArray[Any]:
        """Return the rows of all processes, in their order.

        Args:
            array: the rows of this process.
            counts: the number of rows of each process.
        """
        array = np.ascontiguousarray(array)
        whole = np.empty((sum(counts), *array.shape[1:]), array.dtype)
        width = array.itemsize * int(np.prod(array.shape[1:], dtype=int))
        received = [whole, [count * width for count in counts], None, self._mpi.BYTE]
        self._wait(self._comm.Iallgatherv([array, self._mpi.BYTE], received))
        return whole

    def values_of_all(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the same few numbers of all processes, a row for each."""
        found = np.empty((self.size, *values.shape))
        self._wait(self._comm.Iallgather(values, found))
        return found

    def object_of_main(self, value: Any) -> Any:
        """Return the object of process 0, which is pickled."""
        import pickle  # of trusted processes, which run the same script

        data = pickle.dumps(value) if self.rank == 0 else b""
        length = np.array([len(data)], np.int64)
        self.broadcast(length)
        buffer = np.frombuffer(bytearray(data or bytes(int(length[0]))), np.uint8)
        self.broadcast(buffer)
        return pickle.loads(buffer.tobytes())

    def abort(self, code: int) -> None:
        """End all processes."""
        self._comm.Abort(code)

    def announce_end(self) -> None:
        """Announce to the other processes that this one ends, and wait until they do as well."""
        others = [rank for rank in range(self.size) if rank != self.rank]
        sent = [self._control.isend(None, dest=rank, tag=_END) for rank in others]
        while len(self._left) < len(others):
            self._receive_ends()
            time.sleep(0.001)
        self._mpi.Request.waitall(sent)

    def _wait(self, request: Any) -> None:
        """Wait until an operation is complete.

        Raises:
            RuntimeError: it never will be, as a process has ended.
        """
        start, is_patient = time.monotonic(), True
        while not request.Test():
            _yield_processor()
            if is_patient:
                is_patient = time.monotonic() < start + _PATIENCE
                continue
            self._receive_ends()
            if self._left and not request.Test():
                ended = ", ".join(map(str, sorted(self._left)))
                raise RuntimeError(
                    f"process {self.rank} waits for all {self.size} processes, but process {ended} "
                    "has reached the end of its script. Let every process run the same calls of "
                    "fit, evaluate and predict, in the same order."
                )

    def _receive_ends(self) -> None:
        """Receive the announcements of processes that end."""
        status = self._mpi.Status()
        while self._control.iprobe(tag=_END, status=status):
            self._control.recv(source=status.Get_source(), tag=_END)
            self._left.add(status.Get_source())


def world() -> Communicator | None:
    """Return all processes that were started together; None for a process alone.

    Raises:
        ImportError: there are several, but mpi4py isn't installed.
    """
    try:
        from mpi4py import MPI
    except (ImportError, RuntimeError) as error:  # the latter where there is no MPI library
        if any(name in os.environ for name in _LAUNCHERS):
            raise ImportError(
                "expected mpi4py in a process started by mpiexec, which is to train together with "
                f"others, got none ({error}). {_INSTALL}"
            ) from error
        return None
    return None if MPI.COMM_WORLD.Get_size() == 1 else Communicator(MPI, MPI.COMM_WORLD)
