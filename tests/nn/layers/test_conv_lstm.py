"""Convolutional LSTMs: by hand, beside Keras, masked, stateful, in both directions, and misused."""

import numpy as np
import pytest

import autodiff as ad
import nn
from nn import layers
from tests.nn.layers.beside import draw_weights, flat, names, trained

RANDOM = np.random.default_rng(0)
IMAGES = {1: (7,), 2: (6, 5), 3: (4, 5, 4)}
OPTIONS = {
    "valid": {},
    "strides": {"strides": 2, "return_sequences": True, "use_bias": False},
    "same": {"padding": "same", "return_state": True, "activation": "relu"},
    "spread": {"dilation_rate": 2, "unit_forget_bias": False, "go_backwards": True},
    "sigmoid": {"recurrent_activation": "hard_sigmoid", "return_sequences": True},
}


def sequences(rank, channels=2):
    return np.random.default_rng(rank).normal(size=(3, 4, *IMAGES[rank], channels)).astype("f")


def test_a_step_by_hand():
    layer = layers.ConvLSTM1D(1, 1, kernel_initializer="ones", recurrent_initializer="ones")
    outputs, (h, c) = layer(np.zeros((1, 1, 3, 1))), (np.zeros(3), np.zeros(3))
    np.testing.assert_allclose(outputs.ravel(), h)
    x = np.array([0.5, -1.0, 2.0])
    gates = [1 / (1 + np.exp(-(x + bias))) for bias in (0.0, 1.0, 0.0)]  # i, f, o
    c = gates[1] * c + gates[0] * np.tanh(x)
    np.testing.assert_allclose(
        layer(x.reshape(1, 1, 3, 1)).ravel(), gates[2] * np.tanh(c), rtol=1e-6
    )


@pytest.mark.slow
def test_slopes():
    layer, x = layers.ConvLSTM2D(2, 2, strides=2, recurrent_dropout=0.0), sequences(2)[:1, :2]
    layer(x)
    weights = [w.astype(np.float64) for w in layer.get_weights()]

    def loss(weights, x):
        with nn.layers.weight.bound(layer.weights, weights):
            return (layer(x) ** 2).sum()

    ad.check_grads(loss, weights, x.astype(np.float64))


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("name", OPTIONS)
def test_outputs_are_those_of_keras(of_keras, rank, name):
    if name == "spread" and rank == 3:
        pytest.skip("PyTorch has no such convolution")
    x = sequences(rank)

    def outputs(library):
        layer = getattr(library.layers, f"ConvLSTM{rank}D")(3, 2, **OPTIONS[name])
        layer(x)
        first = [] if "use_bias" in OPTIONS[name] else layer.get_weights()[2]
        draw_weights(layer)
        return flat(names(layer), first, layer(x))

    np.testing.assert_allclose(outputs(nn), of_keras(outputs), atol=1e-5)
    layer = getattr(layers, f"ConvLSTM{rank}D")(3, 2, **OPTIONS[name])
    if "return_state" not in OPTIONS[name]:
        assert layer.compute_output_shape(x.shape) == layer(x).shape


@pytest.mark.parametrize("mask", [None, RANDOM.random((3, 4)) > 0.4], ids=["plain", "masked"])
def test_masks_states_and_both_directions(of_keras, mask):
    random = np.random.default_rng(2)
    x, start = sequences(2), [random.normal(size=(3, 6, 5, 2)).astype("f") for _ in range(2)]

    def outputs(library):
        layer = library.layers.ConvLSTM2D(2, 3, padding="same", return_sequences=True)
        both = library.layers.Bidirectional(library.layers.ConvLSTM2D(2, 3))
        for each in (layer, both):
            each(x)
            draw_weights(each)
        return flat(layer(x, initial_state=start, mask=mask), both(x))

    np.testing.assert_allclose(outputs(nn), of_keras(outputs), atol=1e-5)


@pytest.mark.slow
def test_next_frames_trained_like_keras(of_keras):
    x = np.random.default_rng(1).random((8, 4, 6, 6, 1)).astype("f")

    def numbers(library):
        model = library.Sequential([
            library.Input((None, 6, 6, 1)),
            library.layers.ConvLSTM2D(3, 3, padding="same", return_sequences=True),
            library.layers.Conv3D(1, 3, activation="sigmoid", padding="same"),
        ])  # fmt: skip
        model.compile(library.optimizers.SGD(0.5), "binary_crossentropy")
        return trained(model, x[:, :-1], x[:, 1:], epochs=2, batch_size=4)

    np.testing.assert_allclose(numbers(nn), of_keras(numbers), rtol=1e-4, atol=2e-5)


def test_channels_first_is_the_same_with_moved_axes():
    last = layers.ConvLSTM2D(3, 2, return_sequences=True, return_state=True)
    first = layers.ConvLSTM2D(
        3, 2, return_sequences=True, return_state=True, data_format="channels_first"
    )
    x = sequences(2)
    expected = last(x)
    first(np.moveaxis(x, -1, 2))
    first.set_weights(last.get_weights())
    outputs, *states = first(np.moveaxis(x, -1, 2))
    np.testing.assert_allclose(np.moveaxis(outputs, 2, -1), expected[0], atol=1e-6)
    for mine, other in zip(states, expected[1:], strict=True):
        np.testing.assert_allclose(np.moveaxis(mine, 1, -1), other, atol=1e-6)


def test_a_stateful_layer_continues():
    layer, x = layers.ConvLSTM1D(2, 3, padding="same", stateful=True), sequences(1)
    halves = [layer(x[:, :2]), layer(x[:, 2:])]
    layer.reset_state()
    np.testing.assert_allclose(layer(x), halves[1], atol=1e-6)


def test_dropout_is_the_same_in_all_steps():
    layer = layers.ConvLSTM1D(4, 1, dropout=0.5, recurrent_dropout=0.5, seed=3)
    x = np.ones((2, 3, 5, 2), "f")
    assert not np.allclose(layer(x, training=True), layer(x))
    entries, state = layer.cell.masks(2, (5, 2), training=True)
    assert entries.shape == (2, 5, 2)
    assert state.shape == (2, 5, 4)
    assert set(np.unique(entries)) <= {0.0, 2.0}


def test_misuse():
    with pytest.raises(ValueError, match=r"sequences of images, \(rows, steps, height, width"):
        layers.ConvLSTM2D(2, 3)(np.zeros((2, 8, 8, 1)))
    with pytest.raises(ValueError, match="its window of \\(9, 9\\)"):
        layers.ConvLSTM2D(2, 9)(np.zeros((2, 3, 8, 8, 1)))
    layer = layers.ConvLSTM1D(2, 3)
    layer(np.zeros((2, 3, 8, 1)))
    with pytest.raises(ValueError, match="inputs with 1 channels"):
        layer(np.zeros((2, 3, 8, 2)))


def test_a_cell_of_the_user_over_images_with_its_own_first_state():
    class Sum(nn.layers.Layer):
        state_size = 1

        def call(self, inputs, states):
            total = states[0] + inputs
            return total, [total]

        def get_initial_state(self, batch_size=None):
            return [np.ones((batch_size, 2, 2), np.float32)]

    layer = layers.RNN(Sum(), return_sequences=True)
    outputs = layer(np.ones((1, 3, 2, 2), np.float32))
    assert outputs[0, :, 0, 0].tolist() == [2, 3, 4]
    masked = layer(np.ones((1, 3, 2, 2)), mask=np.array([[True, False, True]]))
    assert masked[0, :, 0, 0].tolist() == [2, 2, 3]


@pytest.mark.parametrize("return_sequences", [False, True])
def test_shapes_of_outputs_and_states_of_unknown_sizes(return_sequences):
    layer = layers.ConvLSTM2D(2, 3, return_state=True, return_sequences=return_sequences)
    output, *states = layer.compute_output_shape((None, 4, None, 6, 3))
    assert output == ((None, 4, None, 4, 2) if return_sequences else (None, None, 4, 2))
    assert states == [(None, None, 4, 2)] * 2
    found = layer(np.zeros((1, 4, 5, 6, 3), np.float32))
    assert [x.shape for x in found] == layer.compute_output_shape((1, 4, 5, 6, 3))
