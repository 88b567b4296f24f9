"""How the operations of `nn` are written with the operators of ONNX."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autodiff.onnx import operator
from nn import primitives
from nn.layers.preprocessing import encoding
from nn.windows import primitives as windows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autodiff.onnx import Value, Writer
    from nn.windows.window import Window

__all__: list[str] = []


@operator(primitives.relu)
def _relu(writer: Writer, x: Value) -> str:
    return writer.add("Relu", x.name)


@operator(primitives.sigmoid)
def _sigmoid(writer: Writer, x: Value) -> str:
    return writer.add("Sigmoid", x.name)


@operator(primitives.erf)
def _erf(writer: Writer, x: Value) -> str:
    return writer.add("Erf", x.name)


@operator(primitives.softmax)
def _softmax(writer: Writer, x: Value, axis: Any) -> str:
    if not isinstance(axis, tuple):
        return writer.add("Softmax", x.name, axis=int(axis) % x.ndim)
    axes = writer.numbers(*(a % x.ndim for a in axis))
    shifted = writer.add("Sub", x.name, writer.add("ReduceMax", x.name, axes))
    powers = writer.add("Exp", shifted)
    return writer.add("Div", powers, writer.add("ReduceSum", powers, axes))


@operator(primitives.log_softmax)
def _log_softmax(writer: Writer, x: Value, axis: int) -> str:
    return writer.add("LogSoftmax", x.name, axis=int(axis) % x.ndim)


@operator(windows.patches)
def _patches(writer: Writer, x: Value, window: Window, **_: Any) -> str:
    """Write a convolution, for each channel, with kernels that copy what they see."""
    channels, count, axes = x.shape[-1], window.count, len(window.size)
    name = writer.add(
        "Conv",
        _channels_first(writer, _cut(writer, x.name, window), x.ndim),
        writer.constant(_copies(count, channels, window.size)),
        group=channels,
        **_options(window),
    )
    name = writer.add("Reshape", name, writer.numbers(0, channels, count, *window.places))
    return writer.transpose(name, [0, *range(3, 3 + axes), 2, 1])


@operator(windows.overlap_add)
def _overlap_add(writer: Writer, rows: Value, window: Window, **_: Any) -> str:
    """Write the transposed convolution with the same kernels; its borders are cut off."""
    channels, count, axes = rows.shape[-1], window.count, len(window.size)
    name = writer.transpose(rows.name, [0, axes + 2, axes + 1, *range(1, axes + 1)])
    name = writer.add("Reshape", name, writer.numbers(0, channels * count, *window.places))
    name = writer.add(
        "ConvTranspose",
        name,
        writer.constant(_copies(count, channels, window.size)),
        group=channels,
        strides=window.steps,
        dilations=window.spacings,
    )
    seen = [
        (p - 1) * s + (k - 1) * d + 1
        for p, s, k, d in zip(
            window.places, window.steps, window.size, window.spacings, strict=True
        )
    ]
    after = [n + b - m for n, b, m in zip(window.shape, window.before, seen, strict=True)]
    pads = [0, 0, *(-b for b in window.before), 0, 0, *after]
    name = writer.add("Pad", name, writer.numbers(*pads))
    return writer.transpose(name, [0, *range(2, 2 + axes), 1])


@operator(windows.max_pool)
def _max_pool(writer: Writer, x: Value, window: Window, **_: Any) -> str:
    name = _channels_first(writer, _cut(writer, x.name, window), x.ndim)
    name = writer.add("MaxPool", name, **_options(window))
    return writer.transpose(name, [0, *range(2, x.ndim), 1])


@operator(encoding.counts)
def _counts(writer: Writer, indices: Value, weights: Value, depth: int) -> str:
    """Write the sum of one-hot rows, each times its weight."""
    places = writer.add("Unsqueeze", writer.cast(indices, np.int64), writer.numbers(-1))
    numbers = writer.constant(np.arange(depth))
    rows = writer.cast_name(writer.add("Equal", places, numbers), weights.dtype)
    factors = writer.add("Unsqueeze", weights.name, writer.numbers(-1))
    return writer.add("ReduceSum", writer.add("Mul", rows, factors), writer.numbers(-2), keepdims=0)


@operator(np.searchsorted)
def _searchsorted(writer: Writer, a: Value, v: Value, side: str = "left") -> str:
    """Write the number of sorted entries that are below each value."""
    kind = "GreaterOrEqual" if side == "right" else "Greater"
    places = writer.add("Unsqueeze", v.name, writer.numbers(-1))
    counts = writer.cast_name(writer.add(kind, places, writer.cast(a, v.dtype)), np.int64)
    return writer.add("ReduceSum", counts, writer.numbers(-1), keepdims=0)


def _copies(count: int, channels: int, size: Sequence[int]) -> np.ndarray:
    """Return kernels that copy each entry they see: shape (channels · count, 1, *size)."""
    one = np.eye(count, dtype=np.float32).reshape(count, 1, *size)
    return np.tile(one, (channels, *[1] * (one.ndim - 1)))


def _channels_first(writer: Writer, name: str, ndim: int) -> str:
    return writer.transpose(name, [0, ndim - 1, *range(1, ndim - 1)])


def _after(window: Window) -> list[int]:
    """Return the zeros behind each axis; negative where entries are left over."""
    return [
        (p - 1) * s + (k - 1) * d + 1 - b - n
        for p, s, k, d, b, n in zip(
            window.places,
            window.steps,
            window.size,
            window.spacings,
            window.before,
            window.shape,
            strict=True,
        )
    ]


def _cut(writer: Writer, name: str, window: Window) -> str:
    """Write the image without the entries that no place sees before or behind the others."""
    before, after = ([min(0, n) for n in side] for side in (window.before, _after(window)))
    if not any((*before, *after)):
        return name
    return writer.add("Pad", name, writer.numbers(0, *before, 0, 0, *after, 0))


def _options(window: Window) -> dict[str, Any]:
    return {
        "kernel_shape": window.size,
        "strides": window.steps,
        "dilations": window.spacings,
        "pads": [max(0, n) for n in (*window.before, *_after(window))],
    }
