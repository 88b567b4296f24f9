"""Plots: time and memory by size on logarithmic axes, and the steps of ``fit`` as bars."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.turns import Result
from benchmarks.workload import ratio_of
from nn.pictures import style

__all__ = ["draw"]

COLORS = {  # by the first of these words in an engine's name
    "ours": style.COLORS[1],
    "hand": style.COLORS[6],
    "Keras": style.COLORS[3],
    "JAX": style.COLORS[2],
    "PyTorch": style.COLORS[4],
    "autograd": style.COLORS[0],
    "MyGrad": style.COLORS[5],
    "micrograd": "dimgray",
    "scikit-learn": "darkgray",
}
MEGABYTE = 1e6
STYLE = style.STYLE | {
    "svg.fonttype": "none",
    "svg.hashsalt": "benchmarks",
}


def draw(results: Sequence[Result], folder: Path) -> list[Path]:
    """Draw results as SVG files, and return their paths.

    Args:
        results: those with an axis and those of ``fit`` are drawn.
        folder: for the files; it is made if missing.
    """
    import matplotlib as mpl

    folder.mkdir(parents=True, exist_ok=True)
    with mpl.rc_context(STYLE):
        figures = _figures(results)
        files = [folder / f"{name}.svg" for name in figures]
        for file, figure in zip(files, figures.values(), strict=True):
            figure.savefig(file, metadata={"Date": None}, bbox_inches="tight")
    return files


def _figures(results: Sequence[Result]) -> dict[str, Any]:
    """Return the figures by the names of their files."""
    figures = {}
    for axis in dict.fromkeys(r.workload.axis for r in results if r.workload.axis):
        series = [r for r in results if r.workload.axis == axis]
        _, kind, _ = series[0].workload.name.split("-")
        figures[f"growth_of_{kind}"] = _growth(axis, series)
    fits = [r for r in results if r.workload.group == "fit"]
    return figures | ({"fit": _bars(fits)} if fits else {})


def _growth(axis: str, series: Sequence[Result]) -> Any:
    """Draw the time and the memory of each engine by the size, side by side."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.6), layout="constrained")
    panels = figure.subplots(1, 2)
    _lines(panels[0], series, lambda r, name: 1e3 * median(r.seconds[name]))
    _lines(panels[1], series, lambda r, name: (r.firsts[name].memory or math.nan) / MEGABYTE)
    for panel, what in zip(panels, ("time, ms", "memory of the first run, MB"), strict=True):
        panel.set(xlabel=axis, title=what)
        panel.set_xticks(sizes := [r.workload.size or 0 for r in series], map(_short, sizes))
        panel.minorticks_off()
    panels[1].set_ylim(bottom=0.1)
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside right center", frameon=False)
    return figure


def _lines(panel: Any, series: Sequence[Result], measured: Callable[[Result, str], float]) -> None:
    for name in _engines_that_ran(series):
        ran = [r for r in series if name in r.turns]
        sizes, values = [r.workload.size for r in ran], [measured(r, name) for r in ran]
        width = 2.2 if name.startswith("ours") else 1.2
        style = "--" if name.endswith("jitted") else ":" if name == "by hand" else "-"
        panel.loglog(sizes, values, "." + style, color=_color(name), label=name, linewidth=width)


def _bars(results: Sequence[Result]) -> Any:
    """Draw the ratio of each engine's time to ours, a panel for each network."""
    from matplotlib.figure import Figure

    names = _engines_that_ran(results)
    figure = Figure(figsize=(9, 3), layout="constrained")
    panels = figure.subplots(1, len(results), sharey=True, squeeze=False)[0]
    for panel, result in zip(panels, results, strict=True):
        ours = result.seconds.get(result.workload.engines[0].name)
        ran = [n for n in names if ours and n in result.turns]
        ratios = [ratio_of(result.seconds[n], ours or []) for n in ran]
        bars = panel.barh([names.index(n) for n in ran], ratios, color=list(map(_color, ran)))
        panel.bar_label(bars, [f"{ratio:.2f}" for ratio in ratios], padding=2)
        panel.axvline(1, color=COLORS["ours"], linewidth=0.8)
        panel.margins(x=0.2)
        panel.grid(visible=False)
        panel.set(title=result.workload.column, yticks=range(len(names)), yticklabels=names)
    panels[0].invert_yaxis()
    figure.supxlabel("time of a training step, times ours")
    return figure


def _engines_that_ran(results: Sequence[Result]) -> list[str]:
    names = dict.fromkeys(e.name for r in results for e in r.workload.engines)
    return [name for name in names if any(name in r.turns for r in results)]


def _color(name: str) -> str:
    return next((color for word, color in COLORS.items() if word in name), style.COLORS[6])


def _short(size: int) -> str:
    """Write 1000 as 1k and 1000000 as 1M."""
    for unit, factor in (("M", 10**6), ("k", 10**3)):
        if size % factor == 0:
            return f"{size // factor}{unit}"
    return str(size)
