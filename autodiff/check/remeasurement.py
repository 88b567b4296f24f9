"""A second, slower measurement of the entries whose slope seems wrong.

The first measurement starts with wide steps and assumes that the function is accurate to its last
digits. The second estimates the noise in the function's values, and takes all steps from wide to
the narrowest, since a pole, a kink or the border of the domain may be near. The rounding error of
the slope itself is measured, too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from autodiff.check.comparison import largest_entry
from autodiff.check.finite_differences import Line, doubts, tableau_row
from autodiff.check.measurement import Finding
from autodiff.check.noise import noise_of
from autodiff.check.point import Point, along
from autodiff.check.slope_noise import noise_of_slopes, slopes_at
from autodiff.core.graph import Node
from autodiff.core.observer import Observer, observing
from autodiff.core.tensor import peek
from autodiff.core.typing import Array, Function

__all__ = ["Remeasured", "remeasure"]

_WIDEST = 0.9 * 2.0**-4  # no power of 2, of which rounding errors would be alike
_COLUMNS = 6
_NARROWEST, _NARROWEST_AT_0 = 64, 2.0**-60  # last digits of the moved entry; step where it is 0
_NOISE = 8.0  # allowed error of a difference, in standard deviations
_SURE, _APART = 1e-3, 3.0  # relative; of two errors
_NEARBY = 3
_WIDTHS = (2.0**-46, 2.0**-40, 2.0**-34, 2.0**-28)  # relative
_SHARE = 2.0**-54  # of a value, the standard deviation of its rounding error
_LAST_DIGITS = 4  # by which the arguments are moved, to measure the rounding of our slopes


class Remeasured(NamedTuple):
    """A repeated comparison.

    Attributes:
        finding: the new comparison.
        noise: the standard deviation of the noise in the function's values.
        nearest: the smallest step at which to evaluate the function.
    """

    finding: Finding
    noise: float = 0.0
    nearest: float = 0.0


def remeasure(
    findings: Sequence[Finding],
    point: Point,
    slope: Function,
    draw: np.random.Generator,
) -> list[Remeasured]:
    """Measure the entries of some findings again, more carefully.

    Args:
        findings: comparisons that disagree.
        point: at which the function is checked.
        slope: the function that computes the checked slopes.
        draw: of the directions in which the arguments are moved by their last digits.
    """
    here, sweep = _slopes_and_sweep(slope, point.args)
    own = _rounding_of_slopes(point, slope, draw, here, sweep.cotangent)
    least = _SHARE * sweep.product
    found = [
        [noise_of(line, _size(finding, point)) for line in finding.lines] for finding in findings
    ]
    shared = float(np.median([max(noises) for noises in found if noises] or [0.0]))
    least = max(least, shared)  # noise is that of the values: a line where it isn't seen, has it
    return [_again(*pair, point, own, least) for pair in zip(findings, found, strict=True)]


def _size(finding: Finding, point: Point) -> float:
    """Return the size of the entries that a finding's lines move."""
    if finding.entry is None:
        return 1.0
    number, place = point.where(finding.entry)
    return float(abs(point.leaves[number][place]))


def _rounding_of_slopes(
    point: Point,
    slope: Function,
    draw: np.random.Generator,
    here: list[Array] | None,
    cotangent: float,
) -> list[Array]:
    """Measure the rounding errors of our slopes, one array per leaf.

    They are at least the last digits of the largest cotangent, as cotangents may cancel. The slopes
    (``here`` at the point) are computed at arguments moved by their last digits, and by equal steps
    of a few widths, from which their noise is estimated as that of the function.
    """
    eps = _LAST_DIGITS * float(np.finfo(float).eps)
    own = [np.full(leaf.shape, eps * cotangent) for leaf in point.leaves]
    if here is None:
        return own
    for _ in range(_NEARBY):
        moved = slopes_at(slope, point.nearby(eps, draw))
        own = _largest(own, here if moved is None else moved, here)
    noise = noise_of_slopes(slope, point, _WIDTHS, here, draw)
    return [np.maximum(one, _NOISE * other) for one, other in zip(own, noise, strict=True)]


class _Sweep(NamedTuple):
    """What a backward sweep shows about rounding.

    Attributes:
        cotangent: the size of the largest cotangent; slopes that cancel are wrong in its last
            digits.
        product: the largest product of a computed value and its cotangent; multiplied by the
            relative error of the value, it is the error of the function's result.
    """

    cotangent: float
    product: float


def _slopes_and_sweep(slope: Function, args: Sequence[Any]) -> tuple[list[Array] | None, _Sweep]:
    """Return all slopes, and the sizes on the way to them."""
    sizes, products = [0.0], [0.0]

    def on_cotangent(node: Node, cotangent: Array) -> None:
        if isinstance(cotangent, tuple):  # of an operation with several results
            return
        sizes.append(largest_entry(peek(cotangent)))
        if node.inputs:
            products.append(largest_entry(peek(cotangent) * node.value))

    with observing(Observer(on_cotangent=on_cotangent)):
        found = slopes_at(slope, args)
    return found, _Sweep(max(sizes), max(products))


def _largest(own: list[Array], moved: list[Array], here: list[Array]) -> list[Array]:
    """Return the largest changes of slopes so far."""
    apart = [np.abs(one - other) for one, other in zip(moved, here, strict=True)]
    pairs = zip(own, apart, strict=True)
    return [np.maximum(one, np.where(np.isfinite(other), other, 0)) for one, other in pairs]


def _again(
    finding: Finding, noises: list[float], point: Point, rounding: list[Array], least: float
) -> Remeasured:
    row = finding.row
    if not finding.lines:  # narrow floats, which are compared with float64 instead of measured
        return Remeasured(finding)
    size, own = _size(finding, point), 0.0
    if finding.entry is not None:
        number, place = point.where(finding.entry)
        own = float(rounding[number][place])
    elif finding.direction is not None:
        own = along(rounding, [np.abs(part) for part in finding.direction])
    noises = [max(noise, least) for noise in noises]
    measured = [
        careful_slope(line, size, noise) for line, noise in zip(finding.lines, noises, strict=True)
    ]
    numeric: Array = measured[0][0]
    if len(measured) > 1:
        numeric = complex(numeric, measured[1][0])
    error = sum(doubt for _, doubt in measured) + own
    kept = row.allowed - 4 * row.error if math.isfinite(row.error) else 0.0
    again = row._replace(
        numeric=numeric,
        error=error,
        allowed=max(kept, 0.0) + 4 * error,
        scale=max(float(abs(numeric)), row.scale if math.isfinite(row.scale) else 0.0),
    )
    return Remeasured(finding._replace(row=again), max(noises), narrowest_step(size))


def careful_slope(f_at: Line, size: float, noise: float) -> tuple[float, float]:
    """Measure a slope from steps of all sizes, with an estimate of its error.

    The estimate with the smallest error counts, unless narrower steps agree on a different one:
    those resolve what is near. Small differences of accurate estimates show rounding that isn't
    noise, since it is constant over narrow steps (``1 - x * x`` for x near 1); the error covers it.
    So does any narrower estimate that contradicts the best one, which agreed with its neighbors by
    chance: the noise shrinks with the step (``sin(x) - tanh(x)`` at 0).
    """
    best, error, at = math.nan, math.inf, 0
    rows = list(_extrapolations(f_at, size, noise))
    sure = [(slope, doubt) for slope, doubt in rows if doubt <= _SURE * abs(slope)]
    for number, (slope, doubt) in enumerate(rows):
        is_sure = doubt <= _SURE * abs(slope)
        if doubt < error or (is_sure and abs(slope - best) > _SURE * abs(slope)):
            best, error, at = slope, doubt, number
    small = [gap for gap in _gaps(sure, best, error) if gap <= _SURE * abs(best)]
    return best, max([error, *small, *_gaps(rows[at + 1 :], best, error)])


def _gaps(rows: Iterable[tuple[float, float]], best: float, error: float) -> list[float]:
    """Return the differences from the best estimate that are larger than the doubts of both."""
    gaps = [(abs(slope - best), doubt) for slope, doubt in rows]
    return [gap for gap, doubt in gaps if gap > _APART * (doubt + error)]


def _extrapolations(f_at: Line, size: float, noise: float) -> Iterator[tuple[float, float]]:
    """Yield the best estimate of each row of Richardson's tableau, from wide steps to narrow ones.

    The means of both sides, extrapolated in the same way, must converge to the value at the point;
    otherwise the steps are too wide.
    """
    narrowest, step = narrowest_step(size), _WIDEST * max(1.0, size)
    here, coarser, coarser_means = float(f_at(0.0)), list[float](), list[float]()
    while step >= narrowest:
        up, down = float(f_at(step)), float(f_at(-step))
        length = (size + step) - (size - step)
        rounding = float(np.finfo(float).eps) * (abs(up) + abs(down)) + _NOISE * noise
        row = tableau_row((up - down) / length, coarser, base=4)
        means = tableau_row((up + down) / 2, coarser_means, base=4)
        found = (math.nan, math.inf)
        for slope, mean, doubt in zip(row[1:], means[1:], doubts(row, coarser), strict=True):
            off = abs(mean - here)
            doubt += (rounding + off) / length
            converges = off <= max(4 * rounding, _SURE * (abs(up - here) + abs(down - here)))
            if converges and doubt < found[1]:
                found = slope, doubt
        yield found
        is_finite = math.isfinite(row[0])
        coarser, coarser_means = (row[:_COLUMNS], means[:_COLUMNS]) if is_finite else ([], [])
        step /= 2


def narrowest_step(size: float) -> float:
    """Return the smallest step by which a number can be moved accurately."""
    return _NARROWEST * float(np.spacing(size)) if size else _NARROWEST_AT_0
