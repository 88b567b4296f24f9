"""Sizes of activations and slopes by layer and by step, and what is said of them."""

import matplotlib as mpl
import numpy as np
import pytest

import autodiff as ad
import nn
from nn.layers import LSTM, Dense, SimpleRNN
from nn.pictures.gradient_flow import Flow, _finish, flows_of, gradient_flow, verdict

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


@pytest.mark.slow
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


@pytest.mark.parametrize(
    ("flows", "words"),
    [
        ([("a", None, 1, 1), ("b", None, 1, 1)], "neither vanish nor explode"),
        ([("a", None, 1, 0.0011), ("b", None, 1, 1)], "neither vanish nor explode"),
        ([("a", None, 1, 0.00099), ("b", None, 1, 1)], "slopes vanish: those of a are 0.00099 "),
        ([("a", None, 1, 1001), ("b", None, 1, 1)], "slopes explode: those of a are 1e+03 "),
        ([("a", None, 1, 1), ("b", None, 2000, 1)], "activations explode: those of b are 2e+03 "),
        ([("a", None, 1, 1), ("b", None, 1, 0)], "all slopes of b are 0"),
        ([("a", None, 1, np.inf), ("b", None, 1, 1)], "slopes of a are NaN or infinite"),
        ([("a", None, 1, 1), ("b", None, 1, None)], "neither vanish nor explode"),
        ([("a", None, 1, 1e-9), ("b", None, 1, None), ("c", None, 1, 1)], "slopes vanish"),
        ([("a", None, 1, 1), ("b", None, 0, 1)], "activations vanish: those of b are 0 times"),
        (
            [("a", None, 0, 1), ("b", None, 0, 1), ("c", None, 1, 1)],
            "all activations of a, b are 0, so that",
        ),
        (
            [("r", 1, 1, 1e-5), ("r", 2, 1, 1), ("r", None, 1, 1), ("s", 1, 1, 1), ("s", 2, 1, 9)],
            "slopes vanish: those of step 1 of r are 1e-05 times those of step 2 of r",
        ),
        (
            [("r", 1, 1, 1e-5), ("r", 2, 1, 1), ("s", 1, 1, 1), ("s", 2, 1e-5, 1)],
            "of step 2 of r; activations vanish: those of step 2 of s are 1e-05 times",
        ),
        ([("r", 1, np.nan, 1)], "the activations of step 1 of r are NaN or infinite"),
    ],
)
def test_what_is_said_of_sizes(flows, words):
    assert words in verdict([Flow(*flow) for flow in flows])


def test_an_output_without_entries_or_slope_has_none():
    nn.utils.set_random_seed(0)
    x = nn.Input((3,))
    first, last = Dense(4, name="first")(x), Dense(1, name="last")(x)
    model = nn.Model(x, {"unused": first, "used": last})
    model.compile("sgd", {"used": "mse"})
    flows = {flow.layer: flow for flow in flows_of(model, X, {"used": Y})}
    assert flows["first"].slope is None
    assert flows["last"].slope > 0


@pytest.fixture
def without_a_screen():
    before = mpl.get_backend()
    mpl.use("Agg")
    yield
    mpl.pyplot.close("all")
    mpl.use(before)


@pytest.mark.slow
@pytest.mark.usefixtures("without_a_screen")
def test_sizes_are_drawn_in_order_and_on_a_log_scale_where_they_differ():
    model = chain(*(Dense(2, name=name) for name in "abcde"), Dense(1, name="f"))
    flows = flows_of(model, X, Y)
    activations, slopes = gradient_flow(model, X, Y).axes
    for axes, sizes, words in (
        (activations, [flow.activation for flow in flows], "size of activations"),
        (slopes, [flow.slope for flow in flows], "size of slopes"),
    ):
        np.testing.assert_allclose(axes.lines[0].get_ydata(), sizes)
        assert axes.get_ylabel() == words
        assert (axes.get_yscale() == "log") == (max(sizes) > 20 * min(sizes))
        assert axes.get_xticklabels()[0].get_rotation() == 45
    own = mpl.figure.Figure().subplots(4)
    sequences = X[:, :, np.newaxis]
    two = chain(
        SimpleRNN(2, name="r", return_sequences=True), SimpleRNN(2, name="s"), Dense(1, name="out")
    )
    steps = [flow for flow in flows_of(two, sequences, Y) if flow.step]
    assert gradient_flow(two, sequences, Y, ax=own) is own[0].figure
    assert own[0].get_xticklabels()[0].get_rotation() == 0
    for axes, name in ((own[2], "activation"), (own[3], "slope")):
        for line, layer in zip(axes.lines, "rs", strict=True):
            expected = [getattr(flow, name) for flow in steps if flow.layer == layer]
            np.testing.assert_allclose(line.get_ydata(), expected)
        assert [text.get_text() for text in axes.get_legend().get_texts()] == ["r", "s"]
        assert axes.get_xlabel() == "step"
    huge = chain(Dense(2, name="a"), Dense(1, kernel_initializer="zeros", name="b"))
    with_gap = gradient_flow(huge, X, Y).axes[1].lines[0].get_ydata()
    assert np.isnan(with_gap[0])


@pytest.mark.parametrize(
    ("sizes", "scale"),
    [
        ([1, 19], "linear"),
        ([1, 20], "linear"),
        ([1, 21], "log"),
        ([0, 0.9], "linear"),
        ([], "linear"),
    ],
)
def test_sizes_that_differ_much_are_on_a_log_scale(sizes, scale):
    axes = mpl.figure.Figure().subplots()
    _finish(axes, "size", sizes)
    assert axes.get_yscale() == scale


def test_nothing_is_dropped_and_no_averages_move():
    normalization = nn.layers.BatchNormalization(name="n")
    model = chain(Dense(3, name="a"), nn.layers.Dropout(0.5, name="d"), normalization, Dense(1))
    flows = {flow.layer: flow for flow in flows_of(model, X, Y)}
    assert flows["d"].activation == flows["a"].activation
    assert flows["d"].slope == pytest.approx(flows["a"].slope)
    assert flows["n"].activation == pytest.approx(flows["a"].activation, rel=1e-2)  # as at first
    assert not normalization.moving_mean.numpy().any()


def test_each_output_of_a_layer_has_its_sizes():
    class Halves(nn.layers.Layer):
        def call(self, inputs):
            return inputs, 0.5 * inputs

    inputs = nn.Input((3,))
    first, second = Halves(name="halves")(inputs)
    model = nn.Model(inputs, Dense(1, name="out")(first + second))
    model.compile("sgd", "mse")
    sizes = [(flow.layer, flow.activation) for flow in flows_of(model, X, Y)]
    assert [name for name, _ in sizes if name != "add"] == ["halves", "halves", "out"]
    assert sizes[1] == ("halves", pytest.approx(sizes[0][1] / 2))
