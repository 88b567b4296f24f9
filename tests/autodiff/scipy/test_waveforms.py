"""Chirps whose frequency hardly changes, beside mpmath's numbers, and ranges of parameters."""

import mpmath
import numpy as np
import pytest

import autodiff as ad

plain = pytest.importorskip("scipy.signal")
from autodiff.scipy import signal  # noqa: E402 - SciPy may be missing
from autodiff.scipy.signal.waveforms import _relative_growth, _relative_logarithm  # noqa: E402

FUNCTIONS = {
    "logarithm": (_relative_logarithm, lambda x: -mpmath.log(1 - x) / x),
    "growth": (_relative_growth, lambda x: mpmath.expm1(x) / x),
}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("x", [9e-5, -9e-5, 0.3, -0.4, 0.7])
def test_series_have_the_values_and_slopes_of_what_they_continue(name, x):
    ours, exact = FUNCTIONS[name]
    with mpmath.workdps(40):
        value, first, second = (float(mpmath.diff(exact, x, order)) for order in range(3))
    x = np.float64(x)
    np.testing.assert_allclose(ours(x), value, rtol=1e-14)
    np.testing.assert_allclose(ad.grad(ours)(x), first, rtol=1e-10)
    np.testing.assert_allclose(ad.grad(ad.grad(ours))(x), second, rtol=1e-6)


@pytest.mark.parametrize("options", [{"fc": 0.5}, {"bw": 0.9}, {"bwr": -0.4}, {"fc": 0.0}])
def test_a_pulse_of_small_parameters_is_scipys(options):
    t, options = np.linspace(-1, 1, 5), {"fc": 3.0, **options}
    found = ad.vjp(lambda t: signal.gausspulse(t, **options), t)[0]
    np.testing.assert_allclose(found, plain.gausspulse(t, **options), rtol=1e-12)


@pytest.mark.parametrize("options", [{"fc": -0.5}, {"bw": 0.0}, {"bwr": 0.0}, {"bwr": 0.5}])
def test_a_pulse_of_other_parameters_is_refused(options):
    with pytest.raises(ValueError, match="expected fc >= 0, bw > 0 and bwr < 0"):
        ad.vjp(lambda t: signal.gausspulse(t, **options), np.linspace(-1, 1, 5))
