"""Plots of histories: `plot` draws one history, `compare` draws several in one panel.

Curves differ in color, dashes and markers, so that they can be distinguished in black and white.
A ring marks the best epoch. Needs matplotlib: ``pip install matplotlib``.

>>> import nn
>>> model = nn.Sequential([nn.layers.Dense(1)])
>>> model.compile("sgd", "mse", metrics=["mae"])
>>> history = model.fit([[0.0], [1.0]], [1.0, 3.0], epochs=3, verbose=0)
>>> figure = history.plot()
>>> [axes.get_ylabel() for axes in figure.axes]
['loss', 'mae']
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import cycle
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np

from nn.argument_checks import keywords_checked
from nn.metrics.direction import rises
from nn.pictures.style import COLORS, DASHES, GRAY, MARKERS, PANEL, finish, styled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

MOST_IN_A_ROW = 3  # panels
MOST_MARKERS = 20  # on a curve
RING: dict[str, Any] = {
    "marker": "o",
    "markersize": 11,
    "markerfacecolor": "none",
    "markeredgewidth": 1.6,
}


@runtime_checkable
class HasHistory(Protocol):
    """The history of a training run, such as `nn.callbacks.History`."""

    history: dict[str, list[Any]]
    epochs: dict[str, list[int]]
    stopped_after: int | None


@keywords_checked
@styled
def plot(
    history: HasHistory,
    metrics: str | Sequence[str] | None = None,
    ax: Axes | Sequence[Axes] | None = None,
) -> Figure:
    """Draw the loss and each metric on the training and validation data, and return the figure.

    Args:
        history: the return value of ``fit``.
        metrics: the quantities to draw, one in each panel; all by default.
        ax: the axes to draw on, one for each panel; new ones by default.

    Raises:
        ModuleNotFoundError: matplotlib isn't installed.
        TypeError: ``history`` isn't a history.
        ValueError: the history has no such quantity, or the numbers of axes and panels differ.

    >>> import nn, numpy as np
    >>> model = nn.Sequential([nn.layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> history = model.fit(np.ones((4, 2)), np.ones(4), epochs=3, verbose=0)
    >>> figure = nn.plotting.plot(history)
    """
    _require_history(history)
    panels = [metrics] if isinstance(metrics, str) else list(metrics or _quantities(history))
    for metric in panels:
        _require_quantity(history, metric)
    places = places_for(len(panels), ax)
    for axes, metric in zip(places, panels, strict=True):
        _draw_panel(axes, history, metric)
    return figure_of(places)


@keywords_checked
@styled
def compare(
    histories: Mapping[str, HasHistory], metric: str = "val_loss", ax: Axes | None = None
) -> Figure:
    """Draw one quantity of several training runs in one panel, and return the figure.

    Args:
        histories: maps labels to the return values of ``fit``.
        metric: the quantity's name in the histories.
        ax: the axes to draw on; new ones by default.

    Raises:
        ModuleNotFoundError: matplotlib isn't installed.
        TypeError: ``histories`` doesn't map labels to histories.
        ValueError: a history lacks the quantity, or there are no histories.

    >>> import nn, numpy as np
    >>> histories, x, y = {}, np.ones((4, 2)), np.ones(4)
    >>> for units in (1, 8):
    ...     model = nn.Sequential([nn.layers.Dense(units, "relu"), nn.layers.Dense(1)])
    ...     model.compile("sgd", "mse")
    ...     histories[f"{units} units"] = model.fit(x, y, epochs=3, verbose=0)
    >>> figure = nn.plotting.compare(histories, "loss")
    """
    if not isinstance(histories, Mapping):
        raise TypeError(
            f"expected a dictionary from labels to histories, got {type(histories).__name__}. "
            "Write {'wide': history}."
        )
    if not histories:
        raise ValueError(
            "expected at least one history to draw, got none. Write {'wide': history}."
        )
    for label, history in histories.items():
        _require_history(history, f" for {label!r}")
        _require_quantity(history, metric, f" for {label!r}")
    (axes,) = places = places_for(1, ax)
    styles = zip(cycle(COLORS), cycle(DASHES), cycle(MARKERS), strict=False)
    for (label, history), style in zip(histories.items(), styles, strict=False):
        _mark_best(axes, _draw(axes, history, metric, label, style), metric)
    _finish(axes, metric.replace("val_", "validation "))
    return figure_of(places)


def _quantities(history: HasHistory) -> list[str]:
    """Return the names of the quantities without ``val_``, the loss first."""
    names = dict.fromkeys(name.removeprefix("val_") for name in history.history)
    return sorted(names or ["loss"], key=lambda name: name != "loss")


def _draw_panel(axes: Axes, history: HasHistory, metric: str) -> None:
    """Draw one quantity on the training and the validation data, and where training stopped."""
    names = [name for name in (metric, f"val_{metric}") if name in history.history]
    for name, *style in zip(names, COLORS, DASHES, MARKERS, strict=False):
        label = "validation" if name.startswith("val_") else "training"
        line = _draw(axes, history, name, label, style)
    _mark_best(axes, line, metric)
    if history.stopped_after is not None:
        label = f"stopped early, after epoch {history.stopped_after}"
        axes.axvline(history.stopped_after, color=GRAY, linestyle=":", label=label)
    _finish(axes, metric)


def _draw(axes: Axes, history: HasHistory, name: str, label: str, style: Sequence[Any]) -> Line2D:
    """Draw a quantity over the epochs; where it has a value for each class, draw the mean."""
    color, dashes, marker = style
    values = [np.mean(value) for value in history.history[name]]
    (line,) = axes.plot(
        history.epochs[name],
        values,
        color=color,
        linestyle=dashes,
        marker=marker,
        markersize=4,
        markevery=-(-len(values) // MOST_MARKERS),
        label=label,
    )
    return line


def _mark_best(axes: Axes, line: Line2D, metric: str) -> None:
    """Draw a ring around a curve's best value, and add the value to the legend.

    There is no ring if no value is finite, or if it is unknown whether higher is better.
    """
    epochs, values = map(np.asarray, line.get_data())
    rising = rises(metric)
    if rising is None or not np.isfinite(values).any():
        return
    losses = np.where(np.isfinite(values), -values if rising else values, np.inf)
    best = int(np.argmin(losses))
    axes.plot(epochs[best], values[best], color=line.get_color(), **RING)
    line.set_label(f"{line.get_label()} (best: {values[best]:.4g} in epoch {epochs[best]})")


def _finish(axes: Axes, quantity: str) -> None:
    """Label the axes, use whole numbers for epochs, and hide superfluous spines."""
    from matplotlib.ticker import MaxNLocator

    axes.set_xlabel("epoch")
    axes.set_ylabel(quantity)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10], min_n_ticks=1))
    finish(axes)
    axes.legend()


def places_for(
    count: int, ax: Axes | Sequence[Axes] | None, most_in_a_row: int = MOST_IN_A_ROW
) -> list[Axes]:
    """Return the user's axes, one for each panel, or new ones."""
    if ax is None:
        return _new_axes(count, most_in_a_row)
    places: list[Axes] = np.ravel(np.array(ax, dtype=object)).tolist()
    if len(places) != count:
        raise ValueError(
            f"expected ax to hold axes for each of {count} panels, got {len(places)}. "
            f"Make them by plt.subplots({count})[1], or choose the panels: metrics=['loss']."
        )
    return places


def _new_axes(count: int, most_in_a_row: int) -> list[Axes]:
    try:
        import matplotlib.pyplot as plt
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            "expected matplotlib to draw with, but it isn't installed. "
            "Run: pip install matplotlib (the extra [plot])."
        ) from None
    columns = min(count, most_in_a_row)
    rows = -(-count // columns)
    figure = plt.figure(figsize=(columns * PANEL[0], rows * PANEL[1]), layout="constrained")
    if "inline" in plt.get_backend():  # a notebook shows the result, and open figures a second time
        plt.close(figure)
    return [figure.add_subplot(rows, columns, place) for place in range(1, count + 1)]


def figure_of(places: Sequence[Axes]) -> Figure:
    """Return the figure that axes belong to."""
    parent: Any = places[0].figure
    figure: Figure = parent.figure  # the top-level figure, if the axes lie in a subfigure
    return figure


def _require_history(history: Any, whose: str = "") -> None:
    if not isinstance(history, HasHistory):
        raise TypeError(
            f"expected a history{whose}, which fit returns, got {type(history).__name__}. Pass "
            "history = model.fit(...) itself, not history.history."
        )


def _require_quantity(history: HasHistory, metric: str, whose: str = "") -> None:
    if metric not in history.history and f"val_{metric}" not in history.history:
        has = ", ".join(history.history) or "none, as no epoch has ended"
        cure = "pass validation_split= to fit, or " if metric.startswith("val_") else ""
        raise ValueError(
            f"expected {metric!r} among the quantities of the history{whose}, got {has}. "
            f"To draw it, {cure}choose one of these."
        )
