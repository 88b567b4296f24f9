"""The parameter of a smoothing spline by generalized cross-validation (Wahba 1990, section 4.3).

It minimizes ``G(lam) = mean((y - f)²) / (1 - tr(A) / n)²`` between 0 and n, where A maps the values
y to those of the spline. So ``dG/dlam = 0`` defines it, and its slopes are those of an implicit
function. SciPy finds it to an absolute accuracy of 1e-5, which for close points is little: the
slopes are taken at the minimum nearby. At an end of the range it doesn't move.
"""

from __future__ import annotations

import numpy as np
import scipy.interpolate

from autodiff.core.primitive import constant, derivative, primitive
from autodiff.core.typing import Array
from autodiff.scipy.interpolate.smoother import smoothed
from autodiff.scipy.stats.formulas import formula_slopes
from autodiff.transforms.gradients import elementwise_grad, stop_gradient

__all__ = ["chosen_parameter", "minimizer"]

_STEPS = 6
_NEAR = 0.1  # how far SciPy's may be from the minimum, relative to it
_AT_END = 1e-4


@primitive
def chosen_parameter(x: Array, y: Array, w: Array) -> Array:
    """Return the parameter that SciPy chooses for each column of y.

    It is that by which ``y - f`` differs from ``W⁻¹ Q γ`` for SciPy's spline f.
    """
    found = scipy.interpolate.make_smoothing_spline(x, y, w)
    h, gamma = np.diff(x)[:, None], np.pad(found(x, 2)[1:-1], ((1, 1), (0, 0)))
    moved = np.diff(gamma, axis=0) / h
    bent = np.concatenate([moved[:1], np.diff(moved, axis=0), -moved[-1:]]) / w[:, None]
    return np.sum((y - found(x)) * bent, axis=0) / np.sum(bent * bent, axis=0)


def _score(lam: Array, x: Array, y: Array, w: Array) -> Array:
    """Return the score of each column of y, with a parameter for each."""
    spread, scores = 1.0 / w, []
    for column, own in zip(y.T, lam, strict=True):
        both = np.concatenate([column[:, None], np.eye(len(x))], axis=1)
        rest = both - smoothed(x, both, spread, own)
        scores.append(np.mean(rest[:, 0] ** 2) / np.mean(np.diagonal(rest[:, 1:])) ** 2)
    return np.stack(scores)


def _steepness(lam: Array, x: Array, y: Array, w: Array) -> Array:
    """Return dG/dlam."""
    return elementwise_grad(lambda lam: _score(lam, x, y, w))(lam)


def _curvature(lam: Array, x: Array, y: Array, w: Array) -> Array:
    return elementwise_grad(lambda lam: _steepness(lam, x, y, w))(lam)


@primitive
def minimizer(lam: Array, x: Array, y: Array, w: Array) -> Array:
    """Return the minimum nearby, by Newton's method; NaN where it is beyond an end of the range.

    Raises:
        ValueError: SciPy's search has ended elsewhere.
    """
    best = lam
    for _ in range(_STEPS):
        curvature = _curvature(best, x, y, w)
        step = -_steepness(best, x, y, w) / np.where(curvature > 0, curvature, np.nan)
        best = best + np.where(np.abs(step) <= lam, step, lam)
        if np.all(np.abs(step) <= 1e-9 * lam):
            break
    is_near = np.abs(best - lam) <= _NEAR * lam
    steepness = _steepness(lam, x, y, w)
    is_at_end = np.where(steepness < 0, lam > len(x) - _AT_END, lam < _AT_END)
    if not np.all(is_near | is_at_end):
        raise ValueError(
            f"expected a minimum of the score of generalized cross-validation, which has slopes, "
            f"got lam={lam}, where SciPy's search has ended elsewhere. Pass lam=, or scale x to "
            f"distances of about 1."
        )
    return np.where(is_near & (best < len(x)), best, np.nan)


def _slope(place: int, g: Array, z: Array, x: Array, y: Array, w: Array) -> Array:
    """Return the cotangent of an argument, by the implicit function theorem."""
    found = minimizer(z, x, y, w)
    is_free = np.isfinite(found)
    best = z + np.where(is_free, found - stop_gradient(z), 0.0)  # which moves as z does
    weight = np.where(is_free, -g / _curvature(best, x, y, w), 0.0)
    return formula_slopes(_steepness, (best, x, y, w), [place], weight)[place]


constant(minimizer)
derivative(
    chosen_parameter,
    x=lambda g, z, x, y, w: _slope(1, g, z, x, y, w),
    y=lambda g, z, x, y, w: _slope(2, g, z, x, y, w),
    w=lambda g, z, x, y, w: _slope(3, g, z, x, y, w),
)
