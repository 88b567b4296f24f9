"""Shapes and dtypes of windows and filters with several parameters: SciPy's."""

import warnings

import numpy as np
import pytest

import autodiff as ad

plain = pytest.importorskip("scipy.signal")
from autodiff.scipy import signal  # noqa: E402 - SciPy may be missing


def test_a_window_with_several_parameters_is_cut_as_scipy_does():
    spread = np.array([[1.5], [2.0]])
    for sym in (True, False):
        expected = plain.windows.gaussian(4, spread, sym)
        z, _ = ad.vjp(lambda s: signal.windows.gaussian(4, s, sym), spread)  # noqa: B023
        np.testing.assert_allclose(z, expected)


def test_several_filters_have_the_dtype_of_their_zeros():
    zeros = np.array([[1], [2]], np.float32)
    expected = plain.zpk2tf(zeros, 30, 1)
    for z, value in zip(ad.jit(lambda z: signal.zpk2tf(z, 30, 1))(zeros), expected, strict=True):
        assert z.dtype == value.dtype
        np.testing.assert_array_equal(z, value)


def test_detrend_edits_no_traced_value():
    x = np.arange(5.0) ** 2

    def f(x):
        copy = x * 1
        return copy, signal.detrend(x, overwrite_data=True)

    for copy, z in (ad.jit(f)(x), ad.vjp(f, x)[0]):
        np.testing.assert_array_equal(copy, np.arange(5.0) ** 2)
        np.testing.assert_allclose(z, plain.detrend(x))


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["valid", "same", "full"])
@pytest.mark.parametrize("name", ["correlate2d", "convolve2d"])
def test_slopes_of_complex_images_of_which_either_is_larger(name, mode):
    random = np.random.default_rng(0)
    large, small = (random.normal(size=(n, n, 2)) @ [1, 1j] for n in (4, 2))
    for one, other in ((large, small), (small, large)):
        ad.check_grads(lambda a, b: getattr(signal, name)(a, b, mode), one, other, order=1)


@pytest.mark.parametrize("mode", ["valid", "same", "full"])
@pytest.mark.parametrize("name", ["correlate", "convolve"])
@pytest.mark.parametrize("shapes", [((3, 0), (2, 1)), ((3, 2), (0, 1)), ((0,), (2,))])
def test_slopes_of_empty_signals_are_empty_or_zero(name, mode, shapes):
    operands = [np.ones(shape) for shape in shapes]
    try:
        expected = getattr(plain, name)(*operands, mode, method="direct")
    except ValueError:
        pytest.skip("SciPy refuses them")
    z, pullback = ad.vjp(lambda a, b: getattr(signal, name)(a, b, mode, "direct"), *operands)
    assert z.shape == expected.shape
    for slope, shape in zip(pullback(np.ones_like(expected)), shapes, strict=True):
        np.testing.assert_array_equal(slope, np.zeros(shape))


@pytest.mark.parametrize("length", [1, 2, 3])
@pytest.mark.parametrize("boundary", [True, False])
@pytest.mark.parametrize("onesided", [True, False])
def test_times_of_transforms_of_short_pieces(length, boundary, onesided):
    z = np.random.default_rng(0).normal(size=(length // 2 + 1 if onesided else length, 4))
    options = {"nperseg": length, "boundary": boundary, "input_onesided": onesided, "noverlap": 0}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # windows of few samples vanish
        expected = plain.istft(z, **options)
        found = signal.istft(ad.tensor(z), **options)
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(np.asarray(ad.tensor(ours).numpy()), theirs, atol=1e-14)


@pytest.mark.parametrize("padlen", [-2, -1, 0, 1])
@pytest.mark.parametrize("padtype", ["odd", "even", "constant", None])
def test_signals_that_are_hardly_continued(padlen, padtype):
    b, a, sos = [0.5, 0.25], [1.0, -0.3], [[0.5, 0.25, 0.0, 1.0, -0.3, 0.0]]
    x = np.arange(5.0) ** 2
    for name, coefficients in (("filtfilt", (b, a)), ("sosfiltfilt", (sos,))):
        call = lambda m, x: getattr(m, name)(*coefficients, x, -1, padtype, padlen)  # noqa: B023, E731
        np.testing.assert_allclose(call(signal, ad.tensor(x)).numpy(), call(plain, x), rtol=1e-12)


def test_the_length_of_a_response_is_of_another_method_of_filtfilt():
    x = np.arange(9.0) ** 2
    expected = plain.filtfilt([0.5, 0.25], [1.0, -0.3], x, irlen=3)
    found = signal.filtfilt([0.5, 0.25], [1.0, -0.3], ad.tensor(x), irlen=3)
    np.testing.assert_allclose(found.numpy(), expected)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128, np.int64])
def test_polynomials_without_roots_have_the_dtype_of_none(dtype):
    none, some = np.zeros(0, dtype), np.array([0.5, 0.25])
    for roots in ((none, some), (some, none), (none, none)):
        expected = plain.zpk2tf(*roots, np.float32(2))
        for z, value in zip(signal.zpk2tf(*roots, ad.tensor(np.float32(2))), expected, strict=True):
            assert z.dtype == value.dtype
            assert z.shape == value.shape


def test_the_state_of_sections_that_are_not_divided():
    sos = np.array([[0.5, 0.25, 0.0, 2.0, -0.3, 0.1], [1.0, 0.5, 0.1, 0.5, 0.2, 0.0]])
    found = signal.sosfilt_zi(ad.tensor(sos))
    np.testing.assert_allclose(found.numpy(), plain.sosfilt_zi(sos))
    with pytest.raises(
        ValueError, match=r"at test_signal_shapes\.py:\d+: .* with 1 as its fourth coefficient"
    ):
        signal.sosfilt(ad.tensor(sos), np.ones(4))


@pytest.mark.parametrize("name", ["medfilt", "medfilt2d", "order_filter"])
def test_medians_of_dtypes_that_scipy_refuses(name):
    more = (np.ones((3, 3)), 4) if name == "order_filter" else ()
    for dtype in (np.float16, np.longdouble):
        x = np.ones((3, 4), dtype)
        for module, argument in ((plain, x), (signal, ad.tensor(x))):
            with pytest.raises(ValueError, match=r"float16|float128|longdouble"):
                getattr(module, name)(argument, *more)


@pytest.mark.parametrize("module", [signal, plain])
def test_states_of_filters_that_scipy_refuses(module):
    b, a = np.ones(2, np.float16), np.array([1, 0.5], np.float16)
    with pytest.raises(TypeError, match="float16"):
        module.lfilter_zi(ad.tensor(b) if module is signal else b, a)
    with pytest.raises(ValueError, match=r"2|two"):
        module.lfilter_zi(ad.tensor(b[:1]) if module is signal else b[:1], [2.0])


@pytest.mark.parametrize("dtype", [int, float])
def test_the_gain_of_a_highpass_of_a_pole_at_zero_has_scipys_sign(dtype):
    z, p = np.array([1, 2], dtype), np.array([0, -1, -2], dtype)
    with np.errstate(divide="ignore"):
        expected = plain.lp2hp_zpk(z, p, 1.0)[2]
        assert signal.lp2hp_zpk(z, p, ad.tensor(1.0))[2] == expected
        assert ad.jit(lambda k: signal.lp2hp_zpk(z, p, k)[2])(1.0) == expected


def test_a_numerator_of_one_row_is_that_row():
    b, a = np.array([[1.0, 2.0, 3.0]]), [1.0, 0.5, 0.2]
    found, _ = ad.vjp(lambda b: signal.tf2zpk(b, a), b)
    for ours, theirs in zip(found, plain.tf2zpk(b, a), strict=True):
        np.testing.assert_allclose(ours, theirs)


@pytest.mark.parametrize("shape", [(), (1,), (4,), (1, 4), (3, 2)])
def test_an_analytic_image_of_a_vector_is_one_row(shape):
    x = np.random.default_rng(0).normal(size=shape)
    ad.check_grads(lambda x: signal.hilbert2(x), x, order=1)


@pytest.mark.parametrize("name", ["csd", "coherence"])
def test_spectra_of_signals_of_unequal_axes_count_the_axis_from_the_end(name):
    x, y = np.random.default_rng(0).normal(size=(2, 3, 6)), np.sin(np.arange(18.0)).reshape(3, 6)
    spectra = getattr(signal, name)
    found = spectra(ad.tensor(x), y, nperseg=4)[1]
    expected = getattr(plain, name)(x, y, nperseg=4)[1]
    np.testing.assert_allclose(found.numpy(), expected)
    with pytest.raises(ValueError, match="expected a negative axis for signals of 3 and 2 axes"):
        spectra(ad.tensor(x), y, nperseg=3, axis=1)


@pytest.mark.parametrize("shape", [(9,), (2, 9)])
@pytest.mark.parametrize(
    "name", ["welch", "csd", "periodogram", "coherence", "spectrogram", "stft"]
)
def test_a_function_removes_the_trend_of_what_scipy_passes(name, shape):
    x = np.random.default_rng(0).normal(size=shape)

    def without_mean(z):
        return z - 0.5 * np.mean(z)  # of one piece, or of all

    def spectra(module, x):
        others = (x[..., ::-1],) if name in ("csd", "coherence") else ()
        options = {} if name == "periodogram" else {"nperseg": 4}
        return getattr(module, name)(x, *others, detrend=without_mean, **options)[-1]

    expected = spectra(plain, x)
    np.testing.assert_allclose(spectra(signal, ad.tensor(x)).numpy(), expected, rtol=1e-9)
    np.testing.assert_allclose(ad.jit(lambda x: spectra(signal, x))(x), expected, rtol=1e-9)


@pytest.mark.parametrize("taps", [1, 2, 5])
@pytest.mark.parametrize(("up", "down"), [(3, 1), (1, 3), (5, 2), (2, 5)])
def test_a_short_filter_gives_as_many_numbers_as_a_long_one(up, down, taps):
    x, window = np.arange(6.0) ** 2, np.linspace(0.3, 1, taps)
    z = ad.jit(lambda x: signal.resample_poly(x, up, down, window=window))(x)
    np.testing.assert_allclose(z, plain.resample_poly(x, up, down, window=window))
