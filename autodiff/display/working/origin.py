"""Where the first number came from that isn't finite: a NaN or an infinity."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.graph import Node
from autodiff.core.typing import Array
from autodiff.display.mathematics.words import number
from autodiff.display.working.working import Working
from autodiff.tracing.trail import is_user_code

__all__ = ["origin_of_nonfinite"]

_OPERATORS = {"add": "+", "subtract": "−", "multiply": "·", "divide": "/", "power": "**"}


def origin_of_nonfinite(working: Working) -> str:
    """Say which operation made the first NaN or infinity, from which numbers and at which line.

    Of values in order, then of slopes, which are computed backward. Empty if all are finite.

    >>> import numpy as np
    >>> from autodiff.display.working.working import of_function
    >>> with np.errstate(all="ignore"):
    ...     origin_of_nonfinite(of_function(lambda x: 2 * np.sqrt(x), None, (-1.0,), {}))
    'The first NaN is sqrt(−1) at ...'
    """
    for node in working.nodes:
        if not _is_finite(node.value):
            return _of_value(node, working)
    for node in reversed(working.nodes):
        if not _is_finite(working.slopes.get(node, 0.0)):
            return _of_slope(node, working)
    return ""


def _of_value(node: Node, working: Working) -> str:
    """Describe where a value came from whose inputs are all finite."""
    place = _first_bad(node.value)
    kind = _kind(node.value[place])
    if node in working.starts or not node.inputs:
        name = working.names.get(node, "an input")
        return f"{name} already holds {kind} at the start{_entry(place)}."
    return f"The first {kind} is {_call(node, place)}{_at(node, working)}{_entry(place)}."


def _of_slope(node: Node, working: Working) -> str:
    """Describe where a slope came from: the slopes of all values computed from it are finite."""
    slope = working.slopes[node]
    place = _first_bad(slope)
    users = working.users.get(node, [])
    through = f", through {_call(users[-1], place)}{_at(users[-1], working)}" if users else ""
    name = working.names.get(node)
    whose = f" of {name}" if name else ""
    first = f"All values are finite; the first slope that isn't is {_kind(slope[place])}"
    return f"{first}, that{whose}{through}{_entry(place)}."


def _call(node: Node, place: tuple[int, ...]) -> str:
    """Write an operation with the numbers of one entry: ``sqrt(−1)``, ``1 / 0``."""
    name = getattr(node.primitive, "name", "an operation")
    shape = np.shape(node.value)
    entries = [_entry_of(x.value if type(x) is Node else x, shape, place) for x in node.inputs]
    if name in _OPERATORS and len(entries) == 2:
        if name == "power" and entries[0].startswith("−"):
            entries[0] = f"({entries[0]})"
        return f" {_OPERATORS[name]} ".join(entries)
    return f"{name}({', '.join(entries)})"


def _entry_of(value: Any, shape: tuple[int, ...], place: tuple[int, ...]) -> str:
    """Return an input at an entry of the result; its shape where it isn't elementwise."""
    if np.ndim(value) == 0 and np.asarray(value).dtype.kind in "biufc":
        return number(np.asarray(value)[()])
    try:
        return number(np.broadcast_to(value, shape)[place])
    except (ValueError, IndexError):
        return f"{'×'.join(map(str, np.shape(value)))} entries"


def _is_finite(value: Array) -> bool:
    if isinstance(value, tuple) or np.asarray(value).dtype.kind not in "fc":
        return True
    return bool(np.all(np.isfinite(value)))


def _first_bad(value: Array) -> tuple[int, ...]:
    found = np.argwhere(~np.isfinite(value))
    return tuple(map(int, found[0]))


def _kind(value: Array) -> str:
    return "NaN" if np.isnan(value) else "infinity"


def _at(node: Node, working: Working) -> str:
    line, scopes = working.lines.get(node), working.scopes.get(node)
    if scopes and any(scope.line == line for scope in scopes):
        created = "" if line is None else f" ({line})"
        return f" in {scopes[-1].name}{created}"  # a layer, created there
    if scopes and line is not None and not is_user_code(line.file):
        return f" in {scopes[-1].name}"  # a layer says more than a line of its library
    return f" at {line}" if line is not None else ""


def _entry(place: tuple[int, ...]) -> str:
    return f", entry [{', '.join(map(str, place))}]" if place else ""
