"""Layers whose kernel or window slides over images: the base of convolutions and pooling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from autodiff import Array
from nn.argument_checks import as_data_format
from nn.layers.base import Layer
from nn.numbers import as_whole
from nn.windows.window import Window, places_along

if TYPE_CHECKING:
    from nn.layers.shapes import Shape

_AXES = {1: "(rows, steps, channels)", 2: "(rows, height, width, channels)"}
_AXES |= {3: "(rows, depth, height, width, channels)"}


class Sliding(Layer):
    """The base class of layers with a window that slides over `rank` axes."""

    casts_integers = True
    rank: ClassVar[int]
    paddings: ClassVar[tuple[str, ...]] = ("valid", "same")
    size_name: ClassVar[str] = "kernel_size"
    strides_and_dilation: ClassVar[bool] = False  # whether both may be above 1
    kernel_size: tuple[int, ...]

    def set_window(
        self, size: Any, strides: Any, padding: str, data_format: str | None, dilation_rate: Any = 1
    ) -> None:
        """Check and store the arguments for the window.

        Args:
            size: the lengths of the window's axes; one number for all.
            strides: the steps between places, likewise.
            padding: one of `paddings`.
            data_format: ``'channels_last'``, the default, or ``'channels_first'``.
            dilation_rate: the steps between the window's entries.
        """
        setattr(self, self.size_name, self.lengths(self.size_name, size))
        self.strides = self.lengths("strides", strides)
        self.dilation_rate = self.lengths("dilation_rate", dilation_rate)
        self.padding = self._chosen("padding", str(padding).lower(), self.paddings)
        self.data_format = as_data_format(data_format)
        both = max(self.strides) > 1 and max(self.dilation_rate) > 1
        if both and not self.strides_and_dilation:
            raise ValueError(
                f"layer {self.name!r} expects strides or dilation_rate above 1, not both, got "
                f"strides={self.strides} and dilation_rate={self.dilation_rate}. Leave one of them "
                f"out."
            )

    @property
    def size(self) -> tuple[int, ...]:
        """The lengths of the window's axes."""
        lengths: tuple[int, ...] = getattr(self, self.size_name)
        return lengths

    def window(self, shape: tuple[int, ...]) -> Window:
        """Return the places of the window on images of this shape, without batch and channels.

        Raises:
            ValueError: the window fits nowhere.
        """
        found = Window(shape, self.size, self.strides, self.dilation_rate, self.padding)
        if min(found.places) < 1:
            raise ValueError(self._too_small(shape))
        return found

    def channels_of(self, shape: Shape) -> int:
        """Return the number of channels of inputs of this shape.

        Raises:
            ValueError: the inputs have another number of axes, or of unknown channels.
        """
        axis = -1 if self.data_format == "channels_last" else 1
        if len(shape) != self.rank + 2 or shape[axis] is None:
            missing = len(shape) == self.rank + 1
            raise ValueError(
                f"layer {self.name!r} expects inputs of shape {_AXES[self.rank]}"
                f"{', channels first' * (axis == 1)}, with known channels, got {shape}. "
                + ("Add an axis for the channels: x[..., np.newaxis]." if missing else "Reshape.")
            )
        channels = shape[axis]
        assert channels is not None  # noqa: S101 - checked above
        return channels

    def check_channels(self, shape: Shape, expected: int) -> None:
        """Raise a ValueError unless inputs have the layer's rank and this number of channels."""
        if self.channels_of(shape) != expected:
            raise ValueError(
                f"layer {self.name!r} expects inputs with {expected} channels, got {shape}. It was "
                "built for other data: make a new layer, or check data_format."
            )

    def channels_last(self, inputs: Array) -> Array:
        """Return the inputs with the channels in the last axis."""
        return inputs if self.data_format == "channels_last" else np.moveaxis(inputs, 1, -1)

    def as_given(self, outputs: Array) -> Array:
        """Return outputs in the layer's format, given with the channels in the last axis."""
        return outputs if self.data_format == "channels_last" else np.moveaxis(outputs, -1, 1)

    def output_shape_for(self, input_shape: Shape, channels: int | None) -> Shape:
        """Return the shape of outputs with these channels.

        Raises:
            ValueError: the window fits nowhere.
        """
        is_last = self.data_format == "channels_last"
        lengths = input_shape[1:-1] if is_last else input_shape[2:]
        places = tuple(
            None if n is None else places_along(n, k, s, d, self.padding)
            for n, k, s, d in zip(lengths, self.size, self.strides, self.dilation_rate, strict=True)
        )
        if any(n is not None and n < 1 for n in places):
            raise ValueError(self._too_small(lengths))
        rows = input_shape[0]
        return (rows, *places, channels) if is_last else (rows, channels, *places)

    def _too_small(self, shape: Any) -> str:
        return (
            f"layer {self.name!r} expects images that its window of {self.size} fits into, got "
            f"{tuple(shape)}. Use padding='same', a smaller {self.size_name}, or fewer pooling "
            "layers before it."
        )

    def lengths(self, name: str, value: Any) -> tuple[int, ...]:
        """Return one positive whole number for each axis, for an argument of this name."""
        values = value if isinstance(value, list | tuple) else [value] * self.rank
        numbers = tuple(as_whole(n) or 0 for n in values)
        if len(values) != self.rank or min(numbers) < 1:
            raise ValueError(
                f"{type(self).__name__} expects {name} to be a positive whole number, or "
                f"{self.rank} of them, got {value!r}. Write {name}=2, for example."
            )
        return numbers

    def _chosen(self, name: str, value: Any, known: tuple[str, ...]) -> Any:
        if value not in known:
            raise ValueError(
                f"{type(self).__name__} expects {name} to be one of {', '.join(map(repr, known))}, "
                f"got {value!r}. Pass one of these."
            )
        return value
