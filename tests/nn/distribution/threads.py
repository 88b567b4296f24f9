"""MPI among threads of one process: as much of mpi4py as `Communicator` uses."""

# ruff: noqa: N802 # the names of mpi4py

import pickle
import threading
from types import SimpleNamespace

import numpy as np

waited: list[int] = []  # the numbers of messages that ranks have waited for


class Board:
    """What the threads of a group share: calls in which all take part, and messages."""

    def __init__(self, size):
        self.size, self.lock = size, threading.Lock()
        self.calls = {}  # from the kind and the number of a call to the arrays of the ranks
        self.messages = {}  # from a receiver to tags, senders and objects
        self.aborted = []


class Request:
    """A call that is complete when all ranks take part; ``finish`` then gets their arrays."""

    def __init__(self, board, key, rank, given, finish):
        self.board, self.key, self.finish, self.is_done = board, key, finish, False
        with board.lock:
            board.calls.setdefault(key, {})[rank] = given

    def Test(self):
        with self.board.lock:
            given = self.board.calls[self.key]
            if not self.is_done and len(given) == self.board.size:
                self.finish([given[rank] for rank in range(self.board.size)])
                self.is_done = True
        return self.is_done

    @staticmethod
    def waitall(requests):
        assert all(request == "sent" for request in requests)
        waited.append(len(requests))


class Status:
    source = -1

    def Get_source(self):
        return self.source


class Comm:
    def __init__(self, board, rank):
        self.board, self.rank, self.count = board, rank, 0

    def Dup(self):
        return Comm(self.board, self.rank)

    def Get_rank(self):
        return self.rank

    def Get_size(self):
        return self.board.size

    def _request(self, kind, given, finish):
        self.count += 1
        return Request(self.board, (kind, self.count), self.rank, given, finish)

    def Iallreduce(self, place, array, op):
        assert (place, op) == ("in place", "sum")
        assert array.flags.c_contiguous

        def finish(arrays):
            array[...] = np.sum(arrays, axis=0, dtype=array.dtype)

        return self._request("reduce", array.copy(), finish)

    def Ibcast(self, array, root):
        assert array.flags.c_contiguous

        def finish(arrays):
            array[...] = arrays[root]

        return self._request("broadcast", array.copy(), finish)

    def Iallgather(self, values, found):
        def finish(arrays):
            found[...] = arrays

        return self._request("gather", values.copy(), finish)

    def Iallgatherv(self, sent, received):
        (array, kind), (whole, counts, starts, other) = sent, received
        assert (kind, other, starts) == ("byte", "byte", None)
        assert whole.nbytes == sum(counts)

        def finish(parts):
            assert [len(part) for part in parts] == counts
            whole.reshape(-1).view(np.uint8)[:] = np.frombuffer(b"".join(parts), np.uint8)

        return self._request("rows", array.tobytes(), finish)

    def isend(self, value, dest, tag):
        with self.board.lock:
            self.board.messages.setdefault((dest, tag), []).append((self.rank, pickle.dumps(value)))
        return "sent"

    def iprobe(self, tag, status):
        with self.board.lock:
            waiting = self.board.messages.get((self.rank, tag), [])
            status.source = waiting[0][0] if waiting else -1
        return bool(waiting)

    def recv(self, source, tag):
        with self.board.lock:
            waiting = self.board.messages[self.rank, tag]
            place = next(i for i, (sender, _) in enumerate(waiting) if sender == source)
            return pickle.loads(waiting.pop(place)[1])

    def Abort(self, code):
        self.board.aborted.append((self.rank, code))


MPI = SimpleNamespace(IN_PLACE="in place", SUM="sum", BYTE="byte", Status=Status, Request=Request)


def in_threads(size, function):
    """Call ``function(communicator)`` in a thread for each rank; return the results or errors."""
    from nn.distribution.communicator import Communicator

    board, found = Board(size), [None] * size

    def run(rank):
        try:
            found[rank] = function(Communicator(MPI, Comm(board, rank)))
        except Exception as error:
            found[rank] = error

    threads = [threading.Thread(target=run, args=(rank,), daemon=True) for rank in range(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert not any(thread.is_alive() for thread in threads), "they wait for each other"
    return found
