"""Configs of layers and models, also of users, and those that Keras writes of models."""

import json

import numpy as np
import pytest

import nn
from nn.layers import Activation, Dense, Dropout, Flatten, Input, Layer, deserialize, serialize
from nn.models import Model, Sequential
from nn.saving import deserialize_keras_object, register_keras_serializable, serialize_keras_object

X = np.random.default_rng(0).normal(size=(6, 4)).astype(np.float32)


@register_keras_serializable("tests")
def cubed(x):
    return x**3


@register_keras_serializable("tests")
class Scale(Layer):
    """A layer that stores its arguments as attributes."""

    def __init__(self, factor=1.0, by=None, **options):
        super().__init__(**options)
        self.factor, self.by = factor, by

    def call(self, inputs):
        return inputs * self.factor * (1 if self.by is None else self.by)


@register_keras_serializable("tests")
class Residual(Layer):
    """A layer that adds its inputs to the outputs of another layer."""

    def __init__(self, inner, **options):
        super().__init__(**options)
        self.inner = inner

    def call(self, inputs):
        return inputs + self.inner(inputs)


@register_keras_serializable("tests")
class KerasStyle(Residual):
    """The same, with ``get_config`` and ``from_config`` as usual in Keras."""

    def get_config(self):
        config = super().get_config()
        config.update({"inner": serialize(self.inner)})
        return config

    @classmethod
    def from_config(cls, config):
        return cls(deserialize(config.pop("inner")), **config)


@register_keras_serializable("tests")
class Raw(Residual):
    """The same, with a config that wrongly contains the layer itself."""

    def get_config(self):
        return {"inner": self.inner}


@register_keras_serializable("tests")
class Bare(Layer):
    """A layer without arguments, not even a name."""

    def __init__(self):
        super().__init__()
        self.dense = Dense(4)

    def call(self, inputs):
        return self.dense(inputs)


MODELS = {
    "dense": lambda: [Dense(3, "relu", input_shape=(4,)), Dense(1, "sigmoid")],
    "options": lambda: [
        Input((4,)),
        Dense(
            3,
            activation="gelu",
            use_bias=False,
            kernel_initializer=nn.initializers.RandomNormal(seed=3),
            kernel_regularizer=nn.regularizers.L1L2(0.1, 0.2),
            kernel_constraint=nn.constraints.MaxNorm(2.0),
            activity_regularizer="l2",
            trainable=False,
        ),
        Dropout(0.25, seed=4),
        Activation("softmax"),
    ],
    "not built": lambda: [Dense(3), Flatten()],
    "functions": lambda: [Dense(3, cubed), Activation(np.tanh)],
    "arrays": lambda: [Scale(np.float32(2.0), np.arange(4, dtype=np.float32))],
    "inner": lambda: [
        Residual(Sequential([Dense(4, "tanh")])),
        KerasStyle(Dense(4)),
        Raw(Dense(4)),
    ],
    "bare": lambda: [Bare(), Dense(2)],
}


@pytest.mark.parametrize("name", MODELS)
def test_a_model_is_recreated_with_new_layers(name):
    model = Sequential(MODELS[name](), name="original")
    if name != "not built":
        model(X)
    config = model.get_config()
    again = Sequential.from_config(json.loads(json.dumps(config)))
    assert json.dumps(again.get_config()) == json.dumps(config)
    assert again.built == model.built
    assert not set(map(id, again.flat_layers())) & set(map(id, model.flat_layers()))
    assert not set(map(id, again.weights)) & set(map(id, model.weights))
    before = model.get_weights()
    again(X)
    assert [w.shape for w in again.get_weights()] == [w.shape for w in before] or not model.built
    if model.built:
        again.set_weights(before)
        np.testing.assert_array_equal(again(X), model(X))
        again.set_weights([weight + 1 for weight in before])
        assert all(map(np.array_equal, model.get_weights(), before))


def test_training_the_copy_does_not_change_the_original():
    model = Sequential([Dense(3, "tanh", input_shape=(4,)), Dense(1)])
    before = model.get_weights()
    again = Sequential.from_config(model.get_config())
    again.compile("sgd", "mse")
    again.fit(X, X[:, 0], verbose=0)
    assert all(map(np.array_equal, model.get_weights(), before))
    assert [layer.name for layer in again.layers] == [layer.name for layer in model.layers]


def test_a_class_that_is_not_registered_is_passed():
    class Local(Layer):
        def call(self, inputs):
            return inputs * 2

    model = Sequential([Local(), Dense(1)])
    config = model.get_config()
    with pytest.raises(ValueError, match=r"custom_objects=\{'Local': Local\}"):
        Sequential.from_config(config)
    again = Sequential.from_config(config, custom_objects={"Local": Local})
    assert type(again.layers[0]) is Local
    assert again.layers[0] is not model.layers[0]


def test_arguments_that_are_not_stored_are_refused():
    class Unstored(Layer):
        def __init__(self, factor):
            super().__init__()
            self.twice = factor * 2

    with pytest.raises(NotImplementedError, match=r"got none for 'factor'. Write self.factor ="):
        Sequential([Unstored(2)]).get_config()


def test_objects_that_no_config_can_hold_are_refused():
    with pytest.raises(NotImplementedError, match=r"'factor' of Scale .* type Generator"):
        Scale(np.random.default_rng(), name="odd").get_config()


@register_keras_serializable("tests")
class Own(Model):
    def __init__(self, units, name=None):
        super().__init__(name=name)
        self.units = units
        self.dense = Dense(units)

    def call(self, inputs):
        return self.dense(inputs)


@register_keras_serializable("tests")
class Stack(Sequential):
    """A Sequential that creates its own layers."""

    def __init__(self, units):
        super().__init__([Dense(units), Dense(1)])
        self.units = units


@pytest.mark.parametrize("model", [Own(3, name="own"), Stack(3)])
def test_user_defined_models(model):
    again = type(model).from_config(model.get_config())
    assert (again.name, again.units) == (model.name, 3)
    assert not set(map(id, again.flat_layers())) & set(map(id, model.flat_layers()))
    inside = Sequential.from_config(Sequential([model]).get_config())
    assert type(inside.layers[0]) is type(model)


def test_a_config_may_omit_the_module_of_a_layer():
    layer = deserialize({"class_name": "Dense", "config": {"units": 3, "activation": "relu"}})
    assert (layer.units, layer.activation) == (3, nn.activations.relu)


def test_a_model_with_another_dtype_is_refused():
    config = Dense(3).get_config()
    config["dtype"]["config"]["name"] = "float16"
    with pytest.raises(ValueError, match=r"expected the dtype float32, .* got 'float16'"):
        Dense.from_config(config)
    with pytest.raises(ValueError, match=r"Dense expects quantization_config=None, .* got 'int8'"):
        Dense.from_config({"units": 3, "quantization_config": "int8"})


def test_a_layer_keeps_its_input_shape_in_the_config_of_its_model():
    for layers in ([Dense(3, input_shape=(4,))], [Input((4,), name="rows"), Dense(3)]):
        model = Sequential(layers)
        again = Sequential.from_config(model.get_config())
        assert again.input_shape == (None, 4)
        assert again.get_config() == model.get_config()
    assert model.get_config()["layers"][0]["config"]["name"] == "rows"


def test_a_built_layer_is_built_again():
    model = Own(3)
    model(X)
    described = serialize_keras_object(model)
    assert described["build_config"] == {"input_shape": [None, 4]}
    again = deserialize_keras_object(described)
    assert [w.shape for w in again.weights] == [w.shape for w in model.weights]


class Half(Dense):
    """A layer with a ``get_config`` that adds what its own constructor takes, as Keras has it."""

    def __init__(self, units, share=0.5, **options):
        super().__init__(units, **options)
        self._portion = share

    def get_config(self):
        return {**super().get_config(), "share": self._portion}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


class Quarter(Half):
    """A subclass of such a layer."""

    def __init__(self, units, offset=1.0, **options):
        super().__init__(units, share=0.25, **options)
        self.offset = offset


def test_get_config_of_a_subclass_adds_to_that_of_the_base():
    layer = Half(3, 0.75, activation="relu", name="half")
    config = layer.get_config()
    assert config == Dense(3, "relu", name="half").get_config() | {"share": 0.75}
    assert Half.from_config(json.loads(json.dumps(config))).get_config() == config
    assert Quarter(3, offset=2.0).get_config()["offset"] == 2.0


def shared_everywhere():
    """Two models with one layer, one of them wrapped, and an argument that is the layer too."""
    layer = Dense(4, name="shared")
    one, two = Sequential([layer, Dense(4)], name="one"), Sequential([layer], name="two")
    return Sequential([one, Residual(two, name="wrapped"), Residual(layer, name="last")])


def test_a_layer_in_several_places_stays_one_layer():
    model = shared_everywhere()
    for again in (
        Sequential.from_config(json.loads(json.dumps(model.get_config()))),
        deserialize_keras_object(json.loads(json.dumps(serialize_keras_object(model)))),
    ):
        one, wrapped, last = again.layers
        assert one.layers[0] is wrapped.inner.layers[0] is last.inner
        again(X)
        assert len(again.weights) == 4
    plain = Sequential([Dense(2), Dense(2)]).get_config()
    assert "shared_object_id" not in json.dumps(plain)


def test_keras_reads_a_layer_in_several_places_as_one(keras):
    layer = Dense(4, name="shared")
    x = Input((4,), name="x")
    one = nn.Model(x, layer(x), name="one")
    two = Sequential([Input((4,)), layer], name="two")
    model = nn.Model(x, two(one(x)), name="model")
    written = json.loads(json.dumps(serialize_keras_object(model)))
    again = deserialize_keras_object(written)
    with keras.src.saving.serialization_lib.ObjectSharingScope():  # as when a file is read
        back = keras.saving.deserialize_keras_object(written)
    assert again.get_layer("one").layers[-1] is again.get_layer("two").layers[-1]
    assert len(back.weights) == len(again.weights) == 2


def keras_and_our_models(keras):
    def models(library):
        layers = library.layers
        options = {"kernel_regularizer": "l2", "kernel_constraint": "max_norm", "name": "a"}
        inner = library.Sequential([layers.Dense(2, "tanh", name="b")], name="inner")
        some = [layers.Dense(3, "relu", **options), layers.Dropout(0.5, seed=1, name="c"), inner]
        yield library.Sequential([library.Input((4,), name="rows"), *some], name="model")
        yield library.Sequential([layers.Dense(2, name="d"), layers.ReLU(name="e")], name="later")

    return zip(models(keras), models(nn), strict=True)


@pytest.mark.filterwarnings("ignore:__array__ implementation")  # Keras's, with NumPy 2
def test_keras_writes_and_reads_the_same_models(keras):
    for theirs, ours in keras_and_our_models(keras):
        written = json.loads(json.dumps(keras.saving.serialize_keras_object(theirs)))
        own = json.loads(json.dumps(serialize_keras_object(ours)))
        assert without_input_names(own) == without_input_names(written)
        again = deserialize_keras_object(written)
        assert type(again) is Sequential
        assert [w.shape for w in again.weights] == [tuple(w.shape) for w in theirs.weights]
        back = keras.saving.deserialize_keras_object(own)
        if theirs.built:
            back.set_weights(ours.get_weights())
            np.testing.assert_allclose(
                back.predict(X, verbose=0), ours.predict(X), rtol=1e-4, atol=1e-6
            )


def without_input_names(value):
    """Leave out the names that were made up for inputs."""
    if isinstance(value, list):
        return [without_input_names(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {key: without_input_names(item) for key, item in value.items()}
    return kept | {"name": ""} if "batch_shape" in kept else kept


def test_an_argument_named_like_one_of_every_layer():
    class Table(Layer):
        def __init__(self, input_dim, input_shape=None, **options):
            super().__init__(**options)
            self.input_dim, self.input_shape = input_dim, input_shape

    config = Table(5, input_shape=[2]).get_config()
    assert (config["input_dim"], config["input_shape"]) == (5, [2])
    assert "input_dim" not in Dense(2, input_dim=3).get_config()
