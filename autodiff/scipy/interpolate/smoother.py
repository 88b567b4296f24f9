"""The values of a smoothing spline at its points, which are linear in those that it smooths."""

from __future__ import annotations

import numpy as np

from autodiff.core.typing import Array
from autodiff.scipy.linalg.banded import solve_banded

__all__ = ["smoothed"]


def smoothed(x: Array, y: Array, spread: Array, lam: Array) -> Array:
    """Return ``y - lam W⁻¹ Q γ``, where ``(R + lam Qᵀ W⁻¹ Q) γ = Qᵀ y``.

    Args:
        x: the points, ascending.
        y: the values, a column for each spline.
        spread: 1 / w.
        lam: how much the curvature counts.
    """
    h = np.diff(x)
    left, right = 1 / h[:-1], 1 / h[1:]
    middle = -left - right  # the three entries of each column of Q
    scale = lam * spread
    diagonal = (
        (h[:-1] + h[1:]) / 3
        + scale[:-2] * left**2 + scale[1:-1] * middle**2 + scale[2:] * right**2
    )  # fmt: skip
    beside = (
        h[1:-1] / 6 + scale[1:-2] * middle[:-1] * left[1:] + scale[2:-1] * right[:-1] * middle[1:]
    )
    beyond = scale[2:-2] * right[:-2] * left[2:]
    bands = np.stack([
        np.pad(beyond, (2, 0)), np.pad(beside, (1, 0)), diagonal,
        np.pad(beside, (0, 1)), np.pad(beyond, (0, 2)),
    ])  # fmt: skip
    curvature = np.diff(np.diff(y, axis=0) / h[:, None], axis=0)
    gamma = solve_banded((2, 2), bands, curvature)
    padded = np.pad(gamma, ((1, 1), (0, 0)))
    moved = np.diff(np.diff(padded, axis=0) / h[:, None], axis=0)
    ends = (padded[1:2] / h[:1, None], padded[-2:-1] / h[-1:, None])
    return y - scale[:, None] * np.concatenate([ends[0], moved, ends[1]])
