"""Files that were written with another Python and NumPy: see ``other_versions/versions.txt``."""

import pickle
import shutil

import numpy as np
import pytest

from nn.saving import load_model

from .other_versions.write import FOLDER, NUMBERS, TARGETS, TRAINING, WORDS, callbacks, made

with np.load(FOLDER / "expected.npz") as file:
    EXPECTED = dict(file)


def expected(prefix):
    return [EXPECTED[name] for name in sorted(EXPECTED) if name.startswith(prefix)]


def check_predictions(model):
    found = model.predict([WORDS, NUMBERS], verbose=0)
    np.testing.assert_allclose(found, EXPECTED["predictions"], atol=1e-6)


def needs(name):
    if not name.endswith((".npz", ".pickle")):
        pytest.importorskip("safetensors" if name.endswith(".safetensors") else "h5py")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["model.keras", "model.h5", "model.npz", "model.pickle"])
def test_a_model_predicts_and_trains_on_as_there(name):
    """But for dropout, whose numbers only a pickle goes on with."""
    needs(name)
    path = FOLDER / name
    model = pickle.loads(path.read_bytes()) if name.endswith("pickle") else load_model(path)
    check_predictions(model)
    assert model.optimizer.iterations == 4
    model.fit([WORDS, NUMBERS], TARGETS, **TRAINING)
    tolerance = 1e-5 if name.endswith("pickle") else 0.05
    for mine, theirs in zip(model.get_weights(), expected("weight"), strict=True):
        np.testing.assert_allclose(mine, theirs, atol=tolerance)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["model.weights.h5", "weights.npz", "model.safetensors"])
def test_weights_alone(name):
    needs(name)
    model = made()
    model.load_weights(FOLDER / name)
    check_predictions(model)


@pytest.mark.slow
def test_a_training_that_was_interrupted_continues(tmp_path):
    shutil.copy(FOLDER / "backup.npz", tmp_path)
    model = made()
    options = {"epochs": 4, "callbacks": callbacks(tmp_path), **TRAINING}
    history = model.fit([WORDS, NUMBERS], TARGETS, **options)
    assert history.epoch == [0, 1, 2, 3]
    for mine, theirs in zip(model.get_weights(), expected("end"), strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-5)
