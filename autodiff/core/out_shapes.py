"""The shape of ``out=`` of a universal function: operands are broadcast to it, too."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.registry import handler

__all__ = ["as_wide_as"]


def as_wide_as(result: Any, out: tuple[Any, ...]) -> Any:
    """Return a result, or several, broadcast to the shape of ``out=``.

    One that has another shape is returned as it is, and refused where it is written.
    """
    results = result if isinstance(result, tuple) else (result,)
    own, shapes = np.shape(results[0]), {np.shape(x) for x in out if x is not None}
    shape = max(shapes, key=len, default=own)
    if own == shape or not _is_wider(shape, own):
        return result
    wide = tuple(handler(np.broadcast_to)(part, shape) for part in results)
    return wide if isinstance(result, tuple) else wide[0]


def _is_wider(shape: tuple[int, ...], own: tuple[int, ...]) -> bool:
    """Return whether an array of a shape broadcasts to another."""
    pairs = zip(reversed(own), reversed(shape), strict=False)
    return len(own) <= len(shape) and all(n in (1, m) for n, m in pairs)
