"""What nn and Keras compute alike, as one array, for the fixture ``of_keras``."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np

from nn import tree


def plain(x: Any) -> np.ndarray:
    """Return an array of NumPy, of Keras's tensors too."""
    return x.detach().cpu().numpy() if hasattr(x, "detach") else np.asarray(x)


def draw_weights(owner: Any, seed: int = 0) -> None:
    """Set the weights of a layer or a model to the same numbers in both libraries."""
    rng = np.random.default_rng(seed)
    weights = []
    for shape in map(np.shape, owner.get_weights()):
        sign = rng.choice([-1, 1], shape) if len(shape) > 1 else 1  # variances stay positive
        weights.append((sign * rng.uniform(0.1, 0.9, shape)).astype("f"))
    owner.set_weights(weights)


def flat(*found: Any) -> np.ndarray:
    """Return the shapes and numbers of all arrays in structures."""
    parts = [plain(x) for x in tree.leaves(list(found))]
    return np.concatenate([np.concatenate([x.shape, x.ravel()]) for x in parts])


def names(owner: Any) -> int:
    """Return a number that stands for the names of the weights, in their order."""
    return zlib.crc32(",".join(w.name for w in owner.weights).encode()) % 2**20


def trained(model: Any, x: Any, y: Any, **options: Any) -> np.ndarray:
    """Return the predictions, the losses and the weights after training from drawn weights."""
    draw_weights(model)
    predicted = model.predict(x, verbose=0)
    history = model.fit(x, y, shuffle=False, verbose=0, **options).history["loss"]
    return flat(names(model), predicted, history, model.get_weights())
