"""Windows with a parameter, in which they have slopes; M is the number of samples, a plain int."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from scipy.signal import windows

from autodiff.core.errors import user_level, user_line
from autodiff.core.tensor import peek
from autodiff.core.typing import Array, Function
from autodiff.rules.operands import as_array
from autodiff.scipy.real import real_composite
from autodiff.scipy.special.namespace import special
from autodiff.transforms.gradients import stop_gradient

__all__: list[str] = []

_SUITABLE = 45  # dB


def _cut(M: int, sym: bool, formula: Function) -> Array:
    """Return a window, as one of M + 1 samples without the last if it isn't symmetric.

    Args:
        M: the number of samples.
        sym: whether it is symmetric, for a filter; otherwise it is periodic.
        formula: returns the window of more than one sample from n = 0, 1, … and their number.
    """
    if M <= 1:
        return np.ones(M)
    count = M if sym else M + 1
    window = formula(np.arange(count, dtype=float), count)
    return window if sym else window[:-1]


@real_composite(windows.kaiser)
def kaiser(M: int, beta: Array, sym: bool = True, *, xp: Any = None, device: Any = None) -> Array:
    """Return a window with most of its energy in the main lobe, whose width beta sets."""
    del xp, device

    def formula(n: Array, count: int) -> Array:
        half = (count - 1) / 2
        return special.i0(beta * np.sqrt(1 - ((n - half) / half) ** 2)) / special.i0(beta)

    return _cut(M, sym, formula)


@real_composite(windows.gaussian)
def gaussian(M: int, std: Array, sym: bool = True, *, xp: Any = None, device: Any = None) -> Array:
    """Return a normal density, of height 1."""
    del xp, device
    return _cut(M, sym, lambda n, count: np.exp(-((n - (count - 1) / 2) ** 2) / (2 * std * std)))


@real_composite(windows.general_gaussian)
def general_gaussian(
    M: int, p: Array, sig: Array, sym: bool = True, *, xp: Any = None, device: Any = None
) -> Array:
    """Return exp(-|n / sig|^(2p) / 2)."""
    del xp, device

    def formula(n: Array, count: int) -> Array:
        distance = n - (count - 1) / 2
        is_center = distance == 0
        power = np.abs(np.where(is_center, 1.0, distance) / sig) ** (2 * p)
        center = np.abs(np.divide(0.0, stop_gradient(sig))) ** stop_gradient(2 * p)  # 0 if p > 0
        return np.exp(-0.5 * np.where(is_center, center, power))

    return _cut(M, sym, formula)


@real_composite(windows.exponential)
def exponential(
    M: int, center: Any = None, tau: Array = 1.0, sym: bool = True, *, xp: Any = None,
    device: Any = None,
) -> Array:  # fmt: skip
    """Return exp(-|n - center| / tau)."""
    del xp, device
    if sym and center is not None:
        raise ValueError("expected center=None for a symmetric window. Pass sym=False.")
    return _cut(
        M,
        sym,
        lambda n, count: np.exp(-np.abs(n - ((count - 1) / 2 if center is None else center)) / tau),
    )


@real_composite(windows.general_cosine)
def general_cosine(
    M: int, a: Array, sym: bool = True, *, xp: Any = None, device: Any = None
) -> Array:
    """Return a sum of cosines, by their weights."""
    del xp, device
    a = as_array(a).astype(float)

    def formula(n: Array, count: int) -> Array:
        angles = np.linspace(-np.pi, np.pi, count) + 0 * n
        return np.sum(np.stack([a[k] * np.cos(k * angles) for k in range(len(a))]), axis=0)

    return _cut(M, sym, formula)


@real_composite(windows.general_hamming)
def general_hamming(
    M: int, alpha: Array, sym: bool = True, *, xp: Any = None, device: Any = None
) -> Array:
    """Return a raised cosine."""
    return general_cosine(M, np.stack([alpha, 1.0 - alpha]), sym, xp=xp, device=device)


@real_composite(windows.tukey)
def tukey(
    M: int, alpha: Array = 0.5, sym: bool = True, *, xp: Any = None, device: Any = None
) -> Array:
    """Return a window that is 1 but for cosines at both ends, which are a share alpha of it."""
    del xp, device
    if np.ndim(alpha):
        raise ValueError(
            f"tukey at {user_line()}: expected one number alpha, got shape {np.shape(alpha)}. Call "
            f"it for each."
        )

    def formula(n: Array, count: int) -> Array:
        from_end = np.minimum(n, count - 1 - n) / (count - 1)
        share = np.clip(alpha, 1e-300, 1.0)
        edge = 0.5 * (1 + np.cos(np.pi * (2 * from_end / share - 1)))
        return np.where((from_end < share / 2) & (alpha > 0), edge, 1.0)

    return _cut(M, sym, formula)


@real_composite(windows.chebwin)
def chebwin(M: int, at: Array, sym: bool = True, *, xp: Any = None, device: Any = None) -> Array:
    """Return the Dolph-Chebyshev window: the narrowest main lobe over side lobes of one height.

    Its discrete Fourier transform is a Chebyshev polynomial of ``beta * cos(pi * k / M)``.

    Args:
        M: the number of samples.
        at: how much lower the side lobes are, in dB.
        sym: whether it is symmetric, for a filter.
        xp: as SciPy's.
        device: as SciPy's.
    """
    del xp, device
    if abs(peek(at)) < _SUITABLE:
        warnings.warn(
            "This window is not suitable for spectral analysis for attenuation values lower than "
            "about 45dB because the equivalent noise bandwidth of a Chebyshev window does not grow "
            "monotonically with increasing sidelobe attenuation when the attenuation is smaller "
            "than about 45 dB.",
            stacklevel=user_level(),
        )

    def formula(n: Array, count: int) -> Array:
        order = count - 1.0
        ratio = as_array(10 ** (np.abs(at) / 20.0)).astype(float)
        beta = np.cosh(np.arccosh(ratio) / order)
        p = _chebyshev(count - 1, beta * np.cos(np.pi * n / count))
        if count % 2:
            half = np.real(np.fft.fft(p))[: (count + 1) // 2]
            w = np.concatenate([np.flip(half[1:]), half])
        else:
            half = np.real(np.fft.fft(p * np.exp(1j * np.pi / count * n)))[1 : count // 2 + 1]
            w = np.concatenate([np.flip(half), half])
        return w / np.max(w)

    return _cut(M, sym, formula)


def _chebyshev(order: int, x: Array) -> Array:
    """Return the Chebyshev polynomial, by hyperbolic functions outside of [-1, 1]."""
    is_inside = np.abs(x) <= 1
    outside = np.cosh(order * np.arccosh(np.where(is_inside, 2.0, np.abs(x))))
    inside = np.cos(order * np.arccos(np.where(is_inside, x, 0.0)))
    return np.where(is_inside, inside, np.where(x < -1, (-1) ** order * outside, outside))


@real_composite(windows.taylor)
def taylor(
    M: int, nbar: int = 4, sll: Array = 30, norm: bool = True, sym: bool = True, *, xp: Any = None,
    device: Any = None,
) -> Array:  # fmt: skip
    """Return the Taylor window, whose side lobes next to the main one are of one height.

    Args:
        M: the number of samples.
        nbar: the number of side lobes of one height, a plain int.
        sll: how much lower they are, in dB.
        norm: whether the middle is 1.
        sym: whether it is symmetric, for a filter.
        xp: as SciPy's.
        device: as SciPy's.
    """
    del xp, device
    ma = np.arange(1, nbar, dtype=float)
    squares = ma * ma
    a = np.arccosh(10 ** (sll / 20)) / np.pi
    s2 = nbar**2 / (a**2 + (nbar - 0.5) ** 2)
    rows = 1 - squares[:, None] / s2 / (a**2 + (ma - 0.5) ** 2)
    ratios = np.where(np.eye(nbar - 1, dtype=bool), 1.0, 1 - squares[:, None] / squares)
    weights = (-1) ** (ma - 1) * np.prod(rows, axis=1) / (2 * np.prod(ratios, axis=1))
    weights = weights.astype(float)

    def formula(n: Array, count: int) -> Array:
        def at(n: Array) -> Array:
            angles = 2 * np.pi * ma[:, None] * (n - count / 2 + 0.5) / count
            return 1 + 2 * (weights @ np.cos(angles))

        return at(n) / at(np.array([(count - 1) / 2])) if norm else at(n)

    return _cut(M, sym, formula)


@real_composite(windows.kaiser_bessel_derived)
def kaiser_bessel_derived(
    M: int, beta: Array, *, sym: bool = True, xp: Any = None, device: Any = None
) -> Array:
    """Return the window whose squares are the sums of a Kaiser window, for the modified DCT."""
    del xp, device
    if not sym:
        raise ValueError("expected sym=True: this window is defined for symmetric shapes alone")
    if M < 1:
        return np.array([])
    if M % 2:
        raise ValueError(f"expected an even number of points, got M={M}. Add one.")
    sums = np.cumsum(kaiser(M // 2 + 1, beta))
    half = np.sqrt(sums[:-1] / sums[-1])
    return np.concatenate([half, np.flip(half)])
