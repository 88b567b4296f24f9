"""Tables of results, as rows of text: one workload in detail, and a group side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.control import CONTROLS
from benchmarks.turns import Result
from benchmarks.workload import ratio_of

__all__ = ["Table", "detail", "failures_of_ours", "overviews", "remarks", "spread"]


@dataclass(frozen=True)
class Table:
    """A title, the columns' headings, and rows of text."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


def detail(result: Result) -> Table:
    """Return a row per engine: time, ratio, spread, cores, first run and memory."""
    unit = "a step" if result.workload.steps > 1 else "time"
    columns = ("engine", unit, "times ours", "spread", "cores", "first run adds", "memory")
    rows = [
        (
            name,
            duration(median(seconds)),
            _times_ours(result, name),
            f"{spread(seconds):.0%}",
            _cores(result, name),
            _first_adds(result, name),
            memory(result.firsts[name].memory),
        )
        for name, seconds in result.seconds.items()
    ]
    return Table(result.workload.title, columns, rows)


def overviews(results: Sequence[Result]) -> list[Table]:
    """Return a table per group: the ratios, or for a series, the times and the memory."""
    tables = []
    for group in dict.fromkeys((r.workload.group, r.workload.axis) for r in results):
        members = [r for r in results if (r.workload.group, r.workload.axis) == group]
        if members[0].workload.axis:
            tables.append(_side_by_side(f"Time by {group[1]}", members, _time))
            tables.append(_side_by_side(f"Memory by {group[1]}", members, _memory))
        elif len(members) > 1:
            ours = members[0].workload.engines[0].name
            title = f"{group[0].capitalize()}: times {ours}"
            tables.append(_side_by_side(title, members, _times_ours))
    return tables


def remarks(result: Result) -> list[str]:
    """Return which targets are met, which engines are left out, and whether there was noise."""
    lines = [result.workload.note] if result.workload.note else []
    for target in result.workload.targets:
        judged = target.judge(result.seconds)
        if judged is not None:
            met, measured = judged
            lines.append(f"{'met' if met else 'MISSED'}: {target}; measured {measured}")
    for reason in dict.fromkeys(result.left_out.values()):
        names = [name for name, why in result.left_out.items() if why == reason]
        lines.append(f"left out: {', '.join(names)} ({reason})")
    return lines + _noise(result)


def failures_of_ours(result: Result) -> bool:
    """Return whether an engine that needs no peer failed or was wrong."""
    own = {e.name for e in result.workload.engines if not e.needs}
    return any(
        name in own and reason.startswith(("FAILED", "WRONG"))
        for name, reason in result.left_out.items()
    )


def spread(seconds: Sequence[float]) -> float:
    """Return the width of the middle half, relative to the median."""
    ordered = sorted(seconds)
    quarter = len(ordered) // 4
    return (ordered[-1 - quarter] - ordered[quarter]) / median(ordered)


def duration(seconds: float) -> str:
    """Write a time with three digits."""
    for unit, factor in (("s", 1.0), ("ms", 1e3), ("µs", 1e6)):
        if seconds * factor >= 1:
            return f"{_three_digits(seconds * factor)} {unit}"
    return f"{_three_digits(seconds * 1e9)} ns"


def memory(number: int | None) -> str:
    """Write a number of bytes in MB; nothing if it is unknown."""
    return "" if number is None else f"{number / 1e6:.{0 if number >= 1e8 else 1}f} MB"


def _noise(result: Result) -> list[str]:
    lines = []
    for control in CONTROLS:
        noise = spread(result.seconds[control])
        if noise > 0.1:
            lines.append(f"the machine was noisy: {control} varied by {noise:.0%}")
        cores = _cores(result, control)
        if float(cores) < 0.95:
            lines.append(f"the machine was busy: {control} had only {cores} of a core")
    return lines


def _side_by_side(
    title: str, results: Sequence[Result], cell: Callable[[Result, str], str]
) -> Table:
    names = dict.fromkeys(e.name for r in results for e in r.workload.engines)
    rows = [(name, *(cell(r, name) if name in r.turns else "" for r in results)) for name in names]
    columns = ("engine", *(r.workload.column for r in results))
    return Table(title, columns, [row for row in rows if any(row[1:])])


def _time(result: Result, name: str) -> str:
    return duration(median(result.seconds[name]))


def _memory(result: Result, name: str) -> str:
    return memory(result.firsts[name].memory)


def _times_ours(result: Result, name: str) -> str:
    ours = result.seconds.get(result.workload.engines[0].name)
    if ours is None or name in CONTROLS:
        return ""
    return f"{ratio_of(result.seconds[name], ours):.2f}"


def _cores(result: Result, name: str) -> str:
    known = [t.cores for t in result.turns[name] if t.cores is not None]
    return f"{median(known):.2g}" if known else ""


def _first_adds(result: Result, name: str) -> str:
    added = result.first_adds(name)
    return duration(added) if added > 0 else ""


def _three_digits(number: float) -> str:
    return f"{number:.0f}" if number >= 100 else f"{number:.3g}"
