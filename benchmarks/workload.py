"""A workload: one piece of work, done by several engines, and what we aim for."""

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
        name: as the table shows it.
        prepare: makes the data, imports what it needs and answers the function to time, which
            answers what is checked: an array, a number, or a list of them. It is sent to another
            process, so it is a function of a module, or a ``functools.partial`` of one.
        needs: the packages that it needs, as pip names them, the peer first; none for ours and
            the hand-written.
        left_out: why it isn't run here, where it can't be.
    """

    name: str
    prepare: Callable[[], Run]
    needs: tuple[str, ...] = ()
    left_out: str = ""


@dataclass(frozen=True)
class Measured:
    """What a run answers that takes its own measure, in a process that it starts.

    Attributes:
        seconds: its time.
        answer: what is checked.
        memory: the bytes that the process had at most, where they were measured.
        cores: how many were busy, where that was measured.
    """

    seconds: float
    answer: Any = ()
    memory: int | None = None
    cores: float | None = None


@dataclass(frozen=True)
class AtMost:
    """What we aim for.

    Attributes:
        engine: one of ours.
        limit: at most so many seconds, or times what another engine takes.
        of: that other engine; None for seconds.
    """

    engine: str
    limit: float
    of: str | None = None

    def __str__(self) -> str:
        of = f"{self.limit:.3g} of {self.of}" if self.of else f"{self.limit * 1e3:g} ms"
        return f"{self.engine}: at most {of}"

    def judge(self, seconds: Mapping[str, list[float]]) -> tuple[bool, str] | None:
        """Tell whether it is met and what was measured; None where an engine didn't run."""
        if self.engine not in seconds or (self.of and self.of not in seconds):
            return None
        if self.of is None:
            taken = median(seconds[self.engine])
            return taken <= self.limit, f"{taken * 1e3:.1f} ms"
        ratio = ratio_of(seconds[self.engine], seconds[self.of])
        return ratio <= self.limit, f"{ratio:.3f}"


def _nothing_to_check(_: Mapping[str, list[Any]]) -> dict[str, str]:
    return {}


@dataclass(frozen=True)
class Workload:
    """What is measured together.

    Attributes:
        name: chooses it on the command line.
        group: chooses it and its kin.
        title: the heading of its table.
        column: its heading where its kin stand side by side.
        engines: the first is ours, the last is written by hand where there is such a one.
        targets: what we aim for.
        check: from the engines' answers to those that are wrong, and why.
        steps: of which a run consists; the time of one is shown.
        note: what a reader should know of the engines.
        size: where it is one of a series, its place on the axis.
        axis: the series' name.
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
    """Give the median over turns of the ratio: what slows a whole turn down cancels out."""
    return median([a / b for a, b in zip(theirs, ours, strict=True)])
