"""What processes send each other, among threads; and whether there are others without mpi4py."""

import sys
import time

import numpy as np
import pytest

from nn.distribution import abort, communicator, sharing
from nn.distribution.communicator import world
from tests.nn.distribution.threads import Board, Comm, in_threads, waited

LAUNCHERS = ["PMI_SIZE", "OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "MPI_LOCALNRANKS"]
SIZES = pytest.mark.parametrize("size", [1, 2, 3])


@pytest.mark.parametrize("launcher", LAUNCHERS)
def test_a_process_that_was_started_with_others_needs_mpi4py(monkeypatch, launcher):
    monkeypatch.setitem(sys.modules, "mpi4py", None)  # as if it weren't installed
    for name in LAUNCHERS:
        monkeypatch.delenv(name, raising=False)
    assert world() is None
    monkeypatch.setenv(launcher, "2")
    with pytest.raises(ImportError, match=r"started by mpiexec.*pip install"):
        world()


@SIZES
def test_arrays_are_added_up(size):
    def add(ranks):
        array = np.full((2, 3), ranks.rank + 1.0, np.float32)
        ranks.add_up(array)
        return ranks.rank, ranks.size, array

    for rank, (own, count, array) in enumerate(in_threads(size, add)):
        assert (own, count) == (rank, size)
        np.testing.assert_array_equal(array, np.full((2, 3), size * (size + 1) / 2))


@SIZES
def test_arrays_of_process_0_replace_those_of_others(size):
    def receive(ranks):
        whole = np.arange(12.0).reshape(3, 4) + 100 * ranks.rank
        parts = [whole.copy(), np.asfortranarray(whole), whole[:, ::2]]
        for part in parts:
            ranks.broadcast(part)
        return [*parts, whole[:, 1]]

    for rank, (first, fortran, part, between) in enumerate(in_threads(size, receive)):
        expected = np.arange(12.0).reshape(3, 4)
        np.testing.assert_array_equal(first, expected)
        np.testing.assert_array_equal(fortran, expected)
        np.testing.assert_array_equal(part, expected[:, ::2])
        np.testing.assert_array_equal(between, expected[:, 1] + 100 * rank)


@SIZES
@pytest.mark.parametrize("dtype", ["f4", "i8", "U3"])
def test_rows_are_put_together_in_order(size, dtype):
    rows = np.arange(4 * 6).reshape(6, 2, 2).astype(dtype)
    counts = {1: [6], 2: [1, 5], 3: [2, 0, 4]}[size]
    starts = np.cumsum([0, *counts])

    def gather(ranks):
        own = rows[starts[ranks.rank] : starts[ranks.rank + 1]]
        return ranks.rows_of_all(np.asfortranarray(own), counts)

    for found in in_threads(size, gather):
        np.testing.assert_array_equal(found, rows, strict=True)


@SIZES
def test_numbers_and_objects(size):
    def exchange(ranks):
        value = {"a": [ranks.rank], "text": "x" * 300}
        numbers = ranks.values_of_all(np.array([ranks.rank, 0.5]))
        return numbers, ranks.object_of_main(value), ranks.object_of_main(None)

    for numbers, value, nothing in in_threads(size, exchange):
        np.testing.assert_array_equal(numbers, [[rank, 0.5] for rank in range(size)])
        assert value == {"a": [0], "text": "x" * 300}
        assert nothing is None


@pytest.mark.slow
@SIZES
def test_processes_end_together(size):
    ends = []

    def end(ranks):
        time.sleep(0.02 * ranks.rank)
        ends.append(ranks.rank)
        ranks.announce_end()
        return sorted(ends)

    waited.clear()
    assert in_threads(size, end) == [list(range(size))] * size
    assert waited == [size - 1] * size


@pytest.mark.slow
def test_a_wait_for_a_process_that_has_ended_is_an_error(monkeypatch):
    monkeypatch.setattr(communicator, "_PATIENCE", 0.01)

    def part(ranks):
        if ranks.rank == 1:
            ranks._comm.count += 7  # it takes part in no call of the others
            for other in (0, 2):
                ranks._control.isend(None, dest=other, tag=communicator._END)
            return None
        time.sleep(0.03 * ranks.rank)  # the announcement comes before
        return ranks.add_up(np.zeros(2))

    found = in_threads(3, part)
    for rank in (0, 2):
        assert type(found[rank]) is RuntimeError
        assert str(found[rank]).startswith(
            f"process {rank} waits for all 3 processes, but process 1 has reached the end"
        )


@pytest.mark.slow
def test_a_call_that_all_take_part_in_is_complete_though_a_process_ends_then(monkeypatch):
    monkeypatch.setattr(communicator, "_PATIENCE", 0.0)

    def part(ranks):
        array = np.ones(1)
        if ranks.rank == 0:
            time.sleep(0.05)
        ranks.add_up(array)
        ranks.announce_end()
        return array[0]

    assert in_threads(2, part) == [2, 2]


@pytest.mark.parametrize(
    ("rank", "error", "code"), [(0, ValueError("mine"), 1), (2, KeyboardInterrupt(), 130)]
)
def test_an_error_ends_all(monkeypatch, capsys, rank, error, code):
    board = Board(3)
    waits, atexit = [], []
    monkeypatch.setattr(abort.time, "sleep", waits.append)
    monkeypatch.setattr(abort.atexit, "register", atexit.append)
    monkeypatch.setattr(sys, "excepthook", sys.__excepthook__)
    ranks = communicator.Communicator(sys.modules["tests.nn.distribution.threads"].MPI,
                                      Comm(board, rank))  # fmt: skip
    abort.end_together(ranks)
    sys.excepthook(type(error), error, None)
    assert board.aborted == [(rank, code)]
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == f"process {rank} of 3:"
    assert lines[-1].startswith(type(error).__name__)
    assert waits == ([0.3] if rank else [])
    assert atexit == [ranks.announce_end]


def test_a_process_joins_others(monkeypatch):
    silent = []
    monkeypatch.setattr(sharing.messages, "set_silent", silent.append)
    monkeypatch.setattr(sharing, "_communicator", None)
    assert sharing.is_main()

    class Ranks:
        rank, size = 1, 2

        def add_up(self, array):
            array *= 3

        def object_of_main(self, value):
            return [value]

    sharing.join(Ranks())
    assert silent == [True]
    assert not sharing.is_main()
    assert sharing.object_of_main(lambda: 1 / 0) == [None]  # it isn't called here
    assert sharing.total(2.0) == 6
    np.testing.assert_array_equal(sharing.total(np.ones((2, 2))), np.full((2, 2), 3))
    with sharing.rehearsing():
        assert sharing.total(2.0) == 2
    assert sharing.total(2.0) == 6
    with sharing.on_share(sharing.Share(0, 1, 0.25, 2)):
        assert sharing.is_shared()
        assert sharing.fraction(2.0) == 0.5
        assert sharing.scaled_sum(2.0) == 4  # by 1 / (0.25 · 2)
        assert sharing.mean_of_all(2.0) == 1.5
        assert sharing.proportional(2.0) == 1.5
    assert not sharing.is_shared()
    Ranks.rank = 0
    sharing.join(Ranks())
    assert silent == [True, False]
    assert sharing.is_main()
    assert sharing.object_of_main(lambda: 4) == [4]


def test_a_process_of_several_prints_only_if_wanted(monkeypatch):
    from nn.distribution import data_parallel

    class Ranks:
        rank, size = 1, 2

    monkeypatch.setattr(data_parallel, "_joined", Ranks)
    before = sys.stdout
    shown = data_parallel.DataParallel(print_all=True)
    assert sys.stdout is before
    assert (shown.rank, shown.size, repr(shown)) == (1, 2, "<DataParallel process 1 of 2>")
    monkeypatch.setattr(sys, "stdout", before)
    data_parallel.DataParallel()
    assert sys.stdout is not before
    sys.stdout.close()
    monkeypatch.setattr(sys, "stdout", before)
    Ranks.rank = 0
    data_parallel.DataParallel()
    assert sys.stdout is before
    with pytest.raises(ValueError, match="check_every"):
        data_parallel.DataParallel(check_every=0)
