"""SciPy's functions at arguments that they are rarely given."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import autodiff as ad
from autodiff.scipy import integrate, interpolate, linalg, signal, spatial, special, stats
from autodiff.scipy.spatial import distance

COMPLEX = np.array([1 + 2j, 2 - 1j, 0.5j, 3.0])
REAL = np.array([0.5, 1.5, 2.5, 1.0])
OF_REAL_NUMBERS = {
    "tvar": lambda z: stats.tvar(z),
    "tstd": lambda z: stats.tstd(z),
    "tsem": lambda z: stats.tsem(z),
    "gstd": lambda z: stats.gstd(z),
    "entropy": lambda z: stats.entropy(z),
    "wasserstein_distance": lambda z: stats.wasserstein_distance(z, REAL),
    "energy_distance": lambda z: stats.energy_distance(REAL, z),
    "chirp": lambda z: signal.chirp(z, 1.0, 2.0, 3.0),
    "pearsonr": lambda z: stats.pearsonr(z, REAL),
    "euclidean": lambda z: distance.euclidean(REAL, z, REAL),
    "minkowski": lambda z: distance.minkowski(z, REAL, 3),
    "cosine": lambda z: distance.cosine(z, REAL),
    "correlation": lambda z: distance.correlation(REAL, z),
    "cdist": lambda z: distance.cdist(z[None], REAL[None]),
    "pdist": lambda z: distance.pdist(np.stack([z, REAL])),
    "distance_matrix": lambda z: spatial.distance_matrix(z[None], REAL[None]),
}


@pytest.mark.parametrize("name", OF_REAL_NUMBERS)
def test_functions_of_real_numbers_refuse_complex_ones(name):
    with pytest.raises(TypeError, match=rf"{name} takes real .* at test_real\.py:\d+"):
        OF_REAL_NUMBERS[name](ad.tensor(COMPLEX))


@pytest.mark.parametrize("n", [-5, 0, 2.5, 3, np.array([3, -1, 0, 4])])
def test_the_dirichlet_kernel_is_nan_where_its_order_is_not_positive(n):
    x = np.array([0.5, -3.0, 1.0, 2.0], np.float32)
    assert_allclose(special.diric(ad.tensor(x), n).numpy(), special.diric(x, n), rtol=1e-6)


@pytest.mark.parametrize("axis", [0, 1])
def test_running_integrals_of_one_sample_begin_at_0(axis):
    y = np.ones((1, 1, 4))
    z = integrate.cumulative_trapezoid(ad.tensor(y), axis=axis, initial=0)
    assert_array_equal(z.numpy(), integrate.cumulative_trapezoid(y, axis=axis, initial=0))


def test_sums_of_singular_values_of_stacked_matrices():
    a, b = np.random.default_rng(0).normal(size=(2, 4, 3, 2))
    rotations, sizes = linalg.orthogonal_procrustes(ad.tensor(a), b)
    for number in range(4):
        expected = linalg.orthogonal_procrustes(a[number], b[number])
        assert_allclose(rotations[number].numpy(), expected[0])
        assert_allclose(sizes[number].item(), expected[1])


def test_distances_of_distributions_that_broadcast():
    p, q = np.random.default_rng(0).uniform(1, 2, (1, 3, 2)), np.arange(1.0, 7).reshape(3, 2)
    for options in ({}, {"base": 2.0, "keepdims": True}, {"axis": -1}):
        expected = distance.jensenshannon(p, q, **options)
        assert_allclose(distance.jensenshannon(ad.tensor(p), q, **options).numpy(), expected)


def test_polynomials_through_complex_values_keep_their_imaginary_part():
    x = np.array([0.0, 1.0, 2.0, 3.0])
    z = interpolate.barycentric_interpolate(x, ad.tensor(COMPLEX), 1.5)
    assert_allclose(z.item(), interpolate.barycentric_interpolate(x, COMPLEX, 1.5))


def test_toeplitz_matrices_of_masks_are_masks():
    mask = ad.tensor(REAL) > 1
    assert_array_equal(linalg.toeplitz(mask).numpy(), linalg.toeplitz(REAL > 1))
    assert linalg.toeplitz(mask).dtype == bool


def test_no_numbers_have_no_distances():
    assert linalg.fiedler(ad.tensor(np.zeros(0))).shape == linalg.fiedler(np.zeros(0)).shape


def test_equal_samples_have_an_energy_distance_of_slope_0():
    x = np.array([1.0, 3.0, 2.0])
    assert_array_equal(ad.grad(lambda x: stats.energy_distance(x, x[::-1]))(x), np.zeros(3))
