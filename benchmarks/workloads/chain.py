"""A chain of scalar multiply-adds, ``y = y * a + b``: what an operation costs when it does nothing.

In one variant a and b are plain numbers, in the other they are variables with slopes as well.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any

from benchmarks.workload import Engine, Faster, Run, Workload

__all__ = ["with_numbers", "with_variables"]

X, A, B = 1.0, 0.999, 0.001


def with_numbers(length: int = 1_000) -> Workload:
    """The slope in the start, where a and b are Python's numbers."""
    return _workload("chain", f"Chain of {length:,} multiply-adds with numbers", length, 1)


def with_variables(length: int = 1_000) -> Workload:
    """The slopes in the start, a and b."""
    return _workload(
        "chain-variables", f"Chain of {length:,} multiply-adds of variables", length, 3
    )


def _workload(name: str, title: str, length: int, slopes: int) -> Workload:
    by_hand = _numbers_by_hand if slopes == 1 else _variables_by_hand
    engines = (
        Engine("ours, backward()", partial(_ours_backward, length, slopes)),
        Engine("ours, grad", partial(_ours_grad, length, slopes)),
        Engine("micrograd", partial(_micrograd, length, slopes), "micrograd"),
        Engine("autograd", partial(_autograd, length, slopes), "autograd"),
        Engine("mygrad", partial(_mygrad, length, slopes), "mygrad"),
        Engine("Python by hand", partial(by_hand, length)),
    )
    targets = (
        Faster("ours, backward()", "micrograd", 1.3),
        Faster("ours, grad", "micrograd", 1.3),
        Faster("ours, grad", "autograd", 3),
    )
    return Workload(name, "eager", title, engines, targets)


def _chain(length: int, x: Any, a: Any = A, b: Any = B) -> Any:
    y = x
    for _ in range(length):
        y = y * a + b
    return y


def _by_backward(length: int, slopes: int, variable: Callable[[float], Any]) -> Run:
    """Make the run of an engine whose results have ``backward()`` and whose variables ``grad``."""

    def run() -> Any:
        variables = [variable(value) for value in (X, A, B)[:slopes]]
        _chain(length, *variables).backward()
        return [v.grad for v in variables]

    return run


def _by_grad(length: int, slopes: int, grad: Callable[..., Any]) -> Run:
    """Make the run of an engine that makes functions of slopes."""
    slope = grad(partial(_chain, length), 0 if slopes == 1 else (0, 1, 2))
    return partial(slope, *(X, A, B)[:slopes])


def _ours_backward(length: int, slopes: int) -> Run:
    return _by_backward(length, slopes, import_module("autodiff").tensor)


def _ours_grad(length: int, slopes: int) -> Run:
    return _by_grad(length, slopes, import_module("autodiff").grad)


def _micrograd(length: int, slopes: int) -> Run:
    sys.setrecursionlimit(10 * length + 1_000)  # it walks the graph by recursion
    return _by_backward(length, slopes, import_module("micrograd.engine").Value)


def _autograd(length: int, slopes: int) -> Run:
    return _by_grad(length, slopes, import_module("autograd").grad)


def _mygrad(length: int, slopes: int) -> Run:
    mygrad = import_module("mygrad")
    mygrad.turn_memory_guarding_off()
    return _by_backward(length, slopes, mygrad.tensor)


def _numbers_by_hand(length: int) -> Run:
    def run() -> Any:
        y = X
        for _ in range(length):
            y = y * A + B
        g = 1.0
        for _ in range(length):
            g = g * A
        return g

    return run


def _variables_by_hand(length: int) -> Run:
    def run() -> Any:
        y, a, b = X, A, B
        values = []
        for _ in range(length):
            values.append(y)
            y = y * a + b
        g, slope_a, slope_b = 1.0, 0.0, 0.0
        for y in reversed(values):
            slope_b += g
            slope_a += g * y
            g = g * a
        return g, slope_a, slope_b

    return run
