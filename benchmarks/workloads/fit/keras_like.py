"""Ours and Keras: the same lines, as a course has them; only the package's name differs."""

from __future__ import annotations

import os
from importlib import import_module

from benchmarks.workload import Run
from benchmarks.workloads.fit.networks import Network

__all__ = ["keras", "prepare"]


def keras(backend: str, network: Network) -> Run:
    """Train with Keras on one of its backends: jax, torch or tensorflow."""
    os.environ["KERAS_BACKEND"] = backend
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    return prepare("keras", network)


def prepare(package: str, network: Network) -> Run:
    """Make the network, and the function that trains it for some epochs."""
    Dense = import_module(f"{package}.layers").Dense
    Sequential = import_module(f"{package}.models").Sequential
    Input = import_module(f"{package}.layers").Input
    x, y = network.one_hot()
    inputs, *hidden, classes = network.widths
    model = Sequential()
    model.add(Input((inputs,)))
    for width in hidden:
        model.add(Dense(width, activation="relu"))
    model.add(Dense(classes, activation="softmax"))
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])

    def run() -> list[float]:
        history = model.fit(x, y, batch_size=network.batch, epochs=network.epochs, verbose=0)
        losses = history.history["loss"]
        return [losses[0], losses[-1]]

    return run
