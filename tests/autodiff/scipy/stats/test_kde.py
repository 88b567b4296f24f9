"""Kernel density estimates, of plain and of traced data."""

import numpy as np
import pytest
import scipy.stats

import autodiff as ad
from autodiff.scipy import stats

pytestmark = pytest.mark.filterwarnings("ignore::numpy.exceptions.ComplexWarning")

RANDOM = np.random.default_rng(0)
DATA, POINTS = RANDOM.normal(size=(2, 6)), RANDOM.normal(size=(2, 4))
WEIGHTS = RANDOM.uniform(0.5, 1, 6)


@pytest.mark.slow
@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["equal", "weighted"])
@pytest.mark.parametrize("bandwidth", [None, "silverman", 0.7])
def test_values_are_those_of_scipy(bandwidth, weights):
    theirs = scipy.stats.gaussian_kde(DATA, bandwidth, weights)
    ours = stats.gaussian_kde(DATA, bandwidth, weights)
    traced = stats.gaussian_kde(ad.tensor(DATA), bandwidth, weights)
    np.testing.assert_array_equal(ours(POINTS), theirs(POINTS))
    for found in (ours(ad.tensor(POINTS)), traced(POINTS)):
        np.testing.assert_allclose(found.numpy(), theirs(POINTS), rtol=1e-12)
    for found in (ours.logpdf(ad.tensor(POINTS)), traced.logpdf(POINTS)):
        np.testing.assert_allclose(found.numpy(), theirs.logpdf(POINTS), rtol=1e-12)
    np.testing.assert_allclose(
        ours.pdf(ad.tensor(POINTS[:, 0])).numpy(), theirs.pdf(POINTS[:, 0]), rtol=1e-12
    )


@pytest.mark.slow
def test_slopes_are_the_measured_ones():
    def density(data, weights, points, bandwidth):
        return stats.gaussian_kde(data, bandwidth, weights)(points)

    ad.check_grads(density, DATA[:, :3], WEIGHTS[:3], POINTS[:, 0], 0.8, order=1)
    ad.check_grads(lambda data, x: stats.gaussian_kde(data)(x), DATA[0, :3], 0.5, order=1)


def test_it_is_scipys_class_and_refuses_what_has_no_slope():
    kde = stats.gaussian_kde(DATA[0])
    assert isinstance(kde, scipy.stats.gaussian_kde)
    assert kde.integrate_box_1d(-9, 9) == pytest.approx(1.0)
    with pytest.raises(NotImplementedError, match="Use its density at points"):
        stats.gaussian_kde(ad.tensor(DATA[0])).resample(3)
    with pytest.raises(NotImplementedError, match="bandwidths 'scott', 'silverman'"):
        stats.gaussian_kde(ad.tensor(DATA[0]), lambda kde: 1.0)
