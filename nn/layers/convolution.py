"""Convolutions: a kernel slides over sequences, images or volumes (LeCun et al. 1998).

What the kernel sees at each place is copied into a row, and all rows are multiplied by the kernel
in one matrix product.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from autodiff import Array
from nn import activations
from nn.layers.sliding import Sliding
from nn.layers.weight_options import set_weight_options, weight_options
from nn.numbers import whole
from nn.windows.kernels import convolve

if TYPE_CHECKING:
    from nn.layers.shapes import Shape
    from nn.layers.weight import Weight


class KernelLayer(Sliding):
    """The base class of layers with a kernel and a bias."""

    written_by_keras: ClassVar = {"activity_regularizer": None}
    written_by_name = ("activation",)
    kernel: Weight
    bias: Weight | None
    use_bias: bool
    activation: Any
    bias_initializer: Any
    bias_regularizer: Any
    bias_constraint: Any

    def convolve(self, x: Array) -> Array:
        """Return the convolution with the kernel, channels last."""
        raise NotImplementedError

    def call(self, inputs: Array) -> Array:
        """Convolve, add the bias, and apply the activation, along the last axis of the outputs."""
        outputs = self.convolve(self.channels_last(inputs))
        if self.bias is not None:
            outputs = outputs + self.bias
        return self.activation(self.as_given(outputs))

    def add_bias(self, count: int) -> None:
        """Create the bias if there is one: a number for each output at a place."""
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight((count,), name="bias", **weight_options(self, "bias"))


class Convolution(KernelLayer):
    """The base class of convolutions over images of `rank` axes.

    Args:
        filters: the number of outputs at each place; positive.
        kernel_size: the lengths of the kernel's axes; one number for all.
        strides: the steps between places, likewise.
        padding: ``'valid'`` for places inside of the image only, ``'same'`` for zeros around it.
        data_format: ``'channels_last'`` for inputs (rows, ..., channels), ``'channels_first'`` for
            (rows, channels, ...).
        dilation_rate: the steps between the kernel's entries.
        groups: the number of groups of channels that are convolved on their own.
        activation: a name such as ``'relu'``, a function, or None for no activation.
        use_bias: whether a bias is added.
        kernel_initializer: sets the initial kernel, shape (*kernel_size, channels / groups,
            filters).
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
        data_format: str | None = None,
        dilation_rate: Any = 1,
        groups: int = 1,
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
        self.groups = whole("groups", groups)
        if self.filters % self.groups:
            raise ValueError(
                f"layer {self.name!r} expects filters to be a multiple of groups={groups}, got "
                f"{filters}. Write filters={groups * -(-self.filters // self.groups)}, for example."
            )
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        set_weight_options(self, ("kernel", "bias"), locals())

    def build(self, input_shape: Shape) -> None:
        """Create the kernel, and the bias if there is one."""
        channels = self.channels_of(input_shape)
        if channels % self.groups:
            raise ValueError(
                f"layer {self.name!r} expects a number of channels that is a multiple of "
                f"groups={self.groups}, got {channels} in inputs of shape {input_shape}. Pass "
                f"another groups=."
            )
        self.kernel = self.add_weight(
            (*self.kernel_size, channels // self.groups, self.filters),
            name="kernel",
            **weight_options(self, "kernel"),
        )
        self.add_bias(self.filters)

    def convolve(self, x: Array) -> Array:
        """Return the convolution with the kernel, channels last."""
        return convolve(x, self.kernel.value, self.window(x.shape[1:-1]))

    def check_input(self, shape: Shape) -> None:
        """Raise a ValueError unless the inputs have the rank and the channels of the kernel."""
        self.check_channels(shape, self.kernel.shape[-2] * self.groups)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the outputs."""
        return self.output_shape_for(input_shape, self.filters)


class Conv1D(Convolution):
    """A convolution over sequences, shape (rows, steps, channels); see `Convolution`.

    With ``padding='causal'``, an output depends on the present and earlier steps only.

    >>> layer = Conv1D(1, 2, kernel_initializer="ones")
    >>> layer([[[1], [2], [3]]]).ravel()
    array([3., 5.], dtype=float32)
    """

    rank = 1
    paddings: ClassVar = ("valid", "same", "causal")


class Conv2D(Convolution):
    """A convolution over images, shape (rows, height, width, channels); see `Convolution`.

    >>> import numpy as np
    >>> layer = Conv2D(4, 3, padding="same", activation="relu")
    >>> layer(np.zeros((1, 28, 28, 1))).shape
    (1, 28, 28, 4)
    >>> layer.count_params()
    40
    """

    rank = 2


class Conv3D(Convolution):
    """A convolution over volumes, shape (rows, depth, height, width, channels).

    See `Convolution`.

    >>> import numpy as np
    >>> Conv3D(4, 3)(np.zeros((1, 8, 8, 8, 2))).shape
    (1, 6, 6, 6, 4)
    """

    rank = 3


Convolution1D, Convolution2D, Convolution3D = Conv1D, Conv2D, Conv3D
