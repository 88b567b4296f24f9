"""A workload: one piece of mathematics, done by several engines, and what we aim for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

__all__ = ["AtMost", "Engine", "Faster", "Workload", "ratio_of"]

Run = Callable[[], Any]


@dataclass(frozen=True)
class Engine:
    """One way to do the work.

    Attributes:
        name: as the table shows it.
        prepare: makes the data, imports what it needs and answers the function to time, which
            answers its gradient: an array, a number, or a list of them. It is sent to another
            process, so it is a function of a module, or a ``functools.partial`` of one.
        peer: the package that it needs, as pip names it; None for ours and the hand-written.
    """

    name: str
    prepare: Callable[[], Run]
    peer: str | None = None


@dataclass(frozen=True)
class Faster:
    """The aim to be a number of times as fast as a peer.

    Attributes:
        ours: the name of our engine.
        peer: the name of the engine it is measured against.
        times: how many times as long the peer takes, at least.
    """

    ours: str
    peer: str
    times: float

    def words(self) -> str:
        """Say what is aimed for."""
        return f"{self.ours}: at least {self.times:g} times as fast as {self.peer}"

    def judge(self, seconds: Mapping[str, list[float]]) -> tuple[bool, str] | None:
        """Tell whether it is met and what was measured; None where an engine didn't run."""
        if self.ours not in seconds or self.peer not in seconds:
            return None
        ratio = ratio_of(seconds[self.peer], seconds[self.ours])
        return ratio >= self.times, f"{ratio:.2f} times"


@dataclass(frozen=True)
class AtMost:
    """The aim to take no more than a number of seconds."""

    ours: str
    seconds: float

    def words(self) -> str:
        """Say what is aimed for."""
        return f"{self.ours}: at most {self.seconds * 1e3:g} ms"

    def judge(self, seconds: Mapping[str, list[float]]) -> tuple[bool, str] | None:
        """Tell whether it is met and what was measured; None where the engine didn't run."""
        if self.ours not in seconds:
            return None
        taken = median(seconds[self.ours])
        return taken <= self.seconds, f"{taken * 1e3:.1f} ms"


@dataclass(frozen=True)
class Workload:
    """What is measured together.

    Attributes:
        name: chooses it on the command line.
        group: chooses it and its kin.
        title: the heading of its table.
        engines: the first is ours; the ratios are against it.
        targets: what we aim for.
        tolerance: how far the engines' gradients may differ, relative to the largest entry.
        answers_seconds: the functions to time answer the seconds themselves, and no gradient.
    """

    name: str
    group: str
    title: str
    engines: tuple[Engine, ...]
    targets: tuple[Faster | AtMost, ...] = ()
    tolerance: float = 1e-9
    answers_seconds: bool = False


def ratio_of(theirs: list[float], ours: list[float]) -> float:
    """Give the median over turns of the ratio: what slows a whole turn down cancels out."""
    return median([a / b for a, b in zip(theirs, ours, strict=True)])
