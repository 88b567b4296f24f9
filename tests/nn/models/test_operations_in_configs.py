"""Functions of NumPy and nn.ops in configs: each way to write their options comes back the same."""

import json

import numpy as np
import pytest

import nn
from nn import ops
from nn.models import keras_operations

X = np.random.default_rng(0).normal(size=(2, 3, 1, 4)).astype(np.float32)
KERAS, OWN = "keras.src.ops.numpy", "nn.layers"
CALLS = {  # a function of a value, and how it is written: the module, and some of the config
    "sum": (np.sum, KERAS, {"axis": None, "keepdims": False}),
    "sum along": (lambda x: np.sum(x, 1), KERAS, {"axis": 1, "keepdims": False}),
    "named": (lambda x: np.mean(x, axis=-1, keepdims=True), KERAS, {"axis": -1, "keepdims": True}),
    "axes": (lambda x: np.max(x, axis=(1, 3)), KERAS, {"axis": [1, 3]}),
    "method": (lambda x: x.min(axis=1), KERAS, {"axis": 1}),
    "prod": (lambda x: np.prod(x, axis=2), KERAS, {"axis": 2}),
    "dtype by place": (lambda x: np.sum(x, 1, np.float64), OWN, {"function": "np.sum"}),
    "dtype": (lambda x: np.prod(x, axis=1, dtype=np.float64), OWN, {"function": "np.prod"}),
    "initial": (lambda x: np.max(x, axis=1, initial=0.5), OWN, {"function": "np.max"}),
    "all": (lambda x: np.all(x > 0, axis=1), KERAS, {"axis": 1}),
    "any": (lambda x: np.any(x > 0, 1), KERAS, {"axis": 1}),
    "concatenate": (lambda x: np.concatenate([x, x]), KERAS, {"axis": 0}),
    "concatenate along": (lambda x: np.concatenate([x, -x], -1), KERAS, {"axis": -1}),
    "stack": (lambda x: np.stack([x, x]), KERAS, {"axis": 0}),
    "stack along": (lambda x: np.stack((x, x), axis=1), KERAS, {"axis": 1}),
    "expand": (lambda x: np.expand_dims(x, 1), KERAS, {"axis": 1}),
    "expand twice": (lambda x: np.expand_dims(x, axis=(1, 2)), KERAS, {"axis": [1, 2]}),
    "squeeze": (np.squeeze, KERAS, {"axis": None}),
    "squeeze along": (lambda x: np.squeeze(x, 2), KERAS, {"axis": 2}),
    "reshape": (lambda x: np.reshape(x, (-1, 6)), KERAS, {"newshape": [-1, 6]}),
    "reshape method": (lambda x: x.reshape(-1, 2, 3), KERAS, {"newshape": [-1, 2, 3]}),
    "order": (lambda x: np.reshape(x, (-1, 6), order="F"), OWN, {"function": "np.reshape"}),
    "transpose": (np.transpose, KERAS, {"axes": None}),
    "transpose along": (lambda x: np.transpose(x, (0, 3, 2, 1)), KERAS, {"axes": [0, 3, 2, 1]}),
    "clip": (lambda x: np.clip(x, -0.5, 0.5), KERAS, {"x_min": -0.5, "x_max": 0.5}),
    "clip below": (lambda x: np.clip(x, -0.5, None), KERAS, {"x_min": -0.5, "x_max": None}),
    "clip named": (lambda x: np.clip(x, a_min=0, a_max=1), KERAS, {"x_min": 0, "x_max": 1}),
    "clip method": (lambda x: x.clip(0.1, 0.9), KERAS, {"x_min": 0.1, "x_max": 0.9}),
    "bounds that are values": (lambda x: np.clip(x, -abs(x), 0.5), OWN, {"function": "np.clip"}),
    "scalar of NumPy": (lambda x: np.clip(x, np.float32(-1), 1), KERAS, {"x_min": -1.0}),
    "ufunc": (lambda x: np.maximum(x, 0.5), KERAS, {}),
    "reduce": (lambda x: np.maximum.reduce(x, axis=1), OWN, {"function": "np.maximum.reduce"}),
    "linalg": (lambda x: np.linalg.norm(x, axis=1), OWN, {"function": "np.linalg.norm"}),
    "std": (lambda x: np.std(x, axis=1), OWN, {"function": "np.std"}),
    "index": (lambda x: x[:, 1:, 0], KERAS, {}),
    "operation": (lambda x: ops.logsumexp(x, axis=1), "keras.src.ops.math", {"axis": 1}),
    "softmax": (lambda x: ops.softmax(x, 1), "keras.src.ops.nn", {"axis": 1}),
    "tuple": (lambda x: ops.mean(x, (1, 2), keepdims=True), KERAS, {"axis": [1, 2]}),
    "split": (lambda x: ops.split(x, [1, 2], axis=1)[1], KERAS, {"indices_or_sections": [1, 2]}),
    "defaults": (lambda x: ops.normalize(x), "keras.src.ops.nn", {"order": 2, "epsilon": None}),
    "no class": (lambda x: ops.nan_to_num(x, nan=1.0), OWN, {"function": "nn.ops.nan_to_num"}),
}


@pytest.mark.parametrize("name", CALLS)
def test_options_are_written_and_read(name):
    function, module, options = CALLS[name]
    x = nn.Input(X.shape[1:], name="x")
    model = nn.Model(x, function(x))
    config = json.loads(json.dumps(model.get_config()))
    (entry,) = [e for e in config["layers"][1:] if e["name"] == model.output_names[0]]
    assert entry["module"] == module
    assert options.items() <= entry["config"].items()
    if module != OWN:  # each option in one place, and lists for tuples
        (node,) = entry["inbound_nodes"]
        assert not node["kwargs"].keys() & entry["config"].keys()
        assert name == "stack along" or "__tuple__" not in json.dumps(node)
    again = nn.Model.from_config(config)
    expected = model(X)
    np.testing.assert_allclose(expected, function(X), rtol=1e-6)
    np.testing.assert_array_equal(again(X), expected, strict=True)
    assert json.loads(json.dumps(again.get_config())) == config


def test_an_operation_that_is_called_twice_with_other_options_keeps_both():
    from nn.layers.symbol import Operation

    operation, x = Operation(np.sum, "total"), nn.Input((3, 4), name="x")
    model = nn.Model(x, [operation(x, axis=1), operation(x, axis=2)])
    config = model.get_config()
    (entry,) = [e for e in config["layers"] if e["name"] == "total"]
    assert (entry["module"], len(entry["inbound_nodes"])) == (OWN, 2)
    for a, b in zip(nn.Model.from_config(config)(X[:, :, 0]), model(X[:, :, 0]), strict=True):
        np.testing.assert_array_equal(a, b)
    same = Operation(np.sum, "total")
    twice = nn.Model(x, [same(x, axis=1), same(2 * x, axis=1)])
    (entry,) = [e for e in twice.get_config()["layers"] if e["name"] == "total"]
    assert (entry["module"], entry["config"]["axis"]) == (KERAS, 1)
    for a, b in zip(
        nn.Model.from_config(twice.get_config())(X[:, :, 0]), twice(X[:, :, 0]), strict=True
    ):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("name", ["Save", "Ndarray", "Polyfit", "_Add", "Stringify"])
def test_other_names_stand_for_no_operation(name):
    with pytest.raises(ValueError, match=f"stands for a function .* got '{name}'"):
        keras_operations.function_of(name)


def test_activations_are_read_as_the_operations_of_their_names():
    x = nn.Input((3,), name="x")
    model = nn.Model(x, nn.activations.sparse_sigmoid(x))
    config = model.get_config()
    assert config["layers"][1]["config"]["function"] == "nn.ops.sparse_sigmoid"
    again = nn.Model.from_config(config)
    np.testing.assert_array_equal(again(X[:, :, 0, 0]), model(X[:, :, 0, 0]))


def test_functions_without_a_class_have_no_name():
    for function in (np.std, np.linalg.norm, len, np.add.reduce, lambda x: x):
        assert keras_operations.name_of(function) is None
    assert keras_operations.name_of(np.add) == "Add"
    assert keras_operations.name_of(ops.add) == "Add"
    assert keras_operations.name_of(np.expand_dims) == "ExpandDims"


def trained(layer, training):
    """Return how many weights a step changes where a config has ``training`` for a layer."""
    start = nn.Input((1000,))
    config = nn.Model(start, nn.layers.Dense(1, use_bias=False)(layer(start))).get_config()
    (node,) = config["layers"][1]["inbound_nodes"]
    node["kwargs"] = {"training": training}
    model = nn.Model.from_config(config)
    model.compile(nn.optimizers.SGD(0.1), "mse")
    before = model.layers[-1].get_weights()[0]
    model.fit(np.ones((1, 1000)), np.ones((1, 1)), verbose=0)
    return np.count_nonzero(model.layers[-1].get_weights()[0] != before)


@pytest.mark.slow
def test_a_default_of_keras_does_not_keep_a_layer_from_training():
    for training in (False, None):
        assert 300 < trained(nn.layers.Dropout(0.5), training) < 700


def test_a_dropout_that_a_user_called_in_inference_mode_stays_in_it():
    start, x = nn.Input((50,)), np.ones((1, 50), np.float32)
    model = nn.Model(start, nn.layers.Dropout(0.5)(start, training=False))
    for copy in (nn.Model.from_config(model.get_config()), nn.models.clone_model(model)):
        again = nn.models.model_from_json(copy.to_json())
        for each in (model, copy, again):
            np.testing.assert_array_equal(each(x, training=True), x)


def test_a_layer_that_a_user_called_in_inference_mode_stays_in_it():
    start = nn.Input((3,))
    model = nn.Model(start, nn.layers.BatchNormalization()(start, training=False))
    copy = nn.Model.from_config(model.get_config())
    copy.compile("sgd", "mse")
    copy.fit(np.full((8, 3), 5.0), np.ones((8, 3)), verbose=0)
    np.testing.assert_array_equal(copy.layers[-1].get_weights()[2], np.zeros(3))  # moving mean


@pytest.mark.parametrize(
    "operation",
    [
        lambda x, slope: ops.leaky_relu(x, slope),
        lambda x, slope: ops.elu(x, alpha=slope),
        lambda x, slope: ops.hard_shrink(x, threshold=slope),
    ],
)
def test_an_option_that_is_computed_in_the_model_is_kept(operation):
    """Keras's classes take it as a number, so the operation is written with its own name."""
    inputs = [nn.layers.Input((3,)), nn.layers.Input((3,))]
    model = nn.models.Model(inputs, operation(*inputs))
    config = json.loads(json.dumps(model.get_config()))
    assert config["layers"][2]["class_name"] == "Operation"
    data = [np.array([[-2.0, 0.5, 1.0]]), np.array([[0.1, 0.6, 2.0]])]
    again = nn.models.Model.from_config(config)
    np.testing.assert_array_equal(again.predict(data), model.predict(data))
