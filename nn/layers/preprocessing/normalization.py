"""Normalization: inputs with mean 0 and variance 1, as they are in the data that it adapts to."""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from autodiff import Array
from nn.conversion import as_real
from nn.layers.base import Layer
from nn.layers.preprocessing.data import as_data, batches_in
from nn.layers.weight import compute_dtype
from nn.numbers import EPSILON

if TYPE_CHECKING:
    from nn.layers.shapes import Shape
    from nn.layers.weight import Weight


class Normalization(Layer):
    """Shift and scale to mean 0 and variance 1: ``(inputs - mean) / sqrt(variance)``.

    `adapt` finds the mean and the variance in data before training, which doesn't change them.

    Args:
        axis: the axes whose entries have a mean and a variance each, an axis or several: the last
            one by default, that of the columns; None for one mean of all entries.
        mean: the mean, in place of `adapt`; of a shape that broadcasts to that of these axes.
        variance: the variance; both are given, or none.
        invert: whether to undo a normalization: ``inputs * sqrt(variance) + mean``.
        options: those of every `Layer`.

    Raises:
        ValueError: the mean and the variance don't fit each other or the axes.

    >>> layer = Normalization()
    >>> layer.adapt([[0.0, 7.0], [2.0, 9.0], [0.0, 7.0], [2.0, 9.0]])
    >>> layer([[0.0, 8.0]])
    array([[-1.,  0.]], dtype=float32)
    """

    casts_integers = True
    adapt_mean: Weight
    adapt_variance: Weight
    count: Weight

    def __init__(
        self,
        axis: Any = -1,
        mean: Any = None,
        variance: Any = None,
        invert: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.supports_masking = True
        if axis is None:
            axis = ()
        self.axis = (axis,) if hasattr(axis, "__index__") else tuple(map(operator.index, axis))
        self.input_mean, self.input_variance = mean, variance
        self.invert = bool(invert)
        shapes = np.shape(mean), np.shape(variance)
        if (mean is None) != (variance is None) or shapes[0] != shapes[1]:
            raise ValueError(
                f"Normalization expects a mean and a variance of one shape, or neither, got "
                f"mean={mean} and variance={variance}. Pass both, or call adapt."
            )
        if len(shapes[0]) > len(self.axis):
            raise ValueError(
                f"Normalization expects a mean of at most {len(self.axis)} axes, as axis="
                f"{self.axis} has, got shape {shapes[0]}. Flatten it, or name more axes."
            )

    def build(self, input_shape: Shape) -> None:
        """Create the mean, the variance and, as Keras does, a count that isn't used."""
        kept = self._kept(input_shape)
        shape = tuple(kept.values())
        self._shape = tuple(kept.get(axis, 1) for axis in range(len(input_shape)))
        if self.input_mean is not None:
            self._fixed = {
                "mean": np.broadcast_to(np.asarray(self.input_mean, np.float32), shape),
                "variance": np.broadcast_to(np.asarray(self.input_variance, np.float32), shape),
            }
            return
        self.adapt_mean = self.add_weight(shape, "zeros", trainable=False, name="mean")
        self.adapt_variance = self.add_weight(shape, "ones", trainable=False, name="variance")
        self.count = self.add_weight((), "zeros", trainable=False, name="count")
        self.count.is_used = False

    def check_input(self, shape: Shape) -> None:
        """Raise a ValueError unless the axes with means have the lengths that they had first."""
        if not self.axis:
            return
        kept = self._kept(shape)
        if tuple(kept.get(axis, 1) for axis in range(len(shape))) != self._shape:
            raise ValueError(
                f"layer {self.name!r} expects inputs whose axes {self.axis} have the lengths in "
                f"{self._shape}, got {shape}. Check the columns, or make a new layer."
            )

    @property
    def mean(self) -> Array:
        """The mean, in a shape that broadcasts to the inputs; None before the layer is built."""
        return self._statistic("mean")

    @property
    def variance(self) -> Array:
        """The variance, likewise."""
        return self._statistic("variance")

    def adapt(self, data: Any) -> None:
        """Set the mean and the variance to those of data.

        Args:
            data: an array, a list of rows, a frame; or an iterable of batches, or a `PyDataset`.

        Raises:
            ValueError: the mean was given, there is no data, or its shape doesn't fit.
        """
        if self.input_mean is not None:
            raise ValueError(
                f"layer {self.name!r} expects to learn its mean, but mean={self.input_mean} was "
                "given. Make it without mean and variance."
            )
        count, mean, variance = 0, np.zeros(()), np.zeros(())
        for batch in batches_in(data):
            x = np.asarray(as_real("data", batch), np.float64)
            self.ensure_built((None, *x.shape[1:]))
            rest = tuple(sorted(set(range(x.ndim)) - self._kept(x.shape).keys()))
            new = math.prod(x.shape[axis] for axis in rest)
            if new:
                with np.errstate(all="ignore"):  # numbers that aren't finite are refused below
                    sample = (new, x.mean(rest), x.var(rest))
                    count, mean, variance = _pooled((count, mean, variance), sample)
        if not count or not np.isfinite(variance).all():
            raise ValueError(
                f"layer {self.name!r} expects finite numbers to adapt to, got "
                f"{'NaN or infinity' if count else 'none'}. Drop rows with missing numbers, or "
                "pass a new generator if it is used up."
            )
        self.adapt_mean.assign(mean.astype(np.float32))
        self.adapt_variance.assign(variance.astype(np.float32))

    def call(self, inputs: Array) -> Array:
        """Shift and scale; a spread below 1e-7 counts as this."""
        spread = np.maximum(np.sqrt(self.variance), EPSILON)
        return inputs * spread + self.mean if self.invert else (inputs - self.mean) / spread

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the outputs for arrays, lists, frames or single values."""
        return super().__call__(*map(as_data, args), **kwargs)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the inputs."""
        return input_shape

    def _statistic(self, name: str) -> Array:
        if not self.built:
            return None
        if self.input_mean is not None:
            return self._fixed[name].astype(compute_dtype.get()).reshape(self._shape)
        return getattr(self, f"adapt_{name}").value.reshape(self._shape)

    def _kept(self, shape: Shape) -> dict[int, int]:
        """Return the lengths of the axes that have means; these are counted from 0."""
        rank = len(shape)
        kept = {axis % rank: shape[axis] for axis in self.axis if -rank <= axis < rank}
        if len(kept) < len(self.axis) or None in kept.values():
            raise ValueError(
                f"layer {self.name!r} expects inputs that have the axes {self.axis}, of known "
                f"lengths, got shape {shape}. Pass axis=None for one mean of all numbers, or "
                "another axis."
            )
        return dict(sorted(kept.items()))  # type: ignore[arg-type] # no length is None

    def _arguments(self, **elsewhere: Any) -> dict[str, Any]:
        given = {"mean": self.input_mean, "variance": self.input_variance}
        plain = {name: x if x is None else np.asarray(x).tolist() for name, x in given.items()}
        return super()._arguments(**plain, **elsewhere)


def _pooled(first: Any, second: Any) -> tuple[int, np.ndarray, np.ndarray]:
    """Return the count, the mean and the variance of two samples together.

    The variance is the mean of the squares about the common mean (Chan et al. 1979, equation 2.1).
    """
    (m, mean, variance), (n, other_mean, other_variance) = first, second
    total, share = m + n, n / (m + n)
    difference = other_mean - mean
    pooled = variance * (1 - share) + other_variance * share
    return total, mean + difference * share, pooled + difference**2 * share * (1 - share)
