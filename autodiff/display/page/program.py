"""A recorded graph as a program that JavaScript runs: entries computed from earlier entries.

The forms of the entries are in ``forms.py``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from autodiff.core.graph import Node
from autodiff.core.observer import Observer, observing
from autodiff.core.precision import is_of_scipy
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array
from autodiff.display.mathematics.words import number
from autodiff.display.page.forms import form_of, positions_of

__all__ = ["PageProgram"]

FEW = 64  # entries; of larger values that the page computes, only the range is kept
MOST = 20_000  # entries of all values together, if the page is to compute them
_FIXED = {
    "zeros_like", "ones_like", "empty_like", "full_like_constant", "last_writes", "chosen_places",
}  # fmt: skip
_KINDS = {"float64": "float64", "float32": "float32", "bool": "bool"}
Entry = dict[str, Any]


class PageProgram:
    """The builder of a program.

    Attributes:
        entries: in order; ``inputs`` of an entry are the indices of earlier ones.
        runs: whether the page computes; if not, all entries are constants.
        fixed: the indices of entries that were used as positions in arrays. The program is valid
            only while their values stay the same.
    """

    def __init__(self, starts: Iterable[Node], runs: bool) -> None:
        self.starts = set(starts)
        self.runs = runs
        self.entries: list[Entry] = []
        self.fixed: list[int] = []
        self._indices: dict[Node, int] = {}

    def add(self, value: Node | Array) -> int:
        """Add a Node with its ancestors, or a constant; return the index of its entry."""
        if type(value) is not Node or not self.runs:
            plain = value.value if type(value) is Node else value
            return self._append(plain, {"op": "constant"}, keep=self.runs or _is_few(plain))
        for node in self._missing(value):
            self._indices[node] = self._append_node(node)
        return self._indices[value]

    def add_rounded(self, value: Node | Array, rounded: Array) -> int:
        """Add a value, and what to show where the browser can't compute: noise is 0 there."""
        index = self.add(value)
        if rounded is not None and self.entries[index]["data"] is not None:
            self.entries[index]["rounded"] = [_plain(x) for x in np.ravel(rounded).tolist()]
        return index

    def fix(self, node: Node) -> int:
        """Add a Node whose value must stay the same, with all its entries for comparison."""
        index = self.add(node)
        self.entries[index] |= _describe(node.value, keep=True)
        return index

    def _missing(self, last: Node) -> list[Node]:
        """List the ancestors of a Node, and itself, that have no entry yet, in creation order."""
        found = {last} - self._indices.keys()
        stack = list(found)
        while stack:
            node = stack.pop()
            inputs = () if node in self.starts else node.inputs
            new = {n for n in inputs if type(n) is Node} - found - self._indices.keys()
            found |= new
            stack += new
        return sorted(found, key=lambda node: node.order)

    def _append_node(self, node: Node) -> int:
        name = node.primitive.name
        if node in self.starts:
            return self._append(node.value, {"op": "input"}, keep=True)
        self.fixed += [self.fix(n) for n in positions_of(node) if type(n) is Node]
        if name in _FIXED or (node.primitive.is_start and not node.inputs):
            return self._append(node.value, {"op": "constant"}, keep=True)
        if not _is_known(node.primitive):
            traced = None if is_of_scipy(node.primitive.function) else _traced(node)
            if traced is not None:
                return self.add(traced)
            return self._append(
                node.value, {"op": f"{name}, which isn't part of NumPy"}, keep=False
            )
        inputs = [self._indices[n] if type(n) is Node else self.add(n) for n in node.inputs]
        form = {"inputs": inputs, **form_of(node)}
        return self._append(node.value, form, _is_few(node.value))

    def _append(self, value: Array, form: Entry, keep: bool) -> int:
        entry = {**form, **_describe(value, keep)}
        self.entries.append(entry)
        return len(self.entries) - 1


def _is_known(primitive: Any) -> bool:
    """Return whether a primitive belongs to NumPy or the engine, so that its name defines it."""
    module = getattr(primitive.function, "__module__", None) or "numpy"
    return module.partition(".")[0] in ("numpy", "autodiff")


def _traced(node: Node) -> Node | None:
    """Trace a primitive of the user or of `nn`; return the result's Node, None if that fails."""
    primitive: Any = node.primitive
    taken: list[str] = []
    inputs = [Tensor(x) if type(x) is Node else x for x in node.inputs]
    try:
        with observing(Observer(on_plain=lambda node, how: taken.append(how))):
            result = primitive.function(*inputs, **node.options)
    except (TypeError, ValueError, AttributeError, NotImplementedError):  # it takes plain arrays
        return None
    return result.node if isinstance(result, Tensor) and not taken else None


def _describe(value: Array, keep: bool) -> Entry:
    """Describe a value: its shape, its kind, and its numbers, or the range if they are many."""
    if isinstance(value, tuple):
        return {"shape": [], "kind": "other", "data": None, "text": f"{len(value)} parts"}
    if not _is_numeric(value):
        return {"shape": [], "kind": "other", "data": None, "text": type(value).__name__}
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


def _text(array: Array) -> str:
    if array.size > FEW:
        return f"{array.dtype} of shape {array.shape}"
    return number(array[()]) if array.ndim == 0 and array.dtype.kind in "fc" else str(array)


def _is_few(value: Array) -> bool:
    return not isinstance(value, tuple) and np.size(value) <= FEW


def _is_numeric(value: Array) -> bool:
    return isinstance(value, (bool, int, float, complex, np.generic, np.ndarray))


def _plain(x: Any) -> Any:
    """Return a number for JSON; NaN and infinities as text, which JavaScript's Number() reads."""
    if isinstance(x, bool):
        return int(x)
    if math.isfinite(x):
        return x
    return "NaN" if math.isnan(x) else "Infinity" if x > 0 else "-Infinity"
