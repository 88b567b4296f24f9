"""Slopes of distributions at the ends and in the center of their support, at plain shapes.

Wherever a method is smooth there, on both sides or on the only one that it has, its slope is the
measured one. It is NaN, or infinite, at some ends where SciPy's density is; but never another
number.
"""

import numpy as np
import pytest
import scipy.stats

import autodiff as ad
from autodiff.scipy import stats
from tests.autodiff.scipy.measuring import measured

METHODS = ("pdf", "logpdf", "cdf", "sf", "logcdf", "logsf", "ppf", "isf")
HAVE_GAPS = {"betaprime", "exponweib", "genextreme", "genhalflogistic", "mielke"}
INTEGRATED = {"dpareto_lognorm", "geninvgauss", "levy_stable", "norminvgauss", "studentized_range"}
DISTRIBUTIONS = sorted(
    name
    for name in dir(stats)
    if isinstance(getattr(scipy.stats, name, None), scipy.stats.rv_continuous)
    and name not in INTEGRATED  # slowly
)


def arguments(name, method, random):
    """Return x, shapes, loc and scale, of which x is a special point."""
    library = getattr(scipy.stats, name)
    shapes = random.choice([0.5, 1.0, 1.5, 2.0, 3.0, 4.0], library.numargs)
    loc, scale = random.choice([0.0, 1.0, -1.0]), random.choice([0.5, 1.0, 2.0])
    if not np.all(library._argcheck(*shapes)):
        return None
    if method in ("ppf", "isf"):
        x = random.choice([0.0, 0.25, 0.5, 1.0])
    else:
        ends = library.support(*shapes, loc, scale)
        x = random.choice([end for end in (*ends, loc, loc + scale, 0.5) if np.isfinite(end)])
    return tuple(float(v) for v in (x, *shapes, loc, scale))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_slopes_at_special_points_are_the_measured_ones(name):
    random, distribution = np.random.default_rng(3), getattr(stats, name)
    for method in METHODS:
        args = arguments(name, method, random)
        if args is None:
            continue
        f = getattr(distribution, method)
        for position in range(len(args)):
            with np.errstate(all="ignore"):
                expected = measured(getattr(getattr(scipy.stats, name), method), args, position)
                if expected is None:
                    continue
                try:
                    ours = ad.grad(f, position)(*args)
                except NotImplementedError:
                    continue  # no formula, and said so
            if np.isfinite(ours) or name not in HAVE_GAPS:
                assert ours == pytest.approx(expected, rel=2e-3, abs=2e-3), (method, args, position)


CERTAIN = [
    *[("bernoulli", (p,)) for p in (0.0, 1.0)],
    *[("binom", (n, p)) for n in (0.0, 1.0, 3.0) for p in (0.0, 1.0)],
    *[("nbinom", (n, 1.0)) for n in (1.0, 2.5)],
    ("geom", (1.0,)),
    ("poisson", (0.0,)),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "shapes"), CERTAIN)
@pytest.mark.parametrize("method", ["pmf", "logpmf", "cdf", "sf", "logcdf", "logsf"])
def test_slopes_of_counts_that_are_certain_are_the_measured_ones(name, shapes, method):
    library, last = getattr(scipy.stats, name), len(shapes)
    for count in (-1.0, 0.0, 1.0, 1.5, 2.0, 3.0, np.inf):
        args = (count, *shapes)
        expected = measured(getattr(library, method), args, last)
        if expected is not None:
            slope = ad.grad(getattr(getattr(stats, name), method), last)(*args)
            assert slope == pytest.approx(expected, rel=2e-3, abs=2e-3), count


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ["tstd", "tsem", "sem"])
@pytest.mark.filterwarnings("ignore:Precision loss")
def test_deviations_of_equal_entries_have_the_slope_0_as_std_has(name, dtype):
    deviation = getattr(stats, name)
    x = np.array([2, 2, 2], dtype)
    found, slope = ad.value_and_grad(deviation)(x)
    expected = getattr(scipy.stats, name)(x)
    assert (found, found.dtype) == (expected, expected.dtype) == (0, dtype)
    np.testing.assert_array_equal(slope, np.zeros(3, dtype), strict=True)
    assert np.isnan(deviation(ad.tensor(np.array([2.0, np.nan]))).numpy())
