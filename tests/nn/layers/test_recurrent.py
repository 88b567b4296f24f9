"""Recurrent layers: by hand, beside Keras, recorded once, masked, stateful, and misused."""

import numpy as np
import pytest

import autodiff as ad
import nn
from nn import layers, tree
from tests.nn.layers.beside import draw_weights, flat, names, plain, trained

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(6, 7, 3)).astype("f")
Y = RANDOM.normal(size=(6, 1)).astype("f")
MASK = RANDOM.random((6, 7)) > 0.3
KINDS = ("SimpleRNN", "LSTM", "GRU")


def test_a_running_sum_by_hand():
    layer = layers.SimpleRNN(
        1, "linear", kernel_initializer="ones", recurrent_initializer="ones", return_sequences=True
    )
    assert layer(np.array([[[1.0], [2.0], [3.0]]])).ravel().tolist() == [1, 3, 6]
    masked = layer(np.array([[[1.0], [2.0], [3.0]]]), mask=np.array([[True, False, True]]))
    assert masked.ravel().tolist() == [1, 1, 4]


@pytest.mark.parametrize("kind", KINDS)
def test_whole_numbers_become_floats(kind):
    x = np.arange(12).reshape(2, 3, 2)
    for layer in (getattr(layers, kind)(2), layers.RNN(getattr(layers, f"{kind}Cell")(2))):
        np.testing.assert_array_equal(layer(x), layer(x.astype(np.float32)), strict=True)


def test_an_lstm_step_by_hand():
    cell = layers.LSTMCell(1, kernel_initializer="zeros", recurrent_initializer="zeros")
    output, (h, c) = cell(np.zeros((1, 2)), [np.zeros((1, 1)), np.full((1, 1), 2.0)])
    forget = 1 / (1 + np.exp(-1.0))  # its bias starts at 1
    assert c.item() == pytest.approx(2 * forget)
    assert h.item() == output.item() == pytest.approx(0.5 * np.tanh(2 * forget))


@pytest.mark.slow
def test_slopes():
    layer = layers.GRU(2)
    x = X[:2, :3]
    layer(x)
    weights = [w.astype(np.float64) for w in layer.get_weights()]

    def loss(weights, x):
        with nn.layers.weight.bound(layer.weights, weights):
            return (layer(x) ** 2).sum()

    ad.check_grads(loss, weights, x.astype(np.float64))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"return_sequences": True, "go_backwards": True},
        {"return_state": True, "use_bias": False},
        {"return_sequences": True, "zero_output_for_mask": True},
    ],
    ids=str,
)
@pytest.mark.parametrize("mask", [None, MASK], ids=["plain", "masked"])
def test_outputs_are_those_of_keras(of_keras, kind, options, mask):
    def outputs(library):
        layer = getattr(library.layers, kind)(5, **options)
        layer(X)
        draw_weights(layer)
        return flat(names(layer), layer(X, mask=mask))

    np.testing.assert_allclose(outputs(nn), of_keras(outputs), atol=1e-5)


MODELS = {
    "stacked": lambda L, kind: [
        L.Masking(),
        getattr(L, kind)(5, return_sequences=True),
        getattr(L, kind)(4),
    ],
    "both directions": lambda L, kind: [
        L.Bidirectional(getattr(L, kind)(3, return_sequences=True)),
        L.Bidirectional(getattr(L, kind)(3), merge_mode="sum"),
    ],
    "cells": lambda L, kind: [
        L.RNN([getattr(L, f"{kind}Cell")(3), getattr(L, f"{kind}Cell")(4)], return_sequences=True),
        L.TimeDistributed(L.Dense(2, "tanh")),
        L.Flatten(),
    ],
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", MODELS)
def test_training_is_that_of_keras(of_keras, name, kind):
    x = X.copy()
    x[2, 3:] = 0

    def numbers(library):
        inner = MODELS[name](library.layers, kind)
        model = library.Sequential([library.Input((7, 3)), *inner, library.layers.Dense(1)])
        model.compile(library.optimizers.SGD(0.1, momentum=0.9), "mse")
        return trained(model, x, Y, epochs=3, batch_size=3)

    np.testing.assert_allclose(numbers(nn), of_keras(numbers), rtol=1e-4, atol=3e-5)


@pytest.mark.slow
def test_a_step_is_recorded_once():
    model = nn.Sequential([layers.LSTM(4, input_shape=(None, 3)), layers.Dense(1)])
    model.compile("adam", "mse")
    counts = []
    for steps in (5, 50):
        model.train_on_batch(np.zeros((2, steps, 3)), np.zeros((2, 1)))
        counts.append(model.train_source().count("\n"))
    assert "for t in range(" in model.train_source()
    assert abs(counts[0] - counts[1]) < 5


@pytest.mark.parametrize("kind", ["SimpleRNN", "LSTM", "GRU"])
def test_a_stateful_layer_keeps_what_follows_from_given_states(kind):
    layer, whole = getattr(layers, kind)(2, stateful=True), getattr(layers, kind)(2)
    whole(X)
    layer.build(X.shape)
    layer.set_weights(whole.get_weights())
    given = [np.ones((len(X), 2), np.float32)] * (2 if kind == "LSTM" else 1)
    for _ in range(2):
        layer(X[:, :3], initial_state=given)
    assert not any(state.trainable for state in layer.states)
    np.testing.assert_allclose(layer(X[:, 3:]), whole(X, initial_state=given), atol=1e-6)


def test_states_are_kept_between_batches():
    layer = layers.GRU(4, stateful=True)
    whole = layers.GRU(4)
    whole(X)
    layer(X[:, :3])
    layer.set_weights(whole.get_weights())
    layer.reset_state()
    layer(X[:, :3])
    np.testing.assert_allclose(layer(X[:, 3:]), whole(X), atol=1e-6)
    layer.reset_state()
    np.testing.assert_allclose(layer(X), whole(X), atol=1e-6)
    with pytest.raises(ValueError, match="expects the 6 rows of its first call, got 2"):
        layer(X[:2])


def test_initial_states_and_a_cell_of_the_user():
    class Sum(layers.Layer):
        state_size = 3

        def call(self, inputs, states):
            total = states[0] + inputs if isinstance(states, list) else states + inputs
            return total, [total]

    layer = layers.RNN(Sum(), return_state=True)
    output, state = layer(X)
    np.testing.assert_allclose(output, X.sum(1), atol=1e-5)
    again, _ = layer(X, initial_state=[state])
    np.testing.assert_allclose(again, 2 * X.sum(1), atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_initial_states_in_a_list_with_the_inputs(kind):
    states = [np.full((6, 4), 0.5, np.float32)] * (2 if kind == "LSTM" else 1)
    layer = getattr(layers, kind)(4)
    together = layer([X, *states])  # built by their shapes
    np.testing.assert_array_equal(together, layer(X, initial_state=states))
    assert np.abs(together - layer(X)).max() > 0.01


@pytest.mark.slow
def test_an_encoder_and_a_decoder():
    past, future = nn.Input((7, 3)), nn.Input((2, 3))
    _, h, c = layers.LSTM(4, return_state=True)(past)
    decoded = layers.LSTM(4, return_sequences=True)(future, initial_state=[h, c])
    model = nn.Model([past, future], layers.TimeDistributed(layers.Dense(1))(decoded))
    model.compile("adam", "mse")
    assert model.output_shape == (None, 2, 1)
    losses = model.fit([X, X[:, :2]], X[:, :2, :1], epochs=40, verbose=0).history["loss"]
    assert losses[-1] < 0.95 * losses[0]


@pytest.mark.slow
@pytest.mark.parametrize("options", [{"dropout": 0.5}, {"recurrent_dropout": 0.5}], ids=str)
def test_dropout_is_drawn_in_each_call(options):
    layer = layers.LSTM(4, seed=1, **options)
    assert np.array_equal(layer(X), layer(X))
    assert not np.array_equal(layer(X, training=True), layer(X, training=True))
    model = nn.Sequential([layers.LSTM(4, seed=1, input_shape=(7, 3), **options), layers.Dense(1)])
    model.compile("adam", "mse")
    assert len(model.fit(X, Y, epochs=2, verbose=0).history["loss"]) == 2


@pytest.mark.parametrize(
    ("dropout", "of_state", "steps"), [(0.5, 0.0, 1), (0.0, 0.5, 2), (0.5, 0.5, 1)]
)
@pytest.mark.parametrize(
    ("kind", "options"),
    [("SimpleRNN", {}), ("LSTM", {}), ("GRU", {}), ("GRU", {"reset_after": False})],
    ids=str,
)
def test_what_is_dropped_together_is_as_in_keras(of_keras, kind, options, dropout, of_state, steps):
    # Each combination of dropped gates, of one unit and one feature, returns another number.
    def combinations(library):
        layer = getattr(library.layers, kind)(
            1, dropout=dropout, recurrent_dropout=of_state, seed=1, **options
        )
        layer.build((None, steps, 1))
        random = np.random.default_rng(1)
        for weight in [w for w in layer.weights if "seed" not in w.path]:
            weight.assign(random.normal(size=tuple(weight.shape)).astype("f"))
        found = plain(layer(np.ones((500, steps, 1), "f"), training=True))
        assert found.shape == (500, 1)
        return np.unique(found.round(4))

    found, expected = combinations(nn), of_keras(combinations)
    assert len(found) == len(expected) > 1
    np.testing.assert_allclose(found, expected, atol=2e-4)


@pytest.mark.parametrize("kind", [layers.LSTM, layers.GRU])
def test_dropout_of_gates_is_the_same_in_all_steps_and_recorded(kind):
    layer = kind(3, recurrent_dropout=0.5, dropout=0.5, seed=1)
    layer.build((None, 4, 2))
    entries, state = layer.cell.masks(2, (2,), training=True)
    gates = layer.cell.gates
    assert (entries.shape, state.shape) == ((gates, 2, 2), (gates, 2, 3))
    x = np.random.default_rng(0).normal(size=(2, 4, 2)).astype("f")
    layer.cell.masks = lambda *_: (entries, state)
    states = layer.cell.get_initial_state(2)
    for step in np.swapaxes(x, 0, 1):  # one by one
        output, states = layer.cell(step, states, training=True)
    np.testing.assert_allclose(layer(x, training=True), output, rtol=1e-5)


@pytest.mark.slow
def test_a_sequence_is_learned():
    nn.utils.set_random_seed(0)
    x = np.random.default_rng(0).integers(0, 2, (128, 6, 1)).astype("f")
    y = x.sum(1) > 3
    model = nn.Sequential([layers.GRU(8, input_shape=(6, 1)), layers.Dense(1, "sigmoid")])
    model.compile(nn.optimizers.Adam(0.02), "binary_crossentropy", metrics=["accuracy"])
    model.fit(x, y, epochs=60, verbose=0)
    assert model.evaluate(x, y, verbose=0)[1] > 0.97


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.LSTM(4)(np.zeros((2, 3))), r"Add an axis: x\[\.\.\., np\.newaxis\]"),
        (lambda: layers.LSTM(0), "expected units to be a whole number of at least 1"),
        (lambda: layers.RNN(layers.Dense(3)), "expects a cell with state_size"),
        (lambda: layers.LSTM(4)(X, initial_state=[np.ones((6, 4))]), "2 initial states, .* got 1"),
        (lambda: layers.Bidirectional(layers.Dense(3)), "expects a recurrent layer"),
        (lambda: layers.Bidirectional(layers.GRU(3), merge_mode="max"), "merge_mode to be"),
        (lambda: layers.TimeDistributed(layers.Dense(3))(np.zeros((2, 3))), "sequences of shape"),
    ],
)
def test_misuse_is_refused(make, message):
    with pytest.raises((TypeError, ValueError), match=message):
        make()


@pytest.mark.parametrize("masks_steps", [True, False])
def test_a_mask_of_steps_is_no_mask_of_their_parts(masks_steps):
    class Masks(layers.Layer):
        def call(self, inputs, mask=None):
            return inputs * (mask is None)

    Masks.masks_steps = masks_steps
    layer, x = layers.TimeDistributed(Masks()), np.ones((2, 3, 4))
    assert layer(x, mask=np.ones((2, 3), bool)).all() == masks_steps
    assert not layer(x, mask=np.ones((2, 3, 4), bool)).any()


@pytest.mark.parametrize("reset_after", [True, False])
def test_what_the_update_gate_keeps_is_not_dropped_out(reset_after):
    layer = layers.GRU(4, recurrent_dropout=0.5, reset_after=reset_after, seed=1)
    layer.build((None, 3, 2))
    bias = np.zeros(layer.cell.bias.shape)
    bias[..., :4] = 50.0  # the update gate is open
    layer.cell.bias.assign(bias)
    state = np.arange(1.0, 9.0).reshape(2, 4)
    outputs = layer(np.zeros((2, 3, 2)), initial_state=state, training=True)
    np.testing.assert_allclose(outputs, state, rtol=1e-6)


def test_the_bias_of_the_state_is_inside_of_the_reset_gate():
    layer = layers.GRU(1, kernel_initializer="zeros", recurrent_initializer="zeros")
    layer.build((None, 1, 1))
    layer.cell.bias.assign([[-50.0, -50.0, 0.5], [0.0, 0.0, 3.0]])  # gates closed
    assert layer(np.zeros((1, 1, 1))).item() == pytest.approx(np.tanh(0.5))
    layer.cell.bias.assign([[-50.0, 50.0, 0.5], [0.0, 0.0, 3.0]])  # the reset gate open
    assert layer(np.zeros((1, 1, 1))).item() == pytest.approx(np.tanh(3.5))


def test_stacked_cells_return_their_states_cell_by_cell():
    layer = layers.RNN([layers.LSTMCell(4), layers.SimpleRNNCell(2)], return_state=True)
    output, (h, c), last = layer(X)
    assert [x.shape for x in (output, h, c, last)] == [(6, 2), (6, 4), (6, 4), (6, 2)]
    assert layer.compute_output_shape((6, None, 3)) == [(6, 2), [(6, 4), (6, 4)], (6, 2)]
    assert [len(x) if isinstance(x, list) else 1 for x in layer(nn.Input((7, 3)))] == [1, 2, 1]
    again = layer(X, initial_state=[[h, c], last])
    assert not np.allclose(again[0], output)
    np.testing.assert_allclose(layer(X, initial_state=[h, c, last])[0], again[0])


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 4, 5)])
@pytest.mark.parametrize("kind", KINDS)
def test_inputs_that_are_no_sequences_are_refused(kind, shape):
    with pytest.raises(ValueError, match=r"expects sequences of shape \(rows, steps, features\)"):
        getattr(layers, kind)(2)(np.zeros(shape, np.float32))


class OfPairs(layers.Layer):
    """A cell whose states and outputs are matrices of two rows."""

    state_size, output_size = [3], (2, 3)

    def get_initial_state(self, batch_size):
        return np.zeros((batch_size, 2, 3), np.float32)

    def call(self, inputs, states):
        output = states[0] + inputs[:, np.newaxis, :3]
        return output, [output]


def test_a_cell_whose_outputs_have_several_axes():
    x = np.ones((2, 4, 3), np.float32)
    layer = layers.RNN(OfPairs(), return_sequences=True)
    assert layer(x)[:, -1].tolist() == [[[4] * 3] * 2] * 2
    assert layer(x, mask=np.array([[True, False, True, True]] * 2))[0, :, 0, 0].tolist() == [
        1, 1, 2, 3
    ]  # fmt: skip
    assert layer.compute_output_shape((None, 4, 3)) == (None, 4, 2, 3)


class OfTwoStates(layers.Layer):
    """A cell that doesn't say how long its outputs are: as long as its first state."""

    def __init__(self, sizes):
        super().__init__()
        self.state_size = sizes

    def call(self, inputs, states):
        output = states[0] + inputs[:, :1]
        return output, [output, states[1] + 1]


@pytest.mark.parametrize("sizes", [[3, 2], (3, 2)])
def test_outputs_are_as_long_as_the_first_state_unless_a_cell_says_otherwise(sizes):
    x, mask = np.ones((2, 4, 3), np.float32), np.array([[False, True, True, False]] * 2)
    alone = layers.RNN(OfTwoStates(sizes), return_sequences=True)
    stacked = layers.RNN([OfTwoStates(sizes), OfTwoStates(sizes)], return_sequences=True)
    before = layers.RNN([OfTwoStates(sizes), layers.GRUCell(5)], return_sequences=True)
    for layer, width in ((alone, 3), (stacked, 3), (before, 5)):
        assert layer(x).shape == layer(x, mask=mask).shape == (2, 4, width)
        assert layer.compute_output_shape((None, 4, 3)) == (None, 4, width)
    assert alone(x, mask=mask)[0, :, 0].tolist() == [0, 1, 2, 2]
    assert before.cell.cells[1].kernel.shape == (3, 15)
    assert stacked.cell.output_size == 3
    three = [OfTwoStates(sizes), layers.GRUCell(5), layers.SimpleRNNCell(4)]
    stack = layers.StackedRNNCells(three)
    assert stack.output_size == 4
    first = stack.get_initial_state(2)
    assert [[x.shape for x in states] for states in first] == [[(2, 3), (2, 2)], [(2, 5)], [(2, 4)]]
    _, states = stack(x[:, 0], first)
    assert [np.shape(x) for x in tree.leaves(states)] == [x.shape for x in tree.leaves(first)]


def test_states_of_both_directions():
    layer = layers.Bidirectional(layers.LSTM(2, stateful=True))
    assert layer.states is None
    first = layer(X)
    assert [state.shape for state in layer.states] == [(6, 2)] * 4
    assert not np.array_equal(layer(X), first)
    layer.reset_states()
    np.testing.assert_array_equal(layer(X), first)
    assert layers.Bidirectional(layers.GRU(2)).states is None


def test_both_directions_start_from_given_weights():
    first = layers.Bidirectional(layers.LSTM(2))
    expected = first(X)
    other = layers.Bidirectional(layers.LSTM(2), weights=first.get_weights())
    np.testing.assert_array_equal(other(X), expected)


def test_states_may_follow_the_inputs_in_a_list():
    states = [np.full((len(X), 2), n, np.float32) for n in (0.5, -1.0)]
    layer = layers.LSTM(2)
    layer.build([X.shape, *(state.shape for state in states)])
    np.testing.assert_array_equal(layer([X, *states]), layer(X, initial_state=states))
