"""Functional models: graphs of layers between Symbols."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn
from nn.layers import Dense, Dropout, Input, Layer

X = np.random.default_rng(0).normal(size=(16, 3)).astype(np.float32)


def two_inputs():
    a, b = Input((3,), name="a"), Input((2,), name="b")
    hidden = Dense(4, "tanh", name="hidden")(np.concatenate([a, b], axis=-1))
    return nn.Model({"a": a, "b": b}, [Dense(1, name="u")(hidden), hidden])


def test_a_chain_is_a_sequential():
    x = Input((3,))
    model = nn.Model(x, Dense(1)(Dense(4, "relu")(x)))
    other = nn.Sequential([Dense(4, "relu", input_shape=(3,)), Dense(1)])
    other.set_weights(model.get_weights())
    assert np.array_equal(model(X), other(X))
    for each in (model, other):
        each.compile("adam", "mse")
    histories = []
    for each in (model, other):
        nn.utils.set_random_seed(1)
        histories.append(each.fit(X, X[:, :1], epochs=3, verbose=0).history["loss"])
    assert histories[0] == histories[1]
    assert all(map(np.array_equal, model.get_weights(), other.get_weights()))


def test_structures_of_inputs_and_outputs():
    model = two_inputs()
    u, hidden = model({"a": X, "b": X[:, :2]})
    assert (u.shape, hidden.shape) == ((16, 1), (16, 4))
    assert model.output_shape == [(None, 1), (None, 4)]
    assert model.input_shape == {"a": (None, 3), "b": (None, 2)}
    assert model.input_names == ["a", "b"]
    assert model.output_names == ["u", "hidden"]


def test_inputs_in_a_list_can_be_passed_by_name():
    a, b = Input((3,), name="a"), Input((1,), name="b")
    model = nn.Model([a, b], a * b)
    expected = X * X[:, :1]
    assert np.array_equal(model([X, X[:, :1]]), expected)
    assert np.array_equal(model({"b": X[:, :1], "a": X}), expected)
    assert np.array_equal(model([X, X[:, 0]]), expected)  # a last axis of 1 may be missing


def test_shared_layers_have_one_set_of_weights():
    shared, a, b = Dense(2, name="shared"), Input((3,)), Input((3,))
    model = nn.Model([a, b], shared(a) - shared(b))
    assert len(model.weights) == 2
    assert not model([X, X]).any()
    assert [layer.name for layer in model.layers][-1] == "shared"


def test_models_are_layers():
    encoder = nn.Sequential([Dense(2, input_shape=(3,))], name="encoder")
    x = Input((3,))
    code = encoder(x)
    model = nn.Model(x, Dense(3)(code))
    assert code.shape == (None, 2)
    assert np.array_equal(nn.Model(x, code)(X), encoder(X))
    assert model.get_layer("encoder") is encoder


def test_a_part_of_a_model_is_a_model():
    x = Input((3,))
    model = nn.Model(x, Dense(1)(Dense(4, "relu", name="hidden")(x)))
    features = nn.Model(model.inputs, model.layers[1].output)
    tail = nn.Model(model.get_layer("hidden").output, model.outputs)
    assert np.allclose(tail(features(X)), model(X))
    assert np.allclose(nn.Model(model.input, model.output)(X), model(X))


def test_training_reaches_the_layers():
    x = Input((50,))
    model = nn.Model(x, Dropout(0.5)(x))
    ones = np.ones((4, 50), np.float32)
    assert np.array_equal(model(ones), ones)
    assert (model(ones, training=True) == 0).any()
    fixed = nn.Model(x, Dropout(0.5)(x, training=True))
    assert (fixed(ones) == 0).any()


@pytest.mark.slow
def test_a_subclass_of_a_functional_model():
    class Halved(nn.Model):
        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, **options):
            return 0.5 * super().compute_loss(x, y, y_pred, sample_weight, **options)

    x = Input((3,))
    model = Halved(x, Dense(1, kernel_initializer="zeros")(x))
    model.compile("sgd", "mse")
    loss = model.evaluate(X, np.ones(16), verbose=0)
    assert loss == pytest.approx(0.5)
    assert model.fit(X, np.ones(16), epochs=2, verbose=0).history["loss"][1] < 0.5


def test_user_defined_layers():
    class Distance(Layer):
        def call(self, a, b, power=2):
            return (np.abs(a - b) ** power).sum(axis=-1, keepdims=True)

    a, b = Input((3,)), Input((3,))
    model = nn.Model([a, b], Distance()(a, b, power=1))
    assert model.output_shape == (None, 1)
    assert np.allclose(model([X, 2 * X])[:, 0], np.abs(X).sum(-1))


def test_build_with_several_shapes():
    class Bilinear(Layer):
        def build(self, left_shape, right_shape):
            self.kernel = self.add_weight((left_shape[-1], right_shape[-1]))

        def call(self, left, right):
            return ((left @ self.kernel) * right).sum(-1)

    a, b = Input((3,)), Input((2,))
    model = nn.Model([a, b], Bilinear()(a, right=b))
    assert model.get_weights()[0].shape == (3, 2)
    assert model([X, X[:, :2]]).shape == (16,)


def test_misuse_is_refused():
    x, y = Input((3,), name="x"), Input((3,), name="y")
    out = Dense(1)(x)
    with pytest.raises(ValueError, match=r"needs <Symbol y, .* Add this Symbol to the inputs"):
        nn.Model(x, Dense(1)(x + y))
    with pytest.raises(TypeError, match="expects Symbols as inputs"):
        nn.Model(X, out)
    with pytest.raises(TypeError, match="expects both inputs and outputs, got inputs alone"):
        nn.Model(x)
    with pytest.raises(ValueError, match=r"expects inputs for x \(None, 3\), got \["):
        nn.Model(x, out)([X, X])
    with pytest.raises(ValueError, match=r"expects its input 'x' in shape \(None, 3\), got"):
        nn.Model(x, out)(X[:, :2])
    with pytest.raises(ValueError, match="layers with different names, got 2 named 'same'"):
        nn.Model(x, Dense(1, name="same")(Dense(1, name="same")(x)))
    layer = Dense(2, name="w")
    layer(x)
    with pytest.raises(ValueError, match="expects inputs of width 3"):
        layer(Input((5,)))
    with pytest.raises(AttributeError, match="expects to be made of Symbols"):
        nn.Sequential().operations  # noqa: B018


def test_a_fixed_batch_size():
    x = Input((3,), batch_size=4)
    model = nn.Model(x, x + Dense(3)(x))
    assert model(X[:4]).shape == (4, 3)


@pytest.mark.slow
def test_a_deep_graph():
    x = y = Input((1,))
    for _ in range(2000):
        y = np.add(y, 1.0)
    model = nn.Model(x, y)
    assert model(np.zeros((1, 1))).item() == 2000


@settings(max_examples=15)
@given(data=st.data())
def test_graphs_are_those_of_keras(keras, data):
    """Draw a graph, and make it in both: the same order of layers and weights, the same outputs."""
    steps = data.draw(
        st.lists(
            st.tuples(st.sampled_from(["dense", "add", "cat", "shared"]), st.integers(0, 99),
                      st.integers(0, 99)),
            min_size=1, max_size=8,
        )
    )  # fmt: skip

    def make(library, concatenate):
        shared = library.layers.Dense(3, name="shared")
        values = [library.Input((3,), name="a"), library.Input((3,), name="b")]
        for number, (kind, i, j) in enumerate(steps):
            left, right = values[i % len(values)], values[j % len(values)]
            if kind == "add":
                values.append(left + right)
            elif kind == "shared":
                values.append(shared(left))
            else:
                inner = concatenate([left, right]) if kind == "cat" else left
                values.append(library.layers.Dense(3, name=f"d{number}")(inner))
        return library.Model(values[:2], [values[-1], values[len(values) // 2]])

    ours = make(nn, lambda parts: np.concatenate(parts, axis=-1))
    theirs = make(keras, lambda parts: keras.ops.concatenate(parts, axis=-1))
    names = [[layer.name for layer in model.layers] for model in (ours, theirs)]
    assert names[0] == names[1]
    paths = [[weight.path.split("/")[-2:] for weight in model.weights] for model in (ours, theirs)]
    assert paths[0] == paths[1]
    theirs.set_weights(ours.get_weights())
    for mine, other in zip(ours([X, 2 * X]), theirs([X, 2 * X]), strict=True):
        assert np.allclose(mine, other.detach().numpy(), atol=1e-5)


def test_a_model_of_some_layers_of_a_sequential():
    whole = nn.Sequential([Dense(4, "relu", name="h"), Dense(3, "tanh"), Dense(1)])
    with pytest.raises(ValueError, match="expects a known input shape before it has an input"):
        _ = whole.input
    with pytest.raises(AttributeError, match="expects a call on Symbols"):
        _ = whole.layers[0].output
    whole.build((None, 3))
    features = whole.get_layer("h").output  # read before the model's input
    model = nn.Model(whole.inputs, [features, whole.layers[1].output, whole.output])
    hidden, second, last = model(X)
    expected = np.maximum(X @ whole.layers[0].kernel.numpy(), 0)
    np.testing.assert_allclose(hidden, expected, atol=1e-6)
    np.testing.assert_array_equal(second, whole.layers[1](hidden))
    np.testing.assert_array_equal(last, whole(X))
    whole.pop()
    whole.add(Dense(2, name="other"))
    np.testing.assert_array_equal(nn.Model(whole.input, whole.output)(X), whole(X))


def test_transfer_to_a_new_head_trains_the_head_alone():
    base = nn.Sequential([nn.Input((3,)), Dense(4, "relu"), Dense(1)])
    base.layers[0].trainable = False
    before = base.layers[0].get_weights()
    model = nn.Model(base.input, Dense(2, "softmax")(base.layers[-2].output))
    model.compile("adam", "sparse_categorical_crossentropy")
    losses = model.fit(X, (X[:, 0] > 0).astype(int), epochs=5, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    assert all(map(np.array_equal, before, base.layers[0].get_weights()))


def test_layers_are_in_the_order_of_their_greatest_distance_from_an_output():
    x = Input((2,), name="x")
    first = Dense(2, name="first")(x)
    chain = first
    for name in ("second", "third", "last"):
        chain = Dense(2, name=name)(chain)
    short = Dense(2, name="short")(first)  # of which the first is near, too
    for outputs in ([short, chain], [chain, short]):
        names = [layer.name for layer in nn.Model(x, outputs).layers]
        assert names[:4] == ["x", "first", "second", "third"]
        assert sorted(names[4:]) == ["last", "short"]


def test_the_shape_of_merged_inputs_is_the_longer_one():
    for shapes in ([(1,), (5,)], [(5,), (1,)]):
        merged = nn.layers.Add()([Input(shape) for shape in shapes])
        assert merged.shape == (None, 5)
    assert nn.layers.Add().compute_output_shape([(None, 1), (None, 1)]) == (None, 1)


def test_layers_at_one_distance_are_in_the_order_of_the_outputs_and_inputs():
    x, z = Input((2,), name="x"), Input((2,), name="z")
    ends = {name: Dense(2, name=name)(x) for name in "ab"}
    for names in ("ab", "ba"):
        model = nn.Model(x, [ends[name] for name in names])
        assert [layer.name for layer in model.layers] == ["x", *names]
    total = nn.layers.Add(name="total")([Dense(2, name="first")(x), Dense(2, name="second")(z)])
    for inputs in ([x, z], [z, x]):
        names = [layer.name for layer in nn.Model(inputs, total).layers]
        assert names == ["x", "z", "first", "second", "total"]
    unused = nn.Model([z, x], ends["a"])
    assert [layer.name for layer in unused.layers] == ["x", "z", "a"]


def test_a_model_has_inputs_and_outputs_and_a_call():
    x = Input((3,))
    for inputs, outputs, what in (([], x, "inputs"), (x, [], "outputs"), ({}, x, "inputs")):
        with pytest.raises(TypeError, match=f"at least one Symbol as {what}, got none"):
            nn.Model(inputs, outputs)

    class Empty(nn.Model):
        pass

    with pytest.raises(NotImplementedError, match="to define call"):
        Empty()(np.ones((1, 2)))
