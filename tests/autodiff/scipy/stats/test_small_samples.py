"""Statistics of a single number, of one entry and of none are SciPy's."""

import numpy as np
import pytest

import autodiff as ad

pytest.importorskip("scipy")
import scipy.stats as plain

from autodiff.scipy import stats

NAMES = [
    "gmean", "hmean", "moment", "skew", "kurtosis", "sem", "variation", "tmean", "tvar", "tstd",
    "tsem", "circmean", "circvar", "circstd", "entropy", "iqr", "median_abs_deviation",
]  # fmt: skip


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", [(), (1,), (0,), (2, 0), (1, 2)])
@pytest.mark.parametrize("options", [{}, {"axis": None}, {"axis": None, "keepdims": True}])
def test_values_and_shapes(name, shape, options):
    function, expected = getattr(stats, name), getattr(plain, name)
    x = np.full(shape, 1.3)
    z = expected(x, **options)
    for run in (ad.jit(lambda x: function(x, **options)), lambda x: traced(function, x, options)):
        np.testing.assert_allclose(run(x), z, rtol=1e-12)
        assert np.shape(run(x)) == np.shape(z)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("options", [{"axis": 1}, {"axis": 1, "keepdims": True}])
def test_rows_without_entries(name, options):
    function, expected = getattr(stats, name), getattr(plain, name)
    x = np.ones((2, 0))
    z = expected(x, **options)
    np.testing.assert_array_equal(traced(function, x, options), z, strict=True)


def traced(function, x, options):
    return ad.vjp(lambda x: function(x, **options), x)[0]


def test_the_standard_error_of_one_entry_is_nan_whatever_ddof_is():
    assert np.isnan(ad.jit(lambda x: stats.sem(x, ddof=0))(np.array([1.0])))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("axis", [1, (0, 1), (0, 1, 2)])
def test_the_standard_errors_of_one_entry_each_follow_ddof(axis):
    x = np.full((1, 1, 3 if axis != (0, 1, 2) else 1), 1.3)
    for ddof in (0, 1):
        expected = plain.sem(x, axis=axis, ddof=ddof)
        found = ad.jit(lambda x, ddof=ddof: stats.sem(x, axis=axis, ddof=ddof))(x)
        np.testing.assert_array_equal(found, expected)


def test_a_number_beside_probabilities_does_not_widen():
    z = ad.jit(lambda p: stats.entropy(p, qk=3))(np.ones((2, 2), np.float32))
    assert z.dtype == np.float32


def test_moments_of_an_invalid_scale_are_nan_and_complex_arguments_are_refused():
    for scale in (-1.0, 0.0):
        assert np.isnan(ad.vjp(lambda s: stats.norm.moment(2, scale=s), scale)[0])
    assert ad.grad(lambda s: stats.norm.moment(2, scale=s))(3.0) == 6.0
    with pytest.raises(TypeError, match=r"real arguments of scipy\.stats\.norm\.pdf"):
        ad.grad(lambda z: np.real(stats.norm.pdf(0.2, loc=z)))(1.5 - 2j)


def test_the_support_of_a_discrete_distribution_has_the_dtype_of_its_place():
    expected = plain.poisson.support(2.0, loc=np.array([1, 2]))
    low, high = ad.jit(lambda place: stats.poisson.support(2.0, loc=place))(np.array([1, 2]))
    assert low.dtype == expected[0].dtype
    np.testing.assert_array_equal((low, high), expected)


def test_quantiles_of_a_discrete_distribution_move_with_their_place():
    for function in (stats.binom.ppf, stats.binom.isf):
        assert ad.grad(lambda place: function(0.7, 5, 0.3, loc=place))(0.5) == 1.0  # noqa: B023
        assert ad.grad(lambda q: function(q, 5, 0.3, loc=0.5))(0.7) == 0.0  # noqa: B023
    assert ad.grad(lambda place: stats.poisson.median(2.0, loc=place))(0.5) == 1.0
