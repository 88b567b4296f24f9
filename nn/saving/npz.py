"""The ``.npz`` format: NumPy's archive of arrays, which needs no other package.

The name of a weight is its index and its path, such as ``0:dense/kernel``. Only the index is used
on loading, so that layers may have other names. A whole model also has the bytes of its config, in
JSON, as ``config``, and the state of its optimizer, as ``optimizer:momentum`` and so on.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import numpy as np

from nn.messages import warn
from nn.saving.arrays import require_built
from nn.saving.reading import LARGEST_CONFIG, parse_json, read_member, reading
from nn.saving.whole_model import config_of, model_from

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nn.saving.whole_model import Loading

__all__ = ["load_model", "load_weights", "save_model", "save_weights"]

_CONFIG, _STATE = "config", "optimizer:"


def save_weights(model: Any) -> bytes:
    """Return the content of a file of all weights."""
    require_built(model, "save")
    return _written(_weights(model))


def load_weights(model: Any, path: str, skip_mismatch: bool) -> None:
    """Set all weights to those in a file.

    Raises:
        ValueError: the weights in the file don't match those of the model.
    """
    require_built(model, "load")
    values = _read_weights(path)
    if skip_mismatch:
        values = _without_mismatches(model, values)
    model.set_weights(values)


def save_model(model: Any) -> bytes:
    """Return the content of a file of a whole model."""
    arrays = {_CONFIG: np.frombuffer(config_of(model), np.uint8)} | _weights(model)
    if getattr(model, "optimizer", None) is not None:
        state = model.optimizer.get_state()
        arrays |= {f"{_STATE}{name}": value for name, value in state.items()}
    return _written(arrays)


def load_model(loading: Loading) -> Any:
    """Return the model in a file, in the same state, bit for bit."""
    path = loading.path
    with open(path, "rb") as file, reading(path), ZipFile(file) as archive:
        content = _read(archive, _CONFIG, LARGEST_CONFIG).tobytes()
        model = model_from(parse_json(content), loading)
        state = {
            name.removeprefix(_STATE): _read(archive, name)
            for name in _names(archive)
            if name.startswith(_STATE)
        }
    values = _read_weights(path)
    with reading(path):
        model.set_weights(values)
        if state and model.optimizer is not None:
            if len(state) > len(model.optimizer.get_state()):
                model.store  # noqa: B018 - builds the optimizer
            model.optimizer.set_state(state)
    return model


def _weights(model: Any) -> dict[str, np.ndarray]:
    return {f"{index}:{weight.path}": weight.numpy() for index, weight in enumerate(model.weights)}


def _written(arrays: Mapping[str, np.ndarray]) -> bytes:
    buffer = BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type] # the stub's **kwds are arrays
    return buffer.getvalue()


def _read_weights(path: str) -> list[np.ndarray]:
    """Return the weights in a file, in order."""
    with open(path, "rb") as file, reading(path), ZipFile(file) as archive:
        places = {
            int(name.partition(":")[0]): name
            for name in _names(archive)
            if name != _CONFIG and not name.startswith(_STATE)
        }
        return [_read(archive, places[index]) for index in sorted(places)]


def _names(archive: ZipFile) -> list[str]:
    return [name.removesuffix(".npy") for name in archive.namelist()]


def _read(archive: ZipFile, name: str, most: int | None = None) -> np.ndarray:
    """Return an array; pickles, which can run code, are refused."""
    data = BytesIO(read_member(archive, f"{name}.npy", most))
    array: np.ndarray = np.lib.format.read_array(data, allow_pickle=False)
    if array.dtype.kind not in "biuf":
        raise ValueError(
            f"expected an array of numbers {name!r}, got one of {array.dtype}. Choose another file."
        )
    return array


def _without_mismatches(model: Any, values: list[np.ndarray]) -> list[np.ndarray]:
    """Return the values that fit the weights at their places, else their own; warn of these."""
    weights = model.weights
    fits = [w.shape == value.shape for w, value in zip(weights, values, strict=False)]
    fits += [False] * (len(weights) - len(fits))
    skipped = [w.path for w, fit in zip(weights, fits, strict=True) if not fit]
    if skipped:
        warn(
            f"{len(skipped)} weights are left as they were, without a match in the file: {skipped}"
        )
    return [values[i] if fit else weights[i].numpy() for i, fit in enumerate(fits)]
