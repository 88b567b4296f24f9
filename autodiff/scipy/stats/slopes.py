"""The slopes of distributions' methods, from the formulas of a family.

With y = (x - loc) / scale, the slopes of a method M(x, *shapes, loc, scale) in x and in the shapes
give the others: dM/dloc = -dM/dx and dM/dscale = -y dM/dx, and what the density's factor 1 / scale
adds. Where a value or the density is infinite, as outside of the support, the slopes are 0; but
quantiles at an end of the support move with it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array, Function
from autodiff.rules.finite import where_finite
from autodiff.scipy.stats.call import MethodCall, finite
from autodiff.scipy.stats.formulas import formula_slopes

__all__ = ["DENSITIES", "MOMENTS", "QUANTILES", "TAILS", "rule_of"]

DENSITIES = ("pdf", "logpdf", "pmf", "logpmf")
TAILS = {"cdf": 1, "logcdf": 1, "sf": -1, "logsf": -1}  # the sign of the slope
QUANTILES = {"ppf": 1, "isf": -1}
MOMENTS = ("mean", "var", "std", "entropy")


def _density(call: MethodCall, g: Array, z: Array) -> list[Array]:
    """Return the slopes of a density, or of its logarithm."""
    if call.method == "pmf" and call.family.mass:
        return call.ordered(0.0, call.of_mass(g), 0.0, 0.0)
    if not call.method.startswith("log"):
        z = np.where(z == 0, np.inf, z)
        g = g * finite(z)
    y = call.standard(call.x)
    if isinstance(z, Tensor) or not np.isfinite(z).all():
        g, y = where_finite(g, z), where_finite(y, z, otherwise=call.family.inner)
    wanted = [0] * call.wants_x + call.wanted_shapes
    y = np.broadcast_to(y, np.shape(z))  # so that its slope isn't summed before the scale's
    formula: Any = call.family.log_density  # which there is, or no slope is wanted
    dy, *of_shapes = formula_slopes(formula, (y, *call.shapes), wanted, g)
    dx = call.per_scale(dy)
    return call.ordered(dx, of_shapes, -dx, -(finite(dx) * y + call.per_scale(g)))


def _tail(call: MethodCall, g: Array, z: Array) -> list[Array]:
    """Return the slopes of the distribution function, of its complement, or of their logarithms."""
    x, is_log, is_discrete = call.x, call.method.startswith("log"), call.signature.is_discrete
    log_density: Array = 0.0
    if is_discrete:
        judged: Array = np.where(call.is_certain(x), np.inf, z)
    else:
        log_density = np.where(np.isinf(x), -np.inf, call.other("logpdf", x))
        judged = np.where(np.isinf(z), z, log_density) if is_log else log_density
    g = where_finite(TAILS[call.method] * g, judged)
    y = np.floor(call.standard(x)) if is_discrete else call.standard(x)
    y = where_finite(y, judged, otherwise=call.family.inner)
    divisor = finite(z) if is_log else 0.0
    of_shapes = call.of_tail(x, y, g, call.method if is_log else "", divisor)
    formula = getattr(call.family, call.method) if is_log else None
    if is_discrete:
        dx: Array = 0.0
    elif formula:  # which keeps the digits where both logarithms below are large
        g = TAILS[call.method] * g
        dx = call.per_scale(formula_slopes(formula, (y, *call.shapes), [0], g)[0])
    else:
        dx = g * np.exp(finite(log_density) - divisor)
    return call.ordered(dx, of_shapes, -dx, -(dx * y))


def _quantile(call: MethodCall, g: Array, z: Array) -> list[Array]:
    """Return the slopes of the inverse of the distribution function, or of its complement."""
    log_density, y = call.other("logpdf", z), call.standard(z)
    judged = np.where(np.isinf(z) | call.at_end(z), np.inf, log_density)
    of_shapes = call.of_tail(
        z,
        where_finite(y, judged, otherwise=call.family.inner),
        where_finite(-g, judged),
        "logpdf",
        finite(judged),
    )
    pairs = zip(of_shapes, call.of_ends(z, g), strict=True)
    of_shapes = [slope + of_end for slope, of_end in pairs]
    return call.ordered(QUANTILES[call.method] * g * np.exp(-log_density), of_shapes, g, g * y)


def _moment(call: MethodCall, g: Array, z: Array) -> list[Array]:
    """Return the slopes of the mean, the variance, the standard deviation or the entropy."""
    name, g, z = call.method, where_finite(g, z), finite(z)
    if name == "mean":
        inner, of_loc, of_scale = call.times_scale(g), g, g * call.standard(z)
    elif name == "entropy":
        inner, of_loc, of_scale = g, 0.0, call.per_scale(g)
    elif name == "var":
        inner, of_loc, of_scale = call.times_scale(g, 2), 0.0, call.per_scale(2 * g * z)
    else:
        of_var = g / np.where(z == 0, 1.0, 2 * z)
        inner, of_loc, of_scale = call.times_scale(of_var, 2), 0.0, call.per_scale(g * z)
    formula: Any = getattr(call.family, "var" if name == "std" else name)
    _, *of_shapes = formula_slopes(
        lambda _, *shapes: formula(*shapes), (0.0, *call.shapes), call.wanted_shapes, inner
    )
    return call.ordered(0.0, of_shapes, of_loc, of_scale)


def rule_of(method: str) -> Function:
    """Return the function that computes the slopes of a method."""
    if method in DENSITIES:
        return _density
    if method in TAILS:
        return _tail
    return _quantile if method in QUANTILES else _moment
