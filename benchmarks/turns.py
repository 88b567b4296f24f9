"""Take turns: each engine in a process of its own, A B C A B C, so that all share the noise.

Engines disturb each other in one process: by their thread pools, by what the garbage collector has
to walk, by what sits in the caches. Here each one waits, asleep, until it is its turn.
"""

from __future__ import annotations

import gc
import multiprocessing
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from benchmarks.control import CONTROL
from benchmarks.workload import Engine, Run, Workload

__all__ = ["Result", "as_arrays", "check_same", "measure"]


@dataclass(frozen=True)
class Result:
    """What was measured.

    Attributes:
        workload: of what.
        seconds: for each engine, the time of one run in each turn; the control is among them.
        skipped: the peers that were left out.
    """

    workload: Workload
    seconds: dict[str, list[float]]
    skipped: tuple[str, ...]


def measure(
    workload: Workload, engines: Sequence[Engine], turns: int = 9, seconds: float = 0.1
) -> Result:
    """Check that the engines give the same gradient, then time them in turns.

    Args:
        workload: what to measure.
        engines: those of its engines that can run here.
        turns: how often each engine has its turn.
        seconds: how long a turn takes, about.

    Raises:
        ValueError: an engine's gradient differs from that of the last one.
        RuntimeError: an engine failed.
    """
    processes = [
        _Process(engine, seconds, answers_seconds=workload.answers_seconds) for engine in engines
    ]
    control = _Process(CONTROL, seconds)
    try:
        answers = {process.name: process.answer() for process in processes}
        control.answer()
        if not workload.answers_seconds:
            check_same(workload, answers)
        taken: dict[str, list[float]] = {p.name: [] for p in [*processes, control]}
        for _ in range(turns):
            for process in [*processes, control]:
                taken[process.name].append(process.turn())
    finally:
        for process in [*processes, control]:
            process.stop()
    skipped = tuple(e.name for e in workload.engines if e not in engines)
    return Result(workload, taken, skipped)


def check_same(workload: Workload, answers: dict[str, list[Any]]) -> None:
    """Compare each engine's gradient with that of the last one, which is written by hand.

    Raises:
        ValueError: they differ by more than the workload's tolerance.
    """
    expected_by, expected = list(answers.items())[-1]
    scale = max(float(np.max(np.abs(e))) for e in expected)
    for name, answer in answers.items():
        if [np.shape(a) for a in answer] != [np.shape(e) for e in expected]:
            raise ValueError(f"{workload.name}: {name} answers other shapes than {expected_by}")
        apart = max(float(np.max(np.abs(a - e))) for a, e in zip(answer, expected, strict=True))
        if not apart <= workload.tolerance * scale:
            raise ValueError(
                f"{workload.name}: expected the gradient of {name} to be that of {expected_by} "
                f"within {workload.tolerance:g} of its largest entry, got {apart / scale:.2g}. "
                f"Make the engines compute the same before they are timed."
            )


class _Process:
    """An engine in a process of its own."""

    def __init__(self, engine: Engine, seconds: float, *, answers_seconds: bool = False) -> None:
        self.name = engine.name
        context = multiprocessing.get_context("spawn")
        self.connection, other = context.Pipe()
        self.process = context.Process(
            target=_serve, args=(other, engine, seconds, answers_seconds), daemon=True
        )
        self.process.start()
        other.close()

    def answer(self) -> list[Any]:
        """Wait until it is warm, and take the gradient that it found."""
        answer: list[Any] = self._receive()
        return answer

    def turn(self) -> float:
        """Let it run for a turn; the seconds of one run."""
        self.connection.send("turn")
        taken: float = self._receive()
        return taken

    def stop(self) -> None:
        """End the process."""
        self.connection.close()
        self.process.join(timeout=5)
        if self.process.is_alive():
            self.process.terminate()

    def _receive(self) -> Any:
        try:
            received = self.connection.recv()
        except EOFError:
            received = "it ended without a word"
        if isinstance(received, str):
            raise RuntimeError(f"the engine {self.name} failed: {received}")
        return received


def _serve(connection: Connection, engine: Engine, seconds: float, answers_seconds: bool) -> None:
    """Run in the engine's process: prepare, answer, then a turn whenever asked."""
    try:
        run = engine.prepare()
        connection.send(as_arrays(run()))
        number = 1 if answers_seconds else _runs_in(run, seconds)
        while connection.recv():
            connection.send(run() if answers_seconds else _time_of(run, number))
    except EOFError:  # the other side is done
        return
    except Exception:
        connection.send(traceback.format_exc())


def as_arrays(answer: Any) -> list[Any]:
    """Give an engine's answer as a list of arrays."""
    parts = answer if isinstance(answer, (list, tuple)) else [answer]
    return [np.asarray(part) for part in parts]


def _runs_in(run: Run, seconds: float) -> int:
    """How many runs fill a turn; a by-product is that all is warm."""
    number = 1
    while (taken := _time_of(run, number) * number) < seconds / 2:
        number = max(2 * number, int(number * seconds / max(taken, 1e-9) / 2))
    return max(1, round(number * seconds / taken))


def _time_of(run: Run, number: int) -> float:
    """Time a run, the mean of a number of them. Collecting garbage is part of the work."""
    gc.collect()
    start = time.perf_counter()
    for _ in range(number):
        run()
    return (time.perf_counter() - start) / number
