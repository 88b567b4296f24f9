"""Views: a Tensor that is a part of another one, its base, or shows it in another form.

As in NumPy, a slice, a reshape or a transpose is a view: it knows its base and how to read itself
from it. A write through a view is a write to the base, and a view whose base has changed reads
itself anew.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.errors import user_line
from autodiff.graph import Node
from autodiff.registry import registry
from autodiff.tensor import Tensor

__all__ = ["View"]


class View(Tensor):
    """A Tensor that is a part of another one, its base, or shows it in another form."""

    __slots__ = ("_base", "_node", "_read", "_root", "_seen", "_writable")

    _writable: bool

    def __init__(
        self, node: Node, base: Tensor, read: Callable[[Tensor], Any], writable: bool
    ) -> None:
        self._node = node
        self._base = base
        self._read = read
        self._root: Tensor = base._root if isinstance(base, View) else base
        self._seen = self._root.node
        self._writable = writable and (base._writable if isinstance(base, View) else True)

    @property
    def node(self) -> Node:  # type: ignore[override]
        """The current value: read anew from the base when that has changed."""
        if self._root.node is not self._seen:
            for view in reversed(self._chain()):
                view._node = view._read(view._base).node
                view._seen = self._root.node
        return self._node

    def _chain(self) -> list[View]:
        """List the views from this one towards the root, as far as they are out of date."""
        chain, view = [], self
        while isinstance(view, View) and view._seen is not self._root.node:
            chain.append(view)
            view = view._base  # type: ignore[assignment]
        return chain

    def _point_at(self, node: Node) -> None:
        """Write through: each base up to the root gets this view's entries put in their place."""
        if not self._writable:
            raise ValueError(
                f"assignment destination is read-only ({user_line()}): this view can be looked at, "
                f"not written through. Edit a copy (x = x.copy()), or what it is a view of."
            )
        view: Any = self
        while isinstance(view, View):
            node = _put_back(view, node)
            view = view._base
        view._point_at(node)


def _put_back(view: View, node: Node) -> Node:
    """Give the base's value with the view's entries replaced by ``node``.

    Where they belong is found by reading the same view of the base's positions.
    """
    base = view._base
    places = Tensor(Node(np.arange(base.size).reshape(base.shape)))
    positions = np.unravel_index(view._read(places).node.value, base.shape)
    edited: Tensor = registry["write"](Tensor(base.node), Tensor(node), positions)
    return edited.node
