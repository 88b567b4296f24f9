"""Frequency responses of filters: their polynomials on the unit circle, or on the imaginary axis.

Frequencies that aren't passed are SciPy's own, as plain numbers.
"""

from __future__ import annotations

import math
import operator
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.signal

from autodiff.core.errors import user_level, user_line
from autodiff.core.tensor import Tensor, peek, plain
from autodiff.core.typing import Array
from autodiff.rules.composite import composite
from autodiff.rules.operands import as_array, in_dtype
from autodiff.scipy.plain_options import require_plain
from autodiff.scipy.real import real_composite
from autodiff.scipy.signal.sections import sections

__all__ = ["freqz"]

TAU = 2 * math.pi


def _on_circle(
    w: Any, fs: float, example: Callable[[Any], tuple[Array, Array]]
) -> tuple[Array, Array, np.dtype[Any]]:
    """Return the frequencies to report, the angles that they stand for, the dtype of a response.

    Args:
        w: frequencies, their number, or None.
        fs: the sampling rate.
        example: returns SciPy's frequencies and response of a plain filter of the same kind.
    """
    require_plain("A response", fs=fs)
    w = _count(w)
    known, response = example(np.zeros(w.shape, w.dtype) if isinstance(w, Tensor) else w)
    w = in_dtype(np.atleast_1d(w), known.dtype) if isinstance(w, Tensor) else known
    return w, w * (TAU / fs), response.dtype


def _count(w: Any) -> Any:
    """Return a number of frequencies as a plain one, and frequencies as they are."""
    is_count = isinstance(w, Tensor) and not w.ndim and w.dtype.kind in "iu"
    return operator.index(w) if is_count else w


def _passing(b: Array) -> Array:
    """Return coefficients of the same shape and dtype that let everything pass."""
    one = np.zeros(b.shape, b.dtype)
    one[..., 0] = 1
    return one


def _row(x: Array, name: str) -> Array:
    x = np.atleast_1d(as_array(x))
    if x.ndim != 1:
        raise NotImplementedError(
            f"a response of a traced filter needs its coefficients {name} in one row, got shape "
            f"{x.shape} at {user_line()}. Call it for each row."
        )
    return x


def _delayed(b: Array, angles: Array) -> Array:
    """Return Σ b[k] exp(-i k angle)."""
    return np.exp(-1j * angles[:, None] * np.arange(len(b))) @ b


@composite(scipy.signal.freqz)
def freqz(
    b: Array, a: Array = 1, worN: Any = 512, whole: bool = False, plot: None = None,
    fs: float = TAU, include_nyquist: bool = False,
) -> tuple[Array, Array]:  # fmt: skip
    """Return frequencies, and the response of a digital filter there."""
    if plot is not None:
        raise NotImplementedError(
            f"freqz of a traced filter has no plot= (called at {user_line()}). Plot the response "
            f"that it returns."
        )
    b, a = _row(b, "b"), _row(a, "a")
    w, angles, dtype = _on_circle(
        worN,
        fs,
        lambda w: scipy.signal.freqz(
            _passing(b), _passing(a), w, whole, fs=fs, include_nyquist=include_nyquist
        ),
    )
    return w, (_delayed(b, angles) / _delayed(a, angles)).astype(dtype)


@composite(scipy.signal.sosfreqz, *filter(None, [getattr(scipy.signal, "freqz_sos", None)]))
def freqz_sos(
    sos: Array, worN: Any = 512, whole: bool = False, fs: float = TAU
) -> tuple[Array, Array]:
    """Return frequencies, and the response there of a filter of second-order sections."""
    sos = sections(sos)
    example = np.zeros(sos.shape, sos.dtype)
    example[:, [0, 3]] = 1
    w, angles, dtype = _on_circle(worN, fs, lambda w: scipy.signal.sosfreqz(example, w, whole, fs))
    parts = [_delayed(row[:3], angles) / _delayed(row[3:], angles) for row in sos]
    return w, math.prod(parts[1:], start=parts[0]).astype(dtype)


def _from_roots(points: Array, roots: Array) -> Array:
    roots = np.atleast_1d(roots)
    return np.prod(points - roots.reshape((*roots.shape, 1)), axis=0)


@real_composite(scipy.signal.freqz_zpk, "k", "worN")
def freqz_zpk(
    z: Array, p: Array, k: Array, worN: Any = 512, whole: bool = False, fs: float = TAU
) -> tuple[Array, Array]:
    """Return frequencies, and the response there of a digital filter with these zeros and poles."""
    z, p = as_array(z), as_array(p)
    w, angles, dtype = _on_circle(
        worN,
        fs,
        lambda w: scipy.signal.freqz_zpk(
            np.zeros(z.shape, z.dtype), np.zeros(p.shape, p.dtype), 1.0, w, whole, fs
        ),
    )
    points = np.exp(1j * angles)
    return w, (k * _from_roots(points, z) / _from_roots(points, p)).astype(dtype)


def _on_axis(w: Any, one: Array, other: Array, kind: str) -> Array:
    """Return the frequencies of an analog filter, found by SciPy where they aren't passed."""
    w = _count(w)
    if w is None or (np.ndim(w) == 0 and not isinstance(w, Tensor)):
        values = plain(as_array(one)), plain(as_array(other))
        return scipy.signal.findfreqs(*values, 200 if w is None else w, kind)
    return np.atleast_1d(as_array(w))


@composite(scipy.signal.freqs)
def freqs(b: Array, a: Array, worN: Any = 200, plot: None = None) -> tuple[Array, Array]:
    """Return frequencies, and the response of an analog filter there."""
    if plot is not None:
        raise NotImplementedError(
            f"freqs of a traced filter has no plot= (called at {user_line()}). Plot the response "
            f"that it returns."
        )
    w = _on_axis(worN, b, a, "ba")
    return w, np.polyval(_row(b, "b"), 1j * w) / np.polyval(_row(a, "a"), 1j * w)


@real_composite(scipy.signal.freqs_zpk, "k", "worN")
def freqs_zpk(z: Array, p: Array, k: Array, worN: Any = 200) -> tuple[Array, Array]:
    """Return frequencies, and the response there of an analog filter with these zeros and poles."""
    z, p = as_array(z), as_array(p)
    w, k = _on_axis(worN, z, p, "zp"), in_dtype(k, np.dtype(float))
    if np.size(k) != 1:
        raise ValueError(
            f"expected a single gain k, got the shape {np.shape(k)} at {user_line()}. "
            f"Multiply the response for k=1."
        )
    return w, k * _from_roots(1j * w, z) / _from_roots(1j * w, p)


@composite(scipy.signal.group_delay)
def group_delay(
    system: tuple[Array, Array], w: Any = 512, whole: bool = False, fs: float = TAU
) -> tuple[Array, Array]:
    """Return frequencies, and by how many samples a digital filter delays them.

    It is the slope of the logarithm of the response (Oppenheim and Schafer 2010, section 5.1.3),
    and 0 with a warning where the response is 0, as in SciPy.
    """
    b, a = (_row(part, name) for part, name in zip(system, "ba", strict=True))
    w, angles, _ = _on_circle(
        512 if w is None else w, fs, lambda w: scipy.signal.freqz([1.0], 1.0, w, whole, fs=fs)
    )
    c = np.convolve(b, np.conjugate(a[::-1]))
    response = _delayed(c, angles)
    steepness = _delayed(c * np.arange(len(c)), angles) / np.where(response == 0, 1.0, response)
    delay = np.real(steepness) - len(a) + 1
    is_singular = (response == 0) | ~np.isfinite(delay)
    if np.any(peek(is_singular)):
        warnings.warn(
            f"The group delay is set to 0 at {np.sum(peek(is_singular))} frequencies, where the "
            f"response is 0 or not finite.",
            stacklevel=user_level(),
        )
    return w, np.where(is_singular, 0.0, delay)
