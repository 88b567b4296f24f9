"""check_grads: compare the engine's derivatives of a function with measured ones."""

from __future__ import annotations

import sys
import warnings
from typing import Any

import numpy as np

from autodiff.check.comparison import table_of
from autodiff.check.diagnosis import diagnose
from autodiff.check.fresh_arguments import require_function, with_fresh_arguments
from autodiff.check.likely_mistakes import Slope, likely_mistake
from autodiff.check.linearity import COTANGENT, scale_cotangent
from autodiff.check.measurement import ENTRY_BY_ENTRY, Finding, measure, size_of_values
from autodiff.check.narrow import in_narrow_floats
from autodiff.check.numeric import widened
from autodiff.check.point import Point
from autodiff.check.projection import projected, require_slope
from autodiff.check.remeasurement import Remeasured, remeasure
from autodiff.core.errors import argument_names, function_place
from autodiff.core.typing import Function
from autodiff.transforms.gradients import Argnums, grad, positions_of
from autodiff.transforms.pytree import map_leaves

__all__ = ["UnmeasurableWarning", "check_grads"]

_EXPLAINED = 3


class UnmeasurableWarning(UserWarning):
    """Slopes could be neither confirmed nor refuted, because the function is too noisy there.

    >>> import warnings
    >>> import numpy as np, autodiff as ad
    >>> with warnings.catch_warnings(record=True, action="always") as caught:
    ...     ad.check_grads(lambda x: (x + 1e12) - 1e12, 1.0)
    >>> [warning.category.__name__ for warning in caught]
    ['UnmeasurableWarning']
    """


def check_grads(
    f: Function,
    *args: Any,
    order: int = 2,
    argnums: Argnums | None = None,
    seed: int = 0,
) -> None:
    """Compare the engine's slopes of f with measured ones.

    Every entry is measured by central differences with an error estimate, and by the complex step
    where f accepts complex numbers; more than a hundred entries, along a few random directions.
    Higher orders are checked in the same way, as slopes of the gradient. For narrow floats, such as
    float32, the slopes in that dtype are compared with those in float64 as well.

    Args:
        f: returns a number, an array or a structure of them; several numbers are summed with
            random weights.
        args: the point, at which f must be smooth. At a kink there is no slope to check.
        order: the highest order of derivatives to check.
        argnums: the arguments to differentiate with respect to; by default all.
        seed: of the random weights and directions.

    Raises:
        TypeError: nothing in the result has a slope: it is empty, or all bools or integers.
        AssertionError: the slopes differ by more than the measurement's error, or there is no slope
            to measure. The message has a table, and an explanation where one is found.

    Warns:
        UnmeasurableWarning: the values of f have too few accurate digits to tell right from wrong
            slopes (terms that cancel, nearly singular matrices). All other entries are checked. To
            fail instead: ``warnings.simplefilter("error", UnmeasurableWarning)``.

    >>> import numpy as np, autodiff as ad
    >>> ad.check_grads(np.tanh, np.array([0.5, -1.0]))
    >>> ad.check_grads(np.abs, np.array([0.5, 0.0]))
    Traceback (most recent call last):
    AssertionError: absolute: the second derivative can't be checked in 1 of 2 entries.
      argument  index  autodiff  numeric  its error  ratio  hint
      x         [1]    ...
      x[1]: not differentiable here: a jump, ...
    """
    require_function(f, "check_grads")
    if order < 1:
        raise ValueError(f"check_grads needs an order of at least 1, got {order}. Raise it.")
    positions = range(len(args)) if argnums is None else positions_of(argnums, len(args), f)
    if not positions:
        raise TypeError(
            "check_grads needs an argument to differentiate with respect to, got none. Pass the "
            "function's arguments after it: check_grads(loss, weights)."
        )
    with np.errstate(all="ignore"):
        wide = tuple(map(widened, args))
        names = argument_names(f, range(len(args)))
        f = with_fresh_arguments(f, args)
        wide = tuple(_as_traced(x, names[i]) if i in positions else x for i, x in enumerate(wide))
        draw = np.random.default_rng(seed)
        require_slope(f, wide)
        scalar = projected(f, wide, draw)
        value = 0.0
        for level in range(1, order + 1):
            slope = grad(scalar, positions)
            point = Point(scalar, wide, positions, [names[p] for p in positions])
            ours = slope(*wide)
            value = max(value, size_of_values(point, draw))
            findings = measure(point, ours, value, draw)
            findings += in_narrow_floats(slope, args, point, ours, value, draw)
            wrong = [finding for finding in findings if not finding.row.agrees]
            if wrong:
                _raise_or_warn(f, level, findings, remeasure(wrong, point, slope, draw), point)
            nonlinear = scale_cotangent(scalar, point, ours, value)
            if not all(finding.row.agrees for finding in nonlinear):
                raise AssertionError(_not_linear(f, level, nonlinear))
            if level < order:
                scalar = projected(slope, wide, draw)


def _as_traced(tree: Any, name: str) -> Any:
    """Return an argument as f gets it while traced: a list that holds only numbers is an array."""
    return map_leaves(lambda leaf, _: leaf, tree, name)


def _raise_or_warn(
    f: Function,
    level: int,
    findings: list[Finding],
    again: list[Remeasured],
    point: Point,
) -> None:
    """Raise if slopes are wrong or don't exist, and warn if they can't be measured."""
    wrong = [case for case in again if not case.finding.row.agrees]
    notes = {id(case): _diagnose(case, point) for case in wrong}
    unmeasured = [
        case for case in wrong if not case.finding.row.is_measured and not notes[id(case)]
    ]
    bad = [case for case in wrong if case not in unmeasured]
    if bad:
        by_entry = {case.finding.entry: case.finding for case in again if case.finding.lines}
        current = [by_entry.get(finding.entry, finding) for finding in findings]
        causes = [notes[id(case)] for case in bad if notes[id(case)]]
        raise AssertionError(
            _report(f, level, [case.finding for case in bad], current, causes, point)
        )
    if unmeasured:
        _warn(f, level, [case.finding for case in unmeasured], point)


def _warn(f: Function, level: int, findings: list[Finding], point: Point) -> None:
    message = (
        f"{_title(f, level)} can't be measured in {_of(findings, point)} entries, and wasn't "
        f"checked there: the function's values have too few accurate digits. Check at another "
        f"point."
    )
    table = table_of([finding.row for finding in findings])
    warnings.warn(f"{message}\n{table}", UnmeasurableWarning, stacklevel=_depth_of_caller())


def _depth_of_caller() -> int:
    """Count the frames up to the caller of this package, for a warning."""
    frame, depth = sys._getframe(1), 1
    while str(frame.f_globals.get("__name__")).startswith("autodiff."):
        frame, depth = frame.f_back, depth + 1  # type: ignore[assignment] # a caller outside
    return depth


def _title(f: Function, level: int) -> str:
    ordinal = {1: "slope", 2: "second derivative", 3: "third derivative"}
    derivative = ordinal.get(level, f"{level}th derivative")
    return f"{function_place(getattr(f, 'function', f))}: the {derivative}"


def _of(findings: list[Finding], point: Point) -> str:
    more = " or more" if point.size > ENTRY_BY_ENTRY else ""
    return f"{len(findings)}{more} of {point.size}"


def _not_linear(f: Function, level: int, findings: list[Finding]) -> str:
    wrong = [finding.row for finding in findings if not finding.row.agrees]
    return (
        f"{_title(f, level)} isn't linear in the cotangent: {COTANGENT} times the function doesn't "
        f"have {COTANGENT} times its slope. Is a rule without its factor g?\n{table_of(wrong)}"
    )


def _report(
    f: Function,
    level: int,
    wrong: list[Finding],
    findings: list[Finding],
    notes: list[str],
    point: Point,
) -> str:
    notes = [note for note in notes if "not deterministic" in note][:1] or notes[:_EXPLAINED]
    verb = "can't be checked" if notes else "disagrees with the measured one"
    lines = [
        f"{_title(f, level)} {verb} in {_of(wrong, point)} entries.",
        table_of([finding.row for finding in wrong]),
        *(f"  {note}" for note in (notes or _mistakes(findings, point))),
    ]
    return "\n".join(lines)


def _diagnose(case: Remeasured, point: Point) -> str:
    """Return the reason why an entry has no slope; an empty string if there is none."""
    finding = case.finding
    if finding.entry is not None:
        number, place = point.where(finding.entry)
        if not np.isfinite(entry := point.leaves[number][place]):
            return f"{finding.row.label}: it is {entry} itself, and can't be moved"
    for line, part in zip(finding.lines, (np.real, np.imag), strict=False):
        found = diagnose(line, part(finding.row.ours), noise=case.noise, nearest=case.nearest)
        if found:
            return f"{finding.row.label}: {found}"
    return ""


def _mistakes(findings: list[Finding], point: Point) -> list[str]:
    """Return, for each wrong argument, a change that makes its slope right."""
    notes = []
    for name, leaf in zip(point.names, point.leaves, strict=True):
        rows = [finding.row for finding in findings if finding.row.name == name]
        if len(rows) != leaf.size or len(rows) < 2:
            continue  # one entry's hint is in the table
        ours, numeric, error = (
            np.array([getattr(row, column) for row in rows]).reshape(leaf.shape)
            for column in ("ours", "numeric", "error")
        )
        part = Slope(name, ours, numeric, numeric, error)
        if not part.is_right(ours) and (found := likely_mistake([part])):
            notes.append(f"the slope of {name}: {found}")
    return notes
