import numpy as np
import pytest

import autodiff as ad
import nn
from autodiff.tracing.trail import Trail
from nn import regularizers
from nn.layers import (
    Concatenate,
    Dense,
    Dropout,
    Flatten,
    Input,
    InputLayer,
    Lambda,
    Layer,
    LeakyReLU,
    ReLU,
    Softmax,
)
from nn.layers.activation import ELU, Activation
from nn.layers.base import _label


class Shift(Layer):
    """Adds a vector to each row, times 10 in training."""

    def build(self, input_shape):
        self.offset = self.add_weight(input_shape[-1], "ones", name="offset", regularizer="l2")
        self.steps = self.add_weight((), "zeros", trainable=False, name="steps")

    def call(self, inputs, training=False):
        return inputs + self.offset * (10 if training else 1)


class Block(Layer):
    """Holds layers in an attribute, a list and a dictionary."""

    def __init__(self, **options):
        super().__init__(**options)
        self.first = Dense(4, name="first")
        self.rest = [Shift(name="shift"), Dense(2, name="last")]
        self.by_name = {"again": Shift(name="again"), "same": self.first}

    def call(self, inputs):
        return self.by_name["again"](self.rest[1](self.rest[0](self.first(inputs))))


def test_weights_are_created_at_the_first_call():
    layer = Shift()
    assert not layer.built
    assert layer([[1, 2]]).tolist() == [[2, 3]]
    assert layer.built
    assert layer(np.array([[1, 2]]), training=True).tolist() == [[11, 12]]


@pytest.mark.parametrize("inputs", [[[1, 2]], np.array([[1, 2]]), np.array([[1.0, 2.0]])])
def test_inputs_of_every_kind_are_computed_in_float32(inputs):
    assert Shift()(inputs).dtype == np.float32


def test_a_frame_is_converted_to_an_array():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"a": [1, 2], "b": [3.5, 4.5]})
    assert Shift()(frame).tolist() == [[2, 4.5], [3, 5.5]]


def test_trainable_weights_come_before_others():
    layer = Shift(name="shift")
    layer.build((None, 2))
    assert [weight.path for weight in layer.weights] == ["shift/offset", "shift/steps"]
    assert [weight.name for weight in layer.trainable_weights] == ["offset"]
    assert [weight.name for weight in layer.non_trainable_weights] == ["steps"]
    assert layer.count_params() == 3


def test_weights_of_nested_layers_are_included_once():
    block = Block()
    assert block(np.zeros((3, 5))).shape == (3, 2)
    assert [layer.name for layer in block.flat_layers()[1:]] == ["first", "shift", "last", "again"]
    paths = [weight.path for weight in block.trainable_weights]
    assert paths == [
        "first/kernel", "first/bias", "shift/offset", "last/kernel", "last/bias", "again/offset",
    ]  # fmt: skip


def test_freezing_includes_nested_layers():
    block = Block()
    block(np.zeros((1, 5)))
    block.trainable = False
    assert block.trainable_weights == []
    assert len(block.non_trainable_weights) == len(block.weights) == 8
    block.first.trainable = True  # but it is inside a frozen one
    assert block.trainable_weights == []
    assert len(block.first.trainable_weights) == 2
    block.trainable = True
    assert len(block.trainable_weights) == 6


def test_a_frozen_weight_is_not_penalized():
    layer = Shift()
    layer.build((None, 2))
    assert float(layer.losses[0]) == pytest.approx(0.02)
    layer.trainable = False
    assert layer.losses == []


def test_an_activity_regularizer_is_divided_by_the_rows():
    layer = Activation("linear", activity_regularizer=regularizers.L1(0.5))
    layer([[1, -2], [3, 4]])
    assert [float(loss) for loss in layer.losses] == [2.5]
    layer([[1, 1]])
    assert [float(loss) for loss in layer.losses] == [1.0]
    layer(np.zeros((0, 2)))
    assert [float(loss) for loss in layer.losses] == [0.0]
    total = Lambda(np.sum, activity_regularizer=regularizers.L1(0.5))
    total([[1, -3]])
    assert [float(loss) for loss in total.losses] == [1.0]


class Twice(Layer):
    def __init__(self):
        super().__init__()
        self.inner = Activation("linear", activity_regularizer=regularizers.L1(0.5))

    def call(self, inputs):
        return self.inner(self.inner(inputs) * 2)


def test_a_layer_called_twice_is_penalized_twice():
    layer = Twice()
    for _ in range(2):
        layer([[1, -2], [3, 4]])
        assert [float(loss) for loss in layer.losses] == [2.5, 5.0]


def test_get_weights_returns_copies_and_set_weights_checks_shapes():
    layer = Shift(name="shift")
    layer.build((None, 2))
    before = layer.get_weights()
    layer.set_weights([np.array([5, 6]), 7])
    assert [weight.tolist() for weight in layer.get_weights()] == [[5, 6], 7]
    assert before[0].tolist() == [1, 1]
    with pytest.raises(ValueError, match=r"'shift/offset' expects .*\(2,\), got \(3,\)"):
        layer.set_weights([np.zeros(3), 0])
    with pytest.raises(ValueError, match=r"expected 2 arrays.*shift/offset, shift/steps.*got 1"):
        layer.set_weights([np.zeros(2)])


def test_the_output_shape_is_found_by_a_call():
    assert Block().compute_output_shape((None, 5)) == (None, 2)


def test_count_params_needs_a_built_layer():
    with pytest.raises(ValueError, match="'early' expects the shape"):
        Dense(1, name="early").count_params()


def test_a_layer_without_call_is_an_error():
    with pytest.raises(NotImplementedError, match=r"'hollow'.*define call"):
        Layer(name="hollow")(np.zeros((1, 1)))


def test_the_error_for_an_unknown_argument_suggests_the_nearest():
    with pytest.raises(TypeError, match=r"argument of Dense.*'activatoin'.*'activation'"):
        Dense(3, activatoin="relu")
    with pytest.raises(TypeError, match="'input_shape'"):
        Dense(3, inputshape=(3,))


@pytest.mark.parametrize("dtype", ["float64", np.int32])
def test_other_dtypes_than_float32_are_refused(dtype):
    with pytest.raises(ValueError, match="float32"):
        Dense(3, dtype=dtype)
    assert Dense(3, dtype="float32").name


def test_an_input_shape_is_a_tuple():
    with pytest.raises(TypeError, match=r"Write input_shape=\(9,\), with the comma"):
        Dense(3, input_shape=9)
    assert Dense(3, input_dim=9).input_shape_given == (None, 9)
    assert Dense(3, input_shape=[4, 9]).input_shape_given == (None, 4, 9)
    assert Input((4,)).shape == (None, 4)
    with pytest.raises(TypeError, match="shape of one row"):
        InputLayer()


@pytest.mark.parametrize(
    "layer",
    [
        Dense(3, "relu", use_bias=False),
        Dropout(0.25, seed=3),
        Flatten(),
        LeakyReLU(0.1),
        ReLU(6.0),
        ELU(0.5),
        Softmax(),
        Activation("tanh"),
    ],
)
def test_a_layer_is_recreated_from_its_config(layer):
    config = layer.get_config()
    assert type(layer).from_config(config).get_config() == config
    assert config["name"] == layer.name


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (ReLU(max_value=2.0), [[0, 0, 2]]),
        (ReLU(negative_slope=0.5), [[-2, 0, 3]]),
        (LeakyReLU(), [[-1.2, 0, 3]]),
        (LeakyReLU(0.25), [[-1, 0, 3]]),
        (ELU(2.0), [[2 * np.expm1(-4), 0, 3]]),
        (Activation("relu"), [[0, 0, 3]]),
        (Activation(np.tanh), np.tanh([[-4, 0, 3]])),
        (Softmax(), np.exp([[-4, 0, 3]]) / np.exp([-4, 0, 3]).sum()),
    ],
)
def test_activation_layers(layer, expected):
    outputs = layer([[-4, 0, 3]])
    assert outputs.dtype == np.float32
    assert np.allclose(outputs, expected)
    assert layer.compute_output_shape((None, 3)) == (None, 3)
    assert layer.weights == []


def test_flatten_keeps_the_rows():
    inputs = np.arange(24).reshape(2, 3, 4)
    assert np.array_equal(Flatten()(inputs), inputs.reshape(2, 12))
    assert Flatten()(np.zeros((5,))).shape == (5, 1)
    assert Flatten()(np.zeros((0, 3, 4))).shape == (0, 12)
    assert Flatten().compute_output_shape((None, 3, 4)) == (None, 12)
    assert Flatten().compute_output_shape((None, None, 4)) == (None, None)


def test_the_nodes_of_a_layer_are_in_its_scope():
    block = Block(name="block")
    block(np.ones((1, 2)))
    with Trail() as trail:
        result = block(ad.tensor(np.ones((1, 2), np.float32)))
    scopes = [(scope.name, scope.label) for scope in trail.scopes(result.node)]
    assert scopes == [("block", "Block"), ("again", "Shift")]
    (dense,) = {trail.scopes(node)[-1].label for node in result.node.inputs[0].inputs[:1]}
    assert dense == "Dense 2"


def test_a_class_without_super_init_is_reported():
    class Model(nn.Model):
        def __init__(self):
            self.first = nn.layers.Dense(1)

    with pytest.raises(AttributeError, match=r"begin with super\(\)\.__init__\(\)"):
        Model()(np.ones((1, 2)))


class OfParts(Layer):
    """Takes arrays in a dictionary, of which one may be a list."""

    def call(self, inputs):
        return {"both": inputs["a"][:, :1] + inputs["b"][0], "b": inputs["b"]}


def test_shapes_of_inputs_in_structures():
    layer = OfParts()
    shapes = {"a": (None, 3), "b": [(None, 2), (4, 5)]}
    assert layer.compute_output_shape(shapes) == {"both": (4, 2), "b": [(4, 2), (4, 5)]}
    outputs = layer({"a": np.ones((4, 3)), "b": [np.ones((4, 2)), np.ones((4, 5))]})
    assert outputs["both"].tolist() == [[2, 2]] * 4
    config = {"input_shape": {"a": [None, 3], "b": [[None, 2], [4, 5]]}}
    layer.build_from_config(config)
    assert layer.get_build_config() == {"input_shape": shapes}


def test_the_symbols_that_a_layer_was_called_on():
    x, y = Input((3,)), Input((2,))
    layer = Concatenate()
    with pytest.raises(AttributeError, match="expects a call on Symbols"):
        _ = layer.input
    merged = layer([x, y])
    layer([y, x])
    assert layer.input[0] is x
    assert layer.input[1] is y
    assert layer.output is merged
    dense = Dense(1)
    assert dense(merged) is dense.output
    assert dense.input is merged
    assert x.call.operation.input is x.call.operation.output is x


class Late(Layer):
    """Knows its shapes, and builds an inner layer at its first call."""

    def __init__(self, **options):
        super().__init__(**options)
        self.inner = Dense(2)

    def call(self, inputs):
        return self.inner(inputs)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], 2)


def test_a_layer_with_layers_is_built_by_symbols_too():
    model = nn.Sequential([Input((3,)), Late()])
    assert model.count_params() == 8
    layer = Late()
    layer.build_from_config({"input_shape": [None, 3]})
    assert layer.inner.built
    assert len(layer.weights) == 2


def test_a_layer_without_weights_is_built_once():
    layer = Late()
    assert not layer.built
    layer(np.ones((1, 3)))
    assert layer.built
    assert layer.get_build_config() == {"input_shape": (None, 3)}
    assert Dense(1).get_build_config() is None


LABELS = [
    (lambda: Dense(5, "relu"), "Dense 5 relu"),
    (lambda: Dense(5), "Dense 5"),
    (lambda: nn.layers.Conv2D(4, (3, 2), activation="tanh"), "Conv2D 4 3×2 tanh"),
    (lambda: nn.layers.MaxPooling1D(2), "MaxPooling1D 2"),
    (lambda: Dropout(0.25), "Dropout 0.25"),
    (lambda: nn.layers.ConvLSTM1D(3, 2), "ConvLSTM1D 3 2 tanh"),
    (lambda: nn.layers.LSTM(3), "LSTM 3 tanh"),
    (lambda: Flatten(), "Flatten"),
]


@pytest.mark.parametrize(("make", "label"), LABELS)
def test_labels_in_pictures(make, label):
    assert _label(make()) == label


def test_a_layer_is_built_for_the_shapes_of_a_config_under_any_name():
    layer = Dense(2)
    layer.build_from_config({"shapes_dict": {"query_shape": [None, 3]}})
    assert layer.kernel.shape == (3, 2)
    start = InputLayer((3,))
    x = np.ones((2, 3), np.float32)
    assert start(x) is x
    assert start.compute_output_shape((7, 3)) == (7, 3)


class Both(Layer):
    """Returns an array, a number that isn't one, and nothing."""

    def call(self, inputs):
        return inputs.sum(axis=1), 2.5, None


def test_results_that_are_not_arrays_have_no_symbols():
    total, number, nothing = Both()(Input((3, 4)))
    assert total.shape == (None, 4)
    assert (number, nothing) == (2.5, None)


def test_a_weight_as_it_is_made_by_default_and_otherwise():
    layer = Layer(name="own")
    weight, limit = layer.add_weight((200, 300)), np.sqrt(6 / 500)
    assert 0.9 * limit < np.abs(weight.numpy()).max() <= limit
    assert (weight.trainable, weight.regularizer, weight.constraint) == (True, None, None)
    assert weight.path.startswith("own/variable")
    other = layer.add_weight(
        3, "ones", regularizer="l2", constraint="non_neg", trainable=False, name="b"
    )
    assert (other.shape, other.path, other.trainable) == ((3,), "own/b", False)
    assert isinstance(other.regularizer, regularizers.L2)
    assert isinstance(other.constraint, nn.constraints.NonNeg)
    assert layer.add_weight().shape == ()
    with pytest.raises(ValueError, match="float32"):
        layer.add_weight((1,), dtype="float64")
    assert len(layer.weights) == len(layer.variables) == 3
    assert layer.trainable_variables == [weight, layer.weights[1]]
    assert layer.non_trainable_variables == [other]


@pytest.mark.parametrize("store", [{}, {"0": np.zeros(2)}, {"0": np.zeros(2), "2": np.zeros(())}])
def test_what_a_file_has_of_a_layer_is_all_of_it(store):
    layer = Shift(name="shift")
    layer.build((None, 2))
    with pytest.raises(ValueError, match=rf"'shift' expects 2 arrays, .*, got {len(store)}"):
        layer.load_own_variables(store)
    with pytest.raises(ValueError, match="'shift/offset' expects"):
        layer.load_own_variables({"0": np.zeros(3), "1": np.zeros(())})
    layer.load_own_variables({"1": np.float32(7), "0": np.full(2, 5.0)})
    assert [weight.tolist() for weight in layer.get_weights()] == [[5, 5], 7]
