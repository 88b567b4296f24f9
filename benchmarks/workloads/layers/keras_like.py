"""Ours and Keras: the same code; only the name of the package differs."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from benchmarks.workload import Run

__all__ = ["BATCH", "NETWORKS", "STEPS", "digits", "training"]

BATCH, EPOCHS, BATCHES = 32, 2, 20
STEPS = EPOCHS * BATCHES  # of a run


def training(package: str, name: str, **options: Any) -> Run:
    """Make a network, and return the function that trains it for some epochs.

    Args:
        package: whose layers they are.
        name: one of `NETWORKS`.
        options: of ``compile``.
    """
    import_module(f"{package}.utils").set_random_seed(0)
    inputs, layers, loss, data = NETWORKS[name](import_module(f"{package}.layers"))
    model = import_module(f"{package}.models").Sequential([inputs, *layers])
    model.compile("adam", loss, **options)
    x, y = data

    def run() -> list[float]:
        history = model.fit(x, y, batch_size=BATCH, epochs=EPOCHS, verbose=0)
        losses = history.history["loss"]
        return [losses[0], losses[-1]]

    return run


def digits() -> tuple[Any, Any]:
    """Return some images, of shape (rows, 28, 28, 1), and their digits."""
    from nn.datasets import mnist

    (x, classes), _ = mnist.load_data()
    rows = BATCH * BATCHES
    return x[:rows, ..., None].astype("float32") / 255, classes[:rows].astype(int)


def _rows(*shape: int) -> tuple[Any, Any]:
    """Return random inputs, and targets that depend on them."""
    import numpy as np

    x = np.random.default_rng(0).normal(size=(BATCH * BATCHES, *shape)).astype("float32")
    return x, x.reshape(len(x), -1)[:, -shape[-1] :].sum(axis=1, keepdims=True)


def _words() -> tuple[Any, Any]:
    """Return rows of 40 words, and whether a row has more rare words than frequent ones."""
    import numpy as np

    words = np.random.default_rng(0).integers(0, 10_000, (BATCH * BATCHES, 40))
    words[::2] //= 100
    return words, (words.max(axis=1, keepdims=True) > 100).astype("float32")


def _convnet(layers: Any) -> Any:
    parts = [
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(64, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(10, activation="softmax"),
    ]
    return layers.Input((28, 28, 1)), parts, "sparse_categorical_crossentropy", digits()


def _lstm(layers: Any) -> Any:
    return layers.Input((20, 8)), [layers.LSTM(32), layers.Dense(1)], "mse", _rows(20, 8)


def _embedding(layers: Any) -> Any:
    parts = [
        layers.Embedding(10_000, 16),
        layers.GlobalAveragePooling1D(),
        layers.Dense(1, activation="sigmoid"),
    ]
    return layers.Input((40,), dtype="int32"), parts, "binary_crossentropy", _words()


def _normalization(layers: Any) -> Any:
    hidden = [
        layer
        for _ in range(2)
        for layer in (layers.Dense(64, activation="relu"), layers.BatchNormalization())
    ]
    return layers.Input((20,)), [*hidden, layers.Dense(1)], "mse", _rows(20)


NETWORKS = {
    "convnet": _convnet,
    "lstm": _lstm,
    "embedding": _embedding,
    "normalization": _normalization,
}
