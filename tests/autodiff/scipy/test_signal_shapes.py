"""Shapes and dtypes of windows and filters with several parameters: SciPy's."""

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


@pytest.mark.parametrize("mode", ["valid", "same", "full"])
@pytest.mark.parametrize("name", ["correlate2d", "convolve2d"])
def test_slopes_of_complex_images_of_which_either_is_larger(name, mode):
    random = np.random.default_rng(0)
    large, small = (random.normal(size=(n, n, 2)) @ [1, 1j] for n in (4, 2))
    for one, other in ((large, small), (small, large)):
        ad.check_grads(lambda a, b: getattr(signal, name)(a, b, mode), one, other, order=1)
