"""The ``.weights.h5`` format: the weights of a model, and the state of its optimizer."""

from __future__ import annotations

from typing import Any

from nn.saving import hdf5, legacy_h5
from nn.saving.arrays import require_built, restore

__all__ = ["load_weights", "save_weights"]


def save_weights(model: Any) -> bytes:
    """Return the content of a ``.weights.h5``."""
    require_built(model, "save")
    with hdf5.in_memory() as (file, buffer):
        hdf5.write_state(file, model)
    return buffer.getvalue()


def load_weights(model: Any, path: str, skip_mismatch: bool) -> None:
    """Set the weights to those in a ``.weights.h5``, and the state of the optimizer likewise.

    Up to TensorFlow 2.11, Keras wrote the weights of an ``.h5`` file under this name.
    """
    require_built(model, "load")
    with hdf5.opened(path) as file:
        if "layer_names" in file.attrs:
            legacy_h5.restore_layers(model, file, skip_mismatch)
        else:
            restore(model, lambda place: hdf5.read_group(file, f"{place}/vars"), skip_mismatch)
