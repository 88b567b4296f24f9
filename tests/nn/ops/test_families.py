"""Operations that take functions, that return what isn't unique, or that are refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
import nn
from nn import ops
from nn.distribution.sharing import on_share, share_of
from nn.layers.weight import Weight
from nn.ops.arrays import as_array, promoted

A = np.array([[2.0, 1.0], [1.0, 3.0]], np.float32)


def test_factors_multiply_to_the_matrix():
    values, vectors = ops.eigh(A)
    np.testing.assert_allclose(vectors * values @ vectors.T, A, rtol=1e-5)
    values, vectors = ops.eig(A)
    np.testing.assert_allclose(A @ vectors, vectors * values, rtol=1e-5)
    q, r = ops.qr(A)
    np.testing.assert_allclose(q @ r, A, rtol=1e-5)
    u, s, vh = ops.svd(A)
    np.testing.assert_allclose(u * s @ vh, A, rtol=1e-5)
    np.testing.assert_allclose(ops.svd(A, compute_uv=False), s, rtol=1e-5)


def test_lu_factors_are_those_of_scipy():
    linalg = pytest.importorskip("scipy.linalg")
    for found, expected in zip(ops.lu_factor(A), linalg.lu_factor(A), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_complex_numbers():
    z = ops.polar(2.0, np.float32(np.pi / 2))
    np.testing.assert_allclose([ops.real(z), ops.imag(z)], [0, 2], atol=1e-6)
    pairs = ops.view_as_real(ops.view_as_complex(A))
    np.testing.assert_array_equal(pairs, A)


def test_empty_arrays_have_a_shape_and_a_dtype():
    for values in ([], [[], []], ()):
        assert ops.convert_to_tensor(values).dtype == np.float32
        whole = ops.convert_to_tensor(values, "int32")
        assert (whole.dtype, whole.shape) == (np.int32, np.shape(values))
    assert ops.empty((2, 3)).shape == (2, 3)
    assert ops.empty_like(A, dtype="int32").dtype == np.int32
    assert not ops.empty((2, 3)).any()
    assert not ops.empty_like(A).any()


def test_extrema_of_segments_of_bools():
    rows = np.array([[True, True, False], [True, False, False], [False, True, False]])
    expected = [[True, True, False], [True, False, False], [False] * 3]
    np.testing.assert_array_equal(ops.segment_max(rows, [0, 1, 0], 3), expected)
    expected = [[False, True, False], [True, False, False], [True] * 3]
    np.testing.assert_array_equal(ops.segment_min(rows, [0, 1, 0], 3), expected)


def test_segments_without_rows_have_the_extreme_number_of_integers():
    rows, limits = np.array([1, 2], np.int32), np.iinfo(np.int32)
    assert ops.segment_max(rows, [0, 0], 2).tolist() == [2, limits.min]
    assert ops.segment_min(rows, [0, 0], 2).tolist() == [1, limits.max]


def test_bools_are_squared_and_clipped_as_whole_numbers():
    truths = np.array([True, False])
    for found in (ops.square(truths), ops.clip(truths, 0, 1)):
        assert (found.dtype, found.tolist()) == (np.int32, [1, 0])


def test_axes_and_lengths_may_be_in_lists_or_alone():
    x = np.arange(6.0).reshape(1, 6, 1)
    assert ops.reshape(x, -1).shape == (6,)
    assert ops.squeeze(x, [0, 2]).shape == (6,)
    assert ops.expand_dims(x, [0, -1]).shape == (1, 1, 6, 1, 1)
    np.testing.assert_allclose(ops.norm(x, axis=[1, 2]), np.sqrt([55.0]), rtol=1e-6)


def test_frames_weights_and_tensors_are_their_numbers():
    pandas = pytest.importorskip("pandas")
    weight = Weight(A, name="w")
    for numbers in (pandas.DataFrame(A), weight, A.tolist(), ad.tensor(A)):
        found = ops.convert_to_numpy(numbers)
        assert type(found) is np.ndarray
        np.testing.assert_array_equal(found, A, strict=True)
        assert ops.add(numbers, 1).tolist() == (A + 1).tolist()
    ops.convert_to_numpy(weight)[:] = 0  # a copy
    np.testing.assert_array_equal(weight.numpy(), A)


def test_texts_stay_texts():
    a, b = np.array(["a", "b"]), np.array(["a", "cd"])
    assert ops.equal(a, b).tolist() == [True, False]
    assert ops.concatenate([a, b]).tolist() == ["a", "b", "a", "cd"]
    assert ops.where(ops.equal(a, b), a, b).tolist() == ["a", "cd"]


def test_signed_and_unsigned_integers_of_64_bits_meet_in_float32():
    sums = ops.add(np.ones(2, np.uint64), np.ones(2, np.int64))
    assert (sums.dtype, sums.tolist()) == (np.float32, [2, 2])


def test_a_symbol_is_converted_to_a_dtype():
    symbol = nn.Input((3,))
    assert ops.convert_to_tensor(symbol) is symbol
    assert ops.convert_to_tensor(symbol, "int32").dtype == "int32"


def test_the_scale_of_a_normalization_may_differ_in_each_row():
    scale = np.array([[1, 2], [3, 5]], np.float32)
    np.testing.assert_array_equal(
        ops.rms_normalization(A, scale), ops.rms_normalization(A) * scale, strict=True
    )


def test_heads_of_keys_are_shared_by_several_of_queries():
    rng = np.random.default_rng(0)
    query = rng.normal(size=(2, 3, 6, 4)).astype("f")
    key, value = rng.normal(size=(2, 2, 5, 2, 4)).astype("f")
    np.testing.assert_array_equal(
        ops.dot_product_attention(query, key, value),
        ops.dot_product_attention(query, np.repeat(key, 3, 2), np.repeat(value, 3, 2)),
        strict=True,
    )


def test_partitions_have_the_smaller_numbers_first():
    x = np.array([5, 1, 4, 2, 3], np.float32)
    order = ops.argpartition(x, 2)
    assert set(x[order[:2]]) == {1, 2}
    assert x[order[2]] == 3


@pytest.mark.parametrize("dtype", ["uint8", "uint32", "int8", "bool", "float32"])
def test_the_largest_entries_of_every_dtype(dtype):
    x = np.array([[0, 3, 1, 2], [1, 0, 1, 0]]).astype(dtype)
    values, places = ops.top_k(x, 3)
    np.testing.assert_array_equal(values, np.sort(x, axis=-1)[:, ::-1][:, :3], strict=True)
    np.testing.assert_array_equal(np.take_along_axis(x, places, -1), values)
    assert places[1].tolist() == [0, 2, 1]


def test_of_equal_scores_all_are_among_the_largest():
    scores = np.array([[0.2, 0.2, 0.6], [0.5, 0.5, 0.0], [0.1, 0.4, 0.5]])
    assert ops.in_top_k([1, 1, 0], scores, 1).tolist() == [False, True, False]
    assert ops.in_top_k([1, 1, 0], scores, 2).tolist() == [True, True, False]


@pytest.mark.parametrize("shape", [(2, 3), (-1, 3), (2, -1), (-1, -1)])
def test_a_length_of_minus_one_is_the_rest(shape):
    x = np.arange(20.0).reshape(4, 5)
    stop = [None if n == -1 else start + n for start, n in zip((2, 1), shape, strict=True)]
    np.testing.assert_array_equal(ops.slice(x, (2, 1), shape), x[2 : stop[0], 1 : stop[1]])


def test_weights_lie_along_the_axis_of_a_mean():
    x = np.array([[1.0, 2.0, 3.0], [5.0, 6.0, 7.0]])
    np.testing.assert_allclose(ops.average(x, 0, [1.0, 3.0]), [4, 5, 6])
    np.testing.assert_allclose(ops.average(x, 1, [1.0, 0.0, 1.0]), [2, 6])


@pytest.mark.parametrize("block", [2, 3])
@pytest.mark.parametrize("function", [ops.depth_to_space, ops.space_to_depth])
def test_blocks_of_pixels_are_the_same_with_channels_first(function, block):
    x = np.arange(2.0 * 6 * 12 * block**2 * 2).reshape(2, 6, 12, block**2 * 2)
    first = function(np.moveaxis(x, -1, 1), block, data_format="channels_first")
    if function is ops.depth_to_space:
        np.testing.assert_array_equal(np.moveaxis(first, 1, -1), function(x, block))
    again = {ops.depth_to_space: ops.space_to_depth, ops.space_to_depth: ops.depth_to_space}
    back = again[function](first, block, data_format="channels_first")
    np.testing.assert_array_equal(np.moveaxis(back, 1, -1), x)


@pytest.mark.parametrize("upper", [False, True])
def test_the_inverse_of_a_matrix_by_either_factor(upper):
    factor = np.linalg.cholesky(A)
    found = ops.cholesky_inverse(factor.T if upper else factor, upper=upper)
    np.testing.assert_allclose(found, np.linalg.inv(A), rtol=1e-5)


def test_segments_by_hand():
    rows, places = np.array([3.0, 5.0, 2.0], np.float32), [0, 2, 0]
    assert ops.segment_prod(rows, places, 3).tolist() == [6, 1, 5]
    assert ops.segment_min(rows, places, 3).tolist() == [2, np.inf, 5]
    assert ops.segment_min(np.array([1, 2]), [0, 0]).tolist() == [1]
    assert ops.segment_sum(rows, [0, -1, 7], 2).tolist() == [3, 0]  # others are left out


def test_loops_by_hand():
    assert ops.while_loop(lambda i, total: i < 4, lambda i, total: (i + 1, total + i), (0, 0)) == (
        4, 6
    )  # fmt: skip
    assert ops.while_loop(lambda i: True, lambda i: i + 1, 0, maximum_iterations=3) == 3
    assert ops.fori_loop(1, 5, lambda i, product: product * i, 1) == 24
    last, all_totals = ops.scan(
        lambda total, x: (total + x, total + x), 0.0, np.arange(4, dtype=np.float32)
    )
    assert (last, all_totals.tolist()) == (6, [0, 1, 3, 6])
    assert ops.map(lambda x: x**2, np.arange(3)).tolist() == [0, 1, 4]
    assert ops.vectorized_map(np.sum, np.ones((2, 3))).tolist() == [3, 3]
    assert ops.vectorize(lambda x, y: x * y)(np.arange(3), 2).tolist() == [0, 2, 4]


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axes", [0, (0, 2)])
def test_moments_of_a_batch_that_is_one_share_are_those_of_any(axes, keepdims):
    x = np.random.default_rng(0).normal(size=(4, 3, 2))
    with on_share(share_of(4, 0, 1)):
        found = ops.moments(x, axes, keepdims, synchronized=True)
    for value, plain in zip(found, ops.moments(x, axes, keepdims), strict=True):
        np.testing.assert_allclose(value, plain, rtol=1e-12, strict=True)


@given(st.integers(1, 6), st.booleans(), st.sampled_from([0, 1]))
def test_associative_scans_are_running_sums(count, reverse, axis):
    x = np.arange(2.0 * count).reshape((count, 2) if axis == 0 else (2, count))
    turned = np.flip(x, axis) if reverse else x
    sums = np.cumsum(turned, axis)
    expected = np.flip(sums, axis) if reverse else sums
    np.testing.assert_array_equal(ops.associative_scan(np.add, x, reverse, axis), expected)


def test_branches():
    assert ops.cond(np.True_, lambda: 1, lambda: 2) == 1
    assert [ops.switch(i, [lambda x: x, lambda x: -x], 3) for i in (-1, 0, 1, 9)] == [3, 3, -3, -3]
    recorded = ad.jit(lambda x: ops.cond(x > 0, lambda: 2 * x, lambda: x**2))
    assert [recorded(3.0), recorded(-3.0)] == [6, 9]


def test_custom_gradients_replace_the_slope():
    @ops.custom_gradient
    def log1pexp(x):
        e = ops.exp(x)

        def grad(*args, upstream=None):
            (upstream,) = args if upstream is None else (upstream,)
            return upstream * (1 - 1 / (1 + e))

        return ops.log(1 + e), grad

    slope = ad.grad(lambda x: log1pexp(x).sum())(np.array([0.0, 1.0], np.float32))
    np.testing.assert_allclose(slope, [0.5, 0.731059], rtol=1e-5)
    jitted = ad.jit(ad.grad(lambda x: log1pexp(x).sum()))
    np.testing.assert_allclose(jitted(np.array([0.0, 1.0], np.float32)), slope)

    product = ops.custom_gradient(lambda x, y: (x * y, lambda g: (g, 7 * g)))
    assert ad.grad(product, argnums=(0, 1))(2.0, 3.0) == (1, 7)


def test_forward_slopes():
    assert ops.jvp(lambda x: x**2, [3.0], [1.0]) == (9, 6)
    with pytest.raises(NotImplementedError, match="has_aux=False"):
        ops.jvp(lambda x: (x, x), [3.0], [1.0], has_aux=True)


def test_conversions():
    weight = nn.Sequential([nn.layers.Dense(1, input_shape=(2,))]).weights[0]
    assert ops.convert_to_numpy(weight).shape == (2, 1)
    assert ops.is_tensor(np.ones(2))
    assert not ops.is_tensor([1, 2])
    assert ops.dtype(nn.Input(shape=(2,), dtype="int32")) == "int32"
    assert ops.shape(nn.Input(shape=(2,))) == (None, 2)
    assert ops.reshape(nn.Input(shape=(2, 3)), (None, 6)).shape == (None, 6)
    assert ops.add(weight, [[1], [2]]).dtype == np.float32
    x = ad.tensor(np.ones(2, np.float32))
    assert isinstance(as_array([x, 2 * x]), ad.Tensor)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ops.one_hot([1], 2, sparse=True), "no sparse tensors"),
        (lambda: ops.convert_to_tensor([1], ragged=True), "pad_sequences"),
        (lambda: ops.unique([1], size=3), "size=None"),
        (lambda: ops.unique([1], fill_value=0), "fill_value=None"),
        (lambda: ops.bincount([1], sparse=True), "no sparse tensors"),
        (lambda: ops.multi_hot([1], 2, sparse=True), "no sparse tensors"),
        (lambda: ops.convert_to_tensor([1], sparse=True), "no sparse tensors"),
    ],
)
def test_unsupported_options_are_refused(call, message):
    with pytest.raises(NotImplementedError, match=message):
        call()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ops.where(A > 0, 1), "expects both x1 and x2"),
        (lambda: ops.unstack(A, 3), "the length of axis 0, 2, got 3"),
        (lambda: ops.conv(np.ones((1, 2, 1)), np.ones((3, 1, 1))), "Use padding='same'"),
        (lambda: ops.conv(np.ones((1, 2, 1)), np.ones((1, 1, 1)), padding="full"), "'valid'"),
        (lambda: ops.max_pool(np.ones((1, 4, 1)), 2, data_format="last"), "channels_first"),
        (lambda: ops.depth_to_space(np.ones((1, 2, 2, 4)), 2, "first"), "channels_first"),
        (lambda: ops.space_to_depth(np.ones((1, 2, 2, 4)), 2, "first"), "channels_first"),
        (lambda: ops.depth_to_space(np.ones((1, 2, 2, 4)), 1), "at least 2 by 2 .*block_size=1"),
        (lambda: ops.space_to_depth(np.ones((1, 2, 2, 4)), 0), "at least 2 by 2 .*block_size=0"),
        (lambda: ops.max_pool(np.ones((1, 4, 1)), 2, padding="full"), "'same'"),
        (
            lambda: ops.conv_transpose(np.ones((1, 2, 1)), np.ones((1, 1, 1)), padding="full"),
            "'valid'",
        ),
        (lambda: ops.scatter_update(A, [[0, 0]], [1.0], "sub"), "None, 'add'"),
        (lambda: ops.binary_crossentropy(A, A[0]), r"one shape, got \(2, 2\) and \(2,\)"),
        (lambda: ops.stft(np.ones(9), 4, 2, 4, window="square"), "'hann'"),
    ],
)
def test_wrong_arguments_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_real_arrays_are_no_pairs():
    for wrong in (A, [A], (A, A, A)):
        with pytest.raises(TypeError, match="a pair of arrays"):
            ops.fft(wrong)


@given(st.sampled_from(["bool", "uint8", "int32", "int64", "float16", "float32", "float64"]))
def test_numbers_never_widen_arrays(name):
    x = np.ones(2, name)
    (of_int, _), (of_float, _) = promoted(x, 1), promoted(x, 1.5)
    assert of_int.dtype == (np.int32 if name == "bool" else name)
    assert of_float.dtype == (x.dtype if name.startswith("float") else np.float32)
    assert ops.sum(ops.multiply(x, 1.5)).dtype == of_float.dtype


def test_operations_are_part_of_functional_models():
    x = nn.Input(shape=(3, 2))
    pooled = ops.max(ops.relu(x), axis=1)
    joined = ops.concatenate([pooled, ops.mean(x, axis=1)], axis=-1)
    model = nn.Model(x, nn.layers.Dense(1, kernel_initializer="ones")(joined))
    data = np.array([[[1, 2], [3, -4], [-5, 6]]], np.float32)
    expected = 3 + 6 + (1 + 3 - 5) / 3 + (2 - 4 + 6) / 3
    np.testing.assert_allclose(model.predict(data, verbose=0), [[expected]], rtol=1e-6)
    assert [operation.name.split("_")[0] for operation in model.operations[1:4]] == [
        "relu", "max", "mean"
    ]  # fmt: skip
    model.compile("sgd", "mse")
    assert np.isfinite(model.fit(data, [1.0], verbose=0).history["loss"][0])


@given(
    st.integers(1, 4).flatmap(lambda n: st.tuples(st.just(n), st.sets(st.integers(0, n - 1)))),
    st.booleans(),
)
def test_scores_along_several_axes_become_probabilities_along_all_of_them(shape, all_axes):
    ndim, some = shape
    axes = None if all_axes or not some else tuple(some)
    x = np.random.default_rng(ndim).normal(size=(2, 3, 1, 4)[:ndim]).astype(np.float32)
    expected = np.exp(x) / np.exp(x).sum(axis=axes, keepdims=True)
    np.testing.assert_allclose(ops.softmax(x, axes), expected, rtol=1e-4)
    np.testing.assert_allclose(ops.log_softmax(x, axes), np.log(expected), rtol=1e-4, atol=1e-5)


def test_the_names_of_families_are_the_operations():
    from nn.ops.nn import relu
    from nn.ops.numpy import mean

    assert (relu, mean) == (ops.relu, ops.mean)
    for family in (ops.nn, ops.numpy):
        assert all(getattr(family, name) is getattr(ops, name) for name in dir(family))
    assert "softmax" in dir(ops.nn)
    assert "einsum" in dir(ops.numpy)
    for name in ("softmax", "no_such_name"):
        with pytest.raises(
            AttributeError, match=f"module 'nn.ops.numpy' has no attribute '{name}'"
        ):
            getattr(ops.numpy, name)


def test_the_logarithm_of_infinite_sums():
    rows = np.array([[1.0, 2.0], [-np.inf, -np.inf], [1.0, np.inf]])
    with np.errstate(divide="ignore"):
        found = nn.ops.logsumexp(rows, axis=-1)
    np.testing.assert_allclose(found, [np.logaddexp(1.0, 2.0), -np.inf, np.inf])
