"""Checks of traced numbers that are part of the graph, so that ``jit`` repeats them."""

from __future__ import annotations

import numpy as np

from autodiff.core.primitive import derivative, primitive
from autodiff.core.typing import Array

__all__ = ["checked", "finite"]


@primitive
def checked(x: Array, is_wrong: Array, *, message: str) -> Array:
    """Return the same numbers.

    Raises:
        ValueError: a condition holds somewhere; with this message.
    """
    if np.any(is_wrong):
        raise ValueError(message)
    return np.array(x)[()]


checked.name = "check"  # in messages
derivative(checked, x=lambda g, z, x, is_wrong, *, message: g, is_wrong=None)


@primitive
def finite(x: Array) -> Array:
    """Return the same numbers.

    Raises:
        ValueError: one is NaN or infinite.
    """
    if not np.isfinite(x).all():
        raise ValueError("expected finite numbers, got NaN or infinity. Leave them out.")
    return np.array(x)[()]


finite.name = "check"
derivative(finite, x=lambda g, z, x: g)
