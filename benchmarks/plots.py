"""Pictures: how time and memory grow, on logarithmic axes, and the steps of ``fit`` as bars."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.control import CONTROL
from benchmarks.turns import Result
from benchmarks.workload import ratio_of

__all__ = ["draw"]

OURS = "#c2185b"
COLORS = ("#455a64", "#1976d2", "#f57c00", "#388e3c", "#7b1fa2", "#0097a7", "#795548", "#9e9d24")
MEGABYTE = 1e6


def draw(results: Sequence[Result], folder: Path) -> list[Path]:
    """Draw what there are results for as SVG files; answers their paths.

    Args:
        results: those without an axis, other than of ``fit``, aren't drawn.
        folder: for the files; it is made where it is missing.
    """
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams.update({"svg.hashsalt": "benchmarks", "axes.spines.top": False})
    mpl.rcParams.update({"axes.spines.right": False, "font.size": 9})
    folder.mkdir(parents=True, exist_ok=True)
    figures = {}
    for axis in dict.fromkeys(r.workload.axis for r in results if r.workload.axis):
        series = [r for r in results if r.workload.axis == axis]
        _, kind, _ = series[0].workload.name.split("-")
        figures[f"growth_of_{kind}"] = _growth(axis, series)
    fits = [r for r in results if r.workload.group == "fit"]
    if fits:
        figures["fit"] = _bars(fits)
    files = []
    for name, figure in figures.items():
        files.append(folder / f"{name}.svg")
        figure.savefig(files[-1], metadata={"Date": None}, bbox_inches="tight")
    return files


def _growth(axis: str, series: Sequence[Result]) -> Any:
    """Draw the time and the memory of each engine by the size, side by side."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.6), layout="constrained")
    panels = figure.subplots(1, 2)
    _lines(panels[0], series, lambda r, name: 1e3 * median(r.seconds[name]))
    _lines(panels[1], series, lambda r, name: (r.firsts[name].memory or 0) / MEGABYTE)
    for panel, what in zip(panels, ("time, ms", "memory of the first run, MB"), strict=True):
        panel.set(xlabel=axis, title=what)
    panels[1].set_ylim(bottom=0.1)
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside right center", frameon=False)
    return figure


def _lines(panel: Any, series: Sequence[Result], measured: Callable[[Result, str], float]) -> None:
    for name, color in _colors(series).items():
        there = [r for r in series if name in r.turns]
        sizes, values = [r.workload.size for r in there], [measured(r, name) for r in there]
        width = 2.2 if color == OURS else 1.2
        style = "--" if name.endswith("jitted") else ":" if name == "by hand" else "-"
        panel.loglog(sizes, values, style, color=color, label=name, linewidth=width, marker=".")


def _bars(results: Sequence[Result]) -> Any:
    """Draw how many times our time each engine takes, a panel for each network."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3), layout="constrained")
    panels = figure.subplots(1, len(results), sharey=True, squeeze=False)[0]
    colors = _colors(results)
    for panel, result in zip(panels, results, strict=True):
        ours = result.seconds.get(result.workload.engines[0].name)
        for place, (name, color) in enumerate(colors.items()):
            if ours and name in result.turns:
                ratio = ratio_of(result.seconds[name], ours)
                (bar,) = panel.barh(place, ratio, color=color)
                panel.bar_label(panel.containers[-1], [f" {ratio:.2f}"])
                bar.set_label(name)
        panel.axvline(1, color=OURS, linewidth=0.8)
        panel.margins(x=0.15)
        panel.set(title=result.workload.column, yticks=range(len(colors)), yticklabels=colors)
        panel.invert_yaxis() if panel is panels[0] else None
    figure.supxlabel("time of a training step, times ours")
    return figure


def _colors(results: Sequence[Result]) -> dict[str, str]:
    """Give each engine that ran a color; ours all have the same."""
    names = dict.fromkeys(e.name for r in results for e in r.workload.engines)
    ran = [n for n in names if n != CONTROL.name and any(n in r.turns for r in results)]
    others = iter(COLORS * len(ran))
    return {name: OURS if name.startswith("ours") else next(others) for name in ran}
