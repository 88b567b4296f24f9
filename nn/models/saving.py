"""Weights in a file: one array for each weight, in NumPy's ``.npz`` format.

Each array's name is its place among the weights and its path, such as ``0:dense/kernel``. The
place decides on loading, so that a model fits whose layers were named otherwise.
"""

from __future__ import annotations

from os import PathLike, fspath
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from nn.models.composite import Composite


def save_weights(model: Composite, filepath: str | PathLike[str]) -> None:
    """Write all weights of ``model`` to ``filepath``.

    Raises:
        ValueError: the name doesn't end in ``.npz``, or the model has no weights yet.
    """
    path = _checked(filepath)
    _require_built(model, "save")
    arrays = {f"{place}:{w.path}": w.numpy() for place, w in enumerate(model.weights)}
    np.savez(path, **arrays)  # type: ignore[arg-type] # the stub's **kwds are arrays


def load_weights(model: Composite, filepath: str | PathLike[str]) -> None:
    """Read all weights of ``model`` from ``filepath``.

    Raises:
        ValueError: the file holds other weights than the model has.
    """
    path = _checked(filepath)
    _require_built(model, "load")
    with np.load(path) as file:
        names = sorted(file.files, key=lambda name: int(name.partition(":")[0]))
        arrays = [file[name] for name in names]
    model.set_weights(arrays)


def _checked(filepath: str | PathLike[str]) -> str:
    path = fspath(filepath)
    if not path.endswith(".npz"):
        raise ValueError(
            f"expected the name of a .npz file, the format of saved weights, got {path!r}. "
            f"Write {path.partition('.')[0] + '.npz'!r}."
        )
    return path


def _require_built(model: Composite, action: str) -> None:
    if not model.built:
        raise ValueError(
            f"model {model.name!r} expects to have weights to {action}, got none, as it hasn't "
            "seen the shape of its inputs. Call build((None, 9)), for example, first."
        )
