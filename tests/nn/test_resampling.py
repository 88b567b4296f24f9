"""Parts of an axis and values between entries, of whole numbers as well."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from nn.layers import AdaptiveAveragePooling1D, Resizing, UpSampling2D
from nn.ops.image import resize
from nn.resampling import METHODS, along, cubic, interpolation, lanczos, largest, matrix, means

WHOLE = [np.int64, np.int8, np.uint8, bool]


def parts_of(length, count):
    """Return the entries of each part of an axis, by where their edges lie."""
    places = np.arange(length)
    return [(places + 1 > i * length / count) & (places < (i + 1) * length / count)
            for i in range(count)]  # fmt: skip


@pytest.mark.parametrize("dtype", WHOLE)
@given(st.integers(1, 5), st.integers(1, 7), st.integers(0, 2**32 - 1))
def test_whole_numbers_are_multiplied_by_fractions(dtype, length, new, seed):
    x = np.random.default_rng(seed).integers(0, 100, (2, length)).astype(dtype)
    factors, count = interpolation(length, new), min(new, length)
    averages = np.stack([x[:, part].mean(1) for part in parts_of(length, count)], 1)
    for z, expected in ((along(x, factors, 1), x @ factors), (means(x, count, 1), averages)):
        assert z.dtype == np.float32
        assert_allclose(z, expected, rtol=1e-5)


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
    expected = [x[0, part, 0].max() for part in parts_of(length, count)]
    assert_array_equal(largest(x, count, 1)[0, :, 0], expected)


@pytest.mark.parametrize("hole", [np.nan, np.inf])
def test_the_mean_of_a_part_does_not_depend_on_others(hole):
    x = np.array([1.0, 2.0, hole, 4.0, 6.0]).reshape(1, 5, 1)
    assert_array_equal(np.ravel(AdaptiveAveragePooling1D(3)(x)), [1.5, hole, 5])


@pytest.mark.parametrize("method", ["nearest", "bilinear"])
@given(st.integers(1, 6), st.integers(0, 6))
def test_axes_that_get_longer_are_not_averaged(method, length, more):
    plain, smoothed = (matrix(method, length, length + more, smooth) for smooth in (False, True))
    assert_allclose(smoothed, plain, atol=1e-12)


lengths = st.integers(1, 7)


@pytest.mark.parametrize("antialias", [False, True])
@pytest.mark.parametrize("method", METHODS)
@given(lengths, lengths)
def test_weights_add_up_to_1_and_are_the_same_from_both_ends(method, antialias, length, new):
    table = matrix(method, length, new, antialias)
    assert table.shape == (length, new)
    assert_allclose(table.sum(axis=0), 1)
    if method != "nearest":
        assert_allclose(table[::-1, ::-1], table, atol=1e-12)


def keys(x, a):
    """Return the cubic polynomial of Keys 1981 at a distance."""
    x = abs(x)
    if x <= 1:
        return (a + 2) * x**3 - (a + 3) * x**2 + 1
    return a * x**3 - 5 * a * x**2 + 8 * a * x - 4 * a if x < 2 else 0.0


def windowed(x, radius):
    return np.sinc(x) * np.sinc(x / radius) if abs(x) < radius else 0.0


@given(lengths, lengths)
def test_cubic_and_lanczos_weights_by_their_definitions(length, new):
    step = length / new
    stretch = max(step, 1)
    for place in range(new):
        center = (place + 0.5) * step
        away = np.arange(length) + 0.5 - center
        repeated = np.zeros(length)
        for entry in range(-4, length + 4):  # those beyond the ends are those at the ends
            repeated[np.clip(entry, 0, length - 1)] += keys(entry + 0.5 - center, -0.75)
        assert_allclose(cubic(length, new)[:, place], repeated, atol=1e-12)
        smooth = np.array([keys(x / stretch, -0.5) for x in away])
        found = matrix("bicubic", length, new, antialias=True)[:, place]
        assert_allclose(found, smooth / smooth.sum(), atol=1e-12)
        triangle = np.maximum(1 - abs(away) / stretch, 0)
        found = matrix("bilinear", length, new, antialias=True)[:, place]
        assert_allclose(found, triangle / triangle.sum(), atol=1e-12)
        for radius in (3, 5):
            for antialias, divisor in ((False, 1), (True, stretch)):
                weights = np.array([windowed(x / divisor, radius) for x in away])
                found = lanczos(length, new, radius, antialias)[:, place]
                assert_allclose(found, weights / weights.sum(), atol=1e-12)
                assert_array_equal(
                    matrix(f"lanczos{radius}", length, new, antialias)[:, place], found
                )


def test_axes_are_multiplied_where_they_are():
    x = np.arange(24.0).reshape(2, 3, 4)
    for axis in (0, 1, 2, -1, -2):
        factors = np.arange(5.0 * x.shape[axis]).reshape(x.shape[axis], 5)
        expected = np.moveaxis(np.moveaxis(x, axis, -1) @ factors, -1, axis)
        assert_array_equal(along(x, factors, axis), expected)
    assert along(x.astype(np.float32), np.eye(3), 1).dtype == np.float32
    assert along(x.astype(np.complex64), np.eye(3), 1).dtype == np.complex64


@pytest.mark.slow
@pytest.mark.parametrize("antialias", [False, True])
@pytest.mark.parametrize("method", ["lanczos3", "lanczos5", "bilinear"])
def test_sizes_are_those_of_jax(jax, method, antialias):
    x = np.random.default_rng(0).normal(size=(2, 7, 5, 1)).astype("f")
    for new in ((3, 11), (1, 5)):
        expected = jax.image.resize(x, (2, *new, 1), method, antialias)
        assert_allclose(resize(x, new, method, antialias), expected, atol=1e-5)
