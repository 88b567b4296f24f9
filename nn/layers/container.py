"""A layer made of layers: the base of every model."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from autodiff import Array
from nn.layers.architecture import Architecture, Part
from nn.layers.base import Layer
from nn.layers.weight import bound

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager


class Container(Layer):
    """A layer made of the layers in its attributes; `Trainer` adds training."""

    takes_structures = True
    _names_are_state: ClassVar[bool] = False  # of a recorded step; see `nn.training.snapshots`

    # --- weights

    def bound(self, values: Sequence[Array]) -> AbstractContextManager[None]:
        """Replace the values of the weights, by arrays or Tensors, until the block ends.

        Args:
            values: one for each weight, in the order of `get_weights`.
        """
        return bound(self.weights, values)

    # --- structure

    @property
    def is_callable(self) -> bool:
        """Whether the container has a ``call``, or is a collection of layers only."""
        return type(self).call is not Layer.call

    @property
    def layers(self) -> list[Layer]:
        """The layers that the model holds directly."""
        return self.sublayers()

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """Return a layer by its name or its index.

        Raises:
            ValueError: there is no such layer; the message lists the layers.
        """
        for position, layer in enumerate(self.layers):
            if layer.name == name or (name is None and position == index):
                return layer
        wanted = repr(name) if name is not None else f"index {index}"
        raise ValueError(
            f"model {self.name!r} expects the name or the index of one of its layers, got {wanted}."
            f" The layers are {[layer.name for layer in self.layers]}."
        )

    def architecture(self) -> Architecture:
        """Return the layers; subclasses add where their inputs come from, if it is known."""
        return Architecture(tuple(map(Part, self.layers)))
