"""Slopes at very large numbers, where series don't end."""

import numpy as np
import pytest

import autodiff as ad
from autodiff.scipy import special


@pytest.mark.parametrize("x", [-1e300, -1e20, -45.0, -39.9, 39.9, 40.1, 700.0])
def test_slopes_of_exprel(x):
    wide = np.longdouble(x)
    expected = float((np.exp(wide) * (wide - 1) + 1) / wide / wide)
    assert ad.grad(special.exprel)(x) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("f", [special.boxcox, special.boxcox1p])
@pytest.mark.parametrize("exponent", [-1e300, -1e150, 1e150, 1e300])
def test_powers_of_box_and_cox_end(f, exponent):
    with np.errstate(all="ignore"):
        slope = ad.grad(f, 1)(2.0, exponent)
    assert slope == (pytest.approx(0, abs=1e-290) if exponent < 0 else np.inf)


@pytest.mark.slow
@pytest.mark.parametrize("n", [500, 2000, 100_000])
def test_smirnovs_distribution_of_many_samples(n):
    x = 0.7 / np.sqrt(n)
    limit = -np.exp(-((6 * n * x + 1) ** 2) / (18 * n)) * (2 * (6 * n * x + 1) / 3)
    slope = ad.grad(special.smirnov, 1)
    assert slope(n, x) == ad.jit(slope)(float(n), x) == pytest.approx(limit, rel=3 / n)


@pytest.mark.filterwarnings("ignore:floating point number truncated")
def test_more_terms_of_smirnov_than_fit_into_memory_are_refused():
    with pytest.raises(ValueError, match=r"test_large.*sum of n terms.*expected at most"):
        ad.grad(special.smirnov, 1)(1e20, 0.3)


@pytest.mark.parametrize("x", [7.0, 1e8, 1e12, 1e100])
def test_slopes_of_faddeevas_function_fall_as_its_first_term(x):
    slope = ad.grad(lambda t: np.imag(special.wofz(t)))
    assert slope(x) * x**2 == pytest.approx(-1 / np.sqrt(np.pi), rel=max(4 / x**2, 1e-14))


@pytest.mark.parametrize("sigma", [1e-4, 1e-8, 1e-100])
def test_narrow_profiles_of_voigt_are_those_of_lorentz(sigma):
    x, gamma = 2.5, 0.2
    of_x, of_sigma, of_gamma = ad.grad(special.voigt_profile, (0, 1, 2))(x, sigma, gamma)
    wide = 1 / np.pi / (x + 1j * gamma)
    assert of_x == pytest.approx((-1j * wide / (x + 1j * gamma)).real, rel=1e-7)
    assert of_gamma == pytest.approx((wide / (x + 1j * gamma)).real, rel=1e-7)
    curvature = (2j * wide / (x + 1j * gamma) ** 2).real
    assert of_sigma / sigma == pytest.approx(curvature, rel=1e-6)


@pytest.mark.parametrize("position", [0, 1, 2])
def test_slopes_of_profiles_of_voigt_at_numbers_of_python_are_those_of_arrays(position):
    point = (1.4, 2.5, 1.4)
    slope = ad.grad(lambda *point: np.sum(special.voigt_profile(*point)), position)
    expected = slope(*(np.array([x]) for x in point))[0]
    assert slope(*point) == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("size", [1e-290, 1e-150, 1.0, 1e200, 1e305])
def test_slopes_of_the_mean_of_gauss_do_not_depend_on_the_size(size):
    slopes = ad.grad(special.agm, (0, 1))(24 * size, 6 * size)
    np.testing.assert_allclose(slopes, ad.grad(special.agm, (0, 1))(24.0, 6.0), rtol=1e-14)
    a, b, mean = 24 * size, 6 * size, special.agm(24 * size, 6 * size)
    assert slopes[0] * a + slopes[1] * b == pytest.approx(mean, rel=1e-14)  # Euler's theorem


def test_the_mean_of_gauss_of_a_very_small_and_a_very_large_number():
    a, b = 1e-80, 1e80
    slopes = np.array(ad.grad(special.agm, (0, 1))(a, b))
    mean = special.agm(a, b)
    assert slopes @ [a, b] == pytest.approx(mean, rel=1e-14)
    # the mean is pi b / (2 log(4 b / a)), up to the square of a / b
    assert slopes[0] == pytest.approx(2 / np.pi * mean**2 / a / b, rel=1e-13)
