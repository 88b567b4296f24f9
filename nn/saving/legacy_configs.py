"""Configs of Keras 2, and of the ``.h5`` files of Keras 3, in the form of Keras 3's archives.

The older form has no modules, but for those in archives of Keras 2, some of which have moved. What
a class is follows from where it stands, such as after ``"kernel_initializer"``. The calls of a
functional model are lists: ``["dense", 0, 0, {}]`` names a layer, the number of its call, the place
in the result, and further arguments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nn.configs.tables import table_of

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["archive_config", "compile_config", "model_config"]

_MODELS = ("Sequential", "Functional", "Model")
_MODULES = {
    "initializer": "keras.initializers",
    "regularizer": "keras.regularizers",
    "constraint": "keras.constraints",
    "learning_rate": "keras.optimizers.schedules",
    "dtype": "keras",
}  # by the end of a key
_MOVED = "keras.src.engine."
_RENAMED = {"batch_input_shape": "input_shape", "lr": "learning_rate"}
_DROPPED = {"time_major", "implementation", "input_length", "is_legacy_optimizer", "jit_compile"}
_NOT_OF_DEPTHWISE = {"groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint"}


def model_config(config: Mapping[str, Any], of_keras_2: bool = True) -> dict[str, Any]:
    """Return the config of a model in the form of an archive.

    Args:
        config: of a model.
        of_keras_2: whether arguments have the names that Keras 2 wrote.

    >>> old = {"class_name": "Dense", "config": {"units": 2, "batch_input_shape": [None, 3]}}
    >>> model_config({"class_name": "Sequential", "config": [old]})["config"]["layers"][0]
    {'class_name': 'Dense', 'config': {'units': 2, 'input_shape': [3]}, 'module': 'keras.layers'}
    """
    return _object(config, "layer", of_keras_2)


def archive_config(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the config in an archive of Keras 2 in the form of Keras 3's."""
    found = model_config(config)
    training = found.pop("compile_config", None)
    if training:
        options = {key: value for key, value in training.items() if value is not None}
        optimizer = {"optimizer_config": options.pop("optimizer")}
        found["compile_config"] = compile_config(options | optimizer)
    return found


def compile_config(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of ``compile`` in the form of an archive."""
    arguments = dict(config)
    optimizer = _object(arguments.pop("optimizer_config"), "optimizer")
    own = optimizer["class_name"].removeprefix("Custom>")  # as Keras 2 registers its own
    if own in (table_of("keras.optimizers") or {}):
        optimizer["class_name"] = own
    if optimizer.get("module", "keras.").startswith("keras."):
        optimizer["module"] = "keras.optimizers"
    options = optimizer["config"]
    decay = options.pop("decay", None)
    if decay:
        schedule = {
            "initial_learning_rate": options["learning_rate"],
            "decay_steps": 1,
            "decay_rate": decay,
        }
        options["learning_rate"] = {
            "module": "keras.optimizers.schedules",
            "class_name": "InverseTimeDecay",
            "config": schedule,
        }
    for name, module in (
        ("loss", "losses"),
        ("metrics", "metrics"),
        ("weighted_metrics", "metrics"),
    ):
        arguments[name] = _scores(arguments.get(name), f"keras.{module}")
    arguments.pop("sample_weight_mode", None)
    return arguments | {"optimizer": optimizer}


def _scores(value: Any, module: str) -> Any:
    """Return losses or metrics, of which some are objects."""
    if isinstance(value, list):
        return [_scores(item, module) for item in value]
    if not isinstance(value, dict):
        return value
    if "class_name" not in value:
        return {name: _scores(item, module) for name, item in value.items()}
    if not isinstance(value["config"], dict):  # a function, by its name
        return value
    options = dict(value["config"])
    function = options.pop("fn", None)
    if value["class_name"] in ("MeanMetricWrapper", "LossFunctionWrapper"):
        return function if isinstance(function, str) else options["name"]
    if options.get("reduction") == "auto":  # as in Keras 2
        options["reduction"] = "sum_over_batch_size"
    return {"module": module, **value, "config": options}


def _object(config: Mapping[str, Any], key: str, of_keras_2: bool = True) -> dict[str, Any]:
    """Return the config of an object, found at a key."""
    name, arguments = config["class_name"], config["config"] or {}
    if isinstance(arguments, str):  # a function, by its name
        return dict(config)
    if isinstance(arguments, list):  # of a Sequential of Keras 1
        arguments = {"layers": arguments}
    arguments = {k: _value(x, k, of_keras_2) for k, x in arguments.items()}
    if of_keras_2:
        arguments = {_RENAMED.get(k, k): x for k, x in arguments.items() if k not in _DROPPED}
    module = next((m for end, m in _MODULES.items() if key.endswith(end)), None)
    if module is None and key != "optimizer":
        name, module = _layer(name, arguments)
    made = {**config, "class_name": name, "config": arguments}
    if module is None:
        return made
    known = config.get("module") or module
    return made | {"module": module if known.startswith(_MOVED) else known}


def _value(value: Any, key: str, of_keras_2: bool) -> Any:
    """Return an argument, with the objects in it."""
    if isinstance(value, list):
        if of_keras_2 and key == "batch_input_shape":
            return value[1:]
        if of_keras_2 and key == "axis" and len(value) == 1:
            return value[0]
        return [_value(item, key, of_keras_2) for item in value]
    if isinstance(value, dict) and value.get("class_name") == "Policy":
        return value["config"]["name"]
    if isinstance(value, dict) and {"class_name", "config"} <= value.keys():
        return _object(value, key, of_keras_2)
    return value


def _layer(name: str, arguments: dict[str, Any]) -> tuple[str, str]:
    """Return the name and module of a layer's class, and change its arguments to today's."""
    if name in _MODELS:
        if "input_layers" in arguments:
            _rewrite_calls(arguments)
            return "Functional", "keras.src.models.functional"
        return name, "keras"
    if name == "InputLayer" and "input_shape" in arguments:
        arguments["batch_shape"] = [None, *arguments.pop("input_shape")]
    if name == "LeakyReLU" and "alpha" in arguments:
        arguments["negative_slope"] = arguments.pop("alpha")
    if name in ("DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D"):
        for key in _NOT_OF_DEPTHWISE & arguments.keys():
            del arguments[key]
    is_layer = "trainable" in arguments or name in (table_of("keras.layers") or {})
    return name, "keras.layers" if is_layer else "keras.src.ops.numpy"


def _rewrite_calls(arguments: dict[str, Any]) -> None:
    """Change the calls in the config of a functional model to today's form."""
    models = {x["name"] for x in arguments["layers"] if x["class_name"] in _MODELS}
    for layer in arguments["layers"]:
        nodes = [_node(node, models) for node in layer.get("inbound_nodes", ())]
        layer["inbound_nodes"] = nodes
    for ends in ("input_layers", "output_layers"):
        found = arguments[ends]
        if isinstance(found, list) and len(found) == 1 and isinstance(found[0], list):
            arguments[ends] = found[0]


def _node(node: Any, models: set[str]) -> Any:
    """Return the arguments of a call: the first, or a list, and those by name."""
    if isinstance(node, dict):
        return node
    entries = [node] if node and isinstance(node[0], str) else node
    symbols = [_symbol(entry, models) for entry in entries]
    named = entries[0][3] if entries and len(entries[0]) > 3 else {}
    kwargs = {name: _argument(value, models) for name, value in named.items()}
    return {"args": [symbols[0] if len(symbols) == 1 else symbols], "kwargs": kwargs}


def _argument(value: Any, models: set[str]) -> Any:
    is_symbol = isinstance(value, list) and len(value) >= 3 and isinstance(value[0], str)
    return _symbol(value, models) if is_symbol else value


def _symbol(entry: list[Any], models: set[str]) -> dict[str, Any]:
    name, number, place = entry[:3]
    history = [name, number - (name in models), place]  # Keras 2 counts the calls of models from 1
    return {"class_name": "__keras_tensor__", "config": {"keras_history": history}}
