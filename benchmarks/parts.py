"""The parts of a training step: each line of its source, timed by itself.

    python -m benchmarks.parts titanic digits wide

The total of the lines is the limit of straight-line NumPy code: the calls of BLAS and of the
universal functions themselves. The rest of a step of ``fit`` is our overhead. With numba, the parts
of the same step in machine code follow.
"""

from __future__ import annotations

import ast
import importlib.util
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from benchmarks.workloads.fit.networks import NETWORKS, Network

__all__ = ["parts_of_a_step", "parts_of_machine_code"]

TURNS = 200
_STEPS = 300  # at least, of a call of fit
PRODUCTS, FUNCTIONS = "products of matrices", "other functions"


def parts_of_a_step(network: Network, turns: int = TURNS) -> dict[str, float]:
    """Return the times of the parts of a step and of a whole step of ``fit``, medians in µs.

    Args:
        network: the network to train.
        turns: how often each line runs.
    """
    step, _, whole = _trained(network, jit_compile=False)
    times: Counter[str] = Counter()
    with np.errstate(all="ignore"):  # a line that runs repeatedly may overflow
        for kind, line in _lines(step.program(network.batch).compiled.source):
            times[kind] += _median(line, turns)
        times["the optimizer"] = _median(step.update_weights, turns)
    return {**times, "all of these": times.total(), "a step of fit": whole}


def parts_of_machine_code(network: Network, turns: int = TURNS) -> dict[str, float]:
    """Return the times of the parts of a step that is compiled; see `parts_of_a_step`.

    They are measured in turns, as in training, so that what one needs isn't always in the cache.
    """
    step, data, whole = _trained(network, jit_compile="wait")
    program = step.program(network.batch)
    random = np.random.default_rng(0)
    times: dict[str, list[float]] = {"gathering": [], "the step": [], "the update": []}
    for _ in range(turns):
        rows = random.integers(0, len(data), network.batch)
        parts = (lambda rows=rows: program.gather(data, rows), program.compiled.run)
        for seconds, part in zip(times.values(), (*parts, step.update_weights), strict=True):
            seconds.append(_seconds(part))
    medians = {name: statistics.median(every) * 1e6 for name, every in times.items()}
    return {**medians, "all of these": sum(medians.values()), "a step of fit": whole}


def _trained(network: Network, jit_compile: Any) -> tuple[Any, Any, float]:
    """Return the training step of a network, its data, and the time of a step of ``fit`` in µs."""
    import nn
    from nn.training.preparation import prepare
    from nn.training.step import TrainStep

    x, labels = network.one_hot()
    *hidden, classes = network.widths[1:]
    layers = [nn.layers.Dense(width, activation="relu") for width in hidden]
    model = nn.models.Sequential([*layers, nn.layers.Dense(classes, activation="softmax")])
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"], jit_compile=jit_compile)
    model.fit(x, labels, epochs=1, batch_size=network.batch, verbose=0)
    steps = -(-len(x) // network.batch)
    epochs = -(-_STEPS // steps)
    whole = _median(
        lambda: model.fit(x, labels, epochs=epochs, batch_size=network.batch, verbose=0), 5
    ) / (epochs * steps)
    return model.step(TrainStep), prepare(x, labels), whole


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
    return statistics.median(_seconds(run) for _ in range(turns)) * 1e6


def _seconds(run: Callable[[], Any]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def main(arguments: Sequence[str]) -> None:
    """Print the parts for each named network, or for all."""
    for network in NETWORKS:
        if not arguments or network.name in arguments:
            _show(f"{network.name}: a training step in µs", parts_of_a_step(network))
            if importlib.util.find_spec("numba"):
                _show(f"{network.name}: in machine code", parts_of_machine_code(network))


def _show(title: str, parts: dict[str, float]) -> None:
    print(title)
    for part, microseconds in parts.items():
        print(f"  {microseconds:8.1f}  {part}")


if __name__ == "__main__":
    main(sys.argv[1:])
