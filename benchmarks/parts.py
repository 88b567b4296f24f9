"""The parts of a training step: each line of its source, timed by itself.

    python -m benchmarks.parts titanic digits wide

The total of the lines is the limit of straight-line NumPy code: the calls of BLAS and of the
universal functions themselves. The rest of a step of ``fit`` is our overhead.
"""

from __future__ import annotations

import ast
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from benchmarks.workloads.fit.networks import NETWORKS, Network

__all__ = ["parts_of_a_step"]

TURNS = 200
PRODUCTS, FUNCTIONS = "products of matrices", "other functions"


def parts_of_a_step(network: Network, turns: int = TURNS) -> dict[str, float]:
    """Return the times of the parts of a step and of a whole step of ``fit``, medians in µs.

    Args:
        network: the network to train.
        turns: how often each line runs.
    """
    import nn
    from nn.training.step import TrainStep

    x, labels = network.one_hot()
    *hidden, classes = network.widths[1:]
    layers = [nn.layers.Dense(width, activation="relu") for width in hidden]
    model = nn.models.Sequential([*layers, nn.layers.Dense(classes, activation="softmax")])
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, labels, epochs=1, batch_size=network.batch, verbose=0)
    whole = _median(
        lambda: model.fit(x, labels, epochs=1, batch_size=network.batch, verbose=0), 5
    ) / -(-len(x) // network.batch)
    step = model.step(TrainStep)
    times: Counter[str] = Counter()
    with np.errstate(all="ignore"):  # a line that runs repeatedly may overflow
        for kind, line in _lines(step.program(network.batch).compiled.source):
            times[kind] += _median(line, turns)
        times["the optimizer"] = _median(step.update_weights, turns)
    return {**times, "all of these": times.total(), "a step of fit": whole}


def _lines(source: Any) -> list[tuple[str, Callable[[], Any]]]:
    """Return the lines of a program, each as a function that runs it, with its kind.

    Args:
        source: the text of a module that defines one function, and the objects that it names.
    """
    names = {"np": np, **source.namespace}
    exec(source.text, names)  # which makes the buffers
    module = ast.parse(source.text)
    (body,) = [
        statement.body for statement in module.body if isinstance(statement, ast.FunctionDef)
    ]
    lines = []
    for statement in body[:-1]:
        code = compile(ast.Module([statement], []), "<line>", "exec")
        is_product = ".dot(" in ast.unparse(statement) or "matmul" in ast.unparse(statement)
        exec(code, names)
        lines.append((PRODUCTS if is_product else FUNCTIONS, lambda code=code: exec(code, names)))
    return lines


def _median(run: Callable[[], Any], turns: int) -> float:
    """Return the median time of a function in µs."""
    times = []
    for _ in range(turns):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1e6


def main(arguments: Sequence[str]) -> None:
    """Print the parts for each named network, or for all."""
    for network in NETWORKS:
        if not arguments or network.name in arguments:
            print(f"{network.name}: a training step in µs")
            for part, microseconds in parts_of_a_step(network).items():
                print(f"  {microseconds:8.1f}  {part}")


if __name__ == "__main__":
    main(sys.argv[1:])
