"""How the weights of a layer start, are penalized and constrained: three arguments for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nn import constraints, initializers, regularizers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_PARTS = {"initializer": initializers, "regularizer": regularizers, "constraint": constraints}


def set_weight_options(layer: Any, names: Iterable[str], arguments: Mapping[str, Any]) -> None:
    """Store ``kernel_initializer``, ``kernel_regularizer``, ``kernel_constraint`` and so on.

    Args:
        layer: the layer whose attributes they become.
        names: the weights, ``"kernel"`` and others.
        arguments: by name, as they were passed to the constructor.
    """
    for name in names:
        for part, module in _PARTS.items():
            setattr(layer, f"{name}_{part}", module.get(arguments[f"{name}_{part}"]))


def weight_options(layer: Any, name: str) -> dict[str, Any]:
    """Return what was stored for one weight, as `Layer.add_weight` takes it."""
    return {part: getattr(layer, f"{name}_{part}") for part in _PARTS}
