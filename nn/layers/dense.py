"""The dense layer: every output depends on every input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from autodiff import Array
from nn import activations
from nn.layers.base import Layer
from nn.layers.weight_options import set_weight_options, weight_options
from nn.numbers import as_whole, shown

if TYPE_CHECKING:
    from nn.layers.shapes import Shape
    from nn.layers.weight import Weight


class Dense(Layer):
    """``activation(inputs @ kernel + bias)``, on the last axis of the inputs.

    Inputs ``(rows, ..., width)`` give outputs ``(rows, ..., units)``; the kernel has the shape
    ``(width, units)``, the bias ``(units,)``.

    Args:
        units: the number of outputs; positive.
        activation: a name such as ``'relu'``, a function, or None for no activation.
        use_bias: whether a bias is added.
        kernel_initializer: sets the initial kernel.
        bias_initializer: sets the initial bias.
        kernel_regularizer: a penalty on the kernel, added to the loss.
        bias_regularizer: the same for the bias.
        activity_regularizer: a penalty on the outputs, divided by the number of rows.
        kernel_constraint: applied to the kernel after each update.
        bias_constraint: the same for the bias.
        options: those of every `Layer`: ``name``, ``trainable``, ``input_shape``, ``input_dim``.

    >>> layer = Dense(2, kernel_initializer="ones", bias_initializer="ones")
    >>> layer([[1, 2, 3]])
    array([[7., 7.]], dtype=float32)
    """

    casts_integers = True
    kernel: Weight
    bias: Weight | None
    written_by_name = ("activation",)
    written_by_keras: ClassVar = {"quantization_config": None}

    def __init__(
        self,
        units: int,
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
        self.supports_masking = True
        self.units = _checked_units(units)
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        set_weight_options(self, ("kernel", "bias"), locals())

    def build(self, input_shape: Shape) -> None:
        """Create the kernel, and the bias if there is one."""
        if len(input_shape) < 2 or input_shape[-1] is None:
            raise ValueError(
                f"layer {self.name!r} expects inputs of shape (rows, ..., width) with a known "
                f"width, got {input_shape}. Reshape the data to a table: one row for each example."
            )
        self.kernel = self.add_weight(
            (input_shape[-1], self.units), name="kernel", **weight_options(self, "kernel")
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight((self.units,), name="bias", **weight_options(self, "bias"))

    def call(self, inputs: Array) -> Array:
        """Multiply by the kernel, add the bias, and apply the activation."""
        outputs = inputs @ self.kernel
        if self.bias is not None:
            outputs = outputs + self.bias
        return self.activation(outputs)

    def check_input(self, shape: Shape) -> None:
        """Raise a ValueError unless the last axis has the width of the kernel."""
        width = self.kernel.value.shape[0]
        if len(shape) < 2 or shape[-1] != width:
            raise ValueError(f"layer {self.name!r} expects inputs of width {width}, got {shape}.")

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the inputs, with `units` for the last axis."""
        return (*input_shape[:-1], self.units)


def _checked_units(units: int) -> int:
    number = as_whole(units)
    if number is None or not 1 <= number < 2**31:
        raise ValueError(
            f"Dense expects units to be a positive whole number, got {shown(units)}. "
            "Write how many outputs the layer has, such as Dense(32)."
        )
    return number
