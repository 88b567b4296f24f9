"""The same script gives the same numbers in any number of processes, and alone."""

import copy
import json
import pickle
import re
import subprocess
import sys

import numpy as np
import pytest

import nn
from tests.nn.distribution import processes


@pytest.fixture(autouse=True)
def no_distribution():
    nn.distribution.set_distribution(None)  # which an example may have set
    yield
    nn.distribution.set_distribution(None)


def results(count, folder):
    path = folder / f"{count}.json"
    done = processes.run(count, "cases.py", path)
    assert done.returncode == 0, done.stderr
    printed = [line.partition(" - ")[0] for line in done.stdout.splitlines()]
    assert printed == ["Epoch 1/2", "Epoch 2/2", f"{max(count, 1)} processes are done"]
    return json.loads(path.read_text())


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    return results(0, tmp_path_factory.mktemp("alone"))


def numbers(value, path=""):
    """Yield all numbers of a structure, with their places."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        if isinstance(item, dict | list):
            yield from numbers(item, f"{path}/{key}")
        elif not isinstance(item, str):
            yield f"{path}/{key}", item


def texts(value):
    """Return all texts of a structure."""
    return re.findall(r'"([^"]*)"', json.dumps(value))


@pytest.mark.slow
@processes.needs_mpi
@pytest.mark.parametrize("count", [1, 2, 3])
def test_any_number_of_processes_gives_the_training_of_one(count, alone, tmp_path):
    found = results(count, tmp_path)
    assert found.keys() == alone.keys()
    for name, expected in alone.items():
        assert texts(found[name]) == texts(expected)
        places, values = zip(*numbers(found[name]), strict=True)
        known_places, known_values = zip(*numbers(expected), strict=True)
        assert places == known_places, name
        np.testing.assert_allclose(values, known_values, rtol=2e-5, atol=2e-6, err_msg=name)
        assert count > 1 or values == known_values


@pytest.mark.slow
def test_a_process_alone_needs_nothing_and_changes_nothing():
    distribution = nn.distribution.DataParallel()
    assert (distribution.rank, distribution.size, nn.distribution.is_main()) == (0, 1, True)
    x, y = np.eye(4), np.ones(4)
    histories = []
    for chosen in (None, distribution):
        nn.utils.set_random_seed(1)
        model = nn.Sequential([nn.Input((4,)), nn.layers.Dropout(0.5), nn.layers.Dense(1)])
        model.compile("sgd", "mse", distribution=chosen)
        histories.append(model.fit(x, y, epochs=3, verbose=0).history)
        assert model.distribution is chosen
    assert histories[0] == histories[1]


@pytest.mark.slow
def test_a_distribution_is_set_for_all_models():
    distribution = nn.distribution.DataParallel()
    nn.distribution.set_distribution(distribution)
    assert nn.distribution.distribution() is distribution
    assert nn.Sequential().distribution is distribution
    with pytest.raises(TypeError, match=r"DataParallel\(\) or None, got 2"):
        nn.distribution.set_distribution(2)
    nn.distribution.set_distribution(None)
    assert nn.Sequential().distribution is None
    with pytest.raises(TypeError, match="got 'mpi'"):
        nn.Sequential().compile(distribution="mpi")


@pytest.mark.slow
def test_a_model_is_copied_with_its_distribution():
    model = nn.Sequential([nn.Input((4,)), nn.layers.Dense(1)])
    model.compile(
        "sgd", "mse", distribution=nn.distribution.DataParallel(check_every=7, print_all=True)
    )
    assert copy.deepcopy(model).distribution is model.distribution
    copied = pickle.loads(pickle.dumps(model)).distribution
    assert (copied.check_every, copied.print_all) == (7, True)


@pytest.mark.slow
def test_a_process_of_several_without_mpi4py_is_refused():
    program = "import sys; sys.modules['mpi4py'] = None; import nn; nn.distribution.DataParallel()"
    for variable, expected in (("PMI_SIZE", 1), ("UNRELATED", 0)):
        done = subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONPATH": str(processes.ROOT), variable: "2"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == expected, done.stderr
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": str(processes.ROOT), "PMI_SIZE": "2"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "pip install 'slopes[mpi]'" in done.stderr


@processes.needs_mpi
@pytest.mark.slow
def test_machine_code_gives_the_same(numba, tmp_path):  # noqa: ARG001 - the peer
    found = []
    for count in (0, 2):
        path = tmp_path / f"{count}.json"
        done = processes.run(count, "machine_code.py", path, tmp_path)
        assert done.returncode == 0, done.stderr
        found.append(json.loads(path.read_text()))
    np.testing.assert_allclose(found[0], found[1], rtol=2e-5)
