"""Masks: what ``where=`` accepts."""

from __future__ import annotations

import numpy as np

from autodiff.core.errors import user_line
from autodiff.core.typing import Array

__all__ = ["check_mask"]


def check_mask(where: Array) -> None:
    """Raise a TypeError where ``where=`` is an array of other values than bools, as NumPy does.

    Numbers and lists count as their truth there.
    """
    kind = getattr(getattr(where, "dtype", None), "kind", "b")
    is_array = isinstance(where, np.ndarray) or np.ndim(where) > 0  # a 0-d Tensor is a number
    if kind != "b" and is_array:
        raise TypeError(
            f"expected an array of bools as where=, got {where.dtype} of shape {np.shape(where)} "
            f"at {user_line()}. Compare it, where=weights != 0, or multiply by weights."
        )
