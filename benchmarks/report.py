"""Reports: the tables in the terminal and as Markdown, and every turn as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.tables import Table, detail, overviews, remarks
from benchmarks.turns import Result
from benchmarks.workload import ratio_of

__all__ = ["as_json", "as_markdown", "show"]

EXPLANATION = """\
Each engine ran in its own process. The engines took turns, and times are medians over the turns.
*Times ours* is the median over turns of the ratio to our first engine. *Spread* is the width of the
middle half of the turns, relative to the median. *Cores* is the processor time over the wall time.
*First run adds* is how much longer the first run took than the others, mostly to compile; it isn't
included in the time. *Memory* is the growth of the process in its first run, at its peak; for a
whole script, it is the peak itself. The *controls* run none of our code: their spread is the noise
of the machine, on one core and on all."""


def as_markdown(
    machine: Mapping[str, str], results: Sequence[Result], plots: Sequence[Path] = ()
) -> str:
    """Return all results as one page of Markdown.

    Args:
        machine: from `machine.describe_machine`.
        results: in the order of the page; series are shown side by side only.
        plots: their paths, relative to the page.
    """
    lines = ["# Benchmarks", "", EXPLANATION, ""]
    lines += [f"- {key}: {value}" for key, value in machine.items()]
    for plot in plots:
        lines += ["", f"![{plot.stem.replace('_', ' ')}]({plot.as_posix()})"]
    for table in overviews(results):
        lines += ["", *_as_lines(table)]
    for result in results:
        if not result.workload.axis:
            lines += ["", *_as_lines(detail(result))]
            lines += ["", *(f"- {remark}" for remark in remarks(result))]
    return "\n".join(lines) + "\n"


def as_json(machine: Mapping[str, str], results: Sequence[Result]) -> str:
    """Return all results as JSON, with the seconds of every turn."""
    page: dict[str, Any] = {"machine": dict(machine), "workloads": {}}
    for result in results:
        seconds = result.seconds
        ours = seconds.get(result.workload.engines[0].name)
        page["workloads"][result.workload.name] = {
            "title": result.workload.title,
            "seconds": seconds,
            "cores": {name: [t.cores for t in turns] for name, turns in result.turns.items()},
            "times_ours": {n: ratio_of(s, ours) for n, s in seconds.items()} if ours else {},
            "first_run_adds": {name: result.first_adds(name) for name in seconds},
            "memory": {name: result.firsts[name].memory for name in seconds},
            "left_out": result.left_out,
            "remarks": remarks(result),
        }
    return json.dumps(page, indent=2, ensure_ascii=False) + "\n"


def show(machine: Mapping[str, str]) -> Any:
    """Print the machine, and return a function that prints one result.

    Raises:
        ModuleNotFoundError: rich isn't installed.
    """
    try:
        from rich.box import SIMPLE
        from rich.console import Console
        from rich.table import Table as RichTable
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "expected the package rich, got none. Install it: pip install --group bench"
        ) from error
    console = Console(highlight=False)
    for key, value in machine.items():
        console.print(f"[bold]{key}[/bold]: {value}", soft_wrap=True)

    def show_result(result: Result) -> None:
        table = detail(result)
        rich_table = RichTable(
            title=table.title, title_justify="left", title_style="bold", box=SIMPLE
        )
        for column in table.columns:
            rich_table.add_column(
                column,
                justify="left" if column == "engine" else "right",
                no_wrap=column == "engine",
            )
        for row in table.rows:
            rich_table.add_row(*row)
        console.print()
        console.print(rich_table)
        for remark in remarks(result):
            console.print(remark, markup=False, soft_wrap=True)

    return show_result


def _as_lines(table: Table) -> list[str]:
    """Return one table as lines of Markdown."""
    alignment = ["---", *["---:"] * (len(table.columns) - 1)]
    rows = (table.columns, alignment, *table.rows)
    return [f"## {table.title}", "", *("| " + " | ".join(row) + " |" for row in rows)]
