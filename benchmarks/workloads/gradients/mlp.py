"""The gradient of a network of relu layers, with respect to all its weights.

relu, softmax and cross-entropy are written with the elementary functions of each engine, in the
same code; only PyTorch's and MyGrad's fused functions and the hand-written pass differ.
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.checks import same
from benchmarks.workload import AtMost, Engine, Run, Workload
from benchmarks.workloads.gradients.engines import Problem, engines

__all__ = ["all_engines", "workload"]

TARGETS = (
    AtMost("ours, eager", 1 / 2, "HIPS autograd"),
    AtMost("ours, eager", 1, "MyGrad"),
    AtMost("ours, backward()", 1, "MyGrad"),
    AtMost("ours, jitted", 1 / 2, "ours, eager"),
    AtMost("ours, jitted", 1, "JAX, jitted"),
)


def workload(name: str, widths: tuple[int, ...], dtype: str, batch: int = 32) -> Workload:
    """Return the workload for the gradient on one batch.

    Args:
        name: selects it on the command line.
        widths: of the inputs, the hidden layers and the outputs.
        dtype: of all arrays.
        batch: the number of rows.
    """
    network = "-".join(map(str, widths))
    return Workload(
        name,
        "gradients",
        f"Gradient of a network {network}, batch of {batch}, {dtype}",
        f"{network} {dtype}",
        all_engines(widths, dtype, batch),
        TARGETS,
        partial(same, tolerance=1e-9 if dtype == "float64" else 1e-4),
    )


def all_engines(widths: tuple[int, ...], dtype: str, batch: int = 32) -> tuple[Engine, ...]:
    """Return all engines for one network."""
    make = partial(_make, widths, dtype, batch)
    layers = Engine("MyGrad's layers", partial(_mygrad_layers, make), ("mygrad",))
    return engines(make, partial(_by_hand, make), [layers])


def _make(widths: tuple[int, ...], dtype: str, batch: int) -> Problem:
    """Draw the weights and biases, a batch of inputs, and its one-hot labels."""
    rng = np.random.default_rng(0)
    parameters = []
    for n, m in pairwise(widths):
        parameters.append((rng.normal(size=(n, m)) * (2 / n) ** 0.5).astype(dtype))
        parameters.append((rng.normal(size=m) * 0.1).astype(dtype))
    x = rng.normal(size=(batch, widths[0])).astype(dtype)
    labels = np.eye(widths[-1], dtype=dtype)[rng.integers(widths[-1], size=batch)]
    return Problem(_loss, tuple(parameters), (x, labels), _torch_loss)


def _loss(np: Any, *arguments: Any) -> Any:
    """Return the mean cross-entropy, with the functions of any namespace like NumPy's."""
    *parameters, hidden, labels = arguments
    for w, b in zip(parameters[:-2:2], parameters[1:-2:2], strict=True):
        hidden = np.maximum(np.matmul(hidden, w) + b, 0)
    logits = np.matmul(hidden, parameters[-2]) + parameters[-1]
    logits = logits - np.max(logits, axis=1, keepdims=True)
    log_total = np.log(np.sum(np.exp(logits), axis=1))
    return np.mean(log_total - np.sum(logits * labels, axis=1))


def _torch_loss(*arguments: Any) -> Any:
    from torch.nn.functional import cross_entropy

    *parameters, hidden, labels = arguments
    for w, b in zip(parameters[:-2:2], parameters[1:-2:2], strict=True):
        hidden = (hidden @ w + b).relu()
    return cross_entropy(hidden @ parameters[-2] + parameters[-1], labels)


def _mygrad_layers(make: Any) -> Run:
    """Use MyGrad's relu and softmax cross-entropy, each a single operation."""
    import mygrad
    from mygrad.nnet.activations import relu
    from mygrad.nnet.losses import softmax_crossentropy

    mygrad.turn_memory_guarding_off()
    problem = make()
    x, labels = problem.data
    classes = labels.argmax(axis=1)

    def run() -> Any:
        parameters = [mygrad.tensor(p, copy=False) for p in problem.parameters]
        hidden = x
        for w, b in zip(parameters[:-2:2], parameters[1:-2:2], strict=True):
            hidden = relu(hidden @ w + b)
        loss = softmax_crossentropy(hidden @ parameters[-2] + parameters[-1], classes)
        loss.backward()
        return loss.data, [p.grad for p in parameters]

    return run


def _by_hand(make: Any) -> Run:
    problem = make()
    x, labels = problem.data
    layers = list(zip(problem.parameters[::2], problem.parameters[1::2], strict=True))

    def run() -> Any:
        hidden = [x]
        for w, b in layers[:-1]:
            hidden.append(np.maximum(hidden[-1] @ w + b, 0))
        logits = hidden[-1] @ layers[-1][0] + layers[-1][1]
        logits -= np.max(logits, axis=1, keepdims=True)
        exponentials = np.exp(logits)
        total = np.sum(exponentials, axis=1, keepdims=True)
        loss = np.mean(np.log(total[:, 0]) - np.sum(logits * labels, axis=1))
        d = (exponentials / total - labels) / len(x)
        slopes: list[Any] = []
        for i in reversed(range(len(layers))):
            slopes[:0] = hidden[i].T @ d, d.sum(axis=0)
            if i:
                d = (d @ layers[i][0].T) * (hidden[i] > 0)
        return loss, slopes

    return run
