"""A check of widths: longdouble is refused where SciPy's universal functions compute."""

from __future__ import annotations

import numpy as np

from autodiff.core.errors import user_line
from autodiff.core.typing import Array

__all__ = ["at_most_double"]


def at_most_double(x: Array, name: str) -> Array:
    """Return an array.

    Raises:
        TypeError: it is wider than float64.
    """
    if x.dtype.kind == "f" and x.dtype.itemsize > np.dtype(np.float64).itemsize:
        raise TypeError(
            f"expected an array of float64 at most, as {name} with slopes computes, got {x.dtype} "
            f"at {user_line()}. Convert it: x.astype(float)."
        )
    return x
