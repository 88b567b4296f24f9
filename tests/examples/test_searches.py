"""The searches: they find good settings, with a picture, and on a cluster of this machine."""

import importlib
import sys
import warnings
from pathlib import Path

import pytest

pytest.importorskip("sklearn")
plt = pytest.importorskip("matplotlib.pyplot")

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "examples"))  # as for a script there
search = importlib.import_module("search")
sys.path.pop(0)


@pytest.mark.slow
def test_a_search_finds_good_settings_and_draws_them(tmp_path):
    found = search.search(rows=900, least=100, processes=1)
    assert found.best_score_ > 0.8
    figure = search.picture(found)
    assert len(figure.axes[0].collections) == found.n_iterations_ == 3
    assert "% right" in figure.axes[0].get_title()
    figure.savefig(tmp_path / "search.png")
    plt.close(figure)


@pytest.mark.slow
def test_the_workers_of_a_cluster_search(monkeypatch):
    pytest.importorskip("dask.distributed")
    examples = str(Path(search.__file__).parent)
    monkeypatch.syspath_prepend(examples)
    monkeypatch.setenv("PYTHONPATH", f"{examples}:{Path(examples).parent}")
    on_a_cluster = importlib.import_module("search_on_a_cluster")
    with (
        warnings.catch_warnings(action="ignore"),  # of Dask
        on_a_cluster.local_cluster(1) as cluster,
        on_a_cluster.Client(cluster) as client,
    ):
        assert on_a_cluster.search_by(client, rows=300, least=100) > 0.5
