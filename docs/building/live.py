"""Pages to step through, made by `ad.draw`, and a quiz; the course shows them in frames."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import autodiff as ad
import nn


def write_pages(folder: Path) -> None:
    """Write all pages into a folder, each named after its function here."""
    folder.mkdir(parents=True, exist_ok=True)
    for make in PAGES:
        make().save(folder / f"{make.__name__}.html")


def one_node() -> Any:
    """Draw the squared error of a single node."""

    def squared_error(weights: Any, inputs: Any, target: Any) -> Any:
        error = (weights * inputs).sum() - target
        return error**2

    return ad.draw(squared_error)(np.array([1, 0, 2]), np.array([2, 1, 3]), 5)


def two_hidden_nodes() -> Any:
    """Draw the squared error of a network with two hidden nodes."""
    weights = {"node_0": [2, 4], "node_1": [4, -5], "output": [2, 7]}
    return ad.draw(squared_error)(weights, np.array([3, 5]), 50)


def quiz_two_nodes() -> Any:
    """Ask for the slopes of such a network, of which both nodes are active."""
    weights = {"node_0": [2, 1], "node_1": [1, -1], "output": [2, 3]}
    return ad.quiz(squared_error)(weights, np.array([3, 2]), 20)


def squared_error(weights: Any, inputs: Any, target: Any) -> Any:
    """Return the squared error of a network with two hidden nodes."""
    node_0 = np.maximum(0, (inputs * weights["node_0"]).sum())
    node_1 = np.maximum(0, (inputs * weights["node_1"]).sum())
    hidden = np.array([node_0, node_1])
    error = (hidden * weights["output"]).sum() - target
    return error**2


def layers() -> Any:
    """Draw a model of two dense layers."""
    nn.utils.set_random_seed(3)
    dense = nn.layers.Dense
    model = nn.Sequential([nn.Input((2,)), dense(3, "tanh"), dense(1)])
    model.compile("sgd", "mse")
    return model.draw(np.array([[1.0, 2.0]]), np.array([[1.0]]))


PAGES: tuple[Callable[[], Any], ...] = (one_node, two_hidden_nodes, layers, quiz_two_nodes)
