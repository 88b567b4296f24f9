"""Averages with weights of another shape than the array's, and what is refused of them."""

import numpy as np
import pytest

import autodiff as ad

X = np.array([[1.0, 2.0, 3.0], [5.0, 6.0, 7.0]])
WEIGHTS = np.array([[1.0, 3.0], [0.0, 0.0], [1.0, 3.0]])


def test_weights_may_lie_along_several_axes_in_any_order():
    """(1·1 + 1·3 + 3·5 + 3·7) / 8, of which each entry's slope is its weight over the sum."""
    mean, slope = ad.value_and_grad(lambda x: np.average(x, (1, 0), WEIGHTS))(X)
    assert mean == 40 / 8
    np.testing.assert_array_equal(slope, WEIGHTS.T / 8)


def test_the_slope_of_a_weight_is_the_distance_to_the_mean_per_sum_of_weights():
    slope = ad.grad(lambda w: np.average(X[:, 0], weights=w))(np.array([1.0, 3.0]))
    np.testing.assert_array_equal(slope, [(1 - 4) / 4, (5 - 4) / 4])


def test_the_sum_of_the_weights_is_returned_in_the_shape_of_the_mean():
    mean, total = np.average(ad.tensor(X), 0, [1, 3], returned=True)
    np.testing.assert_array_equal(mean.numpy(), [4, 5, 6])
    np.testing.assert_array_equal(total, [4, 4, 4])


def test_a_list_is_averaged_with_traced_weights():
    mean = np.average([[1, 2], [5, 6]], 0, ad.tensor([1.0, 3.0]))
    np.testing.assert_array_equal(mean.numpy(), [4, 5])


@pytest.mark.parametrize("axis", [0, -1, (0,), np.int64(0)])
@pytest.mark.parametrize("weights", [None, 2.0, np.array(2.0), np.complex128(1j)])
def test_a_number_has_no_axis(axis, weights):
    for x in (1.0, ad.tensor(1.0)):
        with pytest.raises(np.exceptions.AxisError, match="of dimension 0"):
            np.average(x, axis, weights)


def test_weights_of_another_shape_need_an_axis_of_theirs():
    with pytest.raises(TypeError, match=r"needs axis= .* shape \(2,\) at test_statistics\.py"):
        np.average(ad.tensor(X), weights=[1, 3])
    with pytest.raises(ValueError, match=r"or along axis=\(1,\), \(3,\), got weights of shape"):
        np.average(ad.tensor(X), 1, [1, 3])


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@pytest.mark.parametrize("method", ["linear", "hazen", "median_unbiased"])
def test_quantiles_of_narrow_numbers_have_the_digits_of_a_wide_result(dtype, method):
    x = np.array([[1.0, 5.0, 2.0], [4.0, 0.3, 7.0]], dtype)
    for q in ([0.2, 0.7], np.array([0.2, 0.7])):
        expected = np.quantile(x, q, axis=1, method=method)
        found = np.quantile(ad.tensor(x), q, axis=1, method=method)
        assert found.dtype == expected.dtype == np.float64
        np.testing.assert_allclose(found.numpy(), expected, rtol=1e-14)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_correlations_beyond_one_are_cut_as_in_numpy():
    x = np.array([[1.0, 2.0, 3.0], [1e-170, 2e-170, 4e-170]])  # whose variance underflows
    for sign in (1, -1):
        x[1] *= sign
        np.testing.assert_array_equal(ad.jit(np.corrcoef)(x), np.corrcoef(x))


@pytest.mark.parametrize("weights", [{"aweights": [1, 2, 3]}, {"fweights": [1, 2, 4]}])
def test_weighted_covariances_have_all_digits_of_a_longdouble(weights):
    x = np.array([[1, 2, 4], [3, 1, 1]], np.longdouble) / 7
    found, expected = ad.jit(lambda x: np.cov(x, **weights))(x), np.cov(x, **weights)
    np.testing.assert_allclose(found, expected, rtol=8 * np.finfo(np.longdouble).eps)


@pytest.mark.parametrize("axis", [(0, 1), ()])
@pytest.mark.parametrize("wrapped", [ad.jit, lambda f: lambda x: ad.jvp(f, (x,), (x,))])
def test_quantiles_whose_axes_numpy_mixes_are_refused(axis, wrapped):
    x, q = np.arange(8.0).reshape(2, 2, 2), np.array([[0.0, 0.3], [1.0, 0.75]])
    for f in (np.nanquantile, np.nanpercentile):
        with pytest.raises(NotImplementedError, match=r"Pass np\.ravel\(q\), and reshape"):
            wrapped(lambda x, f=f: f(x, q, axis=axis))(x)
    found = ad.jit(lambda x: np.nanquantile(x, np.ravel(q), axis=axis))(x)
    np.testing.assert_array_equal(found, np.quantile(x, np.ravel(q), axis=axis))


@pytest.mark.parametrize("weights", [None, np.array([1.0, 3.0])])
def test_the_returned_weights_of_an_average_can_be_edited(weights):
    _, total = np.average(ad.tensor(np.ones((2, 3))), axis=0, weights=weights, returned=True)
    total[1] = 7
    whole = 2 if weights is None else 4
    np.testing.assert_array_equal(np.stack(total), [whole, 7, whole])


@pytest.mark.parametrize(
    "function",
    [
        lambda a: np.median(a.copy(), overwrite_input=True),
        lambda a: np.quantile(a, 0.3, 0, overwrite_input=True),
        lambda a: np.percentile(a, 30, 1, overwrite_input=True),
        lambda a: np.nanmedian(a, overwrite_input=True),
        lambda a: np.nanmedian(a.copy(), *(0, None, True)),
        lambda a: np.nanquantile(a, 0.3, axis=0, overwrite_input=True),
        lambda a: np.nanpercentile(a, 30, *(1, None, True)),
    ],
)
def test_sorting_in_place_has_no_effect(function):
    jitted, x = ad.jit(function), np.array([[3.0, 1.0], [2.0, 5.0], [4.0, 0.0]])
    for number in (3.0, np.nan):  # the rows with NaN are sorted by another function of NumPy
        x[0, 0] = number
        before = x.copy()
        np.testing.assert_array_equal(jitted(x), function(before.copy()))
        np.testing.assert_array_equal(x, before)
    whole = np.array([[3, 1], [2, 5], [4, 0]])
    np.testing.assert_array_equal(jitted(whole), function(whole.copy()))
    np.testing.assert_array_equal(whole[0], [3, 1])


def test_counts_of_no_positions_take_weights_of_any_length():
    def f(w):
        return np.bincount(np.zeros(0, int), weights=w, minlength=2).sum() + w.sum()

    value, slope = ad.value_and_grad(f)(np.ones(3))
    assert value == f(np.ones(3)) == 3
    np.testing.assert_array_equal(slope, np.ones(3))
    np.testing.assert_array_equal(ad.jit(ad.grad(f))(np.ones(3)), np.ones(3))


@pytest.mark.parametrize("axis", [0, -1, ()])
def test_the_sum_of_weights_is_an_array_of_its_own(axis):
    def doubled(x):
        total = np.average(x, axis=axis, weights=np.ones((2, 3)), returned=True)[1]
        total *= 2
        return total

    x = np.arange(6.0).reshape(2, 3)
    for found in (doubled(ad.tensor(x)), ad.jit(doubled)(x), ad.vjp(doubled, x)[0]):
        np.testing.assert_array_equal(found, doubled(x))
