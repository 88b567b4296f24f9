"""What a model is as a layer made of layers: what it holds, saves and lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nn.layers.base import Layer
from nn.layers.weight import Array, bound
from nn.models import saving, summary

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from os import PathLike

    from nn.layers.arguments import Shape


class Composite(Layer):
    """A layer made of layers; `Model` adds to it how it is trained."""

    # --- weights

    def bound(self, values: Sequence[Array]) -> AbstractContextManager[None]:
        """Let the model compute with these values, arrays or Tensors, until the block ends.

        Args:
            values: one for each weight, in the order of `get_weights`.
        """
        return bound(self.weights, values)

    def save_weights(self, filepath: str | PathLike[str]) -> None:
        """Write all weights to a file, ``.npz``."""
        saving.save_weights(self, filepath)

    def load_weights(self, filepath: str | PathLike[str]) -> None:
        """Read all weights from a file that `save_weights` wrote."""
        saving.load_weights(self, filepath)

    # --- structure

    @property
    def layers(self) -> list[Layer]:
        """The layers that the model holds directly."""
        return self.sublayers()

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """Find a layer by its name or by its place.

        Raises:
            ValueError: there is none; the message lists the layers.
        """
        for place, layer in enumerate(self.layers):
            if layer.name == name or (name is None and place == index):
                return layer
        wanted = repr(name) if name is not None else f"index {index}"
        raise ValueError(
            f"model {self.name!r} expects the name or the index of one of its layers, got {wanted}."
            f" The layers are {[layer.name for layer in self.layers]}."
        )

    def summary(self, print_fn: Callable[[str], Any] | None = None) -> None:
        """Print a table of the layers, their output shapes and their numbers of parameters."""
        (print_fn or print)(summary.table(self))

    def output_shapes(self) -> list[Shape | None]:
        """The shape of each layer's outputs, where it is known."""
        return [None for _ in self.layers]
