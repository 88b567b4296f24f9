"""Modules that have, under Keras's name, some of the operations of several families."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nn import absent

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType

__all__ = ["publish"]


def publish(module: ModuleType, names: Iterable[str], families: Iterable[ModuleType]) -> None:
    """Give a module the named operations of its families, and errors for Keras's other names.

    Args:
        module: where the operations become attributes. ``dir`` lists them alone.
        names: the names of the operations.
        families: the modules that define them.

    Raises:
        KeyError: no family defines an operation of this name.
    """
    defined = {name: f for family in families for name, f in vars(family).items()}
    operations = {name: defined[name] for name in names}
    vars(module).update(operations, __all__=list(operations), __dir__=lambda: list(operations))
    absent.explain(module)
