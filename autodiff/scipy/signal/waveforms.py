"""Waveforms: functions of time, with slopes in time and in their frequencies."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.signal
import scipy.special

from autodiff.core.errors import user_line
from autodiff.core.primitive import constant
from autodiff.core.tensor import peek
from autodiff.core.typing import Array
from autodiff.rules.composite import composite
from autodiff.rules.operands import as_array, in_dtype, promoted
from autodiff.scipy.checked import checked
from autodiff.scipy.real import real_composite
from autodiff.scipy.single import require_number

TAU = 2 * math.pi


@real_composite(scipy.signal.chirp)
def chirp(
    t: Array, f0: Array, t1: Array, f1: Array, method: str = "linear", phi: Array = 0,
    vertex_zero: bool = True, *, complex: bool = False,
) -> Array:  # fmt: skip
    """Return a cosine whose frequency changes from f0 at the time 0 to f1 at t1."""
    require_number("chirp", f0=f0, t1=t1, f1=f1)
    t = as_array(t)
    phase = TAU * _cycles(t, f0, t1, f1, method, vertex_zero) + np.deg2rad(phi)
    dtype = scipy.signal.chirp(np.zeros(1, t.dtype), 1.0, 1.0, 2.0).dtype
    if complex:
        return np.exp(1j * phase).astype(np.result_type(dtype, np.complex64))
    return np.cos(phase).astype(dtype)


def _relative_growth(y: Array) -> Array:
    """Return (exp(y) - 1) / y, in longdouble too, which SciPy's function doesn't take."""
    if y.dtype != np.longdouble:
        return scipy.special.exprel(y)
    is_small = np.abs(y) < 0.5
    series: Array = 1.0
    for k in range(20, 1, -1):
        series = 1.0 + series * np.where(is_small, y, 0.0) / k
    return np.where(is_small, series, np.expm1(y) / np.where(is_small, 1.0, y))


def _cycles(t: Array, f0: Array, t1: Array, f1: Array, method: str, vertex_zero: bool) -> Array:
    """Return the integral of the frequency."""
    if method in ("linear", "lin", "li"):
        return f0 * t + 0.5 * ((f1 - f0) / t1) * t * t
    if method in ("quadratic", "quad", "q"):
        bend = (f1 - f0) / t1**2
        if vertex_zero:
            return f0 * t + bend * t**3 / 3
        return f1 * t + bend * ((t1 - t) ** 3 - t1**3) / 3
    t = in_dtype(t, np.result_type(t.dtype, float))  # that of the result
    if method in ("logarithmic", "log", "lo"):
        if peek(f0) * peek(f1) <= 0:
            raise ValueError(
                f"expected f0 and f1 of the same sign, and not zero, for method='log', got "
                f"{peek(f0)} and {peek(f1)}. Use method='linear'."
            )
        return f0 * t * _relative_growth(np.log(f1 / f0) * t / t1)
    if method in ("hyperbolic", "hyp"):
        if peek(f0) == 0 or peek(f1) == 0:
            raise ValueError(
                f"expected f0 and f1 other than zero for method='hyperbolic', got {peek(f0)} and "
                f"{peek(f1)}. Use method='linear'."
            )
        return f0 * t * _relative_logarithm(t * (f1 - f0) / (f1 * t1))
    raise ValueError(
        f"expected the method 'linear', 'quadratic', 'logarithmic' or 'hyperbolic', got "
        f"{method!r}. Pass one of these."
    )


def _relative_logarithm(x: Array) -> Array:
    """Return -log|1 - x| / x, near 0 by its series."""
    is_small = np.abs(x) < 1e-4
    series = 1 + x * (1 / 2 + x * (1 / 3 + x * (1 / 4 + x / 5)))
    away = np.where(is_small, 0.5, x)
    return np.where(is_small, series, -np.log(np.abs(1 - away)) / away)


@composite(scipy.signal.gausspulse)
def gausspulse(
    t: Array, fc: Array = 1000, bw: Array = 0.5, bwr: Array = -6, tpr: Array = -60,
    retquad: bool = False, retenv: bool = False,
) -> Any:  # fmt: skip
    """Return a Gaussian times a cosine, and on request times a sine, and alone."""
    is_wrong = (fc < 0) | (bw <= 0) | (bwr >= 0)
    fc = checked(fc, is_wrong, message="expected fc >= 0, bw > 0 and bwr < 0.")
    steepness = -((math.pi * fc * bw) ** 2) / (4.0 * np.log(10.0 ** (bwr / 20.0)))
    if isinstance(t, str):
        if t != "cutoff":
            raise ValueError(f"expected times or 'cutoff', got {t!r} at {user_line()}.")
        tpr = checked(tpr, tpr >= 0, message="expected tpr < 0 for the time of the cutoff.")
        return np.sqrt(-np.log(10.0 ** (tpr / 20.0)) / steepness)
    t = as_array(t)
    envelope = np.exp(-steepness * t * t)
    results = [envelope * np.cos(TAU * fc * t)]
    if retquad:
        results.append(envelope * np.sin(TAU * fc * t))
    if retenv:
        results.append(envelope)
    return tuple(results) if len(results) > 1 else results[0]


@composite(scipy.signal.sweep_poly)
def sweep_poly(t: Array, poly: Array, phi: Array = 0) -> Array:
    """Return a cosine whose frequency is a polynomial of time."""
    coefficients = as_array(getattr(poly, "coeffs", poly))
    if coefficients.ndim != 1:
        raise ValueError(
            f"expected a row of coefficients, got the shape {coefficients.shape} at "
            f"{user_line()}. Pass [c] for a constant frequency c."
        )
    cycles = np.polyval(np.polyint(coefficients), as_array(t))
    return np.cos(TAU * cycles + np.deg2rad(phi))


@composite(scipy.signal.sawtooth)
def sawtooth(t: Array, width: Array = 1) -> Array:
    """Return a line that rises from -1 to 1 in a part of each period 2π, and falls in the rest."""
    t, width = promoted(t, width)
    phase = np.mod(t, TAU)
    is_rising = phase < width * TAU
    up = phase / (math.pi * np.where(is_rising, width, 1.0)) - 1
    down = (math.pi * (width + 1) - phase) / (math.pi * (1 - np.where(is_rising, 0.0, width)))
    z = np.where(is_rising, up, down).astype(float)
    return np.where((width > 1) | (width < 0), np.nan, z)


constant(scipy.signal.square)
