"""What a config can hold, goes through JSON and comes back; anything else is refused."""

import functools
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

import autodiff as ad
import nn
from nn.saving import deserialize_keras_object, register_keras_serializable, serialize_keras_object

PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
NESTED = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
DTYPES = st.sampled_from(["bool", "int8", "uint8", "int64", "float16", "float32", "float64", "<U3"])


def through_json(value):
    return deserialize_keras_object(json.loads(json.dumps(serialize_keras_object(value))))


@pytest.mark.slow
@given(NESTED)
def test_plain_values_stay_what_they_are(value):
    assert through_json(value) == value


@given(st.data(), DTYPES, array_shapes(min_dims=1, min_side=0, max_side=3))
def test_arrays_keep_their_values_and_dtype(data, dtype, shape):
    array = data.draw(arrays(dtype, shape, elements={"allow_nan": False} if "f" in dtype else None))
    for view in (array, np.asfortranarray(array), array[::-1]):
        again = through_json({"values": [view]})["values"][0]
        np.testing.assert_array_equal(again, view, strict=True)


@pytest.mark.parametrize(
    ("dtype", "name"), [("float32", "float32"), (">i8", "int64"), ("bool", "bool"), ("<U3", "<U3")]
)
def test_dtypes_are_written_by_their_names(dtype, name):
    config = serialize_keras_object(np.zeros((2, 0), dtype))["config"]
    assert config == {"value": [[], []], "dtype": name, "shape": [2, 0]}
    assert "shape" not in serialize_keras_object(np.zeros(2, dtype))["config"]


def test_scalars_of_numpy_are_numbers():
    values = [np.float32(0.5), np.int64(3), np.equal(1, 1), np.array(2.0), np.str_("a")]
    assert json.dumps(serialize_keras_object(values)) == '[0.5, 3, true, 2.0, "a"]'


def test_slices_and_tuples():
    assert through_json((slice(1, None, 2), ...)) == [slice(1, None, 2), ...]


@register_keras_serializable("tests")
def cubed(x):
    return x**3


def relu(x):
    return x


def test_functions_are_written_by_name():
    for function in (cubed, np.tanh, nn.losses.huber, nn.activations.gelu):
        assert through_json(function) is function
    for module in (nn.losses, nn.metrics):  # which have different functions of this name
        assert through_json(module.cosine_similarity) is module.cosine_similarity


def test_a_function_is_not_taken_for_another_of_its_name():
    described = json.loads(json.dumps(serialize_keras_object(nn.layers.Activation(relu))))
    with pytest.raises(ValueError, match=r"custom_objects=\{'relu': relu\}"):
        deserialize_keras_object(described)
    again = deserialize_keras_object(described, custom_objects={"relu": relu})
    assert again.activation is relu


@pytest.mark.parametrize(
    "value",
    [
        {1, 2}, b"bytes", 1j, np.array([1j]), np.array([None]), np.array(["2020"], "datetime64[D]"),
        np.longdouble(1), np.zeros(2, "i4,f4"), object(), nn.layers.Dense, functools.partial(cubed),
        np.random.default_rng(0), ad.tensor([1.0]), [1, {"a": object()}],
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_other_values_are_refused(value):
    with pytest.raises(NotImplementedError, match=r"expected the argument 'value' of Constant"):
        nn.initializers.Constant(value).get_config()


def test_dictionaries_with_other_keys_are_refused():
    with pytest.raises(NotImplementedError, match=r"strings as keys .* got the key 1"):
        serialize_keras_object({1: "a"})


def test_lambdas_are_refused_with_a_remedy():
    for make in (
        lambda: nn.layers.Dense(2, lambda x: x),
        lambda: nn.optimizers.Adam(lambda: 0.1),
        lambda: nn.losses.FunctionLoss(lambda y_true, y_pred: y_pred),
    ):
        made = make()
        assert repr(made)
        with pytest.raises(NotImplementedError, match=r"got a lambda.*register_keras_serializable"):
            made.get_config()


def test_a_config_shares_nothing_with_the_object():
    values = [1.0, 2.0]
    initializer = nn.initializers.Constant(values)
    initializer.get_config()["value"].append(3.0)
    assert values == [1.0, 2.0]
    config = {"layers": [serialize_keras_object(nn.layers.Dense(2))], "name": "m"}
    before = json.dumps(config)
    nn.Sequential.from_config(config)
    assert json.dumps(config) == before
