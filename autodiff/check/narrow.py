"""Compare slopes in float32, float16 or complex64 with those in float64.

Measurements are made in float64, where rounding is small; a rule may be wrong in narrow floats only
(a constant that widens, a test of the dtype, an overflow).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.check.comparison import compare_entries
from autodiff.check.measurement import Finding
from autodiff.check.numeric import OUTSIDE, Estimate
from autodiff.check.point import Point
from autodiff.core.typing import Function
from autodiff.transforms.pytree import flatten, flatten_result

__all__ = ["in_narrow_floats"]

_LAST_DIGITS = 16  # of the function's values, the error of terms that cancel


def in_narrow_floats(
    slope: Function,
    args: tuple[Any, ...],
    point: Point,
    ours: Sequence[Any],
    value: float,
    draw: np.random.Generator,
) -> list[Finding]:
    """Compare the slopes in float32, float16 or complex64 with those in float64.

    The allowed error is measured, too: it is the change of the slopes when every entry of the
    arguments changes by its last digit, in float64 and in narrow floats. An error of terms that
    cancel is added.
    """
    narrow = _narrow_leaves(args, point)
    if not narrow:
        return []
    eps = max(float(np.finfo(dtype).eps) for dtype in narrow.values())
    tiny = max(float(np.finfo(dtype).tiny) for dtype in narrow.values())
    cancellation_error = _LAST_DIGITS * eps * value + tiny
    findings = []
    narrow_slopes = slope(*args)
    itself = Point(point.f, args, point.positions, point.arguments)
    try:
        nearby = [slope(*point.nearby(eps, draw)) for _ in range(2)]
        nearby_itself = [slope(*itself.nearby(2 * eps, draw)) for _ in range(3)]
    except OUTSIDE:  # at the border of the domain
        return []
    for number, name in enumerate(point.arguments):
        right, _, rebuild = flatten_result(ours[number], name)
        computed, _, _ = flatten_result(narrow_slopes[number], name)
        noisy = [flatten_result(tree[number], name)[0] for tree in nearby_itself]
        noise = [
            np.max([np.abs(o - leaf) for o in other], axis=0)
            for leaf, *other in zip(computed, *noisy, strict=True)
        ]
        others = [flatten_result(tree[number], name)[0] for tree in nearby]
        errors = [
            2 * (np.max([np.abs(o - leaf) for o in other], axis=0) + own) + cancellation_error
            for leaf, own, *other in zip(right, noise, *others, strict=True)
        ]
        estimate = Estimate(rebuild(right), rebuild(errors))
        rows = compare_entries(narrow_slopes[number], estimate, name, value=0.0)
        findings += [
            Finding(row._replace(name=f"{row.name} in {narrow[row.name]}", scale=np.inf))
            for row in rows
            if row.name in narrow
        ]
    return findings


def _narrow_leaves(args: tuple[Any, ...], point: Point) -> dict[str, np.dtype[Any]]:
    """Return the dtypes of the arrays of narrower floats than float64, by name."""
    found = {}
    for position, name in zip(point.positions, point.arguments, strict=True):
        leaves, labels, _ = flatten(args[position], name)
        for leaf, label in zip(leaves, labels, strict=True):
            dtype = np.asarray(leaf).dtype
            if dtype.kind in "fc" and np.finfo(dtype).eps > np.finfo(float).eps:
                found[label] = dtype
    return found
