"""Morphology of gray images: minima and maxima over windows, and what is made of them.

What has a structure, or works on masks, is without slopes.
"""

from __future__ import annotations

from typing import Any

import scipy.ndimage

from autodiff.core.primitive import constant, derivative
from autodiff.core.typing import Array
from autodiff.rules.composite import composite
from autodiff.scipy.ndimage.images import as_image
from autodiff.scipy.ndimage.ranks import dilation_slope, extreme_slope

erosion = derivative(scipy.ndimage.grey_erosion, input=extreme_slope)
dilation = derivative(scipy.ndimage.grey_dilation, input=dilation_slope)


@composite(scipy.ndimage.grey_opening)
def grey_opening(input: Array, size: Any = None, *args: Any, **options: Any) -> Array:
    """Return the dilation of the erosion."""
    return dilation(erosion(input, size, *args, **options), size, *args, **options)


@composite(scipy.ndimage.grey_closing)
def grey_closing(input: Array, size: Any = None, *args: Any, **options: Any) -> Array:
    """Return the erosion of the dilation."""
    return erosion(dilation(input, size, *args, **options), size, *args, **options)


@composite(scipy.ndimage.morphological_gradient)
def morphological_gradient(input: Array, size: Any = None, *args: Any, **options: Any) -> Array:
    """Return the dilation minus the erosion."""
    return dilation(input, size, *args, **options) - erosion(input, size, *args, **options)


@composite(scipy.ndimage.morphological_laplace)
def morphological_laplace(input: Array, size: Any = None, *args: Any, **options: Any) -> Array:
    """Return the dilation plus the erosion, minus twice the image."""
    high, low = dilation(input, size, *args, **options), erosion(input, size, *args, **options)
    return high + low - as_image(input) - input


@composite(scipy.ndimage.white_tophat)
def white_tophat(input: Array, size: Any = None, *args: Any, **options: Any) -> Array:
    """Return the image minus its opening: what is bright and small."""
    return as_image(input) - grey_opening(input, size, *args, **options)


@composite(scipy.ndimage.black_tophat)
def black_tophat(input: Array, size: Any = None, *args: Any, **options: Any) -> Array:
    """Return the closing minus the image: what is dark and small."""
    return grey_closing(input, size, *args, **options) - as_image(input)


constant(
    scipy.ndimage.binary_closing,
    scipy.ndimage.binary_dilation,
    scipy.ndimage.binary_erosion,
    scipy.ndimage.binary_fill_holes,
    scipy.ndimage.binary_hit_or_miss,
    scipy.ndimage.binary_opening,
    scipy.ndimage.binary_propagation,
)
