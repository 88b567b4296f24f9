"""ravel: all arrays of a structure in one vector, and the function that restores them.

SciPy's solvers take one vector, a model has its parameters in a dict of arrays.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.core.registry import registry
from autodiff.core.tensor import Tensor, peek
from autodiff.core.typing import Array
from autodiff.transforms.pytree import flatten

__all__ = ["ravel"]


def ravel(tree: Any) -> tuple[Array, Callable[[Array], Any]]:
    """Return all numbers of a structure in one vector, and the function that restores it.

    Args:
        tree: an array, a number, or dicts, lists, tuples and dataclasses of them, also traced.

    Returns:
        ``(vector, unravel)``. The vector has the common float or complex dtype of the leaves;
        integers and bools count as float64. ``unravel(vector)`` returns the structure with other
        numbers: each float array in its own dtype, integers and bools as float64. Arrays of the
        vector's dtype are views of it. A real array takes the real part of a complex vector.

    Raises:
        TypeError: something in the structure isn't numeric.
        ValueError: ``unravel`` got a vector of another length.

    >>> import numpy as np, autodiff as ad
    >>> from scipy.optimize import minimize
    >>> vector, unravel = ad.ravel({"a": [1.0, 2.0], "b": 3.0})
    >>> vector
    array([1., 2., 3.])
    >>> def loss(x):
    ...     line = unravel(x)
    ...     return ((line["a"] - 4) ** 2).sum() + (line["b"] - 5) ** 2
    >>> best = unravel(minimize(loss, vector, jac=ad.grad(loss)).x)
    >>> print(best["a"].round(6), best["b"].round(6))
    [4. 4.] 5.0
    """
    leaves, _, structure = flatten(tree, "tree")
    shapes = [np.shape(leaf) for leaf in leaves]
    dtypes = [_float_dtype(leaf) for leaf in leaves]
    whole = np.result_type(*dtypes) if dtypes else np.dtype(float)
    sizes = [math.prod(shape) for shape in shapes]
    ends = list(itertools.accumulate(sizes))
    length = sum(sizes)

    def unravel(vector: Array) -> Any:
        vector = _array(vector)
        if np.shape(vector) != (length,):
            raise ValueError(
                f"unravel expects a vector of {length} entries, got shape {np.shape(vector)}. "
                f"Pass a vector like the one that ravel returned."
            )
        parts = [
            np.reshape(vector[end - size : end], shape) if shape else vector[end - 1]
            for end, size, shape in zip(ends, sizes, shapes, strict=True)
        ]
        return structure(list(map(_in_dtype, parts, dtypes)))

    return _joined(leaves, whole), unravel


def _float_dtype(leaf: Array) -> np.dtype[Any]:
    """Return the dtype of a leaf; float64 for integers and bools, which have no slopes."""
    dtype = np.result_type(peek(leaf))
    return dtype if dtype.kind in "fc" else np.dtype(float)


def _joined(leaves: list[Array], dtype: np.dtype[Any]) -> Array:
    """Return the entries of all leaves in a new vector."""
    if not leaves:
        return np.zeros(0, dtype)
    rows = [np.reshape(_array(leaf), -1).astype(dtype) for leaf in leaves]
    return registry[np.concatenate](rows)


def _array(value: Array) -> Array:
    return value if isinstance(value, Tensor) else np.asarray(value)


def _in_dtype(part: Array, dtype: np.dtype[Any]) -> Array:
    """Return a part of the vector in the dtype of its leaf."""
    if part.dtype == dtype:
        return part
    return (np.real(part) if dtype.kind != "c" else part).astype(dtype)
