"""Keras's utilities: `to_categorical`, `normalize`, `set_random_seed`, `plot_model`."""

from __future__ import annotations

import operator
import random
from typing import TYPE_CHECKING, Any

import numpy as np

from nn.models.diagram import plot_model
from nn.naming import reset_names
from nn.random import set_seed

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["clear_session", "normalize", "plot_model", "set_random_seed", "to_categorical"]


def to_categorical(x: ArrayLike, num_classes: int | None = None) -> NDArray[np.float64]:
    """Turn class numbers into rows with a single 1 (one-hot).

    Args:
        x: class numbers from 0 on, of any shape; a last axis of 1 is dropped, fractions cut off.
        num_classes: how many columns; one more than the greatest class unless given.

    Raises:
        TypeError: the labels aren't numbers.
        ValueError: a label is negative, not finite, or has no column; or there are no labels.

    >>> to_categorical([0, 2, 1])
    array([[1., 0., 0.],
           [0., 0., 1.],
           [0., 1., 0.]])
    """
    labels = _class_numbers(np.asarray(x))
    if labels.ndim > 1 and labels.shape[-1] == 1:
        labels = labels[..., 0]
    if num_classes is None:
        num_classes = _classes_in(labels)
    if labels.size and labels.max() >= num_classes:
        raise ValueError(
            f"expected labels below num_classes={num_classes}, got {labels.max()}. Write "
            f"num_classes={labels.max() + 1}, or number the classes from 0 on."
        )
    rows = np.zeros((*labels.shape, num_classes))
    np.put_along_axis(rows, labels[..., np.newaxis], 1, axis=-1)
    return rows


def normalize(x: ArrayLike, axis: int = -1, order: float = 2) -> NDArray[Any]:
    """Divide ``x`` by its norm along ``axis``; where the norm is 0, ``x`` stays.

    Args:
        x: any shape of at least one axis.
        axis: the axis whose vectors come out with norm 1.
        order: of the norm: 1, 2, ``np.inf``, as in `numpy.linalg.norm`.

    >>> normalize([[3.0, 4.0], [0.0, 0.0]])
    array([[0.6, 0.8],
           [0. , 0. ]])
    """
    array = np.asarray(x)
    norm = np.linalg.norm(array, order, axis, keepdims=True)
    return np.asarray(array / np.where(norm == 0, norm.dtype.type(1), norm))


def set_random_seed(seed: int) -> None:
    """Make what follows repeatable: the weights, the shuffles, and other code's draws.

    Seeds the stream of this package, Python's ``random`` and NumPy's global generator.

    Args:
        seed: from 0 to 2**32 - 1.

    Raises:
        TypeError: ``seed`` isn't a whole number.
        ValueError: ``seed`` is out of this range.
    """
    if not hasattr(seed, "__index__"):
        raise TypeError(
            f"expected a whole number as the seed, got {seed!r} of type {type(seed).__name__}. "
            "Write set_random_seed(1), for example."
        )
    seed = operator.index(seed)
    if not 0 <= seed < 2**32:
        raise ValueError(
            f"expected a seed from 0 to 2**32 - 1, got {seed}. Write a smaller number."
        )
    set_seed(seed)
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 (scikit-learn and older code draw from it)


def clear_session() -> None:
    """Forget the names given to layers so far: the next Dense is called ``'dense'`` again."""
    reset_names()


def _class_numbers(labels: NDArray[Any]) -> NDArray[np.intp]:
    """Check that these are whole numbers from 0 on, once their fractions are cut off."""
    if labels.dtype.kind not in "biuf":
        raise TypeError(
            f"expected class numbers, got labels of dtype {labels.dtype}. Number the classes: "
            "classes, labels = np.unique(labels, return_inverse=True)."
        )
    if not np.isfinite(labels).all():
        row = int(np.argmin(np.isfinite(labels.ravel())))
        raise ValueError(
            f"expected a class number in every row, got {labels.ravel()[row]} in row {row}. "
            "Drop or fill in the rows without a label."
        )
    numbers = labels.astype(np.intp)
    if numbers.size and numbers.min() < 0:
        raise ValueError(
            f"expected class numbers from 0 on, got {numbers.min()}. Renumber the classes: "
            "classes, labels = np.unique(labels, return_inverse=True)."
        )
    return numbers


def _classes_in(labels: NDArray[np.intp]) -> int:
    if not labels.size:
        raise ValueError(
            "expected at least one label to count the classes from, got none. Give num_classes."
        )
    return int(labels.max()) + 1
