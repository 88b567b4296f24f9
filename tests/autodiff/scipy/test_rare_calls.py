"""Calls that the tables of domains don't draw: their values are SciPy's, their slopes measured."""

import warnings

import numpy as np
import pytest

import autodiff as ad
from tests.laws.table import along_a_line, projected, real

scipy = pytest.importorskip("scipy")
from scipy import (  # noqa: E402, F401 - SciPy may be missing, and imports its modules late
    integrate,
    interpolate,
    linalg,
    ndimage,
    optimize,
    signal,
    sparse,
    spatial,
    stats,
)

import autodiff.scipy as ours  # noqa: E402

KNOTS = np.array([0.0, 0, 0, 0, 1, 2, 3, 3, 3, 3])
AT = np.array([0.25, 1.5, 2.75])
C = np.array([0.5, -1.0, 2.0, 0.25, 1.5, -0.75])
PADDED = np.concatenate([C, np.zeros(4)])
B = np.array([1.0, -2.0, 0.5])
M = np.array([[4.0, 0.5, 0.25], [0.75, 5.0, -0.5], [0.25, 1.0, 6.0]])
IMAGE = np.sin(np.arange(20.0)).reshape(4, 5)
SIGNAL = np.sin(np.arange(24.0) ** 1.2).reshape(2, 12) + 0.1
SPECTRUM = np.exp(1j * np.arange(10.0)).reshape(5, 2) * (1 + np.arange(5.0))[:, None]
PLAIN = sparse.csr_array(np.array([[1.0, 0.0, 2.0], [0.0, 3.0, 0.0]]))
ENTRIES = np.array([1.5, -2.0, 0.5, 3.0])
DOUBLE = (np.array([0, 0, 2, 1]), np.array([0, 3, 4]))  # the entry 0, 0 is given twice
OF_THREE = np.array([1.5, 2.0, 0.5])


def dense(matrix):
    return matrix.toarray()


def at_the_root(m, a):
    return m.optimize.newton(lambda x: x**3 - a, 1.0, full_output=True)[1].root


def decay(m, rate, power):
    return m.integrate.odeint(
        lambda y, _, k, n: -k * y**n, [1.0, 2.0], [0.0, 0.5, 1.0], args=(rate, power), rtol=1e-11,
        atol=1e-11,
    )  # fmt: skip


CALLS = {
    "a B-spline at points": (
        lambda m, c: m.interpolate.splev(AT, m.interpolate.BSpline(KNOTS, c, 3), 1), C),
    "beyond a B-spline": (
        lambda m, c: m.interpolate.splev([-1.0, 4.0], m.interpolate.BSpline(KNOTS, c, 3)), C),
    "a point on SciPy's B-spline": (
        lambda m, x: m.interpolate.splev(x, interpolate.BSpline(KNOTS, C, 3)), AT),
    "a point on a plain B-spline, on its slope and its integral": (
        lambda m, x: np.stack([
            m.interpolate.splev(x, m.interpolate.BSpline(KNOTS, C, 3), 1),
            m.interpolate.splder(m.interpolate.BSpline(KNOTS, C, 3))(x),
            m.interpolate.splantider(m.interpolate.BSpline(KNOTS, C, 3))(x)]), AT),
    "a derivative of a B-spline": (
        lambda m, c: m.interpolate.splder(m.interpolate.BSpline(KNOTS, c, 3))(AT), C),
    "an integral of a B-spline": (
        lambda m, c: m.interpolate.splantider(m.interpolate.BSpline(KNOTS, c, 3))(AT), C),
    "a monotonic line": (lambda m, y: m.interpolate.PchipInterpolator([0, 2.0], y)(AT), C[:2]),
    "a line of Akima": (lambda m, y: m.interpolate.Akima1DInterpolator([0, 2.0], y)(AT[:2]), C[:2]),
    "points in a list": (
        lambda m, y: m.interpolate.CubicSpline(np.arange(6.0), [*y])(AT), C),
    "integrals from a start for each row": (
        lambda m, y: m.integrate.cumulative_simpson(
            np.stack([y, y * y]), initial=np.stack([y[:1], y[1:2]])), C),
    "a quotient of a longer divisor": (
        lambda m, x: m.signal.deconvolve(x, [1.0, 2.0, 3.0, 4.0])[1], B),
    "a spectrum without what a function finds": (
        lambda m, x: m.signal.welch(x, nperseg=4, detrend=lambda p: p - p[..., :1])[1], C),
    "events in whole periods": (lambda m, x: m.signal.vectorstrength(x, 3)[0], C),
    "a power of each entry": (
        lambda m, x: (m.sparse.csr_array(x) ** 3).toarray(), M),
    "sums in another dtype": (
        lambda m, x: m.sparse.csr_array(x).sum(0, dtype=complex).real, M),
    "rotations from one object": (
        lambda m, v: m.spatial.transform.Rotation.concatenate(
            m.spatial.transform.Rotation.from_rotvec(v)).as_quat(), B),
    "integrals of two splines": (
        lambda m, c: np.stack(m.interpolate.splint(0.5, 2.5, (KNOTS, [c, 2 * c], 3))), PADDED),
    "two splines in one array": (
        lambda m, c: np.stack(m.interpolate.splev(AT, (KNOTS, np.stack([c, 2 * c]), 3))), C),
    "integrals of two splines in one array": (
        lambda m, c: np.stack(m.interpolate.splint(0.5, 2.5, (KNOTS, np.stack([c, 2 * c]), 3))),
        PADDED),
    "a derivative above the degree": (
        lambda m, c: m.interpolate.BSpline(KNOTS, c, 3)(AT, 4) + c[0], C),
    "a derivative of negative order": (
        lambda m, c: m.interpolate.PPoly(c.reshape(2, 3), [0, 1, 2, 3]).derivative(-1)(AT), C),
    "an integral of negative order": (
        lambda m, c: m.interpolate.PPoly(c.reshape(2, 3), [0, 1, 2, 3]).antiderivative(-1)(AT), C),
    "a diagonal system": (lambda m, a: m.linalg.solve(a, B, assume_a="diagonal"), M),
    "a tridiagonal system": (lambda m, a: m.linalg.solve(a, B, assume_a="tridiagonal"), M),
    "a system of one number": (lambda m, a: m.linalg.solve(a, B[:1]), M[:1, :1]),
    "a system of one number, with rows": (lambda m, a: m.linalg.solve(a, M[:1]), M[:1, :1]),
    "frequencies that are found": (
        lambda m, a: np.abs(m.signal.freqs(B, a, 7)[1]), np.array([1.0, 0.5, 2.0])),
    "frequencies of zeros": (
        lambda m, k: np.abs(m.signal.freqs_zpk([0.5], [-1.0, -2.0], k, None)[1]), np.array(1.5)),
    "phases over time": (
        lambda m, x: m.signal.spectrogram(x, nperseg=4, noverlap=2, mode="phase", axis=0)[2],
        SIGNAL.T),
    "phases": (lambda m, x: m.signal.spectrogram(x, nperseg=4, mode="phase")[2], SIGNAL),
    "angles": (lambda m, x: m.signal.spectrogram(x, nperseg=4, mode="angle")[2], SIGNAL),
    "a transform with times first": (
        lambda m, z: m.signal.istft(np.stack([z, 2 * z], axis=2), time_axis=1, freq_axis=0)[1],
        SPECTRUM),
    "a transform with frequencies last": (
        lambda m, z: m.signal.istft(np.stack([z.T, 2 * z.T]), time_axis=1, freq_axis=2)[1],
        SPECTRUM),
    "a sweep with the vertex at its end": (
        lambda m, f: m.signal.chirp(AT, f[0], 2.0, f[1], "quadratic", vertex_zero=False),
        np.array([0.3, 0.7])),
    "a pulse's end": (lambda m, f: m.signal.gausspulse("cutoff", f, 0.4, -5.0), np.array(3.0)),
    "a whole parameter": (
        lambda m, k: decay(m, k, ad.tensor(2) if m is ours else 2), np.array(0.7)),
    "an affine transform by scales": (
        lambda m, s: m.ndimage.affine_transform(IMAGE, s, (0.25, 0.5), order=2),
        np.array([0.7, 1.2])),
    "a root in its report": (at_the_root, np.array(2.5)),
    "diagonals": (
        lambda m, d: dense(m.sparse.dia_array((d.reshape(2, 2), [0, 1]), shape=(3, 2))), ENTRIES),
    "entries given twice": (
        lambda m, d: dense(m.sparse.csr_array((d, *DOUBLE), shape=(2, 3)) * 2), ENTRIES),
    "columns made rows": (
        lambda m, d: dense(m.sparse.csr_array(m.sparse.csc_array((d[:3], ([0, 1, 1], [2, 0, 1]))))),
        ENTRIES),
    "a matrix of diagonals": (
        lambda m, d: dense(m.sparse.diags([d, [2, 3, 4]], [0, -1])), ENTRIES),
    "a product with a sparse matrix": (lambda m, x: dense(x * PLAIN), OF_THREE),
    "a sparse quotient": (lambda m, x: dense(PLAIN / x), np.array(2.5)),
    "a sum with a sparse matrix": (lambda m, x: x + PLAIN - 2 * x, np.ones((2, 3))),
    "a Kronecker product with a dense matrix": (
        lambda m, a: dense(m.sparse.kron(a, PLAIN, "csr")), M),
    "distances of a power": (
        lambda m, p: m.spatial.distance.cdist(M, IMAGE[:, :3], "minkowski", p=p), np.array(2.5)),
    "a distance of a power": (
        lambda m, p: m.spatial.distance.minkowski(B, OF_THREE, p), np.array(1.5)),
    "a moment of integers about a center": (
        lambda m, c: m.stats.moment([1, 2, 4], 2, center=c), np.array(1.5)),
    "several moments": (lambda m, x: m.stats.moment(x, [1, 2, 3], keepdims=True), M),
    "a Wishart distribution of numbers": (
        lambda m, s: m.stats.wishart.logpdf(np.array([0.5, 2.0, 3.0]), 4.0, s), np.array(1.5)),
    "a Wishart distribution with a diagonal": (
        lambda m, s: m.stats.wishart.logpdf(M @ M.T, 4.0, s), OF_THREE),
    "entropies of small and large means": (
        lambda m, mu: m.stats.poisson.entropy(mu), np.array([0.5, 30.0, 300.0])),
    "probabilities of sums of different lengths": (
        lambda m, a: m.stats.betabinom.cdf(np.array([1.0, 8.0, 25.0]), 40, a, 2.0),
        np.array([0.7, 1.5, 3.0])),
    "probabilities of negative sums of different lengths": (
        lambda m, b: m.stats.betanbinom.cdf(np.array([1.0, 8.0, 25.0]), 4, 3.5, b),
        np.array([0.7, 1.5, 3.0])),
    "a window about a center": (
        lambda m, tau: m.signal.windows.exponential(8, 2.5, tau, sym=False), np.array(1.5)),
    "roots of polynomials with leading zeros": (
        lambda m, a: np.concatenate(
            [np.abs(z) for z in m.signal.tf2zpk([0, 0, 2, 8], np.pad(a, (1, 0)))[:2]]), OF_THREE),
    "the state of a filter with a leading zero": (
        lambda m, a: m.signal.lfilter_zi([0.5, 2.0], np.pad(a, (1, 0))), OF_THREE),
    "a window with nothing to taper": (
        lambda m, x: x * m.signal.windows.tukey(4, m.special.ndtr(x[0]) * 0), np.ones(4)),
    "a window that is 0 at its center": (
        lambda m, p: m.signal.windows.general_gaussian(5, p, -1.5), np.array(-0.75)),
    "a probability of one number": (
        lambda m, x: m.stats.multivariate_normal.cdf(x, [0.25], [[2.0]]), np.array([0.5])),
    "densities at rows of points": (
        lambda m, x: m.stats.multivariate_normal.logpdf(x, [0.5, 1], [[2, 0.5], [0.5, 1]]),
        C.reshape(1, 3, 2)),
    "singular densities at rows of points": (
        lambda m, x: m.stats.multivariate_normal.logpdf(x, None, np.eye(2), allow_singular=True),
        C.reshape(1, 3, 2)),
    "pieces in columns, beyond both ends": (
        lambda m, x: np.nan_to_num(
            m.interpolate.PPoly(x, [0, 1, 2], extrapolate=False)([[-1.0, 0.5, 3.0]]), nan=7.0),
        np.arange(12.0).reshape(2, 2, 3)),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:Badly conditioned filter", "ignore:divide by zero")
@pytest.mark.parametrize("name", CALLS)
def test_a_rare_call_has_the_values_of_scipy_and_measured_slopes(name):
    f, x = CALLS[name]
    plain, traced = f(scipy, x), f(ours, ad.tensor(x))
    assert traced.dtype == np.asarray(plain).dtype
    np.testing.assert_allclose(traced.numpy(), plain, rtol=1e-7, atol=1e-9)
    theirs, own = (
        along_a_line(real(projected(lambda x, m=m: f(m, x), [x])), [x]) for m in (scipy, ours)
    )
    measured = (theirs(1e-5) - theirs(-1e-5)) / 2e-5
    np.testing.assert_allclose(ad.grad(own)(0.0), measured, rtol=1e-5, atol=1e-6)


DENSER = [[1.0, 0.0], [2.0, 3.0]]
RARE_NUMBERS = {
    "a constant moment of infinity": (
        lambda m, x: m.stats.moment(x, [0, 1, 2]), np.array([1.0, np.inf])),
    "a variance of infinity": (lambda m, x: m.stats.tvar(x), np.array([1.0, 2.0, np.inf])),
    "NaN outside of the limits": (
        lambda m, x: m.stats.tsem(x, (None, 3)), np.array([1.0, 2.0, np.nan, 2.5])),
    "a described variance of too few entries": (
        lambda m, x: m.stats.describe(x, ddof=4).variance, np.array([1.0, 2.0, 2.5])),
    "a geometric deviation of too few entries": (
        lambda m, x: m.stats.gstd(x, ddof=2), np.array([1.0, 2.0])),
    "a variation of too few entries": (
        lambda m, x: m.stats.variation(x, ddof=3), np.array([1.0, 2.0])),
    "scores of too few entries": (lambda m, x: m.stats.zscore(x, ddof=2), np.array([1.0, 2.0])),
    "a variance of too few entries": (
        lambda m, x: m.stats.tvar(x, ddof=3), np.array([1.0, 2.0, 2.5])),
    "a variance of infinities": (lambda m, x: m.stats.tvar(x), np.array([np.inf, np.inf])),
    "NaN as a limit": (lambda m, x: m.stats.tvar(x, (np.nan, 2)), np.array([1.0, 2.0, 2.5])),
    "NaN beside zeros in dense blocks": (
        lambda m, d: dense(
            m.sparse.kron(m.sparse.csr_array((d, [0, 1], [0, 1, 2])), m.sparse.csr_array(DENSER))),
        np.array([np.nan, 2.0])),
    "NaN beside zeros in sparse blocks": (
        lambda m, d: dense(
            m.sparse.kron(m.sparse.csr_array((d, [0, 1], [0, 1, 2])), m.sparse.eye_array(3))),
        np.array([np.nan, 2.0])),
    "a correlation of large numbers": (
        lambda m, x: m.stats.pearsonr(x, [1.0, 3.0, 2.0]).statistic, np.array([1.0, 1e200, 2.0])),
    "scores of small numbers": (lambda m, x: m.stats.zscore(x), np.array([1e-200, 3e-200])),
    "a harmonic mean of negative numbers": (lambda m, x: m.stats.hmean(x), np.array([1.0, -2.0])),
    "pieces of a spline, at NaN": (
        lambda m, x: m.interpolate.BSpline([0, 1, 2], [3.0, 4.0], 0)(x), np.array([0.5, np.nan])),
    "pieces of a polynomial, at NaN": (
        lambda m, x: m.interpolate.PPoly([[3.0, 4.0]], [0, 1, 2])(x), np.array([0.5, np.nan])),
    "an infinite entry beside another": (
        lambda m, x: m.spatial.distance.canberra(x, [1.0, 2.0]), np.array([np.inf, 1.0])),
    "a quadratic through NaN": (
        lambda m, y: m.interpolate.interp1d([0, 1, np.nan, 3], y, "quadratic")(1.5) * y[0],
        np.array([1.0, 2.0, 4.0, 3.0])),
    "rotations whose last parts are 0": (
        lambda m, q: m.spatial.transform.Rotation.from_quat(np.reshape(q, (-1, 4))).as_quat(
            canonical=True),
        np.array([0.0, 1, 0, 0, 0, -1, 0, 0, 1, -2, 0, 0, -1, 2, 0, 0, 0, 0, -1, 0])),
}  # fmt: skip


@pytest.mark.parametrize("name", RARE_NUMBERS)
def test_a_call_with_rare_numbers_has_the_values_of_scipy(name):
    f, x = RARE_NUMBERS[name]
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        plain, traced = f(scipy, x), f(ours, ad.tensor(x))
        jitted = ad.jit(lambda x: f(ours, x))
        jitted(np.arange(1.0, len(x) + 1))
        for found in (traced.numpy(), jitted(x)):
            assert found.dtype == np.asarray(plain).dtype
            np.testing.assert_allclose(found, plain)


@pytest.mark.parametrize(
    ("refused", "words"),
    [
        (lambda: ours.interpolate.PPoly(ad.tensor(C.reshape(2, 3)), [0, 1, 2, 3])(AT, -2),
         r"nu of 0 or more, got -2 at .*\.py:\d+\. Call antiderivative\(2\)"),
        (lambda: ours.interpolate.splev(
            ad.tensor(AT), interpolate.BSpline(KNOTS, C, 3), ext=1), "ext=0 for a BSpline, got 1"),
        (lambda: ours.interpolate.splint(0.5, 2.5, (KNOTS, ad.tensor(C[:4]), 3)),
         r"expected 6 coefficients or more, got 4 at .*\.py:\d+"),
        (lambda: ours.signal.istft(ad.tensor(SPECTRUM), nperseg=8, nfft=6),
         r"nperseg=8 samples, .* got 8 samples, noverlap=4 and nfft=6"),
        (lambda: ours.signal.istft(ad.tensor(SPECTRUM), nperseg=8, noverlap=8),
         r"noverlap < nperseg .* got 8 samples, noverlap=8 and nfft=8"),
        (lambda: ours.signal.istft(ad.tensor(SPECTRUM), window=np.ones(7)),
         "a window of nperseg=8 samples, .* got 7 samples"),
        (lambda: ours.integrate.cumulative_trapezoid(ad.tensor(B), initial=np.zeros(1)),
         r"expects None or 0 as initial at .*\.py:\d+"),
        (lambda: ours.signal.chirp(ad.tensor(AT), 0.0, 1.0, 2.0, "hyperbolic"),
         "f0 and f1 other than zero for method='hyperbolic', got 0.0 and 2.0"),
        (lambda: ours.signal.chirp(ad.tensor(AT), 2.0, 1.0, 0.0, "hyperbolic"),
         "f0 and f1 other than zero for method='hyperbolic', got 2.0 and 0.0"),
        (lambda: ours.signal.chirp(ad.tensor(AT), 1.0, 1.0, -2.0, "log"),
         "f0 and f1 of the same sign, and not zero, for method='log', got 1.0 and -2.0"),
        (lambda: ours.signal.chirp(ad.tensor(AT), 1.0, 1.0, 0.0, "log"), "same sign, and not zero"),
        (lambda: ours.signal.medfilt2d(ad.tensor(M), -1),
         r"a kernel of positive, odd sizes, got -1 at .*\.py:\d+"),
        (lambda: ad.tensor(OF_THREE) / PLAIN, r"divided by a sparse matrix, .*\.py:\d+"),
    ],
)  # fmt: skip
def test_a_rare_call_that_has_no_meaning_is_refused(refused, words):
    with pytest.raises((ValueError, TypeError), match=words):
        refused()


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.float16, np.float32, np.longdouble])
@pytest.mark.parametrize("made_by", ["from_rotvec", "from_mrp"])
def test_rotations_of_narrow_numbers_are_computed_in_float64(made_by, dtype):
    vector = np.array([0, 1, 100], dtype)
    rotations = scipy.spatial.transform.Rotation, ours.spatial.transform.Rotation
    expected, found = (
        run(lambda v, of=of: getattr(of, made_by)(v).as_quat())(vector)
        for of, run in zip(rotations, (lambda f: f, ad.jit), strict=True)
    )
    assert found.dtype == expected.dtype
    np.testing.assert_allclose(found, expected)


def test_slopes_of_wide_distributions_agree_with_finite_differences():
    special = ours.special
    for function, at, place, step in (
        (special.chndtr, (539.0, 500.0, 0.5), 0, 1.0),
        (special.chndtr, (5000.5, 5000.0, 0.5), 1, 5.0),
        (special.ncfdtr, (2e4, 4e4, 3.0, 1.0), 3, 5e-4),
        (special.nctdtr, (42900.0, -233.0, -235.5), 1, 0.05),
        (special.modstruve, (150.0, 300.0), 1, 0.1),
    ):
        f = lambda x, f=function, at=at, i=place: f(*at[:i], x, *at[i + 1 :])  # noqa: E731
        wide, narrow = ((f(at[place] + h) - f(at[place] - h)) / (2 * h) for h in (step, step / 2))
        assert ad.grad(f)(at[place]) == pytest.approx((4 * narrow - wide) / 3, rel=1e-4)
