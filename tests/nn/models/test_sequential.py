import numpy as np
import pytest

import autodiff as ad
import nn
from nn import Sequential
from nn.layers import Activation, Dense, Dropout, Flatten, Input, Layer
from nn.models import Model
from nn.optimizers import Adam
from nn.utils import set_random_seed


def names(model):
    return [weight.path for weight in model.weights]


def test_weights_are_made_as_soon_as_the_shape_is_known():
    model = Sequential()
    model.add(Dense(4, input_shape=(3,), name="a"))
    assert [w.shape for w in model.get_weights()] == [(3, 4), (4,)]
    model.add(Dense(2, name="b"))
    assert names(model) == ["a/kernel", "a/bias", "b/kernel", "b/bias"]
    assert (model.input_shape, model.output_shape) == ((None, 3), (None, 2))
    assert model.count_params() == 3 * 4 + 4 + 4 * 2 + 2


@pytest.mark.parametrize(
    "layers",
    [
        [Input(shape=(2, 3)), Flatten(), Dense(4)],
        [Flatten(input_shape=(2, 3)), Dense(4)],
        [Sequential([Flatten(input_shape=(2, 3))]), Dense(4)],
    ],
)
def test_every_way_of_passing_the_input_shape(layers):
    model = Sequential(layers)
    assert model.built
    assert (model.input_shape, model.output_shape) == ((None, 2, 3), (None, 4))
    assert model(np.zeros((5, 2, 3))).shape == (5, 4)


def test_without_a_shape_weights_wait_for_the_first_data():
    model = Sequential([Dense(4), Dropout(0.5), Dense(1)])
    assert not model.built
    assert model.weights == []
    with pytest.raises(ValueError, match="output_shape"):
        _ = model.output_shape
    with pytest.raises(ValueError, match="input_shape"):
        _ = model.input_shape
    assert model.predict(np.zeros((3, 7)), verbose=0).shape == (3, 1)
    assert model.input_shape == (None, 7)
    assert len(model.weights) == 4
    model.add(Dense(2))
    assert model.output_shape == (None, 2)


def test_it_computes_one_layer_after_the_other():
    model = Sequential([Dense(4, "tanh", input_dim=3), Dense(2), Activation("softmax")])
    x = np.arange(6.0).reshape(2, 3)
    kernel, bias, kernel_2, bias_2 = model.get_weights()
    scores = np.tanh(x @ kernel + bias) @ kernel_2 + bias_2
    expected = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    assert model(x).dtype == np.float32
    assert np.allclose(model(x), expected, atol=1e-6)
    assert np.allclose(model.predict(x, verbose=0), expected, atol=1e-6)
    assert np.allclose(model.predict_on_batch(x), expected, atol=1e-6)


def test_predicting_in_batches_keeps_the_order():
    model = Sequential([Dense(2, "relu", input_dim=3)])
    x = np.random.default_rng(0).normal(size=(70, 3))
    assert np.allclose(model.predict(x, verbose=0), model(x), atol=1e-6)
    assert np.allclose(
        model.predict(x, batch_size=64, steps=1, verbose=0), model(x[:64]), atol=1e-6
    )


def test_the_slope_of_its_output_with_respect_to_its_input():
    model = Sequential([Dense(3, "tanh", input_dim=2), Dense(1)])
    x = np.array([[0.5, -1.0]])
    slope = ad.grad(lambda x: model(x).sum())(x)
    step = 1e-2
    for column in range(2):
        beside = np.eye(2)[column] * step
        expected = (model(x + beside) - model(x - beside)).item() / (2 * step)
        assert slope[0, column] == pytest.approx(expected, abs=1e-3)


@pytest.mark.slow
def test_a_user_defined_training_loop():
    set_random_seed(0)
    model = Sequential([Dense(8, "tanh", input_dim=1), Dense(1)])
    x = np.linspace(-1, 1, 20)[:, np.newaxis]
    y = x**2

    def loss(parameters):
        with model.bound(parameters):
            return np.mean((model(x) - y) ** 2)

    parameters = model.get_weights()
    first = loss(parameters)
    for _ in range(300):
        _, slopes = ad.value_and_grad(loss)(parameters)
        parameters = [p - 0.1 * slope for p, slope in zip(parameters, slopes, strict=True)]
    assert loss(parameters) < first / 5
    assert not np.allclose(model.get_weights()[0], parameters[0])
    model.set_weights(parameters)
    assert np.mean((model(x) - y) ** 2) == pytest.approx(float(loss(parameters)), rel=1e-4)


def test_popping_and_adding():
    model = Sequential([Dense(4, input_dim=3), Dense(2, name="last")])
    assert model.pop().name == "last"
    assert model.output_shape == (None, 4)
    model.add(Dense(5))
    assert model(np.zeros((1, 3))).shape == (1, 5)
    model.pop()
    model.pop()
    with pytest.raises(ValueError, match="got no layers"):
        model.pop()
    model.add(Dense(6))
    assert model.output_shape == (None, 6)


def test_layers_are_found_by_name_and_by_place():
    model = Sequential([Dense(4, name="a"), Dense(2, name="b")])
    assert model.get_layer("b") is model.get_layer(index=1) is model.layers[1]
    with pytest.raises(ValueError, match=r"'c'.*\['a', 'b'\]"):
        model.get_layer("c")
    with pytest.raises(ValueError, match="index 2"):
        model.get_layer(index=2)


@pytest.mark.parametrize("layer", [Dense, "Dense(3)", 3, None])
def test_only_instances_of_layers_can_be_added(layer):
    with pytest.raises(TypeError, match="instance of a layer"):
        Sequential().add(layer)


@pytest.mark.parametrize("layers", [Dense(3), Dense, 3])
def test_layers_come_in_a_list(layers):
    with pytest.raises(TypeError, match=r"its layers in a list, got .* Write Sequential\(\["):
        Sequential(layers)


def test_a_layer_has_its_place_once():
    layer = Dense(4)
    model = Sequential([layer])
    with pytest.raises(ValueError, match="different names"):
        model.add(layer)
    with pytest.raises(ValueError, match="one Input, before its layers"):
        model.add(Input((3,)))


def test_a_layer_that_does_not_fit_the_one_before_it():
    fixed = Dense(3, name="fixed")
    fixed.build((None, 50))
    model = Sequential([Dense(40, input_dim=9, name="wide")])
    message = (
        r"layer 'fixed' expects inputs of width 50, got \(None, 40\)\. "
        r"The layer before it, 'wide', has 40 units\."
    )
    with pytest.raises(ValueError, match=message):
        model.add(fixed)
    assert [layer.name for layer in model.layers] == ["wide"]
    late = Sequential([Dense(40, name="wide_too"), fixed])
    with pytest.raises(ValueError, match=r"'fixed' expects .* 'wide_too', has 40 units"):
        late.build((None, 9))


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.zeros((32, 8)), r"'first' expects inputs of width 9, got \(None, 8\).*columns"),
        (np.zeros(9), r"'first' expects inputs of width 9, got .*x\[np.newaxis\]"),
        (np.zeros(40), r"Several rows need 9 columns each"),
        (np.zeros((2, 3, 9)), r"'first' expects inputs of width 9, got \(None, 3, 9\)"),
        (np.zeros((2, 3, 3)), r"Flatten\(input_shape=\(3, 3\)\), or write x.reshape\(-1, 9\)"),
    ],
)
def test_data_that_does_not_fit_the_first_layer(x, message):
    model = Sequential([Dense(4, input_dim=9, name="first")])
    with pytest.raises(ValueError, match=message):
        model.predict(x, verbose=0)


@pytest.mark.parametrize(
    ("shape", "cure"),
    [
        ((28, 28), r"A single row needs .* write x\[np.newaxis\]\.$"),
        ((3, 784), r"write x.reshape\(-1, 28, 28\)"),
        ((3, 28, 28, 1), r"write x.reshape\(-1, 28, 28\)"),
        ((3, 32, 32), "check the shape of the data"),
        ((784,), "check the shape of the data"),
    ],
)
def test_images_of_another_shape(shape, cure):
    model = Sequential([Flatten(input_shape=(28, 28), name="flat"), Dense(10)])
    with pytest.raises(ValueError, match=rf"'flat' .* shape \(None, 28, 28\), got .*{cure}"):
        model.predict(np.zeros(shape), verbose=0)


def test_one_column_may_come_as_a_plain_list():
    model = Sequential([Dense(1, input_dim=1)])
    assert model.predict([1, 2, 3], verbose=0).shape == (3, 1)


def test_building_needs_layers_and_a_shape():
    with pytest.raises(ValueError, match="0 layers"):
        Sequential().predict(np.zeros((1, 1)), verbose=0)
    with pytest.raises(ValueError, match="the shape None"):
        Sequential([Dense(1)]).build()
    model = Sequential([Dense(1)])
    model.build((None, 4))
    assert model.input_shape == (None, 4)
    with pytest.raises(ValueError, match=r"width 4, got \(None, 5\)"):
        model.build((None, 5))


def test_the_same_seed_gives_the_same_weights():
    weights = []
    for _ in range(2):
        set_random_seed(5)
        weights.append(Sequential([Dense(4, input_dim=3), Dense(2)]).get_weights())
    for first, second in zip(*weights, strict=True):
        assert np.array_equal(first, second)


def test_layers_are_named_in_order():
    set_random_seed(0)
    model = Sequential([Dense(4), Dense(2), Flatten()])
    stem = model.layers[0].name
    assert stem.startswith("dense")
    assert len({layer.name for layer in model.layers}) == 3


class Residual(Layer):
    """Adds the outputs of a layer to its inputs."""

    def build(self, input_shape):
        self.inner = Dense(input_shape[-1], "tanh")

    def call(self, inputs):
        return inputs + self.inner(inputs)


class TwoPaths(Model):
    """A model with two branches."""

    def __init__(self):
        super().__init__()
        self.paths = [Dense(3, "relu"), Dense(3, "tanh")]
        self.head = Dense(1)

    def call(self, inputs):
        return self.head(np.concatenate([path(inputs) for path in self.paths], axis=1))


@pytest.mark.slow
@pytest.mark.parametrize("make", [lambda: Sequential([Residual(), Dense(1)]), TwoPaths])
def test_user_defined_layers_and_models_train(make):
    set_random_seed(1)
    model = make()
    model.compile(Adam(0.03), "mse")
    x = np.random.default_rng(0).normal(size=(64, 2))
    losses = model.fit(x, x.sum(axis=1), epochs=30, verbose=0).history["loss"]
    assert losses[-1] < losses[0] / 2
    assert model.predict(x, verbose=0).shape == (64, 1)
    buffer = model.store.parameters
    assert all(np.shares_memory(weight.value, buffer) for weight in model.weights)
    assert model.get_config()["name"] == model.name


def names_of_functional_models(library):
    """Return the names that functional models take between Sequential ones."""
    library.utils.clear_session()
    layers, found = library.layers, []

    def make():
        x = library.Input((2,))
        found.append(library.Model(x, layers.Dense(1)(x)).name)

    library.Sequential([library.Input((2,)), layers.Dense(1), layers.Dense(1)])
    make()
    model = library.Sequential([layers.Dense(1)])
    make()
    model.build((None, 2))
    make()
    model.add(layers.Dense(1))
    make()
    model.pop()
    make()
    model.build((None, 2))
    make()
    library.models.clone_model(model)
    make()
    return found


def test_functional_models_are_counted_with_those_in_sequential_ones():
    found = names_of_functional_models(nn)
    assert found == [f"functional_{n}" for n in (1, 2, 4, 6, 8, 10, 12)]


def test_the_names_of_functional_models_are_those_of_keras(keras):
    assert names_of_functional_models(nn) == names_of_functional_models(keras)


@pytest.mark.slow
def test_a_stateful_model_with_a_batch_size_trains():
    model = Sequential([Input(batch_shape=(4, 5, 2)), nn.layers.LSTM(3, stateful=True), Dense(1)])
    model.compile("sgd", "mse")
    x = np.random.default_rng(1).normal(size=(8, 5, 2))
    model.fit(x, x[:, 0, :1], batch_size=4, shuffle=False, verbose=0)
    first, second = (model.predict(x[:4], batch_size=4, verbose=0) for _ in range(2))
    assert not np.allclose(first, second)  # the states go on
    assert model.fixed_rows == 4


def test_a_config_may_have_the_shape_beside_its_layers():
    model = Sequential([Dense(2, name="a"), Dense(1, name="b")])
    config = model.get_config()
    assert "build_input_shape" not in config
    assert not Sequential.from_config(config).built
    given = Sequential.from_config({**config, "build_input_shape": [None, 3]})
    assert given.built
    assert given.input_shape == (None, 3)
    model.build((4, 3))
    config = model.get_config()
    assert config["build_input_shape"] == [4, 3]
    assert [entry["class_name"] for entry in config["layers"]] == ["InputLayer", "Dense", "Dense"]
    again = Sequential.from_config(config)
    assert [layer.name for layer in again.layers] == ["a", "b"]
    assert again.fixed_rows == 4
    assert Sequential.from_config({"name": "empty", "build_input_shape": [None, 3]}).layers == []


def test_a_mask_may_be_passed_with_the_inputs():
    model = Sequential([Activation("linear"), nn.layers.GlobalAveragePooling1D()])
    x = np.arange(6, dtype=np.float32).reshape(1, 3, 2)
    assert model(x.copy(), mask=np.array([[True, False, False]])).tolist() == [[0, 1]]
    assert model(x).tolist() == [[2, 3]]


def test_inputs_and_outputs_are_known_once_it_is_built():
    model = Sequential([Dense(3), Dense(2)])
    for name in ("input", "output", "inputs", "outputs", "input_shape", "output_shape"):
        with pytest.raises(ValueError, match="expects a known input shape before it has"):
            getattr(model, name)
    model.build((None, 4))
    assert model.inputs == [model.input]
    assert model.outputs == [model.output]
    assert model.output is model.layers[1].output
    assert (model.input_shape, model.output_shape) == ((None, 4), (None, 2))


class Stack(Sequential):
    """Makes its layers from a number."""

    def __init__(self, units=2):
        super().__init__([Dense(units, input_shape=(3,)), Dense(1)])
        self.units = units


def test_the_config_of_a_subclass_has_the_arguments_that_its_layers_are_made_of():
    config = Stack(5).get_config()
    assert (config["units"], "layers" in config) == (5, False)
    twin = Stack.from_config(config)
    assert [layer.units for layer in twin.layers] == [5, 1]


@pytest.mark.parametrize("shape", [None, (None,)])
def test_layers_and_a_shape_are_needed_to_build(shape):
    for layers in ([], [Dense(1)]):
        with pytest.raises(ValueError, match=r"Call model\.add|expects inputs"):
            Sequential(layers).build(shape)
