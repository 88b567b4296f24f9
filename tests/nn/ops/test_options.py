"""Options of operations that NumPy doesn't have, by hand: other axes, formats, steps, windows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn import ops, tree
from tests.laws.table import examples


def test_scores_of_attention_are_limited_smoothly():
    query, key, value = np.random.default_rng(0).normal(size=(3, 2, 4, 1, 5)).astype("f")
    found = ops.dot_product_attention(query, key, value, scale=2.0, attn_logits_soft_cap=1.5)
    scores = 2 * query[:, :, 0] @ key[:, :, 0].swapaxes(1, 2)
    expected = ops.softmax(1.5 * np.tanh(scores / 1.5)) @ value[:, :, 0]
    np.testing.assert_allclose(found[:, :, 0], expected, rtol=1e-5)
    with pytest.raises(NotImplementedError, match="flash_attention=False"):
        ops.dot_product_attention(query, key, value, flash_attention=True)


def test_labels_by_hand():
    scores = np.log(np.array([[[6, 3, 1], [6, 3, 1], [1, 3, 6], [3, 6, 1], [1, 6, 3]]], "f"))
    for options, expected in (
        ({}, [2, 1, -1, -1, -1]),
        ({"merge_repeated": False}, [2, 1, 1, -1, -1]),
        ({"mask_index": 2}, [0, 1, -1, -1, -1]),
        ({"mask_index": 1}, [0, 2, -1, -1, -1]),
    ):
        labels, total = ops.ctc_decode(scores, [5], **options)
        assert labels.tolist() == [[expected]]
        np.testing.assert_allclose(total, [[-5 * np.log(6)]], rtol=1e-6)
    labels, total = ops.ctc_decode(scores, [3])
    assert labels.tolist() == [[[2, -1, -1, -1, -1]]]
    np.testing.assert_allclose(total, [[-3 * np.log(6)]], rtol=1e-6)
    with pytest.raises(NotImplementedError, match="strategy='greedy', got 'beam_search'"):
        ops.ctc_decode(scores, [5], strategy="beam_search")


ALONG = {  # operations of one array that work along an axis, and options
    "softmax": {}, "log_softmax": {}, "sparsemax": {}, "glu": {}, "normalize": {"order": 3},
    "layer_normalization": {"epsilon": 0.1}, "rms_normalization": {"epsilon": 0.1},
}  # fmt: skip


@pytest.mark.parametrize("name", ALONG)
@pytest.mark.parametrize("axis", [0, 1, -2])
def test_an_axis_may_be_any(name, axis):
    x = np.random.default_rng(1).normal(size=(2, 6, 4)).astype("f")
    function, options = getattr(ops, name), ALONG[name]
    moved = function(np.moveaxis(x, axis, -1), axis=-1, **options)
    found = function(x, axis=axis, **options)
    np.testing.assert_allclose(found, np.moveaxis(moved, -1, axis), rtol=1e-5, atol=1e-6)


SLIDING = {  # the shapes of kernels, and options
    "conv": ([(3, 2, 4, 5)], {"strides": 2, "padding": "same"}),
    "depthwise_conv": ([(3, 2, 4, 2)], {"dilation_rate": 2}),
    "separable_conv": ([(3, 2, 4, 2), (1, 1, 8, 3)], {"strides": 2, "padding": "same"}),
    "conv_transpose": ([(3, 2, 5, 4)], {"strides": 2, "output_padding": (1, 0)}),
    "max_pool": ([], {"pool_size": (3, 2), "strides": 2, "padding": "same"}),
    "average_pool": ([], {"pool_size": (3, 2), "strides": 1, "padding": "same"}),
    "adaptive_max_pool": ([], {"output_size": (3, 2)}),
    "adaptive_average_pool": ([], {"output_size": (3, 2)}),
}


@pytest.mark.parametrize("name", SLIDING)
def test_channels_may_come_first(name):
    shapes, options = SLIDING[name]
    rng, function = np.random.default_rng(2), getattr(ops, name)
    x, *kernels = (rng.normal(size=shape).astype("f") for shape in [(2, 7, 6, 4), *shapes])
    expected = function(x, *kernels, **options)
    first = {**options, "data_format": "channels_first"}
    found = function(np.moveaxis(x, -1, 1), *kernels, **first)
    np.testing.assert_allclose(np.moveaxis(found, 1, -1), expected, rtol=1e-5, atol=1e-5)
    if "strides" in options and "pool" not in name and name != "conv_transpose":
        dense = function(x, *kernels, **{**options, "strides": 1, "padding": "valid"})
        sparse = function(x, *kernels, **{**options, "padding": "valid"})
        np.testing.assert_allclose(sparse, dense[:, ::2, ::2], rtol=1e-5, atol=1e-5)


@given(st.integers(1, 3), st.integers(0, 2), st.integers(1, 3), st.integers(1, 3))
@examples(20)
def test_folding_is_the_transpose_of_unfolding(dilation, padding, stride, size):
    rng = np.random.default_rng(size)
    x, options = rng.normal(size=(2, 3, 8, 9)), (size, dilation, padding, stride)
    seen = ops.unfold(x, *options)
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    reach = (size - 1) * dilation + 1
    places = [
        (i, j)
        for i in range(0, 8 + 2 * padding - reach + 1, stride)
        for j in range(0, 9 + 2 * padding - reach + 1, stride)
    ]
    by_hand = [
        padded[:, :, i : i + reach : dilation, j : j + reach : dilation].reshape(2, -1)
        for i, j in places
    ]
    np.testing.assert_allclose(seen, np.stack(by_hand, axis=-1), rtol=1e-6)
    parts = rng.normal(size=seen.shape)
    back = ops.fold(parts, (8, 9), *options)
    assert np.sum(back * x) == pytest.approx(np.sum(parts * seen))


def test_cross_entropies_along_another_axis():
    rng = np.random.default_rng(3)
    labels = rng.integers(0, 3, (2, 4))
    scores = rng.normal(size=(2, 3, 4)).astype("f")
    hot = np.moveaxis(np.eye(3, dtype="f")[labels], -1, 1)
    expected = -np.log(np.take_along_axis(ops.softmax(scores, 1), labels[:, None], 1)[:, 0])
    for outputs, from_logits in ((scores, True), (3 * ops.softmax(scores, 1), False)):
        options = {"from_logits": from_logits, "axis": 1}
        found = ops.sparse_categorical_crossentropy(labels, outputs, **options)
        np.testing.assert_allclose(found, expected, rtol=1e-5)
        found = ops.categorical_crossentropy(hot, outputs, **options)
        np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_single_rows_and_other_axes_of_hot_vectors():
    assert ops.multi_hot([0, 2], 4).tolist() == [1, 0, 1, 0]
    assert ops.multi_hot([[0, 2], [1, 1]], 3, dtype="int32").tolist() == [[1, 0, 1], [0, 1, 0]]
    assert ops.multi_hot([0, 2], 4, dtype="bool").dtype == bool
    x = np.array([[0, 2, 5], [-1, 1, 1]])
    for axis in (-1, 0, 1, 2):
        found = np.moveaxis(ops.one_hot(x, 3, axis, "int32"), axis, -1)
        np.testing.assert_array_equal(found, x[..., None] == np.arange(3))
        assert found.dtype == np.int32
    with pytest.raises(TypeError, match="Write the number of classes"):
        ops.multi_hot([0])


def test_windows_and_centers_of_short_transforms():
    x = np.random.default_rng(4).normal(size=17).astype("f")
    ones = np.ones(6, "f")
    for window, weights in (
        (None, ones), (ones * 2, ones * 2), ("hann", np.hanning(7)[:-1]),
        ("hamming", np.hamming(7)[:-1]),
    ):  # fmt: skip
        real, imaginary = ops.stft(x, 6, 3, 8, window, center=False)
        padded = np.pad(weights, (1, 1))
        expected = [np.fft.rfft(x[i : i + 8] * padded) for i in range(0, 10, 3)]
        np.testing.assert_allclose(real + 1j * imaginary, expected, rtol=1e-4, atol=1e-5)
        centered = ops.stft(x, 6, 3, 8, window)
        wide = ops.stft(np.pad(x, 4, "reflect"), 6, 3, 8, window, center=False)
        for a, b in zip(centered, wide, strict=True):
            np.testing.assert_array_equal(a, b)
    with pytest.raises(ValueError, match="window of sequence_length=6 numbers"):
        ops.stft(x, 6, 3, 8, np.ones(8))


DTYPES = ("bool", "int8", "uint8", "int32", "uint32", "int64", "float16", "float32", "float64")


def limits(dtype):
    if np.dtype(dtype).kind == "b":
        return 0, 1
    if np.dtype(dtype).kind in "iu":
        return int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)
    return float(np.finfo(dtype).min), float(np.finfo(dtype).max)


@pytest.mark.parametrize("source", DTYPES)
@pytest.mark.parametrize("target", DTYPES)
def test_numbers_beyond_the_range_of_a_dtype_become_its_limits(target, source):
    x = np.array([*limits(source), 0, 1], source)
    found = ops.saturate_cast(x, target)
    assert found.dtype == target
    low, high = limits(target)
    for value, number in zip(x.tolist(), found.tolist(), strict=True):
        wanted = min(max(value, low), high)
        if np.dtype(source).kind in "biu" and np.dtype(target).kind in "biu":
            assert number == wanted
        else:
            assert number == pytest.approx(float(wanted), rel=1e-3)
            assert low <= number <= high


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("minlength", [0, 2, 5])
def test_bincount_of_rows_is_that_of_each_row(weighted, minlength):
    x = np.array([[0, 3, 3, 1], [1, 1, 0, 0]])
    weights = np.arange(8, dtype=np.float32).reshape(2, 4) if weighted else None
    expected = np.zeros((2, max(4, minlength)), np.float32 if weighted else np.int32)
    for place in np.ndindex(x.shape):
        expected[place[0], x[place]] += weights[place] if weighted else 1
    np.testing.assert_array_equal(ops.bincount(x, weights, minlength), expected, strict=True)
    assert ops.bincount(np.zeros((2, 0), int), None, minlength).shape == (2, minlength)


@pytest.mark.parametrize(
    ("numbers", "dtype", "expected"),
    [
        ((3,), "int32", [0, 1, 2]),
        ((2.5,), "float32", [0, 1, 2]),
        ((1, 3.5), "float32", [1, 2, 3]),
        ((1.5, 4), "float32", [1.5, 2.5, 3.5]),
        ((1, 3, 0.5), "float32", [1, 1.5, 2, 2.5]),
        ((5, 0, -2), "int32", [5, 3, 1]),
        ((1, np.float64(3)), "float64", [1, 2]),
        ((np.float16(1), 3, 1), "float16", [1, 2]),
        ((1, 3, np.uint8(1)), "uint8", [1, 2]),
    ],
)
def test_each_number_of_arange_counts_for_its_dtype(numbers, dtype, expected):
    found = ops.arange(*numbers)
    assert found.tolist() == expected
    assert found.dtype == dtype


@pytest.mark.parametrize("size", [(5, 2), (2, 6)])
@pytest.mark.parametrize(
    "function",
    [
        lambda x, size: ops.max_pool(x, size),
        lambda x, size: ops.conv(x, np.zeros((*size, 2, 3), np.float32)),
        lambda x, size: ops.depthwise_conv(x, np.zeros((*size, 2, 1), np.float32)),
        lambda x, size: ops.image.extract_patches(x, size),
        lambda x, size: ops.unfold(np.moveaxis(x, -1, 1), size),
        lambda x, size: ops.fold(x[..., 0], x.shape[1:3], size),
    ],
)
def test_windows_larger_than_the_image_are_refused(function, size):
    message = rf"the window of \({size[0]}, {size[1]}\) fits into, got axes of \(4, 5\)"
    with pytest.raises(ValueError, match=message):
        function(np.zeros((1, 4, 5, 2), np.float32), size)


def test_windows_that_see_the_padding_too_may_be_larger_than_the_image():
    x = np.ones((1, 2, 4, 5), np.float32)
    assert ops.unfold(x, (6, 7), padding=1).shape == (1, 84, 1)
    assert ops.max_pool(x, (7, 6), padding="same", data_format="channels_first").shape[2:] == (1, 1)


@pytest.mark.parametrize(
    "function",
    [
        lambda a, b: ops.solve(a, b),
        lambda a, b: ops.solve(a, b[:, 0]),
        lambda a, b: ops.solve_triangular(a, b),
        lambda a, b: ops.lstsq(a, b),
        lambda a, b: ops.inv(a),
        lambda a, b: ops.pinv(a),
        lambda a, b: ops.det(a),
        lambda a, b: ops.cholesky(a),
        lambda a, b: ops.norm(b),
        lambda a, b: ops.normalize(b),
        lambda a, b: ops.qr(a),
        lambda a, b: ops.eigh(a),
        lambda a, b: ops.svd(a, compute_uv=False),
        lambda a, b: ops.logdet(a),
        lambda a, b: ops.slogdet(a),
    ],
)
@pytest.mark.parametrize("dtype", ["int32", "int64", "uint8"])
def test_matrices_of_whole_numbers_are_computed_in_float32(function, dtype):
    a, b = np.array([[4, 1], [1, 3]], dtype), np.array([[1, 2, 3], [4, 5, 6]], dtype)
    found, expected = function(a, b), function(a.astype("f"), b.astype("f"))
    for x, y in zip(tree.leaves(found), tree.leaves(expected), strict=True):
        assert x.dtype == np.float32
        np.testing.assert_allclose(x, y, rtol=1e-5)
