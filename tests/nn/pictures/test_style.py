"""The style of all plots: applied by every function that draws, and left afterwards."""

import re
from pathlib import Path

import numpy as np
import pytest

import nn
from nn.pictures.style import COLORS, DASHES, MARKERS, STYLE, finish

ROOT = Path(__file__).parents[3]
matplotlib = pytest.importorskip("matplotlib")
SCRIPTS = [
    *(ROOT / "examples").glob("*.py"),
    *(ROOT / "docs" / "gallery").glob("*.py"),
    ROOT / "benchmarks" / "plots.py",
]


def trained():
    model = nn.Sequential([nn.layers.Dense(2, input_shape=(1,)), nn.layers.Dense(1)])
    model.compile("sgd", "mse")
    return model, model.fit([[0.0], [1.0]], [1.0, 3.0], epochs=2, verbose=0)


def surface():
    return nn.pictures.loss_surface(lambda w: (w**2).sum(), np.ones(2), points=3)


FIGURES = {
    "plot": lambda: trained()[1].plot(),
    "compare": lambda: nn.plotting.compare({"a": trained()[1]}, "loss"),
    "gradient_flow": lambda: nn.pictures.gradient_flow(trained()[0], [[1.0]], [1.0]),
    "loss_surface": surface,
}


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)
def test_figures_have_the_style_and_leave_no_trace(draw):
    before = dict(matplotlib.rcParams)
    figure = draw()
    axes = figure.axes[0]
    assert not axes.spines["top"].get_visible()
    assert axes.yaxis.label.get_size() == STYLE["axes.labelsize"]
    assert {line.get_color() for line in axes.lines} <= set(COLORS)
    assert dict(matplotlib.rcParams) == before
    matplotlib.pyplot.close(figure)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_scripts_take_their_colors_from_the_style(script):
    source = script.read_text(encoding="utf-8")
    assert not re.search(r'"#[0-9a-fA-F]{3,6}"', source)
    if "pyplot" in source:
        assert "STYLE" in source
    elif "Figure(" in source:
        assert "STYLE" in source or "from curves import" in source


def test_axes_of_the_user_get_the_grid_of_the_style():
    with matplotlib.rc_context({"axes.axisbelow": False, "axes.grid": False, "grid.alpha": 1.0}):
        axes = matplotlib.figure.Figure().subplots()
        finish(axes)
    line = axes.get_xgridlines()[0]
    assert line.get_visible()
    assert line.get_alpha() == STYLE["grid.alpha"] < 0.5
    assert axes.get_axisbelow() is True
    assert [name for name, spine in axes.spines.items() if spine.get_visible()] == [
        "left", "bottom"
    ]  # fmt: skip


def test_curves_are_told_apart_by_the_palette():
    assert len(set(COLORS)) == 7  # of Okabe and Ito
    assert len(set(map(str, DASHES))) == 4
    assert len(set(MARKERS)) == 5
    small = {"legend.fontsize", "xtick.labelsize", "ytick.labelsize"}
    assert {STYLE[name] for name in small} == {STYLE["font.size"] - 1}
    assert STYLE["axes.labelsize"] == STYLE["font.size"]
    assert STYLE["axes.titlesize"] == STYLE["figure.titlesize"] == STYLE["font.size"] + 1
