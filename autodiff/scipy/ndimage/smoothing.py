"""Gaussian filters and derivatives of images: linear filters along one axis after the other.

The standard deviation of a Gaussian has a slope too; how far its window reaches is a plain number.
"""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral
from typing import Any

import numpy as np
import scipy.ndimage
from numpy.lib.array_utils import normalize_axis_index
from numpy.polynomial import hermite_e

from autodiff.core.tensor import plain
from autodiff.core.typing import Array, Axis, Function
from autodiff.rules.composite import composite
from autodiff.scipy.ndimage.images import as_image, axes_of, each, refuse_output
from autodiff.scipy.ndimage.linear import correlate1d
from autodiff.scipy.real import real_composite

__all__ = ["gaussian_filter", "gaussian_filter1d"]


def _gaussian(sigma: Array, order: int, radius: int) -> Array:
    """Return the weights of a Gaussian, or those of a derivative: (-1/σ)ⁿ Heₙ(x/σ) times them."""
    x = np.arange(-radius, radius + 1)
    weights = np.exp(-0.5 / (sigma * sigma) * x**2)
    weights = weights / np.sum(weights)
    if not order:
        return weights
    coefficients = hermite_e.herme2poly([0] * order + [1])
    polynomial = sum(c * (x / sigma) ** k for k, c in enumerate(coefficients) if c)
    return (-1.0 / sigma) ** order * polynomial * weights


@real_composite(scipy.ndimage.gaussian_filter1d, "sigma")
def gaussian_filter1d(
    input: Array, sigma: Array, axis: int = -1, order: int = 0, output: None = None,
    mode: str = "reflect", cval: Array = 0.0, truncate: float = 4.0, *, radius: int | None = None,
) -> Array:  # fmt: skip
    """Average along one axis with the weights of a Gaussian, or of its derivative."""
    refuse_output(output)
    reach = int(truncate * float(plain(sigma)) + 0.5) if radius is None else radius
    if order < 0 or not isinstance(plain(reach), Integral) or reach < 0:
        raise ValueError(
            f"expected an order and a whole radius of 0 or more, got order={order} and "
            f"radius={reach}. Pass order=0 for the smoothed image itself."
        )
    weights = _gaussian(sigma, order, reach)[::-1]
    return correlate1d(as_image(input), weights, axis, output, mode, cval)


@real_composite(scipy.ndimage.gaussian_filter, "sigma")
def gaussian_filter(
    input: Array, sigma: Any, order: Any = 0, output: None = None, mode: Any = "reflect",
    cval: Array = 0.0, truncate: float = 4.0, *, radius: Any = None, axes: Axis = None,
) -> Array:  # fmt: skip
    """Average along several axes with the weights of Gaussians, or of their derivatives."""
    refuse_output(output)
    over = axes_of(axes, np.ndim(input))
    names = {"sigma": sigma, "order": order, "mode": mode, "radius": radius}
    settings = [each(value, len(over), name) for name, value in names.items()]
    filtered = as_image(input).copy()
    for axis, deviation, n, how, reach in zip(over, *settings, strict=True):
        if plain(deviation) > 1e-15:
            filtered = gaussian_filter1d(
                filtered, deviation, axis, n, output, how, cval, truncate, radius=reach
            )
    return filtered


# Differences.


def _difference(
    input: Array, across: list[int], axis: int, output: None, mode: Any, cval: Array
) -> Array:
    """Return the difference of neighbors along one axis, averaged across the others."""
    refuse_output(output)
    image = as_image(input)
    axis, modes = normalize_axis_index(axis, image.ndim), each(mode, image.ndim, "mode")
    z = correlate1d(image, [-1, 0, 1], axis, output, modes[axis], cval)
    for other in range(image.ndim):
        if other != axis:
            z = correlate1d(z, across, other, output, modes[other], cval)
    return z


@composite(scipy.ndimage.prewitt)
def prewitt(
    input: Array, axis: int = -1, output: None = None, mode: Any = "reflect", cval: Array = 0.0
) -> Array:
    """Return Prewitt's difference along one axis."""
    return _difference(input, [1, 1, 1], axis, output, mode, cval)


@composite(scipy.ndimage.sobel)
def sobel(
    input: Array, axis: int = -1, output: None = None, mode: Any = "reflect", cval: Array = 0.0
) -> Array:
    """Return Sobel's difference along one axis."""
    return _difference(input, [1, 2, 1], axis, output, mode, cval)


@composite(scipy.ndimage.generic_laplace)
def generic_laplace(
    input: Array, derivative2: Function, output: None = None, mode: Any = "reflect",
    cval: Array = 0.0, extra_arguments: tuple[Any, ...] = (),
    extra_keywords: Mapping[str, Any] | None = None, *, axes: Axis = None,
) -> Array:  # fmt: skip
    """Return the sum of the second derivatives along all axes, which a function computes."""
    refuse_output(output)
    image = as_image(input)
    over = axes_of(axes, image.ndim)
    terms = [
        derivative2(image, axis, output, how, cval, *extra_arguments, **(extra_keywords or {}))
        for axis, how in zip(over, each(mode, len(over), "mode"), strict=True)
    ]
    return sum(terms[1:], start=terms[0]) if terms else image.copy()


@real_composite(scipy.ndimage.generic_gradient_magnitude, "input", "cval")
def generic_gradient_magnitude(
    input: Array, derivative: Function, output: None = None, mode: Any = "reflect",
    cval: Array = 0.0, extra_arguments: tuple[Any, ...] = (),
    extra_keywords: Mapping[str, Any] | None = None, *, axes: Axis = None,
) -> Array:  # fmt: skip
    """Return the norm of the derivatives along all axes, which a function computes."""
    refuse_output(output)
    image = as_image(input)
    over = axes_of(axes, image.ndim)
    parts = [
        derivative(image, axis, output, how, cval, *extra_arguments, **(extra_keywords or {}))
        for axis, how in zip(over, each(mode, len(over), "mode"), strict=True)
    ]
    return np.linalg.norm(np.stack(parts), axis=0) if parts else image.copy()


@composite(scipy.ndimage.laplace)
def laplace(
    input: Array,
    output: None = None,
    mode: Any = "reflect",
    cval: Array = 0.0,
    *,
    axes: Axis = None,
) -> Array:
    """Return the sum of the second differences along all axes."""

    def second(image: Array, axis: int, output: None, mode: str, cval: Array) -> Array:
        return correlate1d(image, [1, -2, 1], axis, output, mode, cval)

    return generic_laplace(input, second, output, mode, cval, axes=axes)


def _along(image: Array, sigma: Any, axes: Axis, order: int, **options: Any) -> Function:
    """Return the derivative of an image, smoothed along all axes, along the axis that is passed."""
    over = axes_of(axes, image.ndim)

    def derivative(image: Array, axis: int, output: None, mode: str, cval: Array) -> Array:
        orders = [order if other == axis else 0 for other in range(image.ndim)]
        return gaussian_filter(image, sigmas, orders, output, mode, cval, **options)

    known = dict(zip(over, each(sigma, len(over), "sigma"), strict=True))
    sigmas = [known.get(axis, 0) for axis in range(image.ndim)]
    return derivative


@real_composite(scipy.ndimage.gaussian_laplace, "sigma")
def gaussian_laplace(
    input: Array, sigma: Any, output: None = None, mode: Any = "reflect", cval: Array = 0.0,
    *, axes: Axis = None, **kwargs: Any,
) -> Array:  # fmt: skip
    """Return the sum of the second derivatives of a smoothed image."""
    image = as_image(input)
    second = _along(image, sigma, axes, 2, **kwargs)
    return generic_laplace(image, second, output, mode, cval, axes=axes)


@real_composite(scipy.ndimage.gaussian_gradient_magnitude, "input", "cval")
def gaussian_gradient_magnitude(
    input: Array, sigma: Any, output: None = None, mode: Any = "reflect", cval: Array = 0.0,
    *, axes: Axis = None, **kwargs: Any,
) -> Array:  # fmt: skip
    """Return the norm of the slopes along some axes of an image that is smoothed along all."""
    image = as_image(input)
    first = _along(image, sigma, None, 1, **kwargs)
    return generic_gradient_magnitude(image, first, output, mode, cval, axes=axes)
