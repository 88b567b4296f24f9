"""Operations of one or two arrays refuse what isn't an array of numbers, strings or bools."""

import inspect

import numpy as np
import pytest

import nn
from nn import ops
from tests.nn.odd_inputs import ROWS, odd_inputs

KINDS = [
    "a dictionary", "nothing", "a generator", "a set", "rows of several lengths", "dates",
    "a list of dates", "durations", "a large number",
]  # fmt: skip
ANYTHING = {"custom_gradient", "is_tensor", "linear", "stop_gradient", "shape", "while_loop"}


def arrays_of(operation):
    """Return the number of required parameters if these are named as arrays are."""
    required = [
        name
        for name, p in inspect.signature(operation).parameters.items()
        if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD
    ]
    return len(required) if required in (["x"], ["x1", "x2"], ["x", "y"]) else 0


OPERATIONS = {
    name: operation
    for name, operation in vars(nn.ops).items()
    if inspect.isfunction(operation) and arrays_of(operation) and name not in ANYTHING
}


def test_there_are_many_operations_of_arrays():
    assert len(OPERATIONS) > 150


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_an_array_is_refused(kind):
    for name, operation in OPERATIONS.items():
        value, part = odd_inputs()[kind]
        arguments = [value, ROWS][: arrays_of(operation)]
        message = f"expected (x|a pair|a real).*({part}|got ndarray|got list|one shape)"
        if name == "stack" and kind in ("a generator", "rows of several lengths"):
            continue  # a list of arrays; NumPy says what is wrong
        with pytest.raises((TypeError, ValueError), match=message):
            assert operation(*arguments) is NotImplemented, name


@pytest.mark.parametrize("name", ["leaky_relu", "elu", "celu", "soft_shrink", "squareplus"])
@pytest.mark.parametrize("parameter", [2, 2.0, np.int32(2), np.array([2, 2])])
def test_parameters_of_activations_do_not_widen(name, parameter):
    for x in (np.array([-1.0, 3.0], np.float32), np.array([-1, 3])):
        z = getattr(ops, name)(x, parameter)
        assert z.dtype == np.float32
        np.testing.assert_array_equal(z, getattr(ops, name)(np.float32(x), 2.0))


def test_quotients_by_a_number_keep_the_dtype():
    for dtype in ("float16", "float32"):
        x = np.array([1.0, -3.0], dtype)
        for z, expected in ((ops.divide_no_nan(x, 2), x / 2), (ops.divide_no_nan(x, 0), x * 0)):
            assert z.dtype == dtype
            np.testing.assert_array_equal(z, expected)
    whole = ops.divide_no_nan(np.array([3, 1]), np.array([2, 0]))
    np.testing.assert_array_equal(whole, np.array([1.5, 0.0], np.float32), strict=True)


@pytest.mark.parametrize("name", ["cumsum", "cumprod", "nancumsum", "nancumprod", "prod"])
def test_entries_are_converted_before_they_are_added_or_multiplied(name):
    x = np.array([1.75, 2.75, -1.5], np.float32)
    z = getattr(ops, name)(x, dtype="int32")
    np.testing.assert_array_equal(z, getattr(np, name)([1, 2, -1]))
    assert z.dtype == np.int32
    if name.startswith("nan"):
        with_nan = getattr(ops, name)(np.append(x, np.float32(np.nan)), dtype="int32")
        np.testing.assert_array_equal(with_nan, getattr(np, name)([1, 2, -1, np.nan]))


@pytest.mark.parametrize("label", [2, -1, 0.5, np.nan])
def test_a_single_class_number_is_checked(label):
    scores = np.array([0.2, 0.8], np.float32)
    for target in (label, [label], np.float32(label)):
        with pytest.raises(ValueError, match=r"whole class numbers from 0 to 1.* in row 0 of y"):
            ops.sparse_categorical_crossentropy(target, scores)


def test_narrow_floats_of_other_libraries_are_refused():
    brain = pytest.importorskip("ml_dtypes").bfloat16
    with pytest.raises(TypeError, match=r"doesn't compute in bfloat16: pass x.astype\(np.float32"):
        ops.exp(np.ones(2, brain))


@pytest.mark.parametrize("name", ["erf", "erfc", "erfinv"])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_error_functions_keep_the_dtype(name, dtype):
    pytest.importorskip("scipy")
    x = np.array([0.25, -0.5], dtype)
    z = getattr(ops, name)(x)
    assert z.dtype == dtype
    np.testing.assert_allclose(z, getattr(ops, name)(x.astype(float)), rtol=1e-3)


def test_indices_of_many_entries_unravel_in_any_shape():
    places = np.arange(9000).reshape(9000, 1)
    rows, columns = ops.unravel_index(places, (90, 100))
    np.testing.assert_array_equal(100 * rows + columns, places)


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint8", "int32", "float16", "float32"])
def test_the_largest_entries_of_any_dtype(dtype):
    x = np.array([[3, -128, 127, 127, 0], [1, 1, 0, 5, -7]]).astype(dtype)
    values, order = ops.top_k(x, 5)
    np.testing.assert_array_equal(values, np.sort(x)[:, ::-1])
    np.testing.assert_array_equal(np.take_along_axis(x, order, -1), values)
    for row, places in zip(x, order, strict=True):  # of equal entries the first comes first
        assert sorted(places, key=lambda i, row=row: (-float(row[i]), i)) == list(places)


def test_not_a_number_is_larger_than_the_largest():
    x = np.array([1.0, np.nan, np.inf, -np.inf], np.float32)
    np.testing.assert_array_equal(ops.top_k(x, 2)[0], [np.nan, np.inf])
    among = [ops.in_top_k(np.array([label]), x[np.newaxis], 2)[0] for label in range(4)]
    assert among == [False, False, True, False]


@pytest.mark.parametrize("k", [-1, 4])
def test_no_more_entries_than_there_are_are_the_largest(k):
    with pytest.raises(ValueError, match=f"expects a k of at most 3.*, got {k}"):
        ops.top_k(np.ones((2, 3)), k)


@pytest.mark.parametrize("dtype", ["uint8", "int16", "float16"])
def test_choices_beside_a_number_keep_their_dtype(dtype):
    x = np.array([1, 2, 3]).astype(dtype)
    z = ops.select([x > 2, x < 2], [x, 7], 5)
    np.testing.assert_array_equal(z, [7, 5, 3])
    assert z.dtype == dtype


@pytest.mark.parametrize(("start", "shape"), [((0, -1), (1, 1)), ((1, 1), (2, 3)), ((3, 0), (1, 1)),
                                              ((0,), (1,)), ((0, 0), (1,))])  # fmt: skip
def test_regions_are_inside_of_the_array(start, shape):
    x = np.arange(9.0).reshape(3, 3)
    with pytest.raises(ValueError, match="slice expects a region of an array of shape"):
        ops.slice(x, start, shape)
    with pytest.raises(ValueError, match="slice_update expects a region of an array of shape"):
        ops.slice_update(x, start, np.ones(shape))
    np.testing.assert_array_equal(ops.slice(x, (1, 0), (-1, 2)), x[1:, :2])


@pytest.mark.parametrize("shape", [(3,), (2, 3)])
def test_triangles_of_matrices_that_are_not_square_are_refused(shape):
    x, b = np.ones(shape, np.float32), np.ones(shape[-1], np.float32)
    for call in (
        lambda: ops.solve_triangular(x, b),
        lambda: ops.cholesky_inverse(x),
    ):
        with pytest.raises(ValueError, match="expects square matrices"):
            call()


def test_factors_of_a_vector_are_refused():
    pytest.importorskip("scipy")
    with pytest.raises(ValueError, match="lu_factor expects matrices"):
        ops.lu_factor(np.ones(3, np.float32))
    assert ops.lu_factor(np.eye(2, 3, dtype=np.float32))[0].shape == (2, 3)


def test_the_other_triangle_does_not_count():
    lower = np.array([[2, 0, 0], [1, 3, 0], [-1, 0.5, 1]], np.float32)
    noise = np.triu(np.full((3, 3), 7, np.float32), 1)
    inverse = np.linalg.inv(lower @ lower.T)
    np.testing.assert_allclose(ops.cholesky_inverse(lower + noise), inverse, rtol=1e-4)
    with_noise = (lower + noise).T
    np.testing.assert_allclose(ops.cholesky_inverse(with_noise, upper=True), inverse, rtol=1e-4)


def test_the_logarithm_of_no_sum():
    for shape, axis in (((0,), None), ((0, 3), 0), ((2, 0), -1)):
        z = ops.logsumexp(np.ones(shape, np.float32), axis)
        assert np.all(z == -np.inf)
        assert z.shape == np.sum(np.ones(shape), axis).shape


def test_an_integral_is_as_wide_as_its_places():
    z = ops.trapezoid(np.ones(3, np.float16), np.array([0, 1, 2049], np.float32))
    assert (z, z.dtype) == (2049, np.float32)


@pytest.mark.filterwarnings("error")
def test_masks_of_half_precision_hide_all():
    rng = np.random.default_rng(0)
    query, key, value = (rng.normal(size=(1, n, 2, 4)) for n in (3, 5, 5))
    mask = np.ones((1, 2, 3, 5), bool)
    mask[:, :, 0], mask[:, :, 1, 2:] = False, False
    halves = [x.astype(np.float16) for x in (query, key, value)]
    z = ops.dot_product_attention(*halves, mask=mask)
    expected = ops.dot_product_attention(query, key, value, mask=mask)
    np.testing.assert_allclose(z, expected, rtol=1e-2, atol=1e-2)


def ones(*shape):
    return np.ones(shape, np.float32)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ops.conv(ones(2, 4, 4, 3), ones(3, 3, 2, 2)), "conv expects a kernel .* for 2 ch"),
        (lambda: ops.conv(ones(2, 4, 4, 2), ones(3, 3, 3, 2)), "conv expects a kernel .* for 3 ch"),
        (lambda: ops.conv(ones(2, 4, 4), ones(3, 3, 4, 2)), r"conv expects .* shape \(2, 4, 4\)"),
        (lambda: ops.conv(ones(2, 4, 4, 4), ones(3, 3, 2, 3)), "conv expects a kernel that fits"),
        (lambda: ops.depthwise_conv(ones(2, 4, 4, 4), ones(3, 3, 2, 2)), "depthwise_conv expects"),
        (lambda: ops.conv_transpose(ones(2, 4, 4, 4), ones(3, 3, 4, 2)), "conv_transpose expects"),
        (lambda: ops.segment_sum(ones(3), np.array([0, 1])), "segment_sum expects a number for"),
        (lambda: ops.segment_max(ones(1, 2), np.array([0, 1, 1])), "segment_max expects a number"),
        (lambda: ops.average(ones(3, 2), weights=ones(3)), r"the shape of x, \(3, 2\), or along"),
        (lambda: ops.average(ones(3, 2, 2), 0, weights=ones(3, 2)), "average expects weights"),
    ],
)
def test_operands_fit_each_other(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    ("query", "key", "value"),
    [
        ((2, 3, 2, 4), (2, 5, 2, 3), (2, 5, 2, 3)),
        ((2, 3, 2, 4), (2, 5, 2, 4), (2, 6, 2, 4)),
        ((2, 3, 3, 4), (2, 5, 2, 4), (2, 5, 2, 4)),
        ((2, 3, 2, 4), (3, 5, 2, 4), (3, 5, 2, 4)),
        ((3, 2, 4), (5, 2, 4), (5, 2, 4)),
    ],
)
def test_operands_of_attention_fit_each_other(query, key, value):
    with pytest.raises(ValueError, match=r"dot_product_attention expects shapes .* got a query"):
        ops.dot_product_attention(ones(*query), ones(*key), ones(*value))


@pytest.mark.parametrize("axis", [0, -1, (0, 1), (2, 0), (-1, 1), (1,)])
def test_weights_along_axes_are_those_of_numpy(axis):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2, 3, 4)).astype(np.float32)
    shape = [x.shape[i] for i in np.ravel(axis)]
    weights = rng.uniform(1, 2, shape).astype(np.float32)
    found = ops.average(x, axis, weights)
    weights = np.transpose(weights, np.argsort([i % 3 for i in np.ravel(axis)]))
    alone = [i for i in range(3) if i not in [j % 3 for j in np.ravel(axis)]]
    whole = np.broadcast_to(np.expand_dims(weights, alone), x.shape)
    expected = np.average(x, axis, whole)
    np.testing.assert_allclose(found, expected, rtol=1e-5)
