"""Measurements of the regions of an image, which labels distinguish."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.ndimage

from autodiff.core.errors import user_line
from autodiff.core.primitive import constant
from autodiff.core.tensor import plain
from autodiff.core.typing import Array
from autodiff.rules.composite import composite
from autodiff.rules.operands import as_array

__all__ = ["sum_labels"]

Regions = tuple[Array, Array, Any]  # the entries, which region each is in, which are asked for


def _entries(input: Array, labels: Array | None, index: Any) -> Array | Regions:
    """Return the entries of the single region, or those of all with their labels."""
    input, labels, index = as_array(input), plain(labels), plain(index)
    if labels is None:
        return np.reshape(input, -1)
    shape = np.broadcast_shapes(np.shape(input), np.shape(labels))
    entries = np.reshape(np.broadcast_to(input, shape), -1)
    labels = np.broadcast_to(labels, shape).reshape(-1)
    if index is None or np.ndim(index) == 0:
        return entries[labels > 0 if index is None else labels == index]
    return entries, labels, np.asarray(index)


def _sums(entries: Array, labels: Array, index: Array) -> tuple[Array, Array, Array]:
    """Return for each region its number of entries and their sum, and the region of each entry."""
    known, regions = np.unique(labels, return_inverse=True)
    places = np.minimum(np.searchsorted(known, index), len(known) - 1)
    is_known = known[places] == index
    counts = np.where(is_known, np.bincount(regions)[places], 0)
    sums = np.bincount(regions, weights=entries, minlength=len(known))
    return counts, np.where(is_known, sums[places], 0.0), regions


@composite(scipy.ndimage.sum_labels, scipy.ndimage.sum)
def sum_labels(input: Array, labels: Array | None = None, index: Any = None) -> Array:
    """Return the sum over each region."""
    found = _entries(input, labels, index)
    return _sums(*found)[1] if isinstance(found, tuple) else np.sum(found)


@composite(scipy.ndimage.mean)
def mean(input: Array, labels: Array | None = None, index: Any = None) -> Array:
    """Return the mean over each region."""
    found = _entries(input, labels, index)
    if not isinstance(found, tuple):
        return np.sum(found) / np.float64(len(found))
    counts, sums, _ = _sums(*found)
    return sums / counts.astype(float)


@composite(scipy.ndimage.variance)
def variance(input: Array, labels: Array | None = None, index: Any = None) -> Array:
    """Return the variance over each region."""
    found = _entries(input, labels, index)
    if not isinstance(found, tuple):
        apart = found - np.mean(found)
        return np.sum(apart * np.conjugate(apart)) / np.float64(len(found))
    entries, labels, index = found
    _, regions = np.unique(labels, return_inverse=True)
    means = np.bincount(regions, weights=entries) / np.bincount(regions)
    apart = entries - means[regions]
    counts, squares, _ = _sums(apart * np.conjugate(apart), labels, index)
    return squares / counts.astype(float)


@composite(scipy.ndimage.standard_deviation)
def standard_deviation(input: Array, labels: Array | None = None, index: Any = None) -> Array:
    """Return the standard deviation over each region; it has the slope 0 where it is 0."""
    squared = variance(input, labels, index)
    is_zero = squared == 0
    return np.where(is_zero, 0, np.sqrt(np.where(is_zero, 1, squared)))


def _in_each(
    reduce: Callable[[Array], Array], input: Array, labels: Array | None, index: Any
) -> Array:
    """Return a function of the entries of each region; 0 for a region without any."""
    found = _entries(input, labels, index)
    if not isinstance(found, tuple):
        return reduce(found)
    entries, labels, index = found
    if not len(entries):
        raise ValueError(
            f"expected an image with entries, got shape {np.shape(input)} at {user_line()}. Leave "
            f"out images without any."
        )
    empty = np.zeros((), entries.dtype)
    groups = (entries[labels == label] for label in index.reshape(-1))
    values = [reduce(group) if len(group) else empty for group in groups]
    return np.reshape(np.stack(values), index.shape) if values else np.zeros(0, entries.dtype)


def _extreme(
    reduce: Callable[[Array], Array], input: Array, labels: Array | None, index: Any
) -> Array:
    """Return an entry of each region, in the byte order of the image."""
    found, dtype = _in_each(reduce, input, labels, index), as_array(input).dtype
    return found.astype(dtype) if np.ndim(found) and found.dtype != dtype else found


@composite(scipy.ndimage.minimum)
def minimum(input: Array, labels: Array | None = None, index: Any = None) -> Array:
    """Return the least entry of each region."""
    return _extreme(np.min, input, labels, index)


@composite(scipy.ndimage.maximum)
def maximum(input: Array, labels: Array | None = None, index: Any = None) -> Array:
    """Return the greatest entry of each region."""
    return _extreme(np.max, input, labels, index)


@composite(scipy.ndimage.median)
def median(input: Array, labels: Array | None = None, index: Any = None) -> Array:
    """Return the median of each region."""
    return _in_each(np.median, input, labels, index)


@composite(scipy.ndimage.extrema)
def extrema(input: Array, labels: Array | None = None, index: Any = None) -> tuple[Any, ...]:
    """Return the least and the greatest entry of each region, and their plain positions."""
    values = (plain(as_array(input)), plain(labels), plain(index))
    return (
        minimum(input, labels, index),
        maximum(input, labels, index),
        scipy.ndimage.minimum_position(*values),
        scipy.ndimage.maximum_position(*values),
    )


@composite(scipy.ndimage.center_of_mass)
def center_of_mass(input: Array, labels: Array | None = None, index: Any = None) -> Any:
    """Return the mean position in each region, weighted with the entries."""
    input = as_array(input)
    grids = np.ogrid[tuple(slice(n) for n in input.shape)]
    total = sum_labels(input, labels, index)
    centers = [sum_labels(input * grid.astype(float), labels, index) / total for grid in grids]
    if np.ndim(centers[0]) == 0:
        return tuple(centers)
    return [tuple(center) for center in np.transpose(np.stack(centers))]


constant(
    scipy.ndimage.distance_transform_bf,
    scipy.ndimage.distance_transform_cdt,
    scipy.ndimage.distance_transform_edt,
)
