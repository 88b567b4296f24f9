"""The style of all plots: where it is not applied by the functions that draw."""

import re
from pathlib import Path

import pytest

from nn.pictures.style import STYLE, finish

ROOT = Path(__file__).parents[3]
matplotlib = pytest.importorskip("matplotlib")
SCRIPTS = [
    *(ROOT / "examples").glob("*.py"),
    *(ROOT / "docs" / "gallery").glob("*.py"),
    ROOT / "benchmarks" / "plots.py",
]


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
