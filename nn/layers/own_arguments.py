"""The arguments of a layer's constructor, for the layer or cell that it passes them to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["own_arguments"]


def own_arguments(scope: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of a constructor, by name, without those of every layer.

    Args:
        scope: its ``locals()``, before anything else is assigned.
    """
    return {
        name: value
        for name, value in scope.items()
        if name not in ("self", "__class__", "options", "activity_regularizer")
    }
