"""Training runs that are interrupted, compared with uninterrupted ones."""

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
    """Interrupts training at the n-th call of any of its hooks."""

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
    """Draws from NumPy's and Python's generators and its own, and keeps what it drew."""

    def __init__(self):
        self.drawn, self.own = [], np.random.default_rng(1)

    def on_epoch_end(self, _epoch, logs=None):
        self.drawn.append(float(np.random.rand() + self.own.random()))  # noqa: NPY002
        logs["drawn"] = self.drawn[-1]

    def on_train_end(self, logs=None):
        self.last = logs


def network():
    """Return a model whose training draws in several places."""
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
    return model


def run(folder, moment=0, data=None, mode="min", make=network, others=(), **options):
    """Train a new model as a script does that begins with its seed.

    Args:
        folder: for the backup and a log.
        moment: of the interruption; 0 for none.
        data: returns the arguments of ``fit`` that are data; by default arrays.
        mode: of early stopping.
        make: returns a compiled model.
        others: further callbacks.
        options: of the backup.
    """
    folder.mkdir(exist_ok=True)
    nn.utils.set_random_seed(3)
    model, drawing = make(), Drawing()
    callbacks = [
        Kill(moment),
        *others,
        nn.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.9),
        BackupAndRestore(folder / "backup", **options),
        nn.callbacks.EarlyStopping("val_loss", patience=2, mode=mode, restore_best_weights=True),
        nn.callbacks.CSVLogger(folder / "log.csv"),
        drawing,
    ]
    given = data() if data else {"x": X, "y": Y, "batch_size": 8}
    given = {"validation_data": (X[:8], Y[:8])} | given
    history = model.fit(**given, epochs=EPOCHS, callbacks=callbacks, verbose=0)
    drawn = nn.random.generator().random()
    record = history.history, history.epoch, history.stopped_after, drawing.last
    return model.get_weights(), record, (folder / "log.csv").read_text(), drawn


def assert_ends_alike(folder, moments, **options):
    """Interrupt training at some moments, each time after it has gone on."""
    expected = run(folder / "whole", **options)
    for moment in moments:
        with pytest.raises(Interrupted):
            run(folder / "parts", moment, **options)
    weights, *others = run(folder / "parts", **options)
    assert all(map(np.array_equal, weights, expected[0]))
    assert others == list(expected[1:])
    assert not (folder / "parts" / "backup").exists()
