"""check_grads: does the engine differentiate a function rightly, once, twice, three times?"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from autodiff.check.comparison import Comparison, compared, table_of
from autodiff.check.numeric import Estimate, complex_step, numerical_slope, widened
from autodiff.check.point import Point, along
from autodiff.check.projection import projected
from autodiff.check.richardson import Line
from autodiff.check.slips import Slope, slip
from autodiff.check.trouble import trouble
from autodiff.errors import function_place
from autodiff.pytree import flatten
from autodiff.transforms import Argnums, grad

__all__ = ["Finding", "argument_names", "check_grads", "measure", "size_of_values"]

_ENTRY_BY_ENTRY = 100  # above, random directions are looked at
_DIRECTIONS = 4
_SAMPLE = 12  # entries looked at beside the worst one
_EXPLAINED = 3
_LAST_DIGITS = 16
_ALIKE, _ROUNDING = 1e-12, 1e-15  # of the complex step, relative
_NOT_COMPLEX = (TypeError, ValueError, NotImplementedError, np.exceptions.ComplexWarning)


class Finding(NamedTuple):
    """A comparison, the lines along which it was measured, and which entry of all it is.

    A random direction is no entry, nor is a slope in narrow floats: None.
    """

    row: Comparison
    lines: tuple[Line, ...] = ()
    entry: int | None = None


def check_grads(
    f: Callable[..., Any],
    *args: Any,
    order: int = 2,
    argnums: Argnums | None = None,
    seed: int = 0,
) -> None:
    """Hold the engine's slopes of f against measured ones.

    Every entry is measured by central differences that carry their own error estimate, and by the
    complex step where f takes complex numbers; more than a hundred entries along a few random
    directions. Each higher order is the same check of the gradient itself, as a function of the
    same arguments. Where an argument is float32, say, the slopes in float32 are compared as well.

    Args:
        f: answers a number, an array or a structure of them; more than one number are summed with
            random weights.
        args: where to check: a point where f is smooth. At a kink there is no slope to check.
        order: how many times to differentiate.
        argnums: with respect to which arguments; by default all.
        seed: of the random weights and directions.

    Raises:
        AssertionError: they disagree by more than the measurement's own error, or there is nothing
            to measure: with a table, and with what is the matter where that can be found out.

    >>> import numpy as np, autodiff as ad
    >>> ad.check_grads(np.tanh, np.array([0.5, -1.0]))
    >>> ad.check_grads(np.abs, np.array([0.5, 0.0]))
    Traceback (most recent call last):
    AssertionError: absolute: the second derivative can't be checked in 1 of 2 entries.
      argument    index  autodiff  numeric  its error  ratio  hint
      argument 0  [1]    ...
      argument 0[1]: not differentiable here: a jump, ...
    """
    with np.errstate(all="ignore"):
        wide = tuple(map(widened, args))
        names = argument_names(f, len(args))
        positions = _positions(argnums, len(args))
        draw = np.random.default_rng(seed)
        scalar = projected(f, wide, draw)
        value = 0.0
        for level in range(1, order + 1):
            slope = grad(scalar, positions)
            point = Point(scalar, wide, positions, [names[p] for p in positions])
            ours = slope(*wide)
            value = max(value, size_of_values(point, draw))
            findings = measure(point, ours, value, draw)
            findings += _in_narrow_floats(slope, args, point, ours, value, draw)
            if not all(finding.row.agrees for finding in findings):
                raise AssertionError(_report(f, level, findings, point))
            if level < order:
                scalar = projected(slope, wide, draw)


def measure(
    point: Point, ours: Sequence[Any], value: float, draw: np.random.Generator
) -> list[Finding]:
    """Compare slopes, one per chosen argument, with measured ones: all, or along directions.

    ``value`` is how large the function is, whose last digits limit what can be known of its slope.
    """
    if point.size > _ENTRY_BY_ENTRY:
        return _along_directions(point, flatten(ours, "slope")[0], value, draw)
    rows: list[Comparison] = []
    for position, slope, name in zip(point.positions, ours, point.arguments, strict=True):
        measured = numerical_slope(point.f, *point.args, argnum=position)
        measured = _confirmed(measured, point, position, value)
        rows += compared(slope, measured, name, value)
    return [Finding(row, point.axes(entry), entry) for entry, row in enumerate(rows)]


def size_of_values(point: Point, draw: np.random.Generator) -> float:
    """Say how large the values of f are around the point: what a slope of zero is small against."""
    f_at = point.line(point.random_direction(draw))
    values = [abs(float(f_at(step))) for step in (-0.0625, 0.0, 0.0625)]
    return max(filter(np.isfinite, values), default=0.0)


def argument_names(f: Callable[..., Any], count: int) -> list[str]:
    """Name a function's positional arguments as its author did."""
    code = getattr(f, "__code__", None)
    names: Sequence[str] = getattr(f, "inputs", ())
    if code is not None:
        names = code.co_varnames[inspect.ismethod(f) : code.co_argcount]
    return [*names[:count], *(f"argument {i}" for i in range(len(names), count))]


def _positions(argnums: Argnums | None, given: int) -> Sequence[int]:
    if argnums is None:
        return range(given)
    chosen = (argnums,) if isinstance(argnums, int) else argnums
    return [number % given for number in chosen]


def _confirmed(measured: Estimate, point: Point, position: int, value: float) -> Estimate:
    """Let the complex step sharpen a measurement, wherever it confirms it.

    Where it doesn't, f isn't holomorphic (abs, max, a comparison), and complex numbers mean
    something else to it.
    """
    try:
        exact = complex_step(point.f, *point.args, argnum=position)
    except _NOT_COMPLEX:
        return measured
    slopes, _, rebuild = flatten(measured.slope, "slope")
    errors, witnesses = (flatten(tree, "slope")[0] for tree in (measured.error, exact))
    for i, (slope, error, witness) in enumerate(zip(slopes, errors, witnesses, strict=True)):
        confirms = np.abs(witness - slope) <= 4 * np.asarray(error) + _ALIKE * np.abs(slope)
        slopes[i] = np.where(confirms, witness, slope)[()]
        rounding = _ROUNDING * np.maximum(np.abs(slope), value)
        errors[i] = np.where(confirms, np.minimum(error, rounding), error)[()]
    return Estimate(rebuild(slopes), rebuild(errors))


def _along_directions(
    point: Point, ours: list[Any], value: float, draw: np.random.Generator
) -> list[Finding]:
    """Compare along random directions; where one disagrees, find the worst entry, and look around.

    Rounding is allowed for as for one entry, times the root of their number.
    """
    size = float(np.sqrt(sum(np.sum(np.abs(leaf) ** 2) for leaf in ours)))
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
            allowed=4 * error + float(np.finfo(float).eps) ** (2 / 3) * size,
            scale=max(size, abs(value)),
        )
        if row.agrees:
            findings.append(Finding(row, (point.line(direction),)))
            continue
        entries = {point.worst_entry(direction, ours), *draw.integers(0, point.size, _SAMPLE)}
        single = [_entry(point, ours, int(entry), value) for entry in entries]
        found = [finding for finding in single if not finding.row.agrees]
        return [*found, *findings] if found else [Finding(row, (point.line(direction),))]
    return findings


def _entry(point: Point, ours: list[Any], entry: int, value: float) -> Finding:
    number, place = point.where(entry)
    measured = Estimate(*point.measured_entry(entry))
    row = compared(ours[number][place], measured, point.names[number], value)[0]
    return Finding(row._replace(place=place), point.axes(entry), entry)


def _in_narrow_floats(
    slope: Callable[..., Any],
    args: tuple[Any, ...],
    point: Point,
    ours: Sequence[Any],
    value: float,
    draw: np.random.Generator,
) -> list[Finding]:
    """Compare the slopes in float32, float16 or complex64 with those in float64.

    What they may be off by is measured too: the slopes move that far when every entry of the
    arguments moves by its last digit. Terms that cancel leave some last digits of theirs behind.
    """
    narrow = _narrow_leaves(args, point)
    if not narrow:
        return []
    eps = max(float(np.finfo(dtype).eps) for dtype in narrow.values())
    left_behind = _LAST_DIGITS * eps * value
    nearby = [slope(*point.nearby(eps, draw)) for _ in range(2)]
    findings = []
    given = slope(*args)
    for number, name in enumerate(point.arguments):
        right, _, rebuild = flatten(ours[number], name)
        others = [flatten(tree[number], name)[0] for tree in nearby]
        errors = [
            2 * np.max([np.abs(o - leaf) for o in other], axis=0) + left_behind
            for leaf, *other in zip(right, *others, strict=True)
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


def _report(f: Callable[..., Any], level: int, findings: list[Finding], point: Point) -> str:
    wrong = [finding for finding in findings if not finding.row.agrees]
    ordinal = {1: "slope", 2: "second derivative", 3: "third derivative"}
    what = ordinal.get(level, f"{level}th derivative")
    worst = sorted(wrong, key=lambda finding: -finding.row.excess)
    notes = [note for finding in worst[:_EXPLAINED] if (note := _trouble(finding, point))]
    notes = [note for note in notes if "not deterministic" in note][:1] or notes
    verb = "can't be checked" if notes else "isn't as measured"
    total = f"{len(wrong)} of {point.size}"
    if point.size > _ENTRY_BY_ENTRY:
        total = f"{len(wrong)} or more of {point.size}"
    lines = [
        f"{function_place(getattr(f, 'function', f))}: the {what} {verb} in {total} entries.",
        table_of([finding.row for finding in worst]),
        *(f"  {note}" for note in (notes or _slips(findings, point))),
    ]
    return "\n".join(lines)


def _trouble(finding: Finding, point: Point) -> str:
    """Say what keeps the entry from having a slope at all."""
    if finding.entry is not None:
        number, place = point.where(finding.entry)
        if not np.isfinite(entry := point.leaves[number][place]):
            return f"{finding.row.label}: it is {entry} itself, and can't be moved"
    for line, part in zip(finding.lines, (np.real, np.imag), strict=False):
        found = trouble(line, part(finding.row.ours))
        if found:
            return f"{finding.row.label}: {found}"
    return ""


def _slips(findings: list[Finding], point: Point) -> list[str]:
    """Name what would make the slope of each argument right."""
    said = []
    for name, leaf in zip(point.names, point.leaves, strict=True):
        rows = [finding.row for finding in findings if finding.row.name == name]
        if len(rows) != leaf.size or len(rows) < 2:
            continue  # one entry's hint is in the table
        ours, numeric, error = (
            np.array([getattr(row, column) for row in rows]).reshape(leaf.shape)
            for column in ("ours", "numeric", "error")
        )
        part = Slope(name, ours, numeric, numeric, error)
        if np.all(np.isfinite(numeric)) and not part.is_right(ours) and (found := slip([part])):
            said.append(f"the slope of {name}: {found}")
    return said
