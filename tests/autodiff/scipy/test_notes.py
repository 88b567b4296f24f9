"""SciPy's own functions of traced values: errors name the line, the function and what to use."""

import re

import numpy as np
import pytest

import autodiff as ad

pytest.importorskip("scipy")

from scipy import (
    fft,
    integrate,
    interpolate,
    linalg,
    ndimage,
    optimize,
    signal,
    sparse,
    spatial,
    special,
    stats,
)
from scipy.sparse import linalg as sparse_linalg
from scipy.spatial import distance, transform

import autodiff.scipy.fft  # with which SciPy's own transforms accept traced values

X = np.array([0.6, 0.9, 1.4, 1.1, 2.0])
PLACES = np.arange(5.0)
M = np.diag(X) + np.ones((5, 5))
SPARSE = sparse.csc_array(M)
SOS = np.array([[0.2, 0.4, 0.2, 1.0, -0.4, 0.2]])

CALLS = {
    "linalg": [
        lambda x: linalg.solve(M, x), lambda x: linalg.inv(M * x), lambda x: linalg.det(M * x),
        lambda x: linalg.expm(M * x), lambda x: linalg.logm(M * x), lambda x: linalg.sqrtm(M * x),
        lambda x: linalg.cholesky(M * x), lambda x: linalg.cho_solve(linalg.cho_factor(M), x),
        lambda x: linalg.eigh(M * x), lambda x: linalg.svd(M * x), lambda x: linalg.lu(M * x),
        lambda x: linalg.solve_triangular(M, x), lambda x: linalg.solve_sylvester(M, M, M * x),
        lambda x: linalg.schur(M * x), lambda x: linalg.null_space(M * x),
    ],
    "stats": [
        lambda x: stats.norm.logpdf(x), lambda x: stats.norm(x).logpdf(X),
        lambda x: stats.t.logpdf(x, 3), lambda x: stats.gamma.logcdf(x, 2),
        lambda x: stats.multivariate_normal.logpdf(x, PLACES, M),
        lambda x: stats.poisson.logpmf([1, 2, 3, 4, 5], x), lambda x: stats.entropy(x),
        lambda x: stats.zscore(x), lambda x: stats.pearsonr(x, X), lambda x: stats.skew(x),
        lambda x: stats.gaussian_kde(X)(x), lambda x: stats.norm.fit(x),
        lambda x: stats.ttest_ind(x, X), lambda x: stats.Normal(mu=x).logpdf(X),
    ],
    "signal": [
        lambda x: signal.csd(x, X, nperseg=5),
        lambda x: signal.convolve2d(M * x, M), lambda x: signal.lfilter([1], [1, 0.5], x),
        lambda x: signal.sosfilt(SOS, x), lambda x: signal.savgol_filter(x, 3, 1),
        lambda x: signal.welch(x, nperseg=5), lambda x: signal.detrend(x),
        lambda x: signal.find_peaks(x), lambda x: signal.medfilt(x),
        lambda x: signal.periodogram(x),
    ],
    "integrate": [
        lambda x: integrate.quad(lambda u: u * x[0], 0, 1),
        lambda x: integrate.quad(np.sin, 0, x[0]),
        lambda x: integrate.odeint(lambda s, t: -s * x[0], [1.0], [0, 1]),
        lambda x: integrate.odeint(lambda s, t: -s, x, [0, 1]),
        lambda x: integrate.solve_ivp(lambda t, s: -s * x[0], [0, 1], [1.0]),
        lambda x: integrate.solve_ivp(lambda t, s: -s, [0, 1], x),
        lambda x: integrate.dblquad(lambda u, v: u * v * x[0], 0, 1, 0, 1),
        lambda x: integrate.nquad(lambda u: u * x[0], [[0, 1]]),
        lambda x: integrate.quad_vec(lambda u: u * x, 0, 1),
        lambda x: integrate.RK45(lambda t, s: -s, 0, x, 1),
    ],
    "optimize": [
        lambda x: optimize.minimize(lambda p: ((p - x) ** 2).sum(), X),
        lambda x: optimize.minimize(lambda p: (p ** 2).sum(), x),
        lambda x: optimize.brentq(lambda p: p - x[0], -10, 10),
        lambda x: optimize.root_scalar(lambda p: p - x[0], bracket=[-10, 10]),
        lambda x: optimize.least_squares(lambda p: p - x, X),
        lambda x: optimize.curve_fit(lambda t, a: a * t, X, x), lambda x: optimize.linprog(x),
        lambda x: optimize.nnls(M, x), lambda x: optimize.milp(x),
        lambda x: optimize.fixed_point(lambda p: p * 0 + x[0], 1.0),
        lambda x: optimize.fmin(lambda p: ((p - x) ** 2).sum(), X, disp=0),
    ],
    "interpolate": [
        lambda x: interpolate.interp1d(PLACES, x), lambda x: interpolate.CubicSpline(PLACES, x),
        lambda x: interpolate.CubicSpline(PLACES, X)(x),
        lambda x: interpolate.make_interp_spline(PLACES, x),
        lambda x: interpolate.PchipInterpolator(PLACES, x),
        lambda x: interpolate.UnivariateSpline(PLACES, x),
        lambda x: interpolate.RegularGridInterpolator((PLACES,), x),
        lambda x: interpolate.splrep(PLACES, x), lambda x: interpolate.BSpline(np.arange(8), x, 2),
        lambda x: interpolate.interpn((PLACES,), x, [0.5]),
        lambda x: interpolate.RBFInterpolator(M[:, :2], x),
        lambda x: interpolate.pchip(PLACES, x),
    ],
    "ndimage": [
        lambda x: ndimage.gaussian_filter(x, 1), lambda x: ndimage.correlate(x, X),
        lambda x: ndimage.convolve(x, X), lambda x: ndimage.map_coordinates(x, [[0.5]]),
        lambda x: ndimage.affine_transform(M * x, np.eye(2)), lambda x: ndimage.zoom(x, 2),
        lambda x: ndimage.rotate(M * x, 10), lambda x: ndimage.median_filter(x, 3),
        lambda x: ndimage.label(x), lambda x: ndimage.sobel(M * x),
        lambda x: ndimage.center_of_mass(x),
    ],
    "sparse": [
        lambda x: sparse.csr_array(M * x), lambda x: sparse.diags_array(x),
        lambda x: sparse.coo_array((x, (range(5), range(5)))),
        lambda x: sparse.kron(sparse.eye_array(2), M * x), lambda x: sparse.block_diag([M * x]),
        lambda x: sparse.hstack([SPARSE, M * x]), lambda x: sparse.tril(M * x),
        lambda x: sparse.dok_array(M).__setitem__((0, 0), x[0]),
        lambda x: sparse.random_array((3, 3), density=x[0]), lambda x: sparse.diags(x),
    ],
    "sparse.linalg": [
        lambda x: sparse_linalg.spsolve(SPARSE, x), lambda x: sparse_linalg.cg(M, x),
        lambda x: sparse_linalg.gmres(M, x), lambda x: sparse_linalg.minres(M, x),
        lambda x: sparse_linalg.eigsh(M * x, 2), lambda x: sparse_linalg.svds(M * x, 2),
        lambda x: sparse_linalg.expm(M * x), lambda x: sparse_linalg.splu(SPARSE).solve(x),
        lambda x: sparse_linalg.factorized(SPARSE)(x), lambda x: sparse_linalg.lsqr(M, x),
    ],
    "spatial": [
        lambda x: distance.cdist(M * x, M), lambda x: distance.pdist(M * x),
        lambda x: distance.squareform(x[:3]),
        lambda x: distance.directed_hausdorff(M * x, M), lambda x: spatial.KDTree(M * x),
        lambda x: spatial.KDTree(M).query(x), lambda x: spatial.ConvexHull(M[:, :2] * x[:2]),
        lambda x: spatial.Delaunay(M[:, :2] * x[:2]), lambda x: spatial.procrustes(M * x, M),
        lambda x: spatial.transform.Rotation.from_rotvec(x[:3]),
    ],
    "special": [
        lambda x: special.logsumexp(x),
        lambda x: special.factorial(x), lambda x: special.comb(x, 2),
        lambda x: special.polygamma(1, x), lambda x: special.multigammaln(x[0] + 5, 2),
        lambda x: special.zeta(x + 1), lambda x: special.diric(x, 3),
        lambda x: special.spherical_jn(1, x), lambda x: special.bernoulli(x[0]),
    ],
}  # fmt: skip
ALL = [(module, number) for module, calls in CALLS.items() for number in range(len(calls))]
WAY_OUT = re.compile(
    r" at test_notes\.py:\d+, which can't carry it\. .*(?:has slopes: import it from there"
    r"|[Uu]se |[Ww]rite |[Pp]ass |[Ff]it |[Ff]ind |Measure )"
)


def test_a_function_with_a_cache_takes_plain_sizes():
    with pytest.raises(TypeError, match=r"unhashable \(at test_notes\.py:\d+\).* use t\.item\(\)"):
        ad.grad(lambda x: fft.next_fast_len(x[0]))(X)


@pytest.mark.filterwarnings("ignore")  # of SciPy, on its way to the error
@pytest.mark.parametrize(("module", "number"), ALL)
def test_the_note_names_line_function_and_remedy(module, number):
    with pytest.raises(Exception) as caught:  # noqa: PT011 - of any type
        ad.grad(CALLS[module][number])(X)
    notes = "\n".join(getattr(caught.value, "__notes__", [str(caught.value)]))
    assert f"A traced value reached scipy.{module}." in notes
    assert WAY_OUT.search(notes), notes


@pytest.mark.parametrize(
    ("call", "way_out"),
    [
        (lambda x: transform.Rotation.from_rotvec(x), "transform.Rotation has slopes: import it"),
        (lambda x: transform.Rotation.identity().apply(x), "transform.Rotation has slopes: import"),
        (
            lambda x: transform.RigidTransform.from_translation(x),
            "Use Rotation and the translation",
        ),
        (lambda x: interpolate.pchip(PLACES, x), "autodiff.scipy.interpolate.pchip has slopes"),
    ],
)
def test_the_note_on_a_method_of_a_class_names_the_class_to_import(call, way_out):
    with pytest.raises((TypeError, ValueError)) as caught:
        ad.grad(lambda x: np.sum(call(x)))(X[:3])
    assert way_out in "".join(caught.value.__notes__)


@pytest.mark.parametrize("name", ["dct", "dst", "fft", "irfft", "hfft", "fftshift"])
def test_functions_of_fft_work_as_they_stand(name):
    function = getattr(fft, name)
    ad.check_grads(lambda x: np.sum(np.abs(function(x)) ** 2), X, order=1)


def test_an_error_in_code_of_scipy_names_the_users_line():
    with pytest.raises(TypeError, match=r"lose its slope, silently, at test_notes\.py:\d+"):
        stats.Covariance.from_diagonal(ad.tensor(X))
