"""Distribution functions of vectors: SciPy's values, and the slopes of probabilities of boxes."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.stats

from autodiff.core.errors import user_line
from autodiff.core.primitive import derivative, primitive
from autodiff.core.typing import Array, Function
from autodiff.rules.operands import as_array
from autodiff.scipy.checked import checked
from autodiff.scipy.stats.boxes import Tolerance, normal_box, student_box
from autodiff.scipy.stats.covariances import as_matrix, as_values, dim_of
from autodiff.scipy.stats.formulas import formula_slopes

__all__ = ["CUMULATIVE", "normal_cdf", "student_cdf"]


@primitive
def normal_cdf(*values: Array, tolerance: Tolerance, allow_singular: bool, rng: Any) -> Array:
    """Return SciPy's probability that a normal vector lies between the limits.

    Args:
        values: x, mean, covariance, lower limits.
        tolerance: of three and more dimensions.
        allow_singular: as SciPy's.
        rng: as SciPy's.
    """
    x, mean, cov, lower_limit = values
    return scipy.stats.multivariate_normal.cdf(
        x, mean, cov, allow_singular, **tolerance._asdict(), lower_limit=lower_limit,
        rng=_generator(rng),
    )  # fmt: skip


@primitive
def student_cdf(*values: Array, tolerance: Tolerance, allow_singular: bool, rng: Any) -> Array:
    """Return SciPy's probability that a vector with a t distribution lies between the limits.

    Args:
        values: x, loc, shape, df, lower limits.
        tolerance: how many points SciPy takes.
        allow_singular: as SciPy's.
        rng: as SciPy's ``random_state``.
    """
    x, loc, shape, df, lower_limit = values
    return scipy.stats.multivariate_t.cdf(
        x, loc, shape, df, allow_singular, maxpts=tolerance.maxpts, lower_limit=lower_limit,
        random_state=_generator(rng),
    )  # fmt: skip


def _generator(rng: Any) -> Any:
    """Return SciPy's generator for a seed, made without entropy of the operating system.

    ``RandomState(seed)`` reads some, and discards it; jit takes that for a draw without a seed.
    """
    if not isinstance(rng, (int, np.integer)):
        return rng
    generator = np.random.RandomState(np.random.MT19937(np.random.SeedSequence(0)))
    generator.seed(rng)
    return generator


def _box(x: Array, mean: Array, lower: Array) -> tuple[Array, Array]:
    """Return the limits around 0; vectors lie along the last axis."""
    if np.ndim(x) < 2:
        x = np.reshape(x, (-1, len(mean)))
    return lower - mean, x - mean


def _normal(x: Array, mean: Array, cov: Array, lower: Array, tolerance: Tolerance) -> Array:
    return normal_box(*_box(x, mean, lower), as_matrix(cov, len(mean)), tolerance=tolerance)


def _student(
    x: Array, loc: Array, shape: Array, df: Array, lower: Array, tolerance: Tolerance
) -> Array:
    matrix = as_matrix(shape, len(loc))
    return student_box(*_box(x, loc, lower), matrix, df, tolerance=tolerance)


def _slope(
    place: int,
    g: Array,
    z: Array,
    values: tuple[Array, ...],
    formula: Function,
    tolerance: Tolerance,
) -> Array:
    """Return the cotangent of one of the values."""

    def like_z(*values: Array) -> Array:
        return np.reshape(formula(*values, tolerance), np.shape(z))

    return formula_slopes(like_z, values, [place], g)[place]


normal_cdf.name, student_cdf.name = "multivariate_normal.cdf", "multivariate_t.cdf"
# fmt: off
derivative(normal_cdf, values=lambda g, z, *values, argnum, tolerance, allow_singular, rng: (
    _slope(argnum, g, z, values, _normal, tolerance)))
derivative(student_cdf, values=lambda g, z, *values, argnum, tolerance, allow_singular, rng: (
    _slope(argnum, g, z, values, _student, tolerance)))
# fmt: on


def _of_normal(
    x: Array, mean: Array | None = None, cov: Any = 1, allow_singular: bool = False,
    maxpts: int | None = None, abseps: float = 1e-5, releps: float = 1e-5, *,
    lower_limit: Array | None = None, rng: Any = None,
) -> Array:  # fmt: skip
    """Return the probability that a normal vector lies between ``lower_limit`` and ``x``.

    Its slopes in x, lower_limit, mean and covariance exist to any order. SciPy's value is accurate
    to rounding in one and two dimensions. In three and more, SciPy integrates at random points to
    a tolerance, ``abseps``; so does a slope of n dimensions with its probabilities of n - 1.
    """
    allow_singular = allow_singular or hasattr(cov, "covariance")
    values, lower = _values(x, mean, as_values(cov), lower_limit)
    tolerance = Tolerance(maxpts, abseps, releps)
    options = {"tolerance": tolerance, "allow_singular": allow_singular, "rng": rng}
    return normal_cdf.apply((*values, lower), options)


def _of_log_normal(*args: Any, **kwds: Any) -> Array:
    """Return the logarithm of a probability of a normal vector; see :func:`_of_normal`."""
    found = _of_normal(*args, **kwds)
    return np.log(checked(found, found < 0, message=_NEGATIVE))


def _of_student(
    x: Array, loc: Array | None = None, shape: Any = 1, df: Array = 1,
    allow_singular: bool = False, *, maxpts: int | None = None, lower_limit: Array | None = None,
    random_state: Any = None,
) -> Array:  # fmt: skip
    """Return the probability that a vector with a t distribution lies between the limits.

    Its slopes in all arguments, ``df`` too, exist to any order, and are accurate to rounding in one
    and two dimensions. SciPy's value comes from random points in any dimension, ``maxpts`` of them.
    """
    values, lower = _values(x, loc, shape, lower_limit)
    options = {
        "tolerance": Tolerance(maxpts),
        "allow_singular": allow_singular,
        "rng": random_state,
    }
    return student_cdf.apply((*values, df, lower), options)


def _values(
    x: Array, mean: Array | None, cov: Array, lower: Array | None
) -> tuple[tuple[Array, Array, Array], Array]:
    """Return x, mean and covariance as arrays, and the lower limit, with SciPy's defaults."""
    cov = as_array(cov)
    dim = dim_of(None if mean is None else as_array(mean), cov)
    shape = (dim,) if mean is None else np.shape(mean)
    if dim > 1 and (len(shape) != 1 or (mean is None and cov.ndim == 1)):
        raise ValueError(
            f"expected a vector as mean, and a covariance for it, got the shapes {shape} "
            f"and {cov.shape} at {user_line()}. Pass a mean with an entry for each row of cov."
        )
    mean = np.zeros(dim) if mean is None else np.reshape(as_array(mean), dim)
    return (as_array(x), mean, cov), np.full(dim, -np.inf) if lower is None else as_array(lower)


_NEGATIVE = (
    "expected limits in order from logcdf, got a negative probability: an odd number of entries of "
    "lower_limit is greater than x. Swap them, or take np.log(-cdf)."
)

CUMULATIVE: dict[str, dict[str, Function]] = {
    "multivariate_normal": {"cdf": _of_normal, "logcdf": _of_log_normal},
    "multivariate_t": {"cdf": _of_student},
}
"""The methods of traced values, by distribution."""
