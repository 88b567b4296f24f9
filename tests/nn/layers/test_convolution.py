"""Convolutions and pooling: by hand, beside Keras, and misused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn
from nn import layers

RANDOM = np.random.default_rng(0)


def test_an_edge_by_hand():
    # The kernel [-1, 1] sees the step from 0 to 3 only.
    layer = layers.Conv1D(1, 2, kernel_initializer=nn.initializers.Constant([[[-1.0]], [[1.0]]]))
    assert layer(np.array([[[0.0], [0.0], [3.0], [3.0]]])).ravel().tolist() == [0, 3, 0]


def test_shapes_weights_and_names():
    layer = layers.Conv2D(8, (3, 2), padding="same", name="c")
    assert layer(np.zeros((2, 5, 6, 3))).shape == (2, 5, 6, 8)
    assert [weight.path for weight in layer.weights] == ["c/kernel", "c/bias"]
    assert layer.kernel.shape == (3, 2, 3, 8)
    assert layer.count_params() == 3 * 2 * 3 * 8 + 8
    separable = layers.SeparableConv2D(5, 3, depth_multiplier=2)
    separable.build((None, 8, 8, 3))
    assert [w.name for w in separable.weights] == ["depthwise_kernel", "pointwise_kernel", "bias"]


def test_groups_are_convolutions_of_their_own():
    grouped = layers.Conv2D(4, 3, groups=2)
    x = RANDOM.normal(size=(2, 5, 5, 6)).astype("f")
    outputs = grouped(x)
    for group in range(2):
        alone = layers.Conv2D(2, 3)
        alone.build((None, 5, 5, 3))
        channels, filters = slice(3 * group, 3 * group + 3), slice(2 * group, 2 * group + 2)
        alone.set_weights([grouped.kernel.numpy()[..., filters], grouped.bias.numpy()[filters]])
        np.testing.assert_allclose(outputs[..., filters], alone(x[..., channels]), atol=1e-5)


def test_channels_first_is_a_transposed_channels_last():
    x = RANDOM.normal(size=(2, 7, 6, 3)).astype("f")
    last, first = (
        layers.Conv2D(4, 3, strides=2),
        layers.Conv2D(4, 3, 2, data_format="channels_first"),
    )
    last.build(x.shape)
    first.build((None, 3, 7, 6))
    first.set_weights(last.get_weights())
    outputs = first(np.moveaxis(x, -1, 1))
    np.testing.assert_allclose(np.moveaxis(outputs, 1, -1), last(x), atol=1e-6)
    assert first.compute_output_shape((None, 3, 7, 6)) == (None, 4, 3, 2)


LAYERS = {
    "conv": (lambda library, r, **o: getattr(library, f"Conv{r}D")(4, 3, **o), (1, 2, 3)),
    "groups": (lambda library, r, **o: getattr(library, f"Conv{r}D")(4, 2, groups=2, **o), (1, 2)),
    "depthwise": (
        lambda library, r, **o: getattr(library, f"DepthwiseConv{r}D")(3, depth_multiplier=2, **o),
        (1, 2),
    ),
    "separable": (lambda lib, r, **o: getattr(lib, f"SeparableConv{r}D")(3, 2, **o), (1, 2)),
    "max": (lambda library, r, **o: getattr(library, f"MaxPooling{r}D")(3, **o), (1, 2, 3)),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYERS)
@settings(max_examples=6)
@given(data=st.data())
def test_outputs_shapes_and_training_are_those_of_keras(keras, name, data):
    make, ranks = LAYERS[name]
    rank = data.draw(st.sampled_from(ranks))
    causal = ("causal",) * (rank == 1 and name in ("conv", "groups"))
    paddings = ("valid", "same", *causal)
    options = {
        "padding": data.draw(st.sampled_from(paddings)),
        "strides": data.draw(st.integers(1, 3)),
    }
    if options["strides"] == 1 and name != "max":
        options["dilation_rate"] = data.draw(st.integers(1, 2))
    shape = (*(data.draw(st.integers(5, 8)) for _ in range(rank)), 4)
    nn.utils.set_random_seed(0)
    random = np.random.default_rng(0)
    x = random.normal(size=(6, *shape)).astype("f")
    y = random.normal(size=(6, 1)).astype("f")

    def model_of(library):
        layers = library.layers
        model = library.Sequential(
            [library.Input(shape), make(layers, rank, **options), layers.Flatten(), layers.Dense(1)]
        )
        model.compile(library.optimizers.SGD(0.01, clipnorm=1.0), "mse")
        return model

    ours, theirs = model_of(nn), model_of(keras)
    assert ours.layers[0].compute_output_shape((None, *shape)) == theirs.layers[0].output.shape
    assert ours.count_params() == theirs.count_params()
    theirs.set_weights(ours.get_weights())
    np.testing.assert_allclose(
        ours.predict(x, verbose=0), theirs.predict(x, verbose=0), atol=2e-5, rtol=1e-4
    )
    for model in (ours, theirs):
        model.fit(x, y, epochs=3, batch_size=3, shuffle=False, verbose=0)
    for mine, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-4, atol=3e-5)


def test_global_poolings():
    x = RANDOM.normal(size=(2, 4, 5, 3)).astype("f")
    np.testing.assert_allclose(layers.GlobalAveragePooling2D()(x), x.mean((1, 2)), atol=1e-6)
    assert np.array_equal(layers.GlobalMaxPooling2D(keepdims=True)(x), x.max((1, 2), keepdims=True))
    mask = np.array([[True, False, True, False, False]] * 2)
    averaged = layers.GlobalAveragePooling1D()(x[:, 0], mask=mask)
    np.testing.assert_allclose(averaged, x[:, 0, [0, 2]].mean(1), atol=1e-6)


@pytest.mark.slow
def test_a_convnet_learns_and_is_recorded():
    nn.utils.set_random_seed(0)
    x = np.zeros((64, 8, 8, 1), "f")
    y = np.arange(64) % 2
    for row, label in enumerate(y):
        if label:
            x[row, :, 3] = 1
        else:
            x[row, 3] = 1
    x += 0.1 * RANDOM.normal(size=x.shape)
    model = nn.Sequential(
        [
            layers.Conv2D(4, 3, activation="relu", input_shape=(8, 8, 1)),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(1, "sigmoid"),
        ]
    )
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    model.fit(x, y, epochs=40, verbose=0)
    assert model.evaluate(x, y, verbose=0)[1] == 1
    assert "patches" in model.train_source()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: layers.Conv2D(4, 3)(np.zeros((2, 28, 28))),
            r"Add an axis for the channels: x\[\.\.\., ",
        ),
        (lambda: layers.Conv2D(0, 3), "expected filters to be a whole number of at least 1"),
        (
            lambda: layers.Conv2D(4, (3, 3, 3)),
            "expects kernel_size to be a positive whole number, or 2",
        ),
        (
            lambda: layers.Conv2D(4, 3, padding="full"),
            "expects padding to be one of 'valid', 'same'",
        ),
        (lambda: layers.Conv2D(4, 3, groups=3), "expects filters to be a multiple of groups=3"),
        (
            lambda: layers.Conv2D(4, 3, 2, dilation_rate=2),
            "expects strides or dilation_rate above 1",
        ),
        (
            lambda: layers.Conv2D(4, 3)(np.zeros((2, 2, 2, 1))),
            "window of .3, 3. fits into, got .2, 2.",
        ),
        (
            lambda: layers.MaxPooling2D(2)(np.zeros((2, 4, 4))),
            r"expects inputs of shape \(rows, height",
        ),
    ],
)
def test_misuse_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_other_channels_than_built_for():
    layer = layers.Conv1D(2, 2)
    layer(np.zeros((1, 4, 3)))
    with pytest.raises(ValueError, match="expects inputs with 3 channels, got"):
        layer(np.zeros((1, 4, 2)))
