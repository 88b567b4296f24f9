"""The style of all plots: colors, dashes, markers, fonts and sizes, in one place.

>>> import matplotlib.pyplot as plt, nn
>>> with plt.style.context(nn.pictures.STYLE):  # for plots of your own beside these
...     figure, axes = plt.subplots()
>>> plt.close(figure)
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

__all__ = [
    "COLORS", "DASHES", "GRAY", "MARKERS", "PANEL", "STYLE", "finish", "styled",
]  # fmt: skip

P = ParamSpec("P")
R = TypeVar("R")

# A color-blind safe palette (Okabe and Ito 2008), with dashes and markers.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
DASHES = ("-", (0, (5, 2)), (0, (1, 1.2)), (0, (6, 2, 1, 2)))
MARKERS = ("o", "s", "^", "D", "v")
GRAY = "dimgray"  # of what others are compared with
PANEL = (5.0, 3.6)  # width and height in inches

STYLE: dict[str, Any] = {
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.labelsize": 10,
    "axes.prop_cycle": f"cycler('color', {list(COLORS)})",
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 11,
    "figure.figsize": PANEL,
    "figure.titlesize": 11,
    "font.size": 10,
    "grid.alpha": 0.25,
    "image.cmap": "cividis",
    "legend.edgecolor": "none",
    "legend.fontsize": 9,
    "legend.framealpha": 0.85,
    "lines.linewidth": 1.6,
    "lines.markersize": 4,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
}
"""Matplotlib's settings, for ``plt.style.use`` and ``plt.style.context``."""


def styled(draw: Callable[P, R]) -> Callable[P, R]:
    """Let a function draw in the style; it says itself what to do where matplotlib is missing."""

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            import matplotlib as mpl
        except ModuleNotFoundError:
            return draw(*args, **kwargs)
        settings: Any = STYLE  # not a dictionary of literals
        with mpl.rc_context(settings):
            return draw(*args, **kwargs)

    return drawn


def finish(axes: Axes) -> None:
    """Give axes that the user made the style's grid, and hide superfluous spines."""
    axes.grid(visible=True, alpha=STYLE["grid.alpha"])
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
