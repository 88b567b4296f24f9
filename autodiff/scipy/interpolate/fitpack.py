"""FITPACK's functions of splines, which are tuples of knots, coefficients and degree."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.interpolate

from autodiff.core.errors import user_line
from autodiff.core.typing import Array
from autodiff.rules.operands import as_array
from autodiff.scipy.checked import checked
from autodiff.scipy.interpolate.basis import spline
from autodiff.scipy.interpolate.bsplines import BSpline
from autodiff.scipy.interpolate.coefficients import padded
from autodiff.scipy.interpolate.sloped import double, plainly
from autodiff.scipy.interpolate.through_points import make_interp_spline
from autodiff.scipy.real import real_composite

__all__: list[str] = []


@real_composite(scipy.interpolate.splev)
def splev(x: Array, tck: Any, der: int = 0, ext: int = 0) -> Any:
    """Return a spline, or a derivative, at points; outside as ``ext`` says."""
    if isinstance(tck, scipy.interpolate.BSpline):
        if ext:
            raise ValueError(
                f"expected ext=0 for a BSpline, got {ext}. Make the spline with extrapolate=, or "
                f"leave ext out."
            )
        return BSpline.construct_fast(tck.t, tck.c, tck.k, axis=tck.axis)(x, der, extrapolate=True)
    if ext not in (0, 1, 2, 3):
        raise ValueError(f"expected ext to be 0, 1, 2 or 3, got {ext} at {user_line()}.")
    t, c, k = tck
    if not 0 <= der <= k:
        raise ValueError(f"expected der between 0 and the degree {k}, got {der} at {user_line()}.")
    if np.ndim(plainly(c)[0]):
        return [splev(x, (t, part, k), der, ext) for part in c]
    t, c, x = double(as_array(t)), double(as_array(c)), as_array(x).astype(float)
    _check_count(t, c, k)
    start, end = t[k], t[len(t) - k - 1]
    outside = (x < start) | (x > end)
    if ext == 2:
        x = checked(x, outside, message="expected points within the knots, got others. Pass ext=0.")
    at = np.clip(x, start, end) if ext == 3 and der == 0 else x  # as FITPACK does
    z = np.reshape(spline(t, c, k, np.reshape(at, -1), der), x.shape)
    return np.where(outside, 0.0, z) if ext == 1 else z


def _check_count(t: Array, c: Array, k: int) -> None:
    if len(c) < len(t) - k - 1:
        raise ValueError(
            f"expected {len(t) - k - 1} coefficients or more, got {len(c)} at {user_line()}."
        )


@real_composite(scipy.interpolate.splint)
def splint(a: Array, b: Array, tck: Any, full_output: int = 0) -> Any:
    """Return the integral of a spline from a to b, which is 0 outside its knots."""
    if full_output:
        raise NotImplementedError(
            f"splint of traced values has no full_output= (called at {user_line()}). Leave it out."
        )
    t, c, k = tck.tck if isinstance(tck, scipy.interpolate.BSpline) else tck
    if np.ndim(plainly(c)[0]):
        return [splint(a, b, (t, part, k)) for part in c]
    t, c = double(as_array(t)), double(as_array(c))
    _check_count(t, c, k)
    found = BSpline.construct_fast(t, c[: len(t) - k - 1], k)
    return found.integrate(a, b, extrapolate=False)


@real_composite(scipy.interpolate.splrep)
def splrep(
    x: Array, y: Array, w: Array | None = None, xb: Any = None, xe: Any = None, k: int = 3,
    task: int = 0, s: float | None = None, t: Array | None = None, full_output: int = 0,
    per: int = 0, quiet: int = 1,
) -> tuple[Array, Array, int]:  # fmt: skip
    """Return the spline through points; one that passes by them chooses its knots by numbers."""
    is_changed = s or task or full_output or per or not quiet
    if is_changed or any(option is not None for option in (w, xb, xe, t)):
        raise NotImplementedError(
            f"splrep of traced values has no options but k= and s=0 (called at {user_line()}). "
            f"Use make_smoothing_spline with lam= instead of s=, make_lsq_spline with knots and "
            f"weights, or make_interp_spline with bc_type=."
        )
    x, y = np.atleast_1d(x), np.atleast_1d(y)
    if x.ndim > 1 or y.ndim > 1:
        raise ValueError(
            f"expected points x and y of one axis, got shapes {x.shape} and {y.shape} at "
            f"{user_line()}. Flatten them with np.ravel, or use make_interp_spline."
        )
    found = make_interp_spline(x, y, k)
    return found.t, padded(found.c, len(found.t)), k
