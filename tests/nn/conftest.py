"""The same random numbers in CI each time; answers of Keras where it isn't installed.

A test that takes the fixture ``of_keras`` runs without Keras too. With Keras, the recorded answers
are compared with its own. ``SLOPES_RECORD_KERAS=1 python -m pytest -n 0 tests/nn`` records them.
"""

import functools
import importlib.util
import itertools
import os
from pathlib import Path

import numpy as np
import pytest

from nn.utils import set_random_seed

collect_ignore = ["saving/keras_2/write.py"]  # a script that needs TensorFlow
FILE = Path(__file__).with_name("keras_answers.npz")
HAS_KERAS = importlib.util.find_spec("keras") is not None
IS_RECORDING = bool(os.environ.get("SLOPES_RECORD_KERAS"))
computed: dict[str, np.ndarray] = {}


@pytest.fixture(autouse=True)
def seed_in_ci():
    if os.environ.get("CI"):
        set_random_seed(0)


@functools.cache
def recorded():
    """Return the answers in the file by the names of tests."""
    if not FILE.exists():
        return {}
    with np.load(FILE) as file:
        keys, lengths, values = file["keys"], file["lengths"], file["values"]
    parts = np.split(values, np.cumsum(lengths)[:-1])
    return dict(zip(keys.tolist(), parts, strict=True))


def write(answers):
    """Write all results as one array, which takes less space than an array for each."""
    keys = sorted(answers)
    np.savez_compressed(
        FILE,
        keys=np.array(keys),
        lengths=[answers[key].size for key in keys],
        values=np.concatenate([answers[key] for key in keys]),
    )


@pytest.fixture
def of_keras(request):
    """Return a function: ``of_keras(compute)`` is ``compute(keras)``, or its recorded answer."""
    calls = itertools.count()

    def answer(compute):
        key = f"{request.node.path.stem}::{request.node.name} {next(calls)}"
        if not HAS_KERAS:
            if key not in recorded():
                pytest.fail(f"{key} has no recorded answer: see {__file__}")
            return recorded()[key]
        found = np.ravel(np.asarray(compute(request.getfixturevalue("keras")), np.float32))
        computed[key] = found
        if not IS_RECORDING:
            # Terms of float32 that cancel depend on how many threads sum them.
            np.testing.assert_allclose(found, recorded()[key], rtol=1e-3, atol=1e-5)
        return found

    return answer


def pytest_collection_modifyitems(items):
    """Mark the tests that ask Keras, where it is installed."""
    for item in items:
        if HAS_KERAS and "of_keras" in getattr(item, "fixturenames", ()):
            item.add_marker("oracle")


def pytest_sessionfinish():
    """Add what was computed to the file."""
    if IS_RECORDING and computed:
        write(recorded() | computed)
