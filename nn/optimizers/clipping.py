"""Gradient clipping: limits the size of gradients, and so that of the steps.

Pascanu, Mikolov and Bengio 2013, algorithm 1. All functions change the gradients in place.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class Clips(Protocol):
    """The limits of an optimizer, at most one of which is a number, and the slices of variables."""

    clipnorm: float | None
    clipvalue: float | None
    global_clipnorm: float | None

    @property
    def segments(self) -> tuple[slice, ...]:
        """The slice of the parameters of each variable."""


def clip(clips: Clips, gradients: NDArray[Any]) -> None:
    """Apply the limit that is set, if one is."""
    if clips.clipnorm is not None:
        clip_by_norm(gradients, clips.segments, clips.clipnorm)
    elif clips.clipvalue is not None:
        clip_by_value(gradients, clips.clipvalue)
    elif clips.global_clipnorm is not None:
        clip_by_global_norm(gradients, clips.global_clipnorm)


def clip_by_norm(gradients: NDArray[Any], segments: Sequence[slice], limit: float) -> None:
    """Scale the gradient of each variable to have a 2-norm of at most ``limit``.

    >>> slopes = np.array([3.0, 4.0, 0.5])
    >>> clip_by_norm(slopes, [slice(0, 2), slice(2, 3)], 1.0)
    >>> slopes
    array([0.6, 0.8, 0.5])
    """
    for segment in segments:
        gradient = gradients[segment]
        norm = _norm(gradient)
        if not norm <= limit:  # so that NaN is scaled too, and stays NaN
            gradient *= limit / norm


def clip_by_global_norm(gradients: NDArray[Any], limit: float) -> None:
    """Scale the gradient of all variables together to have a 2-norm of at most ``limit``.

    If the norm isn't finite, all entries become NaN, so that the error is noticed.
    """
    norm = _norm(gradients)
    if not norm <= limit:
        gradients *= limit / norm if math.isfinite(norm) else math.nan


def clip_by_value(gradients: NDArray[Any], limit: float) -> None:
    """Clip each entry to the range from ``-limit`` to ``limit``."""
    np.clip(gradients, -limit, limit, out=gradients)


def _norm(gradient: NDArray[Any]) -> float:
    return math.sqrt(np.dot(gradient, gradient))
