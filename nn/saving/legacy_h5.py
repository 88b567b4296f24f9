"""The ``.h5`` format: the older one of Keras, for whole models, which Keras 2 and 3 have written.

The config and the ``compile`` are JSON in attributes. The weights are in groups by the names of the
outermost layers (``model_weights/dense``), whose attribute ``weight_names`` has their order.
"""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import numpy as np

from nn import losses
from nn.configs.serialization import serialize_keras_object
from nn.layers.weight import check_values
from nn.messages import warn
from nn.optimizers.variables import named_values
from nn.saving import hdf5
from nn.saving.arrays import require_built, restore_optimizer
from nn.saving.legacy_configs import compile_config, model_config
from nn.saving.reading import parse_json
from nn.saving.whole_model import model_from

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from nn.layers.weight import Weight
    from nn.saving.whole_model import Loading

__all__ = ["load_model", "load_weights", "restore_layers", "save_model"]

_LARGEST_ATTRIBUTE = 64_000  # bytes of an array in an attribute
_KERAS_VERSION = "3.15.0"  # whose layout this is


def save_model(model: Any) -> bytes:
    """Return the content of an ``.h5`` file of a whole model."""
    config = serialize_keras_object(model)
    training = config.pop("compile_config", None)
    with hdf5.in_memory() as (file, buffer):
        file.attrs["keras_version"], file.attrs["backend"] = _KERAS_VERSION, "nn"
        file.attrs["model_config"] = json.dumps(config)
        if training:
            optimizer = training.pop("optimizer")
            training["loss"] = _full_names(training["loss"])
            file.attrs["training_config"] = json.dumps(training | {"optimizer_config": optimizer})
            _write_arrays(file.create_group("optimizer_weights"), _optimizer_values(model))
        _write_layers(file.create_group("model_weights"), model)
    return buffer.getvalue()


def load_model(loading: Loading) -> Any:
    """Return the model in an ``.h5`` file of Keras 2 or 3."""
    with hdf5.opened(loading.path) as file:
        if "model_config" not in file.attrs:
            raise ValueError(
                f"expected a whole model in {loading.path!r}, got a file without a config. If it "
                "has weights alone, make the model, and call its load_weights."
            )
        config = model_config(_json(file, "model_config"), of_keras_2=_is_of_keras_2(file))
        training = _json(file, "training_config")
        if training:
            config["compile_config"] = compile_config(training)
        model = model_from(config, loading)
        restore_layers(model, hdf5.group_at(file, "model_weights"))
        values = list(_read_arrays(hdf5.group_at(file, "optimizer_weights")))
        if values and model.optimizer is not None:
            restore_optimizer(model, values)
    return model


def load_weights(model: Any, path: str, skip_mismatch: bool) -> None:
    """Set the weights to those in an ``.h5`` file, of a whole model or of weights alone."""
    require_built(model, "load")
    with hdf5.opened(path) as file:
        whole = hdf5.group_at(file, "model_weights")
        restore_layers(model, file if whole is None else whole, skip_mismatch)


def _full_names(loss: Any) -> Any:
    """Return losses with names that Keras finds in such a file, which ``"mse"`` isn't."""
    if isinstance(loss, str):
        return losses.ALIASES.get(loss, loss)
    if isinstance(loss, list):
        return [_full_names(item) for item in loss]
    if isinstance(loss, dict) and "class_name" not in loss:
        return {name: _full_names(item) for name, item in loss.items()}
    return loss


def _write_layers(group: Any, model: Any) -> None:
    group.attrs["keras_version"], group.attrs["backend"] = _KERAS_VERSION, "nn"
    layers = _layers(model)
    _write_names(group, "layer_names", [layer.name for layer in layers])
    for layer in sorted(layers, key=lambda layer: str(layer.name)):
        _write_arrays(group.create_group(layer.name), _named(_weights(layer)))
    _write_arrays(group.create_group("top_level_model_weights"), _named(model.own_weights))


def _write_arrays(group: Any, values: Mapping[str, np.ndarray]) -> None:
    _write_names(group, "weight_names", list(values))
    for name, value in values.items():
        group.create_dataset(name, data=value)


def _write_names(group: Any, attribute: str, names: Sequence[str]) -> None:
    """Write names to an attribute, or to several if they are too long for one."""
    array = np.array([name.encode() for name in names], dtype="S" if names else "S1")
    parts = np.array_split(array, max(1, -(-array.nbytes // _LARGEST_ATTRIBUTE)))
    for index, part in enumerate(parts):
        group.attrs[attribute if len(parts) == 1 else f"{attribute}{index}"] = part


def restore_layers(model: Any, group: Any, skip_mismatch: bool = False) -> None:
    """Set the weights of the layers, in order; names don't count."""
    layers = [(layer.name, _weights(layer)) for layer in _layers(model) if layer.weights]
    groups = [hdf5.group_at(group, name) for name in _names(group, "layer_names")]
    found = [values for values in map(list, map(_read_arrays, groups)) if values]
    own = list(_read_arrays(hdf5.group_at(group, "top_level_model_weights")))
    if model.own_weights:
        layers, found = [*layers, (model.name, model.own_weights)], [*found, own]
    if len(layers) != len(found) and not skip_mismatch:
        raise ValueError(
            f"model {model.name!r} expects the weights of {len(layers)} layers, got those of "
            f"{len(found)}. Choose the file of this model, or pass skip_mismatch=True."
        )
    fitting = []
    for (name, weights), values in zip(layers, found, strict=False):
        try:
            check_values(weights, values)
        except ValueError as error:
            if not skip_mismatch:
                raise
            warn(f"layer {name!r} is left as it was: {error}")
            continue
        fitting += list(zip(weights, values, strict=True))
    for weight, value in fitting:
        weight.assign(value)


def _layers(model: Any) -> list[Any]:
    """Return the outermost layers; those of the graph alone if there is one."""
    layers: list[Any] = (getattr(model, "graph", None) or model).layers
    return layers


def _weights(layer: Any) -> list[Weight]:
    """Return the weights of a layer, those that are trained first, as Keras does."""
    return [*layer.trainable_weights, *layer.non_trainable_weights]


def _named(weights: Sequence[Weight]) -> dict[str, np.ndarray]:
    """Return the values of weights by different names."""
    found: dict[str, np.ndarray] = {}
    for weight in weights:
        name, count = weight.path, 0
        while name in found:
            count += 1
            name = f"{weight.path}_{count}"
        found[name] = weight.numpy()
    return found


def _optimizer_values(model: Any) -> dict[str, np.ndarray]:
    optimizer = model.optimizer
    return {f"{optimizer.name}/{name}": x for name, x in named_values(optimizer).items()}


def _read_arrays(group: Any) -> Iterator[np.ndarray]:
    """Yield the arrays of a group in the order of its names; none without a group."""
    for name in () if group is None else _names(group, "weight_names"):
        yield hdf5.read_array(group, name)


def _names(group: Any, attribute: str) -> list[str]:
    """Return the names in an attribute, or in several."""
    names = list(group.attrs.get(attribute, ()))
    for index in itertools.count():
        if f"{attribute}{index}" not in group.attrs:
            break
        names += list(group.attrs[f"{attribute}{index}"])
    return [name.decode() if isinstance(name, bytes) else str(name) for name in names]


def _is_of_keras_2(file: Any) -> bool:
    version = file.attrs.get("keras_version", "")
    text = version.decode(errors="replace") if isinstance(version, bytes) else str(version)
    return not text.startswith("3.")


def _json(file: Any, attribute: str) -> dict[str, Any]:
    """Return the dictionary in an attribute; an empty one if there is none."""
    text = file.attrs.get(attribute, "{}")
    return parse_json(text.encode() if isinstance(text, str) else bytes(text))
