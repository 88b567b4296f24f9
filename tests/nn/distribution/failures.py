"""Trainings in two processes that must end with an error; run by test_failures.py.

``mpiexec -n 2 python failures.py NAME`` runs one of them.
"""

import os
import signal
import sys

import numpy as np

import nn

CASES = {}
X, Y = np.ones((40, 3), np.float32), np.ones((40, 1), np.float32)


def case(function):
    CASES[function.__name__] = function
    return function


def model(**options):
    found = nn.Sequential([nn.Input((3,)), nn.layers.Dense(1)], name="net")
    found.compile("sgd", "mse", **options)
    return found


class AtBatch(nn.callbacks.Callback):
    """Do something in process 1 after some batches."""

    def __init__(self, action):
        self.action = action

    def on_train_batch_end(self, batch, logs=None):  # noqa: ARG002 - a hook's argument
        if nn.distribution.distribution().rank == 1 and batch == 5:
            self.action(self.model)


def train_until(action):
    model().fit(X, Y, batch_size=4, epochs=10**6, verbose=0, callbacks=AtBatch(action))


@case
def endless():
    """Begin, say so, and go on until mpiexec is interrupted."""
    found = model()
    found.fit(X, Y, verbose=0)
    print("training", flush=True)
    found.fit(X, Y, batch_size=4, epochs=10**6, verbose=0)


@case
def error():
    def action(_):
        raise KeyError("my own mistake")

    train_until(action)


@case
def killed():
    train_until(lambda _: os.kill(os.getpid(), signal.SIGKILL))


@case
def interrupted():
    train_until(lambda _: os.kill(os.getpid(), signal.SIGINT))


@case
def exited():
    train_until(lambda _: sys.exit(3))


@case
def drifted():
    train_until(lambda model: model.layers[0].kernel.assign_add(np.full((3, 1), 1e-6)))


@case
def other_data():
    x = np.random.default_rng(os.getpid()).normal(size=(40, 3))
    model().fit(x, Y, verbose=0)


@case
def only_in_main():
    if nn.distribution.is_main():
        model().evaluate(X, Y, verbose=0)


@case
def other_calls():
    found = model()
    if nn.distribution.is_main():
        found.evaluate(X, Y, verbose=0)
    else:
        found.fit(X, Y, verbose=0)


@case
def stateful():
    found = nn.Sequential([nn.Input((4, 2), batch_size=4), nn.layers.LSTM(1, stateful=True)])
    found.compile("sgd", "mse")
    found.fit(np.ones((8, 4, 2)), np.ones((8, 1)), batch_size=4, verbose=0)


if __name__ == "__main__":
    nn.distribution.set_distribution(nn.distribution.DataParallel())
    CASES[sys.argv[1]]()
