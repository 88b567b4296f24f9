"""A training that is interrupted at any moment, and started again, ends as if it hadn't been."""

import os
import subprocess
import sys
import time

import numpy as np
import pytest

import nn
from nn.callbacks import BackupAndRestore, Callback
from nn.layers import Dense, Dropout, GaussianNoise

EPOCHS = 6
RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(40, 3)).astype(np.float32), RNG.normal(size=(40, 1)).astype(np.float32)


class Interrupted(BaseException):
    """Stands for a kill: nothing handles it."""


class Kill(Callback):
    """Interrupts a training at the n-th call of any of its hooks."""

    is_backed_up = False

    def __init__(self, moment):
        self.left = moment

    def _count(self, *_):
        self.left -= 1
        if not self.left:
            raise Interrupted

    on_train_begin = on_epoch_begin = on_train_batch_end = on_test_end = on_epoch_end = _count
    on_train_end = _count


class Drawing(Callback):
    """Draws from NumPy's and Python's generators, and keeps what it drew."""

    def __init__(self):
        self.drawn = []

    def on_epoch_end(self, _epoch, logs=None):
        self.drawn.append(float(np.random.rand()))  # noqa: NPY002 - what users write
        logs["drawn"] = self.drawn[-1]


def run(folder, moment=0, stream=False, mode="min"):
    """Train a new model as a script does that begins with its seed."""
    nn.utils.set_random_seed(3)
    model = nn.Sequential(
        [
            nn.Input((3,)),
            Dense(8, "relu"),
            Dropout(0.3),
            nn.layers.BatchNormalization(),
            GaussianNoise(0.1),
            Dense(1),
        ]
    )
    optimizer = nn.optimizers.Adam(0.01, use_ema=True, gradient_accumulation_steps=2)
    model.compile(optimizer, "mse", metrics=["mae"])
    callbacks = [
        Kill(moment),
        nn.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.9),
        BackupAndRestore(folder / "backup"),
        nn.callbacks.EarlyStopping("val_loss", patience=2, mode=mode, restore_best_weights=True),
        nn.callbacks.CSVLogger(folder / "log.csv"),
        Drawing(),
    ]
    options = {"validation_data": (X[:8], Y[:8]), "callbacks": callbacks, "verbose": 0}
    if stream:
        batches = ((X[i : i + 8], Y[i : i + 8]) for _ in range(EPOCHS) for i in range(0, 40, 8))
        history = model.fit(batches, epochs=EPOCHS, steps_per_epoch=5, **options)
    else:
        history = model.fit(X, Y, batch_size=8, epochs=EPOCHS, **options)
    drawn = nn.random.generator().random()
    return model.get_weights(), history.history, (folder / "log.csv").read_text(), drawn


def assert_ends_alike(folder, moments, **options):
    """Interrupt a training at some moments, each time after it has gone on."""
    for name in ("whole", "parts"):
        (folder / name).mkdir()
    expected = run(folder / "whole", **options)
    for moment in moments:
        with pytest.raises(Interrupted):
            run(folder / "parts", moment, **options)
    weights, *others = run(folder / "parts", **options)
    assert all(map(np.array_equal, weights, expected[0]))
    assert others == list(expected[1:])
    assert not (folder / "parts" / "backup").exists()


@pytest.mark.parametrize("moments", [[1], [5], [9], [10], [11], [15], [20, 14, 3], [50]], ids=str)
def test_a_resumed_training_ends_alike(moments, tmp_path):
    assert_ends_alike(tmp_path, moments)


def test_a_generator_of_batches_is_run_up_to_the_place(tmp_path):
    assert_ends_alike(tmp_path, [20], stream=True)


def test_a_training_that_was_stopped_early_stays_so(tmp_path):
    epochs = len(run(tmp_path, mode="max")[1]["loss"])
    assert epochs < EPOCHS
    assert_ends_alike(tmp_path, [1 + 8 * epochs + 1], mode="max")


SCRIPT = """
import sys
from pathlib import Path
from tests.nn.callbacks.test_backup_and_restore import run
import numpy as np
weights = run(Path(sys.argv[1]))[0]
np.savez(Path(sys.argv[1]) / "weights", *weights)
"""


@pytest.mark.slow
def test_a_killed_process_is_started_again(tmp_path):
    for name in ("whole", "parts"):
        (tmp_path / name).mkdir()
    expected = run(tmp_path / "whole")[0]
    command = [sys.executable, "-c", SCRIPT, tmp_path / "parts"]
    process = subprocess.Popen(command)
    backup = tmp_path / "parts" / "backup" / "backup.npz"
    while process.poll() is None:
        if backup.exists():
            process.kill()
        time.sleep(0.001)
    subprocess.run(command, check=True)
    with np.load(tmp_path / "parts" / "weights.npz") as file:
        assert all(map(np.array_equal, expected, file.values()))


def test_a_backup_of_other_callbacks_is_refused(tmp_path):
    with pytest.raises(Interrupted):
        run(tmp_path, 20)
    model = nn.Sequential([Dense(1, input_shape=(3,))])
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match="the callbacks of the interrupted training"):
        model.fit(X, Y, verbose=0, callbacks=[BackupAndRestore(tmp_path / "backup")])


def test_a_broken_backup_is_named(tmp_path):
    (tmp_path / "backup.npz").write_bytes(b"PK\3\4broken")
    model = nn.Sequential([Dense(1, input_shape=(3,))])
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match=r"backup\.npz"):
        model.fit(X, Y, verbose=0, callbacks=[BackupAndRestore(tmp_path)])


def test_a_backup_may_be_kept(tmp_path):
    model = nn.Sequential([Dense(1, input_shape=(3,))])
    model.compile("sgd", "mse")
    kept = BackupAndRestore(tmp_path / "backup", delete_checkpoint=False)
    model.fit(X, Y, verbose=0, callbacks=[kept])
    assert os.listdir(tmp_path / "backup") == ["backup.npz"]


def test_save_freq_is_an_epoch():
    with pytest.raises(ValueError, match="save_freq='epoch', got 10"):
        BackupAndRestore("backup", save_freq=10)
