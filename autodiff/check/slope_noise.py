"""Estimate the noise of slopes, as that of functions: see ``noise.py``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.check.noise import SAMPLES, noise_in, on_both_sides
from autodiff.check.numeric import OUTSIDE
from autodiff.check.point import Point
from autodiff.core.typing import Array, Function
from autodiff.transforms.pytree import flatten_result

__all__ = ["noise_of_slopes", "slopes_at"]


def noise_of_slopes(
    slope: Function,
    point: Point,
    widths: Sequence[float],
    here: list[Array],
    draw: np.random.Generator,
) -> list[Array]:
    """Estimate the noise of the slopes around a point, one array per leaf.

    Args:
        slope: the function that computes them.
        point: the point.
        widths: of the steps between which they are compared, relative to the arguments.
        here: the slopes at the point, for points nearby where there are none.
        draw: of the direction of the steps.
    """
    direction = [draw.choice((-1.0, 1.0), leaf.shape) for leaf in point.leaves]
    found = [np.zeros(leaf.shape) for leaf in point.leaves]
    for width in widths:
        steps = [k * width for k in range(-SAMPLES, SAMPLES + 1) if k]
        moved_by = [point.moved_by([1 + step * d for d in direction]) for step in steps]
        samples = [here if (s := slopes_at(slope, args)) is None else s for args in moved_by]
        noise = [_noise_of_entries(np.stack(leaf)) for leaf in zip(*samples, strict=True)]
        found = list(map(np.maximum, found, noise))
    return found


def _noise_of_entries(samples: Array) -> Array:
    """Estimate the noise of each entry, from samples along the first axis."""
    columns = samples.reshape(len(samples), -1).T
    parts = [columns.real, columns.imag] if np.iscomplexobj(columns) else [columns]
    noise = [
        max(on_both_sides(np.split(part[i], 2), noise_in) for part in parts)
        for i in range(len(columns))
    ]
    return np.reshape(noise, samples.shape[1:])


def slopes_at(slope: Function, args: Sequence[Any]) -> list[Array] | None:
    """Return all slopes, or None if f raises outside of its domain."""
    try:
        return [np.asarray(leaf) for leaf in flatten_result(slope(*args), "slope")[0]]
    except OUTSIDE:
        return None
