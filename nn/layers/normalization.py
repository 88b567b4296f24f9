"""Normalizations: inputs are shifted and scaled to mean 0 and variance 1, along some axes."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from autodiff import Array
from nn import initializers
from nn.distribution.sharing import is_shared
from nn.layers.base import Layer
from nn.layers.moments import moments
from nn.layers.weight_options import set_weight_options, weight_options
from nn.numbers import at_least_zero, fraction, whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nn.layers.shapes import Shape
    from nn.layers.weight import Weight


class _Normalization(Layer):
    """The base class of normalizations with a trained scale (gamma) and offset (beta)."""

    casts_integers = True
    gamma: Weight | None = None
    beta: Weight | None = None

    def set_scaling(self, arguments: Mapping[str, Any]) -> None:
        """Check and store the arguments that all these layers have.

        Args:
            arguments: by name, as they were passed to the constructor.
        """
        axis = arguments["axis"]
        self.axis = axis if isinstance(axis, list | tuple) else operator.index(axis)
        self.epsilon = at_least_zero("epsilon", arguments["epsilon"])
        self.center, self.scale = bool(arguments["center"]), bool(arguments["scale"])
        set_weight_options(self, ("beta", "gamma"), arguments)
        self.supports_masking = True

    def axes(self, rank: int) -> list[int]:
        """Return the numbers of the axes in `axis`, for inputs of this rank.

        Raises:
            ValueError: there is no such axis.
        """
        chosen = self.axis if isinstance(self.axis, list | tuple) else [self.axis]
        if any(not -rank <= axis < rank for axis in chosen):
            raise ValueError(
                f"layer {self.name!r} expects inputs with axis {self.axis}, got {rank} axes. Pass "
                f"another axis=."
            )
        return sorted(axis % rank for axis in chosen)

    def add_scale_and_offset(self, shape: tuple[int, ...]) -> None:
        """Create gamma and beta, where the layer has them."""
        if self.scale:
            self.gamma = self.add_weight(shape, name="gamma", **weight_options(self, "gamma"))
        if self.center:
            self.beta = self.add_weight(shape, name="beta", **weight_options(self, "beta"))

    def normalized(self, x: Array, mean: Array, variance: Array, shape: Any) -> Array:
        """Return gamma · (x − mean) / √(variance + ε) + beta; gamma and beta in this shape."""
        scale = 1.0 / np.sqrt(variance + self.epsilon)
        if self.gamma is not None:
            scale = scale * self.gamma.value.reshape(shape)
        result = (x - mean) * scale
        return result if self.beta is None else result + self.beta.value.reshape(shape)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the inputs."""
        return input_shape

    def lengths(self, input_shape: Shape) -> tuple[int, ...]:
        """Return the lengths of the chosen axes.

        Raises:
            ValueError: one isn't known.
        """
        found = [input_shape[axis] for axis in self.axes(len(input_shape))]
        if any(n is None for n in found):
            raise ValueError(
                f"layer {self.name!r} expects a known length of axis {self.axis}, got "
                f"{input_shape}. Make the Input with a known length, or pass another axis=."
            )
        return tuple(n for n in found if n is not None)


class BatchNormalization(_Normalization):
    """Normalize each channel over the batch (Ioffe and Szegedy 2015).

    During training, by the mean and variance of the batch, whose moving averages are kept;
    otherwise, and where the layer is frozen (``trainable = False``), by these averages.

    Args:
        axis: the axis of the channels.
        momentum: the weight of the past in the moving averages.
        epsilon: added to the variance.
        center: whether an offset, beta, is added.
        scale: whether the result is multiplied by gamma.
        beta_initializer: sets the initial beta.
        gamma_initializer: sets the initial gamma.
        moving_mean_initializer: sets the initial moving mean.
        moving_variance_initializer: sets the initial moving variance.
        beta_regularizer: a penalty on beta.
        gamma_regularizer: a penalty on gamma.
        beta_constraint: applied to beta after each update.
        gamma_constraint: applied to gamma after each update.
        synchronized: whether the mean and variance are those of the whole batch where several
            processes share it (`nn.distribution.DataParallel`). Otherwise each normalizes by its
            own rows, which costs no communication, and the moving averages are averaged.
        options: those of every `Layer`.

    >>> layer = BatchNormalization(epsilon=0.0)
    >>> layer(np.array([[1.0], [3.0]]), training=True).ravel()
    array([-1.,  1.], dtype=float32)
    """

    written_by_keras: ClassVar = {"renorm": False, "renorm_clipping": None, "renorm_momentum": 0.99}

    def __init__(
        self,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 0.001,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        synchronized: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.set_scaling(locals())
        self.momentum = fraction("momentum", momentum)
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)
        self.synchronized = bool(synchronized)

    def build(self, input_shape: Shape) -> None:
        """Create gamma, beta and the moving averages."""
        shape = self.lengths(input_shape)
        self.add_scale_and_offset(shape)
        self.moving_mean = self.add_weight(
            shape, self.moving_mean_initializer, trainable=False, name="moving_mean"
        )
        self.moving_variance = self.add_weight(
            shape, self.moving_variance_initializer, trainable=False, name="moving_variance"
        )

    def call(self, inputs: Array, training: bool = False, mask: Array | None = None) -> Array:
        """Normalize each channel."""
        (axis,) = self.axes(inputs.ndim)
        shape = [1] * inputs.ndim
        shape[axis] = inputs.shape[axis]
        if not (training and self.trainable):
            mean, variance = self.moving_mean.value, self.moving_variance.value
            return self.normalized(inputs, mean.reshape(shape), variance.reshape(shape), shape)
        others = tuple(i for i in range(inputs.ndim) if i != axis)
        across = self.synchronized and is_shared()
        mean, variance = moments(inputs, others, mask, is_shared=across)
        for average, new in ((self.moving_mean, mean), (self.moving_variance, variance)):
            old = average.value
            average.assign(old * self.momentum + new.reshape(old.shape) * (1 - self.momentum))
        return self.normalized(inputs, mean, variance, shape)

    def check_input(self, shape: Shape) -> None:
        """Raise a ValueError unless the inputs have as many channels as the moving averages."""
        expected = self.moving_mean.shape
        if self.lengths(shape) != expected:
            raise ValueError(
                f"layer {self.name!r} expects inputs of {expected[0]} channels in axis "
                f"{self.axis}, got {shape}. It was built for other data: make a new layer, or "
                f"check axis=."
            )


class LayerNormalization(_Normalization):
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
        self.add_scale_and_offset(self.lengths(input_shape))

    def call(self, inputs: Array) -> Array:
        """Normalize over the features."""
        axes = self.axes(inputs.ndim)
        shape = [inputs.shape[i] if i in axes else 1 for i in range(inputs.ndim)]
        return self.normalized(inputs, *moments(inputs, tuple(axes)), shape)


class GroupNormalization(_Normalization):
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
        if shape[0] % self._groups(shape[0]):
            raise ValueError(
                f"layer {self.name!r} expects a number of channels that is a multiple of "
                f"groups={self.groups}, got {shape[0]} in {input_shape}. Pass another groups=."
            )
        self.add_scale_and_offset(shape)

    def call(self, inputs: Array) -> Array:
        """Normalize each group."""
        (axis,) = self.axes(inputs.ndim)
        channels = inputs.shape[axis]
        groups = self._groups(channels)
        apart = inputs.reshape(
            *inputs.shape[:axis], groups, channels // groups, *inputs.shape[axis + 1 :]
        )
        others = tuple(i for i in range(1, apart.ndim) if i != axis)
        shape = [1] * apart.ndim
        shape[axis : axis + 2] = groups, channels // groups
        return self.normalized(apart, *moments(apart, others), shape).reshape(inputs.shape)

    def _groups(self, channels: int) -> int:
        return channels if self.groups == -1 else self.groups


class RMSNormalization(Layer):
    """Divide by the root of the mean square over the features (Zhang and Sennrich 2019).

    Args:
        axis: the axis of the features, or several.
        epsilon: added to the mean square.
        options: those of every `Layer`.

    >>> RMSNormalization(epsilon=0.0)([[3.0, 3.0]])
    array([[1., 1.]], dtype=float32)
    """

    casts_integers = True

    def __init__(self, axis: Any = -1, epsilon: float = 1e-6, **options: Any) -> None:
        super().__init__(**options)
        self.axis = axis if isinstance(axis, list | tuple) else operator.index(axis)
        self.epsilon = at_least_zero("epsilon", epsilon)
        self.supports_masking = True

    def build(self, input_shape: Shape) -> None:
        """Create the scale."""
        axes = self.axis if isinstance(self.axis, list | tuple) else [self.axis]
        self.scale = self.add_weight(
            [operator.index(input_shape[axis]) for axis in axes],  # type: ignore[arg-type]
            "ones",
            name="scale",
        )

    def call(self, inputs: Array) -> Array:
        """Divide by the root of the mean square, and scale."""
        axes = self.axis if isinstance(self.axis, list | tuple) else [self.axis]
        chosen = tuple(axis % inputs.ndim for axis in axes)
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

    def call(self, inputs: Array) -> Array:
        """Divide by the length."""
        axes = tuple(self.axis) if isinstance(self.axis, list | tuple) else self.axis
        square = np.sum(inputs * inputs, axis=axes, keepdims=True)
        return inputs / np.sqrt(np.maximum(square, 1e-12))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the inputs."""
        return input_shape
