"""The start of a model: the shape and dtype of the data, declared before the first layer."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from autodiff import Array
from nn.layers.base import Layer
from nn.layers.symbol import Symbol, record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn.layers.shapes import Shape


class InputLayer(Layer):
    """The start of a model: declares the shape of a row and returns its inputs unchanged.

    Args:
        shape: the shape of one row, without the batch; None for an axis of any length.
        batch_size: the number of rows in every batch; any number by default.
        dtype: the dtype of the data: ``'float32'``, ``'int32'``, ``'bool'``, ``'string'``.
        batch_shape: the shape with the batch, in place of ``shape`` and ``batch_size``.
        options: those of every `Layer`.

    >>> InputLayer(shape=(28, 28), name="image").output
    <Symbol image, shape (None, 28, 28), float32>
    """

    written_by_keras: ClassVar = {"sparse": False, "ragged": False, "optional": False}
    left_out_by_keras = ("shape", "batch_size", "trainable")

    def __init__(
        self,
        shape: Sequence[int | None] | None = None,
        batch_size: int | None = None,
        dtype: Any = None,
        batch_shape: Sequence[int | None] | None = None,
        **options: Any,
    ) -> None:
        if batch_shape is not None:
            if not len(batch_shape):
                raise ValueError(
                    f"{type(self).__name__} expects batch_shape to begin with the number of rows, "
                    "got (). Write batch_shape=(None,) for one number in each row."
                )
            batch_size, *shape = batch_shape
        options.setdefault("input_shape", shape)
        super().__init__(**options)
        if self.input_shape_given is None:
            raise TypeError(
                f"{type(self).__name__} expects the shape of one row, got none. "
                "Write Input(shape=(9,)) for data of nine columns."
            )
        self.batch_size = None if batch_size is None else operator.index(batch_size)
        self.dtype = np.dtype("str" if dtype == "string" else dtype or np.float32)
        self.batch_shape: Shape = (self.batch_size, *self.input_shape_given[1:])
        self.built = True
        record(self, (), {}, Symbol(self.batch_shape, self.dtype, self.name))

    def call(self, inputs: Array) -> Array:
        """Return the inputs unchanged."""
        return inputs

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the inputs."""
        return input_shape

    def _arguments(self, **elsewhere: Any) -> dict[str, Any]:
        shapes = {"shape": None, "batch_size": None, "batch_shape": self.batch_shape}
        dtype = "string" if self.dtype.kind == "U" else self.dtype.name
        return super()._arguments(**shapes, **elsewhere) | {"dtype": dtype}


def Input(  # noqa: N802 - Keras's name
    shape: Sequence[int | None] | None = None,
    batch_size: int | None = None,
    dtype: Any = None,
    batch_shape: Sequence[int | None] | None = None,
    name: str | None = None,
    **options: Any,
) -> Symbol:
    """Return a Symbol for the data: the start of a functional model, or the first of a Sequential.

    Args:
        shape: the shape of one row, without the batch; None for an axis of any length.
        batch_size: the number of rows in every batch; any number by default.
        dtype: the dtype of the data, float32 by default.
        name: the name of the input.
        batch_shape: the shape with the batch, in place of ``shape`` and ``batch_size``.
        options: Keras's further arguments, with the only values that exist here: ``sparse=False``.

    >>> from nn.layers import Dense
    >>> x = Input(shape=(9,))
    >>> Dense(1)(x).shape
    (None, 1)
    """
    if name is not None:
        options["name"] = name
    layer = InputLayer(shape, batch_size, dtype, batch_shape, **options)
    symbol: Symbol = layer.output
    return symbol
