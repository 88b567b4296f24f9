"""Points on the far side of choices: other regimes of a formula, zeros, ends of a range.

Values are SciPy's; slopes are those that differences measure, or given where there is a corner.
"""

import numpy as np
import pytest

import autodiff as ad

scipy = pytest.importorskip("scipy")
from autodiff.scipy import (  # noqa: E402 - SciPy may be missing
    cluster,
    interpolate,
    linalg,
    ndimage,
    signal,
    spatial,
    special,
    stats,
)

MEASURED = None
INF = np.inf
IMAGE = np.array([[1.0, 1.0, 1.0, 4.0], [1.0, 1.0, 1.0, 2.0], [1.0, 1.0, 1.0, 3.0]])
LABELS = np.array([[1, 1, 2, 2], [1, 1, 2, 2], [0, 0, 0, 4]])
CORNERS = np.array([[0.0, 0.0], [1.0, 0.1], [0.1, 1.0], [1.1, 1.0]])
ROWS = np.array([[1.0, 2.0], [1.0, 2.0], [0.0, 5.0]])

POINTS = {
    "rising from 0": (lambda z: special.poch(z, 0.5), (0.0,), MEASURED),
    "curvature of rising from -2": (
        ad.grad(lambda z: special.poch(z, 2.5)), (-2.0,), MEASURED
    ),
    "rising from a pole to a pole": (lambda z: special.poch(z, 2.0), (-3.0,), MEASURED),
    "beta between poles": (lambda b: special.beta(2.0, b), (-3.0,), MEASURED),
    "log beta between poles": (lambda b: special.betaln(2.0, b), (-3.0,), MEASURED),
    "an integral at 0": (special.it2struve0, (0.0,), (-2 / np.pi,)),
    "curvature of an integral at 0": (ad.grad(special.it2struve0), (0.0,), (0.0,)),
    "an integral, far": (special.it2struve0, (2.5,), MEASURED),
    "Legendre at 1": (lambda x: special.lpmv(0, 3.0, x), (1.0,), MEASURED),
    "Legendre at -1": (lambda x: special.lpmv(0, 3.0, x), (-1.0,), MEASURED),
    "curvature of Legendre at 1": (ad.grad(lambda x: special.lpmv(0, 3.0, x)), (1.0,), (15.0,)),
    "hypergeometric 1": (lambda x: special.hyp2f1(0.0, 2.0, 1.0, x), (1.0,), (0.0,)),
    "hypergeometric at a pole": (lambda x: special.hyp2f1(0.0, 2.0, 0.0, x), (0.5,), MEASURED),
    "odd of order 0": (lambda x: special.mathieu_sem(0, 0.5, x)[1], (1.0,), (0.0,)),
    "a wave beyond c = 0": (lambda x: special.pro_ang1(1, 1, -0.5, x)[1], (0.3,), MEASURED),
    "gamma without a rate": (lambda x: special.gdtr(0.0, 0.4, x), (1.3,), (0.0,)),
    "curvature of gamma without a rate": (
        ad.grad(lambda x: special.gdtrc(0.0, 0.4, x)), (1.3,), (0.0,)
    ),
    "a mean with 0": (special.agm, (0.0, 2.0), (INF, 0.0)),
    "pseudo-huber without a scale": (special.pseudo_huber, (0.0, 0.0), (0.0, 0.0)),
    "pseudo-huber, far": (special.pseudo_huber, (1.5, -300.0), MEASURED),
    "huber, far": (special.huber, (1.5, -3.0), MEASURED),
    "huber, near": (special.huber, (1.5, 0.7), MEASURED),
    "principal value": (special.elliprc, (1.2, -0.7), MEASURED),
    "R_C": (special.elliprc, (1.2, 0.7), MEASURED),
    "R_F from 0": (lambda y, z: special.elliprf(0.0, y, z), (1.3, 2.1), MEASURED),
    "R_D from 0": (lambda y, z: special.elliprd(0.0, y, z), (1.3, 2.1), MEASURED),
    "R_J from 0": (lambda y, z, p: special.elliprj(0.0, y, z, p), (1.3, 2.1, 0.8), MEASURED),
    "R_J, principal value": (special.elliprj, (1.2, 0.7, 0.4, -0.9), MEASURED),
    "R_J, principal value from 0": (
        lambda y, z, p: special.elliprj(0.0, y, z, p), (1.3, 2.1, -0.8), MEASURED
    ),
    "R_G from 0": (lambda y, z: special.elliprg(0.0, y, z), (1.3, 2.1), MEASURED),
    "R_G, a root": (lambda y: special.elliprg(0.0, y, 0.0), (1.3,), MEASURED),
    "R_G at 0": (lambda x: special.elliprg(x, 1.0, 1.0), (0.0,), (np.pi / 8,)),
    "R_F at 0": (lambda x: special.elliprf(x, 1.3, 2.1), (0.0,), (-INF,)),
    "R_D at the end": (lambda z: special.elliprd(1.0, 2.0, z), (0.2,), MEASURED),
    "erfcx, far": (special.erfcx, (30.0,), MEASURED),
    "erfcx, left": (special.erfcx, (-1.5,), MEASURED),
    "dawsn, far": (special.dawsn, (30.0,), MEASURED),
    "dawsn, near": (special.dawsn, (1.5,), MEASURED),
    "curvature of erfcx, far": (ad.grad(special.erfcx), (30.0,), MEASURED),
    "curvature of dawsn, far": (ad.grad(special.dawsn), (30.0,), MEASURED),
    "spence, far": (special.spence, (3.0,), MEASURED),
    "a line far away": (special.voigt_profile, (90.0, 0.5, 1.2), MEASURED),
    "a line of one width": (lambda x, s: special.voigt_profile(x, s, 0.0), (0.0, 0.8), MEASURED),
    "noncentral, far": (special.chndtr, (8.0, 3.0, 9.0), MEASURED),
    "noncentral, near": (special.chndtr, (0.8, 3.0, 0.9), MEASURED),
    "student, within": (special.stdtr, (3.5, 0.3), MEASURED),
    "student, beyond": (special.stdtr, (3.5, -4.0), MEASURED),
    "student at infinity": (special.stdtr, (3.5, INF), (0.0, 0.0)),
    "0 log 0": (special.xlogy, (0.0, 0.0), (-INF, 0.0)),
    "0 log 1": (special.xlog1py, (0.0, -1.0), (-INF, 0.0)),
    "relative entropy of 0": (special.rel_entr, (0.0, 1.5), (-INF, 0.0)),
    "relative entropy of a tiny part": (
        special.rel_entr, (1e-160, 1e300), (1 - 460 * np.log(10), 0.0)),
    "divergence of a tiny part": (
        special.kl_div, (1e-160, 1e300), (-460 * np.log(10), 1.0)),
    "a line without width": (special.voigt_profile, (0.5, 0.0, 1.2), (MEASURED, 0.0, MEASURED)),
    "gammainc at 0": (special.gammainc, (1.7, 0.0), (0.0, 0.0)),
    "gammainc at infinity": (special.gammainc, (1.7, INF), (0.0, 0.0)),
    "F, steep at 0": (lambda m, n: special.fdtr(m, n, 0.0), (1.6, 2.3), MEASURED),
    "F, flat at 0": (lambda m, n: special.fdtrc(m, n, 0.0), (5.6, 2.3), MEASURED),
    "a power of 0": (lambda power: special.boxcox(0.0, power), (0.4,), MEASURED),
    "a power of 1 - 1": (lambda power: special.boxcox1p(-1.0, power), (2.4,), MEASURED),
    "betainc without a": (special.betainc, (0.0, 1.0, 0.5), (-np.log(2), 0.0, 0.0)),
    "betaincc without b": (special.betaincc, (1.0, 0.0, 0.5), (0.0, -np.log(2), 0.0)),
    "betainc at 0": (special.betainc, (1.7, 2.3, 0.0), (0.0, 0.0, 0.0)),
    "betainc at 1": (special.betainc, (1.7, 2.3, 1.0), (0.0, 0.0, 0.0)),
    "the least of gamma": (lambda a: special.gammaincinv(a, 0.0), (3.7,), (0.0,)),
    "the least of gamma, of the rest": (lambda a: special.gammainccinv(a, 1.0), (3.7,), (0.0,)),
    "the least of gamma, in units": (
        lambda a, b: special.gdtrix(a, b, 0.0), (0.3, 3.6), (0.0, 0.0)
    ),
    "the least of chi squared": (lambda v: special.chdtri(v, 1.0), (3.7,), (0.0,)),
    "the least of beta": (lambda a, b: special.betaincinv(a, b, 0.0), (1.7, 2.3), (0.0, 0.0)),
    "the largest of beta": (lambda a, b: special.betainccinv(a, b, 0.0), (1.7, 2.3), (0.0, 0.0)),
    "the least of F": (lambda m, n: special.fdtri(m, n, 0.0), (5.1, 3.2), (0.0, 0.0)),
    "the least of noncentral F": (
        lambda m, n, c: special.ncfdtri(m, n, c, 0.0), (5.1, 3.2, 0.7), (0.0, 0.0, 0.0)
    ),
    "the least of noncentral chi squared": (
        lambda v, c: special.chndtrix(0.0, v, c), (2.3, 0.7), (0.0, 0.0)
    ),
    "kolmogorov, right": (special.kolmogorov, (1.4,), MEASURED),
    "kolmogorov, left": (special.kolmogorov, (0.6,), MEASURED),
    "kolmogorov, nothing": (special.kolmogorov, (0.01,), (0.0,)),
    "zeta, left": (special.zeta, (-1.7,), MEASURED),
    "zeta, right": (special.zeta, (2.7,), MEASURED),
    "spence near 1": (special.spence, (1.00001,), MEASURED),
    "logsumexp without a term": (
        lambda a: special.logsumexp(a, b=np.array([1.0, 0.0, 2.0])), (np.array([0.3, INF, 0.1]),),
        (np.array([1.0, 0.0, 2.0]) * np.exp([0.3, 0.0, 0.1]) / (np.exp(0.3) + 2 * np.exp(0.1)),),
    ),
    "logsumexp, far": (special.logsumexp, (np.array([1e15, 1e15]),), (np.array([0.5, 0.5]),)),
    "logsumexp of nothing": (special.logsumexp, (np.array([-INF, -INF]),), (np.zeros(2),)),
    "the middle of t": (stats.t.median, (2.7,), (0.0,)),
    "extremes near 0": (stats.genextreme.mean, (1e-3,), MEASURED),
    "extremes, var near 0": (stats.genextreme.var, (1e-3,), MEASURED),
    "extremes, far": (stats.genextreme.mean, (-0.2,), MEASURED),
    "extremes, var far": (stats.genextreme.var, (-0.2,), MEASURED),
    "extremes at 0": (stats.genextreme.mean, (0.0,), (-0.9890559953279725,)),  # -(γ² + π²/6) / 2
    "a width without samples": (stats.energy_distance, (ROWS[0], ROWS[1]), (np.zeros(2),) * 2),
    "canberra of zeros": (
        lambda u: spatial.distance.canberra(u, np.array([0.0, 3.0])), (np.array([0.0, 1.0]),),
        (np.array([0.0, -0.375]),),
    ),
    "no distance": (lambda x: spatial.distance.pdist(x)[0], (ROWS,), (np.zeros((3, 2)),)),
    "no distance to it": (
        lambda x: spatial.distance.cdist(x, ROWS[:1])[0, 0], (ROWS,), (np.zeros((3, 2)),)
    ),
    "minkowski of equals": (
        lambda u: spatial.distance.minkowski(u, ROWS[0], 3), (ROWS[0],), (np.zeros(2),)
    ),
    "curvature at a correlation of 1": (
        ad.grad(lambda t: np.corrcoef([1.0, 2.0, 4.0], 2 * np.stack([1 + t, 2.0, 4.0]))[0, 1]),
        (0.0,), MEASURED,
    ),
    "curvature at a correlation of -1": (
        ad.grad(lambda t: stats.pearsonr([1.0, 2.0, 4.0], np.stack([t - 1, -2.0, -4.0]))[0]),
        (0.0,), MEASURED,
    ),
    "a flat image": (lambda x: signal.wiener(x, 3), (IMAGE,), MEASURED),
    "deviation of equals": (
        lambda x: ndimage.standard_deviation(x, LABELS, [1, 4]), (IMAGE,), (np.zeros((3, 4)),)
    ),
    "variance of equals": (
        lambda x: ndimage.variance(x, LABELS, [1, 2]), (IMAGE,), MEASURED
    ),
    "sums of nothing": (lambda x: ndimage.sum(x, LABELS, [9, 2]), (IMAGE,), MEASURED),
    "mean beside nothing": (
        lambda x: ndimage.mean(x, LABELS, [9, 2])[1:], (IMAGE,), MEASURED
    ),
    "near and far": (
        lambda v: interpolate.NearestNDInterpolator(CORNERS, v)(
            np.array([[0.1, 0.1], [0.5, 0.45], [1.0, 0.9]]), distance_upper_bound=0.3)[::2],
        (np.array([1.0, 2.0, 4.0, 8.0]),), MEASURED,
    ),
    "outside": (
        lambda v: interpolate.LinearNDInterpolator(CORNERS, v, fill_value=7.0)(
            np.array([[0.2, 0.1], [3.0, 0.0]])),
        (np.array([1.0, 2.0, 4.0, 8.0]),), MEASURED,
    ),
    "a circle without b": (
        lambda b: linalg.solve_circulant([1.0, 1.0, 1.0], b, singular="lstsq"),
        (np.array([1.0, 2.0, 4.0]),), MEASURED,
    ),
    "sawtooth, rising": (lambda t: signal.sawtooth(t, 0.7), (np.array([0.4, 7.0]),), MEASURED),
    "sawtooth, falling": (lambda t: signal.sawtooth(t, 0.2), (np.array([3.0, 5.0]),), MEASURED),
}  # fmt: skip


@pytest.mark.parametrize("name", POINTS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore:mean requested")
def test_slopes_beyond_choices(name):
    f, args, expected = POINTS[name]
    expected = (MEASURED,) * len(args) if expected is MEASURED else expected
    weights = np.cos(1.0 + np.arange(np.size(f(*args)))).reshape(np.shape(f(*args)))

    def total(*args):
        return np.sum(weights * f(*args))

    for i, given in enumerate(expected):
        slope = ad.grad(total, i)(*args)
        given = measured(total, args, i) if given is MEASURED else given * weights.ravel()[0]
        np.testing.assert_allclose(slope, given, rtol=2e-5, atol=1e-8, err_msg=str(i))


def measured(f, args, i, step=1e-5):
    """Return the slope in an argument, by differences of SciPy's values."""
    found = np.zeros(np.shape(args[i]))
    for place in np.ndindex(found.shape):
        unit = np.zeros(found.shape)
        unit[place] = step
        above, below = (f(*args[:i], args[i] + way * unit, *args[i + 1 :]) for way in (1, -1))
        found[place] = (above - below) / (2 * step)
    return found[()]


def test_a_constant_column_is_left_alone():
    with pytest.warns(RuntimeWarning, match="standard deviation zero"):
        slope = ad.jacobian(lambda x: cluster.vq.whiten(x)[:, 0])(np.ones((3, 2)))
    np.testing.assert_array_equal(slope[:, :, 0], np.eye(3))


def test_a_sawtooth_of_another_width_is_nan():
    assert np.isnan(signal.sawtooth(ad.tensor(0.3), 1.5).numpy())


def test_a_nearest_point_that_is_too_far_gives_nan():
    nearest = interpolate.NearestNDInterpolator(CORNERS, ad.tensor(np.arange(4.0)))
    found = nearest(np.array([[0.1, 0.1], [0.5, 0.45]]), distance_upper_bound=0.3).numpy()
    np.testing.assert_array_equal(found, [0.0, np.nan])
