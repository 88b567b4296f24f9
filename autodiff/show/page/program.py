"""A recorded graph as a program that JavaScript runs: entries, each made from earlier ones.

What each entry of it says is in ``forms.py``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from autodiff.graph import Node, given_out
from autodiff.show.page.forms import form_of, positions_of
from autodiff.show.words import number
from autodiff.tensor import Tensor

__all__ = ["Program"]

FEW = 64  # entries that are shown or kept of a value that the page computes itself
MOST = 20_000  # entries, of all values together, that a page computes with
_FIXED = {
    "zeros_like", "ones_like", "empty_like", "full_like_constant", "last_writes", "chosen_places",
}  # fmt: skip
_KINDS = {"float64": "float64", "float32": "float32", "bool": "bool"}
Entry = dict[str, Any]


class Program:
    """Entries in the making.

    Attributes:
        entries: in order; ``inputs`` of an entry are positions of earlier ones.
        runs: whether the page computes; else the numbers are all that it gets.
        fixed: the positions that have to keep their value for the program to stay true, because
            they were used as positions.
    """

    def __init__(self, starts: Iterable[Node], runs: bool) -> None:
        self.starts = set(starts)
        self.runs = runs
        self.entries: list[Entry] = []
        self.fixed: list[int] = []
        self._places: dict[Node, int] = {}

    def add(self, value: Any) -> int:
        """Take in a Node with all that it was computed from, or a constant; answer its place."""
        if type(value) is not Node or not self.runs:
            plain = value.value if type(value) is Node else value
            return self._append(plain, {"op": "constant"}, keep=self.runs or _is_few(plain))
        for node in self._missing(value):
            self._places[node] = self._append_node(node)
        return self._places[value]

    def fix(self, node: Node) -> int:
        """Take in a Node that has to keep its value, with all its entries to compare with."""
        place = self.add(node)
        self.entries[place] |= _described(node.value, keep=True)
        return place

    def _missing(self, last: Node) -> list[Node]:
        """List what isn't there yet, in creation order."""
        found = {last} - self._places.keys()
        stack = list(found)
        while stack:
            node = stack.pop()
            inputs = () if node in self.starts else node.inputs
            new = {n for n in inputs if type(n) is Node} - found - self._places.keys()
            found |= new
            stack += new
        return sorted(found, key=lambda node: node.order)

    def _append_node(self, node: Node) -> int:
        name = node.primitive.name if node.primitive is not None else "constant"
        if node in self.starts:
            return self._append(node.value, {"op": "input"}, keep=True)
        self.fixed += [self.fix(n) for n in positions_of(node) if type(n) is Node]
        if node.primitive is None or name in _FIXED or (name == "argument" and not node.inputs):
            return self._append(node.value, {"op": "constant"}, keep=True)
        if not _is_own(node.primitive):
            inner = _inside(node)
            if inner is not None:
                return self.add(inner)
            return self._append(node.value, {"op": f"{name}, which isn't NumPy's own"}, keep=False)
        inputs = [self._places[n] if type(n) is Node else self.add(n) for n in node.inputs]
        form = {"inputs": inputs, **form_of(node)}
        return self._append(node.value, form, _is_few(node.value))

    def _append(self, value: Any, form: Entry, keep: bool) -> int:
        entry = {**form, **_described(value, keep)}
        self.entries.append(entry)
        return len(self.entries) - 1


def _is_own(primitive: Any) -> bool:
    """Whether a primitive is NumPy's or the engine's, whose meaning its name tells."""
    module = getattr(primitive.function, "__module__", None) or "numpy"
    return module.partition(".")[0] in ("numpy", "autodiff")


def _inside(node: Node) -> Node | None:
    """Run a primitive of somebody's own on Tensors, to see what it computes; None if that fails."""
    primitive: Any = node.primitive
    taken: list[str] = []
    inputs = [Tensor(x) if type(x) is Node else x for x in node.inputs]
    try:
        with given_out(lambda node, how: taken.append(how)):
            result = primitive.function(*inputs, **node.options)
    except (TypeError, AttributeError, NotImplementedError):  # it is written for arrays alone
        return None
    return result.node if isinstance(result, Tensor) and not taken else None


def _described(value: Any, keep: bool) -> Entry:
    """Say what a value is: shape, kind, and the numbers, or the range of many."""
    if isinstance(value, tuple) or not _is_numeric(value):
        return {"shape": [], "kind": "other", "data": None}
    array = np.asarray(value)
    kind = "integer" if array.dtype.kind in "iu" else _KINDS.get(array.dtype.name, "other")
    entry: Entry = {"shape": list(array.shape), "kind": kind, "data": None}
    if kind == "other":
        return {**entry, "dtype": str(array.dtype), "text": _text(array)}
    if keep:
        entry["data"] = [_plain(x) for x in array.ravel().tolist()]
    else:
        finite = array[np.isfinite(array)]
        ends = [float(finite.min()), float(finite.max())] if finite.size else []
        entry["range"] = {"ends": ends, "bad": int(array.size - finite.size)}
    return entry


def _text(array: Any) -> str:
    if array.size > FEW:
        return f"{array.dtype} of shape {array.shape}"
    return number(array[()]) if array.ndim == 0 and array.dtype.kind in "fc" else str(array)


def _is_few(value: Any) -> bool:
    return not isinstance(value, tuple) and np.size(value) <= FEW


def _is_numeric(value: Any) -> bool:
    return isinstance(value, (bool, int, float, complex, np.generic, np.ndarray))


def _plain(x: Any) -> Any:
    """Write what JSON has no number for as text, which JavaScript's Number() reads."""
    if isinstance(x, bool):
        return int(x)
    if math.isfinite(x):
        return x
    return "NaN" if math.isnan(x) else "Infinity" if x > 0 else "-Infinity"
