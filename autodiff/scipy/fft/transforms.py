"""Fourier transforms of one axis, two or more. They are linear: a rule is the transposed transform.

The matrix of ``fft`` is symmetric, so that its transpose is ``fft`` itself. A transform of real
numbers returns the first half of a spectrum, so that its transpose begins with padding; one to real
numbers counts the inner entries of its half twice. Where a transform pads with zeros or cuts at the
end, its transpose cuts or pads.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy.fft

from autodiff.core.primitive import Primitive, derivative
from autodiff.core.typing import Array, Function
from autodiff.rules.composite import composite
from autodiff.rules.fourier import to_length_of, twice_inside

__all__ = ["axes_and_lengths", "cut_or_padded"]

_TRANSPOSED = {
    "fft": "fft", "ifft": "ifft", "rfft": "fft", "ihfft": "ifft", "irfft": "ihfft", "hfft": "rfft",
}  # fmt: skip
_primitives: dict[str, Primitive] = {}


def axes_and_lengths(x: Array, s: Any, axes: Any) -> tuple[tuple[int, ...], list[int]]:
    """Return the axes to transform, each with the length that x is cut or padded to."""
    s = None if s is None else np.atleast_1d(s).tolist()
    if axes is None:
        axes = range(x.ndim - (x.ndim if s is None else len(s)), x.ndim)
    axes = tuple(np.atleast_1d(axes).tolist())
    lengths = [x.shape[axis] for axis in axes]
    if s is not None:
        lengths = [own if n in (None, -1) else n for own, n in zip(lengths, s, strict=True)]
    return axes, lengths


def cut_or_padded(slope: Array, x: Array, axes: Sequence[int]) -> Array:
    """Return a slope in the shape of x: what was cut off has none, nor have the zeros added."""
    for axis in axes:
        slope = to_length_of(x, slope, axis)
    return slope


def _run(name: str, g: Array, axes: tuple[int, ...], last: int | None, options: Any) -> Array:
    """Transform g, after cutting or padding its last axis to a length."""
    if len(axes) == 1:
        n = {} if last is None else {"n": last}
        return _primitives[name](g, axis=axes[0], **n, **options)
    s = {} if last is None else {"s": [*(g.shape[axis] for axis in axes[:-1]), last]}
    return _primitives[f"{name}n"](g, axes=axes, **s, **options)


def _slope(name: str, g: Array, x: Array, s: Any, axes: Any, norm: Any, workers: Any) -> Array:
    axes, lengths = axes_and_lengths(x, s, axes)
    options = {k: v for k, v in (("norm", norm), ("workers", workers)) if v is not None}
    if name in ("rfft", "ihfft"):
        slope = np.real(_run(_TRANSPOSED[name], g, axes, lengths[-1], options))
    else:
        slope = _run(_TRANSPOSED[name], g, axes, None, options)
    if name in ("irfft", "hfft"):
        last = axes[-1]
        weights = twice_inside(slope.shape[last], g.shape[last], g.ndim, last)
        slope = slope * weights.astype(g.dtype)
    return cut_or_padded(slope, x, axes)


def _of_one_axis(name: str) -> Function:
    def rule(
        g: Array, z: Array, x: Array, *, n: Any = None, axis: int = -1, norm: Any = None,
        workers: Any = None,
    ) -> Array:  # fmt: skip
        del z
        return _slope(name, g, x, n, axis, norm, workers)

    return rule


def _of_several(name: str, default: Any) -> Function:
    def rule(
        g: Array, z: Array, x: Array, *, s: Any = None, axes: Any = default, norm: Any = None,
        workers: Any = None,
    ) -> Array:  # fmt: skip
        del z
        return _slope(name, g, x, s, axes, norm, workers)

    return rule


for _name in _TRANSPOSED:
    for _suffix, _rule in (
        ("", _of_one_axis(_name)),
        ("2", _of_several(_name, (-2, -1))),
        ("n", _of_several(_name, None)),
    ):
        _transform = getattr(scipy.fft, _name + _suffix)
        _primitives[_name + _suffix] = derivative(_transform, x=_rule)


# Hankel's transform of samples in even steps of the logarithm: its matrix is symmetric.

fht: Primitive = derivative(
    scipy.fft.fht,
    a=lambda g, z, a, *, dln, mu, offset=0.0, bias=0.0: fht(
        g, dln=dln, mu=mu, offset=offset, bias=bias
    ),
)
ifht: Primitive = derivative(
    scipy.fft.ifht,
    A=lambda g, z, A, *, dln, mu, offset=0.0, bias=0.0: ifht(
        g, dln=dln, mu=mu, offset=offset, bias=bias
    ),
)


# Shifts, which are NumPy's functions in older versions of SciPy.

if scipy.fft.fftshift is not np.fft.fftshift:
    composite(scipy.fft.fftshift)(lambda x, axes=None: np.fft.fftshift(x, axes))
    composite(scipy.fft.ifftshift)(lambda x, axes=None: np.fft.ifftshift(x, axes))
