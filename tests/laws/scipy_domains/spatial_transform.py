"""How to draw calls of ``scipy.spatial.transform``; its classes are tested beside their module."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.scipy.spatial.transform.principal import principal
from tests.laws.drawing import REAL, Call, Domain, Draw


def form(d: Draw) -> Call:
    """Draw symmetric matrices whose largest eigenvalue is far from the others."""
    vectors = np.linalg.qr(d.random.normal(size=(*d.shape(0, 1), 4, 4)))[0]
    scaled = vectors * np.array([3.0, 1.0, 0.5, 0.2])
    return Call((np.matmul(scaled, np.matrix_transpose(vectors)),), {}, symmetric)


def symmetric(K: Any) -> Any:
    return principal((K + np.matrix_transpose(K)) / 2)


DOMAINS: dict[Any, Domain] = {principal: Domain(form, **REAL, takes_float32=False)}
