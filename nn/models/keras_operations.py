"""The operations of Keras that stand for functions of NumPy or `nn.ops`, in configs of models.

Keras writes the options of a function, such as ``axis``, into the config of the operation; here
they are arguments of its call, as the user wrote them.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from nn.models import keras_classes
from nn.naming import to_snake_case

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["function_of", "name_of", "with_options", "without_options"]

_REDUCTION = {"axis": None, "keepdims": False}
_OPTIONS: dict[str, dict[str, Any]] = {
    **dict.fromkeys(("any", "all", "sum", "prod", "mean", "max", "min"), _REDUCTION),
    "concatenate": {"axis": 0},
    "stack": {"axis": 0},
    "expand_dims": {"axis": None},
    "squeeze": {"axis": None},
    "reshape": {"newshape": None},
    "transpose": {"axes": None},
    "clip": {"x_min": None, "x_max": None},
}  # and their defaults, in the order of NumPy's parameters
_KERAS_NAMES = {
    "a_min": "x_min", "min": "x_min", "a_max": "x_max", "max": "x_max", "shape": "newshape"
}  # fmt: skip # by those of NumPy
_NAMED = {*_OPTIONS, "get_item"}


def function_of(name: str) -> Callable[..., Any]:
    """Return the function that an operation of Keras stands for.

    Raises:
        ValueError: there is none.

    >>> function_of("NotEqual"), function_of("Mean") is np.mean
    (<ufunc 'not_equal'>, True)
    """
    snake = to_snake_case(name)
    if snake == "get_item":
        return operator.getitem
    found: Any = getattr(np, snake, None)
    if snake not in _OPTIONS and not isinstance(found, np.ufunc):
        found = keras_classes.operation_of(name)
    if found is None:
        raise ValueError(
            "expected an operation of Keras that stands for a function of NumPy or of nn.ops, got "
            f"{name!r}. Make the model of layers, or with other functions."
        )
    return found  # type: ignore[no-any-return]


def name_of(function: Callable[..., Any]) -> str | None:
    """Return the name of Keras's operation for a function, or None if there is none."""
    found = keras_classes.class_of(function)
    if found is not None:
        return found
    words = "get_item" if function is operator.getitem else getattr(function, "__name__", "")
    is_of_numpy = getattr(np, words, None) is function or words == "get_item"
    if not is_of_numpy or not (words in _NAMED or isinstance(function, np.ufunc)):
        return None
    return "".join(word.capitalize() for word in words.split("_"))


def with_options(name: str, config: Mapping[str, Any], node: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of a call, with the options in the config of an operation of Keras."""
    function = function_of(name)
    if keras_classes.class_of(function) is not None:
        others = {key: _tuple(value) for key, value in config.items() if key != "name"}
        return {"args": node["args"], "kwargs": {**node["kwargs"], **others}}
    options = _OPTIONS.get(to_snake_case(name), {})
    found = {key: _tuple(config[key]) for key in options if key in config}
    if options is _REDUCTION:
        return {"args": node["args"], "kwargs": {**node["kwargs"], **found}}
    return {"args": [*node["args"], *found.values()], "kwargs": node["kwargs"]}


def without_options(
    function: Callable[..., Any], name: str, node: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return the options that Keras has in a config, and the other arguments of a call.

    Args:
        function: of NumPy or of `nn.ops`.
        name: that of Keras's operation.
        node: the arguments of a call, in values that JSON can hold.

    Returns:
        None if Keras doesn't have an option of this call.
    """
    if keras_classes.class_of(function) is not None:
        found, arrays = keras_classes.split(function, node)
        plain = {key: _plain(value) for key, value in found.items()}
        return None if _has_symbols(found) else (plain, arrays)
    options = _OPTIONS.get(to_snake_case(name))
    if options is None:
        return {}, dict(node)
    first, *others = node["args"] or [None]
    named = {_KERAS_NAMES.get(key, key): value for key, value in node["kwargs"].items()}
    given = dict(zip(options, others, strict=False)) | named
    is_positional = len(others) <= (1 if options is _REDUCTION else len(options))
    if not is_positional or not given.keys() <= options.keys() or _has_symbols(given):
        return None
    given = {key: _plain(value) for key, value in given.items()}
    return options | given, {"args": [first], "kwargs": {}}


def _tuple(value: Any) -> Any:
    """Return an option for NumPy, for which lists are tuples, as a config has it."""
    if isinstance(value, list):
        return {"class_name": "__tuple__", "config": {"items": value}}
    return value


def _plain(value: Any) -> Any:
    """Return an option as Keras writes it: a number, or a list of numbers."""
    if not isinstance(value, dict):
        return value
    return value["config"].get("items", value["config"].get("value"))


def _has_symbols(value: Any) -> bool:
    if isinstance(value, dict):
        return value.get("class_name") == "__keras_tensor__" or _has_symbols([*value.values()])
    return isinstance(value, list) and any(map(_has_symbols, value))
