"""Write the files of this folder: a model in the middle of its training, in each format.

    python3.13 -m venv /tmp/other && /tmp/other/bin/pip install . numpy h5py safetensors
    /tmp/other/bin/python tests/nn/saving/other_versions/write.py

They were written with the versions in ``versions.txt``. The tests read them with others. A pickle
refers to the modules of ``nn`` by their names: when one of these has moved, write the files again.
"""

import pickle
import platform
import shutil
from importlib.metadata import version
from pathlib import Path

import numpy as np

import nn

FOLDER = Path(__file__).parent
RANDOM = np.random.default_rng(0)
WORDS = RANDOM.integers(0, 5, (8, 4)).astype(np.int32)
NUMBERS = RANDOM.normal(size=(8, 3)).astype(np.float32)
TARGETS = RANDOM.normal(size=(8, 1)).astype(np.float32)
TRAINING = {"batch_size": 4, "shuffle": False, "verbose": 0}


def made():
    """Return a compiled model with two inputs, a recurrence, statistics and dropout."""
    nn.utils.set_random_seed(1)
    words, numbers = nn.Input((4,), dtype="int32", name="words"), nn.Input((3,), name="numbers")
    hidden = nn.layers.GRU(2)(nn.layers.Embedding(5, 3, mask_zero=True)(words))
    both = nn.layers.Concatenate()([hidden, nn.layers.Dense(3, "tanh")(numbers)])
    both = nn.layers.Dropout(0.2)(nn.layers.BatchNormalization()(both))
    model = nn.Model([words, numbers], nn.layers.Dense(1)(both))
    model.compile(nn.optimizers.Adam(0.01), "mse", metrics=["mae"])
    return model


class Stop(nn.callbacks.Callback):
    """Interrupts a training after two epochs and a batch."""

    is_backed_up = False

    def on_train_batch_end(self, batch, logs=None):  # noqa: ARG002 - a hook's arguments
        if batch == 1 and len(self.model.history.epoch) == 2:
            raise KeyboardInterrupt


def callbacks(folder):
    """Return those of a training that is interrupted."""
    return [nn.callbacks.BackupAndRestore(folder, save_freq=1, delete_checkpoint=False)]


def write():
    """Write all files."""
    model = made()
    model.fit([WORDS, NUMBERS], TARGETS, epochs=2, **TRAINING)
    for name in ("model.keras", "model.h5", "model.npz"):
        model.save(FOLDER / name)
    for name in ("model.weights.h5", "weights.npz", "model.safetensors"):
        model.save_weights(FOLDER / name)
    (FOLDER / "model.pickle").write_bytes(pickle.dumps(model))
    found = {"predictions": model.predict([WORDS, NUMBERS], verbose=0)}
    model.fit([WORDS, NUMBERS], TARGETS, **TRAINING)
    found |= {f"weight_{i:02}": weight for i, weight in enumerate(model.get_weights())}
    try:
        interrupted = [*callbacks(FOLDER / "backup"), Stop()]
        made().fit([WORDS, NUMBERS], TARGETS, epochs=4, callbacks=interrupted, **TRAINING)
    except KeyboardInterrupt:
        shutil.move(FOLDER / "backup" / "backup.npz", FOLDER / "backup.npz")
        (FOLDER / "backup").rmdir()
    model = made()
    model.fit([WORDS, NUMBERS], TARGETS, epochs=4, **TRAINING)
    found |= {f"end_{i:02}": weight for i, weight in enumerate(model.get_weights())}
    np.savez_compressed(FOLDER / "expected.npz", **found)
    packages = [f"{name} {version(name)}" for name in ("numpy", "h5py", "safetensors")]
    text = ", ".join([f"Python {platform.python_version()}", *packages])
    (FOLDER / "versions.txt").write_text(f"{text}\n")


if __name__ == "__main__":
    write()
