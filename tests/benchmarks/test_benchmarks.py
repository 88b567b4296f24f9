"""The benchmarks run: at tiny sizes, and without any peer."""

import json
from functools import partial

import numpy as np
import pytest

from benchmarks.__main__ import available, choose, set_environment
from benchmarks.control import CONTROL
from benchmarks.machine import describe_machine, installed_version
from benchmarks.report import as_json, as_markdown, remarks_of, spread
from benchmarks.turns import Result, as_arrays, check_same, measure
from benchmarks.workload import AtMost, Engine, Faster, Workload, ratio_of
from benchmarks.workloads import WORKLOADS, chain, importing, mlp

SMALL = [
    chain.with_numbers(5),
    chain.with_variables(5),
    mlp.gradient("small", (3, 4, 4, 2), "float64"),
    mlp.gradient("small-float32", (3, 4, 4, 2), "float32"),
]


def pretended(**seconds: list[float]) -> Result:
    engines = tuple(Engine(name, dict) for name in ("ours", "peer", "absent"))
    targets = (Faster("ours", "peer", 2), Faster("ours", "absent", 3), AtMost("ours", 0.5))
    workload = Workload("pretended", "none", "A pretended workload", engines, targets)
    return Result(workload, {**seconds, CONTROL.name: [1.0, 1.0, 1.0]}, ("absent",))


@pytest.mark.parametrize("workload", SMALL, ids=lambda workload: workload.name)
def test_ours_gives_the_gradient_written_by_hand(workload):
    engines = available(workload, [])
    assert len(engines) == 3
    check_same(workload, {e.name: as_arrays(e.prepare()()) for e in engines})


def test_a_wrong_gradient_is_not_timed():
    with pytest.raises(ValueError, match="expected the gradient of ours to be that of by hand"):
        check_same(SMALL[0], {"ours": as_arrays([1.0, 2.0]), "by hand": as_arrays([1.0, 2.1])})
    with pytest.raises(ValueError, match="other shapes"):
        check_same(SMALL[0], {"ours": as_arrays([1.0]), "by hand": as_arrays([1.0, 2.1])})


def test_engines_take_turns_in_processes_of_their_own():
    workload = SMALL[0]
    engines = [workload.engines[0], workload.engines[-1]]
    result = measure(workload, engines, turns=3, seconds=0.001)
    assert list(result.seconds) == ["ours, backward()", "Python by hand", CONTROL.name]
    assert all(len(s) == 3 and min(s) > 0 for s in result.seconds.values())
    assert result.skipped == ("ours, grad", "micrograd", "autograd", "mygrad")


def test_an_engine_that_fails_says_why():
    broken = Engine("broken", partial(int, "no number"))
    with pytest.raises(RuntimeError, match=r"engine broken failed: (.|\n)*no number"):
        measure(SMALL[0], [broken], turns=1, seconds=0.001)


def test_ratios_are_medians_over_turns():
    assert ratio_of([2.0, 8.0, 300.0], [1.0, 2.0, 3.0]) == 4
    assert spread([1.0, 2.0, 3.0, 4.0, 100.0]) == pytest.approx(2 / 3)


def test_reports_say_what_was_met_missed_and_skipped():
    result = pretended(ours=[1.0, 1.0, 1.0], peer=[3.0, 3.0, 3.0])
    assert remarks_of(result) == [
        "met: ours: at least 2 times as fast as peer; measured 3.00 times",
        "MISSED: ours: at most 500 ms; measured 1000.0 ms",
        "skipped: absent",
    ]
    page = as_markdown({"Python": "3"}, [result])
    assert "- Python: 3" in page
    assert "| peer | 3 s | 3.00 | 0% |" in page
    times = json.loads(as_json({}, [result]))["workloads"]["pretended"]["times_ours"]
    assert times["peer"] == 3


def test_a_noisy_machine_is_named():
    result = pretended(ours=[1.0] * 4, peer=[1.0] * 4)
    result.seconds[CONTROL.name][:] = [1.0, 1.0, 1.5, 2.0]
    assert remarks_of(result)[-1] == "the machine was noisy: the control varied by 40%"


def test_the_command_chooses_by_name_and_group():
    names = [w.name for w in WORKLOADS]
    assert len(set(names)) == len(names)
    assert [w.name for w in choose(WORKLOADS, ["chain", "import"])] == ["chain", "import"]
    assert {w.group for w in choose(WORKLOADS, ["eager"])} == {"eager"}
    assert choose(WORKLOADS, []) == list(WORKLOADS)


def test_the_machine_names_what_is_installed():
    assert f"numpy {np.__version__}" in describe_machine(["no-such-package"])["packages"]
    assert installed_version("no-such-package") is None


def test_threads_and_memory_are_set_for_all_engines_alike(monkeypatch):
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        monkeypatch.setenv(name, "7")
    monkeypatch.setenv("MALLOC_TRIM_THRESHOLD_", "1000")
    monkeypatch.setenv("MALLOC_MMAP_THRESHOLD_", "1000")
    set_environment(threads=0)
    assert describe_machine([])["threads"] == "7"
    set_environment(threads=2)
    assert describe_machine([])["threads"] == "2"
    assert describe_machine([])["memory"] == "given back above 1000 bytes"


def test_an_import_is_timed_on_top_of_numpy():
    assert 0 < importing.seconds_of_import("json") < 10
