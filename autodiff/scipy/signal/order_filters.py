"""Order filters, such as the median of the neighbors: those of ``scipy.ndimage``."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.signal

from autodiff.core.errors import user_line
from autodiff.core.typing import Array
from autodiff.rules.composite import composite
from autodiff.rules.operands import as_array
from autodiff.scipy.ndimage.ranks import rank_filter


@composite(scipy.signal.order_filter)
def order_filter(a: Array, domain: Array, rank: int) -> Array:
    """Return the neighbor of a rank of each entry, with zeros beyond the borders."""
    footprint = np.asarray(domain, bool)
    if any(n % 2 == 0 for n in footprint.shape):
        raise ValueError(
            f"expected a domain of odd lengths, got shape {footprint.shape} at {user_line()}. Add "
            f"a row or column of zeros."
        )
    a = as_array(a)
    if a.dtype.kind not in "iu" and a.dtype.type not in (np.float32, np.float64):
        raise ValueError(
            f"expected integers, float32 or float64, got {a.dtype} at {user_line()}. Convert them "
            f"with astype."
        )
    return rank_filter(a, rank, footprint=footprint, mode="constant")


def _median(volume: Array, kernel_size: Any) -> Array:
    volume = as_array(volume)
    sizes = np.broadcast_to(3 if kernel_size is None else kernel_size, volume.ndim)
    if np.any(sizes < 1):
        raise ValueError(
            f"expected a kernel of positive, odd sizes, got {kernel_size} at {user_line()}."
        )
    return order_filter(volume, np.ones(sizes), int(np.prod(sizes)) // 2)


@composite(scipy.signal.medfilt)
def medfilt(volume: Array, kernel_size: Any = None) -> Array:
    """Return the median of the neighbors, with zeros beyond the borders."""
    return _median(np.atleast_1d(as_array(volume)), kernel_size)


@composite(scipy.signal.medfilt2d)
def medfilt2d(input: Array, kernel_size: Any = 3) -> Array:
    """Return the median of the neighbors in an image, with zeros beyond the borders."""
    input = as_array(input)
    if input.ndim != 2:
        raise ValueError(
            f"expected an image of two axes, got shape {input.shape} at {user_line()}. Use medfilt."
        )
    return _median(input, kernel_size)
