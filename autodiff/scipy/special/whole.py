"""Orders and counts that SciPy takes as whole numbers: it drops the fraction of others."""

from __future__ import annotations

import math

import numpy as np

from autodiff.core.typing import Array

__all__ = ["whole"]


def whole(n: Array) -> Array:
    """Return n without its fraction; a Python number stays one, as it doesn't widen float32."""
    if type(n) is float:
        return float(math.trunc(n)) if math.isfinite(n) else n
    return n if isinstance(n, int) or n.dtype.kind in "biu" else np.trunc(n)
