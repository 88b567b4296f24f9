"""The units of a small network, and the arrows between them, one for each weight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from nn.layers.activation import ELU, Activation, LeakyReLU, ReLU, Softmax
from nn.layers.dense import Dense
from nn.layers.dropout import Dropout
from nn.layers.input import InputLayer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn.layers.container import Container

__all__ = ["Units", "units_of"]

_WITHOUT_WEIGHTS = (Activation, Dropout, ELU, InputLayer, LeakyReLU, ReLU, Softmax)
MOST_UNITS, MOST_WEIGHTS = 24, 400  # more aren't readable


class Units(NamedTuple):
    """The columns of units, and the weights in the order of the flat buffer.

    Attributes:
        columns: a name and the units of each: the inputs first, then each dense layer.
        weights: the name of each, the number of its column, and the units that its arrow joins:
            from one of the column before (None for a bias) to one of the column.
    """

    columns: list[dict[str, Any]]
    weights: list[dict[str, Any]]


def units_of(model: Container, names: Sequence[str]) -> Units:
    """Return the units of a chain of dense layers.

    Args:
        model: built.
        names: those of the inputs.

    Raises:
        ValueError: the model isn't such a chain, or is too large to be read.
    """
    layers = _dense_layers(model)
    columns: list[dict[str, Any]] = [{"name": "inputs", "units": list(names)}]
    places: dict[int, dict[str, Any]] = {}  # by the id of a weight
    for number, layer in enumerate(layers, 1):
        columns.append({"name": layer.name, "units": _names(layer, number == len(layers))})
        places[id(layer.kernel)] = {"column": number, "isBias": False}
        if layer.bias is not None:
            places[id(layer.bias)] = {"column": number, "isBias": True}
    weights = [
        {
            "name": f"{weight.path}[{', '.join(map(str, place))}]",
            "column": found["column"],
            "from": None if found["isBias"] else place[0],
            "to": place[-1],
        }
        for weight in model.trainable_weights
        for found in [places[id(weight)]]
        for place in _places(weight.shape)
    ]
    if len(weights) > MOST_WEIGHTS or any(len(c["units"]) > MOST_UNITS for c in columns):
        raise ValueError(
            f"expected a network of at most {MOST_WEIGHTS} weights and {MOST_UNITS} units in a "
            f"layer to draw its training, got {len(weights)} weights and "
            f"{[len(column['units']) for column in columns]} units. Record a smaller one."
        )
    return Units(columns, weights)


def _dense_layers(model: Container) -> list[Dense]:
    architecture = model.architecture()
    layers = [part.layer for part in architecture.parts]
    odd = [
        layer
        for layer in layers
        if type(layer) is not Dense and not isinstance(layer, _WITHOUT_WEIGHTS)
    ]
    dense = [layer for layer in layers if type(layer) is Dense]
    if odd or not dense or not architecture.is_chain or len(set(map(id, dense))) < len(dense):
        got = f"{type(odd[0]).__name__} {odd[0].name!r}" if odd else "none, or not a chain"
        raise ValueError(
            f"expected a chain of Dense layers and activations to draw its training, got {got} in "
            f"model {model.name!r}. Draw the loss instead, history.plot(), or a step, model.draw()."
        )
    return dense


def _names(layer: Dense, is_last: bool) -> list[str]:
    stem = "out" if is_last else "h"
    return [stem if is_last and layer.units == 1 else f"{stem}{i + 1}" for i in range(layer.units)]


def _places(shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    return list(np.ndindex(*shape))
