"""The suite runs on all cores where pytest-xdist is installed, and in one process for debugging."""

import os
from types import SimpleNamespace

import pytest


@pytest.fixture
def suite(request, monkeypatch):
    """Return the module ``conftest.py`` of the repository; forget the number of threads after."""
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "")
    monkeypatch.delenv("OPENBLAS_NUM_THREADS")
    manager = request.config.pluginmanager
    return next(p for p in manager.get_plugins() if hasattr(p, "wants_one_process"))


def configured(*, has_xdist=True, **chosen):
    """Return a configuration with the options that a command line sets."""
    options = {"usepdb": False, "trace": False, "collectonly": False, "capture": "fd"}
    numbers = {"numprocesses": None, "dist": "no"} if has_xdist else {}  # options of xdist
    return SimpleNamespace(
        pluginmanager=SimpleNamespace(hasplugin=lambda name: has_xdist and name == "xdist"),
        option=SimpleNamespace(**options | numbers | chosen),
    )


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({}, "auto"),
        ({"usepdb": True}, None),
        ({"trace": True}, None),
        ({"collectonly": True}, None),
        ({"capture": "no"}, None),
        ({"numprocesses": 0}, 0),
        ({"numprocesses": 3}, 3),
    ],
)
def test_the_number_of_processes(suite, chosen, expected):
    config = configured(**chosen)
    suite.pytest_cmdline_main(config)
    assert config.option.numprocesses == expected
    assert config.option.dist == ("worksteal" if expected == "auto" else "no")
    assert os.environ.get("OPENBLAS_NUM_THREADS") == ("1" if expected in ("auto", 3) else None)


def test_a_chosen_number_of_threads_stays(suite, monkeypatch):
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "2")
    suite.pytest_cmdline_main(configured())
    assert os.environ["OPENBLAS_NUM_THREADS"] == "2"


def test_a_chosen_distribution_stays(suite):
    config = configured(dist="loadfile")
    suite.pytest_cmdline_main(config)
    assert config.option.dist == "loadfile"


def test_the_suite_runs_without_xdist(suite):
    config = configured(has_xdist=False)
    suite.pytest_cmdline_main(config)
    assert not hasattr(config.option, "numprocesses")


def test_a_worker_starts_no_workers(suite):
    config = configured()
    config.workerinput = {}
    suite.pytest_cmdline_main(config)
    assert config.option.numprocesses is None


def test_cases_are_spread_evenly(suite):
    items = [SimpleNamespace(nodeid=f"law[{i}]") for i in range(10)]
    items.append(SimpleNamespace(nodeid="single"))
    kept = [item.nodeid for item in suite.thinned(items, 3)]
    assert kept == ["law[0]", "law[4]", "law[8]", "single"]


def test_cases_that_will_not_run_are_not_made(suite):
    made = []
    metafunc = SimpleNamespace(
        config=SimpleNamespace(
            option=SimpleNamespace(cases=3, quick=False, keyword=""),
            args_source="invocation",
            ArgsSource=SimpleNamespace(TESTPATHS="testpaths"),
        ),
        parametrize=lambda names, values, ids=None: made.append((names, values, ids)),
        fixturenames=["of_keras"],
    )
    suite.pytest_generate_tests(metafunc)
    metafunc.parametrize("x", [1, 2, 3, 4])  # of all cases: Keras's answers are recorded by name
    metafunc.fixturenames = ["x"]
    suite.pytest_generate_tests(metafunc)
    metafunc.parametrize("x", iter(range(7)), ids=iter("abcdefg"))
    metafunc.parametrize("y", [])
    assert made == [
        ("x", [1, 2, 3, 4], None), ("x", [0, 3, 6], ["a", "d", "g"]), ("y", [], None)
    ]  # fmt: skip
