"""Arrays that functions of ``scipy.ndimage`` fill are refused, and never written beside a trace."""

import numpy as np
import pytest

import autodiff as ad
from tests.laws.oracle import as_traced

plain = pytest.importorskip("scipy.ndimage")
from autodiff.scipy import ndimage  # noqa: E402 - SciPy may be missing

WHOLE = np.arange(12).reshape(3, 4) % 5
CALLS = {
    "a shift": (lambda m, x, z: m.shift(x, 1, z), WHOLE),
    "a shift of floats": (lambda m, x, z: m.shift(x, 1, output=z), WHOLE / 2),
    "differences": (lambda m, x, z: m.prewitt(x, output=z), WHOLE),
    "a Gaussian": (lambda m, x, z: m.gaussian_laplace(x, 0.5, z), WHOLE),
    "a median": (lambda m, x, z: m.median_filter(x, 2, output=z), WHOLE / 2),
    "an erosion": (lambda m, x, z: m.binary_erosion(x, np.ones((1, 2)), output=z), WHOLE > 1),
    "distances": (lambda m, x, z: m.distance_transform_edt(x, distances=z), WHOLE > 0),
    "taxicab distances": (lambda m, x, z: m.distance_transform_cdt(x, distances=z), WHOLE > 0),
    "a spline": (lambda m, x, z: m.spline_filter(x, 3, z), WHOLE / 2),
    "a spectrum": (lambda m, x, z: m.fourier_gaussian(x, 0.5, output=z), WHOLE / 2),
}


@pytest.mark.parametrize("name", CALLS)
def test_an_array_to_fill_is_refused(name):
    call, x = CALLS[name]
    expected = np.zeros(x.shape, np.int32 if name == "taxicab distances" else float)
    call(plain, x, expected)
    assert expected.any()  # SciPy fills it
    filled = np.zeros_like(expected)
    for traced, z in (
        (lambda x, z: call(ndimage, as_traced(x), z), filled),
        (lambda x, z: call(ndimage, x, as_traced(z)), filled),
        (ad.jit(lambda x, z: call(ndimage, x, z)), filled),
        (ad.jit(lambda x: call(ndimage, x, filled)), None),
    ):
        with pytest.raises(NotImplementedError, match=r"test_arrays_to_fill\.py:\d+.* Assign"):
            traced(x, z) if z is not None else traced(x)
    assert not filled.any()


def test_coordinates_to_fill_are_refused():
    coordinates = np.zeros((2, *WHOLE.shape), np.int32)
    with pytest.raises(NotImplementedError, match=r"got indices= at .*test_arrays_to_fill"):
        ndimage.distance_transform_edt(as_traced(WHOLE), return_indices=True, indices=coordinates)


@pytest.mark.parametrize("output", [np.float32, "int8", np.dtype(float)])
def test_whole_numbers_take_a_dtype_as_output(output):
    expected = plain.sobel(WHOLE, output=output)
    ours = ndimage.sobel(as_traced(WHOLE), output=output)
    assert ours.dtype == expected.dtype
    np.testing.assert_array_equal(ours.numpy(), expected)


@pytest.mark.parametrize("radius", [1.1, 2.0, -1, np.float32(1)])
def test_a_radius_is_a_whole_number_of_0_or_more(radius):
    for smooth in (plain.gaussian_filter1d, plain.gaussian_filter):
        with pytest.raises(ValueError, match="nonnegative integer"):
            smooth(WHOLE / 2, 1.0, radius=radius)
    for smooth in (ndimage.gaussian_filter1d, ndimage.gaussian_filter):
        with pytest.raises(ValueError, match="a whole radius of 0 or more"):
            smooth(ad.tensor(WHOLE / 2), 1.0, radius=radius)
