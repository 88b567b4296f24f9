"""Compare slopes in float32, float16 or complex64 with those in float64.

Measurements are made in float64, where rounding is small; a rule may be wrong in narrow floats only
(a constant that widens, a test of the dtype, an overflow).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.check.comparison import compare_entries, largest_entry
from autodiff.check.measurement import Finding
from autodiff.check.numeric import OUTSIDE, Estimate
from autodiff.check.point import Point
from autodiff.check.slope_noise import noise_of_slopes
from autodiff.core.typing import Array, Function
from autodiff.transforms.pytree import flatten, flatten_result

__all__ = ["in_narrow_floats"]

_LAST_DIGITS = 16  # of the function's values, the error of terms that cancel
_WIDTHS = (2.0**-17, 2.0**-11, 2.0**-5)  # relative; of the steps to measure noise
_NOISE = 8.0  # allowed error of a difference, in standard deviations


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
    cancel is added, and where the slopes disagree, the noise of those in narrow floats.
    """
    narrow = _narrow_leaves(args, point)
    if not narrow:
        return []
    eps = max(float(np.finfo(dtype).eps) for dtype in narrow.values())
    tiny = max(float(np.finfo(dtype).tiny) for dtype in narrow.values())
    cancellation_error = _LAST_DIGITS * eps * value + tiny
    narrow_slopes = slope(*args)
    itself = Point(point.f, args, point.positions, point.arguments)
    try:
        nearby = [slope(*point.nearby(eps, draw)) for _ in range(2)]
        nearby_itself = [slope(*itself.nearby(2 * eps, draw)) for _ in range(3)]
    except OUTSIDE:  # at the border of the domain
        return []
    wholes, computed = (flatten_result(x, "slope")[0] for x in (list(ours), narrow_slopes))
    errors = [
        2 * (one + other) + cancellation_error
        for one, other in zip(_apart(wholes, nearby), _apart(computed, nearby_itself), strict=True)
    ]
    findings = _compared(ours, narrow_slopes, errors, narrow, point)
    if all(finding.row.agrees for finding in findings):
        return findings
    noise = noise_of_slopes(slope, itself, _WIDTHS, computed, draw)
    errors = [error + _NOISE * largest_entry(one) for error, one in zip(errors, noise, strict=True)]
    return _compared(ours, narrow_slopes, errors, narrow, point)


def _apart(here: list[Array], nearby: list[Any]) -> list[Array]:
    """Return the largest distance of each entry from those nearby."""
    others = [flatten_result(tree, "slope")[0] for tree in nearby]
    return [
        np.max([np.abs(other - leaf) for other in those], axis=0)
        for leaf, *those in zip(here, *others, strict=True)
    ]


def _compared(
    ours: Sequence[Any],
    narrow_slopes: Sequence[Any],
    errors: list[Array],
    narrow: dict[str, np.dtype[Any]],
    point: Point,
) -> list[Finding]:
    """Compare the slopes in narrow floats with ours, which are right up to the errors."""
    findings: list[Finding] = []
    for right, computed, name in zip(ours, narrow_slopes, point.arguments, strict=True):
        leaves, _, rebuild = flatten_result(right, name)
        own, errors = errors[: len(leaves)], errors[len(leaves) :]
        rows = compare_entries(computed, Estimate(right, rebuild(own)), name, value=0.0)
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
