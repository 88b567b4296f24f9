"""Objects made from the dictionaries that `nn.configs.serialization` and Keras write."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

import numpy as np

from nn.configs import sharing
from nn.configs.lambdas import read_lambda
from nn.configs.lambdas import safe_mode as in_safe_mode
from nn.configs.registered import custom_object_scope, get_registered_object
from nn.configs.sharing import made_objects
from nn.configs.tables import find_function, table_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def deserialize_keras_object(
    config: Any, custom_objects: Mapping[str, Any] | None = None, safe_mode: bool | None = None
) -> Any:
    """Make an object from the result of `serialize_keras_object`, or from what Keras has written.

    A layer has new weights. Classes and functions are looked up by their names among those of this
    library, those that are registered, and ``custom_objects``; nothing is imported.

    Args:
        config: a dictionary with a ``"class_name"`` and a ``"config"``, or a list or dictionary of
            such; other values are returned unchanged.
        custom_objects: classes and functions by their names.
        safe_mode: False to accept the code of lambdas, which can do anything; by default as in the
            call that encloses this one, in which True is the default.

    Raises:
        TypeError: a config isn't a dictionary.
        ValueError: a class or function isn't found, or is a lambda.

    >>> config = {"module": "keras.layers", "class_name": "Dense", "config": {"units": 3}}
    >>> deserialize_keras_object(config).units
    3
    """
    with custom_object_scope(custom_objects), made_objects(), in_safe_mode(safe_mode):
        return _rebuild(config)


def _rebuild(config: Any) -> Any:
    if isinstance(config, list | tuple):
        return [_rebuild(item) for item in config]
    if not isinstance(config, dict):
        return config
    if not config.keys() >= {"class_name", "config"}:
        return {key: _rebuild(item) for key, item in config.items()}
    name = config["class_name"]
    if not isinstance(name, str):
        raise TypeError(
            f"expected 'class_name' to be a string, got {name!r}. Write a class's name."
        )
    if name == "function":
        return _find_function(config.get("module"), str(config["config"]))
    if name in _SPECIAL:
        return _SPECIAL[name](**(config["config"] or {}))
    return _instance(config)


def _instance(config: Mapping[str, Any]) -> Any:
    """Return the object that a config describes; that of the same number, if it was made before."""
    number = config.get(sharing.KEY)
    if number is None:
        return _new_instance(config)
    with made_objects() as made:
        if number not in made:
            made[number] = _new_instance(config)
        return made[number]


def _new_instance(config: Mapping[str, Any]) -> Any:
    """Return an object of the class that a config names, built and compiled if the config says."""
    cls, arguments = _find_class(config), config["config"] or {}
    if not isinstance(arguments, dict) or not hasattr(cls, "from_config"):
        raise TypeError(
            f"expected a class with a from_config, and a dictionary as the config of "
            f"{config['class_name']!r}, got {cls!r} and {arguments!r}. Derive the class from one "
            "of nn's, and pass the result of its get_config."
        )
    made = cls.from_config(dict(arguments))  # which may take items out
    if config.get("build_config") and not getattr(made, "built", True):
        made.build_from_config(config["build_config"])
    if config.get("compile_config"):
        made.compile_from_config(config["compile_config"])
    return made


def _find_class(config: Mapping[str, Any]) -> Any:
    name, table = config["class_name"], table_of(config.get("module")) or {}
    registered_name = config.get("registered_name", name)
    found = None if registered_name is None else get_registered_object(registered_name)
    if found is None and isinstance(table.get(name), type):
        found = table[name]
    if found is None:
        found = get_registered_object(name)
    if found is None:
        raise _unknown("class", name, config.get("module"), table)
    return found


def _find_function(module: str | None, name: str) -> Any:
    found = get_registered_object(name)
    table = table_of(module) or {}
    if found is None and not isinstance(table.get(name), type):
        found = table.get(name)
    if found is None and module == "builtins":
        found = find_function(name)
    if found is None and module == "numpy" and isinstance(getattr(np, name, None), np.ufunc):
        found = getattr(np, name)
    if found is None:
        raise _unknown("function", name, module, table)
    return found


def _unknown(kind: str, name: str, module: str | None, table: Mapping[str, Any]) -> ValueError:
    nearest = difflib.get_close_matches(name, table, n=1)
    meant = f"Did you mean {nearest[0]!r}? If it is your own, decorate" if nearest else "Decorate"
    short = name.rpartition(">")[2]
    return ValueError(
        f"expected the name of a {kind} of nn or one that is registered, got {name!r} of the "
        f"module {module!r}. {meant} it with @nn.saving.register_keras_serializable(), or pass "
        f"custom_objects={{{name!r}: {short}}}."
    )


def _array(value: Any, dtype: str, shape: Any = None) -> np.ndarray:
    array = np.array(value, dtype=dtype)
    return array if shape is None else array.reshape(shape)


def _slice(start: Any, stop: Any, step: Any) -> slice:
    return slice(start, stop, step)


_SPECIAL: dict[str, Callable[..., Any]] = {
    "__numpy__": _array,
    "__tensor__": _array,
    "__slice__": _slice,
    "__ellipsis__": lambda: ...,
    "__bytes__": lambda value: value.encode(),
    "__lambda__": read_lambda,
}
