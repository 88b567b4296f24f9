"""Configs of Keras 2 in the form of today's archives."""

import pytest

from nn.saving.legacy_configs import compile_config, model_config


def layer(class_name, **config):
    """Return the new config of a layer of an old Sequential."""
    old = {"class_name": class_name, "config": {"name": "old", "trainable": True, **config}}
    model = model_config({"class_name": "Sequential", "config": {"name": "m", "layers": [old]}})
    (made,) = model["config"]["layers"]
    return made["config"]


@pytest.mark.parametrize(
    ("class_name", "old", "new"),
    [
        ("BatchNormalization", {"axis": [3]}, {"axis": 3}),
        ("LayerNormalization", {"axis": [1, 2]}, {"axis": [1, 2]}),
        ("Dense", {"batch_input_shape": [None, 3]}, {"input_shape": [3]}),
        ("InputLayer", {"batch_input_shape": [None, 3]}, {"batch_shape": [None, 3]}),
        ("LeakyReLU", {"alpha": 0.5}, {"negative_slope": 0.5}),
        ("ReLU", {"negative_slope": 0.5}, {"negative_slope": 0.5}),
        ("LSTM", {"time_major": False, "implementation": 2, "units": 3}, {"units": 3}),
        ("DepthwiseConv2D", {"groups": 1, "kernel_initializer": None, "strides": [1, 1]},
         {"strides": [1, 1]}),
        ("Conv2D", {"groups": 1}, {"groups": 1}),
        ("Dense", {"dtype": {"class_name": "Policy", "config": {"name": "float32"}}},
         {"dtype": "float32"}),
        ("Dense", {"kernel_initializer": {"class_name": "Zeros", "config": {}}},
         {"kernel_initializer":
          {"class_name": "Zeros", "config": {}, "module": "keras.initializers"}}),
        ("Dense", {"kernel_regularizer": {"class_name": "L2", "config": {"l2": 1.0}}},
         {"kernel_regularizer":
          {"class_name": "L2", "config": {"l2": 1.0}, "module": "keras.regularizers"}}),
    ],
)  # fmt: skip
def test_arguments_of_layers(class_name, old, new):
    assert layer(class_name, **old) == {"name": "old", "trainable": True, **new}


def test_a_sequential_of_keras_1_is_a_list():
    old = {"class_name": "Dense", "config": {"name": "d", "trainable": True}}
    made = model_config({"class_name": "Sequential", "config": [old]})
    assert [part["class_name"] for part in made["config"]["layers"]] == ["Dense"]


def test_calls_of_a_functional_model():
    layers = [
        {"class_name": "InputLayer", "name": "x", "config": {"name": "x"}, "inbound_nodes": []},
        {"class_name": "Sequential", "name": "m", "inbound_nodes": [[["x", 0, 0, {}]]],
         "config": {"name": "m", "layers": []}},
        {"class_name": "Add", "name": "a", "config": {"name": "a"},
         "inbound_nodes": [[["x", 0, 0, {}], ["m", 1, 0, {"training": True}]]]},
        {"class_name": "Dense", "name": "d", "config": {"name": "d"},
         "inbound_nodes": [["a", 0, 0, {"mask": ["m", 1, 0]}]]},
    ]  # fmt: skip
    config = {"layers": layers, "input_layers": [["x", 0, 0]], "output_layers": [["d", 0, 0]]}
    made = model_config({"class_name": "Functional", "config": config})["config"]
    assert made["input_layers"] == ["x", 0, 0]

    def histories(value):
        if isinstance(value, list):
            return [histories(part) for part in value]
        return value["config"]["keras_history"] if isinstance(value, dict) else value

    calls = [node for part in made["layers"] for node in part["inbound_nodes"]]
    assert [histories(call["args"]) for call in calls] == [
        [["x", 0, 0]], [[["x", 0, 0], ["m", 0, 0]]], [["a", 0, 0]],
    ]  # fmt: skip
    assert histories(calls[-1]["kwargs"]["mask"]) == ["m", 0, 0]
    assert calls[0]["kwargs"] == {}


def compiled(**given):
    optimizer = {"class_name": "Custom>Adam", "config": {"learning_rate": 0.1, "decay": 0.0}}
    return compile_config({"optimizer_config": optimizer, "loss": "mse", **given})


def test_an_optimizer_and_its_decay():
    assert compiled()["optimizer"] == {
        "class_name": "Adam", "module": "keras.optimizers", "config": {"learning_rate": 0.1},
    }  # fmt: skip
    sgd = {"class_name": "SGD", "config": {"lr": 0.1, "decay": 0.01}}
    rate = compiled(optimizer_config=sgd)["optimizer"]["config"]["learning_rate"]
    assert rate["class_name"] == "InverseTimeDecay"
    assert rate["config"] == {
        "initial_learning_rate": 0.1, "decay_steps": 1, "decay_rate": 0.01,
    }  # fmt: skip


def test_losses_and_metrics():
    wrapped = {"class_name": "MeanMetricWrapper", "config": {"name": "mae", "fn": "my_mae"}}
    huber = {"class_name": "Huber", "config": {"delta": 2.0, "reduction": "auto"}}
    unnamed = {"class_name": "MeanMetricWrapper", "config": {"name": "acc", "fn": {}}}
    made = compiled(loss={"u": huber, "v": "mse"}, metrics=[[wrapped], [unnamed]])
    assert made["loss"]["u"] == {
        "module": "keras.losses", "class_name": "Huber",
        "config": {"delta": 2.0, "reduction": "sum_over_batch_size"},
    }  # fmt: skip
    assert made["loss"]["v"] == "mse"
    assert made["metrics"] == [["my_mae"], ["acc"]]
    assert made["weighted_metrics"] is None
    assert "sample_weight_mode" not in compiled(sample_weight_mode=None)


GONE = ["time_major", "implementation", "input_length", "is_legacy_optimizer", "jit_compile"]
OF_KERNELS = ["groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint"]
DEPTHWISE = ["DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D"]


def test_arguments_that_are_gone():
    kept = {"name": "old", "trainable": True, "filters": 3}
    assert layer("LSTM", **dict.fromkeys(GONE, 1), filters=3) == kept
    for class_name in DEPTHWISE:
        assert layer(class_name, **dict.fromkeys(OF_KERNELS, 1), filters=3) == kept
    assert layer("Conv1D", **dict.fromkeys(OF_KERNELS, 1)).keys() >= set(OF_KERNELS)


@pytest.mark.parametrize("kind", ["Functional", "Model"])
def test_functional_models_have_one_class(kind):
    config = {"layers": [], "input_layers": [["x", 0, 0]], "output_layers": [["d", 0, 0]]}
    made = model_config({"class_name": kind, "config": config})
    assert (made["class_name"], made["module"]) == ("Functional", "keras.src.models.functional")
    made = model_config({"class_name": kind, "config": {}})
    assert (made["class_name"], made["module"]) == (kind, "keras")
