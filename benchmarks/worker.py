"""The work in an engine's process: a first run, then as many runs as fill a turn, on request."""

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
    """The first run, which includes compilation.

    Attributes:
        seconds: its time.
        memory: the growth of the process in bytes, at its peak; None if unknown.
        output: the output, as arrays.
    """

    seconds: float
    memory: int | None
    output: list[Any]


@dataclass(frozen=True)
class Turn:
    """The measurement of one turn: the seconds of a run, and the number of busy cores, if known."""

    seconds: float
    cores: float | None


def serve(connection: Connection, engine: Engine, seconds: float) -> None:
    """Prepare the engine, send its first run, then a turn per request.

    Args:
        connection: to the process that compares the engines.
        engine: the engine of this process.
        seconds: the approximate length of a turn.
    """
    try:
        run = engine.prepare()
        first, measures_itself = _first(run)
        number = 1 if measures_itself else _runs_in(run, seconds)
        connection.send(first)
        while connection.recv():
            connection.send(_measured_turn(run) if measures_itself else _turn(run, number))
    except EOFError:  # the other process closed the connection
        return
    except Exception:
        connection.send(traceback.format_exc())


def as_arrays(output: Any) -> list[Any]:
    """Return an engine's output as a flat list of arrays."""
    import numpy as np

    if isinstance(output, (list, tuple)):
        return [array for part in output for array in as_arrays(part)]
    return [np.asarray(output)]


def _first(run: Run) -> tuple[First, bool]:
    """Return the first run, and whether a run measures itself."""
    peak = Peak()
    start = time.perf_counter()
    output = run()
    seconds, memory = time.perf_counter() - start, peak.growth()
    if isinstance(output, Measured):
        return First(output.seconds, output.memory, as_arrays(output.output)), True
    return First(seconds, memory, as_arrays(output)), False


def _runs_in(run: Run, seconds: float) -> int:
    """Return how many runs fill a turn; as a side effect, warm up."""
    number = 1
    while (total := _turn(run, number).seconds * number) < seconds / 2:
        number = max(2 * number, int(number * seconds / max(total, 1e-9) / 2))
    return max(1, round(number * seconds / total))


def _turn(run: Run, number: int) -> Turn:
    """Return the mean of a number of runs. Garbage collection is part of the work."""
    gc.collect()
    start, busy = time.perf_counter(), time.process_time()
    for _ in range(number):
        run()
    seconds, busy = time.perf_counter() - start, time.process_time() - busy
    return Turn(seconds / number, busy / seconds)


def _measured_turn(run: Run) -> Turn:
    measured = run()
    return Turn(measured.seconds, measured.cores)
