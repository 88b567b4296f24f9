"""Check that rules are linear in the cotangent: one without ``g`` is right only where it is 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.check.comparison import compare_entries
from autodiff.check.measurement import Finding
from autodiff.check.numeric import Estimate
from autodiff.check.point import Point
from autodiff.core.typing import Array, Function
from autodiff.transforms.gradients import grad
from autodiff.transforms.pytree import map_leaves

__all__ = ["COTANGENT", "scale_cotangent"]

COTANGENT = -0.5  # a power of 2 scales every term exactly


def scale_cotangent(
    scalar: Function, point: Point, ours: Sequence[Any], value: float
) -> list[Finding]:
    """Compare the slopes of a multiple of a function with that multiple of its slopes."""
    multiple = grad(lambda *args: scalar(*args) * COTANGENT, point.positions)(*point.args)
    findings = []
    for slope, other, name in zip(ours, multiple, point.arguments, strict=True):
        rescaled = map_leaves(_rescaled, other, name, lists_are_arrays=False)
        error = map_leaves(_zeros, slope, name, lists_are_arrays=False)
        rows = compare_entries(rescaled, Estimate(slope, error), name, value)
        findings += [Finding(row) for row in rows if not _are_nan(row.ours, row.numeric)]
    return findings


def _are_nan(*slopes: Array) -> bool:
    return bool(np.all(np.isnan(slopes)))


def _rescaled(leaf: Array, name: str) -> Array:
    del name
    return leaf / COTANGENT


def _zeros(leaf: Array, name: str) -> Array:
    del name
    return np.zeros(np.shape(leaf))
