"""The ``.keras`` format of Keras 3: a zip archive of the config, the weights and a date.

It has ``config.json``, ``metadata.json``, and ``model.weights.h5`` in the layout of
`nn.saving.hdf5`. Nothing is extracted to the disk.
"""

from __future__ import annotations

import json
import time
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

from nn.layers.preprocessing.vocabulary_layer import VocabularyLayer
from nn.saving import hdf5
from nn.saving.arrays import require_built, restore
from nn.saving.legacy_configs import archive_config
from nn.saving.paths import layers_by_path
from nn.saving.reading import LARGEST_CONFIG, parse_json, read_member, reading
from nn.saving.whole_model import config_of, model_from

if TYPE_CHECKING:
    from nn.saving.whole_model import Loading

__all__ = ["load_model", "load_weights", "save_model"]

_ASSET = "assets/{}/vocabulary.txt"  # of a layer, by its path
_CONFIG, _METADATA, _WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
_KERAS_VERSION = "3.15.0"  # whose layout this is


def save_model(model: Any) -> bytes:
    """Return the content of a ``.keras`` file."""
    date = time.strftime("%Y-%m-%d@%H:%M:%S")
    _check_assets(model)
    metadata = {"keras_version": _KERAS_VERSION, "date_saved": date}
    with hdf5.in_memory() as (file, weights):
        hdf5.write_state(file, model)
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        archive.writestr(_METADATA, json.dumps(metadata))
        archive.writestr(_CONFIG, config_of(model))
        archive.writestr(_WEIGHTS, weights.getvalue())
    return buffer.getvalue()


def _check_assets(model: Any) -> None:
    for layer in model.flat_layers():
        if callable(getattr(type(layer), "save_assets", None)):
            raise NotImplementedError(
                f"expected layers without save_assets, got layer {layer.name!r}, whose files "
                "wouldn't be in the archive. Return what they hold from get_config, or add it to "
                "the store as an array in save_own_variables."
            )


def load_model(loading: Loading) -> Any:
    """Return the model in a ``.keras`` file."""
    path = loading.path
    with open(path, "rb") as file, reading(path), ZipFile(file) as archive:
        config = parse_json(read_member(archive, _CONFIG, LARGEST_CONFIG))
        if _is_of_keras_2(archive):
            config = archive_config(config)
        model = model_from(config, loading)
        weights = read_member(archive, _WEIGHTS)
        vocabularies = _vocabularies(model, archive)
    _restore(model, path, weights)
    for layer, text in vocabularies:
        layer.load_vocabulary(text)
    return model


def load_weights(model: Any, path: str, skip_mismatch: bool) -> None:
    """Set the weights to those in a ``.keras`` file, and the state of the optimizer likewise."""
    require_built(model, "load")
    with open(path, "rb") as file, reading(path), ZipFile(file) as archive:
        weights = read_member(archive, _WEIGHTS)
    _restore(model, path, weights, skip_mismatch)


def _restore(model: Any, path: str, weights: bytes, skip_mismatch: bool = False) -> None:
    with hdf5.opened(path, BytesIO(weights)) as file:
        restore(model, lambda place: hdf5.read_group(file, f"{place}/vars"), skip_mismatch)


def _is_of_keras_2(archive: ZipFile) -> bool:
    """Return whether Keras 2 has written an archive, which its versions from 2.13 on do."""
    if _METADATA not in archive.namelist():
        return False
    metadata = parse_json(read_member(archive, _METADATA, LARGEST_CONFIG))
    return str(metadata.get("keras_version", "")).startswith("2.")


def _vocabularies(model: Any, archive: ZipFile) -> list[tuple[VocabularyLayer, str]]:
    """Return the layers whose vocabulary is a file of its own, as Keras writes it, and its text."""
    layers = layers_by_path(model).items()
    lookups = {_ASSET.format(path): x for path, x in layers if isinstance(x, VocabularyLayer)}
    names = [name for name in archive.namelist() if name in lookups]
    return [(lookups[name], read_member(archive, name).decode()) for name in names]
