"""least_squares and curve_fit: SciPy's values, and slopes of the parameters."""

import numpy as np
import pytest
import scipy.optimize

import autodiff as ad
from autodiff.scipy.optimize import curve_fit, least_squares, nnls
from autodiff.scipy.optimize.fits import LOSSES

T = np.linspace(0, 1, 8)
Y = np.exp(-1.5 * T) + 0.1 * np.sin(40 * T)
SIGMA = np.linspace(0.1, 0.2, 8)
TIGHT = {"xtol": 1e-12, "ftol": 1e-12, "gtol": 1e-12}


def decay(t, a, b):
    return a * np.exp(-b * t)


def slopes_of_decay(t, a, b):
    return ad.jacobian(lambda p: decay(t, p[0], p[1]))(np.array([a, b]))


def errors(x, y, scale=1.0):
    return scale * (decay(T, x[0], x[1]) - y)


def assert_slopes_are_measured(f, x, step=1e-4):
    """Compare with central differences along a random direction, to the solver's accuracy."""
    direction = np.random.default_rng(0).normal(size=np.shape(x))
    measured = (f(x + step * direction) - f(x - step * direction)) / (2 * step)
    ours = ad.jvp(f, (x,), (direction,))[1]
    np.testing.assert_allclose(ours, measured, atol=1e-3 * np.max(np.abs(measured)))


@pytest.mark.slow
@pytest.mark.parametrize("loss", LOSSES)
def test_slopes_of_a_fit(loss):
    options = {"loss": loss, "f_scale": 0.05, **TIGHT}
    analytic = ad.jacobian(errors)

    def by_args(y):
        more = {"args": (y,), "kwargs": {"scale": 1.5}}
        return least_squares(errors, [1.0, 1.0], analytic, **more, **options).x

    def by_closure(y):
        return least_squares(lambda x: errors(x, y, 1.5), [1.0, 1.0], "3-point", **options).x

    assert_slopes_are_measured(by_args, Y)
    np.testing.assert_allclose(ad.jacobian(by_closure)(Y), ad.jacobian(by_args)(Y), atol=1e-5)


@pytest.mark.parametrize("loss", LOSSES)
def test_values_are_those_of_scipy(loss):
    ours = least_squares(errors, [1, 1], args=(ad.tensor(Y),), loss=loss, f_scale=0.05)
    theirs = scipy.optimize.least_squares(errors, [1, 1], args=(Y,), loss=loss, f_scale=0.05)
    np.testing.assert_array_equal(ours.x.numpy(), theirs.x)
    np.testing.assert_allclose(ours.cost.numpy(), theirs.cost, rtol=1e-12)
    np.testing.assert_allclose(ours.fun.numpy(), theirs.fun, rtol=1e-12)


def test_second_derivatives_of_a_fit():
    def slope(y):
        def best(y):
            return least_squares(errors, [1.0, 1.0], ad.jacobian(errors), args=(y,), **TIGHT).x

        return ad.grad(lambda y: best(y)[1] ** 2)(y)

    assert_slopes_are_measured(slope, Y)


def test_worked_by_hand():
    # the mean of y has the least squares; with huber's loss, far values count less
    mean = lambda y: least_squares(lambda x, y: x - y, [0.0], args=(y,)).x[0]  # noqa: E731
    np.testing.assert_allclose(ad.grad(mean)([1.0, 2.0, 6.0, 7.0]), 0.25)
    far = lambda y: least_squares(lambda x, y: x - y, [0.0], args=(y,), loss="huber").x[0]  # noqa: E731
    np.testing.assert_allclose(ad.grad(far)([0.0, 0.5, 99.0]), [0.5, 0.5, 0], atol=1e-6)


def test_a_parameter_at_its_bound_has_slope_zero():
    def best(y):
        return least_squares(lambda x, y: x - y, [0.5, 0.5], bounds=(0, [1, 1]), args=(y,)).x

    np.testing.assert_allclose(ad.jacobian(best)(np.array([2.0, 0.3])), [[0, 0], [0, 1]], atol=1e-6)


@pytest.mark.slow
def test_jit_runs_the_fit_in_each_call():
    best = lambda y: least_squares(errors, [1.0, 1.0], args=(y,), **TIGHT).x  # noqa: E731
    slopes = ad.jit(ad.jacobian(best))
    for y in (Y, Y + 0.1 * T):
        np.testing.assert_allclose(slopes(y), ad.jacobian(best)(y), rtol=1e-6)
    popt, pcov = ad.jit(lambda y: curve_fit(decay, T, y))(Y)
    for ours, theirs in zip((popt, pcov), scipy.optimize.curve_fit(decay, T, Y), strict=True):
        np.testing.assert_allclose(ours, theirs)


@pytest.mark.slow
@pytest.mark.parametrize("number", [0, 1], ids=["parameters", "covariance"])
def test_slopes_of_a_curve(number):
    options = {"jac": slopes_of_decay, **TIGHT}

    def in_ydata(y):
        return curve_fit(decay, T, y, **options)[number]

    def in_xdata(t):
        return curve_fit(decay, t, Y, **options)[number]

    def in_sigma(sigma):
        return curve_fit(decay, T, Y, sigma=sigma, absolute_sigma=True, **options)[number]

    def in_matrix(C):
        return curve_fit(decay, T, Y, sigma=C + C.T, **options)[number]

    def in_closure(scale):
        return curve_fit(lambda t, a, b: decay(t, a, scale * b), T, Y, **TIGHT)[number]

    assert_slopes_are_measured(in_ydata, Y)
    assert_slopes_are_measured(in_xdata, T)
    assert_slopes_are_measured(in_sigma, SIGMA)
    assert_slopes_are_measured(in_matrix, np.diag(SIGMA**2) + 0.001, step=1e-6)
    assert_slopes_are_measured(in_closure, 1.0)


def test_values_of_curve_fit_are_those_of_scipy():
    for options in ({}, {"sigma": SIGMA}, {"p0": [1, 1], "bounds": (0, 9)}, {"method": "dogbox"}):
        theirs = scipy.optimize.curve_fit(decay, T, Y, **options)
        plain = curve_fit(decay, T, Y, **options)
        traced = curve_fit(decay, T, ad.tensor(Y), **options)
        for ours, value, right in zip(plain, traced, theirs, strict=True):
            np.testing.assert_array_equal(ours, right)
            np.testing.assert_array_equal(value.numpy(), right)


def test_a_curve_of_lists_and_of_several_variables():
    def plane(x, a, b):
        return a * x[0] + b * x[1]

    def best(y):
        return curve_fit(plane, [[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]], [y[0], y[1], y[2]])[0]

    inverse = np.linalg.pinv([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    np.testing.assert_allclose(ad.jacobian(best)(np.array([1.0, 2.0, 4.0])), inverse, atol=1e-6)


def test_what_is_not_supported_is_refused():
    y = ad.tensor(Y)
    with pytest.raises(NotImplementedError, match="a loss by its name"):
        least_squares(errors, [1, 1], args=(y,), loss=lambda z: np.array([z, 1 + 0 * z, 0 * z]))
    with pytest.raises(NotImplementedError, match="plain bounds"):
        least_squares(errors, [1, 1], args=(y,), bounds=([0, 0], [y[0] + 9, 9]))
    with pytest.raises(NotImplementedError, match="Use least_squares"):
        curve_fit(decay, T, y, full_output=True)
    with pytest.raises(NotImplementedError, match="squares as the loss"):
        curve_fit(decay, T, y, method="trf", loss="huber")
    with pytest.raises(TypeError, match="takes real points"):
        curve_fit(decay, T, Y + 1j)
    with pytest.raises(NotImplementedError, match="with bounds where there are any"):
        nnls(np.eye(8), y)


@pytest.mark.parametrize("method", ["trf", "dogbox"])
def test_slopes_that_scipy_measures_by_imaginary_steps(method):
    options = {"jac": "cs", "method": method, **TIGHT}
    expected = scipy.optimize.least_squares(errors, [1.0, 1.0], args=(Y,), **options).x
    fit = lambda y: least_squares(errors, [1.0, 1.0], args=(y,), **options).x  # noqa: E731
    np.testing.assert_allclose(fit(ad.tensor(Y)).numpy(), expected)
    by_default = ad.jacobian(lambda y: least_squares(errors, [1.0, 1.0], args=(y,), **TIGHT).x)(Y)
    np.testing.assert_allclose(ad.jacobian(fit)(Y), by_default, rtol=1e-5, atol=1e-8)
    curve = lambda y: curve_fit(decay, T, y, [1.0, 1.0], **options)[0]  # noqa: E731
    np.testing.assert_allclose(curve(ad.tensor(Y)).numpy(), expected)
    with pytest.raises(TypeError, match="expected real results"):
        least_squares(lambda x, y: errors(x, 1j * y), [1.0, 1.0], args=(ad.tensor(Y),), **options)
    with pytest.raises(TypeError, match="expected real results"):
        least_squares(errors, [1.0, 1.0], args=(ad.tensor(1j * Y),), **options)
