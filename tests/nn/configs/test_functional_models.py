"""Configs of functional models: the layers and their calls, in Keras's format."""

import json

import numpy as np
import pytest

import nn
from nn.layers import Dense, Dropout, Flatten, Input, Layer
from nn.models import Functional, Model, Sequential
from nn.saving import deserialize_keras_object, register_keras_serializable, serialize_keras_object

X = np.linspace(-1, 1, 12, dtype=np.float32).reshape(4, 3)


@register_keras_serializable("tests")
class Both(Layer):
    """A layer of two inputs that returns two values."""

    def build(self, left_shape, right_shape):
        self.scale = self.add_weight((left_shape[-1],), "ones")
        self.shift = self.add_weight((right_shape[-1],), "ones")

    def call(self, left, right, swap=False):
        left, right = left * self.scale, right + self.shift
        return (right, left) if swap else {"a": left, "b": right}


def several():
    a, b = Input((3,), name="a"), Input((3,), name="b")
    shared = Dense(3, "tanh", name="shared")
    total = np.concatenate([shared(a), 2 * shared(b)], axis=1)
    return Model({"a": a, "b": b}, [Dense(2, name="out")(total), total], name="several")


def operators():
    x = Input((3,), name="x")
    y = Dense(3, name="y")(x)
    z = abs(-x) ** 2 / (1 + y * y) - x[:, ::-1] @ np.ones((3, 3), np.float32)
    z = np.maximum(z, np.float64(0.1))[:, [0, 2]]
    return Model(x, z[[1, 0]][..., np.newaxis], name="operators")


def functions():
    x = Input((3,), name="x")
    y = np.reshape(x, (-1, 3, 1)).astype(np.float32)
    y = np.sum(y, axis=(1, 2), keepdims=True)[..., 0] + np.add.reduce(x, axis=1, keepdims=True)
    return Model(x, np.where(y > 0, y, np.linalg.norm(x, axis=1, keepdims=True)), name="functions")


def nested():
    a, z = Input((3,), name="a"), Input((3,), name="z")
    inner = Model(a, Dense(3, "tanh", name="d")(a), name="inner")
    stack = Sequential([Input((3,)), Dense(3, name="e"), Flatten()], name="stack")
    return Model(z, inner(stack(inner(z))), name="outer")


def structures():
    a, b = Input((3,), name="a"), Input((3,), name="b")
    first, second = Both(name="first"), Both(name="second")
    found = first(a, right=b)
    swapped = second(found["b"], found["a"], swap=True)
    return Model([a, b], {"sum": swapped[0] + swapped[1], "same": found["a"]}, name="structures")


def chained():
    """A layer that is called on its own result, after another one."""
    x, layer = Input((3,), name="x"), Dense(3, "tanh", name="again")
    return Model(x, layer(Dense(3, name="between")(layer(x))), name="chained")


def trained():
    x = Input((3,), batch_size=4, name="x")
    return Model(x, Dropout(0.5, seed=1, name="drop")(x, training=True), name="trained")


MODELS = [several, operators, functions, nested, structures, chained, trained]


def data(model):
    inputs = model.input
    if isinstance(inputs, dict):
        return {name: X + i for i, name in enumerate(inputs)}
    return [X + i for i in range(len(inputs))] if isinstance(inputs, list) else X


@pytest.mark.parametrize("make", MODELS)
def test_a_functional_model_is_made_again(make):
    model = make()
    described = json.loads(json.dumps(serialize_keras_object(model)))
    again = deserialize_keras_object(described)
    assert type(again) is Functional
    assert serialize_keras_object(again) == described
    assert not set(map(id, again.flat_layers())) & set(map(id, model.flat_layers()))
    again.set_weights(model.get_weights())
    for one, other in zip(
        nn.tree.leaves(again(data(model))), nn.tree.leaves(model(data(model))), strict=True
    ):
        np.testing.assert_array_equal(one, other, strict=True)
    assert make().from_config(model.get_config()).get_config() == model.get_config()


def test_a_model_of_a_part_of_another():
    model = several()
    hidden = model.get_layer("shared")
    part = Model(hidden.calls[1].args[0], hidden.calls[1].outputs, name="part")
    config = part.get_config()
    assert config["output_layers"] == ["shared", 0, 0]  # the first call within this model
    again = Model.from_config(config)
    again.set_weights(part.get_weights())
    np.testing.assert_array_equal(again(X), part(X))


def test_a_subclass_with_inputs_and_outputs():
    class Own(Model):
        pass

    class Made(Model):
        def __init__(self, units):
            x = Input((3,))
            super().__init__(x, Dense(units)(x))
            self.units = units

    x = Input((3,), name="x")
    own = Own(x, Dense(2, name="d")(x))
    assert type(Own.from_config(own.get_config())) is Own
    assert "layers" in own.get_config()
    made = Made.from_config(Made(5).get_config())
    assert "layers" not in made.get_config()
    assert made.output_shape == (None, 5)


@pytest.mark.slow
def test_functions_that_could_do_harm_are_refused():
    config = functions().get_config()
    for wrong in ("np.save", "np.load", "os.system", "np.core", "np.ndarray.tofile"):
        for entry in config["layers"]:
            if entry["class_name"] == "Operation":
                entry["config"]["function"] = wrong
        with pytest.raises(ValueError, match=f"got '{wrong}'"):
            Model.from_config(config)
    config = operators().get_config()
    config["layers"][-1]["class_name"] = "Save"
    with pytest.raises(ValueError, match=r"got 'Save'"):
        Model.from_config(config)


def test_graphs_that_are_wrong_are_refused():
    config = chained().get_config()
    history = config["layers"][1]["inbound_nodes"][0]["args"][0]["config"]["keras_history"]
    history[1] = 1  # the result of a call that needs this one
    with pytest.raises(ValueError, match=r"a circle among \['again', 'between'\]"):
        Model.from_config(config)
    history[0] = "none"
    with pytest.raises(ValueError, match=r"name of a layer, got 'none'. The layers are \['x'"):
        Model.from_config(config)


def test_a_config_without_its_layers_is_refused():
    with pytest.raises(ValueError, match=r"got no 'layers', 'input_layers' or 'output_layers'"):
        Functional.from_config({"name": "empty"})


def test_every_universal_function_keeps_its_name():
    from nn.layers.symbol import Operation
    from nn.models import operation_config

    ufuncs = {value for value in vars(np).values() if isinstance(value, np.ufunc)}
    assert len(ufuncs) > 80
    for ufunc in ufuncs:
        described = {**operation_config.describe(Operation(ufunc, "name"), [])[0], "name": "name"}
        assert operation_config.rebuild(described).function is ufunc
    with pytest.raises(NotImplementedError, match=r"the function of an operation"):
        operation_config.describe(Operation(len, "name"), [])


def keras_and_our_models(keras):
    def models(library):
        layers, model = library.layers, library.Model
        a, b = library.Input((3,), name="a"), library.Input((3,), name="b")
        shared = layers.Dense(3, "tanh", name="shared")
        one, two = shared(a), shared(b)
        yield model({"a": a, "b": b}, [layers.Dense(2, name="out")(one), two], name="several")
        yield model(a, shared(a), name="part")
        inner = model(a, one, name="inner")
        z = library.Input((3,), name="z")
        yield model([z], inner(layers.Dense(3, name="d")(inner(z))), name="outer")

    return zip(models(keras), models(nn), strict=True)


def without_made_up(value):
    """Leave out what Keras writes for its own sake: the shapes of models, and masks of None."""
    if isinstance(value, list):
        return [without_made_up(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {key: without_made_up(item) for key, item in value.items() if key != "mask"}
    if kept.get("build_config") == {"input_shape": None}:
        del kept["build_config"]
    return kept | {"registered_name": None} if "registered_name" in kept else kept


def test_keras_writes_and_reads_the_same_functional_models(keras):
    for theirs, ours in keras_and_our_models(keras):
        written = json.loads(json.dumps(keras.saving.serialize_keras_object(theirs)))
        own = json.loads(json.dumps(serialize_keras_object(ours)))
        assert without_made_up(own) == without_made_up(written)
        again = deserialize_keras_object(written)
        back = keras.saving.deserialize_keras_object(own)
        again.set_weights(ours.get_weights())
        back.set_weights(ours.get_weights())
        found = nn.tree.leaves(ours(data(ours)))
        for one, other, third in zip(
            found, nn.tree.leaves(again(data(ours))), nn.tree.leaves(back(data(ours))), strict=True
        ):
            np.testing.assert_array_equal(one, other)
            np.testing.assert_allclose(one, third.detach().numpy(), rtol=1e-4, atol=1e-6)


def test_operators_on_symbols_are_those_of_keras(keras):
    def model(library):
        x = library.Input((3,), name="x")
        return library.Model(x, (x[:, 1:] + 2 * x[:, :2]) / (3 - x[:, 1:] ** 2), name="operators")

    theirs, ours = model(keras), model(nn)
    classes = [entry["class_name"] for entry in ours.get_config()["layers"]]
    assert sorted(set(classes)) == [
        "Add",
        "Divide",
        "GetItem",
        "InputLayer",
        "Multiply",
        "Power",
        "Subtract",
    ]
    again = deserialize_keras_object(keras.saving.serialize_keras_object(theirs))
    back = keras.saving.deserialize_keras_object(serialize_keras_object(ours))
    np.testing.assert_allclose(again(X), ours(X), rtol=1e-6)
    np.testing.assert_allclose(back(X), ours(X), rtol=1e-6)


@pytest.mark.slow
def test_layers_in_any_order_take_linear_time():
    x = y = Input((1,), name="x")
    shared = Dense(1, name="shared")
    for number in range(300):
        y = shared(y) if number % 3 == 0 else Flatten(name=f"flat_{number}")(y)
    model = Model(x, y)
    config = model.get_config()
    config["layers"].reverse()
    other = Model.from_config(config)
    other.set_weights(model.get_weights())
    assert np.array_equal(other(X[:, :1]), model(X[:, :1]))
    assert len(other.get_layer("shared").calls) == 100
