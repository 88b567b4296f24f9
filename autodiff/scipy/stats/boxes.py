"""Probabilities of boxes under normal and t distributions around 0, with slopes to any order.

The slope in an upper limit is the density of its coordinate there, times the probability of the
others given it (the conditional t distribution has one more degree of freedom). That in a
covariance is, by Plackett's identity (Genz and Bretz 2009, section 2.2), half the sum over the
corners of two coordinates of their density times the probability of the others given both. So the
slopes of n dimensions need probabilities of n - 1 and n - 2: those of one and two dimensions are
accurate to rounding, and those of more come from SciPy's randomized integration, with a fixed seed.
"""

from __future__ import annotations

from itertools import combinations, product
from typing import Any, NamedTuple

import numpy as np
import scipy.stats

from autodiff.core.primitive import derivative, primitive
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array
from autodiff.rules.finite import where_finite
from autodiff.scipy.checked import checked
from autodiff.scipy.special.namespace import special
from autodiff.scipy.stats.formulas import formula_slopes
from autodiff.transforms.gradients import stop_gradient

__all__ = ["Tolerance", "normal_box", "student_box"]

_SINGULAR = (
    "expected a regular covariance, which has slopes, got a singular one in a distribution "
    "function. Add a small number to its diagonal, or pass it plain (t.numpy())."
)
_NODES = 64
_NEGLIGIBLE = 74.0  # twice the logarithm of the density that doesn't count


class Tolerance(NamedTuple):
    """How accurately SciPy integrates over three and more dimensions; None is its default."""

    maxpts: int | None = None
    abseps: float = 1e-5
    releps: float = 1e-5


@primitive
def normal_box(lower: Array, upper: Array, cov: Array, *, tolerance: Tolerance) -> Array:
    """Return the probability of a box, negative where an odd number of limits is swapped.

    Args:
        lower: the lower limits, along the last axis.
        upper: the upper limits.
        cov: the covariance, a matrix.
        tolerance: of three and more dimensions.
    """
    lower, upper = np.broadcast_arrays(lower, upper)
    if len(cov) == 0:
        return np.ones(lower.shape[:-1])
    if len(cov) == 1:
        return _interval(special.ndtr, lower[..., 0], upper[..., 0], cov)
    found = scipy.stats.multivariate_normal.cdf(
        upper, None, cov, allow_singular=True, **tolerance._asdict(), lower_limit=lower,
        rng=np.random.default_rng(0),
    )  # fmt: skip
    return np.reshape(found, lower.shape[:-1])


@primitive
def student_box(
    lower: Array, upper: Array, shape: Array, df: Array, *, tolerance: Tolerance
) -> Array:
    """Return the probability of a box under the t distribution; see :func:`normal_box`."""
    lower, upper = np.broadcast_arrays(lower, upper)
    if len(shape) == 0:
        return np.ones(lower.shape[:-1])
    if len(shape) == 1:
        return _interval(lambda x: special.stdtr(df, x), lower[..., 0], upper[..., 0], shape)
    if len(shape) == 2:
        return _mixture(lower, upper, shape, df, tolerance)
    found = scipy.stats.multivariate_t.cdf(
        upper, None, shape, df, allow_singular=True, maxpts=tolerance.maxpts, lower_limit=lower,
        random_state=np.random.default_rng(0),
    )  # fmt: skip
    return np.reshape(found, lower.shape[:-1])


def _interval(cdf: Any, lower: Array, upper: Array, variance: Array) -> Array:
    """Return a probability of one dimension, from the nearer tail."""
    scale = np.sqrt(variance[0, 0])
    with np.errstate(divide="ignore"):  # given others, a coordinate may be certain
        lower, upper = lower / scale, upper / scale
    side = np.where(lower > -upper, -1.0, 1.0)
    return side * (cdf(side * upper) - cdf(side * lower))


def _mixture(lower: Array, upper: Array, shape: Array, df: Array, tolerance: Tolerance) -> Array:
    """Return the probability as an integral over w, the mean square of df normal numbers.

    Given w, the distribution is normal with the covariance shape / w. The trapezoidal rule in v,
    where log w = v + 1 - exp(-v), converges geometrically.
    """
    ratio = _NEGLIGIBLE / stop_gradient(df)
    length = np.log(1 + ratio + np.sqrt(2 * ratio))
    v = length * np.linspace(-1.0, 1.0, _NODES)
    y = np.maximum(v + 1 - np.exp(-v), -600.0)
    half, w = df / 2, np.exp(y)
    density = np.exp(half * (y - w + 1) + (half * np.log(half) - half - special.gammaln(half)))
    weights = density * (1 + np.exp(-v)) * (2 * length / (_NODES - 1))
    axes = (_NODES, *[1] * np.ndim(lower))
    root = np.reshape(np.sqrt(w), axes)
    boxes = normal_box(root * lower, root * upper, shape, tolerance=tolerance)
    return np.sum(np.reshape(weights, axes[:-1]) * boxes, axis=0)


class Limits(NamedTuple):
    """The arguments of a probability; df is None for a normal distribution."""

    lower: Array
    upper: Array
    matrix: Array
    df: Array | None
    tolerance: Tolerance

    def given(self, places: tuple[int, ...], at: tuple[Array, ...]) -> Array:
        """Return the density of one or two coordinates, times the probability of the others.

        For two coordinates of a t distribution it is that of the normal distributions of which it
        is a mixture, each divided by its w.
        """
        known, rest = list(places), [i for i in range(len(self.matrix)) if i not in places]
        among = self.matrix[np.ix_(known, known)]
        across = self.matrix[np.ix_(rest, known)]
        point = np.stack(at, axis=-1)
        judged = np.sum(point, axis=-1)
        point = where_finite(point, point)
        solved = np.linalg.solve(among, point[..., None])[..., 0]
        square = np.sum(point * solved, axis=-1)
        center = np.sum(solved[..., None, :] * across, axis=-1)
        narrowed = self.matrix[np.ix_(rest, rest)] - across @ np.linalg.solve(among, across.T)
        height, stretch, df = self._height(square, len(places))
        height = where_finite(height / np.sqrt(np.linalg.det(2 * np.pi * among)), judged)
        if not rest:
            return height
        lower, upper = (
            _moved(limit[..., rest], center, stretch[..., None])
            for limit in (self.lower, self.upper)
        )
        return height * _probability(Limits(lower, upper, narrowed, df, self.tolerance))

    def _height(self, square: Array, count: int) -> tuple[Array, Array, Array | None]:
        """Return the density without its norm, how the others are stretched, and their df."""
        df = self.df
        if df is None:
            return np.exp(-square / 2), np.ones(np.shape(square)), None
        if count == 2:
            return (1 + square / df) ** (-df / 2), np.sqrt(df / (df + square)), df
        norm = np.exp(special.gammaln((df + 1) / 2) - special.gammaln(df / 2)) * np.sqrt(2 / df)
        height = norm * (1 + square / df) ** (-(df + 1) / 2)
        return height, np.sqrt((df + 1) / (df + square)), df + 1

    def of_limit(self, g: Array, limit: Array) -> Array:
        """Return the cotangent of the upper limits, or the negative one of the lower."""
        if _is_beyond(limit):
            return np.zeros(np.shape(limit))
        count = len(self.matrix)
        return np.stack([g * self.given((i,), (limit[..., i],)) for i in range(count)], axis=-1)

    def of_matrix(self, g: Array) -> Array:
        """Return the cotangent of the covariance or the shape, symmetric."""
        count, matrix = len(self.matrix), self._regular()
        entries: list[list[Array]] = [[0.0] * count for _ in range(count)]
        for i, j in combinations(range(count), 2):
            corners = [
                sign * self.given((i, j), (a[..., i], b[..., j]))
                for (a, p), (b, q) in product(self._limits(), repeat=2)
                for sign in (p * q,)
            ]
            entries[i][j] = entries[j][i] = np.sum(g * sum(corners)) / 2 if corners else 0.0
        for i in range(count):  # a coordinate may be measured in another unit
            moved = sum(
                sign * np.sum(g * where_finite(limit[..., i], limit[..., i])
                              * self.given((i,), (limit[..., i],)))
                for limit, sign in self._limits()
            )  # fmt: skip
            mixed = sum(matrix[i, j] * entries[i][j] for j in range(count) if j != i)
            entries[i][i] = -(moved + 2 * mixed) / (2 * matrix[i, i])
        return np.stack([np.stack([e + 0.0 * matrix[0, 0] for e in row]) for row in entries])

    def _regular(self) -> Array:
        """Return the matrix; raise a ValueError where it is singular."""
        spectrum = np.linalg.eigvalsh(self.matrix)
        is_singular = spectrum[0] <= 1e-13 * spectrum[-1]
        return checked(self.matrix, is_singular, message=_SINGULAR)

    def _limits(self) -> list[tuple[Array, float]]:
        """Return the limits that aren't all infinite, each with the sign of its slopes."""
        limits = ((self.upper, 1.0), (self.lower, -1.0))
        return [(limit, sign) for limit, sign in limits if not _is_beyond(limit)]


def _moved(limit: Array, center: Array, stretch: Array) -> Array:
    """Return stretch * (limit - center); an infinite limit stays."""
    return np.where(np.isinf(limit), limit, stretch * (where_finite(limit, limit) - center))


def _is_beyond(limit: Array) -> bool:
    return not isinstance(limit, Tensor) and bool(np.isinf(limit).all())


def _probability(box: Limits) -> Array:
    if box.df is None:
        return normal_box(box.lower, box.upper, box.matrix, tolerance=box.tolerance)
    return student_box(box.lower, box.upper, box.matrix, box.df, tolerance=box.tolerance)


def _normal(lower: Array, upper: Array, cov: Array, tolerance: Tolerance) -> Limits:
    return Limits(*_together(lower, upper), cov, None, tolerance)


def _student(lower: Array, upper: Array, shape: Array, df: Array, tolerance: Tolerance) -> Limits:
    return Limits(*_together(lower, upper), shape, df, tolerance)


def _together(lower: Array, upper: Array) -> tuple[Array, Array]:
    """Broadcast the limits, without a copy of those that aren't traced."""
    shape = np.broadcast_shapes(np.shape(lower), np.shape(upper))
    return np.broadcast_to(lower, shape), np.broadcast_to(upper, shape)


def _of_df(g: Array, box: Limits) -> Array:
    """Return the cotangent of df."""
    return formula_slopes(
        lambda lower, upper, shape, df: _mixture(lower, upper, shape, df, box.tolerance),
        (box.lower, box.upper, box.matrix, box.df), [3], g,
    )[3]  # fmt: skip


# fmt: off
derivative(
    normal_box,
    lower=lambda g, z, lower, upper, cov, *, tolerance: (
        _normal(lower, upper, cov, tolerance).of_limit(-g, lower)),
    upper=lambda g, z, lower, upper, cov, *, tolerance: (
        _normal(lower, upper, cov, tolerance).of_limit(g, upper)),
    cov=lambda g, z, lower, upper, cov, *, tolerance: (
        _normal(lower, upper, cov, tolerance).of_matrix(g)),
)
derivative(
    student_box,
    lower=lambda g, z, lower, upper, shape, df, *, tolerance: (
        _student(lower, upper, shape, df, tolerance).of_limit(-g, lower)),
    upper=lambda g, z, lower, upper, shape, df, *, tolerance: (
        _student(lower, upper, shape, df, tolerance).of_limit(g, upper)),
    shape=lambda g, z, lower, upper, shape, df, *, tolerance: (
        _student(lower, upper, shape, df, tolerance).of_matrix(g)),
    df=lambda g, z, lower, upper, shape, df, *, tolerance: (
        _of_df(g, _student(lower, upper, shape, df, tolerance))),
)
# fmt: on
