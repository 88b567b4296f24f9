"""The paths of layers in Keras's files, such as ``layers/dense_1`` or ``encoder/cell``.

A path consists of the names of attributes. A layer in a list or a dictionary is named by its class
and counted, so that a path doesn't depend on the names of layers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nn.layers.base import Layer
from nn.layers.container import Container
from nn.layers.nested import CONTAINERS
from nn.naming import automatic_name, to_snake_case

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["layers_by_path"]


def layers_by_path(model: Layer) -> dict[str, Layer]:
    """Return a layer and those nested in it, each once, by their paths; ``""`` is the layer itself.

    >>> from nn.layers import LSTM, Dense
    >>> from nn.models import Sequential
    >>> list(layers_by_path(Sequential([Dense(3), LSTM(2), Dense(1)])))
    ['', 'layers/dense', 'layers/lstm', 'layers/lstm/cell', 'layers/dense_1']
    """
    found: dict[str, Layer] = {}
    _visit(model, "", found, set())
    return found


def _visit(item: Any, path: str, found: dict[str, Layer], seen: set[int]) -> None:
    """Add a layer, or the items of a container, and what they hold."""
    if id(item) in seen:
        return
    seen.add(id(item))
    if isinstance(item, Layer):
        found[path] = item
        children = _attributes(item)
    else:
        children = _items(item.values() if isinstance(item, dict) else item)
    for name, child in children:
        _visit(child, f"{path}/{name}" if path else name, found, seen)


def _attributes(layer: Layer) -> Iterator[tuple[str, Any]]:
    """Yield the attributes that may hold layers: public ones first, in alphabetical order.

    The layers of a Sequential or a functional model come before all attributes.
    """
    attributes = {name: x for name, x in vars(layer).items() if isinstance(x, (Layer, *CONTAINERS))}
    if isinstance(layer, Container):
        graph = getattr(layer, "graph", None)
        if graph is not None or layer.architecture().starts:
            yield "layers", layer.layers if graph is None else graph.layers
        attributes["layers"] = layer.layers
    yield from sorted(attributes.items(), key=lambda item: (item[0].startswith("_"), item[0]))


def _items(values: Any) -> Iterator[tuple[str, Any]]:
    """Yield the layers and containers among some values, with their names."""
    used: dict[str, int] = {}
    for value in values:
        if isinstance(value, Layer):
            name = to_snake_case(automatic_name(type(value)))
        elif isinstance(value, CONTAINERS):
            name = "container"
        else:
            continue
        count = used[name] = used.get(name, -1) + 1
        yield (f"{name}_{count}" if count else name), value
