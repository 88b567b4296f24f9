"""Transposed convolutions: from the places of a kernel back to images (Zeiler et al. 2010).

Each input is multiplied by the kernel, in one matrix product for all, and the results are added up
where they overlap. This is the slope of a convolution with respect to its inputs, with the same
kernel: outputs grow by the strides, where those of the convolution shrink.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autodiff import Array
from nn import activations
from nn.layers.convolution import KernelLayer
from nn.layers.weight_options import set_weight_options, weight_options
from nn.numbers import whole
from nn.windows.kernels import convolve_transposed, transposed_window

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn.layers.shapes import Shape
    from nn.windows.window import Window


class TransposedConvolution(KernelLayer):
    """The base class of transposed convolutions over images of `rank` axes.

    Args:
        filters: the number of outputs at each place; positive.
        kernel_size: the lengths of the kernel's axes; one number for all.
        strides: the steps between the places of the outputs that neighboring inputs are added to.
        padding: ``'valid'`` for all places of outputs, ``'same'`` for ``strides`` times as many as
            inputs.
        output_padding: further places of outputs at the end of each axis, fewer than the strides;
            with None, as many as the padding needs.
        data_format: ``'channels_last'`` for inputs (rows, ..., channels), ``'channels_first'`` for
            (rows, channels, ...).
        dilation_rate: the steps between the kernel's entries.
        activation: a name such as ``'relu'``, a function, or None for no activation.
        use_bias: whether a bias is added.
        kernel_initializer: sets the initial kernel, shape (*kernel_size, filters, channels).
        bias_initializer: sets the initial bias, shape (filters,).
        kernel_regularizer: a penalty on the kernel, added to the loss.
        bias_regularizer: the same for the bias.
        activity_regularizer: a penalty on the outputs, divided by the number of rows.
        kernel_constraint: applied to the kernel after each update.
        bias_constraint: the same for the bias.
        options: those of every `Layer`.
    """

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        output_padding: Any = None,
        data_format: str | None = None,
        dilation_rate: Any = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **options)
        self.set_window(kernel_size, strides, padding, data_format, dilation_rate)
        self.filters = whole("filters", filters)
        self.output_padding = self._output_padding(output_padding)
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        set_weight_options(self, ("kernel", "bias"), locals())

    def build(self, input_shape: Shape) -> None:
        """Create the kernel, and the bias if there is one."""
        self.kernel = self.add_weight(
            (*self.kernel_size, self.filters, self.channels_of(input_shape)),
            name="kernel",
            **weight_options(self, "kernel"),
        )
        self.add_bias(self.filters)

    def convolve(self, x: Array) -> Array:
        """Return the transposed convolution with the kernel, channels last."""
        return convolve_transposed(x, self.kernel.value, self._window_of(x.shape[1:-1]))

    def check_input(self, shape: Shape) -> None:
        """Raise a ValueError unless the inputs have the rank and the channels of the kernel."""
        self.check_channels(shape, self.kernel.shape[-1])

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the outputs."""
        is_last = self.data_format == "channels_last"
        places = input_shape[1:-1] if is_last else input_shape[2:]
        known = self._window_of([1 if n is None else n for n in places]).shape
        lengths = [None if n is None else m for n, m in zip(places, known, strict=True)]
        if any(n is not None and n < 1 for n in lengths):
            raise ValueError(
                f"layer {self.name!r} expects inputs large enough for an output, got "
                f"{input_shape}. Use padding='valid' or a larger output_padding."
            )
        shape = (*lengths, self.filters) if is_last else (self.filters, *lengths)
        return (input_shape[0], *shape)

    def _window_of(self, places: Sequence[int]) -> Window:
        """Return the window over the outputs whose places are the inputs."""
        return transposed_window(
            places,
            self.kernel_size,
            self.strides,
            self.dilation_rate,
            self.padding,
            self.output_padding,
        )

    def _output_padding(self, value: Any) -> tuple[int, ...] | None:
        if value is None:
            return None
        values = tuple(value) if isinstance(value, list | tuple) else (value,) * self.rank
        allowed = [range(step) for step in self.strides]
        if len(values) != self.rank or any(
            n not in r for n, r in zip(values, allowed, strict=True)
        ):
            raise ValueError(
                f"{type(self).__name__} expects output_padding to be whole numbers from 0 to below "
                f"the strides {self.strides}, got {value!r}. Leave it out, or raise the strides."
            )
        return values


class Conv1DTranspose(TransposedConvolution):
    """A transposed convolution to sequences, from (rows, steps, channels).

    See `TransposedConvolution`.

    >>> layer = Conv1DTranspose(1, 2, kernel_initializer="ones")
    >>> layer([[[1], [2], [3]]]).ravel()
    array([1., 3., 5., 3.], dtype=float32)
    """

    rank = 1


class Conv2DTranspose(TransposedConvolution):
    """A transposed convolution to images, from (rows, height, width, channels).

    See `TransposedConvolution`.

    >>> Conv2DTranspose(4, 3, strides=2, padding="same").compute_output_shape((None, 7, 7, 8))
    (None, 14, 14, 4)
    """

    rank = 2


class Conv3DTranspose(TransposedConvolution):
    """A transposed convolution to volumes, from (rows, depth, height, width, channels).

    See `TransposedConvolution`; as in Keras, ``data_format`` comes before ``output_padding``.

    >>> import numpy as np
    >>> Conv3DTranspose(4, 3, strides=2)(np.zeros((1, 3, 3, 3, 2))).shape
    (1, 7, 7, 7, 4)
    """

    rank = 3

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        output_padding: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(
            filters, kernel_size, strides, padding, output_padding, data_format, **options
        )


Convolution1DTranspose = Conv1DTranspose
Convolution2DTranspose = Conv2DTranspose
Convolution3DTranspose = Conv3DTranspose
