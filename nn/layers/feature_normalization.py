"""Normalizations of each row on its own: over its features, groups of channels, or to length 1."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from autodiff import Array
from nn.layers.base import Layer
from nn.layers.moments import moments
from nn.layers.normalization import NormalizationAlongAxes, ScaledNormalization
from nn.layers.unit_vectors import of_unit_length
from nn.numbers import at_least_zero, whole

if TYPE_CHECKING:
    from nn.layers.shapes import Shape

__all__ = ["GroupNormalization", "LayerNormalization", "RMSNormalization", "UnitNormalization"]


class LayerNormalization(ScaledNormalization):
    """Normalize each row (or step) over its features (Ba et al. 2016).

    Args:
        axis: the axis of the features, or several.
        epsilon: added to the variance.
        center: whether an offset, beta, is added.
        scale: whether the result is multiplied by gamma.
        beta_initializer: sets the initial beta.
        gamma_initializer: sets the initial gamma.
        beta_regularizer: a penalty on beta.
        gamma_regularizer: a penalty on gamma.
        beta_constraint: applied to beta after each update.
        gamma_constraint: applied to gamma after each update.
        options: those of every `Layer`.

    >>> LayerNormalization(epsilon=0.0)([[1.0, 3.0]])
    array([[-1.,  1.]], dtype=float32)
    """

    written_by_keras: ClassVar = {"rms_scaling": False}

    def __init__(
        self,
        axis: Any = -1,
        epsilon: float = 0.001,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.set_scaling(locals())

    def build(self, input_shape: Shape) -> None:
        """Create gamma and beta."""
        chosen = self.axis if isinstance(self.axis, list | tuple) else [self.axis]
        self.axis = sorted(chosen)  # as in Keras, whose weights have the lengths in this order
        rank = len(input_shape)
        lengths = dict(zip(self.axes(rank), self.lengths(input_shape), strict=True))
        self.add_scale_and_offset(tuple(lengths[axis % rank] for axis in self.axis))

    def call(self, inputs: Array) -> Array:
        """Normalize over the features."""
        axes = self.axes(inputs.ndim)
        shape = [inputs.shape[i] if i in axes else 1 for i in range(inputs.ndim)]
        return self.normalized(inputs, *moments(inputs, tuple(axes)), shape)


class GroupNormalization(ScaledNormalization):
    """Normalize groups of channels, each over its own entries (Wu and He 2018).

    Args:
        groups: the number of groups; -1 for a group for each channel.
        axis: the axis of the channels.
        epsilon: added to the variance.
        center: whether an offset, beta, is added.
        scale: whether the result is multiplied by gamma.
        beta_initializer: sets the initial beta.
        gamma_initializer: sets the initial gamma.
        beta_regularizer: a penalty on beta.
        gamma_regularizer: a penalty on gamma.
        beta_constraint: applied to beta after each update.
        gamma_constraint: applied to gamma after each update.
        options: those of every `Layer`.

    >>> GroupNormalization(groups=1, epsilon=0.0)([[1.0, 3.0]])
    array([[-1.,  1.]], dtype=float32)
    """

    def __init__(
        self,
        groups: int = 32,
        axis: int = -1,
        epsilon: float = 0.001,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.set_scaling(locals())
        self.groups = -1 if groups == -1 else whole("groups", groups)

    def build(self, input_shape: Shape) -> None:
        """Create gamma and beta."""
        shape = self.lengths(input_shape)
        self.groups = shape[0] if self.groups == -1 else self.groups
        if shape[0] % self.groups:
            raise ValueError(
                f"layer {self.name!r} expects a number of channels that is a multiple of "
                f"groups={self.groups}, got {shape[0]} in {input_shape}. Pass another groups=."
            )
        self.add_scale_and_offset(shape)

    def call(self, inputs: Array) -> Array:
        """Normalize each group."""
        (axis,) = self.axes(inputs.ndim)
        channels, groups = inputs.shape[axis], self.groups
        apart = inputs.reshape(
            *inputs.shape[:axis], groups, channels // groups, *inputs.shape[axis + 1 :]
        )
        others = tuple(i for i in range(1, apart.ndim) if i != axis)
        shape = [1] * apart.ndim
        shape[axis : axis + 2] = groups, channels // groups
        return self.normalized(apart, *moments(apart, others), shape).reshape(inputs.shape)


class RMSNormalization(NormalizationAlongAxes):
    """Divide by the root of the mean square over the features (Zhang and Sennrich 2019).

    Args:
        axis: the axis of the features, or several.
        epsilon: added to the mean square.
        options: those of every `Layer`.

    >>> RMSNormalization(epsilon=0.0)([[3.0, 3.0]])
    array([[1., 1.]], dtype=float32)
    """

    def __init__(self, axis: Any = -1, epsilon: float = 1e-6, **options: Any) -> None:
        super().__init__(**options)
        self.axis = axis if isinstance(axis, list | tuple) else operator.index(axis)
        self.epsilon = at_least_zero("epsilon", epsilon)
        self.supports_masking = True

    def build(self, input_shape: Shape) -> None:
        """Create the scale."""
        self.axis = self.axis if isinstance(self.axis, list | tuple) else [self.axis]  # as in Keras
        self.lengths(input_shape)  # checks them; Keras's scale has them in the order of `axis`
        self.scale = self.add_weight([input_shape[n] for n in self.axis], "ones", name="scale")

    def call(self, inputs: Array) -> Array:
        """Divide by the root of the mean square, and scale."""
        chosen = tuple(axis % inputs.ndim for axis in self.axis)
        square = np.mean(inputs * inputs, axis=chosen, keepdims=True)
        shape = [inputs.shape[i] if i in chosen else 1 for i in range(inputs.ndim)]
        return inputs / np.sqrt(square + self.epsilon) * self.scale.value.reshape(shape)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the inputs."""
        return input_shape


class UnitNormalization(Layer):
    """Scale to have length (2-norm) 1 along an axis, or several.

    >>> UnitNormalization()([[3.0, 4.0]])
    array([[0.6, 0.8]], dtype=float32)
    """

    casts_integers = True

    def __init__(self, axis: Any = -1, **options: Any) -> None:
        super().__init__(**options)
        self.built = True
        self.supports_masking = True
        self.axis = axis if isinstance(axis, list | tuple) else operator.index(axis)

    def check_input(self, shape: Shape) -> None:
        """Raise a ValueError unless the inputs have the axes."""
        axes = self.axis if isinstance(self.axis, list | tuple) else [self.axis]
        if any(not -len(shape) <= axis < len(shape) for axis in axes):
            raise ValueError(
                f"layer {self.name!r} expects inputs with axis {self.axis}, got shape {shape}. "
                "Pass another axis=."
            )

    def call(self, inputs: Array) -> Array:
        """Divide by the length."""
        axes = tuple(self.axis) if isinstance(self.axis, list | tuple) else self.axis
        return of_unit_length(inputs, axes)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the inputs."""
        return input_shape
