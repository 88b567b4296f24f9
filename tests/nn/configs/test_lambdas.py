"""The code of lambdas, as Keras writes it; and the dtypes of configs."""

import base64
import marshal

import numpy as np
import pytest

import nn
from nn.configs.dtype_policy import DTypePolicy, check_dtype
from nn.saving import deserialize_keras_object


def code_of(function):
    return base64.b64encode(marshal.dumps(function.__code__)).decode()


def read(safe_mode=False, **config):
    return deserialize_keras_object({"class_name": "__lambda__", "config": config}, None, safe_mode)


def test_code_defaults_and_variables_come_back():
    factor, shift = 3.0, 1.0

    def around(x, power=2, more=0.5):
        return factor * x**power + shift + more + np.sum(x) + len([x])

    cells = [cell.cell_contents for cell in around.__closure__]
    made = read(code=code_of(around), defaults=list(around.__defaults__), closure=cells)
    assert made(2.0) == around(2.0)
    assert made(2.0, 3) == around(2.0, 3)
    as_list = read(value=[code_of(around), [4, 0.0], cells])
    assert as_list(2.0) == around(2.0, 4, 0.0)
    plain = lambda x: x + 1  # noqa: E731
    assert read(code=code_of(plain))(2) == read(value=[code_of(plain), None, None])(2) == 3
    with pytest.raises(TypeError, match="missing 1 required"):
        read(code=code_of(plain))()


def test_code_is_read_only_where_it_is_allowed():
    code = code_of(lambda x: x)
    for options in ({}, {"safe_mode": True}):
        with pytest.raises(ValueError, match="the code of a lambda, which could do anything"):
            read(code=code, **{"safe_mode": None, **options})
    for wrong in ("not code", "aGVsbG8=", base64.b64encode(marshal.dumps([1])).decode(), None):
        with pytest.raises(ValueError, match="a lambda of this version of Python"):
            read(code=wrong)


def test_the_mode_is_that_of_the_call_around():
    layer = {"class_name": "Lambda", "module": "keras.layers", "config": {"function": {
        "class_name": "__lambda__", "config": {"code": code_of(lambda x: x * 2)}}}}  # fmt: skip
    with pytest.raises(ValueError, match="pass safe_mode=False"):
        deserialize_keras_object(layer)
    assert deserialize_keras_object([layer], safe_mode=False)[0].function(3) == 6
    with pytest.raises(ValueError, match="pass safe_mode=False"):
        deserialize_keras_object(layer)  # the mode has ended


@pytest.mark.parametrize(
    "dtype",
    [None, "float32", np.float32, DTypePolicy(), DTypePolicy("float32"), {}, {"config": {}},
     {"class_name": "DTypePolicy", "config": {"name": "float32"}}],
)  # fmt: skip
def test_dtypes_that_stand_for_float32(dtype):
    check_dtype(nn.layers.Dense, dtype)


@pytest.mark.parametrize("module", ["keras", "keras.dtype_policies", "nn"])
def test_policies_are_read(module):
    config = {"module": module, "class_name": "DTypePolicy", "config": {"name": "float32"}}
    assert type(deserialize_keras_object(config)) is DTypePolicy


@pytest.mark.parametrize(
    "dtype", ["float64", np.float16, int, {"config": {"name": "mixed_float16"}}]
)
def test_other_dtypes_are_refused(dtype):
    with pytest.raises(
        (ValueError, TypeError), match=r"Dense expects dtype float32|not understood"
    ):
        check_dtype(nn.layers.Dense, dtype)
