"""The configs of operations in functional models: functions of NumPy by their names."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np

import autodiff as ad
from nn import activations, ops
from nn.configs.deserialization import deserialize_keras_object
from nn.configs.serialization import refusal
from nn.layers.symbol import Operation
from nn.models import keras_classes, keras_operations
from nn.models.keras_classes import PACKAGE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from nn.layers.base import Layer

__all__ = ["calls", "describe", "rebuild"]


def describe(
    operation: Operation, nodes: Sequence[Mapping[str, Any]]
) -> tuple[dict[str, Any], list[Mapping[str, Any]]]:
    """Write an operation as that of Keras where it has one, or else with the function's name.

    Args:
        operation: of a functional model.
        nodes: the arguments of its calls, in values that JSON can hold.

    Returns:
        The config, and the arguments that aren't in it.

    Raises:
        NotImplementedError: the function isn't one of NumPy's.
    """
    config: dict[str, Any] = {"name": operation.name}
    function = operation.function
    name = keras_operations.name_of(function) or ""
    parts = [name and keras_operations.without_options(function, name, node) for node in nodes]
    found = [part for part in parts if part]
    if name and len(found) == len(parts) and all(options == found[0][0] for options, _ in found):
        config |= found[0][0] if found else {}
        module = keras_classes.module_of(name) or f"{PACKAGE}numpy"
        written = {"module": module, "class_name": name, "config": config}
        return written | {"registered_name": name}, [node for _, node in found]
    config["function"] = _function_name(function)
    written = {"module": "nn.layers", "class_name": "Operation", "config": config}
    return written | {"registered_name": None}, list(nodes)


def rebuild(config: Mapping[str, Any]) -> Layer | Operation:
    """Return the operation that a config describes, or else the layer.

    Raises:
        ValueError: the class or the function isn't known.
    """
    if _is_of_keras(config):
        return Operation(keras_operations.function_of(config["class_name"]), config["name"])
    if (config["module"], config["class_name"]) == ("nn.layers", "Operation"):
        return Operation(_function(config["config"]["function"]), config["name"])
    made: Layer = deserialize_keras_object(config)
    return made


def _is_of_keras(config: Mapping[str, Any]) -> bool:
    """Return whether a config is of a function of Keras; a registered class has no module."""
    return str(config["module"]).startswith(PACKAGE)


def calls(config: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the arguments of the calls of a layer or an operation."""
    nodes: list[Mapping[str, Any]] = config["inbound_nodes"]
    if not _is_of_keras(config):
        return nodes
    name, options = config["class_name"], config["config"]
    return [keras_operations.with_options(name, options, node) for node in nodes]


def _function_name(function: Callable[..., Any]) -> str:
    """Return the name by which `_function` finds a function: ``"np.linalg.norm"``."""
    ufunc = getattr(function, "__self__", None)
    if isinstance(ufunc, np.ufunc):
        name = f"np.{ufunc.__name__}.{function.__name__}"
    else:
        parts = getattr(function, "__module__", ""), getattr(function, "__name__", "")
        name = ".".join(map(str, parts)).replace("numpy", "np", 1)
    if activations.ACTIVATIONS.get(function.__name__) is function:
        return f"nn.ops.{function.__name__}"  # the same function
    if name.startswith("nn.ops."):
        name = f"nn.ops.{function.__name__}"
    if not _is_known(name) or _function(name) != function:
        raise refusal(function, "the function of an operation")
    return name


def _function(name: str) -> Callable[..., Any]:
    """Return an operation, or a function of NumPy that is differentiable or constant, by its name.

    Raises:
        ValueError: there is none.
    """
    if not _is_known(name):
        raise ValueError(
            "expected the name of an operation, or of a function of NumPy that can be in a model, "
            f"got {name!r}. Choose one of nn.ops or of ad.supported()."
        )
    is_operation = name.startswith("nn.ops.")
    path = name.removeprefix("nn.ops.").removeprefix("np.")
    found: Callable[..., Any] = operator.attrgetter(path)(ops if is_operation else np)
    return found


def _is_known(name: str) -> bool:
    if name.startswith("nn.ops."):
        return name.removeprefix("nn.ops.") in ops.__all__
    form = ad.supported().get(name)
    return form is not None and form.kind in ("differentiable", "constant")
