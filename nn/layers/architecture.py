"""The architecture of a model: its layers and operations, and what each gets from which others.

Summaries and diagrams read it; every kind of model describes itself by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Architecture", "Part", "Source", "chain_of"]


class Source(NamedTuple):
    """Where an input of a layer comes from.

    Attributes:
        layer: the layer or the operation that makes it.
        call: the number of the call that made it.
        place: which of the outputs of this call it is.
        argument: which of the inputs of the call that it goes into it is.
    """

    layer: Any
    call: int = 0
    place: int = 0
    argument: int = 0


@dataclass(frozen=True)
class Part:
    """A layer or an operation in a model.

    Attributes:
        layer: the layer, or the operation.
        input_shape: the shape of its inputs, or several in their structure; None if unknown.
        output_shape: that of its outputs, likewise.
        dtype: the dtype of its outputs, likewise.
        sources: where its inputs come from, over all its calls.
    """

    layer: Any
    input_shape: Any = None
    output_shape: Any = None
    dtype: Any = None
    sources: tuple[Source, ...] = ()

    @property
    def kind(self) -> str:
        """The name of its class; of an operation, that of its function, as Keras writes it."""
        function = getattr(self.layer, "function", None)
        if function is None or hasattr(self.layer, "build"):
            return type(self.layer).__name__
        return "".join(word.capitalize() for word in self.layer.kind.split("_"))


@dataclass(frozen=True)
class Architecture:
    """The parts of a model, in the order in which they are shown.

    Attributes:
        parts: the layers and operations.
        starts: the layer that each input of the model goes into; none if that isn't known.
        ends: the layer that makes each output of the model.
    """

    parts: tuple[Part, ...] = ()
    starts: tuple[Any, ...] = ()
    ends: tuple[Any, ...] = ()

    @property
    def is_chain(self) -> bool:
        """Whether each part gets the outputs of the one before, and nothing else, or unknown."""
        return not self.starts or all(
            [source.layer for source in part.sources] == [before.layer]
            for before, part in pairwise(self.parts)
        )


def chain_of(layers: Sequence[Any], shapes: Sequence[Any]) -> Architecture:
    """Return the architecture of layers that are applied one after the other.

    Args:
        layers: in this order.
        shapes: that of the inputs, then that of each layer's outputs; None where it isn't known.
    """
    befores = [None, *layers]
    parts = [
        Part(
            layer,
            shapes[i],
            shapes[i + 1],
            getattr(layer, "output_dtype", "float32"),
            () if befores[i] is None else (Source(befores[i]),),
        )
        for i, layer in enumerate(layers)
    ]
    return Architecture(tuple(parts), tuple(layers[:1]), tuple(layers[-1:]))
