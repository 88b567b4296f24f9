"""Fourier transforms. They are linear, so each rule is the transposed transform.

The matrix of a transform is symmetric, ``F[j, k] = exp(-2πi jk / n)``, so that the transpose of
``fft`` is ``fft`` itself; what it pads with zeros or cuts off at the end, its transpose cuts off or
pads.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from autodiff.primitive import composite, derivative
from autodiff.registry import registry

Lengths = Sequence[int] | None


def _to_length_of(a: Any, slope: Any, axis: int) -> Any:
    """Cut a slope to the length of a along an axis, or pad it with zeros."""
    axis = normalize_axis_index(axis, a.ndim)
    missing = a.shape[axis] - slope.shape[axis]
    if missing > 0:
        shape = (*a.shape[:axis], missing, *a.shape[axis + 1 :])
        return np.concatenate([slope, np.zeros(shape, slope.dtype)], axis=axis)
    return slope[(*(slice(None),) * axis, slice(a.shape[axis]))] if missing else slope


def _twice_inside(length: int, n: int, ndim: int, axis: int) -> Any:
    """Weigh the first half of a spectrum: all but the first and the middle stand for two."""
    weights = [1 if j in (0, n - j) else 2 for j in range(length)]
    return np.reshape(weights, [-1 if i == axis % ndim else 1 for i in range(ndim)])


def _fft_slope(g: Any, z: Any, a: Any, *, n: Any = None, axis: int = -1, norm: Any = None) -> Any:
    del z, n
    return _to_length_of(a, np.fft.fft(g, axis=axis, norm=norm), axis)


def _ifft_slope(g: Any, z: Any, a: Any, *, n: Any = None, axis: int = -1, norm: Any = None) -> Any:
    del z, n
    return _to_length_of(a, np.fft.ifft(g, axis=axis, norm=norm), axis)


def _rfft_slope(g: Any, z: Any, a: Any, *, n: Any = None, axis: int = -1, norm: Any = None) -> Any:
    del z
    n = a.shape[axis] if n is None else n
    return _to_length_of(a, np.real(np.fft.fft(g, n, axis, norm)), axis)


def _irfft_slope(g: Any, z: Any, a: Any, *, n: Any = None, axis: int = -1, norm: Any = None) -> Any:
    del z, n
    half = np.fft.ihfft(g, axis=axis, norm=norm)
    weights = _twice_inside(half.shape[axis], g.shape[axis], g.ndim, axis)
    return _to_length_of(a, half * weights.astype(g.dtype), axis)


derivative(np.fft.fft, a=_fft_slope)
derivative(np.fft.ifft, a=_ifft_slope)
derivative(np.fft.rfft, a=_rfft_slope)
derivative(np.fft.irfft, a=_irfft_slope)


_OTHER_WAY = {None: "forward", "backward": "forward", "forward": "backward", "ortho": "ortho"}


def _other_way(norm: Any) -> Any:
    if norm not in _OTHER_WAY:
        raise ValueError(f"norm is 'backward', 'ortho' or 'forward', got {norm!r}")
    return _OTHER_WAY[norm]


def _refuse_out(out: Any) -> None:
    if out is not None:
        raise TypeError("out= of a traced Fourier transform isn't supported: leave it away")


@composite(np.fft.hfft)
def hfft(a: Any, n: Any = None, axis: int = -1, norm: Any = None, out: Any = None) -> Any:
    """The spectrum of a signal with Hermitian symmetry, of which a is the first half."""
    _refuse_out(out)
    return np.fft.irfft(np.conjugate(a), n, axis, _other_way(norm))


@composite(np.fft.ihfft)
def ihfft(a: Any, n: Any = None, axis: int = -1, norm: Any = None, out: Any = None) -> Any:
    """The inverse of hfft: the first half of a signal with Hermitian symmetry."""
    _refuse_out(out)
    return np.conjugate(np.fft.rfft(a, n, axis, _other_way(norm)))


def _steps(a: Any, s: Lengths, axes: Sequence[int] | None) -> list[tuple[int, int]]:
    """Pair the axes to transform with the lengths there."""
    if s is None:
        axes = range(a.ndim) if axes is None else axes
        return [(axis, a.shape[axis]) for axis in axes]
    if axes is None:
        raise TypeError(
            f"a transform of a traced value to given lengths needs its axes, got s={s} and "
            f"axes=None. Name them: axes={tuple(range(-len(s), 0))}."
        )
    if len(s) != len(axes):
        raise ValueError(f"s and axes have different lengths, {len(s)} and {len(axes)}")
    return [(axis, a.shape[axis] if n == -1 else n) for axis, n in zip(axes, s, strict=True)]


def _along(
    transform: Callable[..., Any], a: Any, steps: Sequence[tuple[int, int]], norm: Any
) -> Any:
    for axis, n in steps:
        a = transform(a, n, axis, norm)
    return a


def _every_step_with(transform: Callable[..., Any]) -> Callable[..., Any]:
    """Make the n-dimensional form of fft or ifft."""

    def transform_all(
        a: Any, s: Lengths = None, axes: Any = None, norm: Any = None, out: Any = None
    ) -> Any:
        _refuse_out(out)
        return _along(transform, a, _steps(a, s, axes)[::-1], norm)

    return transform_all


def _rfftn(a: Any, s: Lengths = None, axes: Any = None, norm: Any = None, out: Any = None) -> Any:
    """Transform a real array: the last axis first, to half a spectrum, then the others."""
    _refuse_out(out)
    *others, (axis, n) = _steps(a, s, axes)
    return _along(np.fft.fft, np.fft.rfft(a, n, axis, norm), others[::-1], norm)


def _irfftn(a: Any, s: Lengths = None, axes: Any = None, norm: Any = None, out: Any = None) -> Any:
    """Invert rfftn: the last axis last."""
    _refuse_out(out)
    *others, (axis, n) = _steps(a, s, axes)
    last: Any = None if s is None else n
    return np.fft.irfft(_along(np.fft.ifft, a, others, norm), last, axis, norm)


def _over_the_last_two(transform: Callable[..., Any]) -> Callable[..., Any]:
    def transform_two(
        a: Any, s: Lengths = None, axes: Any = (-2, -1), norm: Any = None, out: Any = None
    ) -> Any:
        return transform(a, s, axes, norm, out)

    return transform_two


for _forms, _transform in (
    ((np.fft.fftn, np.fft.fft2), _every_step_with(np.fft.fft)),
    ((np.fft.ifftn, np.fft.ifft2), _every_step_with(np.fft.ifft)),
    ((np.fft.rfftn, np.fft.rfft2), _rfftn),
    ((np.fft.irfftn, np.fft.irfft2), _irfftn),
):
    registry[_forms[0]], registry[_forms[1]] = _transform, _over_the_last_two(_transform)


def _rolled(x: Any, axes: Any, direction: int) -> Any:
    axes = tuple(range(x.ndim)) if axes is None else tuple(np.atleast_1d(axes).tolist())
    return np.roll(x, tuple(direction * (x.shape[axis] // 2) for axis in axes), axes)


@composite(np.fft.fftshift)
def fftshift(x: Any, axes: Any = None) -> Any:
    """Move the frequency zero into the middle."""
    return _rolled(x, axes, 1)


@composite(np.fft.ifftshift)
def ifftshift(x: Any, axes: Any = None) -> Any:
    """Move the frequency zero from the middle to the front."""
    return _rolled(x, axes, -1)
