"""Fourier transforms. As in Keras, complex arrays are pairs: the real and the imaginary parts."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff import Array
from nn.dtypes import FLOATX
from nn.ops.arrays import as_array, floats
from nn.ops.operation import operation


@operation
def fft(x: tuple[Array, Array]) -> tuple[Array, Array]:
    """Return the discrete Fourier transform along the last axis."""
    return _parts(np.fft.fft(_complex(x)))


@operation
def fft2(x: tuple[Array, Array]) -> tuple[Array, Array]:
    """Return the discrete Fourier transform along the last two axes."""
    return _parts(np.fft.fft2(_complex(x)))


@operation
def ifft2(x: tuple[Array, Array]) -> tuple[Array, Array]:
    """Return the inverse of `fft2`."""
    return _parts(np.fft.ifft2(_complex(x)))


@operation
def rfft(x: Array, fft_length: int | None = None) -> tuple[Array, Array]:
    """Return the transform of real numbers along the last axis, without its mirrored half.

    Args:
        x: real numbers.
        fft_length: to what length the axis is cut, or padded with zeros.
    """
    return _parts(np.fft.rfft(floats(x), fft_length))


@operation
def irfft(x: tuple[Array, Array], fft_length: int | None = None) -> Array:
    """Return the inverse of `rfft`; for an odd length, this must be given."""
    return np.fft.irfft(_complex(x), fft_length)


@operation
def extract_sequences(x: Array, sequence_length: int, sequence_stride: int) -> Array:
    """Return overlapping parts of the last axis, along a new axis before it.

    >>> extract_sequences(np.arange(5), 3, 2)
    array([[0, 1, 2],
           [2, 3, 4]])
    """
    x = as_array(x)
    starts = range(0, x.shape[-1] - sequence_length + 1, sequence_stride)
    places = np.array(starts, np.intp)[:, np.newaxis] + np.arange(sequence_length)
    return x[..., places]


@operation
def stft(
    x: Array,
    sequence_length: int,
    sequence_stride: int,
    fft_length: int,
    window: Any = "hann",
    center: bool = True,
) -> tuple[Array, Array]:
    """Return the Fourier transforms of overlapping parts of the last axis.

    Args:
        x: real numbers.
        sequence_length: the length of a part.
        sequence_stride: the distance of parts.
        fft_length: the length that parts are padded to.
        window: the weights of a part: ``'hann'``, ``'hamming'``, numbers, or None for ones.
        center: whether x is continued at both ends by its reflection, half a part long.
    """
    x = floats(x)
    if center:
        widths = [(0, 0)] * (x.ndim - 1) + [(fft_length // 2, fft_length // 2)]
        x = np.pad(x, widths, "reflect")
    before = (fft_length - sequence_length) // 2
    weights = np.pad(
        _weights(window, sequence_length), (before, fft_length - sequence_length - before)
    )
    return _parts(np.fft.rfft(extract_sequences(x, fft_length, sequence_stride) * weights))


@operation
def view_as_complex(x: Array) -> Array:
    """Return complex numbers whose parts are the last axis, of length 2."""
    x = floats(x)
    return x[..., 0] + 1j * x[..., 1]


@operation
def view_as_real(x: Array) -> Array:
    """Return the real and imaginary parts along a new last axis."""
    x = as_array(x)
    return np.stack([x.real, x.imag], axis=-1)


def _weights(window: Any, length: int) -> Array:
    """Return the weights of a part, of a periodic window by its name."""
    if window is None:
        return np.ones(length, FLOATX)
    if isinstance(window, str):
        if window not in ("hann", "hamming"):
            raise ValueError(
                f"expected the window 'hann', 'hamming', numbers, or None, got {window!r}. Pass "
                f"one of these."
            )
        make = np.hanning if window == "hann" else np.hamming
        return make(length + 1)[:-1].astype(FLOATX)
    weights = as_array(window)
    if weights.shape != (length,):
        raise ValueError(
            f"expected a window of sequence_length={length} numbers, got shape {weights.shape}. "
            f"Pass as many numbers."
        )
    return weights


def _complex(x: tuple[Array, Array]) -> Array:
    """Return complex numbers of a pair of parts.

    Raises:
        TypeError: it isn't a pair.
        ValueError: the shapes differ.
    """
    if not isinstance(x, list | tuple) or len(x) != 2:
        raise TypeError(
            f"expected a pair of arrays, the real and the imaginary parts, got {type(x).__name__}. "
            "Write (x, ops.zeros_like(x)) for real numbers."
        )
    real, imaginary = map(floats, x)
    if real.shape != imaginary.shape:
        raise ValueError(
            f"expected a real and an imaginary part of one shape, got {real.shape} and "
            f"{imaginary.shape}. Repeat the smaller one: ops.broadcast_to."
        )
    return real + 1j * imaginary


def _parts(x: Array) -> tuple[Array, Array]:
    return np.real(x), np.imag(x)
