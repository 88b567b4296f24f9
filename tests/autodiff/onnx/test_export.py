"""Functions in ONNX files: run by ONNX Runtime, they return what NumPy returns."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from autodiff.onnx import export, operator
from tests.autodiff.onnx.running import check, run, written
from tests.laws.table import examples

X = np.linspace(-1.5, 1.5, 5 * 6, dtype=np.float32).reshape(5, 6)
W = np.linspace(-1, 1, 6 * 4, dtype=np.float32).reshape(6, 4)


def test_a_product_with_an_offset(onnxruntime):
    """Two operators: a product of matrices and a sum."""
    content = written(lambda x: x @ W + 1, X)
    [found] = run(onnxruntime, content, np.ones((1, 6), np.float32))
    np.testing.assert_allclose(found, [W.sum(axis=0) + 1], rtol=1e-6)


FUNCTIONS = [
    lambda x: abs(x) ** 1.5 + np.exp(-x) / (1 + np.sqrt(np.abs(x))),
    lambda x: np.where(x > 0, np.tanh(x), np.maximum(x, -0.5)),
    lambda x: 1 / (x - 1) - np.log(np.abs(x - 1)),  # without a value where it is recorded
    lambda x: np.log1p(x * x) - np.expm1(x) + np.square(x) - np.logaddexp(x, 0),
    lambda x: np.clip(x, -0.5, 0.75) + np.clip(x, 0, None) * np.sign(x),
    lambda x: np.sin(x) * np.cos(x) + np.arctan(x) + np.floor(x) - np.ceil(x) + np.rint(x),
    lambda x: (x != 0) & ~(x >= 1) | (x < -1) | (x <= -1.2) | (x == 0.5),
    lambda x: np.any(x > 1, axis=1) & np.all(x < 2, axis=-1),
    lambda x: x.sum(axis=1, keepdims=True) + x.mean(axis=-1)[:, None] - x.max(axis=(1,))[:, None],
    lambda x: np.min(x, axis=1) * np.prod(x, axis=1),
    lambda x: np.sum(x > 0, axis=1) + 0.5,
    lambda x: x.reshape(-1, 2, 3).transpose(0, 2, 1)[:, ::-1, 0],
    lambda x: np.tensordot(x, np.max(x).T, 0),
    lambda x: x.reshape(len(x), 3, -1)[:, [2, 0]][..., np.newaxis, 1:],
    lambda x: np.concatenate([x, np.stack([x, x], axis=1)[:, 1], np.zeros_like(x)], axis=1),
    lambda x: np.einsum("ab,bc->ac", x, W),
    lambda x: np.repeat(x, 3, axis=1),
    lambda x: np.tile(x, (1, 2)),
    lambda x: np.pad(x, ((0, 0), (1, 2))),
    lambda x: (x.astype(np.int64) * 2).astype(np.float32),
    lambda x: x.copy() + np.copy(x, order="C") * np.array(x, order="F") - (x > 0).copy(),
    lambda x: np.ones((len(x), 2), np.float32) + x[:, :2],
    lambda x: x * np.float32(2) - 3,
    lambda x: np.sort(x.reshape(-1, 2, 3), axis=1),
    lambda x: np.argsort(-np.abs(np.rint(x)), axis=1, kind="stable"),  # some are equal
    lambda x: np.cumsum(x, axis=1) + np.cumsum(x > 0, axis=-1) + np.cumsum(x[:, 0])[:, None],
    lambda x: np.take_along_axis(x, np.argmax(x * x, axis=1, keepdims=True), 1),
    lambda x: np.argmax(np.rint(x), axis=1) - np.argmin(x > 0, axis=1),
    lambda x: np.take_along_axis(x, np.argsort(x, axis=0)[::-1], 0),
    lambda x: np.concatenate([x, np.ones((len(x), 2), np.float32)], axis=1),
    lambda x: np.concatenate([x + 1], axis=-1),
    lambda x: np.concatenate([x.reshape(-1, 3), np.ones((2 * len(x), 1), np.float32)], axis=1),
    lambda x: np.stack([x, np.full((len(x), 6), 2, np.float32)], axis=-1),
    lambda x: x.sum(axis=0, keepdims=True) + np.ones((len(x), 6), np.float32),
    lambda x: x.reshape(-1, 3)[: len(x)],
    lambda x: x.reshape(-1, 3)[len(x) :],
    lambda x: x[:, : len(x)],
    lambda x: x[: len(x), 1:] + x[:, : 6 - 1],
    lambda x: x[:, [2, 0], None] - x[:, None, [2, 0]],
    lambda x: x.reshape(len(x), 2, 3)[:, 1, [2, 0]],
    lambda x: x[:, [[0, 1], [2, 5]]],
    lambda x: x[:, np.arange(6) % 2 == 0],
    lambda x: x[:, 4:1:-2] * x[:, -2:] + x[:, 5:3:-1],
    lambda x: x[::-1, 1:5:2],
    lambda x: x[-1] + x[0, None, :],
    lambda x: x[None, :, None, 1],
    lambda x: x.reshape(-1)[np.arange(len(x))[:, None] * 6 + [0, 2]],
    lambda x: np.mean(x > 0, axis=1) + np.sum(x > 0, axis=1) * np.prod(x < 9, axis=1),
    lambda x: np.any(x, axis=0) | np.all(x, axis=1, keepdims=True) | np.max(x > 0, axis=1)[:, None],
    lambda x: np.where(x > 0, 1.0, 0.0),
    lambda x: np.where(x > 0, 1, 2),
    lambda x: np.where(x > 0, x, 0),
    lambda x: np.where(x, x.astype(np.int64), x),
    lambda x: (x * 4).astype(np.int64) / 2 + np.exp(x.astype(np.int32)),
    lambda x: np.log1p(np.abs(x * 4).astype(np.int64)) - np.expm1(x.astype(np.int64)),
    lambda x: np.logaddexp(x.astype(np.int64), 1),
    lambda x: (x * 4).astype(np.int32).sum(axis=1) - (x * 4).astype(np.int32).mean(axis=1),
    lambda x: (x * 4).astype(np.int32).max(axis=1) + (x * 4).astype(np.int32).prod(axis=1),
    lambda x: x.astype(np.float64) * 2 + np.arange(6),
    lambda x: x + np.arange(6.0),
    lambda x: np.logical_and(x, x > 0) | np.logical_or(x, x < 0) & np.logical_not(x),
    lambda x: np.maximum(x > 0, x < -1) & (x > 0) + (x < -1) & (x > 0) * (x < 2),
    lambda x: np.zeros_like(x) + np.ones_like(x > 0) + np.ones_like(x, dtype=np.float32),
    lambda x: np.cumsum(x[:, 0]) + np.cumsum(x.astype(np.int32), axis=1)[:, -1],
    lambda x: np.argsort(x > 0, axis=1, kind="stable"),
    lambda x: np.argmax(x, axis=0) + np.argmin(x, axis=-1, keepdims=True),
    lambda x: np.swapaxes(x.reshape(-1, 2, 3), -1, 1) @ np.ones((2, 2), np.float32),
    lambda x: np.dot(x, np.arange(6, dtype=np.float32)),
    lambda x: np.argmax(x) + np.argmin(x, keepdims=True),
    lambda x: x * ad.tensor(np.arange(6.0, dtype=np.float32)),
    lambda x: edited(x, np.s_[:, -6:]),
    lambda x: edited(x, np.s_[..., 2:8]),
    lambda x: edited(x, np.s_[:, 1:7:1], np.float64),
    lambda x: edited(x[:, :1], np.s_[:, 8:], fill=2),
    lambda x: np.concatenate([x.astype(np.int64), x], axis=-1),
    lambda x: np.stack([x > 0, x < 0], axis=-1),
    lambda x: np.mean(x),
    lambda x: np.ones((len(x), len(x)), np.float32) @ x,
    lambda x: np.concatenate([x.T, np.ones((2, len(x)), np.float32)]).T,
    lambda x: x.reshape(len(x), 2, 3)[:, ..., 1] - x.reshape(len(x), 3, 2)[:, 0, ...],
    lambda x: ((x > 0) > (x < -1)) & ((x > 0) >= (x < 1)) | ((x > 1) == (x < 0)),
    lambda x: ((x > 0) < (x < -1)) | ((x > 0) <= (x < 1)) & ((x > 1) != (x < 0)),
    lambda x: np.sum(x, axis=(0, -1), keepdims=True),
    lambda x: ad.grad(lambda x: np.sum(x**3))(x),
    lambda x: ad.jvp(lambda x: np.tanh(x), (x,), (x,))[1],
    lambda x: ad.grad(lambda y: np.sum(ad.elementwise_grad(np.sin)(y) * x))(x),
    lambda x: ad.jit(ad.value_and_grad(lambda x: np.sum(np.exp(-x * x))))(x)[1],
]  # fmt: skip


def edited(x, index, dtype=np.float32, fill=0):
    """Write values into an array of equal entries, which is traced, as `numpy.pad` does."""
    y = ad.tensor(np.zeros((len(x), 9), dtype) + np.asarray(fill, dtype))
    y[index] = x
    return y


REFUSED = [
    (lambda x: x[np.arange(len(x)), 0], "an array of positions along one axis"),
    (lambda x: x.reshape(-1, 2, 3)[0, :, [1, 2]], "an array of positions along one axis"),
    (lambda x: x.reshape(-1, 2, 3)[:, np.eye(2, 3, dtype=bool)], "positions along one axis"),
    (lambda x: x.reshape(-1, 3)[len(x) - 0], "positions along one axis"),
    (lambda x: x[np.argmax(x, axis=1), np.argmin(x, axis=1)], "positions along one axis"),
    (lambda x: x[:, None][np.argmax(x, axis=1), :, [0]], "positions along one axis"),
    (lambda x: edited(x[:, ::2], np.s_[:, 0:6:2]), "consecutive entries by as many values"),
    (lambda x: edited(x[:, :1], np.s_[:, : len(x)]), "consecutive entries by as many values"),
    (lambda x: edited(x[:, :1], np.s_[:, len(x) :]), "consecutive entries by as many values"),
    (lambda x: edited(x[:, 0], np.s_[:, 3]), "consecutive entries by as many values"),
    (lambda x: edited(x[:, :1], np.s_[:, 3:5]), "consecutive entries by as many values"),
    (lambda x: edited(x[0, :3], np.s_[:, 3:6]), "consecutive entries by as many values"),
    (lambda x: edited(x, np.s_[:, :6], fill=np.arange(9)), "whose entries are all the same"),
    (
        lambda x: np.linalg.inv(x[:, :, None] * x[:, None] + np.eye(6)),
        "operations that ONNX has, got 'inv'",
    ),
    (lambda x: x + x[np.arange(len(x))], "in rows that lie one after the other"),
    (lambda x: x.reshape(-1)[np.arange(len(x))], "in rows that lie one after the other"),
    (lambda x: np.average(x, axis=1, weights=x), "operations that ONNX has, got 'not_zero'"),
    (lambda x: x.astype(np.longdouble), r"of at most 64 bits, got float128.*astype\(np.float64"),
    (lambda x: np.linalg.cond(x[:, :, None] * np.eye(6)), "operations that ONNX has, got"),
    (lambda x: np.modf(x)[0], "operations that ONNX has, got 'modf'"),
    (lambda x: np.abs(x + 2j), "real numbers, with which ONNX computes, got complex"),
]


@pytest.mark.usefixtures("onnxruntime")
@pytest.mark.parametrize("number", range(len(REFUSED)))
def test_what_has_no_form_is_refused(number):
    function, message = REFUSED[number]
    with pytest.raises(NotImplementedError, match=message):
        written(function, X)


@pytest.mark.usefixtures("onnxruntime")
@pytest.mark.parametrize(
    ("function", "dtype", "message"),
    [
        (lambda x: np.median(x), int, "got 'median'"),
        (lambda x: x < 300, np.uint8, r"within one dtype.* x\.astype\(float\)"),
        (lambda x: sum(row * 2 for row in x), float, "whole arrays, not in a loop over rows"),
    ],
)
def test_what_files_have_no_operations_for_is_refused_by_name(function, dtype, message):
    with pytest.raises((NotImplementedError, ValueError), match=message):
        export(lambda x: [function(x)], [("x", (None, 3), dtype)], ["y"])


def test_rows_are_those_of_an_input_whose_number_of_rows_is_open(onnxruntime):
    def function(w, x):
        return [np.concatenate([x * w, np.ones((len(x), 1), np.float32)], axis=1)]

    content = export(function, [("w", (6,), "f4"), ("x", (None, 6), "f4")], ["y"])
    session = onnxruntime.InferenceSession(content)
    for rows in (1, 2, 5):
        given = {"w": np.arange(6, dtype=np.float32), "x": np.ones((rows, 6), np.float32)}
        np.testing.assert_array_equal(session.run(None, given)[0], function(**given)[0])


@pytest.mark.usefixtures("onnxruntime")
def test_the_number_of_rows_as_a_number_is_refused():
    with pytest.raises(ValueError, match=r"depend on the number of rows.* Use np\.mean"):
        written(lambda x: np.sum(x, axis=0) / len(x), X)


@pytest.mark.usefixtures("onnxruntime")
def test_a_file_says_which_versions_it_needs():
    import onnx  # the fixture skips this test where it isn't installed

    @operator(TEXTS)
    def form(writer, x):
        return writer.add("Marked", x.name, domain="of.mine")

    content = export(lambda x: [TEXTS(x)], [("x", (None, 6), "str")], ["y"])
    model = onnx.load_from_string(content)
    assert [(entry.domain, entry.version) for entry in model.opset_import] == [
        ("", 18), ("of.mine", 1)
    ]  # fmt: skip
    assert (model.ir_version, model.producer_name, model.graph.name) == (10, "slopes", "autodiff")
    shapes = [[d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim]
              for value in (*model.graph.input, *model.graph.output)]  # fmt: skip
    assert shapes == [["rows", 6], ["rows", 6]]
    used = {name for node in model.graph.node for name in node.input}
    assert {constant.name for constant in model.graph.initializer} <= used


@pytest.mark.usefixtures("onnxruntime")
def test_a_file_is_checked():
    import onnx  # the fixture skips this test where it isn't installed

    @operator(TEXTS)
    def form(writer, x):
        return writer.add("Misspelled", x.name)

    with pytest.raises(onnx.checker.ValidationError, match="Misspelled"):
        export(lambda x: [TEXTS(x)], [("x", (None, 6), "str")], ["y"])


def test_a_function_of_constants_alone(onnxruntime):
    content = export(lambda w: [w * 2, w], [], ["y", "z"], [np.arange(3.0)])
    found = run(onnxruntime, content)
    assert [x.tolist() for x in found] == [[0, 2, 4], [0, 1, 2]]


@pytest.mark.usefixtures("onnxruntime")
def test_a_running_sum_of_all_entries_is_refused():
    with pytest.raises(NotImplementedError, match="a running sum along one axis"):
        written(np.cumsum, X)


@pytest.mark.parametrize("number", range(len(FUNCTIONS)))
def test_functions(number, onnxruntime):
    check(onnxruntime, FUNCTIONS[number], X)


TEXTS = ad.primitive(lambda x: np.char.add(x, "!"))
ad.constant(TEXTS)


@pytest.mark.parametrize("shape", [(), (1,), (3,), (5, 0), (0, 2), (1, 4)])
def test_all_lengths_may_be_known(shape, onnxruntime):
    def function(x):
        return np.any(x > 0) + np.stack([x, x / x.size if x.size else x]) + x.ravel()[-1:].sum()

    x = np.arange(float(np.prod(shape, dtype=int))).reshape(shape)
    content = export(lambda x: [function(x)], [("x", shape, float)], ["y"])
    [found] = run(onnxruntime, content, x)
    np.testing.assert_array_equal(found, function(x), strict=True)


def test_texts_are_inputs_and_outputs(onnxruntime):
    @operator(TEXTS)
    def form(writer, x):
        known = {"keys_strings": ["a", "b"], "values_strings": ["a!", "b!"]}
        return writer.add("LabelEncoder", x.name, domain="ai.onnx.ml", **known)

    content = export(lambda x: [TEXTS(x)], [("x", (None, 2), "str")], ["y"])
    [found] = run(onnxruntime, content, np.array([["b", "a"]], object))
    assert found.tolist() == [["b!", "a!"]]


def test_positions_that_are_inputs(onnxruntime):
    table = np.arange(12, dtype=np.float32).reshape(4, 3)
    places = np.array([[0, 3], [2, 1], [1, 1]])
    content = export(
        lambda rows, vectors: [np.take(vectors, rows, axis=0)],
        [("rows", (None, 2), np.int64)], ["y"], [table],
    )  # fmt: skip
    [found] = run(onnxruntime, content, places)
    assert np.array_equal(found, table[places])


@examples(10)
@given(
    rows=st.integers(1, 7),
    widths=st.lists(st.integers(1, 4), min_size=1, max_size=3),
    axis=st.integers(1, 3),
    data=st.data(),
)
def test_any_number_of_rows_and_any_axis(onnxruntime, rows, widths, axis, data):
    x = np.random.default_rng(0).normal(size=(rows, *widths)).astype(np.float32)
    axis = min(axis, x.ndim - 1)
    keeps = data.draw(st.booleans())

    def function(x):
        return np.sum(np.concatenate([x, x * 2], axis=axis) ** 2, axis=axis, keepdims=keeps)

    check(onnxruntime, function, x)


@ad.primitive
def tripled(x):
    return 3 * x


ad.derivative(tripled, x=lambda g, z, x: 3 * g)


def test_a_user_defined_primitive_needs_a_form(onnxruntime):
    with pytest.raises(NotImplementedError, match="operations that ONNX has, got 'tripled'"):
        written(tripled, X)

    @operator(tripled)
    def form(writer, x):
        return writer.add("Mul", x.name, writer.constant(3, x.dtype))

    check(onnxruntime, tripled, X)


@pytest.mark.usefixtures("onnxruntime")
def test_an_operation_with_several_results_is_refused():
    @ad.primitive
    def halves(x):
        return x[:, :3], x[:, 3:]

    ad.constant(halves)
    operator(halves)(lambda writer, x: writer.add("Split", x.name))
    with pytest.raises(NotImplementedError, match="one result, got 'halves' with 2"):
        written(lambda x: halves(x)[0], X)


def test_results_are_arrays_of_traced_values_or_are_refused(onnxruntime):
    for join in (np.array, np.stack, list):
        check(onnxruntime, lambda x, join=join: join([x[:, 0] * 2, x[:, 1]]), X)
    for joined, message in ((None, "got None"), (["a", 1], "numbers")):
        with pytest.raises(TypeError, match=message):
            written(lambda x, joined=joined: joined, X)


@pytest.mark.usefixtures("onnxruntime")
def test_a_function_of_the_user_is_not_taken_for_numpys():
    def tanh(x):
        return 3 * x

    mine = ad.primitive(tanh)
    ad.derivative(mine, x=lambda g, z, x: 3 * g)
    with pytest.raises(NotImplementedError, match="operations that ONNX has, got 'tanh'"):
        written(mine, X)


@pytest.mark.usefixtures("onnxruntime")
def test_what_depends_on_the_number_of_rows_otherwise_is_refused():
    with pytest.raises(ValueError, match="for any number of rows"):
        written(lambda x: x / len(x) if len(x) % 2 else x * 2, X)
    with pytest.raises(ValueError, match="the same for each row"):
        written(lambda x: x + np.arange(len(x) * 6, dtype=np.float32).reshape(len(x), 6), X)


@pytest.mark.usefixtures("onnxruntime")
@pytest.mark.parametrize(
    "function",
    [
        lambda x: x + np.full(6, len(x), np.float32),
        lambda x: x * np.float32(len(x)),
        lambda x: x.reshape(-1)[(np.arange(len(x)) ** 2 % 5)[:, None] * 3 + [0]],
        lambda x: x.reshape(-1)[np.arange(len(x))[:, None] * [6, 3]],
        lambda x: x + np.arange(len(x), dtype=np.float32)[:, None],
        lambda x: (x @ x.T).reshape(len(x), 1, len(x)),
        lambda x: x[: len(x) // 2],
        lambda x: x[np.zeros(len(x), int)],
        lambda x: np.take(x, np.full(len(x), -1), axis=0),
        lambda x: x[np.ones(len(x), bool)],
    ],
)
def test_constants_that_differ_by_the_number_of_rows_are_refused(function):
    with pytest.raises(ValueError, match=r"Write code (for any number of rows|with one such axis)"):
        written(function, X)


@pytest.mark.usefixtures("onnxruntime")
def test_matrices_without_an_inverse_are_said_to_be_made_up():
    with pytest.raises(np.linalg.LinAlgError) as caught:
        written(lambda x: np.linalg.inv(x[:, :, None] * x[:, None]), X)
    assert "recorded with made-up numbers" in caught.value.__notes__[-1]


@pytest.mark.usefixtures("onnxruntime")
def test_decisions_by_numbers_are_refused():
    with pytest.raises(ad.RecordingError):
        written(lambda x: x if x.sum() > 0 else -x, X)
