"""Geometric transforms of images: the spline through the image, sampled at other coordinates.

They have slopes in the image, and in what the coordinates depend on: the coordinates themselves, a
matrix and an offset, a shift, an angle.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy.ndimage
import scipy.special

from autodiff.core.errors import user_line
from autodiff.core.tensor import Tensor, plain
from autodiff.core.typing import Array
from autodiff.rules.composite import composite
from autodiff.rules.operands import as_array
from autodiff.scipy.borders import extended
from autodiff.scipy.checked import checked
from autodiff.scipy.ndimage.images import as_image, each, refuse_output
from autodiff.scipy.ndimage.sampling import sampled
from autodiff.scipy.ndimage.splines import spline_filter

_ROW = "expected the last row of a matrix of homogeneous coordinates to be 0, …, 0, 1."
_BEYOND = 12  # how many entries SciPy adds at each border before it filters


@composite(scipy.ndimage.map_coordinates)
def map_coordinates(
    input: Array, coordinates: Array, output: None = None, order: int = 3, mode: str = "constant",
    cval: Array = 0.0, prefilter: bool = True,
) -> Array:  # fmt: skip
    """Return an image at other coordinates."""
    image, coordinates = as_image(input), as_array(coordinates)
    _check(image, order, output)
    if coordinates.ndim < 2 or len(coordinates) != image.ndim:
        raise RuntimeError(
            f"expected coordinates of shape ({image.ndim}, …), one for each axis of the image, got "
            f"{np.shape(coordinates)} at {user_line()}. Put the axes first: np.stack(coordinates)."
        )
    return _sampled(image, _in_doubles(coordinates), order, mode, cval, prefilter)


def _check(image: Array, order: int, output: None) -> None:
    if not 0 <= order <= 5:
        raise RuntimeError(
            f"expected a spline of order 0 to 5, got {order}. Pass 1 for linear interpolation, 3 "
            f"for cubic."
        )
    if image.ndim < 1:
        raise RuntimeError(
            "expected an image with one axis or more, got a number. Use np.atleast_1d(x)."
        )
    refuse_output(output)


def _sampled(
    image: Array, coordinates: Array, order: int, mode: str, cval: Array, prefilter: bool
) -> Array:
    """Return the spline through an image at given coordinates."""
    if mode == "grid-constant" and cval:  # its slopes depend on what lies beyond the borders
        return cval + _sampled(image - cval, coordinates, order, mode, 0.0, prefilter)
    c = image
    if prefilter and order > 1:
        if mode in ("nearest", "grid-constant"):
            widths = [(_BEYOND, _BEYOND)] * image.ndim
            how = "edge" if mode == "nearest" else "constant"
            c = extended(image, widths=widths, mode=how, fill=cval)
            coordinates = coordinates + _BEYOND
        c = spline_filter(c, order, mode=mode)
    derivatives = (0,) * image.ndim
    z = sampled(c, coordinates, order=order, mode=mode, cval=cval, derivatives=derivatives)
    return z.astype(image.dtype)


def _on_grid(lines: Sequence[Array], shape: Sequence[int]) -> Array:
    """Return coordinates that depend on the position along their own axis alone."""
    ndim = len(shape)
    return _stacked([
        np.broadcast_to(np.reshape(line, [-1 if i == axis else 1 for i in range(ndim)]), shape)
        for axis, line in enumerate(lines)
    ])  # fmt: skip


def _stacked(rows: Sequence[Array]) -> Array:
    return _in_doubles(np.stack(rows))


def _in_doubles(coordinates: Array) -> Array:
    """Return coordinates in float64, in which SciPy computes them."""
    if coordinates.dtype.kind == "c":
        raise TypeError(
            f"expected real numbers as coordinates, a matrix, an offset or a shift, got complex "
            f"ones at {user_line()}. Take np.real(z)."
        )
    return coordinates if coordinates.dtype == float else coordinates.astype(float)


@composite(scipy.ndimage.affine_transform)
def affine_transform(
    input: Array, matrix: Array, offset: Any = 0.0, output_shape: Sequence[int] | None = None,
    output: None = None, order: int = 3, mode: str = "constant", cval: Array = 0.0,
    prefilter: bool = True,
) -> Array:  # fmt: skip
    """Return an image at the coordinates ``matrix @ position + offset``."""
    image, matrix = as_image(input), as_array(matrix)
    _check(image, order, output)
    shape, ndim = image.shape if output_shape is None else tuple(output_shape), image.ndim
    if matrix.shape == (ndim + 1, ndim + 1):
        matrix = checked(matrix, np.any(matrix[ndim] != np.eye(ndim + 1)[ndim]), message=_ROW)
    if matrix.ndim == 2 and matrix.shape[1] == ndim + 1:
        offset, matrix = matrix[:ndim, ndim], matrix[:ndim, :ndim]
    whole = (ndim, len(shape))
    if matrix.shape != whole and not (matrix.shape == (ndim,) and len(shape) == ndim):
        raise RuntimeError(
            f"expected a matrix of shape {whole}, its diagonal, or one with the "
            f"offset in a further column, got {matrix.shape} at {user_line()}. Reshape it."
        )
    offsets = each(offset, ndim, "offset")
    if matrix.ndim == 1:
        steps = zip(matrix, offsets, shape, strict=True)
        lines = [(np.arange(n) + start / step) * step for step, start, n in steps]
        return _sampled(image, _on_grid(lines, shape), order, mode, cval, prefilter)
    positions = np.meshgrid(*map(np.arange, shape), indexing="ij")
    rows = [sum((p * m for p, m in zip(positions, row, strict=True)), start=start)
            for row, start in zip(matrix, offsets, strict=True)]  # fmt: skip
    return _sampled(image, _stacked(rows), order, mode, cval, prefilter)


@composite(scipy.ndimage.shift)
def shift(
    input: Array, shift: Any, output: None = None, order: int = 3, mode: str = "constant",
    cval: Array = 0.0, prefilter: bool = True,
) -> Array:  # fmt: skip
    """Return an image that is moved by a distance along each axis."""
    image = as_image(input)
    _check(image, order, output)
    distances = each(shift, image.ndim, "shift")
    lines = [np.arange(n) + -s for n, s in zip(image.shape, distances, strict=True)]
    return _sampled(image, _on_grid(lines, image.shape), order, mode, cval, prefilter)


@composite(scipy.ndimage.zoom)
def zoom(
    input: Array, zoom: Any, output: None = None, order: int = 3, mode: str = "constant",
    cval: Array = 0.0, prefilter: bool = True, *, grid_mode: bool = False,
) -> Array:  # fmt: skip
    """Return an image with more or fewer entries along each axis."""
    image = as_image(input)
    _check(image, order, output)
    factors = each(zoom, image.ndim, "zoom")
    if any(isinstance(factor, Tensor) for factor in factors):
        raise NotImplementedError(
            f"zoom has no slope in its factors, which only the result's shape depends on (called "
            f"at {user_line()}). Pass plain numbers, or use affine_transform with a diagonal."
        )
    shape = tuple(round(n * factor) for n, factor in zip(image.shape, factors, strict=True))
    if prefilter and all(factor == 1 for factor in factors) and _copies_unzoomed():
        return image.copy()
    lines = [_zoomed(n, m, grid_mode) for n, m in zip(image.shape, shape, strict=True)]
    return _sampled(image, _on_grid(lines, shape), order, mode, cval, prefilter)


@functools.cache
def _copies_unzoomed() -> bool:
    """Return whether this version of SciPy copies an image that is zoomed by 1."""
    row = np.array([1.0, 5.0, 2.0])
    return bool(np.all(scipy.ndimage.zoom(row, 1, mode="grid-mirror") == row))


def _zoomed(n: int, m: int, grid_mode: bool) -> Array:
    """Return where m entries lie among n: from first to last, or from border to border."""
    if grid_mode:
        return (np.arange(m) + 0.5) * (n / m if m else 1.0) - 0.5
    return np.arange(m) * ((n - 1) / (m - 1) if m > 1 else 1.0)


@composite(scipy.ndimage.rotate)
def rotate(
    input: Array, angle: Array, axes: Sequence[int] = (1, 0), reshape: bool = True,
    output: None = None, order: int = 3, mode: str = "constant", cval: Array = 0.0,
    prefilter: bool = True,
) -> Array:  # fmt: skip
    """Return an image that is rotated in the plane of two axes, by an angle in degrees."""
    image = as_image(input)
    _check(image, order, output)
    plane = sorted({axis % image.ndim for axis in axes if -image.ndim <= axis < image.ndim})
    if len(plane) != 2 or len(axes) != 2:
        raise ValueError(
            f"expected two axes of an image of shape {image.shape}, got {axes} at {user_line()}. "
            f"Pass the two in whose plane to turn: axes=(1, 0)."
        )
    cosine, sine = scipy.special.cosdg(angle), scipy.special.sindg(angle)
    matrix = np.stack([np.stack([cosine, sine]), np.stack([-sine, cosine])])
    inside = np.array([image.shape[axis] for axis in plane])
    outside = _bounds(plain(matrix), inside) if reshape else inside
    offset = (inside - 1) / 2 - matrix @ ((outside - 1) / 2)
    others = [
        range(n) if axis not in plane else [slice(None)] for axis, n in enumerate(image.shape)
    ]
    planes = [
        affine_transform(
            image[index], matrix, offset, outside.tolist(), None, order, mode, cval, prefilter
        )
        for index in itertools.product(*others)
    ]
    kept = [n for axis, n in enumerate(image.shape) if axis not in plane]
    entries = np.stack(planes) if planes else image
    turned: Array = np.moveaxis(np.reshape(entries, (*kept, *outside)), (-2, -1), plane)
    return turned.copy()  # in C order, as SciPy's


def _bounds(matrix: Array, shape: Array) -> Array:
    """Return the shape that holds a rotated image."""
    rows, columns = shape
    corners = matrix @ [[0, 0, rows, rows], [0, columns, 0, columns]]
    return (np.ptp(corners, axis=1) + 0.5).astype(int)
