"""A family of classes, such as the optimizers: what names, classes and configs stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeGuard, TypeVar

from nn.configs.configurable import Configurable
from nn.configs.deserialization import deserialize_keras_object
from nn.configs.registered import custom_object_scope, get_registered_object
from nn.configs.tables import publish
from nn.naming import lookup

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

T = TypeVar("T")


class ClassFamily(Generic[T]):
    """The classes of one kind.

    Args:
        kind: the word for one of them in messages: ``"optimizer"``.
        path: the module that has them: ``"optimizers"``.
        base: the class that they derive from.
        names: from the strings that stand for one to its constructor.
        others: classes without such a string.
        functions: whether any function may take the place of one.
    """

    def __init__(
        self,
        kind: str,
        path: str,
        base: type[T],
        names: Mapping[str, Callable[..., T]],
        others: Iterable[type] = (),
        functions: bool = False,
    ) -> None:
        self.kind, self.path, self.base = kind, path, base
        self.names, self.functions = names, functions
        classes = {name: item for name, item in names.items() if isinstance(item, type)}
        publish(path, *classes.values(), *others, names=classes)

    def get(self, identifier: Any) -> T:
        """Return what a name, a class, a config or an instance specifies; see the ``get`` of nn.

        Raises:
            TypeError: ``identifier`` is of another type.
            ValueError: the name is unknown.
        """
        found = self.resolve(identifier)
        if isinstance(found, type) and issubclass(found, self.base):
            found = found()
        return found if self._is_one(found) else lookup(self.kind, found, self.names)()

    def resolve(self, identifier: Any) -> Any:
        """Return a registered object for its name, and the object of a config; others unchanged."""
        if isinstance(identifier, dict):
            return self.deserialize(identifier)
        if isinstance(identifier, str):
            found = get_registered_object(identifier)
            return identifier if found is None else found
        return identifier

    def deserialize(self, config: Any, custom_objects: Mapping[str, Any] | None = None) -> T:
        """Make an object from the result of ``serialize``, from what Keras wrote, or from a name.

        Args:
            config: a dictionary with a ``"class_name"`` and a ``"config"``, or a string.
            custom_objects: classes and functions by their names, besides those that are registered.

        Raises:
            TypeError: ``config`` is of another type, or describes another kind of object.
            ValueError: a class or function isn't found.

        >>> from nn import losses
        >>> losses.deserialize(losses.serialize(losses.Huber(delta=2.0)))
        Huber(delta=2.0)
        """
        if isinstance(config, dict) and "class_name" in config:
            config = {"module": f"nn.{self.path}", "config": {}, **config}
            made = deserialize_keras_object(config, custom_objects)
        elif isinstance(config, str):
            with custom_object_scope(custom_objects):
                return self.get(config)
        else:
            made = config
        if not self._is_one(made):
            raise TypeError(
                f"expected the config of {self.kind!r}, a dictionary with a 'class_name', got "
                f"{config!r}. Pass the result of nn.{self.path}.serialize."
            )
        return made

    def _is_one(self, item: Any) -> TypeGuard[T]:
        of_another_family = isinstance(item, type | Configurable)
        return isinstance(item, self.base) or (
            self.functions and callable(item) and not of_another_family
        )
