"""Changes of the sampling rate, and chirp transforms."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.signal

from autodiff.core.errors import user_line
from autodiff.core.primitive import derivative
from autodiff.core.typing import Array, Function
from autodiff.rules.composite import composite
from autodiff.rules.operands import as_array
from autodiff.scipy.borders import extended
from autodiff.scipy.plain_options import require_plain
from autodiff.scipy.signal.forward_backward import sosfiltfilt
from autodiff.scipy.signal.recursive import ONE, along
from autodiff.scipy.signal.sections import sosfilt
from autodiff.scipy.sliding import lags

__all__ = ["upfirdn"]


def _end(x: Array, missing: int, axis: int) -> Array:
    """Add zeros at the end of an axis, or cut it there."""
    if missing <= 0:
        return along(x, slice(x.shape[axis] + missing), axis)
    widths = [(0, missing if i == axis % x.ndim else 0) for i in range(x.ndim)]
    return extended(x, widths=widths, mode="constant")


# With a filter h, x upsampled by u and then downsampled by d is z[m] = Σ h[m d - k u] x[k].


def _upfirdn_slope(
    g: Array, z: Array, h: Array, x: Array, *, up: int = 1, down: int = 1, axis: int = -1
) -> Array:
    """Return Σ g[m] h[m d - k u]: the same with h reversed, up and down exchanged."""
    del z
    skipped = -(-(len(h) - 1) // up)
    turned = np.concatenate([np.zeros(skipped * up - len(h) + 1, h.dtype), h[::-1]])
    found = along(upfirdn(turned, g, down, up, axis), slice(skipped, None), axis)
    return _end(found, x.shape[axis] - found.shape[axis], axis)


def _upfirdn_slope_of_filter(
    g: Array, z: Array, h: Array, x: Array, *, up: int = 1, down: int = 1, axis: int = -1
) -> Array:
    """Return Σ g[m] x[k] for each m d - k u, from both with zeros between their samples."""
    del z
    g, x = upfirdn(ONE, g, down, 1, axis), upfirdn(ONE, x, up, 1, axis)
    g = _end(g, x.shape[axis] + len(h) - 1 - g.shape[axis], axis)
    return np.reshape(lags(g, x), -1)


upfirdn = derivative(scipy.signal.upfirdn, h=_upfirdn_slope_of_filter, x=_upfirdn_slope)


def _with_highest(x: Array, factor: float, axis: int) -> Array:
    """Multiply the highest frequency of an even number of samples with a factor."""
    length = x.shape[axis]
    if length % 2:
        return x
    wave = np.reshape(
        (-1.0) ** np.arange(length), [-1 if i == axis % x.ndim else 1 for i in range(x.ndim)]
    )
    return x + (factor - 1) * wave * np.mean(x * wave, axis=axis, keepdims=True)


def _resample_slope(
    g: Array, z: Array, x: Array, *, num: int, axis: int = 0, window: Any = None
) -> Array:
    """Return the samples back at the old rate: the transpose, but for the highest frequency.

    To fewer samples, SciPy adds both frequencies that fall on it; to more, it takes half for each.
    """
    del z
    length = x.shape[axis]
    if num < length:
        g = _with_highest(g, 2.0, axis)
    slope = resample(g, length, axis=axis) * (num / length)
    if num > length:
        slope = _with_highest(slope, 0.5, axis)
    if window is None:
        return slope
    impulse = np.zeros(length, complex)
    impulse[0] = 1.0
    weights = np.fft.fft(scipy.signal.resample(impulse, length, window=window))
    weights = np.reshape(weights, [-1 if i == axis % g.ndim else 1 for i in range(g.ndim)])
    return np.fft.fft(weights * np.fft.ifft(slope, axis=axis), axis=axis)


resample = derivative(scipy.signal.resample, x=_resample_slope)

_LEVELS: dict[str, Function] = {
    "mean": np.mean, "median": np.median, "maximum": np.max, "minimum": np.min,
}  # fmt: skip


@composite(scipy.signal.resample_poly)
def resample_poly(
    x: Array, up: int, down: int, axis: int = 0, window: Any = ("kaiser", 5.0),
    padtype: str = "constant", cval: Array | None = None,
) -> Array:  # fmt: skip
    """Change the rate by a fraction, with a filter against aliases."""
    x = as_array(x)
    if up < 1 or down < 1:
        raise ValueError(
            f"expected up and down of 1 or more, got up={up} and down={down}. Pass whole numbers "
            f"from 1 on."
        )
    if cval is not None and padtype != "constant":
        raise ValueError(
            f"expected no cval with padtype={padtype!r}, which has no constant beyond the ends, "
            f"got {cval} at {user_line()}. Leave it out."
        )
    common = math.gcd(up, down)
    up, down = up // common, down // common
    if up == down == 1:
        return x.copy()
    level = _level(x, axis, padtype, cval)
    count = -(-x.shape[axis] * up // down)
    h, skipped = _aligned(_filter_of(window, up, down, x), down)
    needed = (count + skipped - 1) * down + 1 - ((x.shape[axis] - 1) * up + len(h))
    z = upfirdn(_end(h, needed, 0) if needed > 0 else h, x - level, up, down, axis)
    return along(z, slice(skipped, skipped + count), axis) + level


def _level(x: Array, axis: int, padtype: str, cval: Array | None) -> Array:
    """Return the level that the signal has beyond its ends."""
    if padtype in _LEVELS:
        return _LEVELS[padtype](x, axis=axis, keepdims=True)
    if padtype == "constant" and not cval:
        return 0.0
    raise NotImplementedError(
        f"resample_poly of a traced value supports neither padtype={padtype!r} nor a cval at "
        f"{user_line()}. Use zeros beyond the ends (padtype='constant'), or one of the levels "
        f"{', '.join(_LEVELS)}."
    )


def _filter_of(window: Any, up: int, down: int, x: Array) -> Array:
    """Return the filter: the one that is passed, or a lowpass with the window."""
    if isinstance(window, (str, tuple)):
        widest = max(up, down)
        h = scipy.signal.firwin(2 * 10 * widest + 1, 1.0 / widest, window=window)
        return (h * up).astype(np.result_type(x.dtype, np.float32))
    return as_array(window) * up


def _aligned(h: Array, down: int) -> tuple[Array, int]:
    """Return the filter with zeros before it, so that its middle falls on a sample."""
    half = (len(h) - 1) // 2
    before = down - half % down
    return np.concatenate([np.zeros(before, h.dtype), h]), (half + before) // down


@composite(scipy.signal.decimate)
def decimate(
    x: Array, q: int, n: int | None = None, ftype: Any = "iir", axis: int = -1,
    zero_phase: bool = True,
) -> Array:  # fmt: skip
    """Keep each q-th sample, after a filter against aliases."""
    x = as_array(x)
    dtype = float if x.dtype.type is np.float16 else x.dtype
    if ftype == "iir":
        sos = scipy.signal.cheby1(8 if n is None else n, 0.05, 0.8 / q, output="sos")
        run = sosfiltfilt if zero_phase else sosfilt
        return along(run(sos.astype(dtype), x, axis), slice(None, None, q), axis)
    if ftype != "fir":
        raise NotImplementedError(
            f"decimate of a traced value has ftype='iir' or 'fir', got {ftype!r} at {user_line()}. "
            f"Filter with lfilter or sosfiltfilt, and take each {q}-th sample."
        )
    b = scipy.signal.firwin((20 * q if n is None else n) + 1, 1.0 / q, window="hamming")
    b = b.astype(dtype)
    if zero_phase:
        return resample_poly(x, 1, q, axis, b)
    return along(upfirdn(b, x, 1, q, axis), slice(-(-x.shape[axis] // q)), axis)


def _czt_slope(
    g: Array, z: Array, x: Array, *, m: int | None = None, w: Array | None = None,
    a: Array = 1 + 0j, axis: int = -1,
) -> Array:  # fmt: skip
    """Return Σ g[k] a⁻ⁿ wⁿᵏ, a transform too."""
    del z
    count = x.shape[axis]
    points = count if m is None else m
    w = np.exp(-2j * np.pi / points) if w is None else w
    powers = np.reshape(
        complex(a) ** -np.arange(count), [-1 if i == axis % g.ndim else 1 for i in range(g.ndim)]
    )
    return powers * czt(g, count, w, 1.0 + 0j, axis=axis)


czt = derivative(scipy.signal.czt, x=_czt_slope)


@composite(scipy.signal.zoom_fft)
def zoom_fft(
    x: Array, fn: Any, m: int | None = None, *, fs: float = 2, endpoint: bool = False,
    axis: int = -1,
) -> Array:  # fmt: skip
    """Return the spectrum in a range of frequencies."""
    require_plain("zoom_fft", fn=fn, fs=fs)
    x = as_array(x)
    plan = scipy.signal.ZoomFFT(x.shape[axis], fn, m, fs=fs, endpoint=endpoint)
    return czt(x, plan.m, plan.w, plan.a, axis=axis)
