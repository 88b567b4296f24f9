"""ModelCheckpoint, driven by scripted logs.

Where a comment says that Keras gives a number, Keras 3.15 was run on the same script.
"""

import numpy as np
import pytest
from hypothesis import given

from nn.callbacks import (
    ModelCheckpoint,
)
from tests.nn.callbacks.scripted import FakeModel, curves, fit, losses


@given(curves)
def test_the_best_weights_are_kept_in_memory(curve):
    model, checkpoint = FakeModel(), ModelCheckpoint()
    fit(model, checkpoint, losses(*curve))
    best_epoch = int(np.argmin(curve))
    assert checkpoint.best == min(curve)
    assert checkpoint.best_epoch == best_epoch
    assert checkpoint.best_weights[0] == [best_epoch + 1]


def test_every_epoch_is_saved_to_a_file_named_by_its_fields(tmp_path):
    path = tmp_path / "run" / "{epoch:02d}-{val_loss:.2f}.npz"
    fit(FakeModel(), ModelCheckpoint(path), losses(0.5, 0.25, 1))
    names = sorted(file.name for file in (tmp_path / "run").iterdir())
    assert names == ["01-0.50.npz", "02-0.25.npz", "03-1.00.npz"]
    assert np.load(tmp_path / "run" / "02-0.25.npz")["arr_0"] == [2]


def test_the_best_value_is_kept_over_several_fits_as_the_file_is(tmp_path):
    model, path = FakeModel(), tmp_path / "best.npz"
    checkpoint = ModelCheckpoint(path, save_best_only=True, save_weights_only=True)
    fit(model, checkpoint, losses(3, 2, 4))
    fit(model, checkpoint, losses(3, 3))
    assert np.load(path)["arr_0"] == [2]


def test_an_epoch_without_validation_is_not_the_best(tmp_path):
    script = [{"loss": 1.0}, *losses(2), {"loss": 1.0}, *losses(3)]
    in_memory, path = ModelCheckpoint(), tmp_path / "best.npz"
    in_file = ModelCheckpoint(path, save_best_only=True)
    fit(FakeModel(), [in_memory, in_file], script)
    assert in_memory.best_epoch == in_file.best_epoch == 1
    assert in_memory.best_weights[0] == np.load(path)["arr_0"] == [2]


@pytest.mark.filterwarnings("ignore:ModelCheckpoint monitors")
def test_a_checkpoint_without_validation(tmp_path):
    in_memory, path = ModelCheckpoint(), tmp_path / "best.npz"
    fit(FakeModel(), [in_memory, ModelCheckpoint(path, save_best_only=True)], [{"loss": 1.0}] * 3)
    assert in_memory.best_weights is None
    assert np.load(path)["arr_0"] == [3]


def test_a_first_value_to_beat():
    checkpoint = ModelCheckpoint(initial_value_threshold=1.0)
    fit(FakeModel(), checkpoint, losses(3, 2))
    assert checkpoint.best_weights is None
    fit(FakeModel(), checkpoint, losses(0.5))
    assert checkpoint.best_weights is not None


def test_saving_after_every_few_batches_counts_over_epochs(tmp_path):
    """As in Keras: of 2 epochs with 4 batches each, every third batch."""
    path = tmp_path / "{epoch}-{batch}.npz"
    fit(FakeModel(), ModelCheckpoint(path, save_freq=3), losses(1, 1), batches=4)
    assert sorted(file.stem for file in tmp_path.iterdir()) == ["1-3", "2-2"]


def test_a_checkpoint_prints_its_actions(capsys):
    fit(FakeModel(), ModelCheckpoint(verbose=1), losses(0.5, 0.25, 1))
    assert capsys.readouterr().out.splitlines() == [
        "Epoch 1: val_loss improved to 0.50000",
        "Epoch 1: saved the weights to memory",
        "Epoch 2: val_loss improved from 0.50000 to 0.25000",
        "Epoch 2: saved the weights to memory",
    ]


def test_what_is_saved_to_a_file_is_named(capsys, tmp_path):
    path = tmp_path / "{epoch}.npz"
    for weights_only, what in ((False, "model"), (True, "weights")):
        checkpoint = ModelCheckpoint(path, save_weights_only=weights_only, verbose=1)
        fit(FakeModel(), checkpoint, losses(0.5))
        expected = f"Epoch 1: saved the {what} to {tmp_path}/1.npz\n"
        assert capsys.readouterr().out == expected
    fit(FakeModel(), ModelCheckpoint(path), losses(0.5))
    assert capsys.readouterr().out == ""


def test_invalid_arguments_of_a_checkpoint(tmp_path):
    with pytest.raises(ValueError, match=r"for weights that ends in .* got 'model\.keras'"):
        ModelCheckpoint("model.keras", save_weights_only=True)
    with pytest.raises(ValueError, match=r"for a model that ends in .* got 'a\.weights\.h5'"):
        ModelCheckpoint("a.weights.h5")
    with pytest.raises(ValueError, match="a number of batches, got 0"):
        ModelCheckpoint(save_freq=0)
    (tmp_path / "folder.npz").mkdir()
    with pytest.raises(IsADirectoryError, match="Choose another name"):
        ModelCheckpoint(tmp_path / "folder.npz")
    with pytest.raises(KeyError, match=r"epoch, loss, val_loss in its filepath, got .*val_acc"):
        fit(FakeModel(), ModelCheckpoint(tmp_path / "{val_acc}.npz"), losses(1))
    with pytest.warns(UserWarning, match="monitors 'val_loss'"):
        fit(FakeModel(), ModelCheckpoint(), [{"loss": 1.0}])
