"""Measure engines in turns, A B C, B C A, …, each in its own process, so that all share the noise.

Engines in one process disturb each other: by their thread pools, by the objects that the garbage
collector walks, by the contents of the caches. Here each process sleeps until its turn. They start
one after the other, so that nothing else runs while one compiles.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks.control import CONTROLS
from benchmarks.machine import why_missing
from benchmarks.worker import First, Turn, serve
from benchmarks.workload import Engine, Workload

__all__ = ["Result", "measure"]

PAUSE = 0.05  # seconds; the threads of BLAS spin for up to half as long after their work


@dataclass(frozen=True)
class Result:
    """The measurements of one workload.

    Attributes:
        workload: the workload.
        firsts: the first run of each engine.
        turns: the turns of each engine, the controls included.
        left_out: the engines that didn't run or returned wrong outputs, and why.
    """

    workload: Workload
    firsts: dict[str, First]
    turns: dict[str, list[Turn]]
    left_out: dict[str, str]

    @property
    def seconds(self) -> dict[str, list[float]]:
        """The seconds of one step, in each turn."""
        steps = {name: 1 if name in CONTROLS else self.workload.steps for name in self.turns}
        return {name: [t.seconds / steps[name] for t in self.turns[name]] for name in self.turns}

    def first_adds(self, name: str) -> float:
        """Return by how many seconds the first run exceeds the median run, mostly to compile."""
        return self.firsts[name].seconds - median(t.seconds for t in self.turns[name])


class EngineError(RuntimeError):
    """An engine's process failed."""


def measure(
    workload: Workload,
    peers: Sequence[str] | None = None,
    turns: int = 9,
    seconds: float = 0.1,
    pause: float = PAUSE,
) -> Result:
    """Check the engines' outputs, then time the engines in turns.

    Args:
        workload: the workload to measure.
        peers: the selected peers; None for all.
        turns: the number of turns of each engine.
        seconds: the approximate length of a turn.
        pause: seconds between turns, until the threads of the last one sleep.
    """
    engines = _Engines(workload)
    try:
        engines.start(peers, seconds)
        engines.check()
        for turn in range(turns):
            engines.take_turn(turn, pause)
    finally:
        engines.stop()
    return Result(workload, engines.firsts, engines.turns, engines.left_out)


class _Engines:
    """The engines' processes, their measurements so far, and the excluded engines."""

    def __init__(self, workload: Workload) -> None:
        self.workload = workload
        self.processes: dict[str, _Process] = {}
        self.firsts: dict[str, First] = {}
        self.turns: dict[str, list[Turn]] = {}
        self.left_out: dict[str, str] = {}

    def start(self, peers: Sequence[str] | None, seconds: float) -> None:
        """Start the engines that can run here, one after the other, with their first runs."""
        for engine in [*self.workload.engines, *CONTROLS.values()]:
            reason = engine.left_out or why_missing(engine, peers)
            if reason:
                self.left_out[engine.name] = reason
                continue
            self.processes[engine.name] = _Process(engine, seconds)
            first = self._receive(engine.name)
            if first is not None:
                self.firsts[engine.name] = first
                self.turns[engine.name] = []

    def check(self) -> None:
        """Exclude the engines whose outputs are wrong."""
        outputs = {name: f.output for name, f in self.firsts.items() if name not in CONTROLS}
        for name, error in self.workload.check(outputs).items():
            self._exclude(name, f"WRONG: {error}")

    def take_turn(self, number: int, pause: float) -> None:
        """Measure one turn of each engine."""
        for name in _rotated(list(self.processes), number):
            time.sleep(pause)
            self.processes[name].connection.send("turn")
            turn = self._receive(name)
            if turn is not None:
                self.turns[name].append(turn)

    def stop(self) -> None:
        """End all processes."""
        for process in self.processes.values():
            process.stop()

    def _receive(self, name: str) -> Any:
        """Return the next measurement of an engine; None where it failed."""
        try:
            return self.processes[name].receive()
        except EngineError as error:
            self._exclude(name, f"FAILED: {error}")
            return None

    def _exclude(self, name: str, reason: str) -> None:
        self.left_out[name] = reason
        self.processes.pop(name).stop()
        self.turns.pop(name, None)


def _rotated(names: list[str], turn: int) -> list[str]:
    """Rotate the names, so that each turn begins with another engine."""
    start = turn % len(names)
    return names[start:] + names[:start]


class _Process:
    """An engine in its own process."""

    def __init__(self, engine: Engine, seconds: float) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, other = context.Pipe()
        self.process = context.Process(target=serve, args=(other, engine, seconds), daemon=True)
        self.process.start()
        other.close()

    def receive(self) -> Any:
        try:
            received = self.connection.recv()
        except EOFError:
            self.process.join()
            received = f"its process ended with {self.process.exitcode}"
        if isinstance(received, str):
            raise EngineError(received.strip().splitlines()[-1])
        return received

    def stop(self) -> None:
        self.connection.close()
        self.process.join(timeout=5)
        if self.process.is_alive():
            self.process.terminate()
