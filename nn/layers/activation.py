"""Layers that apply an activation function to each entry or to each row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autodiff import Array
from nn import activations
from nn.layers.attention_weights import far_below
from nn.layers.base import Layer
from nn.layers.weight_options import set_weight_options, weight_options
from nn.numbers import at_least_zero, finite

if TYPE_CHECKING:
    from nn.layers.shapes import Shape
    from nn.layers.weight import Weight


class _SameShape(Layer):
    """A layer without weights whose outputs have the shape of its inputs."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.built = True
        self.supports_masking = True

    casts_integers = True

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the inputs."""
        return input_shape


class Activation(_SameShape):
    """An activation function as a separate layer.

    >>> Activation("relu")([[-1.0, 2.0]])
    array([[0., 2.]], dtype=float32)
    """

    written_by_name = ("activation",)

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
        threshold: inputs up to this one count as negative.
        options: those of every `Layer`.

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
        self.max_value = None if max_value is None else at_least_zero("max_value", max_value)
        self.negative_slope = at_least_zero("negative_slope", negative_slope)
        self.threshold = at_least_zero("threshold", threshold)

    def call(self, inputs: Array) -> Array:
        """Apply `nn.activations.relu` with these options."""
        return activations.relu(inputs, self.negative_slope, self.max_value, self.threshold)


class LeakyReLU(_SameShape):
    """``inputs`` where positive, else ``negative_slope * inputs`` (Maas et al. 2013).

    The default slope is 0.3; that of the function `nn.activations.leaky_relu` is 0.2.

    >>> LeakyReLU()([[-1.0, 2.0]])
    array([[-0.3,  2. ]], dtype=float32)
    """

    def __init__(self, negative_slope: float = 0.3, **options: Any) -> None:
        super().__init__(**options)
        self.negative_slope = at_least_zero("negative_slope", negative_slope)

    def call(self, inputs: Array) -> Array:
        """Multiply negative inputs by the slope."""
        return activations.leaky_relu(inputs, self.negative_slope)


class ELU(_SameShape):
    """``inputs`` where positive, else ``alpha * (exp(inputs) - 1)`` (Clevert et al. 2016).

    >>> ELU()([[0.0, 2.0]])
    array([[0., 2.]], dtype=float32)
    """

    def __init__(self, alpha: float = 1.0, **options: Any) -> None:
        super().__init__(**options)
        self.alpha = finite("alpha", alpha)

    def call(self, inputs: Array) -> Array:
        """Apply the equation above."""
        return activations.elu(inputs, self.alpha)


class Softmax(_SameShape):
    """Probabilities from scores (logits), along ``axis``: ``exp(inputs) / sum(exp(inputs))``.

    Args:
        axis: the axis that adds up to 1, or several.
        options: those of every `Layer`.

    >>> Softmax()([[0.0, 0.0]])
    array([[0.5, 0.5]], dtype=float32)
    >>> Softmax()([[0.0, 0.0, 5.0]], mask=np.array([[True, True, False]]))
    array([[0.5, 0.5, 0. ]], dtype=float32)
    """

    masks_steps = True

    def __init__(self, axis: Any = -1, **options: Any) -> None:
        super().__init__(**options)
        self.axis = axis

    def call(self, inputs: Array, mask: Array | None = None) -> Array:
        """Apply the equation above, to the entries where the mask is True; the others become 0."""
        axis = tuple(self.axis) if isinstance(self.axis, list | tuple) else self.axis
        if mask is None:
            return activations.softmax(inputs, axis)
        self._check_mask(np.shape(mask), inputs.shape)
        mask = np.asarray(mask) if isinstance(mask, list) else mask
        mask = mask if mask.dtype == bool else mask > 0.5
        probabilities = activations.softmax(np.where(mask, inputs, far_below(inputs.dtype)), axis)
        return np.where(mask, probabilities, 0.0)

    def _check_mask(self, mask: tuple[int, ...], inputs: tuple[int, ...]) -> None:
        last = inputs[len(inputs) - len(mask) :]
        fits = len(mask) <= len(inputs) and all(
            m in (1, n) for m, n in zip(mask, last, strict=True)
        )
        if not fits:
            raise ValueError(
                f"layer {self.name!r} expects a mask that broadcasts to the inputs, got shape "
                f"{mask} for {inputs}. Add axes, mask[:, :, np.newaxis]; or if the mask is that of "
                "steps, from an Embedding or Masking before it, use Activation('softmax')."
            )


class PReLU(Layer):
    """``inputs`` where positive, else ``alpha * inputs``, with a trained alpha (He et al. 2015).

    Args:
        alpha_initializer: sets the initial slopes, of the shape of a row.
        alpha_regularizer: a penalty on the slopes, added to the loss.
        alpha_constraint: applied to the slopes after each update.
        shared_axes: the axes along which all entries have one slope: ``[1, 2]`` for images.
        options: those of every `Layer`.

    >>> PReLU(alpha_initializer="ones")([[-1.0, 2.0]])
    array([[-1.,  2.]], dtype=float32)
    """

    casts_integers = True
    alpha: Weight

    def __init__(
        self,
        alpha_initializer: Any = "Zeros",
        alpha_regularizer: Any = None,
        alpha_constraint: Any = None,
        shared_axes: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.supports_masking = True
        set_weight_options(self, ("alpha",), locals())
        one = [shared_axes] if isinstance(shared_axes, int) else shared_axes
        self.shared_axes = None if one is None else list(one)

    def build(self, input_shape: Shape) -> None:
        """Create the slopes."""
        shape = self._alpha_shape(input_shape)
        if None in shape:
            raise ValueError(
                f"layer {self.name!r} expects inputs of known shape, got {input_shape}. Name the "
                "axes of unknown length in shared_axes."
            )
        self.alpha = self.add_weight(
            [n or 0 for n in shape], name="alpha", **weight_options(self, "alpha")
        )

    def call(self, inputs: Array) -> Array:
        """Multiply negative inputs by their slopes."""
        return activations.relu(inputs) - self.alpha.value * activations.relu(-inputs)

    def check_input(self, shape: Shape) -> None:
        """Raise a ValueError unless there is a slope for each entry of a row."""
        if self._alpha_shape(shape) != list(self.alpha.shape):
            raise ValueError(
                f"layer {self.name!r} expects rows that its slopes of shape {self.alpha.shape} "
                f"fit, got {shape}. Name the axes whose length varies in shared_axes."
            )

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the inputs."""
        return input_shape

    def _alpha_shape(self, input_shape: Shape) -> list[int | None]:
        shape = list(input_shape[1:])
        for axis in self.shared_axes or ():
            if not 1 <= axis < len(input_shape):
                raise ValueError(
                    f"layer {self.name!r} expects shared_axes from 1 to {len(input_shape) - 1}, "
                    f"got {self.shared_axes}. Axis 0 is that of the rows."
                )
            shape[axis - 1] = 1
        return shape
