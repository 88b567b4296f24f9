"""Shared by ``ndimage``: what is an image, its axes, and how it is continued beyond its borders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from autodiff.core.errors import user_line
from autodiff.core.typing import Array, Axis
from autodiff.rules.operands import as_array

__all__ = ["as_image", "axes_of", "each", "padding", "reach", "refuse_output"]

_PADDING = {
    "reflect": "symmetric", "grid-mirror": "symmetric", "mirror": "reflect", "nearest": "edge",
    "wrap": "wrap", "grid-wrap": "wrap", "constant": "constant", "grid-constant": "constant",
}  # fmt: skip


def as_image(input: Array) -> Array:
    """Return an image as an array in the machine's byte order, as SciPy's results are.

    Raises:
        TypeError: it has integers, beside other traced values: SciPy would round the result.
    """
    image = as_array(input)
    if image.dtype.kind not in "fc":
        raise TypeError(
            f"expected an image of floats beside a traced value, got one of {image.dtype} at "
            f"{user_line()}: SciPy returns the image's dtype, and rounding has no slope. Convert "
            f"it: image.astype(float)."
        )
    return image if image.dtype.isnative else image.astype(image.dtype.newbyteorder("="))


def refuse_output(output: None) -> None:
    """Raise an error unless the result has the image's dtype."""
    if output is not None:
        raise NotImplementedError(
            f"filters and transforms of a traced value have no output= (got one at {user_line()}). "
            f"Convert the result: z.astype(dtype)."
        )


def axes_of(axes: Axis, ndim: int) -> tuple[int, ...]:
    """Return the axes that are filtered, counted from the front."""
    if axes is None:
        return tuple(range(ndim))
    found: tuple[int, ...] = normalize_axis_tuple(axes, ndim)
    return found


def each(value: Any, count: int, name: str) -> list[Any]:
    """Return a value for each axis, from a sequence of them or a single one for all.

    Raises:
        RuntimeError: the sequence has another length.
    """
    if isinstance(value, str) or not (np.ndim(value) or isinstance(value, (list, tuple))):
        return [value] * count
    values = list(value) if isinstance(value, Iterable) else [value]
    if len(values) != count:
        raise RuntimeError(
            f"expected {name} for each of {count} axes, got {len(values)}. Pass one for each, or "
            f"one for all."
        )
    return values


def padding(mode: str) -> str:
    """Return ``np.pad``'s name for one of SciPy's modes, whose functions refuse others first."""
    return _PADDING[mode]


def reach(lengths: Sequence[int], origins: Sequence[int]) -> list[tuple[int, int]]:
    """Return how far windows reach before and after their own entry, for each axis."""
    before = [n // 2 + origin for n, origin in zip(lengths, origins, strict=True)]
    return [(b, n - 1 - b) for b, n in zip(before, lengths, strict=True)]
