"""The classes and functions of users that configs may name: registered ones, and those of a scope.

A config names a class by a string. Nothing is imported or evaluated by such a string: it is looked
up among these objects, and among the tables of this library (`nn.configs.tables`).
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

T = TypeVar("T", bound="Callable[..., Any]")

_objects: dict[str, Any] = {}  # by registered name
_names: dict[Any, str] = {}
_NONE: Mapping[str, Any] = MappingProxyType({})
_in_scope: ContextVar[Mapping[str, Any]] = ContextVar("custom_objects", default=_NONE)


def register_keras_serializable(
    package: str = "Custom", name: str | None = None
) -> Callable[[T], T]:
    """Register a class or function, so that configs with its name can be read.

    Args:
        package: the first part of the registered name, ``"package>name"``.
        name: the second part; by default the name of the class or function.

    Raises:
        TypeError: the decorator is used without parentheses, or on something without a name.
        ValueError: a class has no ``get_config``.

    >>> @register_keras_serializable("shop")
    ... def cubed(x): return x**3
    >>> get_registered_name(cubed), get_registered_object("shop>cubed") is cubed
    ('shop>cubed', True)
    """
    if not isinstance(package, str):
        raise TypeError(
            f"register_keras_serializable expects the name of a package, got {package!r}. Write "
            "@register_keras_serializable(), with parentheses."
        )

    def register(item: T) -> T:
        if isinstance(item, type) and not hasattr(item, "get_config"):
            raise ValueError(
                f"register_keras_serializable expects a class with a get_config, got "
                f"{item.__name__}. Derive it from one of nn's classes, such as nn.Layer."
            )
        registered_name = f"{package}>{item.__name__ if name is None else name}"
        _objects[registered_name], _names[item] = item, registered_name
        return item

    return register


def get_registered_name(obj: Any) -> str:
    """Return the registered name of a class or function, or else its own name.

    >>> import nn
    >>> @nn.saving.register_keras_serializable(package="course")
    ... def double(x):
    ...     return 2 * x
    >>> get_registered_name(double)
    'course>double'
    """
    return _names.get(obj) or str(obj.__name__)


def get_registered_object(
    name: str,
    custom_objects: Mapping[str, Any] | None = None,
    module_objects: Mapping[str, Any] | None = None,
) -> Any:
    """Return the class or function of a name, or None if there is none.

    The objects of the enclosing scopes are searched first, then those that are registered.

    Args:
        name: as returned by `get_registered_name`.
        custom_objects: further objects by their names.
        module_objects: the same, searched last.

    >>> import nn
    >>> @nn.saving.register_keras_serializable(package="course", name="triple")
    ... def triple(x):
    ...     return 3 * x
    >>> get_registered_object("course>triple") is triple
    True
    """
    for objects in (_in_scope.get(), _objects, custom_objects or {}, module_objects or {}):
        if name in objects:
            return objects[name]
    return None


def get_custom_objects() -> dict[str, Any]:
    """Return the dictionary of registered objects by name, itself: changes to it take effect.

    >>> isinstance(get_custom_objects(), dict)
    True
    """
    return _objects


@contextmanager
def custom_object_scope(custom_objects: Mapping[str, Any] | None) -> Iterator[None]:
    """Let configs name the classes and functions of a dictionary, until the block ends.

    >>> import nn
    >>> def double(x):
    ...     return 2 * x
    >>> with custom_object_scope({"double": double}):
    ...     nn.activations.get("double") is double
    True
    """
    token = _in_scope.set({**_in_scope.get(), **(custom_objects or {})})
    try:
        yield
    finally:
        _in_scope.reset(token)


CustomObjectScope = custom_object_scope  # Keras has both names
