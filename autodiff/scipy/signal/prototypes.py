"""Filters by their zeros, poles and gain: at other frequencies, and as polynomials."""

from __future__ import annotations

import functools

import numpy as np
import scipy.signal

from autodiff.core.precision import widened
from autodiff.core.tensor import plain
from autodiff.core.typing import Array
from autodiff.rules.composite import composite
from autodiff.rules.operands import as_array, in_dtype, promoted
from autodiff.scipy.real import real_composite
from autodiff.scipy.single import require_number

Roots = tuple[Array, Array, int]
Filter = tuple[Array, Array, Array]


def _roots(z: Array, p: Array) -> Roots:
    """Return zeros and poles in rows, and how many more poles there are."""
    z, p = (x if x.dtype.kind in "fc" else x.astype(np.float64)
            for x in np.atleast_1d(as_array(z), as_array(p)))  # fmt: skip
    if len(p) < len(z):
        raise ValueError(
            f"expected at least as many poles as zeros, got {len(p)} and {len(z)}. Add poles."
        )
    return z, p, len(p) - len(z)


def _beside(wo: Array, x: Array) -> Array:
    """Return a frequency in the precision of x, as SciPy's Python float is beside it."""
    dtype = as_array(x).dtype
    return in_dtype(wo, np.zeros(0, dtype).real.dtype if dtype.kind in "fc" else np.dtype(float))


def _gain(z: Array, p: Array) -> Array:
    return np.real(np.prod(z) / np.prod(p))


@real_composite(scipy.signal.lp2lp_zpk, "k", "wo")
def lp2lp_zpk(z: Array, p: Array, k: Array, wo: Array = 1.0) -> Filter:
    """Move a lowpass to the cutoff frequency wo."""
    require_number("lp2lp_zpk", wo=wo)
    z, p, degree = _roots(z, p)
    return _beside(wo, z) * z, _beside(wo, p) * p, k * _beside(wo, k) ** degree


@real_composite(scipy.signal.lp2hp_zpk, "k", "wo")
def lp2hp_zpk(z: Array, p: Array, k: Array, wo: Array = 1.0) -> Filter:
    """Turn a lowpass into a highpass."""
    require_number("lp2hp_zpk", wo=wo)
    gain = _gain(-as_array(z), -as_array(p))  # an integer 0 has no sign
    z, p, degree = _roots(z, p)
    zeros = np.concatenate([_beside(wo, z) / z, np.zeros(degree)])
    return zeros, _beside(wo, p) / p, k * gain


def _pairs(roots: Array, wo: Array) -> Array:
    """Return the frequencies on both sides of the middle of a band."""
    roots = roots.astype(complex)
    apart = np.sqrt(roots**2 - widened(wo, roots) ** 2).astype(complex)
    return np.concatenate([roots + apart, roots - apart])


@real_composite(scipy.signal.lp2bp_zpk, "k", "wo", "bw")
def lp2bp_zpk(z: Array, p: Array, k: Array, wo: Array = 1.0, bw: Array = 1.0) -> Filter:
    """Turn a lowpass into a bandpass."""
    require_number("lp2bp_zpk", wo=wo, bw=bw)
    z, p, degree = _roots(*promoted(z, p))
    zeros = np.concatenate([_pairs(z * _beside(bw, z) / 2, wo), np.zeros(degree)])
    return zeros, _pairs(p * _beside(bw, p) / 2, wo), k * _beside(bw, k) ** degree


@real_composite(scipy.signal.lp2bs_zpk, "k", "wo", "bw")
def lp2bs_zpk(z: Array, p: Array, k: Array, wo: Array = 1.0, bw: Array = 1.0) -> Filter:
    """Turn a lowpass into a bandstop."""
    require_number("lp2bs_zpk", wo=wo, bw=bw)
    z, p, degree = _roots(*promoted(z, p))
    ones = np.ones(degree)
    half = _beside(bw / 2, z)
    zeros = np.concatenate([_pairs(half / z, wo), 1j * wo * ones, -1j * wo * ones])
    return zeros.astype(complex), _pairs(half / p, wo), k * _gain(-z, -p)


@real_composite(scipy.signal.bilinear_zpk, "k", "fs")
def bilinear_zpk(z: Array, p: Array, k: Array, fs: Array) -> Filter:
    """Turn an analog filter into a digital one (Tustin's method)."""
    require_number("bilinear_zpk", fs=fs)
    z, p, degree = _roots(z, p)
    over, under = _beside(2.0 * fs, z), _beside(2.0 * fs, p)
    zeros = np.concatenate([(over + z) / (over - z), -np.ones(degree)])
    return zeros, (under + p) / (under - p), k * _gain(over - z, under - p)


@composite(scipy.signal.zpk2tf)
def zpk2tf(z: Array, p: Array, k: Array) -> tuple[Array, Array]:
    """Return the polynomials with these zeros and poles."""
    z, p = np.atleast_1d(as_array(z), as_array(p))
    own = k if isinstance(k, (int, float, complex)) else as_array(k).dtype
    dtype = np.result_type(*(np.zeros(0, x.dtype).real.dtype for x in (z, p)), own)
    k = in_dtype(k, dtype if dtype.kind in "fc" else np.dtype(float))
    a = np.atleast_1d(_polynomial(p))
    if z.ndim == 1:
        return np.atleast_1d(k * _polynomial(z)), a
    gains = np.broadcast_to(k, len(z))  # of several filters with the same poles
    rows = [gain * _polynomial(row) for gain, row in zip(gains, z, strict=True)]
    return in_dtype(np.stack(rows), _polynomial(z[0]).dtype), a


def _polynomial(roots: Array) -> Array:
    """Return the coefficients of a polynomial, in the dtype of its roots; np.poly widens some."""
    found = np.atleast_1d(np.poly(roots)) if len(roots) else np.ones(1, roots.real.dtype)
    if roots.dtype.kind in "iu":
        return found.astype(np.int64).astype(roots.dtype)
    return found.astype(np.float16) if roots.dtype.type is np.float16 else found


@composite(scipy.signal.tf2zpk)
def tf2zpk(b: Array, a: Array) -> Filter:
    """Return the zeros, the poles and the gain of a quotient of polynomials."""
    b, a = promoted(*_normalized(as_array(b), as_array(a)))
    return _roots_of(b / b[0]), _roots_of(a), b[0]


def _normalized(b: Array, a: Array) -> tuple[Array, Array]:
    """Return the polynomials without leading zeros, divided by the first coefficient of a."""
    numerator, denominator = scipy.signal.normalize(plain(b), plain(a))  # checks them, and warns
    b, a = np.atleast_1d(b, a)
    b = b[0] if b.ndim > numerator.ndim else b  # a single row
    a = a[len(a) - len(denominator) :]
    return b[..., b.shape[-1] - numerator.shape[-1] :] / a[0], a / a[0]


def _roots_of(polynomial: Array) -> Array:
    return np.roots(polynomial) if len(polynomial) > 1 else polynomial[:0]


@composite(scipy.signal.sos2tf)
def sos2tf(sos: Array) -> tuple[Array, Array]:
    """Return the products of the polynomials of all sections."""
    sos = as_array(sos)
    one = np.ones(1, sos.dtype)
    return (
        functools.reduce(np.polymul, [row[:3] for row in sos], one),
        functools.reduce(np.polymul, [row[3:] for row in sos], one),
    )
