"""What made each Symbol of a functional model: a layer, the number of its call, a place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nn import tree
from nn.dtypes import standardize_dtype
from nn.layers.architecture import Architecture, Part, Source

if TYPE_CHECKING:
    from nn.layers.symbol import Call, Symbol
    from nn.models.graph import Graph

__all__ = ["Provenance", "is_functional"]


def is_functional(layer: Any) -> bool:
    """Return whether a layer is a functional model."""
    return getattr(layer, "graph", None) is not None


class Provenance:
    """The calls of each layer within a graph, and what made each Symbol.

    Args:
        graph: that of a functional model.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.calls: dict[int, list[Call]] = {}  # of each layer, by its id
        inside = set(map(id, graph.calls))
        starts = [(symbol, graph.input_layers[id(symbol)]) for symbol in graph.starts]
        self._made = {id(symbol): Source(layer) for symbol, layer in starts}
        for layer in graph.operations:
            own = [call for call in layer.calls if id(call) in inside]
            self.calls[id(layer)] = own
            for number, call in enumerate(own):
                for place, symbol in enumerate(tree.leaves(call.outputs)):
                    self._made.setdefault(id(symbol), Source(layer, number, place))

    def of(self, symbol: Symbol) -> list[Any]:
        """Return the name of the layer that made a Symbol, the number of the call, the place."""
        source = self._made[id(symbol)]
        return [source.layer.name, source.call, source.place]

    def of_end(self, symbol: Symbol) -> list[Any]:
        """Return the same for an input or output: Keras counts the calls of models from 1 there."""
        name, number, place = self.of(symbol)
        return [name, number + is_functional(self._made[id(symbol)].layer), place]

    def architecture(self) -> Architecture:
        """Return the layers and operations, and where their inputs come from."""
        return Architecture(
            tuple(map(self._part, self.graph.operations)),
            tuple(self._made[id(symbol)].layer for symbol in self.graph.starts),
            tuple(self._made[id(symbol)].layer for symbol in self.graph.ends),
        )

    def _part(self, layer: Any) -> Part:
        """Return a layer with its sources, and the shapes and dtypes of its last call."""
        calls = self.calls[id(layer)] or layer.calls
        inputs = [call.inputs() for call in self.calls[id(layer)]]
        sources = tuple(
            self._made[id(symbol)]._replace(argument=argument)
            for symbols in inputs
            for argument, symbol in enumerate(symbols)
        )
        given = [symbol.shape for symbol in inputs[-1]] if inputs else []
        outputs = calls[-1].outputs
        return Part(
            layer,
            given[0] if len(given) == 1 else given or None,
            tree.map_leaves(lambda symbol: symbol.shape, outputs),
            tree.map_leaves(lambda symbol: standardize_dtype(symbol.dtype), outputs),
            sources,
        )
