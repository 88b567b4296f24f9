"""Rules for arrays that are assembled from parts, such as the slope of an array that was cut."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from autodiff.compiler.patterns import shape_of
from autodiff.compiler.program import Operand, ProgramValue
from autodiff.core.registry import registry

__all__ = ["joined_slices"]


def joined_slices(value: ProgramValue) -> Operand | None:
    """Replace values that are added into slices of zeros by one concatenate.

    The slices must cover the array, one after the other along one axis. A zero may change its sign.
    """
    indices, shape = value.options["indices"], value.options["shape"]
    if not 1 < len(indices) == len(value.inputs):
        return None
    cuts = [cut for index in indices if (cut := _cut(index, shape)) is not None]
    if len(cuts) < len(indices) or len({axis for axis, _, _ in cuts}) > 1:
        return None
    found = sorted(zip(cuts, value.inputs, strict=True), key=lambda pair: pair[0])
    axis = found[0][0][0]
    ends = [(start, stop) for (_, start, stop), _ in found]
    is_whole = ends[0][0] == 0 and ends[-1][1] == shape[axis]
    if not is_whole or any(stop != start for (_, stop), (start, _) in pairwise(ends)):
        return None
    for (start, stop), (_, x) in zip(ends, found, strict=True):
        expected = (*shape[:axis], stop - start, *shape[axis + 1 :])
        if not (isinstance(x, ProgramValue) and shape_of(x) == expected and x.dtype == value.dtype):
            return None
    return value.like(registry[np.concatenate], *(x for _, x in found), axis=axis)


def _cut(index: Any, shape: Sequence[int]) -> tuple[int, int, int] | None:
    """Return the axis, the start and the stop of a slice along a single axis."""
    parts = index if isinstance(index, tuple) else (index,)
    if not all(isinstance(part, slice) or part is ... for part in parts):
        return None  # before arrays of positions are compared
    if ... in parts:
        place = parts.index(...)
        gap = (slice(None),) * (len(shape) - len(parts) + 1)
        parts = (*parts[:place], *gap, *parts[place + 1 :])
    if not all(part.step in (None, 1) for part in parts):
        return None
    limits = [part.indices(length)[:2] for part, length in zip(parts, shape, strict=False)]
    partial = [axis for axis, ends in enumerate(limits) if ends != (0, shape[axis])]
    return (partial[0], *limits[partial[0]]) if len(partial) == 1 else None
