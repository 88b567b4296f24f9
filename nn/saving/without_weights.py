"""Models without their weights: as JSON, and as copies with new weights."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from nn.configs.deserialization import deserialize_keras_object
from nn.configs.serialization import serialize_keras_object
from nn.saving.legacy_configs import model_config
from nn.saving.reading import explaining, parse_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["clone_model", "model_from_json", "to_json"]


def to_json(model: Any, **options: Any) -> str:
    """Return the config of a model as JSON, without its weights and its ``compile``.

    Args:
        model: any model whose classes and functions have names.
        options: of `json.dumps`, such as ``indent=2``.
    """
    config = serialize_keras_object(model)
    config.pop("compile_config", None)
    return json.dumps(config, **options)


def model_from_json(json_string: str, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Return the model that `to_json` of ``nn`` or of Keras has described, with new weights.

    Args:
        json_string: the result of ``model.to_json()``.
        custom_objects: classes and functions by their names, besides those that are registered.

    Raises:
        ValueError: it isn't the config of a model, or a class or function isn't known.

    >>> from nn.layers import Dense
    >>> from nn.models import Sequential
    >>> text = Sequential([Dense(3, input_shape=(2,))]).to_json()
    >>> model_from_json(text).output_shape
    (None, 3)
    """
    with explaining("the JSON", "the JSON of a model", "Pass the result of model.to_json()."):
        return _model_of(parse_json(json_string.encode()), custom_objects)


def _model_of(config: dict[str, Any], custom_objects: Mapping[str, Any] | None) -> Any:
    if not config.keys() >= {"class_name", "config"}:
        raise ValueError(
            f"expected the JSON of a model, with a class_name and a config, got one with "
            f"{list(config)[:9]}. Pass the result of model.to_json()."
        )
    is_old = "keras_version" in config or "registered_name" not in config
    return deserialize_keras_object(model_config(config, of_keras_2=is_old), custom_objects)


def clone_model(model: Any, clone_function: Callable[[Any], Any] | None = None) -> Any:
    """Return a model like another one, with new layers and new weights; not compiled.

    Args:
        model: any model with a config.
        clone_function: returns the new layer for each of the outermost layers; by default one of
            the same config.

    Raises:
        ValueError: there is a ``clone_function``, but the model isn't made of listed layers.

    >>> from nn.layers import Dense
    >>> from nn.models import Sequential
    >>> model = Sequential([Dense(3, "relu", input_shape=(2,))])
    >>> clone = clone_model(model, lambda layer: Dense(layer.units, "tanh", name=layer.name))
    >>> clone.layers[0].activation.__name__, clone.output_shape
    ('tanh', (None, 3))
    """
    config = serialize_keras_object(model)
    config.pop("compile_config", None)
    if clone_function is not None:
        if "layers" not in config["config"]:
            raise ValueError(
                f"clone_model expects a Sequential or functional model with clone_function, got "
                f"{type(model).__name__}. Leave clone_function out."
            )
        _replace_layers(config["config"]["layers"], model, clone_function)
    return deserialize_keras_object(config)


def _replace_layers(
    entries: list[dict[str, Any]], model: Any, clone_function: Callable[[Any], Any]
) -> None:
    """Replace the configs of layers by those of their clones."""
    layers = {layer.name: layer for layer in model.layers}
    for entry in entries:
        layer = layers.get(entry["config"].get("name"))
        if layer is None or entry["class_name"] == "InputLayer":
            continue
        clone = serialize_keras_object(clone_function(layer))
        entry.pop("build_config", None)
        entry |= {key: clone[key] for key in ("module", "class_name", "registered_name")}
        entry["config"] = clone["config"] | {"name": layer.name}
