"""Initializers: the initial values of weights.

An initializer is called with a shape and returns an array. With a seed it returns the same values
at every call; without one it draws from the stream that `nn.utils.set_random_seed` seeds. Values
are drawn in float64 and rounded, so that the initial weights are the same in all dtypes.
"""

from __future__ import annotations

import math
from copy import copy
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np

from autodiff import Array
from nn.argument_checks import ArgumentsChecked, one_of, undefined
from nn.configs.configurable import Configurable
from nn.configs.family import ClassFamily
from nn.configs.serialization import serialize_keras_object
from nn.numbers import at_least_zero, finite, positive
from nn.random import generator

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike, DTypeLike, NDArray

# The standard deviation of a standard normal that is truncated at ±2.
_TRUNCATED_STDDEV = 0.87962566103423978


class InitializerLike(Protocol):
    """The type of initializers: any function of a shape and a dtype."""

    def __call__(self, shape: Sequence[int], dtype: DTypeLike = "float32") -> Array:
        """Return a new array of this shape and dtype."""


class Initializer(ArgumentsChecked, Configurable):
    """The base class of initializers; subclass it and define ``__call__``."""

    def __call__(self, shape: Sequence[int], dtype: DTypeLike = "float32") -> NDArray[Any]:
        """Return a new array of this shape and dtype."""
        return self._values(tuple(shape)).astype(dtype)

    def _values(self, shape: tuple[int, ...]) -> NDArray[Any]:
        raise NotImplementedError(
            undefined(self, "__call__(self, shape, dtype)", "return an array of this shape")
        )


class Constant(Initializer):
    """The same value everywhere, or an array that broadcasts to the shape.

    >>> Constant(3)((2,))
    array([3., 3.], dtype=float32)
    """

    def __init__(self, value: ArrayLike = 0.0) -> None:
        self.value = value

    def _values(self, shape: tuple[int, ...]) -> NDArray[Any]:
        return np.full(shape, self.value, float)


class Zeros(Initializer):
    """Zeros, the usual initial values of biases."""

    def _values(self, shape: tuple[int, ...]) -> NDArray[Any]:
        return np.zeros(shape)


class Ones(Initializer):
    """Ones, the usual initial values of scales."""

    def _values(self, shape: tuple[int, ...]) -> NDArray[Any]:
        return np.ones(shape)


class Identity(Initializer):
    """``gain`` times the identity matrix; only for shapes of two axes."""

    left_out_by_keras = ("gain",)

    def __init__(self, gain: float = 1.0) -> None:
        self.gain = finite("gain", gain)

    def _values(self, shape: tuple[int, ...]) -> NDArray[Any]:
        if len(shape) != 2:
            raise ValueError(
                f"Identity expects a shape of 2 axes, got {shape}. Use Orthogonal for more."
            )
        return self.gain * np.eye(shape[0], shape[1])


class RandomNormal(Initializer):
    """Draws from the normal distribution of this mean and standard deviation.

    Raises:
        ValueError: ``stddev`` is negative.
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> None:
        self.mean = finite("mean", mean)
        self.stddev = at_least_zero("stddev", stddev)
        self.seed = seed

    def _values(self, shape: tuple[int, ...]) -> NDArray[Any]:
        return generator(self.seed).normal(self.mean, self.stddev, shape)


class TruncatedNormal(Initializer):
    """Draws from the normal distribution, redrawn until they are within 2 ``stddev`` of ``mean``.

    ``stddev`` is that of the distribution before the truncation.

    Raises:
        ValueError: ``stddev`` is negative.
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> None:
        self.mean = finite("mean", mean)
        self.stddev = at_least_zero("stddev", stddev)
        self.seed = seed

    def _values(self, shape: tuple[int, ...]) -> NDArray[Any]:
        random = generator(self.seed)
        draws = random.standard_normal(math.prod(shape))
        while (outside := np.flatnonzero(np.abs(draws) > 2)).size:
            draws[outside] = random.standard_normal(outside.size)
        return self.mean + self.stddev * draws.reshape(shape)


class RandomUniform(Initializer):
    """Draws from the uniform distribution between ``minval`` and ``maxval``.

    Raises:
        ValueError: ``minval`` is greater than ``maxval``.
    """

    def __init__(
        self, minval: float = -0.05, maxval: float = 0.05, seed: int | None = None
    ) -> None:
        self.minval, self.maxval = finite("minval", minval), finite("maxval", maxval)
        if minval > maxval:
            raise ValueError(
                f"expected minval to be at most maxval, got {minval} and {maxval}. Swap them."
            )
        self.seed = seed

    def _values(self, shape: tuple[int, ...]) -> NDArray[Any]:
        return generator(self.seed).uniform(self.minval, self.maxval, shape)


class VarianceScaling(Initializer):
    """Random draws of variance ``scale / n``, which keep the size of signals from layer to layer.

    ``n`` is the number of inputs of a unit, the number of its outputs, or the mean of both.

    Args:
        scale: positive.
        mode: ``'fan_in'``, ``'fan_out'`` or ``'fan_avg'``.
        distribution: ``'truncated_normal'`` (or ``'normal'``), ``'untruncated_normal'`` or
            ``'uniform'``, on ±√(3 · scale / n).
        seed: makes the values the same at every call.
        input_axes: the axes of the kernel whose lengths' product is the number of inputs; by
            default all but the last, as in dense layers and convolutions.
        output_axes: likewise for the outputs; by default all but the last but one.

    Raises:
        ValueError: an argument is out of its range.
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: int | None = None,
        input_axes: Sequence[int] | None = None,
        output_axes: Sequence[int] | None = None,
    ) -> None:
        self.scale = positive("scale", scale)
        self.mode = one_of("mode", mode, _FANS)
        self.distribution = one_of("distribution", distribution.lower(), _DISTRIBUTIONS)
        self.seed = seed
        self.input_axes, self.output_axes = input_axes, output_axes

    def _values(self, shape: tuple[int, ...]) -> NDArray[Any]:
        fan = _FANS[self.mode](*compute_fans(shape, self.input_axes, self.output_axes))
        variance = self.scale / max(1.0, fan)
        return _DISTRIBUTIONS[self.distribution](variance, self.seed)._values(shape)


class _FanScaling(VarianceScaling):
    """A `VarianceScaling` of which only the seed and the axes are chosen."""

    variance: ClassVar[tuple[float, str, str]]  # the scale, the mode and the distribution

    def __init__(
        self,
        seed: int | None = None,
        input_axes: Sequence[int] | None = None,
        output_axes: Sequence[int] | None = None,
    ) -> None:
        super().__init__(*self.variance, seed, input_axes, output_axes)


class GlorotUniform(_FanScaling):
    """Uniform on ±√(6 / (fan_in + fan_out)), the default of layers.

    Glorot and Bengio 2010, equation 16 (also called Xavier).

    >>> bool(np.abs(GlorotUniform(seed=1)((4, 2))).max() <= 1)
    True
    """

    variance = (1.0, "fan_avg", "uniform")


class GlorotNormal(_FanScaling):
    """Truncated normal of variance 2 / (fan_in + fan_out); Glorot and Bengio 2010, equation 12."""

    variance = (1.0, "fan_avg", "truncated_normal")


class HeUniform(_FanScaling):
    """Uniform on ±√(6 / fan_in), for relu; He et al. 2015, equation 10."""

    variance = (2.0, "fan_in", "uniform")


class HeNormal(_FanScaling):
    """Truncated normal of variance 2 / fan_in, for relu; He et al. 2015, equation 10."""

    variance = (2.0, "fan_in", "truncated_normal")


class LecunUniform(_FanScaling):
    """Uniform on ±√(3 / fan_in); LeCun et al. 1998, section 4.6."""

    variance = (1.0, "fan_in", "uniform")


class LecunNormal(_FanScaling):
    """Truncated normal of variance 1 / fan_in, for selu; LeCun et al. 1998, section 4.6."""

    variance = (1.0, "fan_in", "truncated_normal")


class Orthogonal(Initializer):
    """``gain`` times a random matrix with orthonormal columns, or orthonormal rows if it is wide.

    The last axis is that of the columns, the others are flattened to the rows. Saxe et al. 2014.

    Raises:
        ValueError: the shape has fewer than two axes.
    """

    def __init__(self, gain: float = 1.0, seed: int | None = None) -> None:
        self.gain = finite("gain", gain)
        self.seed = seed

    def _values(self, shape: tuple[int, ...]) -> NDArray[Any]:
        if len(shape) < 2:
            raise ValueError(
                f"Orthogonal expects a shape of at least 2 axes, got {shape}. "
                "Use RandomNormal for a vector."
            )
        rows, columns = math.prod(shape[:-1]), shape[-1]
        draws = generator(self.seed).standard_normal((max(rows, columns), min(rows, columns)))
        q, r = np.linalg.qr(draws)
        q *= np.sign(np.diagonal(r))  # makes the distribution uniform (Mezzadri 2007)
        matrix = q if rows >= columns else q.T
        return self.gain * matrix.reshape(shape)


def over_axes(
    initializer: InitializerLike, inputs: Sequence[int], outputs: Sequence[int]
) -> InitializerLike:
    """Return an initializer for kernels with these axes of inputs and outputs.

    It is the same one, unless it is a `VarianceScaling` without axes.
    """
    if not isinstance(initializer, VarianceScaling) or initializer.input_axes is not None:
        return initializer
    twin = copy(initializer)
    twin.input_axes, twin.output_axes = inputs, outputs
    return twin


def compute_fans(
    shape: Sequence[int],
    input_axes: Sequence[int] | None = None,
    output_axes: Sequence[int] | None = None,
) -> tuple[int, int]:
    """Return the fan-in and fan-out of a kernel whose last axes are (inputs, outputs).

    Args:
        shape: the lengths of its axes.
        input_axes: the axes of the inputs, where they aren't all but the last.
        output_axes: the axes of the outputs, given together with these.

    >>> compute_fans((50, 32)), compute_fans((3, 3, 16, 32)), compute_fans((7,))
    ((50, 32), (144, 288), (7, 7))
    >>> compute_fans((50, 4, 8), input_axes=[0], output_axes=[1, 2])
    (50, 32)
    """
    if input_axes is not None and output_axes is not None:
        inputs, outputs = ([shape[axis] for axis in axes] for axes in (input_axes, output_axes))
        return math.prod(inputs), math.prod(outputs)
    if len(shape) < 2:
        size = math.prod(shape)
        return size, size
    *field, before, last = shape
    return math.prod(field) * before, math.prod(field) * last


_FANS: dict[str, Callable[[int, int], float]] = {
    "fan_in": lambda fan_in, _: fan_in,
    "fan_out": lambda _, fan_out: fan_out,
    "fan_avg": lambda fan_in, fan_out: (fan_in + fan_out) / 2,
}

_DISTRIBUTIONS: dict[str, Callable[[float, int | None], Initializer]] = {
    "truncated_normal": lambda variance, seed: TruncatedNormal(
        0.0, math.sqrt(variance) / _TRUNCATED_STDDEV, seed
    ),
    "untruncated_normal": lambda variance, seed: RandomNormal(0.0, math.sqrt(variance), seed),
    "uniform": lambda variance, seed: RandomUniform(
        -math.sqrt(3 * variance), math.sqrt(3 * variance), seed
    ),
}
_DISTRIBUTIONS["normal"] = _DISTRIBUTIONS["truncated_normal"]

# Keras's other spellings of these classes.
IdentityInitializer, OrthogonalInitializer = Identity, Orthogonal
zeros, ones, constant, identity = Zeros, Ones, Constant, Identity
random_normal, random_uniform, truncated_normal = RandomNormal, RandomUniform, TruncatedNormal
variance_scaling, orthogonal = VarianceScaling, Orthogonal
glorot_uniform, glorot_normal = GlorotUniform, GlorotNormal
he_uniform, he_normal = HeUniform, HeNormal
lecun_uniform, lecun_normal = LecunUniform, LecunNormal

_NAMES: dict[str, Callable[..., Initializer]] = {
    "zeros": Zeros,
    "ones": Ones,
    "constant": Constant,
    "identity": Identity,
    "random_normal": RandomNormal,
    "random_uniform": RandomUniform,
    "truncated_normal": TruncatedNormal,
    "variance_scaling": VarianceScaling,
    "orthogonal": Orthogonal,
    "glorot_uniform": GlorotUniform,
    "glorot_normal": GlorotNormal,
    "he_uniform": HeUniform,
    "he_normal": HeNormal,
    "lecun_uniform": LecunUniform,
    "lecun_normal": LecunNormal,
    "zero": Zeros,
    "one": Ones,
    "normal": RandomNormal,
    "uniform": RandomUniform,
}
_FAMILY: ClassFamily[InitializerLike] = ClassFamily(
    "initializer", "initializers", Initializer, _NAMES, functions=True
)
serialize, deserialize = serialize_keras_object, _FAMILY.deserialize


def get(identifier: object) -> InitializerLike:
    """Return the initializer that a name, a class, a function or a config specifies.

    ``None`` means `GlorotUniform`, the default of weights.

    Raises:
        TypeError: ``identifier`` is of another type.
        ValueError: no initializer has this name; the message lists the nearest ones.

    >>> get("he_normal"), get("HeNormal")
    (HeNormal(), HeNormal())
    """
    return GlorotUniform() if identifier is None else _FAMILY.get(identifier)
