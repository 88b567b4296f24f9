"""Plots of training, drawn by matplotlib without a display."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib import style
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

from nn.pictures.style import COLORS, GRAY, STYLE

style.use(STYLE)  # all examples draw in the style of the library


@dataclass(frozen=True)
class Curves:
    """Curves to compare, each with a value per step of training.

    Attributes:
        title: the conclusion, in a few words.
        y_label: the label of the values.
        lines: from a curve's label to its values.
        x_label: the label of the steps, which are counted from ``first``.
        log: whether the values have a logarithmic axis.
    """

    title: str
    y_label: str
    lines: Mapping[str, Sequence[float]]
    x_label: str = "epoch"
    first: int = 1
    log: bool = False

    def save(self, path: Path) -> None:
        """Draw the curves and write them to a file."""
        figure = Figure(figsize=(7, 4.2), layout="constrained")
        axes = figure.subplots()
        for (label, values), color in zip(self.lines.items(), COLORS, strict=False):
            steps = range(self.first, self.first + len(values))
            style = "--" if len(set(values)) == 1 else "o-"  # a constant baseline is dashed
            axes.plot(steps, values, style, label=label, color=color)
        axes.set_title(self.title, loc="left", fontweight="bold")
        axes.set_xlabel(self.x_label)
        axes.set_ylabel(self.y_label)
        if self.log:
            axes.set_yscale("log")
            axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            axes.yaxis.set_major_formatter("{x:g}")
            axes.yaxis.set_minor_formatter(NullFormatter())
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        if len(self.lines) > 1:
            axes.legend()
        figure.savefig(path, dpi=150)


@dataclass(frozen=True)
class Plot:
    """A figure of `nn.plotting`, with its conclusion as the title."""

    title: str
    figure: Figure

    def save(self, path: Path) -> None:
        """Write the figure to a file."""
        self.figure.suptitle(self.title, x=0.02, ha="left", fontweight="bold")
        self.figure.savefig(path, dpi=150)


@dataclass(frozen=True)
class Digits:
    """Handwritten digits with the network's predictions: right ones in gray, wrong ones in orange.

    Attributes:
        images: shape (count, 28, 28).
        labels: the true digits.
        predicted: the digits that the network predicts.
    """

    images: np.ndarray
    labels: np.ndarray
    predicted: np.ndarray
    columns: int = 10

    def save(self, path: Path) -> None:
        """Draw the digits and write them to a file."""
        rows = -(-len(self.images) // self.columns)
        figure = Figure(figsize=(0.9 * self.columns, 1.15 * rows), layout="constrained")
        places = figure.subplots(rows, self.columns, squeeze=False).ravel()
        for axes in places:
            axes.axis("off")
        for axes, image, label, predicted in zip(
            places, self.images, self.labels, self.predicted, strict=False
        ):
            axes.imshow(image, cmap="gray_r")
            text = f"{predicted}" if predicted == label else f"{predicted}, is {label}"
            color = GRAY if predicted == label else COLORS[1]
            axes.set_title(text, fontsize=9, color=color)
        figure.savefig(path, dpi=150)
