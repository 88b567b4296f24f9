"""Spectra of signals: Fourier transforms of pieces of them, under a window (Welch 1967).

Frequencies and times don't depend on the signal. SciPy returns them for zeros in its place, and
checks the arguments at the same time.
"""

from __future__ import annotations

import functools
import math
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import numpy as np
import scipy.signal

from autodiff.core.errors import user_line
from autodiff.core.tensor import peek
from autodiff.core.typing import Array, Function
from autodiff.rules.composite import composite
from autodiff.rules.operands import as_array
from autodiff.scipy import fft
from autodiff.scipy.checked import checked
from autodiff.scipy.plain_options import require_plain
from autodiff.scipy.signal.forward_backward import continued
from autodiff.scipy.signal.pieces import cut, overlapped
from autodiff.scipy.signal.trends import detrend as without_trend

__all__ = ["csd", "stft", "welch"]

Window = str | tuple[Any, ...] | Array
F = TypeVar("F", bound=Function)


class Segmentation(NamedTuple):
    """How a signal is cut into pieces, and how these are transformed."""

    window: Array
    step: int
    nfft: int
    detrend: Any
    is_onesided: bool

    @property
    def length(self) -> int:
        """Return the length of a piece."""
        return len(self.window)

    def transforms(self, x: Array) -> Array:
        """Return the transforms of all pieces: (…, pieces, frequencies)."""
        pieces = cut(x, length=self.length, step=self.step)
        if callable(self.detrend):
            pieces = self.detrend(pieces)
        elif self.detrend:
            pieces = without_trend(pieces, -1, self.detrend)
        transform: Function = np.fft.rfft if self.is_onesided else np.fft.fft
        return transform(pieces * self.window, self.nfft)

    def powers(self, x: Array, y: Array) -> Array:
        """Return the products of the transforms of two signals; real ones if they are the same."""
        one = self.transforms(x)
        both = (
            np.real(one * np.conjugate(one)) if x is y else np.conjugate(one) * self.transforms(y)
        )
        counts = np.ones(both.shape[-1])  # of the frequencies that one of them stands for
        if self.is_onesided:
            counts[1 : -1 if self.nfft % 2 == 0 else None] = 2.0
        return both * counts

    def scale(self, scaling: str, fs: float) -> Array:
        """Return the factor of a density, or of a spectrum."""
        if scaling == "density":
            return 1.0 / (fs * np.sum(self.window * self.window))
        return 1.0 / np.sum(self.window) ** 2


def _spectral(function: Function, *names: str) -> Callable[[F], F]:
    """Register the traceable version of a function of signals; of empty ones it is SciPy's.

    Args:
        function: of SciPy.
        names: those of its signals, which come first.
    """

    def register(stand_in: F) -> F:
        @functools.wraps(stand_in)
        def front(*args: Any, **options: Any) -> Any:
            options.update(zip(names, args, strict=False))
            signals = [options.pop(name) for name in names if name in options]
            rest = args[len(names) :]
            require_plain(function.__name__, fs=options.get("fs", rest[:1]))
            if all(map(np.size, signals)):
                return stand_in(*signals, *rest, **options)
            plain = {name: peek(option) for name, option in options.items()}
            return function(*(peek(as_array(x)) for x in signals), *map(peek, rest), **plain)

        composite(function)(front)
        return front  # type: ignore[return-value]

    return register


def _plan(
    x: Array, window: Window, nperseg: int | None, noverlap: int | None, nfft: int | None,
    detrend: Any, onesided: bool, overlap: float = 0.5,
) -> Segmentation:  # fmt: skip
    """Return the plan for a signal along the last axis."""
    if isinstance(window, (str, tuple)):
        length = min(256 if nperseg is None else int(nperseg), x.shape[-1])
        window = scipy.signal.get_window(window, length)
    window = as_array(window)
    length = len(window)
    shared = int(length * overlap) if noverlap is None else int(noverlap)
    is_onesided = onesided and not np.iscomplexobj(x)
    return Segmentation(window, length - shared, int(nfft or length), detrend, is_onesided)


def _plain(window: Window) -> Any:
    """Return a window for SciPy, which uses its length only."""
    return window if isinstance(window, (str, tuple)) else np.ones(np.shape(window))


def _of_each_piece(detrend: Function) -> Function:
    """Return a function of all pieces that calls one for each, as ``csd`` of SciPy does."""

    def of_pieces(pieces: Array) -> Array:
        return np.stack([detrend(piece) for piece in np.moveaxis(pieces, -2, 0)], axis=-2)

    return of_pieces


def _silence(x: Array, axis: int) -> Array:
    """Return zeros in place of a signal."""
    return np.zeros(x.shape[axis], peek(x).dtype)


@_spectral(scipy.signal.csd, "x", "y")
def csd(
    x: Array, y: Array, fs: float = 1.0, window: Window = "hann", nperseg: int | None = None,
    noverlap: int | None = None, nfft: int | None = None, detrend: Any = "constant",
    return_onesided: bool = True, scaling: str = "density", axis: int = -1, average: str = "mean",
) -> tuple[Array, Array]:  # fmt: skip
    """Return frequencies, and the mean of the products of two signals' transforms there."""
    same = y is x
    x = as_array(x)
    y = x if same else as_array(y)
    if x.ndim != y.ndim and axis >= 0:  # SciPy returns the spectra of other pieces
        raise ValueError(
            f"expected a negative axis for signals of {x.ndim} and {y.ndim} axes, got axis={axis} "
            f"at {user_line()}. Count the axis from the last one, or give both as many axes."
        )
    if return_onesided and np.iscomplexobj(y) and not np.iscomplexobj(x):
        raise ValueError(
            f"expected a real signal y beside a real x, got {x.dtype} and {y.dtype} at "
            f"{user_line()}. Set return_onesided=False, or convert x to complex numbers."
        )
    frequencies, _ = scipy.signal.csd(
        _silence(x, axis), _silence(y, axis), fs, _plain(window), nperseg, noverlap, nfft,
        detrend, return_onesided, scaling, -1, average,
    )  # fmt: skip
    dtype = np.result_type(x.dtype, y.dtype, np.complex64)
    x, y = np.moveaxis(x, axis, -1), np.moveaxis(y, axis, -1)
    length = max(x.shape[-1], y.shape[-1])
    if x.shape[-1] != y.shape[-1] and x.shape[:-1] != y.shape[:-1]:
        _check_broadcasting(x.shape, y.shape)
    x = _lengthened(x, length)
    y = x if same else _lengthened(y, length)
    detrend = _of_each_piece(detrend) if callable(detrend) else detrend
    plan = _plan(x, window, nperseg, noverlap, nfft, detrend, return_onesided)
    spectrum = _averaged(plan.powers(x, y) * plan.scale(scaling, fs), average)
    spectrum = spectrum.astype(np.finfo(dtype).dtype if same else dtype)
    return frequencies, np.moveaxis(spectrum, -1, axis)


def _check_broadcasting(one: tuple[int, ...], other: tuple[int, ...]) -> None:
    """Raise an error where this version of SciPy doesn't broadcast signals of other lengths."""
    try:
        scipy.signal.csd(np.zeros(one), np.zeros(other), nperseg=1)
    except ValueError as error:
        raise ValueError(
            f"expected signals of one length, or which differ in it alone, got the shapes {one} "
            f"and {other} at {user_line()}."
        ) from error


def _lengthened(x: Array, length: int) -> Array:
    missing = length - x.shape[-1]
    return np.pad(x, [(0, 0)] * (x.ndim - 1) + [(0, missing)]) if missing else x


def _averaged(powers: Array, average: str) -> Array:
    """Return the mean over the pieces, or their median without bias (Allen et al. 2012, B12)."""
    count = powers.shape[-2]
    if average == "mean" or count == 1:
        return np.mean(powers, axis=-2)
    bias = 1.0 + sum(1 / (2 * k + 1) - 1 / (2 * k) for k in range(1, (count - 1) // 2 + 1))
    if not np.iscomplexobj(powers):
        return np.median(powers, axis=-2) / bias
    real, imag = np.median(np.real(powers), axis=-2), np.median(np.imag(powers), axis=-2)
    return (real + 1j * imag) / bias


@_spectral(scipy.signal.welch, "x")
def welch(x: Array, *args: Any, **options: Any) -> tuple[Array, Array]:
    """Return frequencies, and the power of a signal there: the mean over its pieces."""
    x = as_array(x)
    return csd(x, x, *args, **options)


@_spectral(scipy.signal.periodogram, "x")
def periodogram(
    x: Array, fs: float = 1.0, window: Window | None = "boxcar", nfft: int | None = None,
    detrend: Any = "constant", return_onesided: bool = True, scaling: str = "density",
    axis: int = -1,
) -> tuple[Array, Array]:  # fmt: skip
    """Return frequencies, and the power of a signal there, as one piece."""
    x = as_array(x)
    length = x.shape[axis] if nfft is None else min(nfft, x.shape[axis])
    if not isinstance(window, (str, tuple, type(None))) and np.size(window) != length:
        raise ValueError(
            f"expected a window of {length} samples, got {np.size(window)} at {user_line()}."
        )
    x = np.moveaxis(np.moveaxis(x, axis, -1)[..., :length], -1, axis)
    window = "boxcar" if window is None else window
    return csd(x, x, fs, window, length, 0, nfft, detrend, return_onesided, scaling, axis)


@_spectral(scipy.signal.coherence, "x", "y")
def coherence(
    x: Array, y: Array, fs: float = 1.0, window: Window = "hann", nperseg: int | None = None,
    noverlap: int | None = None, nfft: int | None = None, detrend: Any = "constant",
    axis: int = -1,
) -> tuple[Array, Array]:  # fmt: skip
    """Return frequencies, and how much two signals have in common there, between 0 and 1."""
    options = {"nperseg": nperseg, "noverlap": noverlap, "nfft": nfft, "detrend": detrend}
    x, y = as_array(x), as_array(y)
    _, own = welch(x, fs, window, axis=axis, **options)
    _, other = welch(y, fs, window, axis=axis, **options)
    frequencies, cross = csd(x, y, fs, window, axis=axis, **options)
    return frequencies, np.abs(cross) ** 2 / own / other


# Spectra over time.


@_spectral(scipy.signal.spectrogram, "x")
def spectrogram(
    x: Array, fs: float = 1.0, window: Window = ("tukey", 0.25), nperseg: int | None = None,
    noverlap: int | None = None, nfft: int | None = None, detrend: Any = "constant",
    return_onesided: bool = True, scaling: str = "density", axis: int = -1, mode: str = "psd",
) -> tuple[Array, Array, Array]:  # fmt: skip
    """Return frequencies, times, and the power, or another form of the spectrum, there."""
    x = as_array(x)
    frequencies, times, _ = scipy.signal.spectrogram(
        _silence(x, axis), fs, _plain(window), nperseg, noverlap, nfft, detrend, return_onesided,
        scaling, -1, mode,
    )  # fmt: skip
    rows, dtype = np.moveaxis(x, axis, -1), np.result_type(x.dtype, np.complex64)
    plan = _plan(rows, window, nperseg, noverlap, nfft, detrend, return_onesided, 0.125)
    scale = plan.scale(scaling, fs)
    if mode == "psd":
        spectrum = (plan.powers(rows, rows) * scale).astype(np.finfo(dtype).dtype)
    else:
        spectrum = (plan.transforms(rows) * np.sqrt(scale)).astype(dtype)
    spectrum = _over_time(spectrum, axis)
    if mode == "magnitude":
        spectrum = np.abs(spectrum)
    elif mode in ("angle", "phase"):
        spectrum = np.angle(spectrum)
    if mode == "phase":
        spectrum = np.unwrap(spectrum, axis=axis - 1 if axis < 0 else axis)
    return frequencies, times, spectrum


def _over_time(spectrum: Array, axis: int) -> Array:
    """Put the frequencies where the signal's axis was; the pieces stay last."""
    return np.moveaxis(spectrum, -1, axis - 1 if axis < 0 else axis)


@_spectral(scipy.signal.stft, "x")
def stft(
    x: Array, fs: float = 1.0, window: Window = "hann", nperseg: int | None = 256,
    noverlap: int | None = None, nfft: int | None = None, detrend: Any = False,
    return_onesided: bool = True, boundary: str | None = "zeros", padded: bool = True,
    axis: int = -1, scaling: str = "spectrum",
) -> tuple[Array, Array, Array]:  # fmt: skip
    """Return frequencies, times, and the transforms of the pieces."""
    x = as_array(x)
    frequencies, times, _ = scipy.signal.stft(
        _silence(x, axis), fs, _plain(window), nperseg, noverlap, nfft, detrend, return_onesided,
        boundary, padded, -1, scaling,
    )  # fmt: skip
    rows, dtype = np.moveaxis(x, axis, -1), np.result_type(x.dtype, np.complex64)
    plan = _plan(rows, window, nperseg, noverlap, nfft, detrend, return_onesided)
    rows = continued(rows, boundary, plan.length // 2, -1)
    if padded:
        missing = -(rows.shape[-1] - plan.length) % plan.step % plan.length
        rows = _lengthened(rows, rows.shape[-1] + missing)
    scale = np.sqrt(plan.scale("density" if scaling == "psd" else scaling, fs))
    return frequencies, times, _over_time((plan.transforms(rows) * scale).astype(dtype), axis)


@composite(scipy.signal.istft)
def istft(
    Zxx: Array, fs: float = 1.0, window: Window = "hann", nperseg: int | None = None,
    noverlap: int | None = None, nfft: int | None = None, input_onesided: bool = True,
    boundary: bool = True, time_axis: int = -1, freq_axis: int = -2, scaling: str = "spectrum",
) -> tuple[Array, Array]:  # fmt: skip
    """Return times, and the signal that has these transforms of its pieces."""
    if scaling not in ("spectrum", "psd"):
        raise ValueError(
            f"istft takes scaling='spectrum' or 'psd', got {scaling!r} at {user_line()}. Set it."
        )
    Zxx = np.moveaxis(as_array(Zxx), (time_axis, freq_axis), (-2, -1))
    whole = 2 * (Zxx.shape[-1] - 1) if input_onesided else Zxx.shape[-1]
    length = whole if nperseg is None else int(nperseg)
    if nfft is None:
        nfft = length if input_onesided and length == whole + 1 else whole
    if isinstance(window, (str, tuple)):
        window = scipy.signal.get_window(window, length)
    window = as_array(window)
    step = length - (length // 2 if noverlap is None else int(noverlap))
    if len(window) != length or not step > 0 or nfft < length:
        raise ValueError(
            f"expected a window of nperseg={length} samples, noverlap < nperseg and nfft ≥ "
            f"nperseg, got {len(window)} samples, noverlap={length - step} and nfft={nfft} at "
            f"{user_line()}. Change one of them."
        )
    pieces = (fft.irfft if input_onesided else fft.ifft)(Zxx, nfft)[..., :length]
    total = np.sum(window) if scaling == "spectrum" else np.sqrt(fs * np.sum(window**2))
    x = overlapped(pieces * total * window, step=step)
    weights = overlapped(np.broadcast_to(window**2, pieces.shape[-2:]), step=step)
    kept = slice(length // 2, -(length // 2)) if boundary else slice(None)
    x, weights = x[..., kept], weights[..., kept]  # none of pieces of one sample, as in SciPy
    is_seen = weights > 1e-10
    if not np.all(peek(is_seen)):
        warnings.warn("NOLA condition failed, STFT may not be invertible.", stacklevel=3)
    x = (x / np.where(is_seen, weights, 1.0)).astype(pieces.dtype)
    x = _to_time_axis(x, time_axis % Zxx.ndim, freq_axis % Zxx.ndim)
    return np.arange(x.shape[0]) / float(fs), x


def _to_time_axis(x: Array, time_axis: int, freq_axis: int) -> Array:
    """Put the last axis where the times were, once that of the frequencies is gone."""
    if x.ndim == 1:
        return x
    return np.moveaxis(x, -1, time_axis - (freq_axis < time_axis))


@composite(scipy.signal.vectorstrength)
def vectorstrength(events: Array, period: Array) -> tuple[Array, Array]:
    """Return how well events keep to a period, from 0 to 1, and at which phase."""
    events, period = as_array(events), as_array(period)
    if max(events.ndim, period.ndim) > 1:
        scipy.signal.vectorstrength(peek(events), peek(period))  # raises an error
    period = checked(period, period <= 0, message="periods must be positive")
    if period.dtype.kind in "iu":
        period = period.astype(np.float64)
    events = events.astype(period.dtype, copy=False)
    phases = math.pi / np.reshape(period, (-1, 1)) * np.reshape(events, (1, -1))
    mean = np.mean(np.exp(2j * phases), axis=1)
    mean = mean[0] if period.ndim == 0 else mean
    return np.abs(mean), np.angle(mean)
