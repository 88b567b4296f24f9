"""Parts of an axis and values between entries, of whole numbers as well."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from nn.layers import AdaptiveAveragePooling1D, Resizing, UpSampling2D
from nn.ops.image import resize
from nn.resampling import along, averages, interpolation, largest, matrix

WHOLE = [np.int64, np.int8, np.uint8, bool]


@pytest.mark.parametrize("dtype", WHOLE)
@given(st.integers(1, 5), st.integers(1, 7), st.integers(0, 2**32 - 1))
def test_whole_numbers_are_multiplied_by_fractions(dtype, length, new, seed):
    x = np.random.default_rng(seed).integers(0, 100, (2, length)).astype(dtype)
    for factors in (averages(length, min(new, length)), interpolation(length, new)):
        z = along(x, factors, 1)
        assert z.dtype == np.float32
        assert_allclose(z, x @ factors, rtol=1e-5)


@pytest.mark.parametrize("dtype", WHOLE[:3])
def test_layers_of_whole_numbers_return_what_keras_does(dtype):
    x = np.array([4, 3, 2, 0], dtype).reshape(1, 1, 4, 1)
    wide = UpSampling2D((1, 2), interpolation="bilinear")(x)
    assert wide.dtype == dtype
    assert_array_equal(np.ravel(wide), [4, 4, 3, 3, 2, 2, 0, 0])
    assert_array_equal(np.ravel(Resizing(1, 2)(x)), [4, 1])
    assert_array_equal(np.ravel(AdaptiveAveragePooling1D(2)(x[0])), [3.5, 1.0])


@given(st.integers(1, 9), st.data())
def test_the_largest_of_each_part(length, data):
    count = data.draw(st.integers(1, length))
    x = np.random.default_rng(length).permutation(length).astype(float)[np.newaxis, :, np.newaxis]
    expected = [
        x[0, table > 0, 0].max() for table in averages(length, count).T
    ]  # whose entries are those of a part
    assert_array_equal(largest(x, count, 1)[0, :, 0], expected)


@pytest.mark.parametrize("method", ["nearest", "bilinear"])
@given(st.integers(1, 6), st.integers(0, 6))
def test_axes_that_get_longer_are_not_averaged(method, length, more):
    plain, smoothed = (matrix(method, length, length + more, smooth) for smooth in (False, True))
    assert_allclose(smoothed, plain, atol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("antialias", [False, True])
@pytest.mark.parametrize("method", ["lanczos3", "lanczos5", "bilinear"])
def test_sizes_are_those_of_jax(jax, method, antialias):
    x = np.random.default_rng(0).normal(size=(2, 7, 5, 1)).astype("f")
    for new in ((3, 11), (1, 5)):
        expected = jax.image.resize(x, (2, *new, 1), method, antialias)
        assert_allclose(resize(x, new, method, antialias), expected, atol=1e-5)
