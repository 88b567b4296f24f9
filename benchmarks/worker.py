"""The work in an engine's own process: a first run, then as many runs as fill a turn, on demand."""

from __future__ import annotations

import gc
import time
import traceback
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from benchmarks.memory import Peak
from benchmarks.workload import Engine, Measured, Run

__all__ = ["First", "Turn", "as_arrays", "serve"]


@dataclass(frozen=True)
class First:
    """The first run, which compiles where something is compiled.

    Attributes:
        seconds: its time.
        memory: by how many bytes the process grew for it, at its peak; None if unknown.
        answer: what it answered, as arrays.
    """

    seconds: float
    memory: int | None
    answer: list[Any]


@dataclass(frozen=True)
class Turn:
    """What one turn measured: the seconds of a run, and how many cores were busy, if known."""

    seconds: float
    cores: float | None


def serve(connection: Connection, engine: Engine, seconds: float) -> None:
    """Prepare, answer the first run, then a turn whenever asked.

    Args:
        connection: to the process that compares the engines.
        engine: whose process this is.
        seconds: what a turn takes, about.
    """
    try:
        run = engine.prepare()
        first, measures_itself = _first(run)
        number = 1 if measures_itself else _runs_in(run, seconds)
        connection.send(first)
        while connection.recv():
            connection.send(_turn_of_itself(run) if measures_itself else _turn(run, number))
    except EOFError:  # the other side is done
        return
    except Exception:
        connection.send(traceback.format_exc())


def as_arrays(answer: Any) -> list[Any]:
    """Give an engine's answer as a flat list of arrays."""
    import numpy as np

    if isinstance(answer, (list, tuple)):
        return [array for part in answer for array in as_arrays(part)]
    return [np.asarray(answer)]


def _first(run: Run) -> tuple[First, bool]:
    """Run for the first time; answers also whether a run takes its own measure."""
    peak = Peak()
    start = time.perf_counter()
    answer = run()
    taken, memory = time.perf_counter() - start, peak.grown()
    if isinstance(answer, Measured):
        return First(answer.seconds, answer.memory, as_arrays(answer.answer)), True
    return First(taken, memory, as_arrays(answer)), False


def _runs_in(run: Run, seconds: float) -> int:
    """How many runs fill a turn; a by-product is that all is warm."""
    number = 1
    while (taken := _turn(run, number).seconds * number) < seconds / 2:
        number = max(2 * number, int(number * seconds / max(taken, 1e-9) / 2))
    return max(1, round(number * seconds / taken))


def _turn(run: Run, number: int) -> Turn:
    """Take the mean of a number of runs. Collecting garbage is part of the work."""
    gc.collect()
    start, busy = time.perf_counter(), time.process_time()
    for _ in range(number):
        run()
    seconds, busy = time.perf_counter() - start, time.process_time() - busy
    return Turn(seconds / number, busy / seconds)


def _turn_of_itself(run: Run) -> Turn:
    measured = run()
    return Turn(measured.seconds, measured.cores)
