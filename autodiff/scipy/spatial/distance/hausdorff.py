"""The Hausdorff distance of two sets of points."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.spatial import distance

from autodiff.core.typing import Array
from autodiff.rules.operands import as_array
from autodiff.scipy.real import real_composite
from autodiff.scipy.spatial.distance.pairs import cdist

__all__: list[str] = []


@real_composite(distance.directed_hausdorff)
def directed_hausdorff(u: Array, v: Array, rng: Any = 0, *, seed: Any = None) -> Any:
    """Return the largest distance of a point in u to its neighbor in v, and their numbers."""
    del rng, seed  # by which SciPy searches in another order
    distances = cdist(as_array(u).astype(float), as_array(v).astype(float))
    i = np.argmax(np.min(distances, axis=1))
    j = np.argmin(distances[i])
    return distances[i, j], i, j
