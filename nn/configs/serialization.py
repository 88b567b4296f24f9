"""Objects as dictionaries that JSON can hold, in the format of Keras 3.

An object is written as the name of its class and its arguments:

    {"module": "keras.initializers", "class_name": "Constant", "config": {"value": 3.0},
     "registered_name": None}

For classes of users, ``"registered_name"`` is the name under which they are registered. A layer
that is built also has the shape of its inputs (``"build_config"``), a model its ``compile``
(``"compile_config"``).
"""

from __future__ import annotations

from types import BuiltinFunctionType, FunctionType
from typing import TYPE_CHECKING, Any

import numpy as np

from nn.configs import sharing
from nn.configs.registered import get_registered_name
from nn.configs.sharing import marks_shared
from nn.configs.tables import find_function, public_name

if TYPE_CHECKING:
    from collections.abc import Mapping

_PLAIN = (int, float, bool, str, type(None))


@marks_shared
def serialize_keras_object(obj: Any) -> Any:
    """Write an object, with everything nested in it, as values that JSON can hold.

    Args:
        obj: an object with a ``get_config``, a function, an array, a number, a string, None, or
            a list, tuple or dictionary of these. Tuples become lists.

    Raises:
        NotImplementedError: it contains something else.

    >>> from nn.initializers import Constant
    >>> serialize_keras_object([Constant(3), "relu"])[0]["config"]
    {'value': 3}
    """
    return to_json(obj, "the object to serialize")


def to_json(value: Any, what: str) -> Any:
    """Write a value as `serialize_keras_object` does.

    Args:
        value: any.
        what: the value's description, for the message.

    Raises:
        NotImplementedError: the value can't be written.
    """
    if isinstance(value, np.generic | np.ndarray):
        return _array(value, what)
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, list | tuple):
        return [to_json(item, what) for item in value]
    if isinstance(value, dict):
        return _dictionary(value, what)
    if isinstance(value, slice):
        ends = {name: to_json(getattr(value, name), what) for name in ("start", "stop", "step")}
        return special("slice", ends)
    if value is ...:
        return special("ellipsis", {})
    if isinstance(value, np.ufunc):
        return _function("numpy", value.__name__)
    if isinstance(value, FunctionType | BuiltinFunctionType):
        return _named_function(value, what)
    if hasattr(value, "get_config") and not isinstance(value, type):
        return _object(value)
    raise refusal(value, what)


def refusal(value: Any, what: str) -> NotImplementedError:
    """Return the error for a value that a config can't hold."""
    return NotImplementedError(
        f"expected {what} to be a number, a string, an array, a function, an object with a "
        f"get_config, or a list or dictionary of these, got {value!r} of type "
        f"{type(value).__name__}. Pass one of these, or define get_config and from_config."
    )


def _object(item: Any) -> dict[str, Any]:
    kind = type(item)
    public = public_name(kind)
    module = None if kind.__module__ == "__main__" else kind.__module__
    module, name = public or (module, kind.__name__)
    config = {
        "module": module,
        "class_name": name,
        "config": to_json(item.get_config(), f"the config of {name}"),
        "registered_name": None if public else get_registered_name(kind),
    }
    if hasattr(item, "get_build_config"):  # a layer, whose weights may be shared
        config[sharing.KEY] = id(item)
    for part in ("build_config", "compile_config"):
        get = getattr(item, f"get_{part}", None)
        value = None if get is None else get()
        if value is not None:
            config[part] = to_json(value, f"the {part} of {name}")
    return config


def _array(value: Any, what: str) -> Any:
    """Write an array with its dtype; one without axes, or a NumPy scalar, as a number."""
    if value.dtype.kind not in "biufU" or value.dtype.char == "g":
        raise refusal(value, what)
    if not np.ndim(value):
        return value.item()
    dtype = value.dtype.str if value.dtype.kind == "U" else value.dtype.name
    empty = {} if value.size else {"shape": list(value.shape)}  # nested lists may hide it
    return special("numpy", {"value": value.tolist(), "dtype": dtype, **empty})


def _dictionary(value: Mapping[Any, Any], what: str) -> dict[str, Any]:
    for key in value:
        if not isinstance(key, str):
            raise NotImplementedError(
                f"expected {what} to have strings as keys of dictionaries, which is all that JSON "
                f"has, got the key {key!r}. Use a list of pairs."
            )
    return {key: to_json(item, what) for key, item in value.items()}


def _named_function(function: Any, what: str) -> dict[str, Any]:
    """Write a function by its name, and by its module if another function of nn has that name."""
    if function.__name__ == "<lambda>":
        raise NotImplementedError(
            f"expected {what} to be a function with a name, got a lambda, which no config can "
            "hold. Define it with def, decorated with nn.saving.register_keras_serializable()."
        )
    name = get_registered_name(function)
    if find_function(name) in (None, function):
        return _function("builtins", name)
    return _function(*(public_name(function) or (function.__module__, name)))


def _function(module: str, name: str) -> dict[str, Any]:
    return {
        "module": module,
        "class_name": "function",
        "config": name,
        "registered_name": "function",
    }


def special(kind: str, config: dict[str, Any]) -> dict[str, Any]:
    """Return a value that JSON doesn't have, such as a tuple, as Keras writes it."""
    return {"class_name": f"__{kind}__", "config": config}
