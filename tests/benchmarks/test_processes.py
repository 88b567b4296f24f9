"""The benchmark of several processes: its model of many, its tables, and a small run."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.processes import __main__ as command
from benchmarks.processes import training
from benchmarks.processes.scaling import Step, all_reduce
from tests.nn.distribution import processes

STEP = Step(per_row=3e-5, update=1e-3, size=2_700_000, latency=2e-5, per_byte=8e-10)


@given(st.integers(2, 5000), st.integers(1, 10**6))
def test_the_model_lies_between_no_gain_and_the_ideal(count, rows):
    assert STEP.strong(1, rows) == STEP.weak(1, rows) == 1
    assert 0 < STEP.strong(count, rows) < count
    assert 0 < STEP.weak(count, rows) < 1
    assert all_reduce(count, 0, 1.0, 1.0) <= all_reduce(count, 8, 1.0, 1.0)


def test_tables_have_a_row_for_each_measurement(capsys):
    one = {"median": 0.02, "fastest": 0.02, "processor": 0.02}
    two = {name: seconds / 1.6 for name, seconds in one.items()}
    command.show_trainings({1: [one, one], 2: [two, two]})
    command.show_sums({"1": 2e-6, "4096": 5e-5})
    command.show_scaling(STEP)
    lines = capsys.readouterr().out.splitlines()
    assert "| 2 | 12.5 | 12.5 | 12.5 | 1.60, 1.60, 1.60 |" in lines
    assert "| 4,096 | 50 |" in lines
    assert len([line for line in lines if line.startswith("| 10 Gbit/s")]) == 3


@pytest.mark.slow
def test_a_small_training_prints_its_times(monkeypatch, capsys):
    for name, value in {"BATCHES": 1, "ROWS": 4, "EPOCHS": 2}.items():
        monkeypatch.setattr(training, name, value)
    training.main()
    found = json.loads(capsys.readouterr().out)
    assert found.keys() == {"median", "fastest", "processor", "update", "loss"}
    assert 0 < found["fastest"] <= found["median"]


@processes.needs_mpi
@pytest.mark.slow
def test_sums_of_two_processes_are_timed(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(processes.ROOT))
    monkeypatch.chdir(processes.ROOT)
    found = command.run(2, "sums", "64")
    assert list(found) == ["1", "4", "16", "64"]
    assert all(seconds > 0 for seconds in found.values())
