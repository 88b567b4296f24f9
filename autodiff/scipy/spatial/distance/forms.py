"""Distance matrices in their two forms: a symmetric matrix, and a vector of its upper triangle."""

from __future__ import annotations

from scipy.spatial import distance

from autodiff.core.lift import as_operand
from autodiff.core.tensor import plain
from autodiff.core.typing import Array
from autodiff.rules.composite import composite
from autodiff.scipy.linalg.placement import placed

__all__ = ["squareform"]


@composite(distance.squareform, exact=True)
def squareform(X: Array, force: str = "no", checks: bool = True) -> Array:
    """Return the symmetric matrix of a vector of distances, or the vector of a matrix."""
    X = as_operand(X)
    if checks and X.ndim == 2:
        distance.squareform(plain(X), force, checks)
    found = placed(lambda X: distance.squareform(X, force, checks=False), X)
    return found if found.dtype == X.dtype else found.astype(X.dtype)  # another byte order
