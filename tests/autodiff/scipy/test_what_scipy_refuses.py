"""Arguments that SciPy refuses are refused with traced values too, also by a recorded function."""

import numpy as np
import pytest

import autodiff as ad

pytest.importorskip("scipy")
import scipy.integrate
import scipy.interpolate
import scipy.linalg
import scipy.ndimage
import scipy.optimize
import scipy.signal
import scipy.sparse
import scipy.spatial
import scipy.spatial.transform
import scipy.stats

from autodiff import scipy as sloped

ONE = np.float64(1.0)
X, ROWS = np.array([0.1, 0.4]), np.arange(6.0).reshape(3, 2)
TAPS, LONG = np.array([0.5, 0.25]), np.arange(9.0) ** 2
SECTION = np.array([[0.5, 0.5, 0.0, 1.0, 0.2, 0.0]])
TRIANGLE = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
CALLS = {
    "a pulse without a bandwidth": (lambda m, x, s: m.signal.gausspulse(x, 3.0, s * 0), X),
    "a pulse of a negative frequency": (lambda m, x, s: m.signal.gausspulse(x, -s), X),
    "a pulse above its reference": (lambda m, x, s: m.signal.gausspulse(x, 3.0, bwr=s), X),
    "a pulse that isn't cut": (lambda m, x, s: m.signal.gausspulse("cutoff", tpr=s), X),
    "a pulse at words": (lambda m, x, s: m.signal.gausspulse("end", s), X),
    "points of two spaces": (lambda m, x, s: m.spatial.distance_matrix(x * s, x[:, :1]), ROWS),
    "several sets of points": (lambda m, x, s: m.spatial.distance_matrix(x * s, x[None]), ROWS),
    "the median of a row": (lambda m, x, s: m.signal.medfilt2d(x * s), X),
    "the median of images": (lambda m, x, s: m.signal.medfilt2d(x[None] * s), ROWS),
    "a negative weight": (lambda m, x, s: m.spatial.distance.cityblock(x, x + s, -x), X),
    "rows of weights": (lambda m, x, s: m.spatial.distance.cosine(x, x + s, x[None]), X),
    "too few weights": (lambda m, x, s: m.spatial.distance.hamming(x, x + s, x[:1]), X),
    "a weight for vectors": (lambda m, x, s: m.spatial.distance.correlation(x, x + s, x[:1]), X),
    "vectors of two lengths": (lambda m, x, s: m.spatial.distance.cosine(x, x[:1] * s), X),
    "a distance from NaN": (lambda m, x, s: m.spatial.distance.euclidean(x, x * s * np.nan), X),
    "a distance from infinity": (lambda m, x, s: m.spatial.distance.minkowski(x, s / 0 * x), X),
    "an infinite weight": (lambda m, x, s: m.spatial.distance.euclidean(x, x + s, x / 0), X),
    "no power": (lambda m, x, s: m.spatial.distance.minkowski(x, x + s, 0), X),
    "a negative power": (lambda m, x, s: m.spatial.distance.minkowski(x, x + 1, -s), X),
    "no variance": (lambda m, x, s: m.spatial.distance.seuclidean(x, x + s, x * 0), X),
    "too few inverses": (lambda m, x, s: m.spatial.distance.mahalanobis(x, x + s, x[:, None]), X),
    "weights whose sum is 0": (lambda m, x, s: m.stats.wasserstein_distance(x, x, x * 0 * s), X),
    "negative mass": (lambda m, x, s: m.stats.energy_distance(x, x, x - 0.2 * s), X),
    "mass of NaN": (lambda m, x, s: m.stats.energy_distance(x, x, None, x * np.nan * s), X),
    "too much mass": (lambda m, x, s: m.stats.wasserstein_distance(x[:1], x, x * s), X),
    "no values": (lambda m, x, s: m.stats.wasserstein_distance(x * s, x[:0]), X),
    "a correlation of numbers": (lambda m, x, s: m.stats.pearsonr(x * s, x[0]), ROWS[:1]),
    "a correlation of rows and a number": (lambda m, x, s: m.stats.pearsonr(x * s, x[0]), ROWS[:2]),
    "a correlation of two lengths": (lambda m, x, s: m.stats.pearsonr(x * s, x[:1]), ROWS),
    "a moment of order -1": (lambda m, x, s: m.stats.norm.moment(-1, loc=s), X),
    "a moment between two": (lambda m, x, s: m.stats.norm.moment(1.5, loc=s), X),
    "a mean of nothing": (lambda m, x, s: m.stats.tmean(x * s, (2, 3)), X),
    "a variance of nothing": (lambda m, x, s: m.stats.tvar(x, (s, None)), X),
    "a deviation of nothing": (lambda m, x, s: m.stats.tstd(x * s, (0.4, 1), (False, True)), X),
    "an error of nothing": (lambda m, x, s: m.stats.tsem(x * s, (None, 0)), X),
    "a description of nothing": (lambda m, x, s: m.stats.describe(x[:, :0] * s), ROWS),
    "a product with NaN": (lambda m, x, s: m.linalg.qr_multiply(x, x.T * s * np.nan), ROWS),
    "a product with nothing": (lambda m, x, s: m.linalg.qr_multiply(x, x[:, :0] * s), ROWS),
    "a product that doesn't fit": (lambda m, x, s: m.linalg.qr_multiply(x, x[0] * s), ROWS),
    "turned into fewer axes": (
        lambda m, x, s: m.linalg.orthogonal_procrustes(x * s, x[:, :1]),
        ROWS,
    ),
    "an integral over equal places": (
        lambda m, x, s: m.integrate.cumulative_simpson(x, x=x * 0 * s),
        ROWS[:, 0],
    ),
    "a step for each interval": (
        lambda m, x, s: m.integrate.cumulative_simpson(x * s, dx=x[:2]),
        ROWS[:, 0],
    ),
    "a start for each sample": (
        lambda m, x, s: m.integrate.cumulative_simpson(x * s, initial=x),
        ROWS[:, 0],
    ),
    "an exponential that isn't square": (lambda m, x, s: m.linalg.expm_frechet(x, x * s), ROWS),
    "a direction of one row": (lambda m, x, s: m.linalg.expm_frechet(x[1:], x[0] * s), ROWS),
    "a direction of NaN": (lambda m, x, s: m.linalg.expm_frechet(x[1:], x[1:] * s * np.nan), ROWS),
    "an unknown method": (lambda m, x, s: m.linalg.expm_frechet(x[1:], x[1:] * s, "no"), ROWS),
    "a gradient of one row": (lambda m, x, s: m.optimize.rosen_der(x[:1] * s), ROWS),
    "a Hessian of one number": (lambda m, x, s: m.optimize.rosen_hess(x[:1] * s), X),
    "a Hessian at several points": (lambda m, x, s: m.optimize.rosen_hess(x * s), ROWS),
    "a direction of one number": (lambda m, x, s: m.optimize.rosen_hess_prod(x, x[:1] * s), X),
    "a value at a number": (lambda m, x, s: m.optimize.rosen(s), X),
    "a complex signal beside a real one": (
        lambda m, x, s: m.signal.csd(x * s, x * 1j, nperseg=2),
        X,
    ),
    "a coherence with a complex signal": (
        lambda m, x, s: m.signal.coherence(x, 1j * x * s, nperseg=2),
        X,
    ),
    "a window for no samples": (
        lambda m, x, s: m.signal.periodogram(x * s, window=x, nfft=0),
        X,
    ),
    "a factor, forward and backward": (lambda m, x, s: m.signal.filtfilt(s, s, x), LONG),
    "an unknown method of a filter": (
        lambda m, x, s: m.signal.filtfilt(TAPS, s, x, method="no"),
        LONG,
    ),
    "an unknown continuation": (
        lambda m, x, s: m.signal.filtfilt(TAPS, s, x, padtype="no", padlen=0),
        LONG,
    ),
    "zeros as the continuation": (
        lambda m, x, s: m.signal.sosfiltfilt(SECTION, x * s, padtype="zeros"),
        LONG,
    ),
    "sections for no samples": (lambda m, x, s: m.signal.sosfilt(SECTION * s, x[:0]), X),
    "sections in one row": (lambda m, x, s: m.signal.sosfilt_zi(x * s), SECTION[0]),
    "columns of two numbers": (lambda m, x, s: m.linalg.khatri_rao(x * s, x[:, :1]), ROWS),
    "columns of a vector": (lambda m, x, s: m.linalg.khatri_rao(x, x[0] * s), ROWS),
    "no homogeneous coordinates": (
        lambda m, x, s: m.ndimage.affine_transform(x, np.eye(3) + s * 0.5),
        ROWS,
    ),
    "an interpolant on fewer axes": (
        lambda m, x, s: m.interpolate.RegularGridInterpolator((X, X), x * s)(X[:1]), ROWS[:2]
    ),
    "points of three coordinates": (
        lambda m, x, s: m.interpolate.interpn((X, X), x * s, np.ones((1, 3))), ROWS[:2]
    ),
    "scattered points on more axes": (
        lambda m, x, s: m.interpolate.LinearNDInterpolator(TRIANGLE, x * s)(np.ones((2, 3))), ROWS
    ),
    "the nearest of more axes": (
        lambda m, x, s: m.interpolate.NearestNDInterpolator(TRIANGLE, x * s)(np.ones((2, 3))), ROWS
    ),
    "a product from nowhere": (lambda m, x, s: m.linalg.qr_multiply(x * s, x[0], "up"), ROWS),
    "a companion of a leading 0": (lambda m, x, s: m.linalg.companion(x[0] * s), ROWS),
    "a pentadiagonal one of it": (lambda m, x, s: m.linalg.fiedler_companion(x.ravel() * s), ROWS),
    "a negative derivative": (lambda m, x, s: m.ndimage.gaussian_filter1d(x * s, 1, order=-1), X),
    "a negative radius": (lambda m, x, s: m.ndimage.gaussian_filter1d(x * s, 1, radius=-1), X),
    "a border of a mean": (
        lambda m, x, s: m.signal.resample_poly(x * s, 2, 1, padtype="mean", cval=1.0), X
    ),
    "a center of both sides": (lambda m, x, s: m.signal.windows.exponential(5, 1.0, s), X),
    "a sum of two shapes": (
        lambda m, x, s: m.sparse.csr_array(x * s) + m.sparse.csr_array(x.T * s), ROWS
    ),
    "a sparse product that doesn't fit": (
        lambda m, x, s: m.sparse.csr_array(x * s) @ m.sparse.csr_array(x), ROWS
    ),
    "one variance for two": (lambda m, x, s: m.spatial.distance.seuclidean(x, x * s, x[:1]), X),
    "rotations at a matrix of times": (
        lambda m, x, s: m.spatial.transform.Slerp(
            X, m.spatial.transform.Rotation.from_rotvec(np.ones((2, 3)) * s)
        )(x / 10), ROWS[:2]
    ),
    "a range by an unknown scale": (lambda m, x, s: m.stats.iqr(x * s, scale="no"), X),
    "a deviation by an unknown one": (
        lambda m, x, s: m.stats.median_abs_deviation(x * s, scale="no"), X
    ),
    "too few coefficients": (lambda m, x, s: m.interpolate.splder((LONG, x[:5] * s, 3)), LONG),
    "too many coefficients": (
        lambda m, x, s: m.interpolate.splder((LONG, np.append(x, x) * s, 3)),
        LONG,
    ),
    "the minimum of nothing": (lambda m, x, s: m.ndimage.minimum(x[:0] * s, 1, [1]), X),
    "the median of nothing": (lambda m, x, s: m.ndimage.median(x[:, :0] * s, 1, [1]), ROWS),
    "the integral of nothing": (lambda m, x, s: m.integrate.cumulative_simpson(x[:0] * s), X),
    "a moment of half an order": (lambda m, x, s: m.stats.moment(x * s, [1, 0.5]), X),
    "no moment": (lambda m, x, s: m.stats.moment(x * s, []), X),
    "a matrix of moments": (lambda m, x, s: m.stats.moment(x * s, [[1, 2]]), X),
    "turned around three axes": (lambda m, x, s: m.ndimage.rotate(x * s, 9, (0, 1, 1)), ROWS),
    "turned around a missing axis": (lambda m, x, s: m.ndimage.rotate(x * s, 9, (0, 2)), ROWS),
    "a lowpass of two cutoffs": (lambda m, x, s: m.signal.lp2lp_zpk(x, -x, s, x), X),
    "a highpass of two cutoffs": (lambda m, x, s: m.signal.lp2hp_zpk(x, -x, s, x), X),
    "a bandpass of two bands": (lambda m, x, s: m.signal.lp2bp_zpk(x, -x, s, 1.0, x), X),
    "a bandstop of two centers": (lambda m, x, s: m.signal.lp2bs_zpk(x, -x, s, x, 1.0), X),
    "two sampling rates": (lambda m, x, s: m.signal.bilinear_zpk(x, -x, s, x), X),
    "two gains": (lambda m, x, s: m.signal.freqs_zpk(x, -x, s * x, x), X),
    "two ends of a chirp": (lambda m, x, s: m.signal.chirp(x, s, x, 2.0), X),
    "two starts of a chirp": (lambda m, x, s: m.signal.chirp(x, x * s, 1.0, 2.0), X),
    "a sweep by a number": (lambda m, x, s: m.signal.sweep_poly(x * s, 2.0), X),
    "integrals of no sample": (lambda m, x, s: m.integrate.cumulative_trapezoid(x[:0] * s), X),
    "an integral over rows": (lambda m, x, s: m.integrate.trapezoid(x[0] * s, x), ROWS),
    "two powers": (lambda m, x, s: m.stats.boxcox_llf(x * s, x), X),
    "two powers of any numbers": (lambda m, x, s: m.stats.yeojohnson_llf(x, x * s), X),
    "a mean in a row": (lambda m, x, s: m.stats.multivariate_normal.cdf(x, x[None] * s), X),
    "variances without a mean": (
        lambda m, x, s: m.stats.multivariate_normal.cdf(x * s, None, [1.0, 2.0, 3.0]), ROWS[:, 0]
    ),
    "a row of no entry": (lambda m, x, s: m.sparse.coo_array((x * s, ([0, 1, 1], [0, 1, 0]))), X),
    "a number as the entries": (lambda m, x, s: m.sparse.csr_array((s, ([0], [0]))), X),
}  # fmt: skip
NEWER = {
    "a window without samples": (lambda m, x, s: m.signal.get_window(("kaiser", s), 0), X),
    "signals of two shapes": (lambda m, x, s: m.signal.csd(x[:, 0] * s, x, nperseg=2), ROWS),
}
"""What older versions of SciPy compute."""


@pytest.mark.parametrize("name", CALLS)
def test_what_scipy_refuses_is_refused(name):
    call, x = CALLS[name]
    with np.errstate(all="ignore"):
        with pytest.raises((ValueError, IndexError, TypeError)):  # in SciPy's words
            call(scipy, x, ONE)
        _check_refused(call, x)


@pytest.mark.parametrize("name", NEWER)
def test_what_newer_versions_refuse_is_refused_there(name):
    call, x = NEWER[name]
    try:
        call(scipy, x, ONE)
    except ValueError:
        _check_refused(call, x)
    else:
        call(sloped, ad.tensor(x), ad.tensor(ONE))


def _check_refused(call, x):
    with pytest.raises(ValueError, match=r"^(check at .*: )?expected"):
        call(sloped, ad.tensor(x), ad.tensor(ONE))
    with pytest.raises(ValueError, match="expected"):
        ad.jit(lambda x, s: call(sloped, x, s))(x, ONE)


WORDS = {
    "a singular circulant": (
        lambda m, x, s: m.linalg.solve_circulant(x * 0 * s, x), X,
        np.linalg.LinAlgError, "near singular",
    ),
    "a polar factor of a number": (lambda m, x, s: m.linalg.polar(s), X, ValueError, "2-D array"),
    "a polar factor from nowhere": (
        lambda m, x, s: m.linalg.polar(x[1:] * s, "up"), ROWS, ValueError, "'right' or 'left', got"
    ),
    "Schur's form of a column": (
        lambda m, x, s: m.linalg.rsf2csf(x * s, x), ROWS, ValueError, "two square matrices"
    ),
    "a shifted number": (
        lambda m, x, s: m.ndimage.shift(s, 1.0), X, RuntimeError, "expected an image with one axis"
    ),
    "a state of rows": (
        lambda m, x, s: m.signal.lfilter_zi(x * s, x), ROWS, ValueError, "Numerator b must be 1-D"
    ),
    "a negative period": (
        lambda m, x, s: m.signal.vectorstrength(x, -s), X, ValueError, "periods must be positive"
    ),
    "events in rows": (
        lambda m, x, s: m.signal.vectorstrength(x, s), ROWS, ValueError, "events cannot have"
    ),
    "a taper for each": (
        lambda m, x, s: m.signal.windows.tukey(5, x * s), X, ValueError, "one number alpha, got"
    ),
    "a sparse matrix beside a tall one": (
        lambda m, x, s: m.sparse.csr_array(x * s) @ x, ROWS, ValueError, "with 2 rows, got shape"
    ),
    "a rotation and a number": (
        lambda m, x, s: m.spatial.transform.Rotation.concatenate(
            [m.spatial.transform.Rotation.from_rotvec(x.ravel()[:3] * s), 3]
        ), ROWS, TypeError, "expected Rotation objects only",
    ),
}  # fmt: skip
"""Those refused with another error, or in SciPy's words."""


@pytest.mark.parametrize("name", WORDS)
def test_what_scipy_refuses_is_refused_by_the_same_error(name):
    call, x, error, words = WORDS[name]
    with np.errstate(all="ignore"):
        with pytest.raises(error):
            call(scipy, x, ONE)
        with pytest.raises(error, match=words):
            call(sloped, ad.tensor(x), ad.tensor(ONE))


OURS = {
    "weights of points": (
        lambda x: sloped.interpolate.BarycentricInterpolator(X, X, wi=x),
        "takes no traced weights",
    ),
    "a product in place": (
        lambda x: sloped.linalg.qr_multiply(x[:, None], x[:, None], "left", overwrite_c=True),
        "no overwrite_c=True for mode='left'",
    ),
    "a plot": (lambda x: sloped.signal.freqs(x, X, plot=print), "has no plot="),
    "a power to find": (lambda x: sloped.stats.boxcox(x), "boxcox of .* needs its power lmbda"),
    "another": (lambda x: sloped.stats.yeojohnson(x), "yeojohnson of .* needs its power lmbda"),
}


@pytest.mark.parametrize("name", OURS)
def test_what_has_no_slope_is_refused(name):
    call, words = OURS[name]
    with pytest.raises(NotImplementedError, match=words):
        call(ad.tensor(X))


@pytest.mark.parametrize(("unit", "weights"), [(1j, None), (1j, X), (1, 1j * X)])
def test_the_slope_of_a_complex_logarithm_with_its_sign_is_refused(unit, weights):
    def size(s):
        return sloped.special.logsumexp(unit * X * s, b=weights, return_sign=True)[0].real

    with pytest.raises(NotImplementedError, match="doesn't support return_sign=True at"):
        ad.grad(size)(2.0)


def test_a_recorded_function_repeats_the_check():
    pulse = ad.jit(lambda t, bw: sloped.signal.gausspulse(t, 3.0, bw))
    np.testing.assert_allclose(pulse(X, 0.5), scipy.signal.gausspulse(X, 3.0, 0.5))
    with pytest.raises(ValueError, match="expected fc >= 0, bw > 0 and bwr < 0"):
        pulse(X, -0.5)


def test_a_complex_direction_of_which_scipy_drops_a_part_is_refused():
    with pytest.raises(TypeError, match=r"a real direction at a real point, got complex128 at "):
        sloped.optimize.rosen_hess_prod(ad.tensor(X), X * 1j)
