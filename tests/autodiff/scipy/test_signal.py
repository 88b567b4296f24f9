"""scipy.signal with slopes: worked examples, states, borders, what is refused."""

import numpy as np
import pytest

import autodiff as ad

plain = pytest.importorskip("scipy.signal")
from autodiff.scipy import signal, special  # noqa: E402 - SciPy may be missing

B, A = np.array([0.4, 0.3, 0.1]), np.array([1.3, -0.5, 0.2])
X = np.random.default_rng(0).normal(size=12)


def test_the_slope_of_a_product_of_polynomials():
    p, q = np.array([1.0, 2.0]), np.array([3.0, 4.0, 5.0])  # (1 + 2s)(3 + 4s + 5s²)
    slope = ad.grad(lambda p, q: signal.convolve(p, q)[1], (0, 1))(p, q)  # of 1·4 + 2·3
    np.testing.assert_array_equal(slope[0], [4, 3])
    np.testing.assert_array_equal(slope[1], [2, 1, 0])


KERNELS = np.eye(4).reshape(4, 2, 2)


def test_numbers_are_convolved_as_products():
    assert ad.grad(signal.convolve)(np.float64(2), np.float64(3)) == 3
    assert ad.grad(lambda x: np.real(signal.correlate(x, 3j)))(2.0) == 0


def test_a_kernel_is_found_from_what_it_does():
    kernel = np.array([[0.0, 1.0], [2.0, -1.0]])
    image = np.random.default_rng(1).normal(size=(6, 5))
    seen = plain.convolve2d(image, kernel, "same", "symm")

    def loss(k):
        return ((signal.convolve2d(image, k, "same", "symm") - seen) ** 2).sum()

    start = np.zeros((2, 2))
    curvature = ad.hessian(loss)(start).reshape(4, 4)
    step = np.linalg.solve(curvature, -ad.grad(loss)(start).ravel())
    np.testing.assert_allclose(step.reshape(2, 2), kernel, atol=1e-12)


@pytest.mark.parametrize("name", ["convolve2d", "correlate2d"])
def test_an_image_of_integers_has_any_values_beyond_its_borders(name):
    image = np.arange(6, dtype=np.int8).reshape(2, 3)

    def total(kernel):
        return (getattr(signal, name)(image, kernel, fillvalue=0.7) * weights).sum()

    weights = np.arange(12.0).reshape(3, 4)
    slope = ad.grad(total)(np.zeros((2, 2)))
    np.testing.assert_allclose([(slope * k).sum() for k in KERNELS], [total(k) for k in KERNELS])


def test_an_empty_operand_gives_an_empty_convolution():
    slope = ad.grad(lambda x: signal.fftconvolve(x, np.zeros(0)).sum())(X)
    np.testing.assert_array_equal(slope, np.zeros(12))


@pytest.mark.filterwarnings("ignore:nperseg")
@pytest.mark.parametrize("x", [np.zeros((3, 0), np.float32), np.zeros((0, 8))])
@pytest.mark.parametrize("name", ["welch", "periodogram", "stft", "csd", "spectrogram"])
def test_spectra_of_no_samples_are_those_of_scipy(name, x):
    if name == "spectrogram" and not x.shape[-1]:
        return  # SciPy finds no window for it
    others = [np.ones((*x.shape[:-1], 4))] * (name == "csd")
    found = getattr(signal, name)(ad.tensor(x), *others)
    for ours, theirs in zip(found, getattr(plain, name)(x, *others), strict=True):
        assert (np.shape(ours), ours.dtype) == (np.shape(theirs), theirs.dtype)


def test_a_flat_signal_without_noise_is_nan_as_in_scipy():
    with np.errstate(invalid="ignore"):
        found, expected = signal.wiener(ad.tensor(np.zeros(5)), 3), plain.wiener(np.zeros(5), 3)
    np.testing.assert_array_equal(found.numpy(), expected)


@pytest.mark.filterwarnings("ignore")  # of SciPy, about the response
def test_a_signal_that_a_filter_removes_has_no_delay():
    system = np.zeros(3), np.array([1.0, 0.5])
    _, expected = plain.group_delay(system, 4)
    with pytest.warns(UserWarning, match="set to 0 at 4 frequencies"):
        _, found = signal.group_delay(tuple(map(ad.tensor, system)), 4)
    np.testing.assert_array_equal(found.numpy(), expected)
    slopes = [
        ad.grad(lambda b, w=w: signal.group_delay((b, [1.0]), w)[1].sum())(np.array([1.0, -1.0]))
        for w in ([1.0], [0.0, 1.0])  # at 0 the response is 0
    ]
    np.testing.assert_array_equal(*slopes)


@pytest.mark.parametrize("name", ["zpk2tf", "freqz_zpk", "freqs_zpk"])
@pytest.mark.parametrize("z", [0.5, [[0.5, 0.7], [0.2, 0.1], [0.4, 0.3]]])
def test_several_filters_and_single_zeros_are_those_of_scipy(name, z):
    for p in ([1.5, 1.7, 2.2], [1.5]):
        args = (p, 0.7) if name == "zpk2tf" else (p, 0.7, [0.1, 1.0])
        found = getattr(signal, name)(ad.tensor(z), *args)
        for ours, theirs in zip(found, getattr(plain, name)(np.array(z), *args), strict=True):
            np.testing.assert_allclose(ad.tensor(ours).numpy(), theirs)
            assert np.shape(ours) == theirs.shape


@pytest.mark.parametrize(("name", "parameter"), [("general_hamming", 0.6), ("dpss", 2.5)])
def test_windows_are_tensors_of_float64(name, parameter):
    window = getattr(signal.windows, name)(6, ad.tensor(np.longdouble(parameter)))
    assert isinstance(window, ad.Tensor)
    assert window.dtype == float


def test_a_repeated_signal_is_coherent_with_itself_in_real_numbers():
    x = np.broadcast_to(np.float32(0.5), 12)
    with np.errstate(invalid="ignore"):
        found, expected = (f.coherence(x, X, nperseg=4)[1] for f in (signal, plain))
        traced = signal.coherence(x, ad.tensor(X), nperseg=4)[1]
    assert traced.dtype == found.dtype == expected.dtype


@pytest.mark.parametrize("name", ["lp2lp_zpk", "lp2hp_zpk", "lp2bp_zpk"])
def test_frequencies_do_not_widen_float32(name):
    roots = np.float32([0.5, 2.0])
    found = getattr(signal, name)(ad.tensor(roots), roots, np.float32(2), np.float64(0.7))
    expected = getattr(plain, name)(roots, roots, np.float32(2), np.float64(0.7))
    assert [x.dtype for x in found] == [np.asarray(x).dtype for x in expected]


def test_a_recursive_filter_is_the_loop_that_it_stands_for():
    def loop(b, a, x):
        y = []
        for n in range(len(x)):
            past = sum(b[k] * x[n - k] for k in range(3) if n >= k)
            past = past - sum(a[k] * y[n - k] for k in (1, 2) if n >= k)
            y.append(past / a[0])
        return np.array(y)

    slopes = [ad.grad(lambda *args, f=f: (f(*args) ** 3).sum(), (0, 1, 2))(B, A, X)
              for f in (loop, signal.lfilter)]  # fmt: skip
    for one, other in zip(*slopes, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-10)


def test_a_signal_may_be_filtered_in_two_pieces():
    def whole(b, a, x):
        return (signal.lfilter(b, a, x) ** 2).sum()

    def pieces(b, a, x):
        first, state = signal.lfilter(b, a, x[:5], zi=np.zeros(2))
        second, _ = signal.lfilter(b, a, x[5:], zi=state)
        return (first**2).sum() + (second**2).sum()

    for one, other in zip(*(ad.grad(f, (0, 1, 2))(B, A, X) for f in (whole, pieces)), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)


@pytest.mark.slow
def test_a_pole_is_estimated_from_a_decay():
    seen = 0.8 ** np.arange(20.0)
    impulse = np.eye(20)[0]

    def loss(pole):
        return ((signal.lfilter([1.0], np.stack([1.0, -pole]), impulse) - seen) ** 2).sum()

    pole = np.float64(0.7)
    for _ in range(20):
        pole = pole - ad.grad(loss)(pole) / ad.hessian(loss)(pole)
    np.testing.assert_allclose(pole, 0.8)


def test_a_filter_of_no_samples_has_slope_zero():
    slope = ad.grad(lambda b: signal.lfilter(b, [1.0, 0.5], np.zeros(0)).sum())(B)
    np.testing.assert_array_equal(slope, np.zeros(3))


@pytest.mark.slow
def test_sections_have_slopes_in_their_coefficients():
    sos = plain.butter(3, 0.3, output="sos")

    def change(t, function):  # moves all coefficients but the fourth, which is 1
        return function(sos + t * np.array([0.1, 0.2, 0.3, 0, -0.1, 0.1]))

    x = np.random.default_rng(2).normal(size=30)
    for function in (
        signal.sosfilt_zi,
        lambda sos: signal.sosfilt(sos, x),
        lambda sos: signal.sosfiltfilt(sos, x),
        lambda sos: np.abs(signal.sosfreqz(sos, 5)[1]),
    ):
        ad.check_grads(lambda t, f=function: change(t, f), 0.1)


def test_sections_are_refused_in_another_form():
    with pytest.raises(ValueError, match=r"shape \(n, 6\).*Divide"):
        signal.sosfilt(ad.tensor(np.full((2, 6), 2.0)), X)
    with pytest.raises(ValueError, match="zi of shape"):
        signal.sosfilt(ad.tensor([[1.0, 0, 0, 1, 0, 0]]), X, zi=np.zeros((1, 3)))


@pytest.mark.slow
def test_resampled_slopes_at_the_highest_frequency():
    for n in (5, 6, 8):
        for m in (3, 4, 5, 6, 9, 12):
            ad.check_grads(lambda x, m=m: signal.resample(x, m), X[:n], order=1)
            ad.check_grads(lambda x, m=m: signal.resample(x, m), X[:n] + 1j * X[-n:], order=1)


def test_a_moving_mean_lets_its_frequency_pass():
    def gain(b):
        return np.abs(signal.freqz(b, worN=[0.0, np.pi])[1])

    np.testing.assert_allclose(gain(ad.tensor([0.5, 0.5])).numpy(), [1, 0], atol=1e-15)
    np.testing.assert_allclose(ad.jacobian(lambda b: gain(b)[0])(np.array([0.5, 0.5])), [1, 1])


@pytest.mark.slow
def test_frequencies_may_be_traced():
    def response(w):
        return np.abs(signal.freqz(B, A, w)[1])

    ad.check_grads(response, np.array([0.3, 1.0]))
    assert isinstance(signal.freqz(B, A, ad.tensor([0.3]))[0], ad.Tensor)


def test_power_is_kept_by_a_transform_and_its_inverse():
    _, _, z = signal.stft(ad.tensor(X), nperseg=4)
    _, x = signal.istft(z, nperseg=4)
    np.testing.assert_allclose(x.numpy(), X, atol=1e-14)
    slope = ad.jacobian(lambda x: signal.istft(signal.stft(x, nperseg=4)[2], nperseg=4)[1])(X)
    np.testing.assert_allclose(slope, np.eye(12), atol=1e-14)


@pytest.mark.slow
def test_windows_have_slopes():
    window = np.hamming(6)
    ad.check_grads(lambda x, w: signal.welch(x, window=w, nperseg=6)[1], X, window)


@pytest.mark.slow
def test_equal_frequencies_of_a_chirp_are_no_pole():
    t = np.linspace(0.1, 1, 5)
    for method in ("linear", "quadratic", "log", "hyperbolic"):
        ad.check_grads(lambda f, m=method: signal.chirp(t, 2.0, 1.0, f, m), 2.0)


def test_what_has_no_slope_is_refused_at_the_call():
    t = ad.tensor(X)
    for call, part in (
        (lambda: signal.filtfilt(B, A, t, method="gust"), "method='pad'"),
        (lambda: signal.resample_poly(t, 2, 3, padtype="line"), "padtype='line'"),
        (lambda: signal.resample(t, 5, t=np.arange(12.0)), "option t="),
        (lambda: signal.decimate(t, 2, ftype=plain.dlti([1.0], [1.0])), "ftype"),
        (lambda: signal.butter(3, ad.tensor(0.2)), "zpk"),
        (lambda: signal.find_peaks(t), "positions"),
        (lambda: signal.freqz(ad.tensor(np.ones((2, 2)))), "each row"),
        (lambda: signal.welch(X, t[0]), "no slope in fs="),
        (lambda: signal.stft(X, fs=t[0]), "no slope in fs="),
        (lambda: signal.freqz(B, A, fs=t[0]), "no slope in fs="),
        (lambda: signal.zoom_fft(X, t[0]), "no slope in fn="),
        (lambda: signal.savgol_filter(X, 3, 2, 1, t[0]), "no slope in delta="),
        (lambda: signal.freqz(t, plot=print), "plot="),
    ):
        with pytest.raises(NotImplementedError, match=part):
            call()


def test_wrong_arguments_are_refused():
    t = ad.tensor(X)
    for call, part in (
        (lambda: signal.savgol_filter(t, 15, 2), "at least 15 samples"),
        (lambda: signal.sosfiltfilt(plain.butter(3, 0.3, output="sos"), t), "more than 12 samples"),
        (lambda: signal.filtfilt(B, A, t, padtype="round"), "padtype"),
        (lambda: signal.istft(ad.tensor(np.ones((3, 4))), window=np.ones(5)), "nperseg=4"),
        (lambda: signal.deconvolve(ad.tensor(np.ones((2, 2))), [1.0]), "two vectors"),
        (lambda: signal.lp2lp_zpk(t, [1.0], 1.0), "as many poles"),
        (lambda: signal.chirp(t, 1.0, 1.0, -1.0, "log"), "same sign"),
        (lambda: signal.chirp(t, 0.0, 1.0, 1.0, "hyperbolic"), "other than zero"),
        (lambda: signal.chirp(t, 0.0, 1.0, 1.0, "round"), "method"),
        (lambda: signal.order_filter(t, [1, 1], 0), "odd lengths"),
        (lambda: signal.resample_poly(t, 0, 1), "1 or more"),
    ):
        with pytest.raises(ValueError, match=part):
            call()


def test_overlapping_windows_that_vanish_are_warned_of():
    z = ad.tensor(np.ones((3, 4)))
    with pytest.warns(UserWarning, match="NOLA"):
        signal.istft(z, noverlap=0, boundary=False, window=np.array([0.0, 1, 1, 1]))


def test_jit_writes_calls_of_scipy():
    def loss(b, x):
        return (signal.lfilter(b, A, signal.convolve(x, [1.0, 2.0])) ** 2).sum()

    source = ad.jit(ad.grad(loss)).source(B, X)
    assert "lfilter" in source
    assert "convolve" in source
    assert "opaque" not in source


def test_convolutions_and_spectra_agree_with_jax(jax):
    theirs = jax.scipy.signal
    x, h = X.reshape(4, 3), X[:4].reshape(2, 2)
    for name, arguments, options in (
        ("convolve", (x, h), {"mode": "same"}),
        ("correlate", (x, h), {"mode": "valid"}),
        ("convolve2d", (x, h), {"mode": "full"}),
        ("fftconvolve", (x, h), {"mode": "full"}),
        ("detrend", (x,), {}),
        ("welch", (X,), {"nperseg": 6}),
        ("stft", (X,), {"nperseg": 6}),
    ):

        def total(module, *args, name=name, options=options):
            found = getattr(module, name)(*args, **options)
            found = found[-1] if isinstance(found, tuple) else found
            return (abs(found) ** 2).sum()

        numbers = tuple(range(len(arguments)))
        slopes = jax.grad(lambda *args: total(theirs, *args), numbers)(*arguments)
        ours = ad.grad(lambda *args: total(signal, *args), numbers)(*arguments)
        for one, other in zip(ours, slopes, strict=True):
            np.testing.assert_allclose(one, other, atol=1e-10, err_msg=name)


@pytest.mark.parametrize("name", ["lp2lp_zpk", "lp2hp_zpk", "lp2bp_zpk", "lp2bs_zpk"])
def test_filters_of_integers_are_floats(name):
    z, p, k = np.array([1, 2]), np.array([3, 5, 4]), np.int64(2)
    whole = [(ad.tensor(1.0 * x)).astype(int) for x in (z, p, k)]
    expected = getattr(plain, name)(z, p, k, 2)
    for mine, theirs in zip(getattr(signal, name)(*whole, 2), expected, strict=True):
        assert np.result_type(mine.dtype) == np.asarray(theirs).dtype
        np.testing.assert_allclose(mine.numpy(), theirs)


def test_windows_have_slopes_in_their_parameters():
    windows = signal.windows
    slope = ad.grad(lambda beta: windows.kaiser(5, beta)[1])(3.0)
    inner = np.sqrt(0.75) * 3.0
    expected = (
        np.sqrt(0.75) * special.i1(inner) * special.i0(3.0) - special.i0(inner) * special.i1(3.0)
    ) / special.i0(3.0) ** 2
    assert slope == pytest.approx(expected, rel=1e-13)
    assert windows.gaussian(1, ad.tensor(2.0)).tolist() == [1.0]
    with pytest.raises(NotImplementedError, match="It takes a count, which is plain"):
        windows.hann(ad.tensor(5.0))


def test_windows_of_spectra_are_scipys_to_the_last_digits():
    for name, args, options in (
        ("chebwin", (100, 60.0), {}), ("chebwin", (101, 90.0), {"sym": False}),
        ("taylor", (64, 6, 40.0), {}), ("taylor", (1, 4, 30.0), {}),
        ("kaiser_bessel_derived", (64, 4.0), {}), ("kaiser_bessel_derived", (0, 4.0), {}),
        ("dpss", (200, 2.5), {}), ("dpss", (201, 2.5, 4), {}), ("dpss", (1, 0.4), {}),
        ("dpss", (64, 3.0), {"norm": "subsample"}),
    ):  # fmt: skip
        *counts, parameter = (*args[:2], args[2]) if name == "taylor" else args[:2]
        more = () if name == "taylor" else args[2:]
        call = getattr(signal.windows, name)
        value = ad.vjp(lambda p: call(*counts, p, *more, **options), parameter)[0]  # noqa: B023
        expected = getattr(plain.windows, name)(*args, **options)
        np.testing.assert_allclose(value, expected, rtol=1e-11, atol=1e-12)


def test_energies_of_slepian_sequences():
    ours = ad.jacobian(lambda NW: signal.windows.dpss(64, NW, 3, return_ratios=True)[1])
    above, below = (plain.windows.dpss(64, NW, 3, return_ratios=True)[1] for NW in (2.501, 2.499))
    measured = (above - below) / 0.002
    np.testing.assert_allclose(ours(2.5), measured, rtol=1e-4)
    value = ad.vjp(lambda NW: signal.windows.dpss(33, NW, return_ratios=True)[1], 2.5)[0]
    assert value == pytest.approx(plain.windows.dpss(33, 2.5, return_ratios=True)[1])
    for wrong in (
        lambda t: signal.windows.dpss(4, t + 2), lambda t: signal.windows.dpss(4, t, 5),
        lambda t: signal.windows.dpss(4, t, norm="max"),
        lambda t: signal.windows.kaiser_bessel_derived(3, t),
        lambda t: signal.windows.kaiser_bessel_derived(4, t, sym=False),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=r"must be|expected|norm"):
            wrong(ad.tensor(1.0))


def test_a_chebyshev_window_of_low_attenuation_is_warned_of():
    with pytest.warns(UserWarning, match="not suitable for spectral analysis") as caught:
        signal.windows.chebwin(5, ad.tensor(40.0))
    assert caught[0].filename == __file__
    signal.windows.chebwin(5, ad.tensor(45.0))  # without a warning


def test_windows_by_name_have_slopes_in_their_parameters():
    named = ad.grad(lambda beta: signal.get_window(("kaiser", beta), 5)[1])
    np.testing.assert_array_equal(
        named(3.0), ad.grad(lambda beta: signal.windows.kaiser(5, beta, sym=False)[1])(3.0)
    )
    assert ad.grad(lambda beta: signal.get_window(beta, 5)[1])(3.0) == named(3.0)
    with pytest.raises(NotImplementedError, match="plain number of samples"):
        signal.get_window("hann", ad.tensor(5.0))
    with pytest.raises(NotImplementedError, match="got 'hann' with a traced one"):
        signal.get_window(("hann", ad.tensor(5.0)), 5)
