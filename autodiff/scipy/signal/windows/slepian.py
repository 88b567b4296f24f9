"""Slepian sequences (DPSS): windows with the most energy in a band, with slopes in its width.

They are eigenvectors of a tridiagonal matrix B (Percival and Walden 1993, section 8.3), of which
the bandwidth changes the diagonal alone. So ``(B - w) dv - dw v = -dB v`` and ``v . dv = 0``.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
from scipy.fft import next_fast_len
from scipy.signal import windows

from autodiff.core.primitive import derivative, primitive
from autodiff.core.typing import Array
from autodiff.rules.operands import as_array
from autodiff.scipy.real import real_composite

__all__ = ["slepian"]


@primitive
def slepian(NW: Array, *, count: int, limit: float, Kmax: int) -> Array:
    """Return the first sequences, of norm 1, with SciPy's signs, as rows.

    Args:
        NW: half the bandwidth, times the number of samples.
        count: the number of samples.
        limit: the upper limit of NW, excluded.
        Kmax: how many sequences.
    """
    if limit <= NW:
        raise ValueError("NW must be less than M/2.")
    return windows.dpss(count, NW, Kmax)


def _slope(NW: Array, z: Array, count: int) -> Array:
    """Return the derivative of each sequence, by the equations of an eigenvector and its norm."""
    n = np.arange(count, dtype=float)
    squares, beside = ((count - 1 - 2 * n) / 2) ** 2, n[1:] * (count - n[1:]) / 2
    angle = 2 * np.pi / count * NW
    matrix = np.diag(beside, 1) + np.diag(beside, -1) + np.eye(count) * (squares * np.cos(angle))
    w = np.sum(z * (z @ matrix), axis=-1)
    upper = np.concatenate([matrix - w[:, None, None] * np.eye(count), -z[:, :, None]], axis=-1)
    norm = np.concatenate([z, np.zeros((len(z), 1))], axis=-1)
    moved = 2 * np.pi / count * np.sin(angle) * squares * z  # -dB v
    right = np.concatenate([moved, np.zeros((len(z), 1))], axis=-1)
    system = np.concatenate([upper, norm[:, None, :]], axis=1)
    return np.linalg.solve(system, right[..., None])[:, :-1, 0]


derivative(
    slepian,
    NW=lambda g, z, NW, *, count, limit, Kmax: np.sum(g * _slope(NW, z, count)),
)


@real_composite(windows.dpss)
def dpss(
    M: int, NW: Array, Kmax: int | None = None, sym: bool = True, norm: Any = None,
    return_ratios: bool = False, *, xp: Any = None, device: Any = None,
) -> Any:  # fmt: skip
    """Return Slepian sequences, and how much of their energy is in the band.

    Args:
        M: the number of samples.
        NW: half the bandwidth, times the number of samples.
        Kmax: how many sequences, as rows; None for the first one alone.
        sym: whether they are symmetric, for a filter.
        norm: 2, ``"approximate"`` or ``"subsample"``, as SciPy's.
        return_ratios: whether to return the shares of energy too.
        xp: as SciPy's.
        device: as SciPy's.
    """
    del xp, device
    NW = as_array(NW).astype(float)
    is_one = Kmax is None
    Kmax = 1 if Kmax is None else operator.index(Kmax)
    if norm is None:
        norm = "approximate" if is_one else 2
    if norm not in (2, "approximate", "subsample"):
        raise ValueError(f"norm must be one of {(2, 'approximate', 'subsample')}, got {norm}")
    if M <= 1:
        return (np.ones(M), 1.0 if is_one else np.ones(1)) if return_ratios else np.ones(M)
    if not 0 < Kmax <= M:
        raise ValueError("Kmax must be greater than 0 and less than M")
    count = M if sym else M + 1
    found = slepian(NW, count=count, limit=M / 2.0, Kmax=Kmax)
    ratios = _ratios(found, NW / count)
    if norm != 2:
        found = found / np.max(found)
        if count % 2 == 0:
            found = found * _correction(found[0], NW, norm)
    found = found[:, :M]
    if is_one:
        found, ratios = found[0], ratios[0]
    return (found, ratios) if return_ratios else found


def _ratios(sequences: Array, W: Array) -> Array:
    """Return the share of energy in the band, by the autocorrelation."""
    count = np.shape(sequences)[-1]
    length = next_fast_len(2 * count - 1)
    spectrum = np.fft.rfft(sequences, length, axis=-1)
    power = np.real(spectrum) ** 2 + np.imag(spectrum) ** 2
    correlation = np.fft.irfft(power, n=length)[:, :count]
    n = np.arange(count, dtype=float)
    return correlation @ (np.where(n == 0, 2.0, 4.0) * W * np.sinc(2 * W * n))


def _correction(first: Array, NW: Array, norm: str) -> Array:
    """Return the factor of an even number of samples, none of which is the middle."""
    count = len(first)
    if norm == "approximate":
        return count**2 / (count**2 + NW)
    shift = -(1 - 1.0 / count) * np.arange(1, count // 2 + 1)
    turn = np.concatenate([[1.0], 2 * np.exp(-1j * np.pi * shift)])
    return count / np.sum(np.real(np.fft.rfft(first) * turn))
