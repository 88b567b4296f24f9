"""How to draw calls of ``scipy.signal``: short signals."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.signal as s

from autodiff.scipy import signal as ours
from autodiff.scipy.signal import pieces
from autodiff.scipy.signal.trends import detrended
from tests.laws.drawing import CONJUGATING, REAL, Call, Domain, Draw, call
from tests.laws.forms import on

MODES = ("full", "same", "valid")
B, A = np.array([0.4, 0.3, 0.1]), np.array([1.3, -0.5, 0.2])
SECTIONS = s.butter(3, 0.3, output="sos").tolist()


def signal(d: Draw, shortest: int = 1, longest: int = 6, ndim: int = 2) -> tuple[Any, int]:
    """Draw a signal along one of up to two axes."""
    shape = [d.integer(1, 2) for _ in range(d.integer(1, ndim) - 1)] + [
        d.integer(shortest, longest)
    ]
    axis = d.integer(0, len(shape) - 1)
    shape[axis], shape[-1] = shape[-1], shape[axis]
    return d.random.normal(size=shape), axis


def along(shortest: int = 1, longest: int = 6, **options: list[Any]) -> Any:
    """Draw ``f(signal, axis=)``."""

    def draw(d: Draw) -> Call:
        x, axis = signal(d, shortest, longest)
        return call(x, axis=axis, **d.options(**options))

    return draw


def after(*first: Any, shortest: int = 1, longest: int = 6, **options: list[Any]) -> Any:
    """Draw ``f(..., signal, axis=)``."""

    def draw(d: Draw) -> Call:
        x, axis = signal(d, shortest, longest)
        return call(*(f.copy() if hasattr(f, "copy") else f for f in first), x, axis=axis,
                    **d.options(**options))  # fmt: skip

    return draw


def two(d: Draw, ndim: int | None = None, **options: list[Any]) -> Call:
    """Draw two arrays, the first one at least as long along each axis, or the other way round."""
    count = d.integer(1, 2) if ndim is None else ndim
    small = [d.integer(1, 3) for _ in range(count)]
    pair = [[n + d.integer(0, 2) for n in small], small]
    x, h = (d.random.normal(size=shape) for shape in (pair if d.coin() else pair[::-1]))
    return call(x, h, mode=d.choice(*MODES), **d.options(**options))


def by_method(d: Draw) -> Call:
    return two(d, method=["direct", "fft"])


def by_axes(d: Draw) -> Call:
    drawn = two(d, ndim=2)
    return drawn if d.coin() else call(d.random.normal(size=(4, 3)), d.random.normal(size=(2, 1)),
                                       d.choice(*MODES), d.choice(0, [0]))  # fmt: skip


def images(d: Draw) -> Call:
    return two(d, ndim=2, boundary=["wrap", "symm"], fillvalue=[0.7])


def filtered(d: Draw) -> Call:
    x, axis = signal(d)
    b, a = B[: d.integer(1, 3)].copy(), A[: d.integer(1, 3)].copy()
    order = max(len(b), len(a)) - 1
    if not order or d.coin():
        return call(b, a, x, axis=axis)
    zi = d.random.normal(size=[order if i == axis else n for i, n in enumerate(x.shape)])
    return call(b, a, x, axis=axis, zi=zi)


def in_sections(d: Draw) -> Call:
    x, axis = signal(d)
    zi = d.random.normal(size=[2, *(2 if i == axis else n for i, n in enumerate(x.shape))])
    return call(SECTIONS, x, axis=axis, **d.options(zi=[zi]))


PADDING: dict[str, list[Any]] = {"padtype": ["even", "constant", None], "padlen": [4]}


def smoothed(d: Draw) -> Call:
    x, axis = signal(d, 7, 9)
    mode = d.choice("interp", "mirror", "constant", "nearest", "wrap")
    return call(x, 5, 2, axis=axis, mode=mode, **d.options(deriv=[1], delta=[0.7]))


def resampled(d: Draw) -> Call:
    x, axis = signal(d, 4, 7)
    return call(x, d.integer(3, 9), axis=axis, **d.options(window=["hamming"]))


def by_fraction(d: Draw) -> Call:
    x, axis = signal(d, 3, 7)
    up, down = d.choice((1, 2), (3, 2), (2, 1), (2, 2))
    window = d.choice("hamming", d.random.normal(size=d.integer(1, 5)))
    return call(x, up, down, axis=axis, window=window, **d.options(padtype=["mean", "median"]))


def stuffed(d: Draw) -> Call:
    x, axis = signal(d, 1, 4)
    h = d.random.normal(size=d.integer(1, 4))
    return call(h, x, d.integer(1, 3), d.integer(1, 3), axis)


def fewer(d: Draw) -> Call:
    x, axis = signal(d, 30, 32, ndim=1)
    kind = d.choice({"n": 2}, {"ftype": "fir", "n": 4})
    return call(x, 2, axis=axis, **kind, **d.options(zero_phase=[False]))


def spectrum(ndim: int = 2, **options: list[Any]) -> Any:
    def draw(d: Draw) -> Call:
        x, axis = signal(d, 12, 15, ndim)
        return call(x, axis=axis, nperseg=d.choice(4, 5), **d.options(**options))

    return draw


def one_piece(d: Draw) -> Call:
    x, axis = signal(d, 6, 7)
    return call(x, axis=axis, **d.options(nfft=[5, 8], detrend=["linear"], window=["hann"]))


def two_spectra(d: Draw) -> Call:
    x, axis = signal(d, 12, 13)
    return call(x, d.random.normal(size=x.shape), axis=axis, nperseg=4,
                **d.options(detrend=["linear"]))  # fmt: skip


def from_pieces(d: Draw) -> Call:
    _, _, z = s.stft(d.random.normal(size=14), nperseg=4)
    return call(np.real(z), nperseg=4, **d.options(scaling=["psd"]))


def zeros_and_poles(*frequencies: float, **options: Any) -> Any:
    def draw(d: Draw) -> Call:
        z, p = d.random.uniform(0.4, 0.8, 2), d.random.uniform(1.2, 2, 3)
        return call(z, p, np.float64(0.7), *map(np.float64, frequencies), **options)

    return draw


def two_filters(d: Draw) -> Call:
    return call(B.copy(), A.copy(), **d.options(worN=[3, np.array([0.1, 1.0])], fs=[4.0]))


TIMES = np.linspace(0.1, 2.1, 4)


def numerators(function: Any) -> Any:
    """Return a function of the numerators of sections."""
    ends = np.array(SECTIONS)[:, 3:]
    return lambda b: function(np.concatenate([b, ends], axis=1))


def sections(function: Any) -> Domain:
    return on(numerators(function), Domain(lambda d: call(d.random.uniform(0.2, 1, (2, 3)))))


def picked(function: Any, *which: int) -> Any:
    """Return some results of a function: frequencies and times are plain."""

    def run(*args: Any, **options: Any) -> Any:
        found = function(*args, **options)
        return found[which[0]] if len(which) == 1 else tuple(found[i] for i in which)

    return run


def second(function: Any, draw: Any, **flags: Any) -> Domain:
    domain = on(picked(function, 1), Domain(draw))
    return Domain(domain.draw, **flags)


def fixed(*arrays: Any, **options: list[Any]) -> Any:
    """Draw the same arrays each time."""
    return lambda d: call(*(np.array(a)[()] for a in arrays), **d.options(**options))


def normal(shape: tuple[int, ...], *more: Any, **options: list[Any]) -> Any:
    return lambda d: call(d.random.normal(size=shape), *more, **d.options(**options))


def untied(shape: tuple[int, ...], *more: Any) -> Any:
    return lambda d: call(d.distinct(shape) + 0.05, *more)


def chirped(d: Draw) -> Call:
    method = d.choice("linear", "quadratic", "log", "hyperbolic")
    return call(TIMES.copy(), *map(np.float64, (1, 2, 3)), method, **d.options(vertex_zero=[False]))


PIECES = {"noverlap": [1], "detrend": ["linear"], "average": ["median"], "scaling": ["spectrum"],
          "nfft": [7]}  # fmt: skip


# fmt: off
DOMAINS: dict[Any, Domain] = {
    pieces.cut:         Domain(lambda d: call(d.random.normal(size=(2, 7)), length=d.integer(1, 4),
                                              step=d.integer(1, 3))),
    pieces.overlapped:  Domain(lambda d: call(d.random.normal(size=(2, 3, 4)),
                                              step=d.integer(1, 3))),
    # Convolutions.
    s.convolve:         Domain(by_method),
    s.correlate:        Domain(by_method, **CONJUGATING),
    s.fftconvolve:      Domain(by_axes),
    s.oaconvolve:       Domain(by_axes),
    s.convolve2d:       Domain(images),
    s.correlate2d:      Domain(images, **CONJUGATING),
    s.deconvolve:       Domain(lambda d: call(d.random.normal(size=5), A.copy())),
    # Filters.
    s.lfilter:          Domain(filtered),
    s.lfilter_zi:       Domain(lambda d: call(B[: d.integer(2, 3)].copy(),
                                              A[: d.integer(1, 3)].copy()), **REAL),
    s.sosfilt:          Domain(in_sections),
    s.sosfilt_zi:       sections(ours.sosfilt_zi),
    s.filtfilt:         Domain(after(B, A, shortest=12, longest=14, **PADDING), **REAL),
    s.sosfiltfilt:      Domain(after(SECTIONS, shortest=16, longest=18, **PADDING), **REAL),
    s.savgol_filter:    Domain(smoothed, **REAL),
    s.detrend:          Domain(along(3, type=["constant"], bp=[[2]]), through=[detrended]),
    s.wiener:           Domain(normal((3, 4), noise=[0.3]), **REAL),
    s.hilbert:          Domain(along(2, N=[4, 7]), **REAL),
    s.hilbert2:         Domain(normal((4, 3), N=[(3, 5)]), **REAL),
    s.medfilt:          Domain(untied((3, 3), (1, 3)), **REAL),
    s.medfilt2d:        Domain(untied((3, 3)), **REAL),
    s.order_filter:     Domain(untied((2, 3), [[1, 0, 1]], 1), **REAL),
    # Rates.
    s.upfirdn:          Domain(stuffed),
    s.resample:         Domain(resampled),
    s.resample_poly:    Domain(by_fraction, **REAL),
    s.decimate:         Domain(fewer, **REAL),
    s.czt:              Domain(along(2, m=[4], a=[1.1 + 0.2j])),
    s.zoom_fft:         Domain(normal((5,), [0.1, 0.4], 4)),
    # Spectra.
    s.welch:            second(ours.welch, spectrum(**PIECES), **REAL),
    s.csd:              second(ours.csd, two_spectra, **REAL),
    s.periodogram:      second(ours.periodogram, one_piece, **REAL),
    s.coherence:        second(ours.coherence, two_spectra, **REAL),
    s.spectrogram:      on(picked(ours.spectrogram, 2),
                           Domain(spectrum(mode=["magnitude", "complex"]), **REAL)),
    s.stft:             on(picked(ours.stft, 2),
                           Domain(spectrum(boundary=["odd", None], padded=[False]), **REAL)),
    s.istft:            second(ours.istft, from_pieces, **REAL),
    s.vectorstrength:   Domain(lambda d: call(d.random.uniform(0, 3, 4), np.float64(2.3)), **REAL),
    # Responses.
    s.freqz:            second(ours.freqz, two_filters),
    s.freqs:            second(ours.freqs, lambda d: call(B.copy(), A.copy(), [0.1, 1.0])),
    s.freqz_zpk:        second(ours.freqz_zpk, zeros_and_poles(worN=3), **REAL),
    s.freqs_zpk:        second(ours.freqs_zpk, zeros_and_poles(worN=[0.1, 1.0]), **REAL),
    s.group_delay:      on(lambda b, a: ours.group_delay((b, a), 3)[1],
                           Domain(fixed(B, A), **REAL)),
    s.sosfreqz:         sections(lambda sos: ours.sosfreqz(sos, 3)[1]),
    # Zeros and poles.
    s.lp2lp_zpk:        Domain(zeros_and_poles(1.3), **REAL),
    s.lp2hp_zpk:        Domain(zeros_and_poles(1.3), **REAL),
    s.lp2bp_zpk:        Domain(zeros_and_poles(1.3, 0.6), **REAL),
    s.lp2bs_zpk:        Domain(zeros_and_poles(1.3, 0.6), **REAL),
    s.bilinear_zpk:     Domain(zeros_and_poles(0.9), **REAL),
    s.zpk2tf:           Domain(zeros_and_poles(), **REAL),
    s.tf2zpk:           Domain(fixed([1.0, 3.0, 1.0], [1.0, 4.0, 2.0]), **REAL),
    s.sos2tf:           Domain(lambda d: call(d.random.uniform(0.2, 1, (2, 6))), **REAL),
    # Waveforms.
    s.chirp:            Domain(chirped, **REAL),
    s.gausspulse:       Domain(fixed(TIMES, 3.0, 0.4, retquad=[True], retenv=[True]), **REAL),
    s.sweep_poly:       Domain(lambda d: call(TIMES.copy(), d.random.normal(size=3)), **REAL),
    s.sawtooth:         Domain(fixed(TIMES * 3, 0.45), **REAL),
    s.square:           Domain(fixed(TIMES * 3), **REAL),
}
# fmt: on
DOMAINS[s.freqz_sos] = DOMAINS[s.sosfreqz]
