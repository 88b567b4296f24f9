"""Where a training step's time goes: each line of its source, timed by itself.

    python -m benchmarks.parts titanic digits wide

What the lines take together is the limit of straight-line NumPy code: the calls of BLAS and of the
universal functions themselves. What ``fit`` takes beyond it is ours.
"""

from __future__ import annotations

import ast
import inspect
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
    """Measure the parts of a step, each as a median in µs, and ``fit``'s whole step.

    Args:
        network: what is trained.
        turns: how often each line is run.
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
    with np.errstate(all="ignore"):  # a line run by itself, over and over, leaves its range
        for kind, line in _lines(_program(step, network.batch)):
            times[kind] += _median(line, turns)
        times["the optimizer"] = _median(step.learn, turns)
    return {**times, "all of these": times.total(), "a step of fit": whole}


def _program(step: Any, rows: int) -> Any:
    """Find the recorded function for a full batch; this looks behind nn's public face."""
    recorded = next(r for r in step._programs.values() if len(r.batch.x) == rows)
    return recorded._compiled.run


def _lines(function: Any) -> list[tuple[str, Callable[[], Any]]]:
    """Take a function's lines apart, each as a function that runs it, with its kind."""
    (body,) = ast.parse(inspect.getsource(function)).body
    names = dict(function.__globals__)
    lines = []
    for statement in body.body[:-1]:  # type: ignore[attr-defined] # it is a function
        code = compile(ast.Module([statement], []), "<line>", "exec")
        is_product = ".dot(" in ast.unparse(statement) or "matmul" in ast.unparse(statement)
        exec(code, names)
        lines.append((PRODUCTS if is_product else FUNCTIONS, lambda code=code: exec(code, names)))
    return lines


def _median(run: Callable[[], Any], turns: int) -> float:
    """Time a function; the answer is in µs."""
    times = []
    for _ in range(turns):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1e6


def main(arguments: Sequence[str]) -> None:
    """Print the parts for each network that is named, or all."""
    for network in NETWORKS:
        if not arguments or network.name in arguments:
            print(f"{network.name}: a training step in µs")
            for part, microseconds in parts_of_a_step(network).items():
                print(f"  {microseconds:8.1f}  {part}")


if __name__ == "__main__":
    main(sys.argv[1:])
