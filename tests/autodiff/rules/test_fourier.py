"""The edges of np.fft: one frequency by hand, half spectra, lengths that cut and pad."""

import numpy as np
import pytest

import autodiff as ad


def test_the_slope_of_one_frequency_by_hand():
    """The amplitude of the first wave in 4 samples is x0 - x2 - i (x1 - x3)."""
    x = np.array([1.0, 2.0, 3.0, 5.0])
    np.testing.assert_array_equal(ad.grad(lambda x: np.fft.fft(x)[1].real)(x), [1, 0, -1, 0])
    np.testing.assert_array_equal(ad.grad(lambda x: np.fft.fft(x)[1].imag)(x), [0, -1, 0, 1])


def test_power_is_kept():
    """Parseval: sum |fft(x)|² is n sum |x|², so its slope is 2 n x."""
    x = np.array([1.0, -2.0, 0.5])
    for f in (np.fft.fft, np.fft.fftn, lambda x: np.fft.hfft(np.fft.ihfft(x, norm="ortho"), 3)):
        slope = ad.grad(lambda x, f=f: np.sum(np.abs(f(x)) ** 2))(x)
        np.testing.assert_allclose(slope, 6 * x)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 8])
@pytest.mark.parametrize("norm", [None, "ortho", "forward"])
def test_lengths_cut_and_pad(n, norm):
    x = np.array([[1.0, 2.0, -1.0, 0.5]])
    for f in (np.fft.fft, np.fft.ifft, np.fft.rfft, np.fft.irfft, np.fft.hfft, np.fft.ihfft):
        ad.check_grads(lambda x, f=f: f(x, n, norm=norm), x, order=1)
    for f in (np.fft.fft, np.fft.irfft):
        ad.check_grads(lambda x, f=f: f(x, n, norm=norm), x + 0.5j, order=1)


@pytest.mark.parametrize("n", [4, 5])
def test_there_and_back_is_the_identity(n):
    x = np.arange(float(n))
    for there, back in ((np.fft.fft, np.fft.ifft), (np.fft.rfft, lambda z: np.fft.irfft(z, n))):
        jacobian = ad.jacobian(lambda x, f=there, g=back: np.real(g(f(x))))(x)
        np.testing.assert_allclose(jacobian, np.eye(n), atol=1e-14)


def test_one_axis_may_be_transformed_twice():
    x = np.arange(6.0).reshape(2, 3) + 1j
    f = lambda x: np.fft.fftn(x, (3, 4), (0, 0))  # noqa: E731 - a formula
    np.testing.assert_allclose(f(ad.tensor(x)).numpy(), f(x))
    ad.check_grads(f, x, order=1)


def test_float32_stays_narrow():
    x = np.ones(4, np.float32)
    assert np.fft.rfft(ad.tensor(x)).dtype == np.complex64
    assert ad.grad(lambda x: np.sum(np.abs(np.fft.rfft(x, 6))))(x).dtype == np.float32
    assert ad.grad(lambda x: np.sum(np.fft.irfft(x)))(x).dtype == np.float32


def test_shifts_undo_each_other():
    x = ad.tensor(np.arange(15.0).reshape(3, 5))
    there = np.fft.fftshift(x)
    np.testing.assert_array_equal(np.fft.ifftshift(there).numpy(), x.numpy())
    assert np.fft.fftshift(x, 1)[0].tolist() == [3, 4, 0, 1, 2]


def test_frequencies_are_plain():
    assert isinstance(np.fft.fftfreq(4) * 1.0, np.ndarray)
    ad.check_grads(lambda d: np.fft.rfft(d * np.fft.fftfreq(4)), 2.0)


def test_errors_describe_the_argument():
    x = ad.tensor(np.ones((3, 3)))
    with pytest.raises(ValueError, match="data points"):
        np.fft.fft(x, 0)
    with pytest.raises(ValueError, match="'ortho'"):
        np.fft.hfft(x, norm="bogus")
    with pytest.raises(ValueError, match="as many lengths in s as axes"):
        np.fft.fftn(x, (2,), (0, 1))
    with pytest.raises(TypeError, match="axes"):
        np.fft.fftn(x, (2, 2))
    with pytest.raises(TypeError, match="not supported"):
        np.fft.rfft(ad.tensor(np.ones(3, complex)))


@pytest.mark.parametrize("name", ["fft", "ifft", "rfft", "ihfft"])
def test_out_of_another_precision_is_refused_where_numpy_computes_in_it(name):
    transform = getattr(np.fft, name)

    def into(x, out):
        return transform(x, out=out)

    x = np.array([0.5, 0.7, -1.3, 2.2, 0.9], np.float32)
    single, double = (np.zeros(transform(x).shape, dtype) for dtype in ("F", "D"))
    found = ad.jit(into)(x, single.copy())
    np.testing.assert_array_equal(found, into(x, single))
    assert found.dtype == np.complex64
    with pytest.raises(NotImplementedError, match="isn't rounded as in NumPy"):
        ad.jit(into)(x, double)
