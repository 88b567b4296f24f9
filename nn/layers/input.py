"""The shape of the data, said before the first layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nn.layers.base import Layer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn.layers.arguments import Shape
    from nn.layers.weight import Array


class InputLayer(Layer):
    """The start of a model: it says what shape a row has, and passes the inputs on.

    Args:
        shape: the shape of one row, without the batch.
        options: what every `Layer` takes.

    >>> InputLayer(shape=(28, 28)).input_shape_given
    (None, 28, 28)
    """

    def __init__(self, shape: Sequence[int | None] | None = None, **options: Any) -> None:
        options.setdefault("input_shape", shape)
        super().__init__(**options)
        if self.input_shape_given is None:
            raise TypeError(
                f"{type(self).__name__} expects the shape of one row, got none. "
                "Write Input(shape=(9,)) for data of nine columns."
            )

    def call(self, inputs: Array) -> Array:
        """Pass the inputs on."""
        return inputs

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The shape of the inputs."""
        return input_shape


def Input(shape: Sequence[int | None], **options: Any) -> InputLayer:  # noqa: N802 - Keras's name
    """Say the shape of one row: ``Sequential([Input(shape=(9,)), Dense(1)])``.

    >>> Input(shape=(9,)).input_shape_given
    (None, 9)
    """
    return InputLayer(shape, **options)
