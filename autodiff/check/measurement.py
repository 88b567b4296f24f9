"""Compare slopes with measured ones: every entry, or along a few random directions."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from autodiff.check.comparison import VANISHING, Comparison, cancellation_error, compare_entries
from autodiff.check.finite_differences import Line
from autodiff.check.numeric import OUTSIDE, Estimate, complex_step, numerical_slope
from autodiff.check.point import Point, along
from autodiff.core.typing import Array
from autodiff.transforms.pytree import flatten_result

__all__ = ["ENTRY_BY_ENTRY", "Finding", "measure", "size_of_values"]

ENTRY_BY_ENTRY = 100  # up to so many entries are measured one by one; more, along directions
_DIRECTIONS = 4
_SLACK = 2e-10  # of the slopes' norm
_LAST_DIGITS = 256  # of the entries
_SAMPLE = 12  # entries measured besides the worst one
_ALIKE, _ROUNDING = 1e-12, 1e-15  # of the complex step, relative
_NOT_COMPLEX = (
    *OUTSIDE, TypeError, RuntimeError, UserWarning, np.exceptions.ComplexWarning,
    SystemError, AttributeError,  # of compiled code that goes on after one of these
)  # fmt: skip


class Finding(NamedTuple):
    """A comparison, the lines along which it was measured, and its entry.

    The entry is None for random directions and for slopes in narrow floats.
    """

    row: Comparison
    lines: tuple[Line, ...] = ()
    entry: int | None = None
    direction: Sequence[Array] | None = None


def measure(
    point: Point, ours: Sequence[Any], value: float, draw: np.random.Generator
) -> list[Finding]:
    """Compare slopes, one per chosen argument, with measured ones: all, or along directions.

    ``value`` is the size of the function's values, whose last digits limit the accuracy.
    """
    if point.size > ENTRY_BY_ENTRY:
        return _along_directions(point, flatten_result(ours, "slope")[0], value, draw)
    rows: list[Comparison] = []
    for position, slope, name in zip(point.positions, ours, point.arguments, strict=True):
        measured = numerical_slope(point.f, *point.args, argnum=position)
        measured = _refined(measured, point, position, value)
        rows += compare_entries(slope, measured, name, value)
    return [Finding(row, point.axes(entry), entry) for entry, row in enumerate(rows)]


def size_of_values(point: Point, draw: np.random.Generator) -> float:
    """Return the size of the values of f around the point, a scale for slopes of zero."""
    f_at = point.line(point.random_direction(draw))
    values = [abs(float(f_at(step))) for step in (-0.0625, 0.0, 0.0625)]
    return max(filter(np.isfinite, values), default=0.0)


def _refined(measured: Estimate, point: Point, position: int, value: float) -> Estimate:
    """Refine a measurement by the complex step, wherever the two agree.

    Elsewhere f isn't holomorphic (abs, max, a comparison), and the complex step doesn't apply.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", np.exceptions.ComplexWarning)  # of parts that are lost
            exact = complex_step(point.f, *point.args, argnum=position)
    except _NOT_COMPLEX:
        return measured
    slopes, _, rebuild = flatten_result(measured.slope, "slope")
    errors, witnesses = (flatten_result(tree, "slope")[0] for tree in (measured.error, exact))
    for i, (slope, error, witness) in enumerate(zip(slopes, errors, witnesses, strict=True)):
        confirms = np.abs(witness - slope) <= 4 * np.asarray(error) + _ALIKE * np.abs(slope)
        slopes[i] = np.where(confirms, witness, slope)[()]
        rounding = _ROUNDING * np.maximum(np.abs(slope), value)
        errors[i] = np.where(confirms, np.minimum(error, rounding), error)[()]
    return Estimate(rebuild(slopes), rebuild(errors))


def _along_directions(
    point: Point, ours: list[Array], value: float, draw: np.random.Generator
) -> list[Finding]:
    """Compare along random directions; if one disagrees, compare its worst and a few more entries.

    The allowed rounding is that of one entry, times the root of their number.
    """
    size = float(np.sqrt(sum(np.sum(np.abs(leaf) ** 2) for leaf in ours)))
    largest = max(float(np.max(np.abs(leaf), initial=0.0)) for leaf in point.leaves)
    slack = _SLACK + _LAST_DIGITS * float(np.finfo(float).eps) * largest  # moved by a rounded step
    findings = []
    for number in range(_DIRECTIONS):
        direction = point.random_direction(draw)
        numeric, error = point.measured(direction)
        row = Comparison(
            name=f"random direction {number}",
            place=(),
            ours=along(ours, direction),
            numeric=numeric,
            error=error,
            allowed=4 * error + slack * size + cancellation_error(value) + VANISHING,
            scale=max(size, abs(value)),
        )
        if row.agrees:
            findings.append(Finding(row, (point.line(direction),), direction=direction))
            continue
        entries = {point.worst_entry(direction, ours), *draw.integers(0, point.size, _SAMPLE)}
        single = [_entry(point, ours, int(entry), value) for entry in entries]
        found = [finding for finding in single if not finding.row.agrees]
        whole = Finding(row, (point.line(direction),), direction=direction)
        return [*found, *findings] if found else [whole]
    return findings


def _entry(point: Point, ours: list[Array], entry: int, value: float) -> Finding:
    number, place = point.where(entry)
    measured = Estimate(*point.measured_entry(entry))
    row = compare_entries(ours[number][place], measured, point.names[number], value)[0]
    return Finding(row._replace(place=place), point.axes(entry), entry)
