"""The output modes of preprocessing layers: the numbers of categories, or rows of 0 and 1.

============== ===================================================== =========================
mode           each row of the outputs                               shape, for ``(…, length)``
============== ===================================================== =========================
``int``        the numbers themselves                                ``(…, length)``
``one_hot``    a single 1 for each number                            ``(…, length, depth)``
``multi_hot``  a 1 for each number that occurs                       ``(…, depth)``
``count``      how often each number occurs                          ``(…, depth)``
============== ===================================================== =========================

With ``one_hot``, a last axis of length 1 is replaced by that of the categories.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

import autodiff as ad
from autodiff import Array
from nn.naming import lookup

if TYPE_CHECKING:
    from collections.abc import Callable

    from nn.layers.shapes import Shape

__all__ = ["applied", "checked_mode", "encode", "encoded_shape"]

_OLDER = {"binary": "multi_hot", "tf-idf": "tf_idf"}


def applied(x: Array, function: Callable[[Any], Any]) -> Array:
    """Return ``function(x)``: one operation without a slope, of strings or whole numbers."""
    return function(x) if isinstance(x, np.ndarray | np.generic) else mapped(x, f=function)


@ad.primitive
def mapped(x: Array, *, f: Callable[[Any], Any]) -> Array:
    """Return ``f(x)``, recorded as one operation."""
    return f(x)


@ad.primitive
def counts(indices: Array, weights: Array, *, depth: int) -> Array:
    """Add up weights by the numbers along the last axis; other numbers than 0 to depth - 1 drop.

    Args:
        indices: whole numbers, shape (…, length).
        weights: float32, of this shape.
        depth: the length of the last axis of the result.

    >>> counts(np.array([[0, 2, 2]]), np.ones((1, 3), np.float32), depth=4)
    array([[1., 0., 2., 0.]], dtype=float32)
    """
    rows = indices.reshape(math.prod(indices.shape[:-1]), indices.shape[-1])
    places = np.where((rows >= 0) & (rows < depth), rows, depth)
    places = places + (depth + 1) * np.arange(len(rows))[:, np.newaxis]
    length = len(rows) * (depth + 1)
    sums = np.bincount(places.ravel(), weights.ravel(), length).reshape(len(rows), depth + 1)
    sums = sums[:, :depth]
    return sums.reshape(*indices.shape[:-1], depth).astype(weights.dtype)


@ad.primitive
def _at(x: Array, indices: Array, *, depth: int) -> Array:
    """Return the entries of ``x`` at the numbers along the last axis; 0 for those that drop."""
    kept = (indices >= 0) & (indices < depth)
    return np.take_along_axis(x, np.where(kept, indices, 0), axis=-1) * kept.astype(x.dtype)


# fmt: off
# z[k] = Σ weights[i] over indices[i] = k      dz[k]/dweights[i] = 1 where indices[i] = k
ad.constant(mapped)
ad.derivative(counts, weights=lambda g, z, indices, weights, *, depth: _at(g, indices, depth=depth))
ad.derivative(_at, x=lambda g, z, x, indices, *, depth: counts(indices, g, depth=depth))
# fmt: on


def checked_mode(owner: str, mode: str, *more: str) -> str:
    """Return the name of an output mode, if it is one; older names are replaced.

    Args:
        owner: the class of the layer, for messages.
        mode: the name.
        more: modes besides ``int`` and ``one_hot``.
    """
    modes = ("int", "one_hot", *more)
    return lookup(f"output mode of {owner}", _OLDER.get(mode, mode), {name: name for name in modes})


def encode(indices: Array, mode: str, depth: int, weights: Array | None = None) -> Array:
    """Encode numbers of categories, float32 but for the mode ``'int'``.

    Args:
        indices: whole numbers, of any shape; other numbers than 0 to depth - 1 count for none.
        mode: see above.
        depth: the number of categories.
        weights: of the shape of ``indices``, what each counts for; 1 by default.

    >>> encode(np.array([[0, 2, 2]]), "count", 4)
    array([[1., 0., 2., 0.]], dtype=float32)
    """
    if mode == "int":
        return indices
    if not indices.ndim:
        indices = indices[np.newaxis]
    if mode == "one_hot":
        if indices.ndim > 1 and indices.shape[-1] == 1:
            indices = indices[..., 0]
        return (indices[..., np.newaxis] == np.arange(depth)).astype(np.float32)
    if weights is None:
        weights = np.ones(indices.shape, np.float32)
    found = counts(indices, weights.reshape(indices.shape), depth=depth)
    return (found > 0).astype(np.float32) if mode == "multi_hot" else found


def encoded_shape(shape: Shape, mode: str, depth: int | None) -> Shape:
    """Return the shape that `encode` gives.

    >>> encoded_shape((None, 1), "one_hot", 5), encoded_shape((None, 7), "count", 5)
    ((None, 5), (None, 5))
    """
    if mode == "int":
        return tuple(shape)
    if mode == "one_hot":
        replaced = len(shape) > 1 and shape[-1] == 1
        return (*(shape[:-1] if replaced else shape or (1,)), depth)
    return (*shape[:-1], depth)
