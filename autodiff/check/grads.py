"""check_grads: does the engine differentiate a function rightly, once, twice, three times?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autodiff.check.comparison import table_of
from autodiff.check.measurement import ENTRY_BY_ENTRY, Finding, measure, size_of_values
from autodiff.check.narrow import in_narrow_floats
from autodiff.check.numeric import widened
from autodiff.check.point import Point
from autodiff.check.projection import projected
from autodiff.check.slips import Slope, slip
from autodiff.check.trouble import trouble
from autodiff.errors import argument_names, function_place
from autodiff.transforms import Argnums, grad

__all__ = ["check_grads"]

_EXPLAINED = 3


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
      argument  index  autodiff  numeric  its error  ratio  hint
      x         [1]    ...
      x[1]: not differentiable here: a jump, ...
    """
    with np.errstate(all="ignore"):
        wide = tuple(map(widened, args))
        names = argument_names(f, range(len(args)))
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
            findings += in_narrow_floats(slope, args, point, ours, value, draw)
            if not all(finding.row.agrees for finding in findings):
                raise AssertionError(_report(f, level, findings, point))
            if level < order:
                scalar = projected(slope, wide, draw)


def _positions(argnums: Argnums | None, given: int) -> Sequence[int]:
    if argnums is None:
        return range(given)
    chosen = (argnums,) if isinstance(argnums, int) else argnums
    return [number % given for number in chosen]


def _report(f: Callable[..., Any], level: int, findings: list[Finding], point: Point) -> str:
    wrong = [finding for finding in findings if not finding.row.agrees]
    ordinal = {1: "slope", 2: "second derivative", 3: "third derivative"}
    what = ordinal.get(level, f"{level}th derivative")
    worst = sorted(wrong, key=lambda finding: -finding.row.excess)
    notes = [note for finding in worst[:_EXPLAINED] if (note := _trouble(finding, point))]
    notes = [note for note in notes if "not deterministic" in note][:1] or notes
    verb = "can't be checked" if notes else "isn't as measured"
    total = f"{len(wrong)} of {point.size}"
    if point.size > ENTRY_BY_ENTRY:
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
