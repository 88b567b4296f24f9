"""Some of the entries: taken at indices, sorted, counted, searched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autodiff import Array
from nn.dtypes import FLOATX
from nn.ops.arrays import as_array, cast_to, promoted
from nn.ops.operation import operation

if TYPE_CHECKING:
    from collections.abc import Sequence


@operation
def take(x: Array, indices: Array, axis: int | None = None) -> Array:
    """Return the entries at the indices along an axis; negative ones count from the end."""
    return np.take(as_array(x), _whole(indices), axis=axis)


@operation
def take_along_axis(x: Array, indices: Array, axis: int | None = None) -> Array:
    """Return the entries at the indices along an axis, one list of indices for each place."""
    return np.take_along_axis(as_array(x), _whole(indices), axis=axis)


@operation
def get_item(x: Array, key: Any) -> Array:
    """Return ``x[key]``."""
    return as_array(x)[key]


@operation
def argsort(x: Array, axis: int = -1) -> Array:
    """Return the indices that sort along an axis, equal entries in their order; in int32."""
    return cast_to(np.argsort(as_array(x), axis=axis, stable=True), "int32")


@operation
def argpartition(x: Array, kth: int, axis: int = -1) -> Array:
    """Return indices with the ``kth`` entry in its place, smaller ones before it; in int32."""
    return cast_to(np.argpartition(as_array(x), kth, axis), "int32")


@operation
def sort(x: Array, axis: int = -1) -> Array:
    """Return the entries in order along an axis."""
    return np.sort(as_array(x), axis=axis)


@operation
def top_k(x: Array, k: int, sorted: bool = True) -> tuple[Array, Array]:  # noqa: ARG001 - the same either way
    """Return the ``k`` largest entries along the last axis, largest first, and their indices.

    NaN counts as the largest, as in `sort`.

    Raises:
        ValueError: there are fewer entries than ``k``.

    >>> top_k([1.0, 3.0, 2.0], 2)
    (array([3., 2.], dtype=float32), array([1, 2], dtype=int32))
    """
    x = as_array(x)
    count = x.shape[-1]
    if not 0 <= k <= count:
        raise ValueError(
            f"top_k expects a k of at most {count}, the length of the last axis of shape "
            f"{x.shape}, got {k}. Write k=min(k, {count}) for as many as there are."
        )
    backwards = np.argsort(x[..., ::-1], axis=-1, stable=True)[..., ::-1]
    order = count - 1 - backwards[..., :k]  # so that of equal entries the first comes first
    return np.take_along_axis(x, order, -1), cast_to(order, "int32")


@operation
def in_top_k(targets: Array, predictions: Array, k: int) -> Array:
    """Return for each row whether the target's column is among the ``k`` largest.

    NaN counts as larger than all entries, also than itself.
    """
    predictions, targets = as_array(predictions), _whole(targets)
    own = np.take_along_axis(predictions, targets[..., np.newaxis], -1)
    return np.sum(~(predictions <= own), axis=-1) < k


@operation
def nonzero(x: Array) -> tuple[Array, ...]:
    """Return the indices of the entries other than 0, an array for each axis; in int32."""
    return tuple(cast_to(part, "int32") for part in np.nonzero(as_array(x)))


@operation
def searchsorted(sorted_sequence: Array, values: Array, side: str = "left") -> Array:
    """Return where values would be inserted into a sorted sequence; in int32."""
    sequence, values = promoted(as_array(sorted_sequence), as_array(values))
    return cast_to(np.searchsorted(sequence, values, side=side), "int32")  # type: ignore[call-overload] # a word


@operation
def digitize(x: Array, bins: Any) -> Array:
    """Return the number of the bin that each entry falls into; in int32."""
    return cast_to(np.digitize(as_array(x), np.asarray(bins)), "int32")


@operation
def bincount(
    x: Array, weights: Array | None = None, minlength: int = 0, sparse: bool = False
) -> Array:
    """Count each whole number from 0 on, or add up its weights.

    Args:
        x: whole numbers, shape (n,) or (rows, n); each row is counted on its own.
        weights: of the same shape.
        minlength: the least length of the result.
        sparse: only False is supported.
    """
    refuse_sparse("bincount", sparse)
    x = _whole(x)
    if x.ndim > 1:
        length = max(minlength, int(np.max(x)) + 1 if x.size else 0)
        rows = [
            bincount(row, None if weights is None else weights[i], length)
            for i, row in enumerate(x)
        ]
        return np.stack(rows)
    if weights is None:
        return cast_to(np.bincount(x, minlength=minlength), "int32")
    weights = as_array(weights)
    return cast_to(np.bincount(x, weights, minlength), weights.dtype)


@operation
def histogram(x: Array, bins: int = 10, range: Any = None) -> tuple[Array, Array]:
    """Return how many entries each bin has, and the edges of the bins."""
    counts, edges = np.histogram(as_array(x), bins, range)
    return counts.astype(np.int32), edges.astype(FLOATX)


@operation
def isin(x1: Array, x2: Array, assume_unique: bool = False, invert: bool = False) -> Array:
    """Return whether each entry of x1 is one of those of x2."""
    x1, x2 = promoted(as_array(x1), as_array(x2))
    return np.isin(x1, x2, assume_unique=assume_unique, invert=invert)


@operation
def select(condlist: Sequence[Array], choicelist: Sequence[Array], default: Any = 0) -> Array:
    """Return entries of the first choice whose condition holds, else of the default."""
    found = promoted(*choicelist, default)
    dtype = next(x.dtype for x in found if hasattr(x, "dtype"))
    *choices, default = (as_array(x, dtype) for x in found)
    return np.select([as_array(x) for x in condlist], choices, default)


def unique(
    x: Array,
    sorted: bool = True,  # noqa: ARG001 - the same either way
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    size: int | None = None,
    fill_value: Any = None,
) -> Any:
    """Return the different entries in order, with indices and counts as `numpy.unique` has them.

    Args:
        x: any shape.
        sorted: the entries are sorted anyway.
        return_index: whether to return where each is first.
        return_inverse: whether to return the place of each entry of x in the result.
        return_counts: whether to return how often each occurs.
        axis: the axis of the entries that are compared; all numbers by default.
        size: only None is supported.
        fill_value: only None is supported.
    """
    if size is not None or fill_value is not None:
        raise NotImplementedError(
            "unique expects size=None and fill_value=None, got others: arrays may have any length "
            "here. Use ops.pad on the result."
        )
    found = np.unique(as_array(x), return_index, return_inverse, return_counts, axis)  # type: ignore[call-overload] # variable flags
    if not isinstance(found, tuple):
        return found
    values, *others = found
    return (values, *(cast_to(part, "int32") for part in others))


def unravel_index(indices: Array, shape: Sequence[int]) -> tuple[Array, ...]:
    """Return indices of flattened entries as indices along each axis; in int32."""
    places = np.asarray(_whole(indices))
    # Of a vector: NumPy's are wrong beyond 8192 entries where the last axis has length 1.
    along = np.unravel_index(places.reshape(-1), tuple(shape))
    return tuple(part.reshape(places.shape).astype(np.int32) for part in along)


@operation
def one_hot(
    x: Array, num_classes: int, axis: int = -1, dtype: Any = None, sparse: bool = False
) -> Array:
    """Convert class numbers to vectors with a single 1; those that are out of range have none.

    Args:
        x: whole numbers, any shape.
        num_classes: the length of the vectors.
        axis: the axis of the vectors in the result.
        dtype: float32 by default.
        sparse: only False is supported.

    >>> one_hot([0, 2], 3)
    array([[1., 0., 0.],
           [0., 0., 1.]], dtype=float32)
    """
    refuse_sparse("one_hot", sparse)
    is_class = _whole(x)[..., np.newaxis] == np.arange(num_classes)
    return np.moveaxis(is_class.astype(dtype or FLOATX), -1, axis)


@operation
def multi_hot(
    inputs: Array,
    num_classes: int | None = None,
    axis: int = -1,
    dtype: Any = None,
    sparse: bool = False,
) -> Array:
    """Convert rows of class numbers to a vector for each row, 1 at each of its classes.

    Args:
        inputs: whole numbers, shape (classes of a row,) or (rows, classes of a row).
        num_classes: the length of the vectors.
        axis: the axis of the vectors.
        dtype: float32 by default.
        sparse: only False is supported.

    >>> multi_hot([[0, 2], [1, 1]], 3)
    array([[1., 0., 1.],
           [0., 1., 0.]], dtype=float32)
    """
    if num_classes is None:
        raise TypeError("multi_hot expects num_classes, got none. Write the number of classes.")
    inputs = _whole(inputs)
    reduced = 1 if inputs.ndim > 1 else 0
    return np.max(one_hot(inputs, num_classes, axis, dtype, sparse), axis=reduced)


def refuse_sparse(name: str, sparse: bool) -> None:
    """Raise a NotImplementedError if ``sparse`` is True."""
    if sparse:
        raise NotImplementedError(
            f"{name} expects sparse=False, got True: there are no sparse tensors. Leave it out."
        )


def _whole(x: Array) -> Array:
    x = as_array(x)
    return x if x.dtype.kind in "iu" else x.astype(np.int32)
