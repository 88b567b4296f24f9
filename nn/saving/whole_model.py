"""What all files of whole models have in common: a config, and the model that it describes."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nn.configs.deserialization import deserialize_keras_object
from nn.configs.serialization import serialize_keras_object
from nn.layers import weight_limit
from nn.layers.container import Container

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Loading", "config_of", "model_from"]

_FEWEST_ENTRIES = 2**24  # of weights, that a small file may make
_MOST_FOR_BYTE = 100


@dataclass(frozen=True)
class Loading:
    """The arguments of ``load_model``."""

    path: str
    custom_objects: Mapping[str, Any] | None
    compile: bool
    safe_mode: bool


def config_of(model: Any) -> bytes:
    """Return the config of a model, with its ``compile``, as JSON."""
    return json.dumps(serialize_keras_object(model)).encode()


def model_from(config: Mapping[str, Any], loading: Loading) -> Any:
    """Return the model of a config, built, and compiled unless the arguments say otherwise.

    Raises:
        ValueError: the config is one of something else, or of a model that is much larger than the
            file.
    """
    if not loading.compile:
        config = {key: part for key, part in config.items() if key != "compile_config"}
    entries = max(_FEWEST_ENTRIES, _MOST_FOR_BYTE * os.path.getsize(loading.path))
    with weight_limit.at_most(entries):
        model = deserialize_keras_object(config, loading.custom_objects, loading.safe_mode)
    if not isinstance(model, Container):
        raise ValueError(
            f"expected the config of a model, got one of {type(model).__name__}. "
            "Choose a file that model.save wrote."
        )
    return model
