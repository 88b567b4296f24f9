"""The computation of a Node in one of the few forms that the page supports.

An operation that only moves entries (indexing, reshaping, stacking) is run once on the positions of
the entries, and becomes a list of positions; a reduction becomes lists of positions to reduce
together. So the page implements little of NumPy: functions of numbers and matrix products.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from autodiff.core.graph import Node
from autodiff.core.positions import count_gaps, fill_index
from autodiff.core.typing import Array
from autodiff.rules.reductions import axes_of

__all__ = ["form_of", "positions_of"]

_MOVES = {"reshape", "transpose", "broadcast_to", "copy", "concatenate", "stack",
          "getitem", "setitem"}  # fmt: skip
_FOLDS = {"sum", "prod", "mean", "max", "min", "any", "all", "argmax", "argmin", "var", "std"}
_SCANS = {"cumsum", "cumprod"}
_SAME = {"argument", "astype", "stop_gradient", "real", "conjugate", "positive", "named"}
_OF_BOOLS = {"add": "logical_or", "multiply": "logical_and", "invert": "logical_not",
             "bitwise_and": "logical_and", "bitwise_or": "logical_or",
             "bitwise_xor": "logical_xor"}  # fmt: skip


def form_of(node: Node) -> dict[str, Any]:
    """Return the form of a Node with a primitive; an unsupported operation is returned by name."""
    name, options = _name(node), dict(node.options)
    several = node.inputs[0] if name == "part" else node
    if type(several) is Node and isinstance(several.value, tuple):
        return {"op": f"{_name(several)}, which has several results"}
    if name in _MOVES:
        return {"op": "move", "positions": _moved(node)}
    if name in _FOLDS and options.keys() <= {"axis", "keepdims", "ddof"}:
        return {"op": f"fold {name}", "groups": _groups(node), "ddof": options.get("ddof", 0)}
    if name in _SCANS:
        return {"op": f"scan {name}", "groups": _groups(node)}
    if name == "scatter":
        return {"op": "scatter", "positions": _scattered(node)}
    if name in _SAME:
        return {"op": "same"}
    if options:
        written = ", ".join(f"{key}={value}" for key, value in options.items())
        return {"op": f"{name} with {written}"}
    return {"op": _name_by_dtype(node, name)}


def positions_of(node: Node) -> tuple[Node | Array, ...]:
    """Return the inputs of a Node that are positions rather than data."""
    return node.inputs[_count_of_data(node) :]


def _count_of_data(node: Node) -> int:
    """Count the inputs that hold data; inputs that are positions follow them."""
    name = _name(node)
    if name == "scatter":
        return len(node.options["indices"])
    return {"getitem": 1, "setitem": 2, "last_writes": 1, "chosen_places": 0}.get(
        name, len(node.inputs)
    )


def _name_by_dtype(node: Node, name: str) -> str:
    """Return the name of an operation, which for bools differs from that for numbers."""
    if name not in _OF_BOOLS:
        return name
    if np.asarray(node.value).dtype == bool:
        return _OF_BOOLS[name]
    return name if name in ("add", "multiply") else f"{name} of integers"


def _numbered(node: Node) -> list[Array]:
    """Number the entries of all inputs of a Node consecutively."""
    found, start = [], 0
    for value in _values(node.inputs[: _count_of_data(node)]):
        size = int(np.size(value))
        found.append(np.arange(start, start + size).reshape(np.shape(value)))
        start += size
    return found


def _moved(node: Node) -> list[int]:
    """Run an operation that only moves entries on the positions of the entries."""
    primitive: Any = node.primitive
    where = _values(positions_of(node))
    moved = primitive.evaluate(*_numbered(node), *where, **node.options)
    return [int(i) for i in np.ravel(moved)]


def _groups(node: Node) -> list[list[int]]:
    """List the positions of the entries that are reduced together."""
    (positions,) = _numbered(node)
    lost = axes_of(node.options.get("axis"), positions.ndim)
    kept = [i for i in range(positions.ndim) if i not in lost]
    count = math.prod(positions.shape[i] for i in lost)
    rows = math.prod(positions.shape[i] for i in kept)
    grouped: list[list[int]] = positions.transpose(*kept, *lost).reshape(rows, count).tolist()
    return grouped


def _scattered(node: Node) -> list[list[int]]:
    """List the positions that each value is added to."""
    shape, traced = node.options["shape"], iter(_values(positions_of(node)))
    places = np.arange(math.prod(shape)).reshape(shape)
    whole = [
        fill_index(index, tuple(next(traced) for _ in range(count_gaps(index))))
        for index in node.options["indices"]
    ]
    return [[int(i) for i in np.ravel(places[index])] for index in whole]


def _values(inputs: Iterable[Node | Array]) -> list[Array]:
    return [x.value if type(x) is Node else x for x in inputs]


def _name(node: Node) -> str:
    return node.primitive.name
