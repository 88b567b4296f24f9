"""Checks of traced numbers that are part of the graph, so that ``jit`` repeats them."""

from __future__ import annotations

import numpy as np

from autodiff.core.primitive import derivative, primitive
from autodiff.core.typing import Array

__all__ = ["checked"]


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
