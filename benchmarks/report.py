"""Reports: the results as tables in the terminal, as Markdown, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from benchmarks.control import CONTROL
from benchmarks.turns import Result
from benchmarks.workload import ratio_of

__all__ = ["as_json", "as_markdown", "show"]

COLUMNS = ("engine", "time", "times ours", "spread")


def as_markdown(machine: Mapping[str, str], results: Sequence[Result]) -> str:
    """Write all of it as one page of Markdown."""
    lines = ["# Benchmarks", ""]
    lines += [f"- {key}: {value}" for key, value in machine.items()]
    for result in results:
        lines += ["", f"## {result.workload.title}", ""]
        lines += ["| " + " | ".join(COLUMNS) + " |", "| --- | ---: | ---: | ---: |"]
        lines += ["| " + " | ".join(row) + " |" for row in rows_of(result)]
        lines += ["", *(f"- {remark}" for remark in remarks_of(result))]
    return "\n".join(lines) + "\n"


def as_json(machine: Mapping[str, str], results: Sequence[Result]) -> str:
    """Write all of it as JSON, with the seconds of every turn."""
    page: dict[str, Any] = {"machine": dict(machine), "workloads": {}}
    for result in results:
        page["workloads"][result.workload.name] = {
            "title": result.workload.title,
            "seconds": result.seconds,
            "times_ours": {n: ratio_of(s, _ours(result)) for n, s in result.seconds.items()},
            "skipped": result.skipped,
        }
    return json.dumps(page, indent=2) + "\n"


def show(machine: Mapping[str, str]) -> Any:
    """Print the machine; answers the function that prints a result as soon as it is there.

    Raises:
        ModuleNotFoundError: rich isn't installed.
    """
    try:
        from rich.console import Console
        from rich.table import Table
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            'the tables are printed with rich, which isn\'t installed: pip install "slopes[bench]"'
        ) from error
    console = Console(highlight=False)
    for key, value in machine.items():
        console.print(f"[bold]{key}[/bold]: {value}", soft_wrap=True)

    def show_result(result: Result) -> None:
        table = Table(title=result.workload.title, title_justify="left", title_style="bold")
        for column in COLUMNS:
            table.add_column(column, justify="left" if column == "engine" else "right")
        for row in rows_of(result):
            table.add_row(*row)
        console.print()
        console.print(table)
        for remark in remarks_of(result):
            console.print(remark, markup=False, soft_wrap=True)

    return show_result


def rows_of(result: Result) -> list[tuple[str, ...]]:
    """Write a row per engine: its time, how many times ours that is, and how much it varied."""
    rows: list[tuple[str, ...]] = []
    for name, seconds in result.seconds.items():
        ratio = "" if name == CONTROL.name else f"{ratio_of(seconds, _ours(result)):.2f}"
        rows.append((name, _duration(median(seconds)), ratio, f"{spread(seconds):.0%}"))
    return rows


def remarks_of(result: Result) -> list[str]:
    """Say which targets were met, what was skipped, and whether the machine was noisy."""
    remarks = []
    for target in result.workload.targets:
        judged = target.judge(result.seconds)
        if judged is not None:
            met, measured = judged
            remarks.append(f"{'met' if met else 'MISSED'}: {target.words()}; measured {measured}")
    if result.skipped:
        remarks.append(f"skipped: {', '.join(result.skipped)}")
    noise = spread(result.seconds[CONTROL.name])
    if noise > 0.1:
        remarks.append(f"the machine was noisy: the control varied by {noise:.0%}")
    return remarks


def spread(seconds: Sequence[float]) -> float:
    """Give the middle half's width, relative to the median."""
    ordered = sorted(seconds)
    quarter = len(ordered) // 4
    return (ordered[-1 - quarter] - ordered[quarter]) / median(ordered)


def _ours(result: Result) -> list[float]:
    return result.seconds[result.workload.engines[0].name]


def _duration(seconds: float) -> str:
    for unit, factor in (("s", 1.0), ("ms", 1e3), ("µs", 1e6)):
        if seconds * factor >= 1:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"
