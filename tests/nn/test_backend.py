"""Keras's settings, and how dtypes combine."""

import itertools

import numpy as np
import pytest

import nn
from nn import backend, config, dtypes

NAMES = ("bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64", int,
         float)  # fmt: skip


def test_the_settings_that_exist_are_accepted():
    config.set_floatx("float32")
    config.set_epsilon(1e-7)
    config.set_image_data_format("channels_last")
    config.set_dtype_policy("float32")
    config.set_dtype_policy(config.dtype_policy())
    assert config.dtype_policy().name == backend.floatx()


@pytest.mark.parametrize(
    ("change", "cure"),
    [
        (lambda: config.set_floatx("float16"), "layers compute in float32"),
        (lambda: config.set_epsilon(1e-4), "Pass epsilon="),
        (lambda: config.set_image_data_format("channels_first"), "to the layers"),
        (lambda: config.set_dtype_policy("mixed_float16"), "got 'mixed_float16'"),
    ],
)
def test_other_settings_are_refused(change, cure):
    with pytest.raises(ValueError, match=cure):
        change()


def test_uids_count_up():
    assert [backend.get_uid("law"), backend.get_uid("law"), backend.get_uid("other")] == [1, 2, 1]


def test_names_of_dtypes():
    assert backend.standardize_dtype(np.float16) == "float16"
    assert backend.standardize_dtype("string") == "string"
    assert backend.is_int_dtype("uint8")
    assert not backend.is_float_dtype("int32")
    with pytest.raises(ValueError, match="a dtype that NumPy has, got 'float33'"):
        backend.standardize_dtype("float33")


@pytest.mark.parametrize("count", [1, 2, 3])
def test_dtypes_combine_as_in_keras(of_keras, count):
    every = list(itertools.combinations_with_replacement(NAMES, count))
    ours = [backend.result_type(*names) for names in every]
    found = of_keras(lambda keras: [NAMES.index(keras.backend.result_type(*x)) for x in every])
    theirs = [NAMES[int(number)] for number in found]
    assert dict(zip(every, ours, strict=True)) == dict(zip(every, theirs, strict=True))


@pytest.mark.parametrize("names", list(itertools.permutations(NAMES, 2)))
def test_operations_keep_64_bits(names):
    wide, narrow = dtypes.result_dtype(*names).name, dtypes.result_type(*names)
    assert wide.replace("64", "32") == narrow


def test_submodules_are_imported_at_first_use():
    assert nn.backend is backend
    assert nn.config is config
