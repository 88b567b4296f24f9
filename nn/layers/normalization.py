"""Normalization over the batch, and what all normalizations to mean 0 and variance 1 share."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np

import autodiff as ad
from autodiff import Array
from nn import initializers
from nn.distribution.sharing import is_shared
from nn.layers.base import Layer
from nn.layers.moments import moments
from nn.layers.weight_options import set_weight_options, weight_options
from nn.numbers import at_least_zero, fraction

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nn.layers.shapes import Shape
    from nn.layers.weight import Weight


class NormalizationAlongAxes(Layer):
    """The base class of normalizations whose weights have the lengths of the axes in ``axis``."""

    casts_integers = True
    axis: Any

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


class ScaledNormalization(NormalizationAlongAxes):
    """The base class of normalizations with a trained scale (gamma) and offset (beta)."""

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

    def scaled(self, x: Array, shape: Any) -> Array:
        """Return gamma · x + beta; gamma and beta in this shape."""
        x = x if self.gamma is None else x * self.gamma.value.reshape(shape)
        return x if self.beta is None else x + self.beta.value.reshape(shape)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the inputs."""
        return input_shape


class BatchNormalization(ScaledNormalization):
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
        renorm: whether batches are normalized by slower averages of their own, so that small ones
            are normalized in training as they are in prediction (Ioffe 2017).
        renorm_clipping: the bounds of the corrections r, ``rmin`` and ``rmax``, and of d, ``dmax``.
        renorm_momentum: the weight of the past in the averages of ``renorm``.
        synchronized: whether the mean and variance are those of the whole batch where several
            processes share it (`nn.distribution.DataParallel`). Otherwise each normalizes by its
            own rows, which costs no communication, and the moving averages are averaged.
        options: those of every `Layer`.

    >>> layer = BatchNormalization(epsilon=0.0)
    >>> layer(np.array([[1.0], [3.0]]), training=True).ravel()
    array([-1.,  1.], dtype=float32)
    """

    renorm = False  # also in pickles from before there was this argument
    moving_stddev: Weight
    renorm_mean: Weight
    renorm_stddev: Weight

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
        renorm: bool = False,
        renorm_clipping: Mapping[str, float] | None = None,
        renorm_momentum: float = 0.99,
        synchronized: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.set_scaling(locals())
        self.momentum = fraction("momentum", momentum)
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)
        self.renorm, self.synchronized = bool(renorm), bool(synchronized)
        self.renorm_clipping = _bounds(renorm_clipping) if renorm else renorm_clipping
        self.renorm_momentum = fraction("renorm_momentum", renorm_momentum)

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
        if self.renorm:
            deviation = np.sqrt(self.moving_variance.value)
            for name, initial in (
                ("moving_stddev", deviation),
                ("renorm_mean", self.moving_mean.value),
                ("renorm_stddev", deviation),
            ):
                setattr(
                    self,
                    name,
                    self.add_weight(
                        shape, initializers.Constant(initial), trainable=False, name=name
                    ),
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
        if self.renorm:
            return self._renormalized(inputs, mean, variance, shape)
        _average(self.moving_mean, mean, self.momentum)
        _average(self.moving_variance, variance, self.momentum)
        return self.normalized(inputs, mean, variance, shape)

    def _renormalized(self, x: Array, mean: Array, variance: Array, shape: Any) -> Array:
        """Return ((x − mean) / deviation · r + d) · gamma + beta (Ioffe 2017, algorithm 1).

        r and d, which have no slopes, make this the normalization by the averages, unless they are
        clipped.
        """
        deviation, bounds = np.sqrt(variance + self.epsilon), self.renorm_clipping or {}
        past = np.maximum(self.renorm_stddev.value.reshape(shape), self.epsilon**0.5)
        r = ad.stop_gradient(deviation / past)
        d = ad.stop_gradient((mean - self.renorm_mean.value.reshape(shape)) / past)
        r = np.clip(r, bounds.get("rmin", -np.inf), bounds.get("rmax", np.inf))
        d = np.clip(d, -bounds.get("dmax", np.inf), bounds.get("dmax", np.inf))
        result = self.scaled((x - mean) / deviation * r + d, shape)
        _average(self.renorm_mean, mean, self.renorm_momentum)
        _average(self.renorm_stddev, deviation, self.renorm_momentum)
        _average(self.moving_mean, mean, self.momentum)
        _average(self.moving_stddev, deviation, self.momentum)
        variance = self.moving_stddev.value**2 - self.epsilon
        self.moving_variance.assign(np.maximum(variance, 0.0))
        return result

    def check_input(self, shape: Shape) -> None:
        """Raise a ValueError unless the inputs have as many channels as the moving averages."""
        expected = self.moving_mean.shape
        if self.lengths(shape) != expected:
            raise ValueError(
                f"layer {self.name!r} expects inputs of {expected[0]} channels in axis "
                f"{self.axis}, got {shape}. It was built for other data: make a new layer, or "
                f"check axis=."
            )


def _average(weight: Weight, new: Array, momentum: float) -> None:
    """Move a running average towards a new value."""
    old = weight.value
    weight.assign(old * momentum + new.reshape(old.shape) * (1 - momentum))


def _bounds(clipping: Mapping[str, float] | None) -> dict[str, float]:
    """Return the bounds of the corrections of ``renorm``.

    Raises:
        ValueError: one has another name, or they leave nothing between them.
    """
    bounds = dict(clipping or {})
    unknown = bounds.keys() - {"rmin", "rmax", "dmax"}
    if unknown:
        raise ValueError(
            f"expected renorm_clipping to have rmin, rmax and dmax, got {sorted(unknown)[0]!r}. "
            "Leave it out."
        )
    if bounds.get("rmin", 0.0) > bounds.get("rmax", np.inf) or bounds.get("dmax", 0.0) < 0:
        raise ValueError(
            f"expected renorm_clipping with rmin up to rmax and dmax of at least 0, got {bounds}. "
            "Pass {'rmin': 0.3, 'rmax': 3.0, 'dmax': 5.0}, for example."
        )
    return bounds
