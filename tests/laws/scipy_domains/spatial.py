"""How to draw calls of ``scipy.spatial``."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import spatial as plain

from tests.laws.drawing import REAL, Call, Domain, Draw, call


def points(d: Draw) -> Call:
    x, y = d.random.uniform(-2, -0.5, (2, 3, 2))
    return call(x, y, **d.options(p=[1, 2, 3.5, np.inf]))


DOMAINS: dict[Any, Domain] = {
    plain.distance_matrix: Domain(points, **REAL),
    plain.minkowski_distance: Domain(points, **REAL),
    plain.minkowski_distance_p: Domain(points, **REAL),
}
