"""The gradient of a network with two hidden layers, with respect to all its weights.

relu, softmax and cross-entropy are written with the elementary functions of each engine, from the
same lines; only MyGrad's own fused layers and the hand-written backward pass differ.
"""

from __future__ import annotations

from functools import partial
from importlib import import_module
from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.workload import Engine, Faster, Run, Workload

__all__ = ["gradient"]

BATCH = 32
Widths = tuple[int, int, int, int]


def gradient(name: str, widths: Widths, dtype: str) -> Workload:
    """The gradient on one batch.

    Args:
        name: chooses it on the command line.
        widths: of the inputs, the hidden layers and the outputs.
        dtype: of all arrays.
    """
    engines = (
        Engine("ours, grad", partial(_ours, widths, dtype)),
        Engine("ours, backward()", partial(_ours_backward, widths, dtype)),
        Engine("autograd", partial(_autograd, widths, dtype), "autograd"),
        Engine("mygrad", partial(_mygrad, widths, dtype), "mygrad"),
        Engine("mygrad.nnet", partial(_mygrad_layers, widths, dtype), "mygrad"),
        Engine("NumPy by hand", partial(_by_hand, widths, dtype)),
    )
    targets = (
        Faster("ours, grad", "autograd", 2),
        Faster("ours, grad", "mygrad", 1),
        Faster("ours, backward()", "mygrad", 1),
    )
    title = f"Gradient of a network {'-'.join(map(str, widths))}, batch of {BATCH}, {dtype}"
    tolerance = 1e-9 if dtype == "float64" else 1e-4
    return Workload(name, "eager", title, engines, targets, tolerance)


def _data(widths: Widths, dtype: str) -> tuple[list[Any], Any, Any]:
    """Make the weights and biases, a batch of inputs, and its one-hot labels."""
    rng = np.random.default_rng(0)
    parameters = []
    for n, m in pairwise(widths):
        parameters.append((rng.normal(size=(n, m)) * (2 / n) ** 0.5).astype(dtype))
        parameters.append((rng.normal(size=m) * 0.1).astype(dtype))
    x = rng.normal(size=(BATCH, widths[0])).astype(dtype)
    labels = np.eye(widths[-1], dtype=dtype)[rng.integers(widths[-1], size=BATCH)]
    return parameters, x, labels


def _loss(np: Any, parameters: list[Any], x: Any, labels: Any) -> Any:
    """Compute the mean cross-entropy with any engine's functions of NumPy's names."""
    w1, b1, w2, b2, w3, b3 = parameters
    hidden = np.maximum(np.matmul(x, w1) + b1, 0)
    hidden = np.maximum(np.matmul(hidden, w2) + b2, 0)
    logits = np.matmul(hidden, w3) + b3
    logits = logits - np.max(logits, axis=1, keepdims=True)
    log_total = np.log(np.sum(np.exp(logits), axis=1))
    return np.mean(log_total - np.sum(logits * labels, axis=1))


def _ours(widths: Widths, dtype: str) -> Run:
    parameters, x, labels = _data(widths, dtype)
    slope = import_module("autodiff").grad(partial(_loss, np))
    return partial(slope, parameters, x, labels)


def _ours_backward(widths: Widths, dtype: str) -> Run:
    tensor = import_module("autodiff").tensor
    parameters, x, labels = _data(widths, dtype)

    def run() -> Any:
        variables = [tensor(p) for p in parameters]
        _loss(np, variables, x, labels).backward()
        return [v.grad for v in variables]

    return run


def _autograd(widths: Widths, dtype: str) -> Run:
    parameters, x, labels = _data(widths, dtype)
    slope = import_module("autograd").grad(partial(_loss, import_module("autograd.numpy")))
    return partial(slope, parameters, x, labels)


def _mygrad(widths: Widths, dtype: str) -> Run:
    mygrad = import_module("mygrad")
    mygrad.turn_memory_guarding_off()
    parameters, x, labels = _data(widths, dtype)

    def run() -> Any:
        variables = [mygrad.tensor(p, copy=False) for p in parameters]
        _loss(mygrad, variables, x, labels).backward()
        return [v.grad for v in variables]

    return run


def _mygrad_layers(widths: Widths, dtype: str) -> Run:
    """Use relu and softmax cross-entropy as MyGrad ships them, each a single operation."""
    mygrad = import_module("mygrad")
    mygrad.turn_memory_guarding_off()
    relu = import_module("mygrad.nnet.activations").relu
    cross_entropy = import_module("mygrad.nnet.losses").softmax_crossentropy
    parameters, x, labels = _data(widths, dtype)
    classes = labels.argmax(axis=1)

    def run() -> Any:
        variables = [mygrad.tensor(p, copy=False) for p in parameters]
        w1, b1, w2, b2, w3, b3 = variables
        hidden = relu(relu(x @ w1 + b1) @ w2 + b2)
        cross_entropy(hidden @ w3 + b3, classes).backward()
        return [v.grad for v in variables]

    return run


def _by_hand(widths: Widths, dtype: str) -> Run:
    (w1, b1, w2, b2, w3, b3), x, labels = _data(widths, dtype)

    def run() -> Any:
        hidden1 = np.maximum(x @ w1 + b1, 0)
        hidden2 = np.maximum(hidden1 @ w2 + b2, 0)
        logits = hidden2 @ w3 + b3
        logits = logits - np.max(logits, axis=1, keepdims=True)
        exponentials = np.exp(logits)
        total = np.sum(exponentials, axis=1, keepdims=True)
        np.mean(np.log(total[:, 0]) - np.sum(logits * labels, axis=1))  # the loss itself
        d3 = (exponentials / total - labels) / BATCH
        d2 = (d3 @ w3.T) * (hidden2 > 0)
        d1 = (d2 @ w2.T) * (hidden1 > 0)
        return (
            x.T @ d1, d1.sum(axis=0),
            hidden1.T @ d2, d2.sum(axis=0),
            hidden2.T @ d3, d3.sum(axis=0),
        )  # fmt: skip

    return run
