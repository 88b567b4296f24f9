"""The benchmarks at tiny sizes, without any peer."""

import json
import os
from dataclasses import replace
from functools import partial

import matplotlib as mpl
import numpy as np
import pytest

from benchmarks.__main__ import THREADS, choose, save, set_environment
from benchmarks.checks import accurate, learned, same
from benchmarks.control import CONTROLS
from benchmarks.machine import describe_machine, installed_version, why_missing
from benchmarks.report import as_json, as_markdown
from benchmarks.tables import failures_of_ours, overviews, remarks, spread
from benchmarks.turns import Result, measure
from benchmarks.worker import First, Turn, as_arrays
from benchmarks.workload import AtMost, Engine, Workload, ratio_of
from benchmarks.workloads import WORKLOADS, importing


def make_result(axis: str = "", **seconds: list[float]) -> Result:
    engines = tuple(Engine(name, dict) for name in ("ours", "peer", "absent"))
    limits = (AtMost("ours", 0.5, "peer"), AtMost("ours", 0.5, "absent"), AtMost("ours", 0.5))
    workload = Workload("made-up", "none", "A made-up workload", "10", engines, limits, axis=axis)
    seconds = {**seconds, **{control: [1.0, 1.0, 1.0] for control in CONTROLS}}
    firsts = {name: First(taken[0] + 0.25, 2_000_000, []) for name, taken in seconds.items()}
    turns = {name: [Turn(s, 1.0) for s in taken] for name, taken in seconds.items()}
    return Result(workload, firsts, turns, {"absent": "absent isn't installed"})


@pytest.mark.slow
def test_engines_take_turns_in_separate_processes():
    broken = Engine("broken", partial(int, "no number"))
    wrong = Engine("wrong", partial(partial, pow, 2, 3))
    chain = next(w for w in WORKLOADS if w.name == "chain")
    peer = next(e for e in chain.engines if e.name == "HIPS autograd")
    workload = replace(chain, engines=(broken, wrong, peer, chain.engines[-1]))
    result = measure(workload, [], turns=3, seconds=0.001, pause=0)
    assert list(result.turns) == ["by hand", *CONTROLS]
    assert all(len(s) == 3 and min(s) > 0 for s in result.seconds.values())
    assert result.left_out["broken"].startswith("FAILED: ValueError: invalid literal for int()")
    assert result.left_out["wrong"] == "WRONG: expected the shapes of by hand, [(), ()], got [()]"
    assert result.left_out["HIPS autograd"] == "not selected"
    assert failures_of_ours(result)


def fails_at_the_second_run():
    runs = iter([1.0, 1.0])
    return lambda: next(runs)


@pytest.mark.slow
def test_an_engine_that_fails_later_is_excluded():
    failing = Engine("failing", fails_at_the_second_run)
    workload = Workload("failing", "none", "Failing", "failing", (failing,))
    result = measure(workload, [], turns=1, seconds=0.0, pause=0)
    assert list(result.turns) == [*CONTROLS]
    assert result.left_out == {"failing": "FAILED: StopIteration"}


def test_wrong_outputs_are_reported():
    outputs = {"ours": as_arrays([1.0, 2.0]), "by hand": as_arrays((1.0, [2.1]))}
    assert list(same(outputs)) == ["ours"]
    assert same({}) == {}
    assert same(outputs, tolerance=0.1) == {}
    assert list(learned({"idle": [0.5, 0.5], "diverged": [1.0, float("nan")]})) == [
        "idle",
        "diverged",
    ]
    assert learned({"eager": [1.0, 0.5]}) == {}
    assert list(accurate({"guesses": [0.1], "knows": [0.9]})) == ["guesses"]


def test_ratios_are_medians_over_turns():
    assert ratio_of([2.0, 8.0, 300.0], [1.0, 2.0, 3.0]) == 4
    assert spread([1.0, 2.0, 3.0, 4.0, 100.0]) == pytest.approx(2 / 3)


def test_reports_list_met_and_missed_targets_and_left_out_engines():
    result = make_result(ours=[1.0, 1.0, 1.0], peer=[3.0, 3.0, 3.0])
    assert remarks(result) == [
        "met: ours: at most 0.5 of peer; measured 0.333",
        "MISSED: ours: at most 500 ms; measured 1000.0 ms",
        "left out: absent (absent isn't installed)",
    ]
    assert not failures_of_ours(result)
    page = as_markdown({"Python": "3"}, [result])
    assert "- Python: 3" in page
    assert "| peer | 3 s | 3.00 | 0% | 1 | 250 ms | 2.0 MB |" in page
    measured = json.loads(as_json({}, [result]))["workloads"]["made-up"]
    assert measured["times_ours"]["peer"] == 3


def test_a_group_is_shown_side_by_side():
    one = make_result(ours=[1.0] * 3, peer=[3.0] * 3)
    other = make_result(ours=[1.0] * 3)
    (table,) = overviews([one, other])
    assert table.rows == [("ours", "1.00", "1.00"), ("peer", "3.00", "")]
    growing = make_result("rows", ours=[0.5] * 3)
    time, memory = overviews([growing])
    assert (time.title, time.rows) == ("Time by rows", [("ours", "500 ms")])
    assert (memory.title, memory.rows) == ("Memory by rows", [("ours", "2.0 MB")])


@pytest.mark.slow
def test_save_writes_plots_of_series_and_of_fit(tmp_path):
    one = make_result("rows", ours=[0.5] * 3)
    grown = [
        replace(one, workload=replace(one.workload, name=f"growth-batch-{size}", size=size))
        for size in (100, 2_000)
    ]
    fit = make_result(ours=[1.0] * 3, peer=[3.0] * 3)
    fit = replace(fit, workload=replace(fit.workload, group="fit"))
    before = dict(mpl.rcParams)
    save(tmp_path, {}, [*grown, fit])
    assert dict(mpl.rcParams) == before
    page = (tmp_path / "RESULTS.md").read_text()
    assert "![growth of batch](plots/growth_of_batch.svg)" in page
    assert "![fit](plots/fit.svg)" in page
    assert all("</svg>" in file.read_text() for file in (tmp_path / "plots").iterdir())
    assert len(json.loads((tmp_path / "results.json").read_text())["workloads"]) == 3


@pytest.mark.parametrize("control", CONTROLS)
def test_a_noisy_machine_is_reported(control):
    result = make_result(ours=[1.0] * 4, peer=[1.0] * 4)
    result.turns[control][:] = [Turn(s, 1.0) for s in (1.0, 1.0, 1.5, 2.0)]
    assert remarks(result)[-1] == f"the machine was noisy: {control} varied by 40%"
    result.turns[control][:] = [Turn(1.0, 0.25)] * 4
    assert remarks(result)[-1] == f"the machine was busy: {control} had only 0.25 of a core"


def test_choose_by_name_and_group():
    names = [w.name for w in WORKLOADS]
    assert len(set(names)) == len(names)
    assert [w.name for w in choose(WORKLOADS, ["chain", "import"])] == ["chain", "import"]
    assert {w.group for w in choose(WORKLOADS, ["fit"])} == {"fit"}
    assert choose(WORKLOADS, []) == list(WORKLOADS)


def test_targets_name_existing_engines():
    for workload in WORKLOADS:
        names = {e.name for e in workload.engines}
        assert len(names) == len(workload.engines)
        assert {target.engine for target in workload.targets} <= names
        assert {target.of for target in workload.targets if target.of} <= names


def test_describe_machine_and_set_environment(monkeypatch):
    for name in (*THREADS, "MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_"):
        monkeypatch.setenv(name, "7")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    machine = describe_machine(["no-such-package"])
    assert f"numpy {np.__version__}" in machine["packages"]
    assert "no-such-package" not in machine["packages"]
    assert "OMP_NUM_THREADS=7" in machine["environment"]
    assert installed_version("no-such-package") is None
    set_environment(0, keep_memory=False)
    assert os.environ["OMP_NUM_THREADS"] == os.environ["MALLOC_TRIM_THRESHOLD_"] == "7"
    set_environment(2, keep_memory=True)
    assert {os.environ[name] for name in THREADS} == {"2"}
    assert os.environ["MALLOC_TRIM_THRESHOLD_"] == str(2**29)
    assert os.environ["PYTHONDONTWRITEBYTECODE"] == ""


def test_why_missing():
    assert why_missing(Engine("ours", dict)) is None
    assert why_missing(Engine("peer", dict, ("no-such-package",))) == (
        "no-such-package isn't installed"
    )
    assert why_missing(Engine("peer", dict, ("numpy",)), ["torch"]) == "not selected"
    assert why_missing(Engine("peer", dict, ("numpy",)), ["numpy"]) is None


@pytest.mark.slow
def test_an_import_is_timed_on_top_of_numpy():
    assert 0 < importing.measured_import("json").seconds < 10
