"""The files of `ModelCheckpoint`: whole models and weights, in each format."""

import numpy as np
import pytest

import nn
from nn.callbacks import ModelCheckpoint

X, Y = np.arange(8.0).reshape(4, 2), np.arange(4.0)


def compiled():
    model = nn.Sequential([nn.layers.Dense(1, input_shape=(2,))])
    model.compile("adam", "mse")
    return model


@pytest.mark.slow
@pytest.mark.parametrize("ending", [".keras", ".h5", ".npz"])
def test_whole_models(ending, tmp_path):
    if ending != ".npz":
        pytest.importorskip("h5py")
    model = compiled()
    path = tmp_path / ("{epoch:02d}-{loss:.1f}" + ending)
    history = model.fit(X, Y, epochs=2, verbose=0, callbacks=[ModelCheckpoint(path)])
    second = tmp_path / f"02-{history.history['loss'][1]:.1f}{ending}"
    loaded = nn.models.load_model(second)
    assert loaded.optimizer.iterations == 2
    assert all(map(np.array_equal, model.get_weights(), loaded.get_weights()))


@pytest.mark.slow
@pytest.mark.parametrize("ending", [".weights.h5", ".npz", ".safetensors"])
def test_weights_alone(ending, tmp_path):
    if ending != ".npz":
        pytest.importorskip("safetensors" if ending == ".safetensors" else "h5py")
    model, other = compiled(), compiled()
    path = tmp_path / ("{epoch}-{batch}" + ending)
    checkpoint = ModelCheckpoint(path, save_weights_only=True, save_freq=2)
    model.fit(X, Y, batch_size=1, verbose=0, callbacks=[checkpoint])
    other.load_weights(tmp_path / f"1-4{ending}")
    assert all(map(np.array_equal, model.get_weights(), other.get_weights()))
