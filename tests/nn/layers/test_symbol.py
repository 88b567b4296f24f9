"""Symbols: shapes and dtypes without numbers, and the calls that made them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn.layers import Input
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


def test_the_calls_are_remembered():
    x = Input(shape=(3,))
    y = np.add(x, 1.0)
    assert y.call.operation.function is np.add
    assert y.call.inputs() == [x] or y.call.inputs()[0] is x
    assert y.name.startswith("add")
