"""Bases of logarithms."""

from __future__ import annotations

import math

from autodiff.core.errors import user_line

__all__ = ["log_of_base"]


def log_of_base(base: float) -> float:
    """Return the natural logarithm of a base.

    Raises:
        ValueError: the base isn't positive.
    """
    if not base > 0:
        raise ValueError(f"expected a positive base, got {base} at {user_line()}. Pass 2 for bits.")
    return math.log(base)
