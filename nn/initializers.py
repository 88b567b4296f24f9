"""Initializers: the values that weights start from.

An initializer is called with a shape and answers an array of it. One that was given a seed answers
the same values at every call; one without draws from the stream that `nn.utils.set_random_seed`
starts. The draws are made in float64 and rounded, so that all dtypes start from the same weights.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from nn.naming import Configurable, create
from nn.random import generator

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike, DTypeLike, NDArray

# The standard deviation of a standard normal that is truncated at ±2.
_TRUNCATED_STDDEV = 0.87962566103423978


class InitializerLike(Protocol):
    """What a layer asks of an initializer: any function of a shape and a dtype will do."""

    def __call__(self, shape: Sequence[int], dtype: Any = "float32") -> Any:
        """Answer a new array of this shape and dtype."""


class Initializer(Configurable):
    """The values that a weight starts from; subclass it and define ``__call__``."""

    def __call__(self, shape: Sequence[int], dtype: DTypeLike = "float32") -> NDArray[Any]:
        """Answer a new array of this shape and dtype."""
        return self._values(tuple(shape)).astype(dtype)

    def _values(self, shape: tuple[int, ...]) -> NDArray[Any]:
        raise NotImplementedError(
            f"an initializer needs values; define {type(self).__name__}.__call__(shape, dtype)."
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
    """Zeros: how biases start."""

    def _values(self, shape: tuple[int, ...]) -> NDArray[Any]:
        return np.zeros(shape)


class Ones(Initializer):
    """Ones: how scales start."""

    def _values(self, shape: tuple[int, ...]) -> NDArray[Any]:
        return np.ones(shape)


class Identity(Initializer):
    """``gain`` times the identity matrix; for shapes of two axes alone."""

    def __init__(self, gain: float = 1.0) -> None:
        self.gain = gain

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
        self.mean = mean
        self.stddev = _at_least_zero("stddev", stddev)
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
        self.mean = mean
        self.stddev = _at_least_zero("stddev", stddev)
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
        if minval > maxval:
            raise ValueError(
                f"expected minval to be at most maxval, got {minval} and {maxval}. Swap them."
            )
        self.minval = minval
        self.maxval = maxval
        self.seed = seed

    def _values(self, shape: tuple[int, ...]) -> NDArray[Any]:
        return generator(self.seed).uniform(self.minval, self.maxval, shape)


class VarianceScaling(Initializer):
    """Random draws of variance ``scale / n``, so that signals keep their size from layer to layer.

    ``n`` is the number of inputs of a unit, of its outputs, or the mean of both.

    Args:
        scale: positive.
        mode: ``'fan_in'``, ``'fan_out'`` or ``'fan_avg'``.
        distribution: ``'truncated_normal'`` (or ``'normal'``), ``'untruncated_normal'`` or
            ``'uniform'``, on ±√(3 · scale / n).
        seed: for the same values at every call.

    Raises:
        ValueError: an argument is out of its range.
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: int | None = None,
    ) -> None:
        if not scale > 0:
            raise ValueError(f"expected a positive scale, got {scale}. Write 1.0 or 2.0.")
        self.scale = scale
        self.mode = _choice("mode", mode, _FANS)
        self.distribution = _choice("distribution", distribution.lower(), _DISTRIBUTIONS)
        self.seed = seed

    def _values(self, shape: tuple[int, ...]) -> NDArray[Any]:
        fan = _FANS[self.mode](*compute_fans(shape))
        variance = self.scale / max(1.0, fan)
        return _DISTRIBUTIONS[self.distribution](variance, self.seed)._values(shape)


class GlorotUniform(VarianceScaling):
    """Uniform on ±√(6 / (fan_in + fan_out)): what layers use unless told otherwise.

    Glorot and Bengio 2010, equation 16 (also called Xavier).

    >>> bool(np.abs(GlorotUniform(seed=1)((4, 2))).max() <= 1)
    True
    """

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(1.0, "fan_avg", "uniform", seed)


class GlorotNormal(VarianceScaling):
    """Truncated normal of variance 2 / (fan_in + fan_out); Glorot and Bengio 2010, equation 12."""

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(1.0, "fan_avg", "truncated_normal", seed)


class HeUniform(VarianceScaling):
    """Uniform on ±√(6 / fan_in), for relu; He et al. 2015, equation 10."""

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(2.0, "fan_in", "uniform", seed)


class HeNormal(VarianceScaling):
    """Truncated normal of variance 2 / fan_in, for relu; He et al. 2015, equation 10."""

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(2.0, "fan_in", "truncated_normal", seed)


class LecunUniform(VarianceScaling):
    """Uniform on ±√(3 / fan_in); LeCun et al. 1998, section 4.6."""

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(1.0, "fan_in", "uniform", seed)


class LecunNormal(VarianceScaling):
    """Truncated normal of variance 1 / fan_in, for selu; LeCun et al. 1998, section 4.6."""

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(1.0, "fan_in", "truncated_normal", seed)


class Orthogonal(Initializer):
    """``gain`` times a random matrix with orthonormal columns, or rows if it is wide.

    The last axis makes the columns, all others together the rows. Saxe et al. 2014.

    Raises:
        ValueError: the shape has fewer than two axes.
    """

    def __init__(self, gain: float = 1.0, seed: int | None = None) -> None:
        self.gain = gain
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


def compute_fans(shape: Sequence[int]) -> tuple[int, int]:
    """Count the inputs and outputs of a unit, for a kernel whose last axes are (inputs, outputs).

    >>> compute_fans((50, 32)), compute_fans((3, 3, 16, 32)), compute_fans((7,))
    ((50, 32), (144, 288), (7, 7))
    """
    if len(shape) < 2:
        size = math.prod(shape)
        return size, size
    *field, inputs, outputs = shape
    return math.prod(field) * inputs, math.prod(field) * outputs


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

# Keras's second spelling of each class.
zeros, ones, constant, identity = Zeros, Ones, Constant, Identity
random_normal, random_uniform, truncated_normal = RandomNormal, RandomUniform, TruncatedNormal
variance_scaling, orthogonal = VarianceScaling, Orthogonal
glorot_uniform, glorot_normal = GlorotUniform, GlorotNormal
he_uniform, he_normal = HeUniform, HeNormal
lecun_uniform, lecun_normal = LecunUniform, LecunNormal

_BY_NAME: dict[str, Callable[..., Initializer]] = {
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


def get(identifier: object) -> InitializerLike:
    """Answer the initializer that is meant: by a string, a class, a function or a config.

    ``None`` means `GlorotUniform`, the default of weights.

    Raises:
        TypeError: ``identifier`` is something else.
        ValueError: nothing has this name; the message lists the nearest ones.

    >>> get("he_normal"), get("HeNormal")
    (HeNormal(), HeNormal())
    """
    if identifier is None:
        return GlorotUniform()
    if isinstance(identifier, type) and issubclass(identifier, Initializer):
        return identifier()
    if callable(identifier):
        return identifier
    return create("initializer", identifier, _BY_NAME)


def _at_least_zero(name: str, value: float) -> float:
    if not value >= 0:
        raise ValueError(
            f"expected {name} to be at least 0, got {value}. Write 0.05, for instance."
        )
    return value


def _choice(name: str, value: str, table: dict[str, Any]) -> str:
    if value not in table:
        raise ValueError(f"expected {name} to be one of {', '.join(table)}, got {value!r}.")
    return value
