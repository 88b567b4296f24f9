"""The outputs of the workloads are right: the engines without a peer, at the sizes to time."""

import difflib
from functools import partial

import numpy as np
import pytest

from benchmarks.checks import same
from benchmarks.memory import Peak, bytes_of_maxrss
from benchmarks.worker import as_arrays
from benchmarks.workloads import differential, fit, gradients, growth, likelihood, script
from benchmarks.workloads.fit import by_hand
from benchmarks.workloads.fit.networks import DIGITS, TITANIC, WIDE, Network
from benchmarks.workloads.gradients import mlp

GROWTH = [
    growth.of_operations(7),
    growth.of_width(5),
    growth.of_batch(1),
    growth.of_layers(3),
]


def outputs_of_own(workload):
    own = [e for e in workload.engines if not e.needs and "jitted" not in e.name]
    return {e.name: as_arrays(e.prepare()()) for e in own}


@pytest.mark.slow
@pytest.mark.parametrize("workload", [*gradients.WORKLOADS, *GROWTH], ids=lambda w: w.name)
def test_ours_returns_the_slopes_written_by_hand(workload):
    outputs = outputs_of_own(workload)
    assert len(outputs) >= 2
    assert workload.check(outputs) == {}


WITH_SCIPY = [likelihood.WORKLOAD, differential.WORKLOAD]


@pytest.mark.slow
@pytest.mark.parametrize("workload", WITH_SCIPY, ids=lambda w: w.name)
def test_ours_and_the_hand_written_code_with_scipy_agree(workload):
    pytest.importorskip("scipy")
    runs = {e.name: as_arrays(e.prepare()()) for e in workload.engines if not e.needs}
    assert len(runs) >= 2
    assert workload.check(runs) == {}


@pytest.mark.slow
@pytest.mark.parametrize("network", [TITANIC, DIGITS, WIDE], ids=lambda n: n.name)
def test_the_data_fits_the_network(network):
    x, classes = network.data()
    assert x.shape == (network.rows, network.widths[0])
    assert x.dtype == "float32"
    assert set(classes) == set(range(network.widths[-1]))


@pytest.mark.slow
def test_ours_and_the_hand_written_loop_learn_alike():
    network = Network("tiny", (10, 20, 2), batch=32, rows=1317, epochs=20)
    outputs = outputs_of_own(fit.training(network))
    assert fit.training(network).check(outputs) == {}
    last = [after for _, after in outputs.values()]
    assert max(last) - min(last) < 0.05


@pytest.mark.slow
def test_the_first_step_is_measured():
    run = fit.compiling(TITANIC).engines[0].prepare()
    assert 0 < run().seconds < 10


def test_the_slopes_of_the_hand_written_loop_are_right():
    widths, rows = (5, 4, 3, 2), 6
    make = partial(mlp._make, widths, "float32", rows)
    problem = make()
    weights = list(zip(problem.parameters[::2], problem.parameters[1::2], strict=True))
    slopes = [(np.empty_like(w), np.empty_like(b)) for w, b in weights]
    step = by_hand.HandWrittenStep(rows, weights, slopes)
    step.hidden[0][:], step.labels[:] = problem.data
    loss = step.forward() / rows
    step.backward()
    outputs = {"loop": as_arrays([loss, slopes]), "by hand": as_arrays(mlp._by_hand(make)())}
    assert same(outputs, tolerance=1e-5) == {}


def test_the_hand_written_loop_counts_correctly_classified_rows():
    rows = np.array([[0.9, 0.1], [0.4, 0.6]], "float32")
    step = by_hand.HandWrittenStep(2, [(np.eye(2, dtype="float32"), np.zeros(2))], [])
    step.hidden[0][:], step.labels[:] = rows, [[1, 0], [1, 0]]
    step.forward()
    assert step.correct() == 1


def test_the_scripts_of_ours_and_keras_differ_in_their_imports_only():
    ours, keras = ((script.HERE / f"with_{n}.py").read_text().split("\n") for n in ("nn", "keras"))
    changed = [line for line in difflib.ndiff(ours, keras) if line[0] in "+-" and line[2:].strip()]
    assert len(changed) == 8
    assert all(line[2:].startswith(("from nn.", "from keras.")) for line in changed)


def test_a_script_is_measured(tmp_path):
    (tmp_path / "large.py").write_text("import sys; x = bytes(30_000_000); print(sys.argv[1])")
    measured = script.run_script(tmp_path / "large.py", "0.5", {})
    assert measured.output == 0.5
    assert measured.memory > 30_000_000
    assert 0 < measured.seconds < 10
    (tmp_path / "broken.py").write_text("raise ValueError('on purpose')")
    with pytest.raises(RuntimeError, match="on purpose"):
        script.run_script(tmp_path / "broken.py", "", {})


@pytest.mark.slow
def test_memory_is_measured_at_its_peak():
    for _ in range(2):  # memory that the first left free is counted again
        peak = Peak()
        arrays = [np.ones(1_000) for _ in range(5_000)]
        del arrays
        growth = peak.growth()
        assert growth is None or 20_000_000 < growth < 60_000_000
    assert bytes_of_maxrss(1) in (1, 1024)
