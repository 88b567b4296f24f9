"""Fourier transforms. They are linear, so each rule is the transposed transform.

The matrix of a transform is symmetric, ``F[j, k] = exp(-2πi jk / n)``, so that the transpose of
``fft`` is ``fft`` itself. Where it pads with zeros or cuts at the end, its transpose cuts or pads.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from autodiff.core.errors import user_line
from autodiff.core.primitive import derivative
from autodiff.core.registry import registry
from autodiff.core.typing import Array, Axis, Function
from autodiff.rules.composite import composite
from autodiff.rules.operands import refuse_out

Lengths = Sequence[int] | None


def to_length_of(a: Array, slope: Array, axis: int) -> Array:
    """Cut a slope to the length of a along an axis, or pad it with zeros."""
    axis = normalize_axis_index(axis, a.ndim)
    missing = a.shape[axis] - slope.shape[axis]
    if missing > 0:
        shape = (*slope.shape[:axis], missing, *slope.shape[axis + 1 :])
        return np.concatenate([slope, np.zeros(shape, slope.dtype)], axis=axis)
    return slope[(*(slice(None),) * axis, slice(a.shape[axis]))] if missing else slope


def twice_inside(length: int, n: int, ndim: int, axis: int) -> Array:
    """Return weights of the first half of a spectrum: 2, and 1 for the first and the middle."""
    weights = [1 if j in (0, n - j) else 2 for j in range(length)]
    return np.reshape(weights, [-1 if i == axis % ndim else 1 for i in range(ndim)])


def _fft_slope(
    g: Array, z: Array, a: Array, *, n: int | None = None, axis: int = -1, norm: Any = None
) -> Array:
    del z, n
    return to_length_of(a, np.fft.fft(g, axis=axis, norm=norm), axis)


def _ifft_slope(
    g: Array, z: Array, a: Array, *, n: int | None = None, axis: int = -1, norm: Any = None
) -> Array:
    del z, n
    return to_length_of(a, np.fft.ifft(g, axis=axis, norm=norm), axis)


def _rfft_slope(
    g: Array, z: Array, a: Array, *, n: int | None = None, axis: int = -1, norm: Any = None
) -> Array:
    del z
    n = a.shape[axis] if n is None else n
    return to_length_of(a, np.real(np.fft.fft(g, n, axis, norm)), axis)


def _irfft_slope(
    g: Array, z: Array, a: Array, *, n: int | None = None, axis: int = -1, norm: Any = None
) -> Array:
    del z, n
    half = np.fft.ihfft(g, axis=axis, norm=norm)
    weights = twice_inside(half.shape[axis], g.shape[axis], g.ndim, axis)
    return to_length_of(a, half * weights.astype(g.dtype), axis)


derivative(np.fft.fft, a=_fft_slope)
derivative(np.fft.ifft, a=_ifft_slope)
derivative(np.fft.rfft, a=_rfft_slope)
derivative(np.fft.irfft, a=_irfft_slope)


_OPPOSITE_NORM = {None: "forward", "backward": "forward", "forward": "backward", "ortho": "ortho"}


def _opposite_norm(norm: Any) -> Any:
    if norm not in _OPPOSITE_NORM:
        raise ValueError(
            f"expected norm to be 'backward', 'ortho' or 'forward', got {norm!r} at "
            f"{user_line()}. Pass one of these."
        )
    return _OPPOSITE_NORM[norm]


@composite(np.fft.hfft)
def hfft(
    a: Array,
    n: int | None = None,
    axis: int = -1,
    norm: Any = None,
    out: Array | None = None,
) -> Array:
    """Return the spectrum of a signal with Hermitian symmetry, of which a is the first half."""
    refuse_out(out)
    return np.fft.irfft(np.conjugate(a), n, axis, _opposite_norm(norm))


@composite(np.fft.ihfft)
def ihfft(
    a: Array,
    n: int | None = None,
    axis: int = -1,
    norm: Any = None,
    out: Array | None = None,
) -> Array:
    """Return the inverse of hfft: the first half of a signal with Hermitian symmetry."""
    refuse_out(out)
    return np.conjugate(np.fft.rfft(a, n, axis, _opposite_norm(norm)))


def _steps(a: Array, s: Lengths, axes: Sequence[int] | None) -> list[tuple[int, int]]:
    """Return the axes to transform, each with its length."""
    if s is None:
        axes = range(a.ndim) if axes is None else axes
        return [(axis, a.shape[axis]) for axis in axes]
    if axes is None:
        raise TypeError(
            f"a transform of a traced value to given lengths needs its axes, got s={s} and "
            f"axes=None at {user_line()}. Name them: axes={tuple(range(-len(s), 0))}."
        )
    if len(s) != len(axes):
        raise ValueError(
            f"expected as many lengths in s as axes, got {len(s)} and {len(axes)} at "
            f"{user_line()}. Pass one for each axis."
        )
    return [(axis, a.shape[axis] if n == -1 else n) for axis, n in zip(axes, s, strict=True)]


def _along(transform: Function, a: Array, steps: Sequence[tuple[int, int]], norm: Any) -> Array:
    for axis, n in steps:
        a = transform(a, n, axis, norm)
    return a


def _every_step_with(transform: Function) -> Function:
    """Return the n-dimensional form of fft or ifft."""

    def transform_all(
        a: Array,
        s: Lengths = None,
        axes: Sequence[int] | None = None,
        norm: Any = None,
        out: Array | None = None,
    ) -> Array:
        refuse_out(out)
        return _along(transform, a, _steps(a, s, axes)[::-1], norm)

    return transform_all


def _rfftn(
    a: Array,
    s: Lengths = None,
    axes: Sequence[int] | None = None,
    norm: Any = None,
    out: Array | None = None,
) -> Array:
    """Transform a real array: the last axis first, to half a spectrum, then the others."""
    refuse_out(out)
    *others, (axis, n) = _steps(a, s, axes)
    return _along(np.fft.fft, np.fft.rfft(a, n, axis, norm), others[::-1], norm)


def _irfftn(
    a: Array,
    s: Lengths = None,
    axes: Sequence[int] | None = None,
    norm: Any = None,
    out: Array | None = None,
) -> Array:
    """Invert rfftn: the last axis last."""
    refuse_out(out)
    *others, (axis, n) = _steps(a, s, axes)
    last: int | None = None if s is None else n
    return np.fft.irfft(_along(np.fft.ifft, a, others, norm), last, axis, norm)


def _over_the_last_two(transform: Function) -> Function:
    def transform_two(
        a: Array,
        s: Lengths = None,
        axes: Sequence[int] | None = (-2, -1),
        norm: Any = None,
        out: Array | None = None,
    ) -> Array:
        return transform(a, s, axes, norm, out)

    return transform_two


for _forms, _transform in (
    ((np.fft.fftn, np.fft.fft2), _every_step_with(np.fft.fft)),
    ((np.fft.ifftn, np.fft.ifft2), _every_step_with(np.fft.ifft)),
    ((np.fft.rfftn, np.fft.rfft2), _rfftn),
    ((np.fft.irfftn, np.fft.irfft2), _irfftn),
):
    registry[_forms[0]], registry[_forms[1]] = _transform, _over_the_last_two(_transform)


def _rolled(x: Array, axes: Axis, direction: int) -> Array:
    axes = tuple(range(x.ndim)) if axes is None else tuple(np.atleast_1d(axes).tolist())
    return np.roll(x, tuple(direction * (x.shape[axis] // 2) for axis in axes), axes)


@composite(np.fft.fftshift)
def fftshift(x: Array, axes: Axis = None) -> Array:
    """Move the frequency zero into the middle."""
    return _rolled(x, axes, 1)


@composite(np.fft.ifftshift)
def ifftshift(x: Array, axes: Axis = None) -> Array:
    """Move the frequency zero from the middle to the front."""
    return _rolled(x, axes, -1)
