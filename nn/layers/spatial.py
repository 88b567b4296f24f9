"""The base class of layers that change the lengths of the axes of images."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from nn.layers.base import Layer
from nn.layers.shapes import check_axes

if TYPE_CHECKING:
    from nn.layers.shapes import Shape


class Spatial(Layer):
    """The base class of layers that change the lengths of the axes of images.

    Attributes:
        rank: the number of these axes.
        data_format: ``'channels_last'``, the default, or ``'channels_first'``.
    """

    rank: ClassVar[int]

    data_format = "channels_last"

    @property
    def first(self) -> int:
        """The first axis of the images."""
        return 1 if self.data_format == "channels_last" else 2

    def check_input(self, shape: Shape) -> None:
        """Raise a ValueError unless the inputs have the right number of axes."""
        check_axes(self.name, shape, self.rank)

    def length(self, axis: int, length: int) -> int:
        """Return the new length of an axis of the images."""
        raise NotImplementedError

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the outputs."""
        lengths = list(input_shape)
        for axis in range(self.rank):
            n = lengths[self.first + axis]
            lengths[self.first + axis] = None if n is None else self.length(axis, n)
        return tuple(lengths)
