"""Cosine and sine transforms. They are linear: a rule is the transposed transform.

The types 1 and 4 are symmetric, and 3 is the transpose of 2, but for the entries at the ends: the
types 1 and 3 count them once, and all others twice. The orthogonalized forms are orthogonal
matrices times a number (Makhoul 1980, "A fast cosine transform in one and two dimensions").
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.fft

from autodiff.core.errors import user_line
from autodiff.core.primitive import Primitive, derivative
from autodiff.core.typing import Array, Function
from autodiff.scipy.fft.transforms import axes_and_lengths, cut_or_padded

__all__: list[str] = []

_PARTNER = {1: 1, 2: 3, 3: 2, 4: 4}
_primitives: dict[str, Primitive] = {}


def _weights(name: str, type_: int, length: int) -> tuple[Array, Array] | None:
    """Return what to multiply by before the partner's transform and after it, to transpose one."""
    ends = np.ones(length)
    if type_ == 1 and "c" in name:
        ends[1:-1] = 2
        return 1 / ends, ends
    ends[0 if "c" in name else -1] = 2
    if type_ == 2:
        return ends, np.ones(length)
    return (np.ones(length), 1 / ends) if type_ == 3 else None


def _along(axis: int, weights: Array, g: Array) -> Array:
    """Multiply by weights along an axis."""
    shape = [-1 if i == axis % g.ndim else 1 for i in range(g.ndim)]
    return g * np.reshape(weights, shape).astype(np.real(g).dtype)


def _transposed(name: str, g: Array, type_: int, axes: tuple[int, ...], options: Any) -> Array:
    """Return the transposed transform of g along axes."""
    options = {key: value for key, value in options.items() if value is not None}
    options |= {"type": _PARTNER[type_]}
    options |= {"axis": axes[0]} if len(axes) == 1 else {"axes": axes}
    transform = _primitives[name.removesuffix("n") + "n" * (len(axes) != 1)]
    if options.get("orthogonalize", options.get("norm") == "ortho"):
        return transform(g, **options)
    forward = _PARTNER[type_] if name.startswith("i") else type_
    weights = [_weights(name, forward, g.shape[axis]) for axis in axes]
    for axis, pair in zip(axes, weights, strict=True):
        g = g if pair is None else _along(axis, pair[0], g)
    g = transform(g, **options)
    for axis, pair in zip(axes, weights, strict=True):
        g = g if pair is None else _along(axis, pair[1], g)
    return g


def _of_one_axis(name: str) -> Function:
    def rule(
        g: Array, z: Array, x: Array, *, type: int = 2, n: Any = None, axis: int = -1,
        norm: Any = None, workers: Any = None, orthogonalize: Any = None,
    ) -> Array:  # fmt: skip
        del z, n
        options = {"norm": norm, "workers": workers, "orthogonalize": orthogonalize}
        return cut_or_padded(_transposed(name, g, type, (axis,), options), x, (axis,))

    return rule


def _of_several(name: str) -> Function:
    def rule(
        g: Array, z: Array, x: Array, *, type: int = 2, s: Any = None, axes: Any = None,
        norm: Any = None, workers: Any = None, orthogonalize: Any = None,
    ) -> Array:  # fmt: skip
        del z
        axes, _ = axes_and_lengths(x, s, axes)
        options = {"norm": norm, "workers": workers, "orthogonalize": orthogonalize}
        return cut_or_padded(_transposed(name, g, type, axes, options), x, axes)

    return rule


def _checked(transform: Function) -> Function:
    """Return a transform that doesn't ignore an option for complex numbers, as SciPy's does."""

    def checked(x: Array, *, orthogonalize: bool | None = None, **options: Any) -> Array:
        if orthogonalize is not None and np.iscomplexobj(x):
            raise NotImplementedError(
                f"{transform.__name__} of complex numbers ignores orthogonalize= in SciPy (called "
                f"at {user_line()}). Transform the real and imaginary parts."
            )
        return transform(x, orthogonalize=orthogonalize, **options)

    return checked


for _name in ("dct", "idct", "dst", "idst"):
    for _full, _rule in ((_name, _of_one_axis(_name)), (f"{_name}n", _of_several(f"{_name}n"))):
        _transform = getattr(scipy.fft, _full)
        _primitives[_full] = derivative(_transform, _checked(_transform), x=_rule)
