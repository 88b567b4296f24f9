"""The Hausdorff distance of two sets of points."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import numpy as np
from scipy.spatial import distance

from autodiff.compiler.entropy import ignore_entropy_requests
from autodiff.core.indexing import read
from autodiff.core.primitive import constant, primitive
from autodiff.core.typing import Array
from autodiff.rules.operands import as_array
from autodiff.scipy.real import real_composite
from autodiff.scipy.spatial.distance.pairs import cdist

__all__: list[str] = []


@primitive
def farthest(u: Array, v: Array, *, rng: tuple[Any, ...], seed: dict[str, Any]) -> Array:
    """Return the number of the point in u whose neighbor is farthest, and that of the neighbor.

    Which ones of several, depends on the order in which SciPy searches, by default another one than
    with ``rng=0``. SciPy makes a generator without a seed, and then seeds it.
    """
    has_seed = None not in (*rng, *seed.values())
    with ignore_entropy_requests() if has_seed else nullcontext():
        return np.array(distance.directed_hausdorff(u, v, *rng, **seed)[1:])


constant(farthest)


@real_composite(distance.directed_hausdorff)
def directed_hausdorff(u: Array, v: Array, *rng: Any, **seed: Any) -> Any:
    """Return the largest distance of a point in u to its neighbor in v, and their numbers."""
    u, v = as_array(u).astype(float), as_array(v).astype(float)
    i, j = farthest(u, v, rng=rng, seed=seed)
    return cdist(read(u, i)[None], read(v, j)[None])[0, 0], i, j
