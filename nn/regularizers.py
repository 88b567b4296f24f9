"""Regularizers: penalties on large weights, added to the loss.

A regularizer is called with an array and returns a scalar. The code is plain NumPy, so that the
penalty of a traced value is differentiated like the rest of the loss.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np

from autodiff import Array
from nn.argument_checks import ArgumentsChecked, one_of, undefined
from nn.configs.configurable import Configurable
from nn.configs.family import ClassFamily
from nn.configs.serialization import serialize_keras_object
from nn.numbers import at_least_zero

if TYPE_CHECKING:
    from collections.abc import Callable

# fmt: off
__all__ = [
    "L1", "L1L2", "L2", "OrthogonalRegularizer", "Regularizer", "deserialize", "get", "l1", "l1_l2",
    "l2", "orthogonal_regularizer", "serialize",
]
# fmt: on


class Regularizer(ArgumentsChecked, Configurable):
    """The base class of regularizers; a layer also accepts any function from array to scalar.

    >>> class Largest(Regularizer):
    ...     def __call__(self, weight):
    ...         return 0.1 * np.max(np.abs(weight))
    >>> float(Largest()(np.array([1.0, -2.0])))
    0.2
    """

    def __call__(self, x: Array) -> Array:
        """Return the penalty of ``x``, a scalar of its dtype."""
        raise NotImplementedError(undefined(self, "__call__(self, x)", "return a scalar penalty"))


class L1(Regularizer):
    """``l1 · Σ|x|`` (the lasso: Tibshirani 1996), which makes weights exactly 0.

    Args:
        l1: at least 0.

    Raises:
        TypeError: ``l1`` isn't a number.
        ValueError: ``l1`` is negative or not finite.

    >>> L1(0.5)(np.array([1.0, -2.0]))
    np.float64(1.5)
    """

    def __init__(self, l1: float = 0.01) -> None:
        self.l1 = at_least_zero("l1", l1)

    def __call__(self, x: Array) -> Array:
        """Return l1 · Σ|x|."""
        return self.l1 * np.sum(np.abs(x))


class L2(Regularizer):
    """``l2 · Σx²`` (ridge: Hoerl and Kennard 1970), which keeps weights small.

    Args:
        l2: at least 0. There is no factor ½, as in Keras.

    Raises:
        TypeError: ``l2`` isn't a number.
        ValueError: ``l2`` is negative or not finite.

    >>> L2(0.5)(np.array([1.0, -2.0]))
    np.float64(2.5)
    """

    def __init__(self, l2: float = 0.01) -> None:
        self.l2 = at_least_zero("l2", l2)

    def __call__(self, x: Array) -> Array:
        """Return l2 · Σx²."""
        return self.l2 * np.sum(np.square(x))


class L1L2(Regularizer):
    """``l1 · Σ|x| + l2 · Σx²`` (the elastic net: Zou and Hastie 2005).

    The string ``'l1_l2'`` means 0.01 for both.

    Args:
        l1: at least 0.
        l2: at least 0.

    Raises:
        TypeError: ``l1`` or ``l2`` isn't a number.
        ValueError: ``l1`` or ``l2`` is negative or not finite.

    >>> L1L2(l1=0.5, l2=0.5)(np.array([1.0, -2.0]))
    np.float64(4.0)
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0) -> None:
        self.l1 = at_least_zero("l1", l1)
        self.l2 = at_least_zero("l2", l2)

    def __call__(self, x: Array) -> Array:
        """Return l1 · Σ|x| + l2 · Σx²."""
        if not self.l2:  # 0 · ∞ is NaN, where squares overflow
            return self.l1 * np.sum(np.abs(x))
        penalty = self.l2 * np.sum(np.square(x))
        return self.l1 * np.sum(np.abs(x)) + penalty if self.l1 else penalty


class OrthogonalRegularizer(Regularizer):
    """``factor`` times the mean ``|cosine|`` between the rows (or columns) of a matrix.

    Args:
        factor: at least 0.
        mode: ``'rows'`` or ``'columns'``: those that should be orthogonal.

    Raises:
        TypeError: ``factor`` isn't a number.
        ValueError: an argument is out of its range, or the array isn't a matrix.

    >>> float(OrthogonalRegularizer(1.0)(np.array([[2.0, 0.0], [3.0, 4.0]])))
    0.6
    """

    def __init__(self, factor: float = 0.01, mode: str = "rows") -> None:
        self.factor = at_least_zero("factor", factor)
        self.mode = one_of("mode", mode, ("rows", "columns"))

    def __call__(self, x: Array) -> Array:
        """Return the mean of |cosine|, times the factor."""
        if x.ndim != 2:
            raise ValueError(
                f"expected a matrix to make orthogonal, got shape {x.shape}. Use this regularizer "
                "on a Dense kernel."
            )
        rows = x if self.mode == "rows" else np.transpose(x)
        count = rows.shape[0]
        cosines = _unit_rows(rows) @ np.transpose(_unit_rows(rows))
        others = np.abs(cosines) * (1 - np.eye(count, dtype=x.dtype))
        pairs = max(1, count * (count - 1))
        return self.factor / pairs * np.sum(others)


l1, l2, l1_l2, orthogonal_regularizer = L1, L2, L1L2, OrthogonalRegularizer

_NAMES: dict[str, Callable[..., Regularizer]] = {
    "l1": L1,
    "l2": L2,
    "l1_l2": functools.partial(L1L2, l1=0.01, l2=0.01),
    "orthogonal_regularizer": OrthogonalRegularizer,
}
_FAMILY = ClassFamily("regularizer", "regularizers", Regularizer, _NAMES, [L1L2], functions=True)
serialize, deserialize = serialize_keras_object, _FAMILY.deserialize


def get(identifier: object) -> Callable[[Array], Array] | None:
    """Return the regularizer that a name, a class, a function or a config specifies, or None.

    Raises:
        TypeError: ``identifier`` is of another type.
        ValueError: no regularizer has this name; the message lists the nearest ones.

    >>> get("l2"), get(None)
    (L2(), None)
    """
    return None if identifier is None else _FAMILY.get(identifier)


def _unit_rows(matrix: Array) -> Array:
    """Scale each row to length 1; a row of zeros isn't changed."""
    squares = np.sum(np.square(matrix), axis=1, keepdims=True)
    return matrix / np.sqrt(np.maximum(squares, 1e-14))
