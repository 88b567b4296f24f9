"""Convolutions of each channel on its own, alone or followed by one of a single entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autodiff import Array
from nn import activations
from nn.layers.convolution import KernelLayer
from nn.layers.weight_options import set_weight_options, weight_options
from nn.numbers import whole
from nn.windows.kernels import convolve_each

if TYPE_CHECKING:
    from nn.layers.shapes import Shape


class _Depthwise(KernelLayer):
    """The base class of convolutions of each channel on its own."""

    strides_and_dilation = True

    def __init__(
        self,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        depth_multiplier: int = 1,
        data_format: str | None = None,
        dilation_rate: Any = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        bias_constraint: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **options)
        self.set_window(kernel_size, strides, padding, data_format, dilation_rate)
        self.depth_multiplier = whole("depth_multiplier", depth_multiplier)
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        set_weight_options(self, ("depthwise", "bias"), locals())

    def build(self, input_shape: Shape) -> None:
        """Create the kernel, shape (*kernel_size, channels, depth_multiplier), and the bias."""
        channels = self.channels_of(input_shape)
        self.kernel = self.add_weight(
            (*self.kernel_size, channels, self.depth_multiplier),
            name="kernel",
            **weight_options(self, "depthwise"),
        )
        self.add_bias(channels * self.depth_multiplier)

    def convolve(self, x: Array) -> Array:
        """Return the convolutions of the channels, ``depth_multiplier`` outputs for each."""
        return convolve_each(x, self.kernel.value, self.window(x.shape[1:-1]))

    def check_input(self, shape: Shape) -> None:
        """Raise a ValueError unless the inputs have the rank and the channels of the kernel."""
        self.check_channels(shape, self.kernel.shape[-2])

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the outputs."""
        channels = self.channels_of(input_shape)
        return self.output_shape_for(input_shape, channels * self.depth_multiplier)


class DepthwiseConv1D(_Depthwise):
    """A convolution of each channel of sequences on its own.

    >>> import numpy as np
    >>> DepthwiseConv1D(2, depth_multiplier=3)(np.zeros((1, 5, 4))).shape
    (1, 4, 12)
    """

    rank = 1


class DepthwiseConv2D(_Depthwise):
    """A convolution of each channel of images on its own.

    >>> import numpy as np
    >>> DepthwiseConv2D(3)(np.zeros((1, 8, 8, 4))).shape
    (1, 6, 6, 4)
    """

    rank = 2


class _Separable(_Depthwise):
    """The base class of depthwise convolutions that are followed by one of a single entry."""

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        depth_multiplier: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        pointwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        pointwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        pointwise_constraint: Any = None,
        bias_constraint: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(
            kernel_size, strides, padding, depth_multiplier, data_format, dilation_rate, activation,
            use_bias, depthwise_initializer, bias_initializer, depthwise_regularizer,
            bias_regularizer, activity_regularizer, depthwise_constraint, bias_constraint,
            **options,
        )  # fmt: skip
        self.filters = whole("filters", filters)
        set_weight_options(self, ("pointwise",), locals())

    def build(self, input_shape: Shape) -> None:
        """Create the depthwise and the pointwise kernel, and the bias."""
        channels = self.channels_of(input_shape)
        self.kernel = self.depthwise_kernel = self.add_weight(
            (*self.kernel_size, channels, self.depth_multiplier),
            name="depthwise_kernel",
            **weight_options(self, "depthwise"),
        )
        self.pointwise_kernel = self.add_weight(
            (*(1 for _ in self.kernel_size), channels * self.depth_multiplier, self.filters),
            name="pointwise_kernel",
            **weight_options(self, "pointwise"),
        )
        self.add_bias(self.filters)

    def convolve(self, x: Array) -> Array:
        """Return the depthwise convolution, multiplied by the pointwise kernel."""
        apart = super().convolve(x)
        kernel = self.pointwise_kernel.value
        return apart @ kernel.reshape(kernel.shape[-2:])

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the outputs."""
        return self.output_shape_for(input_shape, self.filters)


class SeparableConv1D(_Separable):
    """A depthwise convolution of sequences, followed by one of a single step.

    >>> import numpy as np
    >>> SeparableConv1D(7, 3)(np.zeros((1, 5, 4))).shape
    (1, 3, 7)
    """

    rank = 1


class SeparableConv2D(_Separable):
    """A depthwise convolution of images, followed by one of a single pixel (Chollet 2017).

    >>> import numpy as np
    >>> SeparableConv2D(7, 3)(np.zeros((1, 8, 8, 4))).shape
    (1, 6, 6, 7)
    """

    rank = 2


SeparableConvolution1D, SeparableConvolution2D = SeparableConv1D, SeparableConv2D
