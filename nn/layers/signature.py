"""The signature of a layer's ``call``: which arguments it takes, and what is passed on its own."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["CallSignature", "shape_arguments"]


@dataclass(frozen=True)
class CallSignature:
    """What a layer's ``call`` takes.

    Attributes:
        names: its parameters, without self, in order.
        takes_training: whether it has a parameter ``training``.
        training_default: the default of this parameter; None if it is None.
    """

    names: tuple[str, ...]
    takes_training: bool
    training_default: bool | None

    @classmethod
    def of(cls, call: Callable[..., Any]) -> CallSignature:
        """Read the signature of a function whose first parameter is ``self``."""
        _, *parameters = inspect.signature(call).parameters.values()
        named = {p.name: p for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)}
        default = named["training"].default if "training" in named else None
        return cls(tuple(named), "training" in named, None if default is None else default is True)

    def named(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arguments by name, without ``training``; surplus ones have no name."""
        found = {**dict(zip(self.names, args, strict=False)), **kwargs}
        found.pop("training", None)
        return found


def shape_arguments(method: Callable[..., Any], shapes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments for a layer's ``build`` or ``compute_output_shape``.

    A method with one parameter is passed the shape of the first argument of ``call``. One with
    several has names such as ``query_shape``, for the argument ``query``.

    Args:
        method: bound to a layer.
        shapes: the shapes of the arguments of ``call`` that are arrays, by their names.

    Raises:
        TypeError: a parameter isn't named after an argument.
    """
    parameters = inspect.signature(method).parameters.values()
    names = [p.name for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    if len(names) == 1:
        return {names[0]: next(iter(shapes.values()), None)}
    for name in names:
        if not name.endswith("_shape"):
            raise TypeError(
                f"expected the parameters of {method.__qualname__} to be named like the arguments "
                f"of call, such as {next(iter(shapes), 'inputs')}_shape, got {name!r}. Rename it."
            )
    return {name: shapes.get(name.removesuffix("_shape")) for name in names}
