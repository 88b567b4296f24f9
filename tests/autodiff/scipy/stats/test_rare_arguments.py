"""Rare arguments of functions of samples and of moments: SciPy's values, or its refusals."""

import numpy as np
import pytest
import scipy.stats

import autodiff as ad
from autodiff.scipy import stats

X = np.random.default_rng(0).uniform(0.5, 2, (2, 3))
WEIGHTS = np.array([1.0, 2.0, 0.5])


def assert_scipys(found, expected):
    assert (found.shape, found.dtype) == (np.shape(expected), np.asarray(expected).dtype)
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize("dtype", [None, np.float32, np.float64])
@pytest.mark.parametrize("weights", [WEIGHTS, WEIGHTS.astype(np.float32), np.array([1, 2, 1])])
@pytest.mark.parametrize("name", ["gmean", "hmean"])
def test_means_in_a_dtype_that_weights_have_too(name, weights, dtype):
    options = {"axis": 1, "weights": weights, "dtype": dtype}
    expected = getattr(scipy.stats, name)(X, **options)
    assert_scipys(getattr(stats, name)(ad.tensor(X), **options), expected)


@pytest.mark.parametrize("name", ["gmean", "hmean", "entropy"])
@pytest.mark.parametrize("second", [X.T, X[:1, :1], X.reshape(-1), WEIGHTS, X[:1]])
def test_second_samples_over_all_axes_are_paired_entry_by_entry(name, second):
    options = {"axis": None, "qk" if name == "entropy" else "weights": second}
    try:
        expected = getattr(scipy.stats, name)(X, **options)
    except ValueError:
        with pytest.raises(ValueError, match=r"each entry of a sample of shape \(2, 3\).*\.py:\d+"):
            getattr(stats, name)(ad.tensor(X), **options)
    else:
        assert_scipys(getattr(stats, name)(ad.tensor(X), **options), expected)


def test_powers_that_scipy_takes_no_mean_of_are_refused():
    for power, error in ((np.array([1.0, 2.0]), ValueError), (np.inf, NotImplementedError)):
        for x, p in ((ad.tensor(X), power), (X, ad.tensor(power))):
            with pytest.raises(error, match=r"power p, got .* at .*\.py:\d+"):
                stats.pmean(x, p)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("axis", [0, 1, None])
@pytest.mark.parametrize("keepdims", [True, False])
def test_the_likelihood_of_no_samples(keepdims, axis):
    options = {"axis": axis, "keepdims": keepdims}
    none = np.zeros((2, 0) if axis else (0, 3))
    expected = scipy.stats.boxcox_llf(0.5, none, **options)
    assert_scipys(stats.boxcox_llf(0.5, ad.tensor(none), **options), expected)


@pytest.mark.parametrize("angle", [1.6611469329528852, -0.18297952311392018, 1.0510020542473595])
@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_equal_angles_have_no_spread_less_than_zero(angle, count):
    angles = np.full((5, count), angle) + np.arange(5)[:, None]
    for name in ("circvar", "circstd"):
        found = getattr(stats, name)(ad.tensor(angles), axis=1).numpy()
        assert (found >= 0).all()
        np.testing.assert_allclose(found, 0, atol=1e-7)


def test_an_unknown_alternative_is_refused_also_for_two_points():
    for x in (X[:, :2], X):
        with pytest.raises(ValueError, match=r"got 'other' at .*\.py:\d+"):
            stats.pearsonr(ad.tensor(x), x**2, alternative="other", axis=1)


@pytest.mark.parametrize("name", ["gamma", "powerlaw", "poisson"])
@pytest.mark.parametrize("order", [0, 1, 2])
def test_moments_of_several_and_of_invalid_parameters(name, order):
    shape = np.array([[1.5], [2.5], [-1.0]])
    for more in ({}, {"loc": np.array([0.0, 1.0])}):
        expected = getattr(scipy.stats, name).moment(order, shape, **more)
        assert_scipys(getattr(stats, name).moment(order, ad.tensor(shape), **more), expected)


def test_orders_of_moments_that_do_not_exist_are_refused():
    for order in (-1, 1.5):
        with pytest.raises(ValueError, match=rf"order of 0 or more, got {order} at .*\.py:\d+"):
            stats.gamma.moment(order, ad.tensor(2.0))


def test_moments_of_matrices_that_do_not_exist_are_refused():
    scale = np.eye(3) * 2
    for name, df in (("mean", 4), ("var", 6)):
        assert getattr(scipy.stats.invwishart, name)(df, scale) is None
        method = getattr(stats.invwishart, name)
        for call in (method, ad.jit(method)):
            with pytest.raises(ValueError, match="doesn't exist"):
                call(float(df), ad.tensor(scale) if call is method else scale)
        assert_scipys(
            method(df + 1, ad.tensor(scale)), getattr(scipy.stats.invwishart, name)(df + 1, scale)
        )


def test_the_density_of_one_point_is_refused():
    for data, weights in ((ad.tensor([1.0]), None), ([1.0], ad.tensor([2.0]))):
        with pytest.raises(ValueError, match=r"several points, got 1 at .*\.py:\d+"):
            stats.gaussian_kde(data, weights=weights)


@pytest.mark.parametrize("order", [np.int64(2), 3.0, np.array([1, 2]), [0.0, 3.0], np.array(2)])
def test_orders_of_moments_may_be_any_whole_numbers(order):
    expected = scipy.stats.moment(X, order)
    assert_scipys(stats.moment(ad.tensor(X), order), expected)
    np.testing.assert_allclose(ad.jit(lambda x: stats.moment(x, order))(X), expected, atol=1e-12)


@pytest.mark.parametrize(
    ("shape", "axis"), [((2, 3), -1), ((2, 3), 0), ((4, 2, 3), 1), ((3, 1), 0)]
)
@pytest.mark.parametrize("name", ["gmean", "hmean", "pmean"])
def test_means_by_weights_of_more_entries_than_the_sample(name, shape, axis):
    x, weights = np.array([1.0, 2.5, 0.7]), np.arange(1.0, 1 + np.prod(shape)).reshape(shape)
    powers = (2.0,) if name == "pmean" else ()

    def mean(module, x, weights):
        return getattr(module, name)(x, *powers, axis=axis, weights=weights)

    assert_scipys(mean(stats, ad.tensor(x), weights), mean(scipy.stats, x, weights))
    ad.check_grads(lambda x, weights: mean(stats, x, weights), x, weights, order=1)
