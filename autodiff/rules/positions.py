"""Positions across all axes and in each of them, and bits, none of which has a slope."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from autodiff.core.primitive import constant, primitive
from autodiff.core.registry import registry
from autodiff.core.tensor import plain
from autodiff.core.typing import Array, Function
from autodiff.rules.composite import composite
from autodiff.rules.exact import run_exact
from autodiff.rules.index import plain_count


@primitive
def position_in_axis(indices: Array, *, shape: Any, order: Any, axis: int) -> Array:
    """Return the positions along one axis of entries that are counted across all axes."""
    return np.unravel_index(indices, shape, order)[axis]


constant(position_in_axis)


@composite(np.unravel_index, exact=True)
def unravel_index(indices: Array, shape: Any, order: str = "C") -> tuple[Array, ...]:
    """Return the positions along each axis of entries that are counted across all axes."""
    shape = plain_count(np.unravel_index, shape)
    options = {"shape": shape, "order": order}
    if not np.size(shape):  # no axis: an error, unless the position is 0
        return np.unravel_index(plain(indices), **options)
    return tuple(
        position_in_axis.apply((indices,), {**options, "axis": axis})
        for axis in range(np.size(shape))
    )


unravel_index.is_constant = True  # type: ignore[attr-defined]


def _of_whole_numbers(function: Function) -> Function:
    """Return the traceable version of a function that takes and returns whole numbers alone."""

    @functools.wraps(function)
    def front(*args: Any, **kwargs: Any) -> Any:
        return run_exact(function, args, kwargs)

    front.is_constant = True  # type: ignore[attr-defined]
    return front


for _function in (np.ravel_multi_index, np.packbits, np.unpackbits):
    registry[_function] = _of_whole_numbers(_function)
