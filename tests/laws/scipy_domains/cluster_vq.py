"""How to draw calls of ``scipy.cluster.vq``."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.cluster.vq as s

from autodiff.scipy.cluster.vq import vq
from autodiff.scipy.cluster.vq.quantization import nearest
from tests.laws.drawing import REAL, Call, Domain, Draw, call


def points(d: Draw) -> Call:
    return call(d.random.normal(size=(d.integer(2, 4), d.integer(1, 3))))


def near_centers(d: Draw) -> Call:
    """Draw points near centers that are far from each other."""
    centers = 3.0 * np.arange(1, 3)[:, None] * np.ones(d.integer(1, 3))
    chosen = centers[d.random.integers(0, 2, d.integer(1, 4))]
    return call(chosen + d.random.uniform(0.1, 0.4, chosen.shape), centers)


def distances(d: Draw) -> Call:
    return Call(near_centers(d).args, {}, lambda *args: vq(*args)[1])


DOMAINS: dict[Any, Domain] = {
    s.whiten: Domain(points, **REAL),
    s.vq: Domain(distances, **REAL),
    nearest: Domain(near_centers, **REAL),
}
