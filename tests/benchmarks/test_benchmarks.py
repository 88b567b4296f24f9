"""The benchmarks run: at tiny sizes, and without any peer."""

import json
import os
from dataclasses import replace
from functools import partial

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


def pretended(axis: str = "", **seconds: list[float]) -> Result:
    engines = tuple(Engine(name, dict) for name in ("ours", "peer", "absent"))
    aims = (AtMost("ours", 0.5, "peer"), AtMost("ours", 0.5, "absent"), AtMost("ours", 0.5))
    workload = Workload("made-up", "none", "A made-up workload", "10", engines, aims, axis=axis)
    seconds = {**seconds, **{control: [1.0, 1.0, 1.0] for control in CONTROLS}}
    firsts = {name: First(taken[0] + 0.25, 2_000_000, []) for name, taken in seconds.items()}
    turns = {name: [Turn(s, 1.0) for s in taken] for name, taken in seconds.items()}
    return Result(workload, firsts, turns, {"absent": "absent isn't installed"})


def test_engines_take_turns_in_processes_of_their_own():
    broken = Engine("broken", partial(int, "no number"))
    wrong = Engine("wrong", partial(partial, pow, 2, 3))
    chain = next(w for w in WORKLOADS if w.name == "chain")
    workload = replace(chain, engines=(broken, wrong, chain.engines[3], chain.engines[-1]))
    result = measure(workload, [], turns=3, seconds=0.001, pause=0)
    assert list(result.turns) == ["by hand", *CONTROLS]
    assert all(len(s) == 3 and min(s) > 0 for s in result.seconds.values())
    assert result.left_out["broken"].startswith("FAILED: ValueError: invalid literal for int()")
    assert result.left_out["wrong"] == "WRONG: it answers other shapes than by hand"
    assert result.left_out["HIPS autograd"] == "not asked for"
    assert failures_of_ours(result)


def dies_at_the_second_run():
    runs = iter([1.0, 1.0])
    return lambda: next(runs)


def test_an_engine_that_fails_later_drops_out():
    mortal = Engine("mortal", dies_at_the_second_run)
    workload = Workload("mortal", "none", "Mortal", "mortal", (mortal,))
    result = measure(workload, [], turns=1, seconds=0.0, pause=0)
    assert list(result.turns) == [*CONTROLS]
    assert result.left_out == {"mortal": "FAILED: StopIteration"}


def test_wrong_answers_are_named():
    answers = {"ours": as_arrays([1.0, 2.0]), "by hand": as_arrays((1.0, [2.1]))}
    assert list(same(answers)) == ["ours"]
    assert same({}) == {}
    assert same(answers, tolerance=0.1) == {}
    assert list(learned({"idle": [0.5, 0.5], "diverged": [1.0, float("nan")]})) == [
        "idle",
        "diverged",
    ]
    assert learned({"eager": [1.0, 0.5]}) == {}
    assert list(accurate({"guesses": [0.1], "knows": [0.9]})) == ["guesses"]


def test_ratios_are_medians_over_turns():
    assert ratio_of([2.0, 8.0, 300.0], [1.0, 2.0, 3.0]) == 4
    assert spread([1.0, 2.0, 3.0, 4.0, 100.0]) == pytest.approx(2 / 3)


def test_reports_say_what_was_met_missed_and_left_out():
    result = pretended(ours=[1.0, 1.0, 1.0], peer=[3.0, 3.0, 3.0])
    assert remarks(result) == [
        "met: ours: at most 0.5 of peer; measured 0.333",
        "MISSED: ours: at most 500 ms; measured 1000.0 ms",
        "left out, absent isn't installed: absent",
    ]
    assert not failures_of_ours(result)
    page = as_markdown({"Python": "3"}, [result])
    assert "- Python: 3" in page
    assert "| peer | 3 s | 3.00 | 0% | 1 | 250 ms | 2.0 MB |" in page
    measured = json.loads(as_json({}, [result]))["workloads"]["made-up"]
    assert measured["times_ours"]["peer"] == 3


def test_kin_stand_side_by_side():
    one = pretended(ours=[1.0] * 3, peer=[3.0] * 3)
    other = pretended(ours=[1.0] * 3)
    (table,) = overviews([one, other])
    assert table.rows == [("ours", "1.00", "1.00"), ("peer", "3.00", "")]
    growing = pretended("rows", ours=[0.5] * 3)
    time, memory = overviews([growing])
    assert (time.title, time.rows) == ("Time by rows", [("ours", "500 ms")])
    assert (memory.title, memory.rows) == ("Memory by rows", [("ours", "2.0 MB")])


def test_what_is_saved_has_plots_of_what_grows_and_of_fit(tmp_path):
    one = pretended("rows", ours=[0.5] * 3)
    grown = [
        replace(one, workload=replace(one.workload, name=f"growth-batch-{size}", size=size))
        for size in (100, 2_000)
    ]
    fit = pretended(ours=[1.0] * 3, peer=[3.0] * 3)
    fit = replace(fit, workload=replace(fit.workload, group="fit"))
    save(tmp_path, {}, [*grown, fit])
    page = (tmp_path / "RESULTS.md").read_text()
    assert "![growth of batch](plots/growth_of_batch.svg)" in page
    assert "![fit](plots/fit.svg)" in page
    assert all("</svg>" in file.read_text() for file in (tmp_path / "plots").iterdir())
    assert len(json.loads((tmp_path / "results.json").read_text())["workloads"]) == 3


@pytest.mark.parametrize("control", CONTROLS)
def test_a_noisy_machine_is_named(control):
    result = pretended(ours=[1.0] * 4, peer=[1.0] * 4)
    result.turns[control][:] = [Turn(s, 1.0) for s in (1.0, 1.0, 1.5, 2.0)]
    assert remarks(result)[-1] == f"the machine was noisy: {control} varied by 40%"
    result.turns[control][:] = [Turn(1.0, 0.25)] * 4
    assert remarks(result)[-1] == f"the machine was busy otherwise: {control} had 0.25 of a core"


def test_the_command_chooses_by_name_and_group():
    names = [w.name for w in WORKLOADS]
    assert len(set(names)) == len(names)
    assert [w.name for w in choose(WORKLOADS, ["chain", "import"])] == ["chain", "import"]
    assert {w.group for w in choose(WORKLOADS, ["fit"])} == {"fit"}
    assert choose(WORKLOADS, []) == list(WORKLOADS)


def test_aims_are_about_engines_that_there_are():
    for workload in WORKLOADS:
        names = {e.name for e in workload.engines}
        assert len(names) == len(workload.engines)
        assert {aim.engine for aim in workload.targets} <= names
        assert {aim.of for aim in workload.targets if aim.of} <= names


def test_the_machine_names_what_is_installed_and_set(monkeypatch):
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


def test_what_is_missing_says_why():
    assert why_missing(Engine("ours", dict)) is None
    assert why_missing(Engine("peer", dict, ("no-such-package",))) == (
        "no-such-package isn't installed"
    )
    assert why_missing(Engine("peer", dict, ("numpy",)), ["torch"]) == "not asked for"
    assert why_missing(Engine("peer", dict, ("numpy",)), ["numpy"]) is None


def test_an_import_is_timed_on_top_of_numpy():
    assert 0 < importing.measured_import("json").seconds < 10
