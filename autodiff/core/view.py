"""Views: a Tensor that is a part of another one, its base, or the base in another shape.

As in NumPy, a slice, a reshape or a transpose is a view. It has a reference to its base and a
function that reads it from there. A write to a view changes the base, and when the base has
changed, its views are read again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from autodiff.core.errors import user_line
from autodiff.core.graph import Node
from autodiff.core.objects import check_not_taken
from autodiff.core.tensor import Tensor, peek
from autodiff.core.typing import Array, Function

__all__ = ["View", "laid_out_like", "once", "shares", "unshared"]


class View(Tensor):
    """A Tensor that is a part of another one, its base, or the base in another shape."""

    __slots__ = ("_base", "_node", "_read", "_root", "_seen", "_taken_at", "_writable")

    _writable: bool
    _taken_at: str  # where an array of objects may have taken it as an entry

    def __init__(
        self, node: Node, base: Tensor, read: Callable[[Tensor], Array], writable: bool
    ) -> None:
        self._node = node
        self._base = base
        self._read = read
        self._root: Tensor = base._root if isinstance(base, View) else base
        self._seen = self._root.node
        self._writable = writable and (base._writable if isinstance(base, View) else True)

    @property
    def node(self) -> Node:  # type: ignore[override]
        """The current value: read again from the base if that has changed."""
        if self._root.node is not self._seen:
            for view in reversed(self._chain()):
                check_not_taken(view)
                view._node = view._read(view._base).node
                view._seen = self._root.node
        return self._node

    def _chain(self) -> list[View]:
        """Return the outdated views from this one towards the root."""
        chain, view = [], self
        while isinstance(view, View) and view._seen is not self._root.node:
            chain.append(view)
            view = view._base  # type: ignore[assignment]
        return chain

    def _point_at(self, node: Node) -> None:
        """Write through: update this view's entries in each base up to the root."""
        if not self._writable:
            raise ValueError(
                f"assignment destination is read-only ({user_line()}): this view can't be written "
                f"to. Edit a copy (x = x.copy()), or the array that it is a view of."
            )
        check_not_taken(self)
        view: Any = self
        while isinstance(view, View):
            node = _put_back(view, node)
            view = view._base
        view._point_at(node)


def shares(value: Any, whole: Array) -> bool:
    """Return whether a result shares memory with an array, as a view does in NumPy."""
    if not (isinstance(value, np.ndarray) and isinstance(whole, np.ndarray)):
        return False
    owner = value.base
    if owner is whole or (owner is not None and owner is whole.base):
        return True
    return not value.size or np.may_share_memory(value, whole)


def unshared(t: Array, order: Literal["K", "A", "C", "F"] = "C") -> Array:
    """Return a result that is no view, for NumPy functions that never return views.

    Args:
        t: a Tensor; anything else is returned as it is.
        order: the memory layout, as in ``ndarray.copy``.
    """
    if not isinstance(t, Tensor):
        return t
    return _laid_out(t, np.empty_like(t.node.value, order=order))


def laid_out_like(t: Array, pattern: Array) -> Array:
    """Return a result that is no view, in the memory layout of NumPy's result.

    Args:
        t: a Tensor or an array; anything else is returned as it is.
        pattern: a plain array of its shape.
    """
    if isinstance(t, Tensor):
        return _laid_out(t, np.empty_like(pattern, dtype=t.dtype))
    if not isinstance(t, np.ndarray):
        return t
    memory = np.empty_like(pattern, dtype=t.dtype)
    if memory.strides == t.strides:
        return t
    memory[...] = t
    return memory


def _laid_out(t: Tensor, memory: Array) -> Tensor:
    """Return a Tensor of the same Node in the layout of ``memory``, which may be overwritten."""
    node = t.node
    if memory.strides != node.value.strides:
        memory[...] = node.value
        node = Node(memory, node.primitive, node.inputs, node.options)
    return Tensor(node)


def once(function: Function, x: Array) -> Array:
    """Apply an elementwise function to an array; entries that share memory still do.

    They decide the memory layout of what is computed from it. Each has its own slope.
    """
    strides = np.shape(x) and peek(x).strides
    if 0 not in strides or not np.size(x):
        return function(x)
    part = tuple(slice(None) if step else slice(1) for step in strides)
    if not isinstance(x, Tensor):
        return np.broadcast_to(function(x[part]), x.shape)
    z = function(x)
    if z is x:
        return z
    node = z.node
    value = np.broadcast_to(node.value[part], z.shape)
    return Tensor(Node(value, node.primitive, node.inputs, node.options))


def _put_back(view: View, node: Node) -> Node:
    """Return the base's value with the view's entries replaced by ``node``.

    Their positions are found by reading the same view of the base's positions.
    """
    base = view._base
    if not base.ndim:  # which unravel_index refuses
        return Tensor(node).reshape(()).node if node.value.size else base.node
    places = view._read(Tensor(Node(np.arange(base.size).reshape(base.shape))))
    from autodiff.core.indexing import write  # which builds on this module

    edited: Tensor
    if any(type(part) is Node for part in places.node.inputs[1:]):  # of a traced index
        entries, values = Tensor(base.node).reshape(-1), Tensor(node).reshape(-1)
        edited = write(entries, values, places.reshape(-1)).reshape(base.shape)
    else:
        found = places.node.value
        # Of a vector: NumPy's are wrong beyond 8192 entries where the last axis has length 1.
        along = np.unravel_index(found.reshape(-1), base.shape)
        positions = tuple(part.reshape(found.shape) for part in along)
        edited = write(Tensor(base.node), Tensor(node), positions)
    return edited.node
