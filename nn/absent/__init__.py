"""Names of Keras that don't exist here: each raises an error that says what to use instead.

`explain` gives a module a ``__getattr__`` for them. For ``from nn.layers import TextVectorization``
and ``import nn.applications`` that isn't enough, since Python replaces its message: there a
finder raises the error, which Python calls last, for names that no other finder has found.

>>> import nn
>>> nn.layers.RandomFlip
Traceback (most recent call last):
...
AttributeError: nn.layers has no RandomFlip, which Keras has. Change the images ...
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["cure_of", "explain", "missing", "missing_in"]


def explain(module: ModuleType) -> None:
    """Make a module raise an AttributeError with a cure for the names of Keras that it lacks."""
    if "__path__" not in vars(module):
        module.__path__ = []  # so that Python calls the finder for the names in it
    if "__getattr__" not in vars(module):
        setattr(module, "__getattr__", lambda name: missing(module, name))  # noqa: B010 - mypy


def missing(module: ModuleType, name: str) -> NoReturn:
    """Raise the error for a name that a module lacks.

    Raises:
        AttributeError: always.
    """
    text = cure_of(f"{module.__name__}.{name}")
    raise AttributeError(
        text or f"module {module.__name__!r} has no attribute {name!r}", name=name, obj=module
    )


def missing_in(owner: object, name: str) -> Any:
    """Raise the error for an attribute that an object lacks: a class's ``__getattr__``.

    Raises:
        AttributeError: always; that of a property, if there is one of this name.
    """
    from nn.absent.names import cure_of_method  # read at the first miss

    if hasattr(type(owner), name):
        return object.__getattribute__(owner, name)  # which raised an error, and does so again
    text = f"{type(owner).__name__!r} object has no attribute {name!r}"
    found = None if name.startswith("_") else cure_of_method(type(owner), name)
    if found is not None:
        text = f"{found[0]} has no {name}, which Keras has. {found[1]}."
    raise AttributeError(text, name=name, obj=owner)


def cure_of(path: str) -> str | None:
    """Return the message for a name of Keras that doesn't exist here, or None.

    Args:
        path: the module and the name: ``'nn.layers.RandomFlip'``.
    """
    from nn.absent.names import cures  # read at the first miss

    module, _, name = path.rpartition(".")
    cure = cures().get(path.removeprefix("nn."))
    return cure and f"{module} has no {name}, which Keras has. {cure}."


class _Finder:
    """Raise an error for what Keras has and can't be found here; find nothing.

    A finder of `sys.meta_path`, without its base class, whose module takes 10 ms to import.
    """

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> None:  # noqa: ARG002
        """Raise an ImportError with a cure."""
        text = cure_of(fullname) if fullname.startswith("nn.") else None
        if text is not None:
            raise ImportError(text, name=fullname)


sys.meta_path.append(_Finder())
