"""Windows with a parameter, in which they have slopes; M is the number of samples, a plain int."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.signal import windows

from autodiff.core.typing import Array, Function
from autodiff.rules.operands import as_array
from autodiff.scipy.real import real_composite
from autodiff.scipy.special.namespace import special

__all__: list[str] = []


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
    return formula(np.arange(count, dtype=float), count)[:M]


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
        distance = np.abs(n - (count - 1) / 2)
        is_center = distance == 0
        power = (np.where(is_center, 1.0, distance) / sig) ** (2 * p)
        return np.where(is_center, 1.0, np.exp(-0.5 * power))

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
    a = as_array(a)

    def formula(n: Array, count: int) -> Array:
        angles = np.linspace(-np.pi, np.pi, count) + 0 * n
        return np.sum([a[k] * np.cos(k * angles) for k in range(len(a))], axis=0)

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

    def formula(n: Array, count: int) -> Array:
        from_end = np.minimum(n, count - 1 - n) / (count - 1)
        share = np.clip(alpha, 1e-300, 1.0)
        edge = 0.5 * (1 + np.cos(np.pi * (2 * from_end / share - 1)))
        return np.where(from_end < share / 2, edge, 1.0)

    return _cut(M, sym, formula)
