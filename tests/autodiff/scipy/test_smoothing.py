"""Splines near points: values beside SciPy's, slopes beside finite differences, refusals."""

import numpy as np
import pytest

import autodiff as ad

plain = pytest.importorskip("scipy.interpolate")
from autodiff.scipy import interpolate  # noqa: E402 - SciPy may be missing
from autodiff.scipy.interpolate.cross_validation import minimizer  # noqa: E402
from autodiff.scipy.interpolate.smoother import smoothed  # noqa: E402

R = np.random.default_rng(0)
X = np.cumsum(R.uniform(0.4, 1.3, 9))
Y = R.normal(size=9)
W = R.uniform(0.5, 2.0, 9)
AT = X[2:5] + 0.1
KNOTS = np.concatenate([[X[0]] * 4, [X[3] + 0.2, X[6] - 0.1], [X[-1]] * 4])


@pytest.mark.parametrize("lam", [0.0, 0.3, 40.0])
def test_a_smoothing_spline_is_that_of_scipy(lam):
    many = np.stack([Y, Y**2], axis=0)
    for y, w, axis in ((Y, None, 0), (Y, W, 0), (many, W, 1)):
        ours = interpolate.make_smoothing_spline(X, ad.tensor(y), w, lam, axis=axis)
        expected = plain.make_smoothing_spline(X, y, w, lam, axis=axis)
        np.testing.assert_allclose(ours(AT).numpy(), expected(AT), rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(ours.t, expected.t)
        np.testing.assert_allclose(ours.c.numpy(), expected.c, rtol=1e-9, atol=1e-11)
        alone = interpolate.make_smoothing_spline(X, y, w, lam, axis=axis)
        np.testing.assert_array_equal(alone(AT), expected(AT))


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_narrow_values_are_smoothed_in_float64(dtype):
    y = Y.astype(dtype)
    ours = interpolate.make_smoothing_spline(X, ad.tensor(y), lam=0.3)
    np.testing.assert_allclose(
        ours.c.numpy(), plain.make_smoothing_spline(X, y, lam=0.3).c, rtol=1e-12
    )


@pytest.mark.slow
def test_a_smoothing_spline_has_slopes_in_all_arguments():
    def at_points(x, y, w, lam):
        return interpolate.make_smoothing_spline(x, y, w, lam)(AT)

    ad.check_grads(at_points, X, Y, W, 0.7, order=1)


def test_a_smoothing_spline_is_linear_in_its_values():
    matrix = ad.jacobian(lambda y: interpolate.make_smoothing_spline(X, y, lam=0.7)(X))(Y)
    np.testing.assert_allclose(matrix, matrix.T, atol=1e-12)  # that of the smoother
    smoothed = plain.make_smoothing_spline(X, Y, lam=0.7)(X)
    np.testing.assert_allclose(matrix @ Y, smoothed, rtol=1e-10)


@pytest.mark.slow
def test_the_penalty_is_found_by_a_validation_loss():
    def loss(lam):
        return np.sum((interpolate.make_smoothing_spline(X[::2], Y[::2], lam=lam)(X) - Y) ** 2)

    ad.check_grads(loss, 0.4)
    fast = ad.jit(ad.grad(loss))
    for lam in (0.1, 5.0):
        assert fast(lam) == pytest.approx(ad.grad(loss)(lam), rel=1e-10)


NOISY = np.sin(0.5 * X) + np.array([0.3, -0.2, -0.1, 0.2, 0.1, -0.3, 0.2, -0.1, 0.1])


def exact(x, y, w):
    """Return a smoothing spline with a parameter that minimizes the score to all digits."""
    optimize = pytest.importorskip("scipy.optimize")

    def score(lam):
        both = np.concatenate([y[:, None], np.eye(len(x))], axis=1)
        rest = both - smoothed(x, both, 1 / w, lam)
        return np.mean(rest[:, 0] ** 2) / np.mean(np.diagonal(rest[:, 1:])) ** 2

    step = 1e-4
    lam = optimize.minimize_scalar(score, bounds=(0, len(x)), options={"xatol": 1e-10}).x
    lam = optimize.brentq(lambda t: score(t + step) - score(t - step), 0.9 * lam, 1.1 * lam)
    return plain.make_smoothing_spline(x, y, w, lam)(AT)


@pytest.mark.slow
def test_a_parameter_is_chosen_as_scipy_does():
    many = np.stack([NOISY, NOISY**2], axis=0)
    for y, w, axis in ((NOISY, None, 0), (NOISY, W, 0), (many, W, 1)):
        ours = interpolate.make_smoothing_spline(X, ad.tensor(y), w, axis=axis)
        expected = plain.make_smoothing_spline(X, y, w, axis=axis)
        np.testing.assert_allclose(ours(AT).numpy(), expected(AT), rtol=1e-10, atol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("place", [0, 1, 2])
def test_slopes_include_that_of_the_chosen_parameter(place):
    args = [X, NOISY, W]
    slopes = ad.jacobian(
        lambda a: interpolate.make_smoothing_spline(*args[:place], a, *args[place + 1 :])(AT)
    )(args[place])
    for i in (2, 6):
        step = np.zeros(len(X))
        step[i] = 1e-3
        above, below = (
            exact(*args[:place], args[place] + s, *args[place + 1 :]) for s in (step, -step)
        )
        np.testing.assert_allclose(slopes[:, i], (above - below) / 2e-3, rtol=1e-3, atol=1e-5)


@pytest.mark.slow
def test_a_chosen_parameter_has_second_slopes_also_by_jit():
    def loss(t):
        return np.sum(interpolate.make_smoothing_spline(X, NOISY + t * Y)(AT) ** 2)

    slope = ad.grad(loss)
    measured = (slope(1e-3) - slope(-1e-3)) / 2e-3
    assert ad.grad(slope)(0.0) == pytest.approx(measured, rel=1e-3)
    assert ad.jit(slope)(0.1) == pytest.approx(slope(0.1), rel=1e-9)


@pytest.mark.slow
def test_a_parameter_at_the_end_of_the_range_does_not_move():
    def at_points(y, lam=None):
        return interpolate.make_smoothing_spline(100 * X, y, lam=lam)(100 * AT)

    np.testing.assert_allclose(
        ad.jacobian(at_points)(Y), ad.jacobian(lambda y: at_points(y, 8.999994))(Y), rtol=1e-4
    )


@pytest.mark.slow
def test_a_parameter_that_is_no_minimum_has_no_slope():
    with pytest.raises(ValueError, match="where SciPy's search has ended elsewhere"):
        minimizer(np.array([3.0]), X, NOISY[:, None], W)


def test_a_spline_of_least_squares_is_that_of_scipy():
    for y, w, axis in ((Y, None, 0), (Y, W, 0), (np.stack([Y, Y**2]), W, -1)):
        ours = interpolate.make_lsq_spline(X, ad.tensor(y), KNOTS, 3, w, axis)
        expected = plain.make_lsq_spline(X, y, KNOTS, 3, w, axis)
        np.testing.assert_allclose(ours(AT).numpy(), expected(AT), rtol=1e-10, atol=1e-12)
        alone = interpolate.make_lsq_spline(X, y, KNOTS, 3, w, axis)
        np.testing.assert_array_equal(alone(AT), expected(AT))


@pytest.mark.slow
def test_a_spline_of_least_squares_has_slopes_in_all_arguments():
    def at_points(x, y, inner, w):
        knots = np.concatenate([[X[0] - 0.5] * 4, inner, [X[-1] + 0.5] * 4])
        return interpolate.make_lsq_spline(x, y, knots, 3, w)(AT)

    ad.check_grads(at_points, X, Y, KNOTS[4:6], W, order=1)


def test_points_that_do_not_determine_a_spline_of_least_squares_are_refused():
    knots = np.array([0.0] * 2 + [2.1, 2.9] + [6.0] * 2)  # a line between, and no point there
    x = np.array([0.0, 1.0, 2.0, 6.0])
    assert not np.isfinite(plain.make_lsq_spline(x, x**2, knots, 1)(AT)).all()
    with pytest.raises(ValueError, match="Leave out knots where points are missing"):
        interpolate.make_lsq_spline(x, ad.tensor(x**2), knots, 1)


@pytest.mark.parametrize(
    ("call", "instead"),
    [
        (lambda y: interpolate.UnivariateSpline(X, y, s=1.0), "make_smoothing_spline"),
        (lambda y: interpolate.splrep(X, y, s=1.0), "make_smoothing_spline"),
        (lambda y: interpolate.InterpolatedUnivariateSpline(X, y), "make_interp_spline"),
        (lambda y: interpolate.LSQUnivariateSpline(X, y, [4.0]), "make_lsq_spline"),
        (lambda y: interpolate.make_splrep(X, y, s=1.0), "make_smoothing_spline"),
    ],
)
def test_splines_that_choose_their_knots_are_refused(call, instead):
    with pytest.raises(NotImplementedError, match=instead):
        call(ad.tensor(Y))
