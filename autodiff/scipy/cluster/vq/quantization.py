"""Vector quantization: the nearest center of each point, and how far it is away."""

from __future__ import annotations

import warnings

import numpy as np
import scipy.cluster.vq

from autodiff.core.indexing import read
from autodiff.core.primitive import constant, primitive
from autodiff.core.tensor import peek
from autodiff.core.typing import Array
from autodiff.rules.composite import composite
from autodiff.rules.operands import as_array
from autodiff.scipy.checked import finite


@primitive
def nearest(obs: Array, code_book: Array, check_finite: bool = True) -> Array:
    """Return the number of the nearest center of each point."""
    found: Array = scipy.cluster.vq.vq(obs, code_book, check_finite)[0]
    return found


constant(nearest)


@composite(scipy.cluster.vq.vq)
def vq(obs: Array, code_book: Array, check_finite: bool = True) -> tuple[Array, Array]:
    """Return the number of the nearest center of each point, and the distance, with slopes."""
    obs, code_book = as_array(obs), as_array(code_book)
    code = nearest(obs, code_book, check_finite=check_finite)
    apart = obs - read(code_book, code)
    return code, np.abs(apart) if obs.ndim == 1 else np.linalg.norm(apart, axis=-1)


@composite(scipy.cluster.vq.whiten)
def whiten(obs: Array, check_finite: bool | None = None) -> Array:
    """Return the columns divided by their standard deviations; constant ones as they are."""
    obs = as_array(obs)
    if check_finite is not False:
        obs = finite(obs)
    deviations = np.std(obs, axis=0)
    is_constant = deviations == 0
    if check_finite is not False and np.any(peek(is_constant)):
        warnings.warn(
            "Some columns have standard deviation zero. The values of these columns will not "
            "change.", RuntimeWarning, stacklevel=2,
        )  # fmt: skip
    return obs / np.where(is_constant, 1.0, deviations)
