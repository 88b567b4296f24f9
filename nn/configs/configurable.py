"""The base of classes that a config describes: by the arguments of their constructors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from nn.absent.arguments import cure_of_argument
from nn.argument_checks import own_parameters, parameters_of
from nn.configs.deserialization import deserialize_keras_object
from nn.configs.serialization import to_json
from nn.configs.sharing import made_objects, marks_shared

if TYPE_CHECKING:
    import inspect
    from collections.abc import Mapping


class Configurable:
    """The base of classes that store each argument of the constructor as an attribute of its name.

    Subclasses, those of users too, inherit `get_config`, `from_config` and a ``repr``.

    Attributes:
        written_by_keras: what Keras writes for arguments that the class doesn't have; no other
            values are read.
        left_out_by_keras: the arguments that Keras omits; here they are written where they
            aren't the default, so that nothing is lost.

    >>> class Slope(Configurable):
    ...     def __init__(self, factor=1.0, over=None):
    ...         self.factor, self.over = factor, over
    >>> Slope(2.0).get_config()
    {'factor': 2.0, 'over': None}
    >>> Slope.from_config({"factor": 3.0})
    Slope(factor=3.0)
    """

    written_by_keras: ClassVar[Mapping[str, Any]] = {}
    left_out_by_keras: ClassVar[tuple[str, ...]] = ()

    @marks_shared
    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, in values that JSON can hold, for `from_config`.

        A subclass that overrides this adds the arguments of its own constructor to the dictionary;
        those of the other classes are in it.

        Raises:
            NotImplementedError: an argument isn't stored, or JSON can't hold it.
        """
        cls, arguments = type(self), self._arguments()
        expected, left_out = _described(cls), _all(cls, "left_out_by_keras")
        _check_stored(cls, expected, arguments)
        config = dict(_all(cls, "written_by_keras"))
        for name, value in arguments.items():
            if name not in left_out or _differs(value, expected.get(name)):
                config[name] = to_json(value, f"the argument {name!r} of {cls.__name__}")
        return config

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Make an object from the result of `get_config`, or from what Keras has written.

        Raises:
            ValueError: a class isn't found, or an argument of Keras has an unsupported value.
        """
        return cls(**cls._read(config))

    @classmethod
    def _read(cls, config: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arguments that a config describes, without those that only Keras has."""
        with made_objects():
            arguments = {name: deserialize_keras_object(x) for name, x in config.items()}
        return cls._supported(arguments)

    @classmethod
    def _supported(cls, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arguments without those that only Keras has, if these have the one value."""
        only_keras = _all(cls, "written_by_keras").keys() - parameters_of(cls).keys()
        for name in only_keras & arguments.keys():
            only = _all(cls, "written_by_keras")[name]
            if arguments[name] != only:
                raise ValueError(
                    f"{cls.__name__} expects {name}={only!r}, which is all that nn supports, got "
                    f"{arguments[name]!r}. {cure_of_argument(name) or 'Leave it out'}."
                )
        return {name: value for name, value in arguments.items() if name not in only_keras}

    def _arguments(self, **elsewhere: Any) -> dict[str, Any]:
        """Return the arguments that are stored; subclasses pass those that are stored elsewhere."""
        stored = [
            name for name in _described(type(self)) if name in elsewhere or hasattr(self, name)
        ]
        return {n: elsewhere[n] if n in elsewhere else getattr(self, n) for n in stored}

    def __repr__(self) -> str:
        accepted = parameters_of(type(self))
        arguments = [
            f"{name}={value!r}"
            for name, value in self._arguments().items()
            if name != "name" and _differs(value, accepted.get(name))
        ]
        return f"{type(self).__name__}({', '.join(arguments)})"


def _described(cls: type) -> dict[str, inspect.Parameter]:
    """Return the parameters of a constructor, without those that a ``get_config`` adds itself."""
    described: set[str] = set()
    for owner in cls.__mro__:
        if "__init__" in vars(owner) and "get_config" not in vars(owner) and owner is not object:
            described |= own_parameters(owner)[0].keys()
    return {name: p for name, p in parameters_of(cls).items() if name in described}


def _check_stored(
    cls: type, expected: Mapping[str, inspect.Parameter], arguments: Mapping[str, Any]
) -> None:
    for name, p in expected.items():
        if name not in arguments or p.kind in (p.POSITIONAL_ONLY, p.VAR_POSITIONAL):
            raise NotImplementedError(
                f"{cls.__name__} expects each argument by keyword and as an attribute, to make its "
                f"config, got none for {name!r}. Write self.{name} = {name}, or define get_config."
            )


def _differs(value: Any, parameter: inspect.Parameter | None) -> bool:
    """Return whether a value isn't the default of the parameter; values may be arrays."""
    return parameter is None or repr(value) != repr(parameter.default)


def _all(cls: type, attribute: str) -> dict[str, Any]:
    """Return an attribute of a class and of those it derives from, as one dictionary."""
    found: dict[str, Any] = {}
    for owner in reversed(cls.__mro__):
        entries = vars(owner).get(attribute, {})
        found |= entries if isinstance(entries, dict) else dict.fromkeys(entries)
    return found
