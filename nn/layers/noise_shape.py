"""The argument ``noise_shape`` of dropout: which axes of the inputs share the random mask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from nn.numbers import as_whole

__all__ = ["NoiseShape", "checked_noise_shape", "mask_shape"]

NoiseShape: TypeAlias = Sequence[int | None] | None


def checked_noise_shape(owner: type, noise_shape: NoiseShape) -> NoiseShape:
    """Return a noise shape; raise a ValueError unless it holds lengths of at least 1, or None."""
    if noise_shape is None:
        return None
    if not isinstance(noise_shape, list | tuple) or not all(
        length is None or (as_whole(length) or 0) >= 1 for length in noise_shape
    ):
        raise ValueError(
            f"{owner.__name__} expects noise_shape as a tuple of lengths, got {noise_shape!r}. "
            "Write None for an axis as long as that of the inputs, 1 for an axis that shares the "
            "mask."
        )
    return noise_shape


def mask_shape(name: str, noise_shape: NoiseShape, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape of the random mask for inputs of a shape.

    Args:
        name: that of the layer.
        noise_shape: None stands for the shape of the inputs, and in it for one of their lengths.
        shape: that of the inputs.

    Raises:
        ValueError: the noise shape has another number of axes than the inputs.

    >>> mask_shape("dropout", (None, 1, None), (8, 5, 3))
    (8, 1, 3)
    """
    if noise_shape is None:
        return shape
    if len(noise_shape) != len(shape):
        raise ValueError(
            f"layer {name!r} expects a noise_shape with as many axes as its inputs of shape "
            f"{shape}, got {tuple(noise_shape)}. Write None for an axis as long as that of the "
            "inputs, 1 for an axis that shares the mask."
        )
    return tuple(n if m is None else m for n, m in zip(shape, noise_shape, strict=True))
