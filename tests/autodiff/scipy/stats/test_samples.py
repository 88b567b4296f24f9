"""Functions of samples: worked examples, and what they refuse."""

import numpy as np
import pytest
import scipy.spatial
import scipy.stats

import autodiff as ad
from autodiff.scipy import stats
from autodiff.scipy.spatial import distance


def test_means_by_hand():
    x = np.array([1.0, 4.0])
    np.testing.assert_allclose(ad.grad(stats.gmean)(x), [1.0, 0.25])  # 2 / (2 x)
    np.testing.assert_allclose(ad.grad(stats.hmean)(x), [1.28, 0.08])  # h² / (2 x²), h = 1.6
    np.testing.assert_allclose(ad.grad(lambda x: stats.pmean(x, 2))(x), x / 2 / np.sqrt(8.5))
    weighted = ad.grad(lambda w: stats.gmean(x, weights=w))(np.array([1.0, 1.0]))
    np.testing.assert_allclose(weighted, [-np.log(2) / 1, np.log(2) / 1])


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@pytest.mark.parametrize("center", [0.5, np.float64(0.5), np.longdouble(0.5), np.array([0.5])])
def test_a_moment_about_a_wide_number_has_the_dtype_of_the_sample(dtype, center):
    x = np.array([1.0, 2.0, 4.0], dtype)
    found = stats.moment(ad.tensor(x), 2, center=center)
    assert found.dtype == scipy.stats.moment(x, 2, center=center).dtype == dtype
    assert found.numpy() == pytest.approx((0.25 + 2.25 + 12.25) / 3, rel=1e-3)


def test_scores_sum_to_zero_and_so_do_their_slopes():
    x = np.array([1.0, 2.0, 4.0])
    jacobian = ad.jacobian(stats.zscore)(x)
    np.testing.assert_allclose(np.sum(jacobian, axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(jacobian @ x, 0, atol=1e-12)  # of no scale


def test_the_entropy_of_a_coin_by_hand():
    slope = ad.grad(lambda p: stats.entropy([p, 1 - p]))(0.2)  # log((1 - p) / p)
    assert slope == pytest.approx(np.log(4))


def test_the_distance_of_two_samples_by_hand():
    u, v = np.array([0.0, 1.0]), np.array([3.0, 5.0])
    assert ad.grad(lambda u: stats.wasserstein_distance(u, v))(u) == pytest.approx([-0.5, -0.5])


def test_a_correlation_and_its_p_value():
    x, y = np.array([1.0, 2.0, 3.0, 5.0]), np.array([2.0, 1.0, 4.0, 4.5])
    ours, theirs = ad.vjp(lambda x: tuple(stats.pearsonr(x, y)), x)[0], scipy.stats.pearsonr(x, y)
    assert ours == pytest.approx((theirs.statistic, theirs.pvalue))
    assert stats.pearsonr(ad.tensor(x), y).statistic.item() == pytest.approx(theirs.statistic)
    counts = np.array([1, 5, 2, 200, 3], np.uint8)
    ours = stats.pearsonr(ad.tensor(counts * 1.0).astype(np.uint8), counts[::-1])
    assert tuple(map(float, (v.numpy() for v in ours))) == pytest.approx(
        tuple(scipy.stats.pearsonr(counts, counts[::-1]))
    )
    with pytest.raises(ValueError, match="alternatives two-sided, less, greater, got 'both'"):
        stats.pearsonr(ad.tensor(x), y, alternative="both")
    with pytest.raises(NotImplementedError, match="no method="):
        stats.pearsonr(ad.tensor(x), y, method=scipy.stats.PermutationMethod())


def test_the_mode_shares_its_slope():
    x = np.array([2.0, 1.0, 2.0])
    found = stats.mode(ad.tensor(x))
    assert (found.mode.item(), found.count.item()) == (2.0, 2)
    np.testing.assert_array_equal(ad.grad(lambda x: stats.mode(x).mode)(x), [0.5, 0.0, 0.5])
    assert ad.jit(lambda x: stats.mode(x).mode)(x) == 2.0


@pytest.mark.filterwarnings("ignore")  # of too few entries
def test_counts_of_nothing_have_the_slope_0():
    (_, count), pull = ad.vjp(lambda x: tuple(stats.mode(x)), np.zeros(0))
    assert count == 0
    np.testing.assert_array_equal(pull((np.float64(1), np.float64(1)))[0], np.zeros(0))


def test_integers_give_scipys_results():
    x = ad.tensor([1.0, 2.0, 4.0]) > 1.5
    assert stats.gmean(x * 1 + 1).item() == scipy.stats.gmean([1, 2, 2])


@pytest.mark.parametrize("name", ["zmap", "pearsonr"])
def test_samples_are_converted_to_their_common_dtype_first(name):
    wide, narrow = np.array([0.5, 1.2, 0.7]), np.array([0.525, 1.72, 1.869], np.float16)
    for args in [(wide, narrow), (narrow, wide)]:
        found = getattr(stats, name)(*map(ad.tensor, args))
        expected = getattr(scipy.stats, name)(*args)
        if name == "pearsonr":
            found, expected = found[0], expected[0]
        np.testing.assert_allclose(found.numpy(), expected, rtol=1e-12)


def test_options_without_slopes_are_refused():
    t = ad.tensor([1.0, 2.0, 4.0])
    with pytest.raises(NotImplementedError, match="can only be 'propagate', got 'omit'"):
        stats.zscore(t, nan_policy="omit")
    with pytest.raises(NotImplementedError, match=r"Write np\.median\(np\.abs\(x - center\)\)"):
        stats.median_abs_deviation(t, center=np.mean)
    with pytest.raises(ValueError, match="n from 1 to 4, got 5"):
        stats.kstat(t, 5)
    with pytest.raises(NotImplementedError, match=r"2 \* stats\.t\.sf"):
        stats.ttest_1samp(t, 0.0)


@pytest.mark.slow
def test_the_suggested_p_value_is_that_of_the_test():
    x = np.array([0.3, 1.2, 0.8, -0.1])

    def p_value(x):
        t = np.mean(x) / stats.sem(x)
        return 2 * stats.t.sf(np.abs(t), len(x) - 1)

    assert ad.value_and_grad(p_value)(x)[0] == pytest.approx(scipy.stats.ttest_1samp(x, 0).pvalue)
    ad.check_grads(p_value, x)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
@pytest.mark.parametrize("name", ["skew", "kurtosis"])
@pytest.mark.filterwarnings("ignore")  # of few entries
def test_too_few_entries_for_a_correction_have_none(name, count):
    x = np.array([1.0, 3.0, 4.0, 8.0])[:count]
    found = getattr(stats, name)(ad.tensor(x), bias=False)
    expected = getattr(scipy.stats, name)(x, bias=False)
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-12)


@pytest.mark.filterwarnings("ignore")  # of constant samples, by SciPy
@pytest.mark.parametrize("value", [0.0, 0.1, 1e6 + 0.1, 1e-200])
def test_a_constant_sample_has_no_shape_and_no_correlation(value):
    x = np.stack([np.full(10, value), np.arange(10.0) ** 2], axis=1)
    other = np.sin(x[:, 1:])
    for call in (
        lambda m, x: m.skew(x),
        lambda m, x: m.skew(x, bias=False, axis=None, keepdims=True),
        lambda m, x: m.kurtosis(x, bias=False, keepdims=True),
        lambda m, x: m.kurtosis(x[:, 0] + 1e-17, fisher=False),
        lambda m, x: m.pearsonr(x, other)[0],
        lambda m, x: m.pearsonr(x[:, 0], other[:, 0], alternative="less")[1],
    ):
        expected = call(scipy.stats, x)
        for found in (call(stats, ad.tensor(x)).numpy(), ad.jit(lambda x, f=call: f(stats, x))(x)):
            np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert np.isnan(ad.grad(lambda x: stats.skew(x))(x[:, 0])).all()


@pytest.mark.parametrize("shapes", [((3, 10), (10,)), ((10,), (3, 10)), ((2, 1, 4), (3, 4))])
def test_rows_correlate_with_each_of_another_sample(shapes):
    x, y = (np.sin(np.arange(np.prod(shape))).reshape(shape) for shape in shapes)
    expected = scipy.stats.pearsonr(x, y, axis=-1)
    found = ad.jit(lambda x, y: tuple(stats.pearsonr(x, y, axis=-1)))(x, y)
    np.testing.assert_allclose(found[0], expected.statistic, rtol=1e-12)
    np.testing.assert_allclose(found[1], expected.pvalue, rtol=1e-9)
    ad.check_grads(lambda x: stats.pearsonr(x, y, axis=-1).statistic, x)


def test_two_points_lie_on_a_line():
    x, y = np.array([0.1, 0.7]), np.array([3.3, 0.2])
    found = stats.pearsonr(ad.tensor(x), y)
    assert (found.statistic.item(), found.pvalue.item()) == (-1.0, 1.0)
    np.testing.assert_array_equal(ad.grad(lambda x: stats.pearsonr(x, y)[0])(x), [0.0, 0.0])


@pytest.mark.slow
@pytest.mark.parametrize(("name", "power"), [("gmean", ()), ("hmean", ()), ("pmean", (0.3,))])
def test_means_beside_wider_weights_are_computed_in_their_dtype(name, power):
    a, weights = np.float32([1.5, 2.5]), np.array([0.5, 1.7])
    found = ad.jit(lambda a: getattr(stats, name)(a, *power, weights=weights))(a)
    expected = getattr(scipy.stats, name)(a, *power, weights=weights)
    np.testing.assert_allclose(found, expected, rtol=1e-14)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("n", [2, 3, 4])
def test_k_statistics_of_few_points_are_nan(n):
    for count in range(5):
        x = np.arange(count) ** 2.0
        found = ad.jit(lambda x: stats.kstat(x, n))(x)
        np.testing.assert_allclose(found, scipy.stats.kstat(x, n), rtol=1e-12)


def test_the_correlation_of_two_points_is_certain():
    x, y = np.array([1.0, 3.0]), np.array([2.0, 1.0])
    for alternative in ("two-sided", "less", "greater"):
        found = ad.jit(lambda x, a=alternative: tuple(stats.pearsonr(x, y, alternative=a)))(x)
        assert found == (-1, 1)


def test_a_confidence_interval_of_a_traced_correlation_is_refused():
    with pytest.raises(NotImplementedError, match=r"Compute np\.tanh"):
        ad.jit(lambda x: stats.pearsonr(x, x * x).confidence_interval(0.9))(np.arange(4.0))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "name",
    ["gmean", "hmean", "moment", "variation", "sem", "skew", "kurtosis", "kstat", "tmean", "iqr"],
)
def test_a_number_is_a_sample_of_one(name):
    found, expected = ad.jit(getattr(stats, name))(1.3), getattr(scipy.stats, name)(1.3)
    np.testing.assert_allclose(found, expected, rtol=1e-14)
    assert np.shape(found) == ()


def test_the_correlation_of_all_entries():
    x, y = np.random.default_rng(0).normal(size=(2, 3, 4))
    found = ad.jit(lambda x: tuple(stats.pearsonr(x, y, axis=None)))(x)
    np.testing.assert_allclose(found, tuple(scipy.stats.pearsonr(x, y, axis=None)), rtol=1e-12)


@pytest.mark.parametrize("lmbda", [-1.0, 0.0, 0.5, 2.0])
@pytest.mark.parametrize("large", [[1e200, 2e200], [-1e200, -2e200], [-1e200, 2e200], [0.0, 0.0]])
@pytest.mark.filterwarnings("ignore")
def test_the_likelihood_of_numbers_whose_variance_overflows_is_that_of_scipy(large, lmbda):
    data = np.array(large)
    found = ad.vjp(lambda x: stats.yeojohnson_llf(lmbda, x), data)[0]
    assert found == scipy.stats.yeojohnson_llf(lmbda, data)


@pytest.mark.parametrize("base", [2, 0.5, np.e])
def test_bases_are_those_of_scipy_and_positive(base):
    p, q = np.array([0.2, 0.8]), np.array([0.5, 0.5])
    for ours, theirs in (
        (stats.entropy, scipy.stats.entropy),
        (distance.jensenshannon, scipy.spatial.distance.jensenshannon),
    ):
        with np.errstate(invalid="ignore"):
            expected = theirs(p, q, base=base)
        found = ad.vjp(lambda p, f=ours: f(p, q, base=base), p)[0]
        np.testing.assert_allclose(found, expected)
        with pytest.raises(ValueError, match="expected a positive base, got 0"):
            ours(ad.tensor(p), q, base=0)


@pytest.mark.slow
def test_a_power_of_an_entry_of_zero_has_the_slope_of_its_neighbors():
    data = np.array([0.0, 1.0, -0.5, 2.0])
    slope = ad.grad(lambda x: stats.yeojohnson_llf(2.0, x))
    measured = [
        (
            scipy.stats.yeojohnson_llf(2.0, data + step)
            - scipy.stats.yeojohnson_llf(2.0, data - step)
        )
        / 2e-6
        for step in 1e-6 * np.eye(4)
    ]
    np.testing.assert_allclose(slope(data), measured, rtol=1e-5)  # its curvature jumps


@pytest.mark.parametrize("lmbda", [0.5, 2.0, 3.0])
def test_the_curvature_of_a_power_at_zero_is_that_beside_it(lmbda):
    x = np.array([0.0, 1.0, -0.5])
    f = ad.elementwise_grad(lambda x: stats.yeojohnson(x, lmbda))
    curvature = ad.elementwise_grad(f)
    assert f(x)[0] == 1
    assert curvature(x)[0] == lmbda - 1
    assert curvature(x + 1e-9)[0] == pytest.approx(lmbda - 1)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["boxcox_llf", "yeojohnson_llf"])
@pytest.mark.filterwarnings("ignore")
def test_the_likelihood_of_one_number_is_that_of_scipy(name):
    for options in ({}, {"axis": None}, {"keepdims": True}):
        found = ad.jit(lambda x, o=options: getattr(stats, name)(0.5, x, **o))(2.0)
        expected = getattr(scipy.stats, name)(0.5, 2.0, **options)
        assert np.shape(found) == np.shape(expected)
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("mean", [stats.hmean, lambda x: stats.pmean(x, 2.0)])
def test_a_warning_of_negative_entries_shows_the_line_of_the_call(mean):
    with pytest.warns(RuntimeWarning, match="entries that aren't negative") as warned:
        ad.vjp(mean, np.array([1.0, -2.0]))
    assert {warning.filename for warning in warned} == {__file__}
