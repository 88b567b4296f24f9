"""Covariances as SciPy takes them: a number, a diagonal, a matrix, an object."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.typing import Array

__all__ = ["as_matrix", "as_values", "dim_of"]


def as_values(value: Any) -> Any:
    """Return the matrix of a ``scipy.stats.Covariance``, and other values as they are."""
    return getattr(value, "covariance", value)


def as_matrix(cov: Array, dim: int) -> Array:
    """Return a covariance that is given as a number, as its diagonal, or whole."""
    if np.ndim(cov) < 2:
        return np.eye(dim) * cov
    return cov


def dim_of(mean: Array | None, cov: Array) -> int:
    """Return the number of entries of a vector."""
    if mean is not None:
        return int(np.size(mean))
    return 1 if np.ndim(cov) == 0 else int(np.shape(cov)[0])
