"""Ours and Keras: the same code, as in a course; only the name of the package differs."""

from __future__ import annotations

import logging
import os
import time
from importlib import import_module
from typing import Any

from benchmarks.workload import Measured, Run
from benchmarks.workloads.fit.networks import Network

__all__ = ["compiling", "on_backend", "training"]


def on_backend(backend: str, prepare: Any, network: Network) -> Run:
    """Prepare `training` or `compiling` with Keras on a backend: jax, torch or tensorflow."""
    os.environ["KERAS_BACKEND"] = backend
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # it warns that each model compiles
    run: Run = prepare("keras", network)
    return run


def training(package: str, network: Network, **options: Any) -> Run:
    """Make the network, and return the function that trains it for some epochs.

    Args:
        package: whose ``Sequential`` it is.
        network: its widths and data.
        options: of ``compile``.
    """
    x, y = network.one_hot()
    model = _model(package, network, **options)

    def run() -> list[float]:
        history = model.fit(x, y, batch_size=network.batch, epochs=network.epochs, verbose=0)
        losses = history.history["loss"]
        return [losses[0], losses[-1]]

    return run


def compiling(package: str, network: Network) -> Run:
    """Return the function that measures the first step of a new model."""
    x, y = (a[: network.batch] for a in network.one_hot())

    def run() -> Measured:
        model = _model(package, network)
        start = time.perf_counter()
        model.train_on_batch(x, y)
        return Measured(time.perf_counter() - start)

    return run


def _model(package: str, network: Network, **options: Any) -> Any:
    layers = import_module(f"{package}.layers")
    Sequential = import_module(f"{package}.models").Sequential
    import_module(f"{package}.utils").set_random_seed(0)
    inputs, *hidden, classes = network.widths
    model = Sequential()
    model.add(layers.Input((inputs,)))
    for width in hidden:
        model.add(layers.Dense(width, activation="relu"))
    model.add(layers.Dense(classes, activation="softmax"))
    loss = "categorical_crossentropy"
    model.compile(optimizer="adam", loss=loss, metrics=["accuracy"], **options)
    return model
