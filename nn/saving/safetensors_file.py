"""The ``.safetensors`` format: weights by their paths, such as ``layers/dense/kernel``.

A path has the places of layers in the model, as in Keras's files, and the name of the weight. It
doesn't depend on the names of layers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nn.messages import warn
from nn.saving.arrays import require_built
from nn.saving.extras import needed
from nn.saving.paths import layers_by_path
from nn.saving.reading import reading

if TYPE_CHECKING:
    from nn.layers.weight import Weight

__all__ = ["load_weights", "save_weights"]


def save_weights(model: Any) -> bytes:
    """Return the content of a file of all weights."""
    require_built(model, "save")
    safetensors = needed("safetensors.numpy", "safetensors", "a file of safetensors")
    arrays = {name: np.asarray(w.numpy(), order="C") for name, w in _named(model).items()}
    content: bytes = safetensors.save(arrays, {"format": "np"})
    return content


def load_weights(model: Any, path: str, skip_mismatch: bool) -> None:
    """Set all weights to those in a file.

    Raises:
        ValueError: the names or the shapes in the file don't match those of the model.
    """
    require_built(model, "load")
    safetensors = needed("safetensors.numpy", "safetensors", "a file of safetensors")
    with open(path, "rb") as file, reading(path):
        arrays = safetensors.load(file.read())
    weights = _named(model)
    unmatched = [n for n, w in weights.items() if n not in arrays or arrays[n].shape != w.shape]
    unmatched += [name for name in arrays if name not in weights]
    if unmatched and not skip_mismatch:
        raise ValueError(
            f"expected the weights of the model {model.name!r} in {path!r}, got other names or "
            f"shapes: {_difference(unmatched[0], weights, arrays)}. Choose the file of this model, "
            "or pass skip_mismatch=True to leave such weights as they are."
        )
    if unmatched:
        warn(f"{len(unmatched)} weights are left as they were, or not used: {unmatched}")
    for name in weights.keys() - set(unmatched):
        weights[name].assign(arrays[name])


def _named(model: Any) -> dict[str, Weight]:
    """Return the weights by their paths."""
    found: dict[str, Weight] = {}
    for path, layer in layers_by_path(model).items():
        for weight in layer.own_weights:
            name = stem = f"{path}/{weight.name}".lstrip("/")
            count = 0
            while name in found:
                count += 1
                name = f"{stem}_{count}"
            found[name] = weight
    return found


def _difference(name: str, weights: dict[str, Weight], arrays: dict[str, np.ndarray]) -> str:
    expected = weights[name].shape if name in weights else "none"
    got = arrays[name].shape if name in arrays else "none"
    return f"for {name!r} the model has {expected}, the file {got}"
