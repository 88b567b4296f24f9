"""Configs that are wrong, or that want more than they may, are refused."""

import sys

import numpy as np
import pytest

import nn
from nn.saving import deserialize_keras_object, serialize_keras_object


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"class_name": "Foo", "config": {}}, r"got 'Foo' of the module None"),
        ({"module": "keras.layers", "class_name": "Dens", "config": {}}, r"Did you mean 'Dense'\?"),
        ({"module": "keras.nowhere", "class_name": "Dense", "config": {}}, r"got 'Dense' of the"),
        ({"module": "other.layers", "class_name": "Dense", "config": {}}, r"'other\.layers'"),
        (
            {"module": "os", "class_name": "system", "config": {}},
            r"got 'system' of the module 'os'",
        ),
        ({"module": "os", "class_name": "function", "config": "system"}, r"got 'system'"),
        ({"module": "builtins", "class_name": "function", "config": "eval"}, r"got 'eval'"),
        ({"module": "builtins", "class_name": "function", "config": "Huber"}, r"got 'Huber'"),
        ({"module": "numpy", "class_name": "function", "config": "load"}, r"got 'load'"),
        ({"module": "nn.losses", "class_name": "huber", "config": {}}, r"got 'huber'"),
        ({"module": "nn.layers", "class_name": "function", "config": "Dense"}, r"got 'Dense'"),
        ({"class_name": "__lambda__", "config": {"value": ["4w"]}}, r"the code of a lambda"),
    ],
)
def test_names_that_are_not_known_are_refused(config, message):
    with pytest.raises(ValueError, match=message):
        deserialize_keras_object([config])


def test_a_module_is_never_imported():
    name = "tests.nn.configs.never_imported"
    with pytest.raises(ValueError, match="never_imported"):
        deserialize_keras_object({"module": name, "class_name": "Thing", "config": {}})
    assert name not in sys.modules


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"class_name": 3, "config": {}}, r"'class_name' to be a string, got 3"),
        ({"module": "nn.layers", "class_name": "Dense", "config": [3]}, r"dictionary .* \[3\]"),
        (
            {"module": "nn.layers", "class_name": "Dense", "config": {"units": 3, "unit": 3}},
            r"mean 'units'",
        ),
    ],
)
def test_configs_of_another_form_are_refused(config, message):
    with pytest.raises(TypeError, match=message):
        deserialize_keras_object(config)


def test_a_class_without_from_config_is_refused():
    with pytest.raises(TypeError, match=r"a class with a from_config"):
        deserialize_keras_object({"class_name": "f", "config": {}}, custom_objects={"f": len})


def test_the_files_of_keras_are_known_by_their_modules():
    module = "keras.src.backend.torch.optimizers.torch_adam"  # which Keras writes on PyTorch
    config = {"module": module, "class_name": "Adam", "config": {}, "registered_name": "Adam"}
    assert type(deserialize_keras_object(config)) is nn.optimizers.Adam
    config = {
        "module": "keras.src.layers.core.dense",
        "class_name": "Dense",
        "config": {"units": 2},
    }
    assert type(deserialize_keras_object(config)) is nn.layers.Dense


def test_a_config_within_an_array_like_value():
    array = deserialize_keras_object(
        {"class_name": "__tensor__", "config": {"value": [1], "dtype": "int8"}}
    )
    assert array.dtype == np.int8
    assert deserialize_keras_object({"class_name": "__bytes__", "config": {"value": "a"}}) == b"a"


FAMILIES = {
    nn.layers: nn.layers.ReLU(),
    nn.losses: nn.losses.Huber(),
    nn.metrics: nn.metrics.AUC(),
    nn.optimizers: nn.optimizers.SGD(),
    nn.optimizers.schedules: nn.optimizers.schedules.CosineDecay(0.1, 5),
    nn.initializers: nn.initializers.Ones(),
    nn.regularizers: nn.regularizers.L2(),
    nn.constraints: nn.constraints.NonNeg(),
}


@pytest.mark.parametrize("module", FAMILIES, ids=lambda module: module.__name__)
def test_each_module_refuses_what_belongs_to_others(module):
    for other, item in FAMILIES.items():
        described = other.serialize(item)
        if other is module:
            assert type(module.deserialize(described)) is type(item)
        else:
            with pytest.raises(TypeError, match=r"expected the config of"):
                module.deserialize(described)
    with pytest.raises(TypeError, match=r"expected the config of .* got 3"):
        module.deserialize(3)


@pytest.mark.parametrize("module", FAMILIES, ids=lambda module: module.__name__)
def test_get_takes_configs_names_classes_and_instances(module):
    if not hasattr(module, "get"):
        return
    item = FAMILIES[module]
    assert module.get(item) is item
    assert serialize_keras_object(module.get(module.serialize(item))) == module.serialize(item)
    assert module.deserialize(item) is item


@pytest.mark.parametrize("module", FAMILIES, ids=lambda module: module.__name__)
def test_get_refuses_other_values(module):
    for wrong in (["relu"], 3, {1: 2}):
        if hasattr(module, "get"):
            with pytest.raises(TypeError, match=r"expected .* got "):
                module.get(wrong)


def test_strings_are_names():
    assert type(nn.losses.deserialize("mse")) is nn.losses.MeanSquaredError
    assert type(nn.initializers.deserialize("HeNormal")) is nn.initializers.HeNormal
    assert nn.activations.deserialize("relu") is nn.activations.relu
    assert nn.optimizers.deserialize({"class_name": "sgd"}).get_config()["momentum"] == 0
    with pytest.raises(ValueError, match=r"got 'adamm'. Did you mean 'adam'"):
        nn.optimizers.deserialize("adamm")


def test_activations():
    assert nn.activations.serialize(nn.activations.swish) == "silu"
    assert nn.activations.serialize(nn.activations.softmax) == "softmax"
    for function in (np.tanh, nn.activations.gelu):
        assert nn.activations.deserialize(nn.activations.serialize(function)) is function
        assert nn.activations.get(serialize_keras_object(function)) is function


@pytest.mark.parametrize("get", [nn.optimizers.get, nn.layers.deserialize])
def test_a_function_takes_the_place_of_no_optimizer_or_layer(get):
    with pytest.raises(TypeError, match="got <function"):
        get(lambda *args: 0)


@pytest.mark.parametrize("family", ["activations", "losses", "metrics"])
def test_functions_are_found_without_their_module(family):
    name = {"activations": "relu", "losses": "cosine_similarity", "metrics": "binary_accuracy"}
    config = {"module": "builtins", "class_name": "function", "config": name[family]}
    assert deserialize_keras_object(config) is getattr(getattr(nn, family), name[family])
