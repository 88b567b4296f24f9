"""CategoryEncoding: whole numbers as rows of 0 and 1, or of counts."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff import Array
from nn.layers.preprocessing.data import checked_integers
from nn.layers.preprocessing.data_layer import DataLayer
from nn.layers.preprocessing.encoding import applied, checked_mode, encode
from nn.numbers import whole


class CategoryEncoding(DataLayer):
    """Encode whole numbers from 0 to below ``num_tokens``.

    Args:
        num_tokens: the number of different values.
        output_mode: ``'one_hot'``, a 1 for each number; ``'multi_hot'``, one row with a 1 for each
            number that occurs; ``'count'``, how often each occurs.
        options: those of every `Layer`.

    Raises:
        ValueError: at a call, where a number is negative or too large.

    >>> CategoryEncoding(num_tokens=4)([[0, 1], [0, 0]])
    array([[1., 1., 0., 0.],
           [1., 0., 0., 0.]], dtype=float32)
    """

    def __init__(
        self, num_tokens: int | None = None, output_mode: str = "multi_hot", **options: Any
    ) -> None:
        if options.pop("sparse", False):
            raise ValueError("CategoryEncoding expects sparse=False, got True. Leave it out.")
        super().__init__(**options)
        if num_tokens is None:
            raise ValueError("CategoryEncoding expects num_tokens, got none. Pass num_tokens.")
        self.num_tokens = whole("num_tokens", num_tokens)
        self.output_mode = checked_mode("CategoryEncoding", output_mode, "multi_hot", "count")
        if self.output_mode == "int":
            raise ValueError(
                "CategoryEncoding expects output_mode 'one_hot', 'multi_hot' or 'count', got "
                "'int'. Leave the layer out to keep the numbers."
            )

    @property
    def depth(self) -> int:
        """The number of different values."""
        return self.num_tokens

    def call(self, inputs: Array, count_weights: Array | None = None) -> Array:
        """Encode a batch.

        Args:
            inputs: whole numbers, of any shape.
            count_weights: of this shape, what each number counts for; with ``'count'`` alone.
        """
        if count_weights is not None and self.output_mode != "count":
            raise ValueError(
                f"layer {self.name!r} expects count_weights with output_mode='count' alone, got "
                f"{self.output_mode!r}. Leave them out, or change the mode."
            )
        indices = applied(inputs, self._checked)
        return encode(indices, self.output_mode, self.num_tokens, count_weights)

    def _checked(self, inputs: np.ndarray) -> np.ndarray:
        indices = checked_integers(self.name, inputs)
        wrong = (indices < 0) | (indices >= self.num_tokens)
        if wrong.any():
            raise ValueError(
                f"layer {self.name!r} expects whole numbers from 0 to {self.num_tokens - 1}, got "
                f"{indices[wrong].flat[0]}. Pass a larger num_tokens, or use IntegerLookup."
            )
        return indices
