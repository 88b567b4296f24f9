"""The baseline: a training loop in plain NumPy, written by hand for speed.

All results are computed into preallocated arrays. The parameters, their slopes and Adam's moments
are flat arrays, so that the update is a dozen calls for the whole network. A batch is gathered
directly into the input of the first layer. The loop tracks the mean loss of an epoch and,
optionally, the accuracy.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.workload import Run
from benchmarks.workloads.fit.networks import Network

__all__ = ["prepare"]


def prepare(network: Network, *, accuracy: bool = True) -> Run:
    """Make the network, and return the function that trains it for some epochs.

    Args:
        network: the network to train.
        accuracy: whether it is tracked besides the loss.
    """
    rng = np.random.default_rng(0)
    x, labels = network.one_hot()
    adam = HandWrittenAdam(sum((n + 1) * m for n, m in pairwise(network.widths)))
    weights = _layers(adam.parameters, network.widths)
    for w, _ in weights:
        limit = (6 / sum(w.shape)) ** 0.5
        w[:] = rng.uniform(-limit, limit, w.shape)
    slopes = _layers(adam.slopes, network.widths)
    rest = len(x) % network.batch
    steps = {
        rows: HandWrittenStep(rows, weights, slopes)
        for rows in {network.batch, rest or network.batch}
    }

    def run() -> list[float]:
        losses = []
        for _ in range(network.epochs):
            total, correct = 0.0, 0
            order = rng.permutation(len(x))
            for start in range(0, len(x), network.batch):
                indices = order[start : start + network.batch]
                step = steps[len(indices)]
                np.take(x, indices, axis=0, out=step.hidden[0], mode="clip")
                np.take(labels, indices, axis=0, out=step.labels, mode="clip")
                total += step.forward()
                if accuracy:
                    correct += step.correct()
                step.backward()
                adam.update()
            losses.append(total / len(x))
        return [losses[0], losses[-1]]

    return run


class HandWrittenStep:
    """The forward and the backward pass on a batch of a fixed size, and their arrays."""

    def __init__(self, rows: int, weights: list[Any], slopes: list[Any]) -> None:
        widths = [w.shape[0] for w, _ in weights] + [weights[-1][1].size]

        def arrays(widths: list[int], dtype: Any = np.float32) -> list[Any]:
            return [np.empty((rows, width), dtype) for width in widths]

        self.weights, self.slopes = weights, slopes
        self.hidden = arrays(widths)  # the inputs, the hidden layers, the probabilities
        self.d_hidden = arrays(widths[1:])
        self.masks = arrays(widths[1:-1], bool)
        self.labels, self.products = arrays([widths[-1]] * 2)
        self.column = np.empty((rows, 1), np.float32)
        self.ones = np.ones(rows, np.float32)

    def forward(self) -> float:
        """Compute the probabilities, and return the sum of the losses."""
        hidden, column, products = self.hidden, self.column, self.products
        for i, (w, b) in enumerate(self.weights):
            np.matmul(hidden[i], w, out=hidden[i + 1])
            np.add(hidden[i + 1], b, out=hidden[i + 1])
            if i < len(self.weights) - 1:
                np.maximum(hidden[i + 1], 0, out=hidden[i + 1])
        p = hidden[-1]
        np.maximum.reduce(p, axis=1, keepdims=True, out=column)
        np.subtract(p, column, out=p)
        np.multiply(p, self.labels, out=products)
        loss = -np.add.reduce(products, axis=None)
        np.exp(p, out=p)
        np.add.reduce(p, axis=1, keepdims=True, out=column)
        np.divide(p, column, out=p)
        np.log(column, out=column)
        return float(loss + np.add.reduce(column, axis=None))

    def correct(self) -> int:
        """Return the number of rows that are classified correctly."""
        return int(np.count_nonzero(self.hidden[-1].argmax(axis=1) == self.labels.argmax(axis=1)))

    def backward(self) -> None:
        """Compute the slopes of the mean loss."""
        hidden, d_hidden = self.hidden, self.d_hidden
        d = d_hidden[-1]
        np.subtract(hidden[-1], self.labels, out=d)
        np.divide(d, len(d), out=d)
        for i in reversed(range(len(self.weights))):
            d_w, d_b = self.slopes[i]
            np.matmul(hidden[i].T, d, out=d_w)
            np.matmul(self.ones, d, out=d_b)  # a sum over the rows, faster than np.sum
            if i:
                np.matmul(d, self.weights[i][0].T, out=d_hidden[i - 1])
                d = d_hidden[i - 1]
                np.greater(hidden[i], 0, out=self.masks[i - 1])
                np.multiply(d, self.masks[i - 1], out=d)


class HandWrittenAdam:
    """Adam on flat arrays (Kingma and Ba 2015, algorithm 1, reordered as in section 2)."""

    def __init__(self, size: int) -> None:
        self.parameters, self.slopes, self.m, self.v, self.work = np.zeros((5, size), np.float32)
        self.t = 0

    def update(self, rate: float = 0.001, beta_1: float = 0.9, beta_2: float = 0.999) -> None:
        """Move the parameters against their slopes."""
        slopes, m, v, work = self.slopes, self.m, self.v, self.work
        self.t += 1
        rate *= (1 - beta_2**self.t) ** 0.5 / (1 - beta_1**self.t)
        np.multiply(m, beta_1, out=m)
        np.multiply(slopes, 1 - beta_1, out=work)
        np.add(m, work, out=m)
        np.multiply(v, beta_2, out=v)
        np.multiply(slopes, slopes, out=work)
        np.multiply(work, 1 - beta_2, out=work)
        np.add(v, work, out=v)
        np.sqrt(v, out=work)
        np.add(work, 1e-7, out=work)
        np.divide(m, work, out=work)
        np.multiply(work, rate, out=work)
        np.subtract(self.parameters, work, out=self.parameters)


def _layers(flat: Any, widths: tuple[int, ...]) -> list[tuple[Any, Any]]:
    """Return views of each layer's weights and biases in a flat array."""
    layers, start = [], 0
    for n, m in pairwise(widths):
        w, b = flat[start : start + n * m], flat[start + n * m : start + (n + 1) * m]
        layers.append((w.reshape(n, m), b))
        start += (n + 1) * m
    return layers
