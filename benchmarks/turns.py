"""Take turns: each engine in a process of its own, A B C, B C A, …, so that all share the noise.

Engines disturb each other in one process: by their thread pools, by what the garbage collector has
to walk, by what sits in the caches. Here each one waits, asleep, until it is its turn. They start
one after the other too, so that nothing else runs while one compiles.
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

PAUSE = 0.05  # seconds; the threads of BLAS stay awake for up to half as long after their work


@dataclass(frozen=True)
class Result:
    """What was measured.

    Attributes:
        workload: of what.
        firsts: the first run of each engine.
        turns: the turns of each engine; the controls are among them.
        left_out: the engines that didn't run, or gave wrong answers, and why.
    """

    workload: Workload
    firsts: dict[str, First]
    turns: dict[str, list[Turn]]
    left_out: dict[str, str]

    @property
    def seconds(self) -> dict[str, list[float]]:
        """Of one step, in each turn."""
        steps = {name: 1 if name in CONTROLS else self.workload.steps for name in self.turns}
        return {name: [t.seconds / steps[name] for t in self.turns[name]] for name in self.turns}

    def first_adds(self, name: str) -> float:
        """By how many seconds the first run exceeds the usual one: compiling, for the most part."""
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
    """Check that the engines' answers are right, then time them in turns.

    Args:
        workload: what to measure.
        peers: those that are wanted; None for all that there are.
        turns: how often each engine has its turn.
        seconds: how long a turn takes, about.
        pause: seconds between turns, for the threads of the last one to fall asleep.
    """
    field = _Field(workload)
    try:
        field.start(peers, seconds)
        field.check()
        for turn in range(turns):
            field.take_turn(turn, pause)
    finally:
        field.stop()
    return Result(workload, field.firsts, field.turns, field.left_out)


class _Field:
    """The engines' processes, what they have measured so far, and who dropped out."""

    def __init__(self, workload: Workload) -> None:
        self.workload = workload
        self.processes: dict[str, _Process] = {}
        self.firsts: dict[str, First] = {}
        self.turns: dict[str, list[Turn]] = {}
        self.left_out: dict[str, str] = {}

    def start(self, peers: Sequence[str] | None, seconds: float) -> None:
        """Start what can run here, one after the other, and take the first runs."""
        for engine in [*self.workload.engines, *CONTROLS.values()]:
            reason = engine.left_out or why_missing(engine, peers)
            if reason:
                self.left_out[engine.name] = reason
                continue
            self.processes[engine.name] = _Process(engine, seconds)
            first = self._received_from(engine.name)
            if first is not None:
                self.firsts[engine.name] = first
                self.turns[engine.name] = []

    def check(self) -> None:
        """Send home whose answers are wrong."""
        answers = {name: f.answer for name, f in self.firsts.items() if name not in CONTROLS}
        for name, complaint in self.workload.check(answers).items():
            self._send_home(name, f"WRONG: {complaint}")

    def take_turn(self, number: int, pause: float) -> None:
        """Let each engine have its turn."""
        for name in _rotated(list(self.processes), number):
            time.sleep(pause)
            self.processes[name].connection.send("turn")
            turn = self._received_from(name)
            if turn is not None:
                self.turns[name].append(turn)

    def stop(self) -> None:
        """End all processes."""
        for process in self.processes.values():
            process.stop()

    def _received_from(self, name: str) -> Any:
        """Wait for what an engine measured; None where it failed."""
        try:
            return self.processes[name].receive()
        except EngineError as error:
            self._send_home(name, f"FAILED: {error}")
            return None

    def _send_home(self, name: str, reason: str) -> None:
        self.left_out[name] = reason
        self.processes.pop(name).stop()
        self.turns.pop(name, None)


def _rotated(names: list[str], turn: int) -> list[str]:
    """Begin with another engine each turn: who goes before whom, and when, evens out."""
    start = turn % len(names)
    return names[start:] + names[:start]


class _Process:
    """An engine in a process of its own."""

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
