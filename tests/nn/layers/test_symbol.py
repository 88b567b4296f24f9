"""Symbols: shapes and dtypes without numbers, and the calls that made them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn import Model
from nn.layers import Input, Lambda
from nn.layers.symbol import Symbol

FUNCTIONS = {
    "sum": lambda x: np.sum(x, axis=-1),
    "keepdims": lambda x: x.mean(axis=1, keepdims=True),
    "concatenate": lambda x: np.concatenate([x, x], axis=1),
    "index": lambda x: x[:, 0],
    "new axis": lambda x: x[:, np.newaxis],
    "transpose": lambda x: np.moveaxis(x, 1, -1),
    "compare": lambda x: x > 0,
    "square": lambda x: x**2 - 1,
    "reversed": lambda x: 1 / (2 - x),
    "reshape": lambda x: x.reshape(-1, x.shape[-1]),
    "method": lambda x: x.T.astype(np.float64),
    "stack": lambda x: np.stack([x, x + 1], axis=1),
}


@pytest.mark.parametrize("name", FUNCTIONS)
@given(
    rows=st.integers(1, 4),
    length=st.sampled_from([2, 3, 6]),
    dtype=st.sampled_from([np.float32, np.int32, np.uint8]),
    known=st.booleans(),
)
def test_shape_and_dtype_are_those_of_an_array(name, rows, length, dtype, known):
    symbol = Symbol((None, 6 if known else None, length), dtype)
    array = np.ones((rows, 6, length), dtype)
    result, expected = FUNCTIONS[name](symbol), FUNCTIONS[name](array)
    assert result.dtype == expected.dtype
    assert len(result.shape) == expected.ndim
    for found, wanted in zip(result.shape, expected.shape, strict=True):
        assert found in (None, wanted)


def test_an_unknown_length_stays_unknown():
    x = Input(shape=(None, 5))
    assert (x * 2).shape == (None, None, 5)
    assert x.sum(axis=1).shape == (None, 5)
    assert x[:, 0].shape == (None, 5)
    assert x.reshape(-1, 5).shape == (None, 5)


@pytest.mark.parametrize("use", [bool, float, list, len, np.asarray], ids=lambda use: use.__name__)
def test_numbers_are_refused_with_a_remedy(use):
    with pytest.raises(TypeError, match=r"expected numbers, .* got <Symbol x, .* write a Layer"):
        use(Input(shape=(3,), name="x"))


METHODS = {
    "all": {}, "any": {"axis": 1}, "argmax": {"axis": -1}, "argsort": {}, "cumsum": {"axis": 1},
    "max": {"axis": 1, "keepdims": True}, "min": {}, "prod": {"axis": 0}, "ravel": {},
    "std": {"axis": 1}, "squeeze": {}, "trace": {}, "var": {}, "swapaxes": {"axis1": 0, "axis2": 1},
    "repeat": {"repeats": 2, "axis": 1}, "clip": {"a_min": 0, "a_max": 1},
}  # fmt: skip


@pytest.mark.parametrize("name", METHODS)
def test_methods_of_arrays_are_functions_of_numpy(name):
    options = METHODS[name]
    array = np.arange(6, dtype=np.float32).reshape(2, 3) - 2
    x = Input(batch_shape=(2, 3))
    y = getattr(x, name)(**options)
    expected = getattr(np, name)(array, **options)
    assert (y.shape, y.dtype) == (expected.shape, expected.dtype)
    np.testing.assert_array_equal(Model(x, y)(array), expected)


@pytest.mark.parametrize(
    ("name", "cure"),
    [("permute", "Use np.transpose"), ("get_shape", "Use x.shape"), ("tanh", "Use np.tanh"),
     ("softmax", "Use nn.ops.softmax"), ("whatever", "Use functions of NumPy or nn.ops")],
)  # fmt: skip
def test_other_attributes_say_what_to_use(name, cure):
    x = Input((3,), name="x")
    with pytest.raises(AttributeError, match=f"no attribute '{name}', got <Symbol x, .*{cure}"):
        getattr(x, name)
    for argument in (x, np.ones((2, 3))):
        with pytest.raises(AttributeError, match=f"no attribute '{name}'") as caught:
            Lambda(lambda value: getattr(value, name)(), name="own")(argument)
        (note,) = caught.value.__notes__
        assert f"Layer 'own' computes with NumPy arrays, which have no '{name}'. {cure}" in note


def test_arguments_of_keras_that_input_has_not_are_refused():
    assert Input((3,), sparse=False).shape == (None, 3)
    with pytest.raises(ValueError, match=r"expects sparse=False, .* got True. .* x.toarray\(\)"):
        Input((3,), sparse=True)
    with pytest.raises(
        ValueError, match=r"expects ragged=False, .* got True. .*nn.utils.pad_sequences"
    ):
        Input((3,), ragged=True)
    with pytest.raises(TypeError, match="has no argument tensor, which Keras has"):
        Input(tensor=np.ones((2, 3)))


def test_the_calls_are_recorded():
    x = Input(shape=(3,))
    y = np.add(x, 1.0)
    assert y.call.operation.function is np.add
    assert y.call.inputs() == [x] or y.call.inputs()[0] is x
    assert y.name.startswith("add")
