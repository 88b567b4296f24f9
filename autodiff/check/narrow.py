"""Slopes in float32, float16 or complex64, held against those in float64.

Measurements are made in float64, where rounding hides little; a rule may be wrong in narrow floats
only (a constant that widens, a test of the dtype, an overflow).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autodiff.check.comparison import compared
from autodiff.check.measurement import Finding
from autodiff.check.numeric import Estimate
from autodiff.check.point import Point
from autodiff.pytree import flatten

__all__ = ["in_narrow_floats"]

_LAST_DIGITS = 16  # of the function's values, which terms that cancel leave behind


def in_narrow_floats(
    slope: Callable[..., Any],
    args: tuple[Any, ...],
    point: Point,
    ours: Sequence[Any],
    value: float,
    draw: np.random.Generator,
) -> list[Finding]:
    """Compare the slopes in float32, float16 or complex64 with those in float64.

    What they may be off by is measured too: the slopes move that far when every entry of the
    arguments moves by its last digit, in float64 and in narrow floats themselves. Terms that cancel
    leave some last digits of theirs behind.
    """
    narrow = _narrow_leaves(args, point)
    if not narrow:
        return []
    eps = max(float(np.finfo(dtype).eps) for dtype in narrow.values())
    tiny = max(float(np.finfo(dtype).tiny) for dtype in narrow.values())
    left_behind = _LAST_DIGITS * eps * value + tiny
    nearby = [slope(*point.nearby(eps, draw)) for _ in range(2)]
    findings = []
    given = slope(*args)
    itself = Point(point.f, args, point.positions, point.arguments)
    nearby_itself = [slope(*itself.nearby(2 * eps, draw)) for _ in range(3)]
    for number, name in enumerate(point.arguments):
        right, _, rebuild = flatten(ours[number], name)
        computed, _, _ = flatten(given[number], name)
        noisy = [flatten(tree[number], name)[0] for tree in nearby_itself]
        noise = [
            np.max([np.abs(o - leaf) for o in other], axis=0)
            for leaf, *other in zip(computed, *noisy, strict=True)
        ]
        others = [flatten(tree[number], name)[0] for tree in nearby]
        errors = [
            2 * np.max([np.abs(o - leaf) for o in other], axis=0) + own + left_behind
            for leaf, own, *other in zip(right, noise, *others, strict=True)
        ]
        rows = compared(given[number], Estimate(rebuild(right), rebuild(errors)), name)
        findings += [
            Finding(row._replace(name=f"{row.name} in {narrow[row.name]}", scale=np.inf))
            for row in rows
            if row.name in narrow
        ]
    return findings


def _narrow_leaves(args: tuple[Any, ...], point: Point) -> dict[str, np.dtype[Any]]:
    """Find the arrays of floats with fewer digits than float64 has, by their names."""
    found = {}
    for position, name in zip(point.positions, point.arguments, strict=True):
        leaves, labels, _ = flatten(args[position], name)
        for leaf, label in zip(leaves, labels, strict=True):
            dtype = np.asarray(leaf).dtype
            if dtype.kind in "fc" and np.finfo(dtype).eps > np.finfo(float).eps:
                found[label] = dtype
    return found
