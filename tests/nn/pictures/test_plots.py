"""Plots look as written down in ``plots.txt``, and leave matplotlib's settings as they are."""

import pytest

mpl = pytest.importorskip("matplotlib")

from tests.nn.pictures.written_plots import DRAWN, FILE, written  # noqa: E402 - needs matplotlib

WRITTEN = dict(
    part.strip().split("\n", 1) for part in FILE.read_text(encoding="utf-8").split("=== ") if part
)


@pytest.fixture(autouse=True, scope="module")
def without_a_screen():
    before = mpl.get_backend()
    mpl.use("Agg")
    yield
    mpl.use(before)


@pytest.mark.slow
@pytest.mark.parametrize("name", DRAWN)
def test_a_plot_looks_as_written_down(name):
    before = dict(mpl.rcParams)
    assert written(name) == WRITTEN[name]
    assert dict(mpl.rcParams) == before
