"""Regularizers: a penalty on large weights, added to the loss.

A regularizer is called on an array and answers a scalar. The code is plain NumPy, so that the
penalty of a traced value differentiates like the rest of the loss.
"""

from __future__ import annotations

import functools
import math
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from nn.naming import Configurable, create

if TYPE_CHECKING:
    from collections.abc import Callable


class Regularizer(Configurable):
    """A penalty on an array; subclass it, or give a layer any function from array to scalar."""

    def __call__(self, x: Any) -> Any:
        """Answer the penalty of ``x``, a scalar of its dtype."""
        raise NotImplementedError(
            f"a regularizer needs a penalty; define {type(self).__name__}.__call__(self, x)."
        )


class L1(Regularizer):
    """``l1 · Σ|x|`` (the lasso: Tibshirani 1996), which drives weights to exactly 0.

    Args:
        l1: at least 0.

    Raises:
        TypeError: ``l1`` isn't a number.
        ValueError: ``l1`` is negative or not finite.

    >>> L1(0.5)(np.array([1.0, -2.0]))
    np.float64(1.5)
    """

    def __init__(self, l1: float = 0.01) -> None:
        self.l1 = _factor("l1", l1)

    def __call__(self, x: Any) -> Any:
        """Answer l1 · Σ|x|."""
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
        self.l2 = _factor("l2", l2)

    def __call__(self, x: Any) -> Any:
        """Answer l2 · Σx²."""
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
        self.l1 = _factor("l1", l1)
        self.l2 = _factor("l2", l2)

    def __call__(self, x: Any) -> Any:
        """Answer l1 · Σ|x| + l2 · Σx²."""
        return self.l1 * np.sum(np.abs(x)) + self.l2 * np.sum(np.square(x))


class OrthogonalRegularizer(Regularizer):
    """``factor`` times the mean ``|cosine|`` between the rows (or columns) of a matrix.

    Args:
        factor: at least 0.
        mode: ``'rows'`` or ``'columns'``: which of them ought to be orthogonal.

    Raises:
        TypeError: ``factor`` isn't a number.
        ValueError: an argument is out of its range, or the array isn't a matrix.

    >>> float(OrthogonalRegularizer(1.0)(np.array([[2.0, 0.0], [3.0, 4.0]])))
    0.6
    """

    def __init__(self, factor: float = 0.01, mode: str = "rows") -> None:
        if mode not in ("rows", "columns"):
            raise ValueError(
                f"expected mode 'rows' or 'columns', got {mode!r}. Choose one of them."
            )
        self.factor = _factor("factor", factor)
        self.mode = mode

    def __call__(self, x: Any) -> Any:
        """Answer the mean of |cosine|, times the factor."""
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

_BY_NAME: dict[str, Callable[..., Regularizer]] = {
    "l1": L1,
    "l2": L2,
    "l1_l2": functools.partial(L1L2, l1=0.01, l2=0.01),
    "orthogonal_regularizer": OrthogonalRegularizer,
}


def get(identifier: object) -> Callable[[Any], Any] | None:
    """Answer the regularizer that is meant: by a string, a class, a function, a config or None.

    Raises:
        TypeError: ``identifier`` is something else.
        ValueError: nothing has this name; the message lists the nearest ones.

    >>> get("l2"), get(None)
    (L2(), None)
    """
    if identifier is None:
        return None
    if isinstance(identifier, type) and issubclass(identifier, Regularizer):
        return identifier()
    if callable(identifier):
        return identifier
    return create("regularizer", identifier, _BY_NAME)


def _factor(name: str, value: float) -> float:
    if not isinstance(value, Real):
        raise TypeError(
            f"expected {name} to be a number, got {value!r} of type {type(value).__name__}. "
            "Write a small factor, such as 0.01."
        )
    if not 0 <= value < math.inf:
        raise ValueError(
            f"expected {name} to be finite and at least 0, got {value!r}. "
            "Write a small factor, such as 0.01."
        )
    return float(value)


def _unit_rows(matrix: Any) -> Any:
    """Scale each row to length 1; a row of zeros stays."""
    squares = np.sum(np.square(matrix), axis=1, keepdims=True)
    return matrix / np.sqrt(np.maximum(squares, 1e-14))
