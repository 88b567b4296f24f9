"""Filters of spectra: products with a window, which are their own transposes."""

from __future__ import annotations

import scipy.ndimage

from autodiff.core.primitive import Primitive, derivative

# fmt: off
gaussian: Primitive = derivative(
    scipy.ndimage.fourier_gaussian,
    input=lambda g, z, input, *, sigma, n=-1, axis=-1: gaussian(g, sigma, n, axis),
)
uniform: Primitive = derivative(
    scipy.ndimage.fourier_uniform,
    input=lambda g, z, input, *, size, n=-1, axis=-1: uniform(g, size, n, axis),
)
ellipsoid: Primitive = derivative(
    scipy.ndimage.fourier_ellipsoid,
    input=lambda g, z, input, *, size, n=-1, axis=-1: ellipsoid(g, size, n, axis),
)
moved: Primitive = derivative(
    scipy.ndimage.fourier_shift,
    input=lambda g, z, input, *, shift, n=-1, axis=-1: moved(g, shift, n, axis),
)
# fmt: on
