"""Initializers whose variance follows from the number of a unit's inputs and outputs."""

from __future__ import annotations

import math
from copy import copy
from typing import TYPE_CHECKING, Any, ClassVar

from nn.argument_checks import one_of
from nn.initializers.base import Initializer
from nn.initializers.distributions import RandomNormal, RandomUniform, TruncatedNormal
from nn.numbers import positive

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from nn.initializers.base import InitializerLike

# The standard deviation of a standard normal that is truncated at ±2.
_TRUNCATED_STDDEV = 0.87962566103423978


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

    >>> weights = VarianceScaling(scale=2.0, mode="fan_in", seed=1)((200, 50))
    >>> bool(abs(weights.var() - 2.0 / 200) < 0.001)
    True
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

    >>> bool(abs(GlorotUniform(seed=1)((4, 2))).max() <= 1)
    True
    """

    variance = (1.0, "fan_avg", "uniform")


class GlorotNormal(_FanScaling):
    """Truncated normal of variance 2 / (fan_in + fan_out); Glorot and Bengio 2010, equation 12.

    >>> bool(abs(GlorotNormal(seed=1)((300, 100)).var() - 2 / (300 + 100)) < 0.0005)
    True
    """

    variance = (1.0, "fan_avg", "truncated_normal")


class HeUniform(_FanScaling):
    """Uniform on ±√(6 / fan_in), for relu; He et al. 2015, equation 10.

    >>> bool(abs(HeUniform(seed=1)((6, 2))).max() <= 1)
    True
    """

    variance = (2.0, "fan_in", "uniform")


class HeNormal(_FanScaling):
    """Truncated normal of variance 2 / fan_in, for relu; He et al. 2015, equation 10.

    >>> bool(abs(HeNormal(seed=1)((200, 100)).var() - 2 / 200) < 0.0005)
    True
    """

    variance = (2.0, "fan_in", "truncated_normal")


class LecunUniform(_FanScaling):
    """Uniform on ±√(3 / fan_in); LeCun et al. 1998, section 4.6.

    >>> bool(abs(LecunUniform(seed=1)((3, 2))).max() <= 1)
    True
    """

    variance = (1.0, "fan_in", "uniform")


class LecunNormal(_FanScaling):
    """Truncated normal of variance 1 / fan_in, for selu; LeCun et al. 1998, section 4.6.

    >>> bool(abs(LecunNormal(seed=1)((200, 100)).var() - 1 / 200) < 0.0005)
    True
    """

    variance = (1.0, "fan_in", "truncated_normal")


def over_axes(
    initializer: InitializerLike, inputs: Sequence[int], outputs: Sequence[int]
) -> InitializerLike:
    """Return an initializer for kernels with these axes of inputs and outputs.

    It is the same one, unless it is a `VarianceScaling` without axes.

    >>> kernel = over_axes(HeNormal(seed=1), [0], [1, 2])((200, 10, 10))
    >>> bool(abs(kernel.var() - 2 / 200) < 0.0005)
    True
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
