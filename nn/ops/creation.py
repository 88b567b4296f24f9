"""New arrays, in float32 unless another dtype is given."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from autodiff import Array
from nn.dtypes import FLOATX, result_dtype
from nn.ops.arrays import as_array, cast_to
from nn.ops.operation import named, operation

if TYPE_CHECKING:
    from collections.abc import Sequence


def zeros(shape: Any, dtype: Any = None) -> Array:
    """Return an array of zeros."""
    return full(shape, 0, dtype or FLOATX)


def ones(shape: Any, dtype: Any = None) -> Array:
    """Return an array of ones."""
    return full(shape, 1, dtype or FLOATX)


def empty(shape: Any, dtype: Any = None) -> Array:
    """Return an array for numbers that are yet to come; it holds zeros."""
    return zeros(shape, dtype)


def full(shape: Any, fill_value: Array, dtype: Any = None) -> Array:
    """Return an array of one number, or of what broadcasts to the shape."""
    lengths = shape if isinstance(shape, list | tuple) else (shape,)
    value = as_array(fill_value, dtype or FLOATX)
    return np.broadcast_to(value, tuple(map(operator.index, lengths))).copy()


@operation
def zeros_like(x: Array, dtype: Any = None) -> Array:
    """Return zeros of the shape of an array."""
    x = as_array(x)
    return zeros(x.shape, dtype or x.dtype)


@operation
def ones_like(x: Array, dtype: Any = None) -> Array:
    """Return ones of the shape of an array."""
    x = as_array(x)
    return ones(x.shape, dtype or x.dtype)


@operation
def empty_like(x: Array, dtype: Any = None) -> Array:
    """Return an array of the shape of another; it holds zeros."""
    return zeros_like(x, dtype)


@operation
def full_like(x: Array, fill_value: Array, dtype: Any = None) -> Array:
    """Return an array of one number, of the shape of another."""
    x = as_array(x)
    return full(x.shape, fill_value, dtype or x.dtype)


def array(x: Array, dtype: Any = None) -> Array:
    """Return an array of numbers; see `convert_to_tensor`."""
    return as_array(x, dtype)


def arange(start: Array, stop: Array | None = None, step: Any = None, dtype: Any = None) -> Array:
    """Return the numbers from ``start`` up to ``stop``, this one excluded."""
    if dtype is None:
        numbers = [x for x in (start, stop, step) if x is not None]
        dtype = result_dtype(*(getattr(x, "dtype", type(x)) for x in numbers))
    first, last = (0, start) if stop is None else (start, stop)
    return cast_to(np.arange(first, last, 1 if step is None else step), dtype)


def linspace(
    start: Array,
    stop: Array,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    """Return equidistant numbers; with ``retstep``, their distance too."""
    start, stop = as_array(start), as_array(stop)
    dtype = dtype or result_dtype(start.dtype, stop.dtype, float)
    found = np.linspace(start, stop, num, endpoint, retstep, axis=axis)  # type: ignore[call-overload] # a variable flag
    return (cast_to(found[0], dtype), found[1]) if retstep else cast_to(found, dtype)


def logspace(
    start: Array,
    stop: Array,
    num: int = 50,
    endpoint: bool = True,
    base: float = 10,
    dtype: Any = None,
    axis: int = 0,
) -> Array:
    """Return powers of ``base`` with equidistant exponents."""
    start, stop = as_array(start), as_array(stop)
    dtype = dtype or result_dtype(start.dtype, stop.dtype, float)
    return cast_to(np.logspace(start, stop, num, endpoint, base, axis=axis), dtype)


def geomspace(
    start: Array,
    stop: Array,
    num: int = 50,
    endpoint: bool = True,
    dtype: Any = None,
    axis: int = 0,
) -> Array:
    """Return numbers in equal proportions."""
    start, stop = as_array(start), as_array(stop)
    dtype = dtype or result_dtype(start.dtype, stop.dtype, float)
    return cast_to(np.geomspace(start, stop, num, endpoint, axis=axis), dtype)


def eye(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Array:  # noqa: N803 - Keras's names
    """Return a matrix with ones on a diagonal."""
    return np.eye(N, M, k, dtype or FLOATX)


def identity(n: int, dtype: Any = None) -> Array:
    """Return the identity matrix."""
    return eye(n, dtype=dtype)


def tri(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Array:  # noqa: N803 - Keras's names
    """Return a matrix with ones up to a diagonal, zeros above it."""
    return np.tri(N, M, k, dtype or FLOATX)


def _window(name: str) -> Any:
    function = getattr(np, name)

    def call(x: int) -> Array:
        return function(int(as_array(x))).astype(FLOATX)

    return named(name, call, f"Return `numpy.{name}` for a number of points, in float32.")


bartlett, blackman, hamming, hanning = map(_window, ("bartlett", "blackman", "hamming", "hanning"))


def kaiser(x: int, beta: float) -> Array:
    """Return the window of Kaiser for a number of points, in float32."""
    return np.kaiser(int(x), beta).astype(FLOATX)


@operation
def vander(x: Array, N: int | None = None, increasing: bool = False) -> Array:  # noqa: N803 - Keras's names
    """Return the powers of numbers as columns: a Vandermonde matrix."""
    x = as_array(x)
    count = x.shape[0] if N is None else N
    powers: Sequence[int] = range(count) if increasing else range(count)[::-1]
    return np.stack([x**power for power in powers], axis=-1)
