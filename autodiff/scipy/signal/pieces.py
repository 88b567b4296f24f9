"""Pieces of a signal that overlap: to cut them, and its transpose, to add them up."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from autodiff.core.primitive import derivative, primitive
from autodiff.core.typing import Array
from autodiff.scipy.borders import extended

__all__ = ["cut", "overlapped"]


@primitive
def cut(x: Array, *, length: int, step: int) -> Array:
    """Return the pieces of a signal along its last axis, one at each multiple of ``step``.

    Returns:
        an array of shape (…, pieces, length).
    """
    return sliding_window_view(x, length, axis=-1)[..., ::step, :].copy()


@primitive
def overlapped(pieces: Array, *, step: int) -> Array:
    """Return the sum of pieces, each of them moved by ``step`` more than the one before."""
    count, length = pieces.shape[-2:]
    total = np.zeros((*pieces.shape[:-2], length + (count - 1) * step), pieces.dtype)
    for number in range(count):
        total[..., number * step : number * step + length] += pieces[..., number, :]
    return total


def _cut_slope(g: Array, z: Array, x: Array, *, length: int, step: int) -> Array:
    del z, length
    covered = overlapped(g, step=step)
    widths = [(0, whole - own) for whole, own in zip(x.shape, covered.shape, strict=True)]
    return extended(covered, widths=widths, mode="constant")


derivative(cut, x=_cut_slope)
derivative(
    overlapped,
    pieces=lambda g, z, pieces, *, step: cut(g, length=pieces.shape[-1], step=step),
)
