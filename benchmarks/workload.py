"""A workload: one piece of work, done by several engines, and our targets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

__all__ = ["AtMost", "Engine", "Measured", "Workload", "ratio_of"]

Run = Callable[[], Any]
Check = Callable[[Mapping[str, list[Any]]], dict[str, str]]


@dataclass(frozen=True)
class Engine:
    """One way to do the work.

    Attributes:
        name: its name in the tables.
        prepare: makes the data, imports its packages and returns the function to time, whose
            output is checked: an array, a number, or a list of them. It is sent to another
            process, so it is a function of a module, or a ``functools.partial`` of one.
        needs: the required packages, by their names for pip, the peer first; none for ours and
            the hand-written engines.
        left_out: why it can't run, if it can't.
    """

    name: str
    prepare: Callable[[], Run]
    needs: tuple[str, ...] = ()
    left_out: str = ""


@dataclass(frozen=True)
class Measured:
    """The return value of a run that measures itself, in a process that it starts.

    Attributes:
        seconds: its time.
        output: the output to check.
        memory: the peak memory of the process in bytes, if it was measured.
        cores: the number of busy cores, if it was measured.
    """

    seconds: float
    output: Any = ()
    memory: int | None = None
    cores: float | None = None


@dataclass(frozen=True)
class AtMost:
    """A target.

    Attributes:
        engine: one of ours.
        limit: the largest time, in seconds or relative to another engine.
        of: that other engine; None for seconds.
    """

    engine: str
    limit: float
    of: str | None = None

    def __str__(self) -> str:
        of = f"{self.limit:.3g} of {self.of}" if self.of else f"{self.limit * 1e3:g} ms"
        return f"{self.engine}: at most {of}"

    def judge(self, seconds: Mapping[str, list[float]]) -> tuple[bool, str] | None:
        """Return whether it is met, and the measurement; None where an engine didn't run."""
        if self.engine not in seconds or (self.of and self.of not in seconds):
            return None
        if self.of is None:
            measured = median(seconds[self.engine])
            return measured <= self.limit, f"{measured * 1e3:.1f} ms"
        ratio = ratio_of(seconds[self.engine], seconds[self.of])
        return ratio <= self.limit, f"{ratio:.3f}"


def _nothing_to_check(_: Mapping[str, list[Any]]) -> dict[str, str]:
    return {}


@dataclass(frozen=True)
class Workload:
    """The engines that are measured together.

    Attributes:
        name: selects it on the command line.
        group: selects it and the others of its group.
        title: the heading of its table.
        column: its column's heading in the table of its group.
        engines: the first is ours, the last is the hand-written one, if any.
        targets: our targets.
        check: maps the engines' outputs to the wrong engines, and why.
        steps: the number of steps in a run; the time of one step is shown.
        note: a remark on the engines.
        size: in a series, its position on the axis.
        axis: the name of the series.
    """

    name: str
    group: str
    title: str
    column: str
    engines: tuple[Engine, ...]
    targets: tuple[AtMost, ...] = ()
    check: Check = _nothing_to_check
    steps: int = 1
    note: str = ""
    size: int | None = None
    axis: str = ""


def ratio_of(theirs: Sequence[float], ours: Sequence[float]) -> float:
    """Return the median ratio over turns: noise that slows down a whole turn cancels out."""
    return median([a / b for a, b in zip(theirs, ours, strict=True)])
