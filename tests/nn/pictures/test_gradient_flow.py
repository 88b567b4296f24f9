"""Sizes of activations and slopes by layer and by step, and what is said of them."""

import matplotlib as mpl
import numpy as np
import pytest

import autodiff as ad
import nn
from nn.layers import LSTM, Dense, SimpleRNN
from nn.pictures.gradient_flow import Flow, flows_of, gradient_flow, verdict

X = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)
Y = X[:, :1] > 0


def chain(*layers, loss="mse"):
    nn.utils.set_random_seed(0)
    model = nn.Sequential(list(layers))
    model.compile("sgd", loss)
    return model


def rms(values):
    return float(np.sqrt(np.mean(np.square(values))))


def test_sizes_are_those_of_each_layers_outputs_and_their_slopes():
    model = chain(Dense(4, "tanh", name="a"), Dense(1, name="b"))
    first, last = flows_of(model, X, Y)
    hidden = model.layers[0](X)
    slopes = ad.grad(lambda h: np.mean((model.layers[1](h) - Y) ** 2))(hidden)
    assert (first.layer, last.layer) == ("a", "b")
    assert first.activation == pytest.approx(rms(hidden), rel=1e-5)
    assert first.slope == pytest.approx(rms(slopes), rel=1e-4)
    assert last.slope == pytest.approx(rms(2 * (model(X) - Y) / Y.size), rel=1e-4)


def test_slopes_of_probabilities_are_those_of_their_logits():
    model = chain(Dense(1, "sigmoid", name="p"), loss="binary_crossentropy")
    (flow,) = flows_of(model, X, Y)
    assert flow.slope == pytest.approx(rms((model(X) - Y) / len(X)), rel=1e-4)


@pytest.mark.parametrize("layer", [SimpleRNN, LSTM])
def test_each_step_of_a_recurrence_has_its_sizes(layer):
    model = chain(layer(2, name="r"), Dense(1, name="out"))
    flows = flows_of(model, X[:, :, np.newaxis], Y)
    assert [(flow.layer, flow.step) for flow in flows] == [
        ("r", 1), ("r", 2), ("r", 3), ("r", None), ("out", None),
    ]  # fmt: skip
    states = model.layers[0]
    inputs = X[:, :, np.newaxis]
    assert flows[0].activation == pytest.approx(rms(states(inputs[:, :1])), rel=1e-5)
    assert flows[2].slope == pytest.approx(flows[3].slope, rel=1e-5)


@pytest.mark.parametrize(
    ("scale", "words"),
    [(0.01, "slopes vanish: those of a are "), (100, "slopes explode: those of a are ")],
)
def test_what_vanishes_and_explodes_is_named(scale, words):
    start = nn.initializers.RandomNormal(stddev=scale, seed=1)
    layers = [Dense(4, kernel_initializer=start, name=name) for name in "abcd"]
    assert words in verdict(flows_of(chain(*layers, Dense(1, name="out")), X, Y))


def test_dead_and_infinite_activations_are_named():
    dead = chain(
        Dense(2, "relu", bias_initializer=nn.initializers.Constant(-99), name="a"),
        Dense(1, name="b"),
    )
    assert verdict(flows_of(dead, X, Y)).startswith("all activations of a are 0")
    infinite = [Flow("a", None, 1.0, 1.0), Flow("b", None, np.inf, 1.0)]
    assert verdict(infinite) == "the activations of b are NaN or infinite, the first to be so"


def test_the_plot_has_a_point_for_each_layer_and_each_step():
    before = mpl.get_backend()
    mpl.use("Agg")
    model = chain(SimpleRNN(2, name="r"), Dense(1, name="out"))
    figure = gradient_flow(model, X[:, :, np.newaxis], Y)
    layers, slopes, steps, _ = figure.axes
    assert [tick.get_text() for tick in layers.get_xticklabels()] == ["r", "out"]
    assert len(slopes.lines[0].get_xdata()) == 2
    assert list(steps.lines[0].get_xdata()) == [1, 2, 3]
    assert "vanish" in figure.get_suptitle()
    mpl.pyplot.close(figure)
    mpl.use(before)
