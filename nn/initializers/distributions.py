"""Initializers that draw from a distribution of the user's choice, or a random rotation."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nn.initializers.base import Initializer
from nn.numbers import at_least_zero, finite
from nn.random import generator


class RandomNormal(Initializer):
    """Draws from the normal distribution of this mean and standard deviation.

    Raises:
        ValueError: ``stddev`` is negative.

    >>> bool(abs(RandomNormal(stddev=0.1, seed=1)((1000,)).std() - 0.1) < 0.01)
    True
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

    >>> bool(np.abs(TruncatedNormal(stddev=0.1, seed=1)((1000,))).max() <= 0.2)
    True
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

    >>> bool(np.abs(RandomUniform(-0.5, 0.5, seed=1)((1000,))).max() <= 0.5)
    True
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


class Orthogonal(Initializer):
    """``gain`` times a random matrix with orthonormal columns, or orthonormal rows if it is wide.

    The last axis is that of the columns, the others are flattened to the rows. Saxe et al. 2014.

    Raises:
        ValueError: the shape has fewer than two axes.

    >>> q = Orthogonal(seed=1)((3, 3))
    >>> bool(np.allclose(q.T @ q, np.eye(3), atol=1e-5))
    True
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
