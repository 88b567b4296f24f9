"""Layers that apply an activation, a function of each number or of each row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nn import activations
from nn.layers.base import Layer

if TYPE_CHECKING:
    from nn.layers.arguments import Shape
    from nn.layers.weight import Array


class _SameShape(Layer):
    """A layer whose outputs have the shape of its inputs."""

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The shape of the inputs."""
        return input_shape


class Activation(_SameShape):
    """An activation as a layer of its own.

    >>> Activation("relu")([[-1.0, 2.0]])
    array([[0., 2.]], dtype=float32)
    """

    def __init__(self, activation: Any, **options: Any) -> None:
        super().__init__(**options)
        self.activation = activations.get(activation)

    def call(self, inputs: Array) -> Array:
        """Apply the activation."""
        return self.activation(inputs)


class ReLU(_SameShape):
    """``max(0, inputs)``, and its variants.

    Args:
        max_value: the largest output, or None.
        negative_slope: the slope below the threshold.
        threshold: where the ramp begins.
        options: what every `Layer` takes.

    >>> ReLU(max_value=1.0)([[-1.0, 2.0]])
    array([[0., 1.]], dtype=float32)
    """

    def __init__(
        self,
        max_value: float | None = None,
        negative_slope: float = 0.0,
        threshold: float = 0.0,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.max_value = max_value
        self.negative_slope = negative_slope
        self.threshold = threshold

    def call(self, inputs: Array) -> Array:
        """Cut off what is below the threshold."""
        return activations.relu(inputs, self.negative_slope, self.max_value, self.threshold)


class LeakyReLU(_SameShape):
    """``inputs`` where positive, else ``negative_slope * inputs`` (Maas et al. 2013).

    The slope is 0.3 unless given; that of the function `nn.activations.leaky_relu` is 0.2.

    >>> LeakyReLU()([[-1.0, 2.0]])
    array([[-0.3,  2. ]], dtype=float32)
    """

    def __init__(self, negative_slope: float = 0.3, **options: Any) -> None:
        super().__init__(**options)
        self.negative_slope = negative_slope

    def call(self, inputs: Array) -> Array:
        """Flatten the slope of what is negative."""
        return activations.leaky_relu(inputs, self.negative_slope)


class ELU(_SameShape):
    """``inputs`` where positive, else ``alpha * (exp(inputs) - 1)`` (Clevert et al. 2016).

    >>> ELU()([[0.0, 2.0]])
    array([[0., 2.]], dtype=float32)
    """

    def __init__(self, alpha: float = 1.0, **options: Any) -> None:
        super().__init__(**options)
        self.alpha = alpha

    def call(self, inputs: Array) -> Array:
        """Let what is negative approach ``-alpha``."""
        return activations.elu(inputs, self.alpha)


class Softmax(_SameShape):
    """Probabilities from scores, along ``axis``.

    >>> Softmax()([[0.0, 0.0]])
    array([[0.5, 0.5]], dtype=float32)
    """

    def __init__(self, axis: int = -1, **options: Any) -> None:
        super().__init__(**options)
        self.axis = axis

    def call(self, inputs: Array) -> Array:
        """Exponentiate, and divide by the sum."""
        return activations.softmax(inputs, self.axis)
