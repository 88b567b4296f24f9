"""Models as JSON, and clones whose layers a function makes."""

import json

import numpy as np
import pytest

import nn
from nn.layers import Dense, Dropout
from nn.models import clone_model, model_from_json


def graph():
    x = nn.Input((3,), name="x")
    shared = Dense(3, name="shared")
    return nn.Model(x, Dense(2, "relu", name="out")(shared(shared(x))), name="graph")


def test_layers_of_a_graph_are_replaced_by_their_clones():
    model, seen = graph(), []

    def replace(layer):
        seen.append(layer.name)
        return Dense(layer.units, "tanh", use_bias=False, name="another")

    clone = clone_model(model, replace)
    assert seen == ["shared", "out"]
    assert [layer.name for layer in clone.layers] == [layer.name for layer in model.layers]
    assert [w.shape for w in clone.weights] == [(3, 3), (3, 2)]
    assert clone.layers[-1].activation is nn.activations.tanh
    assert clone.name == "graph"
    x = np.ones((2, 3), np.float32)
    first, last = clone.get_weights()
    expected = np.tanh(np.tanh(np.tanh(x @ first) @ first) @ last)
    np.testing.assert_allclose(clone.predict(x, verbose=0), expected, rtol=1e-5)


def test_a_clone_isnt_compiled_and_has_new_weights():
    model = nn.Sequential([nn.Input((3,)), Dense(2), Dropout(0.5)])
    model.compile("sgd", "mse")
    clone = clone_model(model)
    assert clone.optimizer is None
    assert not np.array_equal(clone.get_weights()[0], model.get_weights()[0])
    unbuilt = clone_model(nn.Sequential([Dense(2)]))
    assert not unbuilt.built
    unbuilt = clone_model(nn.Sequential([Dense(2)]), lambda layer: Dense(layer.units + 1))
    assert unbuilt(np.ones((1, 4), np.float32)).shape == (1, 3)

    class Own(nn.Model):
        pass

    with pytest.raises(ValueError, match=r"expects a Sequential or functional model .* got Own"):
        clone_model(Own(), lambda layer: layer)


def test_json_has_the_options_of_json_and_no_compile():
    model = graph()
    model.compile("adam", "mse")
    text = model.to_json(indent=1, sort_keys=True)
    assert text.startswith('{\n "class_name": "Functional",\n "config"')
    assert "compile_config" not in json.loads(text)
    assert model.optimizer is not None
    made = model_from_json(text)
    assert [w.shape for w in made.weights] == [w.shape for w in model.weights]
    for wrong, message in (
        ("[]", "got list"),
        ("{", "Expecting property name"),
        ('{"a": 1}', "'a'"),
    ):
        with pytest.raises(ValueError, match=message):
            model_from_json(wrong)
