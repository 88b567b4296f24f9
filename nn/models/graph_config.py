"""The config of a functional model's graph, in Keras's format: its layers, and their calls.

Each layer is written with its calls (``"inbound_nodes"``), whose arguments name Symbols by the
layer that made them, the number of its call, and the place among the results:
``{"class_name": "__keras_tensor__", "config": {"keras_history": ["dense", 0, 0], …}}``.
"""

from __future__ import annotations

import operator
from collections import defaultdict, deque
from typing import TYPE_CHECKING, Any

import numpy as np

from nn import tree
from nn.configs.deserialization import deserialize_keras_object
from nn.configs.serialization import serialize_keras_object, special, to_json
from nn.dtypes import standardize_dtype
from nn.layers.base import Layer
from nn.layers.symbol import Operation, Symbol
from nn.models import operation_config
from nn.models.provenance import Provenance, is_functional
from nn.naming import alternatives

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nn.layers.symbol import Call
    from nn.models.graph import Graph

__all__ = ["PARTS", "describe", "rebuild"]

PARTS = ("layers", "input_layers", "output_layers")


def describe(graph: Graph) -> dict[str, Any]:
    """Return the layers, the inputs and the outputs of a graph, in values that JSON can hold.

    Raises:
        NotImplementedError: an argument of a call, or of a layer, can't be written.
    """
    provenance = Provenance(graph)
    return {
        "layers": [_layer(layer, provenance) for layer in graph.operations],
        "input_layers": tree.map_leaves(provenance.of_end, graph.inputs),
        "output_layers": tree.map_leaves(provenance.of_end, graph.outputs),
    }


def rebuild(config: Mapping[str, Any]) -> tuple[Any, Any]:
    """Return the inputs and the outputs of the graph that `describe` or Keras has written.

    Raises:
        ValueError: a part is missing, a layer isn't known, or a call needs a Symbol that no other
            call makes.
    """
    missing = [part for part in PARTS if part not in config]
    if missing:
        raise ValueError(
            f"expected {', '.join(PARTS)} in the config of a functional model, got no "
            f"{alternatives(missing)}. Pass the result of get_config, whole."
        )
    made = {entry["name"]: operation_config.rebuild(entry) for entry in config["layers"]}
    _call_all(
        made, {entry["name"]: deque(operation_config.calls(entry)) for entry in config["layers"]}
    )
    return _ends(config["input_layers"], made), _ends(config["output_layers"], made)


def _layer(layer: Layer | Operation, provenance: Provenance) -> dict[str, Any]:
    """Write a layer or an operation with its calls."""
    nodes = [_node(call, provenance) for call in provenance.calls[id(layer)]]
    if isinstance(layer, Operation):
        config, nodes = operation_config.describe(layer, nodes)
    else:
        config = serialize_keras_object(layer)
    return {**config, "name": layer.name, "inbound_nodes": nodes}


def _node(call: Call, provenance: Provenance) -> Mapping[str, Any]:
    """Write the arguments of a call; for functions of NumPy, tuples stay what they are."""
    function, args = getattr(call.operation, "function", None), list(call.args)
    if function is operator.getitem and isinstance(args[1], list):
        args[1] = np.asarray(args[1])  # a list of slices stands for a tuple, as in Keras
    keeps_tuples = function not in (None, operator.getitem)

    def written(value: Any) -> Any:
        if isinstance(value, Symbol):
            config = {"shape": list(value.shape), "dtype": standardize_dtype(value.dtype)}
            return special("keras_tensor", config | {"keras_history": provenance.of(value)})
        if isinstance(value, dict):
            return {name: written(item) for name, item in value.items()}
        if isinstance(value, tuple) and keeps_tuples:
            return special("tuple", {"items": [written(item) for item in value]})
        if isinstance(value, list | tuple):
            return [written(item) for item in value]
        if isinstance(value, np.generic | np.ndarray) and not np.ndim(value):  # its dtype counts
            return special("numpy", {"value": value.item(), "dtype": value.dtype.name})
        if isinstance(value, np.dtype) or (
            isinstance(value, type) and issubclass(value, np.generic)
        ):
            return np.dtype(value).name
        return to_json(value, f"an argument in the call of {call.operation.name!r}")

    node = {"args": written(args), "kwargs": written(dict(call.kwargs))}
    is_passed = call.kwargs.get("training") is False and _is_default(call.operation)
    return node | ({_PASSED: True} if is_passed else {})


def _call_all(made: Mapping[str, Any], calls: Mapping[str, deque[Any]]) -> None:
    """Call all operations as their nodes say, each in order, as soon as others made its inputs."""
    ready = deque(calls)
    waiting: defaultdict[str, list[str]] = defaultdict(list)  # by the operation that they wait for
    while ready:
        name = ready.popleft()
        while calls[name]:
            try:
                _call(made[name], calls[name][0], made)
            except _NotMadeError as error:
                waiting[error.needed].append(name)
                break
            calls[name].popleft()
            ready += waiting.pop(name, ())
    circle = [name for name, left in calls.items() if left]
    if circle:
        raise ValueError(
            f"expected calls whose inputs are made by other calls, got a circle among {circle}. "
            "Write the config again."
        )


def _call(operation: Any, node: Mapping[str, Any], made: Mapping[str, Any]) -> None:
    """Call an operation as a node says.

    Raises:
        _NotMadeError: another operation must be called first.
    """
    args, kwargs = _arguments((node["args"], node["kwargs"]), made)
    if getattr(operation, "function", None) is operator.getitem:
        args = [args[0], tuple(args[1]) if isinstance(args[1], list) else args[1]]
    given = {
        name: x for name, x in kwargs.items() if x is not None or isinstance(operation, Operation)
    }
    if given.get("training") is False and not node.get(_PASSED) and _is_default(operation):
        del given["training"]
    operation(*args, **given)


_PASSED = "training_is_passed"  # in a call of ours: Keras, which would write it always, ignores it
_UNSET = (
    "BatchNormalization", "Bidirectional", "GroupQueryAttention", "MultiHeadAttention",
    "TimeDistributed",
)  # fmt: skip


def _is_default(operation: Any) -> bool:
    """Return whether ``training=False`` in a call may be Keras's default, and not the user's.

    Keras writes the default of ``call``, and runs a layer with what the model is called with. For
    models and some layers the default is None, so that False is what the user passed.
    """
    signature = getattr(operation, "_signature", None)
    is_unset = type(operation).__name__ in _UNSET
    return signature is not None and signature.training_default is False and not is_unset


class _NotMadeError(LookupError):
    """The call that makes a Symbol is still to come.

    Args:
        needed: the name of what must be called.
    """

    def __init__(self, needed: str) -> None:
        super().__init__(needed)
        self.needed = needed


def _arguments(value: Any, made: Mapping[str, Any]) -> Any:
    """Return the arguments of a call, with the Symbols that they name."""
    if isinstance(value, list | tuple):
        return [_arguments(item, made) for item in value]
    if not isinstance(value, dict):
        return value
    config = value.get("config", {})
    if value.get("class_name") == "__keras_tensor__":
        return _symbol(config["keras_history"], made)
    if value.get("class_name") == "__tuple__":
        return tuple(_arguments(config["items"], made))
    if "class_name" in value:
        return deserialize_keras_object(value)
    return {name: _arguments(item, made) for name, item in value.items()}


def _symbol(history: Any, made: Mapping[str, Any]) -> Symbol:
    """Return the Symbol that a call has made.

    Raises:
        ValueError: there is no such layer.
        _NotMadeError: the layer wasn't called yet.
    """
    name, number, place = history
    if name not in made:
        raise ValueError(
            f"expected the name of a layer, got {name!r}. The layers are {list(made)}."
        )
    calls = made[name].calls
    if number >= len(calls):
        raise _NotMadeError(name)
    symbol: Symbol = tree.leaves(calls[number].outputs)[place]
    return symbol


def _ends(structure: Any, made: Mapping[str, Any]) -> Any:
    """Return the Symbols of the inputs or the outputs, in their structure."""
    if isinstance(structure, dict):
        return {name: _ends(part, made) for name, part in structure.items()}
    if len(structure) == 3 and isinstance(structure[0], str):
        name, number, place = structure
        return _symbol((name, number - is_functional(made.get(name)), place), made)
    return [_ends(part, made) for part in structure]
